import { pad2 } from '../../shared/api/text.ts';
import type { Received, Returned } from '../../shared/contract/define.ts';
import type { AppContract } from '../../shared/contract/index.ts';
import { AppError } from '../../shared/errors.ts';
import { folderName, type FolderFacts } from '../../shared/model/names.ts';
import {
  embargoOf,
  embargoAcknowledgement,
  forbiddenBy,
  idsToAcknowledge,
  isEmbargoAcknowledgement,
  isUnavailable,
  type RightsReasonKind,
  type RightsVerdict,
} from '../../shared/api/rights.ts';
import type { AssetRow } from '../catalogue/ports.ts';
import { forbiddenCode, forbiddenText, momentText } from '../catalogue/rights.ts';
import { isMetalinkName, type Imported, type PackageItem } from '../transfers/api.ts';
import { isForeignSource, type SourceId } from '../../shared/model/source.ts';
import type { Services } from './services.ts';

type Plan = Returned<AppContract, 'transfers.plan'>;
type PlannedItem = Plan['items'][number];
const FALLBACK: Record<string, string[]> = {
  broadcast: ['broadcast', 'web', 'preview'],
  web: ['web', 'broadcast', 'preview'],
  preview: ['preview', 'web', 'broadcast'],
};

/** Chooses the package for a purpose, or the closest alternative. */
function choosePackage<T extends { purpose: string }>(
  packages: T[],
  purpose: string,
): T | undefined {
  return (FALLBACK[purpose] ?? [])
    .map((wanted) => packages.find((candidate) => candidate.purpose === wanted))
    .find((found) => found !== undefined);
}

/** Who the packages of a source come from, and on which conditions. */
type Supplier = {
  source: SourceId;
  /** Null where no account is needed. */
  account: string | null;
  /** Why nothing of it can be queued now. */
  refusal: AppError | null;
  /** The accepted terms of a source without accounts. */
  terms: { id: string; text: string } | null;
};

/** @throws `offline` for a service that isn't in use */
export function supplierOf(
  { session, sources }: Pick<Services, 'session' | 'sources'>,
  source: SourceId,
): Supplier {
  if (isForeignSource(source)) {
    const { terms = null, acceptedAt = null } = sources.termsOf(source) ?? {};
    return {
      source,
      account: null,
      refusal:
        terms === null || acceptedAt !== null
          ? null
          : new AppError(
              'terms-not-accepted',
              `Accept the terms of use of ${sources.nameOf(source) ?? source} first, in Settings or with: desk source accept-terms`,
            ),
      terms:
        terms === null || acceptedAt === null
          ? null
          : {
              id: `terms:${terms.version}`,
              text: `${terms.text} (accepted ${momentText(acceptedAt)})`,
            },
    };
  }
  const { scope, account } = session();
  return {
    source: scope,
    account: account.view.profile?.email ?? null,
    refusal:
      account.view.status === 'signed-in'
        ? null
        : new AppError('signed-out', 'Sign in to download'),
    terms: null,
  };
}

/** Why an asset can't be queued by anybody here now; null if it can. */
function blockOf({ verdict }: AssetRow): PlannedItem['blocked'] {
  const forbids = forbiddenBy(verdict);
  if (!forbids) return null;
  if (isUnavailable(forbids.kind)) return forbids.kind;
  return BLOCKS[forbids.kind] ?? null;
}
const BLOCKS: Partial<Record<RightsReasonKind, PlannedItem['blocked']>> = {
  embargo: 'embargoed',
  territory: 'territory',
  platform: 'platform',
};

export async function planTransfers(
  services: Services,
  { assetIds, purpose }: Received<AppContract, 'transfers.plan'>,
): Promise<Plan> {
  const { destination } = services.settings.view;
  const items = (await services.library.catalogue.rows(assetIds)).map((row): PlannedItem => {
    const chosen = choosePackage(row.packages, purpose);
    const { refusal } = supplierOf(services, row.source);
    return {
      assetId: row.id,
      packageId: chosen?.packageId ?? '-',
      title: row.headline,
      bytes: chosen ? chosen.bytes : 0,
      restrictionIds: idsToAcknowledge(row.verdict),
      embargoUntil: embargoOf(row.verdict),
      blocked:
        blockOf(row) ??
        (chosen ? null : 'no-package') ??
        // Signing in comes with the download itself.
        (refusal?.code === 'terms-not-accepted' ? 'terms' : null),
      alreadyHere:
        chosen === undefined ? row.badges.includes('here') : services.hasPackage(chosen.packageId),
    };
  });
  const open = items.filter(({ blocked }) => blocked === null);
  const totalBytes = open.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
  const { bytesPerSecond } = await services.transfers.totals();
  return {
    items,
    totalBytes,
    unknownSizes: open.filter(({ bytes }) => bytes === null).length,
    destination,
    freeBytes: (await services.disk(destination))?.freeBytes ?? null,
    // No estimate without a measured rate, or without all sizes.
    etaSeconds:
      bytesPerSecond > 0 && open.every(({ bytes }) => bytes !== null)
        ? Math.round(totalBytes / bytesPerSecond)
        : null,
  };
}

