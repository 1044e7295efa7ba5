import type { SignedUrl } from '../../../shared/api/common.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Newsroom } from '../../../shared/api/downloads.ts';
import type { AuthorisedUrl, ServiceKey, SourcePackages } from '../../transfers/ports.ts';
import type { ServiceClient } from './client.ts';

type WithToken = <T>(work: (token: string) => Promise<T>) => Promise<T>;

const toUrl = (wire: SignedUrl): AuthorisedUrl => ({
  fileId: wire.fileId,
  originId: wire.originId,
  url: wire.url,
  headers: wire.headers,
  expiresAtMs: Date.parse(wire.expiresAt),
  ranges: wire.ranges,
  etag: wire.etag,
  bytes: wire.bytes,
});
/**
 * Manifests have five levels. Much deeper ones would overflow the stack when serialised or cloned
 * to another thread.
 */
const MAX_MANIFEST_LEVELS = 100;

/** Breadth-first, without recursion. */
function isDeeperThan(levels: number, value: unknown): boolean {
  let open = [value];
  for (let level = 0; level <= levels && open.length > 0; level++) {
    open = open.flatMap((one): unknown[] =>
      typeof one === 'object' && one !== null ? Object.values(one) : [],
    );
  }
  return open.length > 0;
}

/** Packages of a service, authorised for the signed-in account. */
export function createPackageSource(
  client: ServiceClient,
  withToken: WithToken,
  keys: () => Promise<ServiceKey[]>,
  newKey: () => string,
  /**
   * What the newsroom says of itself, by which the service judges what it may have; undefined if
   * that is what the service takes for granted.
   */
  newsroom: () => Newsroom | undefined,
): SourcePackages {
  const stated = (): { newsroom?: Newsroom } => {
    const own = newsroom();
    return own === undefined ? {} : { newsroom: own };
  };
  return {
    manifest: async (packageId, rev) => {
      const manifest = await withToken((token) =>
        client.raw.getManifest({ params: { id: packageId }, query: { rev }, token }),
      );
      if (isDeeperThan(MAX_MANIFEST_LEVELS, manifest))
        throw new AppError(
          'manifest-invalid',
          `The manifest isn’t valid: it has more than ${MAX_MANIFEST_LEVELS} levels`,
          { retryable: false },
        );
      return manifest;
    },
    trustedKeys: keys,
    authorise: async ({ packageId, rev, fileIds, acknowledge }) => {
      const idempotencyKey = newKey();
      const body = {
        packageId,
        rev,
        fileIds,
        ...(acknowledge.length > 0 ? { acknowledge } : {}),
        ...stated(),
      };
      const answer = await withToken((token) =>
        client.api.authoriseDownload({ token, idempotencyKey, body }),
      );
      return {
        downloadId: answer.downloadId,
        maxParallel: answer.maxParallel,
        urls: answer.urls.map(toUrl),
      };
    },
    renew: async (downloadId, fileIds, excludeOriginIds = []) => {
      const body = {
        fileIds,
        ...(excludeOriginIds.length > 0 ? { excludeOriginIds } : {}),
        ...stated(),
      };
      const answer = await withToken((token) =>
        client.api.renewUrls({ params: { id: downloadId }, token, body }),
      );
      return answer.urls.map(toUrl);
    },
  };
}
