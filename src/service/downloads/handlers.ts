import { createHash } from 'node:crypto';
import { Text, type Answered } from '../../shared/api/endpoint.ts';
import type { endpoints } from '../../shared/api/endpoints.ts';
import type { DownloadState, Newsroom, Receipt } from '../../shared/api/downloads.ts';
import {
  EMBARGO_ACCESS,
  evaluateRights,
  forbiddenBy,
  idsToAcknowledge,
  isEmbargoAcknowledgement,
  restrictionAcknowledgement,
  isUnavailable,
  refusedAs,
  unavailableBecause,
  UNSTATED_PROFILE,
  type RightsVerdict,
} from '../../shared/api/rights.ts';
import { DAY, iso } from '../clock.ts';
import type { Context } from '../context.ts';
import { POLICY } from '../policy.ts';
import type { Library, PackageEntry } from '../content/library.ts';
import { DOWNLOADS, isVisible, rightsFactsOf, viewerOf, type Timeline } from '../content/view.ts';
import type { Call, Handlers, Authenticated } from '../http/call.ts';
import { problem } from '../http/problems.ts';
import type { AccountRecord, DownloadRecord, StoreTx } from '../store/ports.ts';
import { createDownloadRecords } from './records.ts';
import { metalinkOf, type Manifests } from './manifest.ts';
import type { Origins } from './origins.ts';

const DOWNLOAD_LIFE_MS = 7 * DAY;
const METALINK = 'application/metalink4+xml';
const IMMUTABLE = 'private, max-age=31536000, immutable';

type Names =
  | 'getManifest'
  | 'authoriseDownload'
  | 'renewUrls'
  | 'getDownload'
  | 'sendReceipt'
  | 'cancelDownload';

/** What an account may do with an asset that it can see. */
function judge(
  { asset }: PackageEntry,
  account: AccountRecord,
  { time, now, newsroom }: { time: Timeline; now: number; newsroom: Newsroom | undefined },
): RightsVerdict {
  return evaluateRights(rightsFactsOf(asset, time), {
    use: 'queue',
    shots: null,
    nowMs: now,
    profile: { ...UNSTATED_PROFILE, territory: account.country, ...newsroom },
    mayTakeEarly: account.entitlements.includes(EMBARGO_ACCESS),
  });
}

/**
 * @throws asset-withdrawn, embargoed, territory-restricted, platform-restricted
 */
function requireNothingForbids(verdict: RightsVerdict): void {
  const forbids = forbiddenBy(verdict);
  if (!forbids) return;
  const name = refusedAs(forbids);
  throw isUnavailable(name) ? problem('asset-withdrawn', { unavailable: name }) : problem(name);
}

/** @throws embargoed, restriction-unacknowledged */
function requireAcknowledged(verdict: RightsVerdict, acknowledged: readonly string[]): void {
  const restrictionIds = idsToAcknowledge(verdict).filter((id) => !acknowledged.includes(id));
  if (restrictionIds.length > 0)
    throw problem(
      restrictionIds.some(isEmbargoAcknowledgement) ? 'embargoed' : 'restriction-unacknowledged',
      { restrictionIds },
    );
}

function createGate({ clock }: Context, library: Library) {
  const judged = (entry: PackageEntry, account: AccountRecord, newsroom: Newsroom | undefined) =>
    judge(entry, account, { time: library.time, now: clock.now(), newsroom });
  /**
   * The package, if the account may see it and its files.
   * @throws not-found, entitlement-missing, asset-withdrawn, terms-not-accepted
   */
  const see = (packageId: string, account: AccountRecord): PackageEntry => {
    const entry = library.package(packageId);
    const viewer = viewerOf(clock.now(), 'en', account);
    if (!entry || !isVisible(entry.asset, library.time, viewer)) throw problem('not-found');
    if (!account.entitlements.includes(DOWNLOADS)) throw problem('entitlement-missing');
    const unavailable = unavailableBecause(judged(entry, account, undefined));
    if (unavailable !== null) throw problem('asset-withdrawn', { unavailable });
    if (account.terms.version !== POLICY.termsVersion) throw problem('terms-not-accepted');
    return entry;
  };
  return {
    see,
    /**
     * The package, if the account may download it now.
     *
     * @param acknowledged ids that were confirmed
     * @throws also embargoed, territory-restricted, platform-restricted, restriction-unacknowledged
     */
    open(
      packageId: string,
      account: AccountRecord,
      newsroom: Newsroom | undefined,
      acknowledged: readonly string[],
    ): PackageEntry {
      const entry = see(packageId, account);
      const verdict = judged(entry, account, newsroom);
      requireNothingForbids(verdict);
      requireAcknowledged(verdict, acknowledged);
      return entry;
    },
  };
}

const stateOf = ({
  id,
  packageId,
  rev,
  state,
  createdAt,
  acknowledged,
}: DownloadRecord): DownloadState => ({
  downloadId: id,
  packageId,
  rev,
  state,
  createdAt: iso(createdAt),
  expiresAt: iso(createdAt + DOWNLOAD_LIFE_MS),
  acknowledged,
});

/**
 * One entry per file of the package out of a client’s receipt: arbitrary entries could fill the
 * disk.
 */
function storedFiles(
  { packageId, rev }: DownloadRecord,
  files: Receipt['files'],
  library: Library,
): Receipt['files'] {
  const current = library.package(packageId)?.package;
  const known = new Set(current?.files.map(({ id }) => id));
  const once = [...new Map(files.map((file) => [file.fileId, file])).values()];
  // Files of an earlier revision are unknown by now; their number is taken from the current one.
  return current?.rev === rev
    ? once.filter(({ fileId }) => known.has(fileId))
    : once.slice(0, known.size);
}