/**
 * Checks the rights of all packages first: if one lacks an acknowledgement none is queued. Uses the
 * local catalogue, so it works offline.
 */
export async function enqueuePackages(
  services: Services,
  { packages, acknowledge }: Received<AppContract, 'transfers.enqueue'>,
): Promise<string[]> {
  const rows = new Map(
    (await services.library.catalogue.rows(packages.map(({ assetId }) => assetId))).map((row) => [
      row.id,
      row,
    ]),
  );
  const confirmed = new Set(acknowledge);
  const missing = new Set<string>();
  const items = packages.map(({ assetId, packageId }) => {
    const row = rows.get(assetId);
    if (!row) throw new AppError('not-found', 'No such asset in the catalogue');
    const supplier = supplierOf(services, row.source);
    if (supplier.refusal) throw supplier.refusal;
    const forbids = forbiddenBy(row.verdict);
    if (forbids) throw new AppError(forbiddenCode(forbids), forbiddenText(row.slug, forbids));
    for (const id of idsToAcknowledge(row.verdict)) if (!confirmed.has(id)) missing.add(id);
    const item = packageItem(row, packageId, services.settings.view, confirmed);
    return {
      ...item,
      acknowledge: [...item.acknowledge, ...(supplier.terms ? [supplier.terms.id] : [])],
      terms: acknowledgedTerms(supplier, row.restrictions, row.verdict),
    };
  });
  const code = [...missing].some(isEmbargoAcknowledgement)
    ? 'embargoed'
    : 'restriction-unacknowledged';
  if (missing.size > 0)
    throw new AppError(code, 'Confirm the restrictions and embargoes first', {
      restrictionIds: [...missing],
    });
  return services.transfers.enqueue(items, { makeDestination: true });
}

const MAX_LISTED = 20;
/** The first items of a list and its full count, for messages. */
export const shortened = <T>(all: readonly T[]): { count: number; first: T[] } => ({
  count: all.length,
  first: all.slice(0, MAX_LISTED),
});

/** Imports a URL, a Metalink or a queue list; the document's content decides its format. */
export async function importDocument(
  { settings, transfers }: Services,
  request: Received<AppContract, 'transfers.import'>,
): Promise<Imported> {
  const { destination } = settings.view;
  if (!('url' in request)) return transfers.importDocument(request, destination);
  const { url } = request;
  const ids = await transfers.enqueue(
    [
      {
        url,
        metalink: isMetalinkName(new URL(url).pathname),
        destination,
        sha256: null,
        hashAnyway: false,
      },
    ],
    { makeDestination: true },
  );
  return { ids, renamed: [], refused: [] };
}

type Restriction = { id: string; kind: string; mode: string; values: string[]; note: string };

/** The texts that are acknowledged and the account that does so, for the evidence report. */
export const acknowledgedTerms = (
  { source, account, terms }: Pick<Supplier, 'source' | 'account' | 'terms'>,
  restrictions: readonly Restriction[],
  verdict: RightsVerdict,
): NonNullable<PackageItem['terms']> => {
  const embargoUntil = embargoOf(verdict);
  return {
    service: source,
    account,
    texts: [
      ...(terms ? [terms] : []),
      ...restrictions.map(({ id, kind, mode, values, note }) => ({
        id,
        text: `${note} (${[kind, mode, ...values].join(' ')})`,
      })),
      ...(embargoUntil === null
        ? []
        : [
            {
              id: embargoAcknowledgement(embargoUntil),
              text: `Under embargo until ${momentText(embargoUntil)}`,
            },
          ]),
    ],
  };
};

/** @throws `not-found`. */
function packageItem(
  row: AssetRow,
  packageId: string,
  { destination, folderTemplate }: Services['settings']['view'],
  confirmed: ReadonlySet<string>,
): PackageItem {
  const found = row.packages.find((candidate) => candidate.packageId === packageId);
  if (!found) throw new AppError('not-found', `${row.slug} has no such package`);
  return {
    assetId: row.id,
    packageId,
    rev: null,
    title: row.headline,
    label: found.label,
    purpose: found.purpose,
    destination,
    ...(found.bytes === null ? {} : { bytes: found.bytes }),
    acknowledge: idsToAcknowledge(row.verdict).filter((id) => confirmed.has(id)),
    ...(folderTemplate === null
      ? {}
      : { folderName: folderName(folderTemplate, factsOf(row, found.purpose)) }),
  };
}

function factsOf(
  { slug, headline, location, languages, publishedAt }: AssetRow,
  purpose: string,
): FolderFacts {
  // The day of publication in local time, as an archive at this place would file it.
  const at = new Date(publishedAt);
  const date = [at.getFullYear(), at.getMonth() + 1, at.getDate()].map(pad2).join('-');
  return {
    date,
    place: location,
    title: headline,
    id: slug,
    language: languages.join('+'),
    format: purpose,
  };
}
