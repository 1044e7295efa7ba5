import path from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { FolderCheck } from './client.ts';
import { hashRange, readText } from './hashing.ts';
import { MANIFEST_NAME, parseManifest, verifyManifest } from './manifest.ts';
import type { Manifest } from './manifest.ts';
import type { Disk, PackageSource, TrustedKey } from './ports.ts';
import type { Range } from './ranges.ts';

const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;

type FileCheck = FolderCheck['files'][number];

/** One file against what it should be. Without pieces a wrong file is wrong as a whole. */
export async function checkFile(disk: Disk, folder: string, file: Pick<Manifest['files'][number], 'path' | 'bytes' | 'sha256' | 'pieces'>): Promise<FileCheck> {
  const target = path.join(folder, file.path);
  const entry = await disk.entry(target);
  if (entry?.kind !== 'file') return { path: file.path, ok: false, badPieces: [] };
  const opened = await disk.open(target, 'read');
  try {
    if (entry.bytes === file.bytes && (await hashRange(opened, [0, file.bytes])) === file.sha256) return { path: file.path, ok: true, badPieces: [] };
    const badPieces: number[] = [];
    for (const [index, hash] of file.pieces?.hashes.entries() ?? []) {
      const { pieceBytes } = file.pieces ?? { pieceBytes: 0 };
      const range: Range = [index * pieceBytes, Math.min((index + 1) * pieceBytes, file.bytes)];
      if ((await hashRange(opened, range)) !== hash) badPieces.push(index);
    }
    return { path: file.path, ok: false, badPieces };
  } finally {
    await opened.close();
  }
}

/** Keys that can be had now; without a service the hashes are all that can be checked. */
async function reachableKeys(source: PackageSource): Promise<TrustedKey[]> {
  try {
    return await source.trustedKeys();
  } catch (thrown) {
    if (thrown instanceof AppError) return [];
    throw thrown;
  }
}

/**
 * Hashes every file of a package's folder and compares it with the manifest.json there. The manifest's own signature is checked when its
 * key is known. `not-found` without a manifest, `manifest-invalid` with one that is not valid.
 */
export async function verifyFolder(disk: Disk, source: PackageSource, folder: string): Promise<FolderCheck> {
  const text = await readText(disk, path.join(folder, MANIFEST_NAME), MAX_MANIFEST_BYTES);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (thrown) {
    throw new AppError('manifest-invalid', `${path.join(folder, MANIFEST_NAME)} is not JSON`, { cause: thrown });
  }
  const manifest = parseManifest(json);
  const keys = await reachableKeys(source);
  if (keys.some(({ keyId }) => keyId === manifest.signature.keyId)) verifyManifest(json, keys, manifest);
  const files: FileCheck[] = [];
  for (const file of manifest.files) files.push(await checkFile(disk, folder, file));
  return { files };
}