async function own(tx: StoreTx, id: string, account: AccountRecord): Promise<DownloadRecord> {
  const record = await tx.downloads.get(id);
  if (!record || record.accountId !== account.id) throw problem('not-found');
  return record;
}

export function downloadHandlers(
  context: Context,
  library: Library,
  origins: Origins,
  manifests: Manifests,
): Handlers<Names> {
  const { clock, store, limits } = context;
  const gate = createGate(context, library);
  const records = createDownloadRecords(context);

  const urls = (
    { package: wanted }: PackageEntry,
    fileIds: readonly string[],
    excluded: readonly string[] = [],
  ) =>
    [...new Set(fileIds)].map((fileId) => {
      const file = wanted.files.find(({ id }) => id === fileId);
      if (!file) throw problem('not-found');
      return origins.urlFor(file, wanted.id, clock.now(), excluded);
    });

  const change = (
    id: string,
    account: AccountRecord,
    fieldsOf: (record: DownloadRecord) => Partial<DownloadRecord>,
  ) =>
    store.transaction(async (tx) => {
      const record = await own(tx, id, account);
      await tx.downloads.put({ ...record, ...fieldsOf(record) });
    });

  return {
    getManifest: (call) =>
      manifestAnswer(call, gate, manifests, {
        urlOf: (entry, fileId) => urls(entry, [fileId])[0]?.url ?? '',
        count: records.countMetalink,
      }),

    async authoriseDownload({ auth, body }) {
      limits.require('downloads', auth.session.id);
      const { package: wanted } = gate.see(body.packageId, auth.account);
      if (body.rev > wanted.rev) throw problem('not-found');
      if (body.rev < wanted.rev) throw problem('package-superseded', { currentRev: wanted.rev });
      const confirmed = body.acknowledge ?? [];
      const entry = gate.open(body.packageId, auth.account, body.newsroom, confirmed);
      const known = new Set(
        entry.asset.restrictions.map(({ id }) => restrictionAcknowledgement(id)),
      );
      const acknowledged = confirmed.filter((id) => known.has(id) || isEmbargoAcknowledgement(id));
      const signedUrls = urls(entry, body.fileIds ?? wanted.files.map(({ id }) => id));
      const record = await records.open(entry, auth, acknowledged);
      const { downloadId, packageId, rev, expiresAt } = stateOf(record);
      return {
        status: 201,
        body: {
          downloadId,
          packageId,
          rev,
          expiresAt,
          maxParallel: POLICY.maxParallelDownloads,
          urls: signedUrls,
        },
      };
    },

    async renewUrls({ auth, params, body }) {
      limits.require('downloads', auth.session.id);
      const record = await store.transaction((tx) => own(tx, params.id, auth.account));
      if (record.state === 'cancelled' || clock.now() >= record.createdAt + DOWNLOAD_LIFE_MS)
        throw problem('not-found');
      const { package: wanted } = gate.see(record.packageId, auth.account);
      if (wanted.rev !== record.rev)
        throw problem('package-superseded', { currentRev: wanted.rev });
      const entry = gate.open(record.packageId, auth.account, body.newsroom, record.acknowledged);
      return { status: 200, body: { urls: urls(entry, body.fileIds, body.excludeOriginIds) } };
    },

    async getDownload({ auth, params }) {
      return {
        status: 200,
        body: stateOf(await store.transaction((tx) => own(tx, params.id, auth.account))),
      };
    },
    async sendReceipt({ auth, params, body }) {
      await change(params.id, auth.account, (record) => ({
        state: body.outcome,
        receipt: JSON.stringify({ ...body, files: storedFiles(record, body.files, library) }),
      }));
      return { status: 204, body: null };
    },
    async cancelDownload({ auth, params }) {
      await change(params.id, auth.account, () => ({ state: 'cancelled' }));
      return { status: 204, body: null };
    },
  };
}

async function manifestAnswer(
  { params, query, header, auth }: Call<'getManifest'>,
  gate: ReturnType<typeof createGate>,
  manifests: Manifests,
  {
    urlOf,
    count,
  }: {
    urlOf(entry: PackageEntry, fileId: string): string;
    count(entry: PackageEntry, auth: Authenticated): Promise<void>;
  },
): Promise<Answered<(typeof endpoints)['getManifest']>> {
  const entry = gate.see(params.id, auth.account);
  const isCurrent = query.rev === undefined || query.rev === entry.package.rev;
  if (!header('accept')?.includes(METALINK)) {
    const text = isCurrent
      ? (await manifests.current(entry)).text
      : await manifests.earlier(params.id, query.rev ?? 0);
    if (text === undefined) throw problem('not-found');
    const digest = createHash('sha256').update(text).digest('base64');
    return {
      status: 200,
      body: new Text(text),
      headers: { 'cache-control': IMMUTABLE, 'repr-digest': `sha-256=:${digest}:` },
    };
  }
  // Only the files of the current revision have addresses.
  if (!isCurrent) throw problem('not-found');
  // The addresses work at once, so there is no later step to acknowledge restrictions in.
  gate.open(params.id, auth.account, undefined, []);
  await count(entry, auth);
  const { manifest } = await manifests.current(entry);
  return {
    status: 200,
    body: new Text(metalinkOf(manifest, (fileId) => urlOf(entry, fileId))),
    headers: { 'content-type': METALINK, 'cache-control': 'no-store' },
  };
}
