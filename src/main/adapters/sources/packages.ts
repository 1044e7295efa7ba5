import type { AssetDetail } from '../../catalogue/asset.ts';
import type { CatalogueStore } from '../../catalogue/ports.ts';
import { requireEmbargoConsent, unavailableText } from '../../catalogue/rights.ts';
import { originIdOf } from '../../transfers/run/addresses.ts';
import type { AuthorisedUrl, SourcePackages } from '../../transfers/ports.ts';
import { AppError } from '../../../shared/errors.ts';
import { isLocalHost, redactUrl } from '../../../shared/model/url.ts';
import { isSecret } from './addresses.ts';
import type { FeedFiles, FeedSource } from './feed.ts';
import { manifestOf } from './package-manifest.ts';
import type { AcceptedTerms } from './rights-sheet.ts';

type Options = {
  feed: Pick<FeedSource, 'id' | 'files'>;
  /** Asked for when it is needed: it may be in a keychain that is locked. */
  address(): Promise<string>;
  /** Where the feed's assets are. */
  library: Pick<CatalogueStore, 'detail' | 'rights' | 'mark'>;
  nowMs(): number;
  /** Of the texts that are written beside the files. */
  language(): 'en' | 'fr';
  /**
   * Terms of the source that the user has accepted; null for none.
   * @throws `terms-not-accepted` while others wait to be accepted
   */
  accepted(): AcceptedTerms | null;
};

/** For so long a reading of the feed serves all that start meanwhile. */
const FRESH_MS = 5 * 60_000;
/** All pages of it, each of which has a limit of its own. */
const MAX_READ_MS = 120_000;
const MAX_PARALLEL = 4;

/**
 * Packages of a feed. Their manifests are made here of what the library has; addresses that may be
 * secrets were not stored, and are read from the feed when they are needed.
 */
export function createFeedPackages({
  feed,
  address,
  library,
  nowMs,
  language,
  accepted,
}: Options): SourcePackages {
  let reading: { files: Promise<FeedFiles>; startedAtMs: number; isDone: boolean } | null = null;

  /** One request for all downloads of the feed that wait for it. */
  function read(): Promise<FeedFiles> {
    const begun = {
      files: library
        .mark(feed.id)
        .then((mark) => feed.files(mark, AbortSignal.timeout(MAX_READ_MS))),
      startedAtMs: nowMs(),
      isDone: false,
    };
    reading = begun;
    begun.files.then(
      () => (begun.isDone = true),
      () => (reading = reading === begun ? null : reading),
    );
    return begun.files;
  }
  const recent = (): Promise<FeedFiles> =>
    reading && nowMs() - reading.startedAtMs < FRESH_MS ? reading.files : read();
  const anew = (): Promise<FeedFiles> => (reading && !reading.isDone ? reading.files : read());

  async function packageOf(packageId: string) {
    const assetId = packageId.slice(0, packageId.lastIndexOf('/'));
    const [rights] = await library.rights([assetId], nowMs());
    const detail = await library.detail(assetId);
    if (rights?.unavailable)
      throw new AppError(
        rights.unavailable,
        unavailableText(detail?.slug ?? assetId, rights.unavailable, detail?.statusNote),
        { retryable: false },
      );
    const wanted = detail?.packages.find(({ id }) => id === packageId);
    if (!detail || !wanted)
      throw new AppError('not-found', 'This package is no longer in the catalogue', {
        retryable: false,
      });
    return { detail, wanted };
  }

  /** A publisher mustn’t lead into the local network, unless its own feed is there. */
  const mayLeadTo = async (url: string): Promise<boolean> => {
    const { hostname } = new URL(url);
    return !isLocalHost(hostname) || hostname === new URL(await address()).hostname;
  };

  /** @throws `not-found` if a required file has no address any more, or none of those asked for */
  async function addressesOf(
    packageId: string,
    fileIds: readonly string[],
    urlOf: (detail: AssetDetail, fileId: string) => Promise<string | null>,
  ): Promise<AuthorisedUrl[]> {
    const { detail, wanted } = await packageOf(packageId);
    const urls: AuthorisedUrl[] = [];
    for (const fileId of fileIds) {
      const url = await urlOf(detail, fileId);
      if (url !== null && (await mayLeadTo(url))) urls.push(addressOf(fileId, url));
      else if (wanted.components.some((one) => one.fileId === fileId && one.required))
        throw lost(detail);
    }
    if (urls.length === 0 && fileIds.length > 0) throw lost(detail);
    return urls;
  }

  return {
    async manifest(packageId, rev) {
      const { detail, wanted } = await packageOf(packageId);
      if (rev !== undefined && rev !== wanted.rev)
        throw new AppError('superseded', `There’s another version of ${detail.slug} now`, {
          retryable: false,
        });
      return manifestOf(detail, wanted, {
        source: feed.id,
        nowMs: nowMs(),
        language: language(),
        accepted: accepted(),
      });
    },
    trustedKeys: async () => null,
    async authorise({ packageId, fileIds, acknowledge }) {
      accepted();
      const { detail } = await packageOf(packageId);
      const ids = detail.restrictions.map(({ id }) => id);
      requireEmbargoConsent(
        detail.embargoUntil === null ? null : Date.parse(detail.embargoUntil),
        acknowledge,
        nowMs(),
        ids,
      );
      const restrictionIds = ids.filter((id) => !acknowledge.includes(id));
      if (restrictionIds.length > 0)
        throw new AppError('restriction-unacknowledged', 'Confirm the restrictions first', {
          restrictionIds,
        });
      const urls = await addressesOf(
        packageId,
        fileIds,
        async (asset, fileId) =>
          storedUrl(asset, fileId) ?? (await inFeed(recent(), asset.id, fileId)),
      );
      return { downloadId: packageId, maxParallel: MAX_PARALLEL, urls };
    },
    // The feed is read again whatever the reason: it may have moved the file, or signed it anew.
    async renew(packageId, fileIds) {
      const files = anew();
      return addressesOf(
        packageId,
        fileIds,
        async (asset, fileId) =>
          (await inFeed(files, asset.id, fileId)) ?? storedUrl(asset, fileId),
      );
    },
  };
}

const inFeed = async (
  files: Promise<FeedFiles>,
  assetId: string,
  fileId: string,
): Promise<string | null> =>
  (await files).get(assetId)?.find((file) => file.fileId === fileId)?.url ?? null;

const storedUrl = ({ files }: Pick<AssetDetail, 'files'>, fileId: string): string | null =>
  files.find((file) => file.fileId === fileId)?.url ?? null;

const lost = ({ slug }: AssetDetail) =>
  new AppError(
    'not-found',
    `${slug} is no longer in the publisher’s feed, and its URL was not stored`,
    { retryable: false },
  );

const addressOf = (fileId: string, url: string): AuthorisedUrl => ({
  fileId,
  // A file that is signed anew stays the same file.
  originId: isSecret(url) ? redactUrl(url) : originIdOf(url),
  url,
  headers: {},
  // A feed doesn't say until when; the origin does.
  expiresAtMs: Number.MAX_SAFE_INTEGER,
  ranges: true,
  bytes: null,
});
