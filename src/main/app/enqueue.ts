import path from 'node:path';
import type { Received, Returned } from '../../shared/contract/define.ts';
import type { AppContract } from '../../shared/contract/index.ts';
import type { PolicySettings } from '../../shared/contract/policy.ts';
import { AppError } from '../../shared/errors.ts';
import { packageFacts, type PackageFacts } from '../../shared/model/file-names.ts';
import { folderName } from '../../shared/model/names.ts';
import { choosePackage, houseProfile, profileOf } from '../../shared/model/house-format.ts';
import {
  embargoOf,
  embargoAcknowledgement,
  forbiddenBy,
  idsToAcknowledge,
  isEmbargoAcknowledgement,
  restrictionAcknowledgement,
  isUnavailable,
  type RightsReasonKind,
  type RightsVerdict,
} from '../../shared/api/rights.ts';
import type { AssetRow } from '../catalogue/ports.ts';
import { forbiddance, momentText } from '../catalogue/rights.ts';
import {
  isMetalinkName,
  type Imported,
  type PackageItem,
  type TransferTotals,
} from '../transfers/api.ts';
import { isForeignSource, type SourceId } from '../../shared/model/source.ts';
import type { Services } from './services.ts';

type Plan = Returned<AppContract, 'transfers.plan'>;
type PlannedItem = Plan['items'][number];
type ShownWords = NonNullable<Received<AppContract, 'transfers.enqueue'>['words']>[number];

/** Who the packages of a source come from, and on which conditions. */
type Supplier = {
  source: SourceId;
  /** Null where no account is needed. */
  account: string | null;
  /** Why nothing of it can be queued now. */
  refusal: AppError | null;
  /** The accepted terms of a source without accounts. */
  terms: { id: string; text: string } | null;
  /** Version of the terms that are accepted, whoever keeps them; null while that isn't known. */
  termsVersion: string | null;
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
      termsVersion: acceptedAt === null ? null : (terms?.version ?? null),
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
    termsVersion: account.termsVersion,
  };
}

/** Why an asset can't be queued by anybody here now; null if it can. */
function blockOf({ verdict }: AssetRow): PlannedItem['blocked'] {
  const forbids = forbiddenBy(verdict);
  if (!forbids) return null;
  if (isUnavailable(forbids.kind)) return forbids.kind;
  return BLOCKS[forbids.kind] ?? null;
}
/** Withdrawn is the last version of an asset of a service; what a foreign source omits has no time. */
const withdrawnAt = ({ verdict, source, updatedAt }: AssetRow): number | null =>
  forbiddenBy(verdict)?.kind === 'withdrawn' && !isForeignSource(source) ? updatedAt : null;
const BLOCKS: Partial<Record<RightsReasonKind, PlannedItem['blocked']>> = {
  embargo: 'embargoed',
  territory: 'territory',
  platform: 'platform',
};

/** The mean of the last minutes in which something was downloaded; null if nothing was. */
function assumedRate({
  bytesPerSecond,
  throughput,
}: Pick<TransferTotals, 'bytesPerSecond' | 'throughput'>): number | null {
  if (bytesPerSecond > 0) return bytesPerSecond;
  const rates = throughput.filter((rate) => rate > 0);
  return rates.length === 0 ? null : rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
}

