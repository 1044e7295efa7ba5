import path from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { hashFile, sha256Of } from './hashing.ts';
import { DONE_NAME, MANIFEST_NAME } from './manifest.ts';
import type { Disk } from './ports.ts';
import { partPath } from './run-file.ts';

async function publish(disk: Disk, target: string, bytes: Uint8Array, replaces: boolean): Promise<void> {
  const file = await disk.open(partPath(target), 'write');
  try {
    await file.truncate(0);
    if (bytes.byteLength > 0) await file.write([bytes], 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await (replaces ? disk.replace(partPath(target), target) : disk.move(partPath(target), target));
  await disk.syncFolder(path.dirname(target));
}

/**
 * manifest.json, then the empty marker that says the package is whole: always the last thing written. `exists` where another manifest is
 * there and is not to be replaced.
 */
export async function finishPackage(disk: Disk, folder: string, manifest: string, replaces: boolean): Promise<void> {
  const bytes = Buffer.from(manifest, 'utf8');
  const target = path.join(folder, MANIFEST_NAME);
  const there = await disk.entry(target);
  const isRight = there !== null && (await hashFile(disk, target, bytes.byteLength)) === sha256Of(bytes);
  if (there && !isRight && !replaces) throw new AppError('exists', `${target} is there already and is a different one`, { retryable: false });
  if (!isRight) await publish(disk, target, bytes, replaces);
  const marker = path.join(folder, DONE_NAME);
  if (await disk.entry(marker)) await disk.syncFolder(folder);
  else await publish(disk, marker, new Uint8Array(0), replaces);
}
