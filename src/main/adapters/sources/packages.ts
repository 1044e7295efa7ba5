import type { AssetDetail } from '../../catalogue/asset.ts';
import type { CatalogueStore } from '../../catalogue/ports.ts';
import { forbiddance, refusalOf, type RightsViewer } from '../../catalogue/rights.ts';
import { originIdOf } from '../../transfers/run/addresses.ts';
import type { AuthorisedUrl, SourcePackages } from '../../transfers/ports.ts';
import { isUnavailable } from '../../../shared/api/rights.ts';
import { AppError } from '../../../shared/errors.ts';
import { isLocalHost, redactUrl } from '../../../shared/model/url.ts';
import { isSecret } from './addresses.ts';
import type { PublishedFile } from './asset-parts.ts';
import { manifestOf } from './package-manifest.ts';
import type { AcceptedTerms } from './package-texts.ts';
import type { SourceId } from '../../../shared/model/source.ts';

/** The files of an asset as its publisher offers them now. */
export type OfferedFiles = {
  /**
   * @param isAnew asks the publisher again, though it was asked a moment ago
   * @returns null if it no longer offers the asset
   */
  (assetId: string, isAnew: boolean): Promise<readonly PublishedFile[] | null>;
};
export type PackageOptions = {
  source: SourceId;
  files: OfferedFiles;
  /**
   * The publisher is asked before each download: it has to be obeyed, and announces nothing. What it
   * has taken back isn't fetched then, whatever the library says.
   */
  asksFirst?: boolean;
  /** What may be fetched: see `ofPublisher`. */
  mayLeadTo(url: string): Promise<boolean>;
  /** Where the source's assets are. */
  library: Pick<CatalogueStore, 'detail' | 'rights'>;
  /** Whose rights count, now. */
  viewer(): RightsViewer;
  /**
   * Terms of the source that the user has accepted; null for none.
   * @throws `terms-not-accepted` while others wait to be accepted
   */
  accepted(): AcceptedTerms | null;
};

/**
 * A publisher mustn’t lead into the local network, unless it is there itself, nor to files.
 *
 * @param address asked for when it is needed: it may be in a keychain that is locked
 */
export const ofPublisher =
  (address: () => Promise<string>) =>
  async (url: string): Promise<boolean> => {
    const { protocol, hostname } = URL.parse(url) ?? { protocol: '', hostname: '' };
    if (!/^https?:$/u.test(protocol)) return false;
    return !isLocalHost(hostname) || hostname === new URL(await address()).hostname;
  };

const MAX_PARALLEL = 4;

/**
 * Packages of a source that has none: their manifests are made here of what the library has.
 * Addresses that may be secrets were not stored, and are asked for when they are needed.
 */
export function createPackages({
  source,
  files,
  asksFirst = false,
  mayLeadTo,
  library,
  viewer,
  accepted,
}: PackageOptions): SourcePackages {
  async function packageOf(packageId: string) {
    const assetId = packageId.slice(0, packageId.lastIndexOf('/'));
    const [rights] = await library.rights([assetId], viewer());
    const detail = await library.detail(assetId);
    const forbidden =
      rights && forbiddance(rights.verdict, detail ?? { slug: assetId }, viewer().nowMs);
    // What isn't for this newsroom is told when it is authorised.
    if (forbidden && isUnavailable(forbidden.code)) throw forbidden;
    const wanted = detail?.packages.find(({ id }) => id === packageId);
    if (!rights || !detail || !wanted)
      throw new AppError('not-found', 'This package is no longer in the catalogue', {
        retryable: false,
      });
    return { detail, wanted, verdict: rights.verdict };
  }

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
      if (url !== null && (await mayLeadTo(url))) urls.push(addressOf(source, fileId, url));
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
        source,
        nowMs: viewer().nowMs,
        accepted: accepted(),
      });
    },
    trustedKeys: async () => null,
    async authorise({ packageId, fileIds, acknowledge }) {
      accepted();
      const { detail, verdict } = await packageOf(packageId);
      const refusal = refusalOf(verdict, detail, acknowledge, viewer().nowMs);
      if (refusal) throw refusal;
      const first = asksFirst ? await files(detail.id, true) : null;
      if (asksFirst && first === null) throw lost(detail);
      // Once for all its files, and not at all where every address is stored.
      let later: ReturnType<OfferedFiles> | null = null;
      const urls = await addressesOf(
        packageId,
        fileIds,
        async (asset, fileId) =>
          urlIn(first, fileId) ??
          storedUrl(asset, fileId) ??
          (first === null ? urlIn(await (later ??= files(asset.id, false)), fileId) : null),
      );
      return { downloadId: packageId, maxParallel: MAX_PARALLEL, urls };
    },
    // It is asked again whatever the reason: it may have moved the file, or signed it anew.
    async renew(packageId, fileIds) {
      const { detail } = await packageOf(packageId);
      const offered = await files(detail.id, true);
      return addressesOf(
        packageId,
        fileIds,
        async (asset, fileId) => urlIn(offered, fileId) ?? storedUrl(asset, fileId),
      );
    },
  };
}

const urlIn = (files: readonly PublishedFile[] | null, fileId: string): string | null =>
  files?.find((file) => file.fileId === fileId)?.url ?? null;

const storedUrl = ({ files }: Pick<AssetDetail, 'files'>, fileId: string): string | null =>
  files.find((file) => file.fileId === fileId)?.url ?? null;

const lost = ({ slug }: AssetDetail) =>
  new AppError(
    'not-found',
    `${slug} is no longer offered by its publisher, and its URL was not stored`,
    { retryable: false },
  );

/** Reports have it: a file that is signed anew stays the same, and a folder's path is nobody's business. */
function originOf(source: SourceId, fileId: string, url: string): string {
  if (url.startsWith('file:')) return `${source}/${fileId}`;
  return isSecret(url) ? redactUrl(url) : originIdOf(url);
}

const addressOf = (source: SourceId, fileId: string, url: string): AuthorisedUrl => ({
  fileId,
  originId: originOf(source, fileId, url),
  url,
  headers: {},
  // Its publisher doesn't say until when; the origin does.
  expiresAtMs: Number.MAX_SAFE_INTEGER,
  ranges: true,
  bytes: null,
});
