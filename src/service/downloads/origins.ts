import type { SignedUrl } from '../../shared/api/common.ts';
import type { ManifestFile } from '../../shared/api/packages.ts';
import { iso, MINUTE } from '../clock.ts';
import type { Secrets } from '../crypto/secrets.ts';
import type { ContentAsset } from '../content/library.ts';

type PackageFile = ContentAsset['packages'][number]['files'][number];
type Origin = { id: string; isExternal: boolean };

const URL_LIFE_MS = 15 * MINUTE;
/** Both are this service. Their entity tags differ, as those of real mirrors do. */
export const LOCAL_ORIGINS = ['local', 'mirror'] as const;

export type Origins = {
  list: ManifestFile['origins'];
  /** Signed address on the preferred origin that is not excluded; if all are, on the first. */
  urlFor(file: PackageFile, packageId: string, now: number, excluded: readonly string[]): SignedUrl;
};

/** Covers method, path, expiry and file, so that an address works for nothing else. */
export function signatureOf(
  secrets: Secrets,
  path: string,
  expiresAt: string,
  fileId: string,
): string {
  return secrets.mac('origin-url', 'GET', path, expiresAt, fileId).toString('base64url');
}
export const originEtag = (originId: string, sha256: string): string =>
  `"${originId}-${sha256.slice(0, 32)}"`;

const encodedPath = (path: string) => path.split('/').map(encodeURIComponent).join('/');

export function createOrigins(
  secrets: Secrets,
  baseUrl: () => string,
  external: string | null,
): Origins {
  const origins: readonly Origin[] =
    external === null
      ? LOCAL_ORIGINS.map((id) => ({ id, isExternal: false }))
      : [{ id: 'external', isExternal: true }];

  function addressOf(
    file: PackageFile,
    packageId: string,
    originId: string,
    expiresAt: number,
  ): string {
    if (external !== null)
      return `${external}/${encodeURIComponent(packageId)}/${encodedPath(file.path)}`;
    const path = `/origin/${originId}/${encodeURIComponent(file.id)}/${encodeURIComponent(file.path.split('/').at(-1) ?? '')}`;
    const exp = String(Math.floor(expiresAt / 1000));
    return `${baseUrl()}${path}?exp=${exp}&sig=${signatureOf(secrets, path, exp, file.id)}`;
  }

  return {
    list: origins.map(({ id }, index) => ({ originId: id, priority: index + 1 })),
    urlFor(file, packageId, now, excluded) {
      const origin = origins.find(({ id }) => !excluded.includes(id)) ?? origins[0];
      if (!origin) throw new Error('There is always an origin');
      const expiresAt = now + URL_LIFE_MS;
      return {
        fileId: file.id,
        originId: origin.id,
        url: addressOf(file, packageId, origin.id, expiresAt),
        method: 'GET',
        headers: {},
        notBefore: iso(now),
        expiresAt: iso(expiresAt),
        ranges: true,
        ...(origin.isExternal ? {} : { etag: originEtag(origin.id, file.sha256) }),
        bytes: file.bytes,
      };
    },
  };
}
