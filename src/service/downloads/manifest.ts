import { createHash, sign } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Manifest, ManifestFile, Pieces } from '../../shared/api/packages.ts';
import type { PackageEntry } from '../content/library.ts';
import type { ContentAsset, ContentSource } from '../content/types.ts';
import type { SigningKey } from '../keys.ts';
import type { OriginSet } from './origins.ts';

/** A manifest is immutable per revision, so it holds no time of this machine. */
const MADE_AT = '2026-01-01T00:00:00Z';
const LICENCE_URL = 'https://multimedia-desk.example/terms';
const KEPT = 200;

function piecesOf(source: ContentSource, fileId: string): Pieces | undefined {
  const pieces = source.file(fileId)?.pieces?.();
  if (!pieces || pieces.hashes.length < 2) return undefined;
  const list = createHash('sha256');
  for (const hash of pieces.hashes) list.update(hash, 'hex');
  return { algorithm: 'sha256', ...pieces, sha256OfList: list.digest('hex') };
}

function fileOf(file: ContentAsset['packages'][number]['files'][number], source: ContentSource, origins: OriginSet): ManifestFile {
  const { id: fileId, path, bytes, mediaType, role, renditionId, language, required, sha256 } = file;
  const pieces = piecesOf(source, fileId);
  return {
    fileId, path, bytes, mediaType, role, required, sha256, origins: origins.list, modifiedAt: MADE_AT,
    ...(renditionId === undefined ? {} : { renditionId }),
    ...(language === undefined ? {} : { language }),
    ...(pieces === undefined ? {} : { pieces }),
  };
}

/** Signature over RFC 8785 canonical JSON of everything else. */
function signed(manifest: Omit<Manifest, 'signature'>, { keyId, privateKey }: SigningKey): Manifest {
  const text = canonicalize(manifest);
  if (text === undefined) throw new Error('A manifest is an object');
  return { ...manifest, signature: { alg: 'Ed25519', keyId, value: sign(null, Buffer.from(text), privateKey).toString('base64url') } };
}

export type Made = { manifest: Manifest; text: string };

/** Signed manifests of packages; the last few are kept, since the pieces of a large file are a long list. */
export function manifestsOf(source: ContentSource, origins: OriginSet, key: SigningKey): (entry: PackageEntry) => Made {
  const kept = new Map<string, Made>();
  return ({ asset, package: wanted }) => {
    const name = `${wanted.id} ${wanted.rev}`;
    const known = kept.get(name);
    if (known !== undefined) return known;
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
          files: wanted.files.map((file) => fileOf(file, source, origins)),
          ...(wanted.rev > 1 ? { supersedes: wanted.rev - 1 } : {}),
          licence: { text: asset.usageTerms, url: LICENCE_URL },
        },
        key,
      );
    const made = { manifest, text: JSON.stringify(manifest) };
    kept.set(name, made);
    if (kept.size > KEPT) kept.delete(kept.keys().next().value ?? '');
    return made;
  };
}
