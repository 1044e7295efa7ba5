import { createHash, sign } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Manifest, ManifestFile, Pieces } from '../../shared/api/packages.ts';
import type { ContentAsset, Library, PackageEntry } from '../content/library.ts';
import type { SigningKey } from '../keys.ts';
import type { Store } from '../store/ports.ts';
import type { Origins } from './origins.ts';

/** Fixed: a manifest is immutable per revision, so it contains no time of this system. */
const MADE_AT = '2026-01-01T00:00:00Z';
const LICENCE_URL = 'https://multimedia-desk.example/terms';
const MAX_CACHED = 200;

type Files = Pick<Library, 'file'>;

function piecesOf(files: Files, fileId: string): Pieces | undefined {
  const pieces = files.file(fileId)?.pieces?.();
  if (!pieces || pieces.hashes.length < 2) return undefined;
  const list = createHash('sha256');
  for (const hash of pieces.hashes) list.update(hash, 'hex');
  return { algorithm: 'sha256', ...pieces, sha256OfList: list.digest('hex') };
}

function fileOf(
  file: ContentAsset['packages'][number]['files'][number],
  files: Files,
  origins: Origins,
): ManifestFile {
  const {
    id: fileId,
    path,
    bytes,
    mediaType,
    role,
    renditionId,
    language,
    required,
    sha256,
  } = file;
  const pieces = piecesOf(files, fileId);
  return {
    fileId,
    path,
    bytes,
    mediaType,
    role,
    required,
    sha256,
    origins: origins.list,
    modifiedAt: MADE_AT,
    ...(renditionId === undefined ? {} : { renditionId }),
    ...(language === undefined ? {} : { language }),
    ...(pieces === undefined ? {} : { pieces }),
  };
}

/** Signs the RFC 8785 canonical JSON of the manifest without its signature. */
function signed(
  manifest: Omit<Manifest, 'signature'>,
  { keyId, privateKey }: SigningKey,
): Manifest {
  const text = canonicalize(manifest);
  if (text === undefined) throw new Error('A manifest is an object');
  return {
    ...manifest,
    signature: {
      alg: 'Ed25519',
      keyId,
      value: sign(null, Buffer.from(text), privateKey).toString('base64url'),
    },
  };
}

type Made = { manifest: Manifest; text: string };

const nameOf = (packageId: string, rev: number): string => `${packageId} ${rev}`;

/**
 * Signed manifests of packages. Each one delivered is stored, so that its revision can be requested
 * unchanged after the package has a newer one. The most recent ones are cached: the pieces of a
 * large file are a long list.
 */
export type Manifests = ReturnType<typeof createManifests>;
export function createManifests(
  files: Files,
  origins: Origins,
  key: SigningKey,
  store: Pick<Store, 'transaction'>,
) {
  const cache = new Map<string, Made>();

  function make({ asset, package: wanted }: PackageEntry): Made {
    const manifest = signed(
      {
        manifestVersion: 1,
        packageId: wanted.id,
        rev: wanted.rev,
        assetId: asset.id,
        createdAt: MADE_AT,
        rootName: wanted.rootName,
        totalBytes: wanted.bytes,
        fileCount: wanted.files.length,
        files: wanted.files.map((file) => fileOf(file, files, origins)),
        ...(wanted.rev > 1 ? { supersedes: wanted.rev - 1 } : {}),
        licence: { text: asset.usageTerms.en, url: LICENCE_URL },
      },
      key,
    );
    return { manifest, text: JSON.stringify(manifest) };
  }

  return {
    async current(entry: PackageEntry): Promise<Made> {
      const name = nameOf(entry.package.id, entry.package.rev);
      const known = cache.get(name);
      if (known !== undefined) return known;
      const made = make(entry);
      await store.transaction((tx) => tx.manifests.put({ key: name, text: made.text }));
      cache.set(name, made);
      if (cache.size > MAX_CACHED) cache.delete(cache.keys().next().value ?? '');
      return made;
    },
    /** @returns undefined for a revision that was never delivered */
    async earlier(packageId: string, rev: number): Promise<string | undefined> {
      return (await store.transaction((tx) => tx.manifests.get(nameOf(packageId, rev))))?.text;
    },
  };
}

const escaped = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

/**
 * Metalink 4 (RFC 5854). File names include the package’s folder.
 * @param urlOf address of a file
 */
export function metalinkOf(manifest: Manifest, urlOf: (fileId: string) => string): string {
  const files = manifest.files.map((file) => {
    const hashes = file.pieces?.hashes.map((hash) => `<hash>${hash}</hash>`).join('') ?? '';
    const pieces = file.pieces
      ? `<pieces type="sha-256" length="${file.pieces.pieceBytes}">${hashes}</pieces>`
      : '';
    return (
      `<file name="${escaped(`${manifest.rootName}/${file.path}`)}"><size>${file.bytes}</size><hash type="sha-256">${file.sha256}</hash>${pieces}` +
      `<url priority="1">${escaped(urlOf(file.fileId))}</url></file>`
    );
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<metalink xmlns="urn:ietf:params:xml:ns:metalink"><published>${manifest.createdAt}</published>${files.join('')}</metalink>\n`;
}
