import path from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { hashFile, sha256Of } from '../hashing.ts';
import { DONE_NAME, MANIFEST_NAME } from './manifest.ts';
import type { Disk, StoredTransfer } from '../ports.ts';

type Publication = Pick<StoredTransfer, 'id' | 'repair'> & { folder: string; manifest: string };

/**
 * Where a manifest is written until it is whole. Nobody else knows the id: what has this name was
 * left by a run of this transfer.
 */
export const manifestPart = (folder: string, { id }: Pick<StoredTransfer, 'id'>): string =>
  path.join(folder, `${MANIFEST_NAME}.${id}.part`);

const foreign = (target: string, why: string) =>
  new AppError(
    'exists',
    `${target} is there already and ${why}; move it away or choose another folder`,
    { retryable: false },
  );

/**
 * True where the right manifest is in place. `exists` where another one is and is not to be
 * replaced.
 */
async function hasManifest(
  disk: Disk,
  { folder, manifest, repair }: Publication,
): Promise<boolean> {
  const target = path.join(folder, MANIFEST_NAME);
  const entry = await disk.entry(target);
  if (!entry) return false;
  const bytes = Buffer.from(manifest, 'utf8');
  if ((await hashFile(disk, target, bytes.byteLength)) === sha256Of(bytes)) return true;
  if (!repair || entry.kind !== 'file') throw foreign(target, 'is a different one');
  return false;
}

/**
 * True where the marker is in place. `exists` where what has its name says something else: ours is
 * empty.
 */
async function hasMarker(disk: Disk, { folder, repair }: Publication): Promise<boolean> {
  const target = path.join(folder, DONE_NAME);
  const entry = await disk.entry(target);
  if (entry && (entry.kind !== 'file' || (entry.bytes > 0 && !repair)))
    throw foreign(target, 'is not the marker of a package');
  return entry !== null;
}

/**
 * Before a byte of a package is fetched: what was in its folder before and is not its own is not
 * touched, so that it could not be finished (`exists`). A package that lacks a file is not done,
 * whatever an earlier run said: its marker goes.
 */
export async function beginPackage(
  disk: Disk,
  publication: Publication,
  lacksFile: boolean,
): Promise<void> {
  await hasManifest(disk, publication);
  if ((await hasMarker(disk, publication)) && lacksFile)
    await disk.remove(path.join(publication.folder, DONE_NAME));
}

async function write(disk: Disk, target: string, bytes: Uint8Array): Promise<void> {
  const file = await disk.open(target, 'new');
  try {
    if (bytes.byteLength > 0) await file.write([bytes], 0);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * manifest.json, then the empty marker that says the package is whole: always the last thing
 * written. `exists` where another manifest is there and is not to be replaced.
 */
export async function finishPackage(disk: Disk, publication: Publication): Promise<void> {
  const { folder, manifest, repair } = publication;
  const target = path.join(folder, MANIFEST_NAME);
  if (!(await hasManifest(disk, publication))) {
    const part = manifestPart(folder, publication);
    await disk.remove(part);
    await write(disk, part, Buffer.from(manifest, 'utf8'));
    await (repair ? disk.replace(part, target) : disk.move(part, target));
  }
  // Also where a run that was killed has renamed it: the marker must not reach the medium first.
  await disk.syncFolder(folder);
  // Empty, it is whole as soon as it has its name.
  if (!(await hasMarker(disk, publication)))
    await write(disk, path.join(folder, DONE_NAME), new Uint8Array(0));
  await disk.syncFolder(folder);
}