export async function planTransfers(
  services: Services,
  { assetIds, ...wanted }: Received<AppContract, 'transfers.plan'>,
): Promise<Plan> {
  const formats = services.settings.view;
  const profile =
    wanted.profile === undefined ? houseProfile(formats) : profileOf(formats, wanted.profile);
  if (!profile) throw new AppError('not-found', 'No such house format');
  const destination = wanted.destination ?? services.settings.view.destination;
  const items = (await services.library.catalogue.rows(assetIds)).map((row): PlannedItem => {
    const { chosen } = choosePackage(row.packages, profile);
    const { refusal } = supplierOf(services, row.source);
    return {
      assetId: row.id,
      source: row.source,
      packageId: chosen?.packageId ?? '-',
      title: row.headline,
      bytes: chosen ? chosen.bytes : 0,
      packages: row.packages.map(({ packageId, label, purpose, bytes, rendition }) => ({
        packageId,
        label,
        purpose,
        bytes,
        ...(rendition && { rendition }),
        isHere: services.finishedAt(packageId) !== undefined,
        finishedAtMs: services.finishedAt(packageId) ?? null,
      })),
      restrictionIds: idsToAcknowledge(row.verdict),
      restrictions: row.restrictions,
      reasons: row.verdict.reasons,
      embargoUntil: embargoOf(row.verdict),
      withdrawnAt: withdrawnAt(row),
      blocked:
        blockOf(row) ??
        (row.packages.length > 0 ? null : 'no-package') ??
        // Signing in comes with the download itself.
        (refusal?.code === 'terms-not-accepted' ? 'terms' : null) ??
        (chosen ? null : 'no-fit'),
      alreadyHere:
        chosen === null
          ? row.badges.includes('here')
          : services.finishedAt(chosen.packageId) !== undefined,
    };
  });
  const open = items.filter(({ blocked }) => blocked === null);
  const totalBytes = open.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
  const totals = await services.transfers.totals();
  const { bytesPerSecond, counts, remainingBytes } = totals;
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
    bytesPerSecond: assumedRate(totals),
    queue: {
      count: counts.active + counts.waiting,
      remainingBytes,
      isPaused: totals.paused || totals.limit.isPaused,
    },
  };
}

/**
 * Checks the rights of all packages first: if one lacks an acknowledgement none is queued. Uses the
 * local catalogue, so it works offline.
 *
 * The words that are recorded are those that were shown, which depend on the page's language and
 * its names of countries; that they still say what the catalogue says is checked.
 *
 * @param rule by which it is queued; absent where a person does
 * @param templates instead of those of the settings
 */
