import path from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { readText } from '../hashing.ts';
import {
  DONE_NAME,
  MANIFEST_NAME,
  parseManifest,
  verifyManifest,
  type Manifest,
} from './manifest.ts';
import type { Disk, PackageSource, TrustedKey } from '../ports.ts';

const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;
/** How deep packages may lie under a library's folder, and how many folders are looked at. */
const MAX_DEPTH = 6;
const MAX_FOLDERS = 200_000;

/**
 * The key of a manifest from what this machine has kept, else from the service in use, if it can be
 * asked.
 */
async function keysFor(source: PackageSource, keyId: string): Promise<TrustedKey[]> {
  const kept = await source.keptKeys();
  if (kept.some((key) => key.keyId === keyId)) return kept;
  try {
    return await source.trustedKeys();
  } catch (thrown) {
    if (thrown instanceof AppError) return [];
    throw thrown;
  }
}

/**
 * The manifest.json in the folder of a package, if a trusted key has signed it. `not-found` without
 * one, `manifest-invalid` with one that is not valid, `untrusted-key` where its key is not known.
 */
export async function readPackage(
  disk: Disk,
  source: PackageSource,
  folder: string,
): Promise<{ text: string; manifest: Manifest }> {
  const file = path.join(folder, MANIFEST_NAME);
  const text = await readText(disk, file, MAX_MANIFEST_BYTES);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (thrown) {
    throw new AppError(
      'manifest-invalid',
      `${file} is not JSON. Fetch the package again into this folder: what is right stays`,
      { retryable: false, cause: thrown },
    );
  }
  const { signature, packageId, rev } = await parseManifest(json);
  return {
    text,
    manifest: await verifyManifest(json, await keysFor(source, signature.keyId), {
      packageId,
      rev,
    }),
  };
}

/**
 * Folders of packages: the folder itself, or all under it that have a manifest.json or a marker, in
 * the order of their names. Only below a marked one nothing is looked for: anybody's manifest.json
 * would hide all that lies under it.
 * @param plain files that are no manifests of packages, whatever they are called
 */
export async function packageFolders(
  disk: Disk,
  root: string,
  plain: ReadonlySet<string> = new Set(),
): Promise<string[]> {
  const found: string[] = [];
  let seen = 0;
  const look = async (folder: string, depth: number): Promise<void> => {
    const entries = await disk.entries(folder);
    const has = (wanted: string): boolean =>
      entries.some(({ name, kind }) => kind === 'file' && name === wanted);
    const isMarked = has(DONE_NAME);
    if (isMarked || (has(MANIFEST_NAME) && !plain.has(path.join(folder, MANIFEST_NAME))))
      found.push(folder);
    if (isMarked) return;
    if (depth === MAX_DEPTH) return;
    for (const { name, kind } of entries)
      if (kind === 'folder' && ++seen <= MAX_FOLDERS)
        await look(path.join(folder, name), depth + 1);
  };
  await look(root, 0);
  return found;
}