export async function enqueuePackages(
  services: Pick<
    Services,
    'settings' | 'library' | 'session' | 'sources' | 'transfers' | 'viewer' | 'policy'
  >,
  request: Received<AppContract, 'transfers.enqueue'>,
  rule?: PackageItem['rule'],
  templates: Partial<Templates> = {},
): Promise<string[]> {
  const { packages, acknowledge } = request;
  const destination = request.destination ?? services.settings.view.destination;
  if (!path.isAbsolute(destination)) throw new AppError('usage', 'The folder needs a full path');
  const { catalogue } = services.library;
  const assetIds = packages.map(({ assetId }) => assetId);
  const [found, rights] = await Promise.all([catalogue.rows(assetIds), catalogue.rights(assetIds)]);
  const rows = new Map(found.map((row) => [row.id, row]));
  const revs = new Map(
    rights.flatMap((of) => of.packages.map(({ packageId, rev }) => [packageId, rev])),
  );
  // A rule may be older than the policy, whose names count.
  const naming = {
    ...services.settings.view,
    ...templates,
    ...definedTemplates(services.policy.settings),
    destination,
  };
  const confirmed = new Set(acknowledge);
  const shown = request.words && wordsById(request.words);
  const missing = new Set<string>();
  const items = packages.map(({ assetId, packageId }) => {
    const row = rows.get(assetId);
    if (!row) throw new AppError('not-found', 'No such asset in the catalogue');
    const supplier = supplierOf(services, row.source);
    if (supplier.refusal) throw supplier.refusal;
    const forbidden = forbiddance(row.verdict, row, services.viewer().nowMs);
    if (forbidden) throw forbidden;
    const asked = idsToAcknowledge(row.verdict);
    const texts = shown && textsShown(row.restrictions, asked, shown);
    for (const id of asked) if (!confirmed.has(id) || (texts && !texts.has(id))) missing.add(id);
    const item = packageItem(row, packageId, naming, confirmed);
    return {
      ...item,
      ...(rule && { rule }),
      acknowledge: [...item.acknowledge, ...(supplier.terms ? [supplier.terms.id] : [])],
      terms: {
        ...acknowledgedTerms(supplier, row.restrictions, row.verdict, texts),
        rev: revs.get(packageId) ?? null,
      },
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

/** Those that the policy fixes. */
const definedTemplates = ({
  folderTemplate,
  fileTemplate,
}: PolicySettings): Partial<Templates> => ({
  ...(folderTemplate !== undefined && { folderTemplate }),
  ...(fileTemplate !== undefined && { fileTemplate }),
});

/** By id the words that were shown for what is asked of one asset: see `textsShown`. */
export const confirmedTexts = (
  { restrictions, verdict }: Pick<AssetRow, 'restrictions' | 'verdict'>,
  shown: readonly ShownWords[],
): Map<string, string> => textsShown(restrictions, idsToAcknowledge(verdict), wordsById(shown));

const wordsById = (words: readonly ShownWords[]): Map<string, ShownWords[]> =>
  Map.groupBy(words, ({ id }) => id);

const isSameRule = (rule: NonNullable<ShownWords['rule']>, now: Restriction): boolean =>
  rule.kind === now.kind &&
  rule.mode === now.mode &&
  rule.note === now.note &&
  rule.values.join('\n') === now.values.join('\n');

/**
 * By id the words that were shown for what is asked of one asset; none where they said something
 * else than the catalogue does now. Two assets may have different rules under one id.
 */
function textsShown(
  restrictions: readonly Restriction[],
  asked: readonly string[],
  shown: ReadonlyMap<string, readonly ShownWords[]>,
): Map<string, string> {
  return new Map(
    asked.flatMap((id) => {
      const now = restrictions.find(
        (restriction) => restrictionAcknowledgement(restriction.id) === id,
      );
      const words = (shown.get(id) ?? []).find(({ rule, text }) =>
        rule === null || !now
          ? rule === null && isEmbargoAcknowledgement(id)
          : isSameRule(rule, now) && text.includes(now.note),
      );
      return words ? [[id, words.text] as const] : [];
    }),
  );
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

/**
 * The texts that are acknowledged and the account that does so, for the evidence report and the
 * ledger.
 *
 * @param shown by id the words that were shown; what isn't in it was not shown in a window, such as
 * on the command line
 */
export const acknowledgedTerms = (
  { source, account, terms, termsVersion }: Omit<Supplier, 'refusal'>,
  restrictions: readonly Restriction[],
  verdict: RightsVerdict,
  shown: ReadonlyMap<string, string> = new Map(),
): NonNullable<PackageItem['terms']> => {
  const embargoUntil = embargoOf(verdict);
  return {
    service: source,
    account,
    termsVersion,
    texts: [
      ...(terms ? [terms] : []),
      ...restrictions.map(({ id: own, kind, mode, values, note }) => {
        const id = restrictionAcknowledgement(own);
        return { id, text: shown.get(id) ?? `${note} (${[kind, mode, ...values].join(' ')})` };
      }),
      ...(embargoUntil === null ? [] : [embargoTerm(embargoUntil, shown)]),
    ],
  };
};

/** What has to be confirmed for an asset now, in the words that are recorded where nothing is shown. */
export function confirmableTexts({
  source,
  restrictions,
  verdict,
}: Pick<AssetRow, 'source' | 'restrictions' | 'verdict'>): { id: string; text: string }[] {
  const asked = idsToAcknowledge(verdict);
  const nobody = { source, account: null, terms: null, termsVersion: null };
  const texts = new Map(
    acknowledgedTerms(nobody, restrictions, verdict).texts.map((one) => [one.id, one]),
  );
  return asked.flatMap((id) => texts.get(id) ?? []);
}

/** What is shown may say "today", so the record has the moment too. */
function embargoTerm(untilMs: number, shown: ReadonlyMap<string, string>) {
  const id = embargoAcknowledgement(untilMs);
  const text = shown.get(id);
  const moment = momentText(untilMs);
  return { id, text: text === undefined ? `Under embargo until ${moment}` : `${text} (${moment})` };
}

/** Null for the publisher's names. */
type Templates = Pick<Services['settings']['view'], 'folderTemplate' | 'fileTemplate'>;

/** Names of a package's folder and files by templates. */
export const namedBy = (
  facts: PackageFacts,
  { folderTemplate, fileTemplate }: Templates,
): Pick<PackageItem, 'folderName' | 'fileNaming'> => ({
  ...(folderTemplate === null ? {} : { folderName: folderName(folderTemplate, facts) }),
  ...(fileTemplate === null ? {} : { fileNaming: { template: fileTemplate, facts } }),
});

/** @throws `not-found`. */
function packageItem(
  row: AssetRow,
  packageId: string,
  { destination, folderTemplate, fileTemplate }: Services['settings']['view'],
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
    ...namedBy(packageFacts(row, found), { folderTemplate, fileTemplate }),
  };
}
