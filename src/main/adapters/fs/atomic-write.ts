import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { hasErrno, UNOPENABLE_FOLDER, UNSYNCABLE_FOLDER } from './errors.ts';

type WriteOptions = {
  /** Permission bits of the new file. */
  mode?: number;
  /**
   * Survives a power loss once the call has returned: fsync of the data before the rename, of the
   * folder after it. Without it the file is complete, but may be the old one.
   */
  durable?: boolean;
};

/** Suffix of temporary files; `clearHome` removes those that a crash left in the home. */
export const TEMPORARY_SUFFIX = '.part';
const temporaryName = (file: string): string => `${file}.${randomUUID()}${TEMPORARY_SUFFIX}`;

/**
 * Replaces a file atomically: readers see the old or the new content, also after a kill or on a
 * full disk. A symbolic link at `file` is replaced, not followed.
 *
 * @throws what the file system throws; see `fsError`
 */
export async function writeFileAtomic(
  file: string,
  data: string | Uint8Array,
  { mode = 0o600, durable = false }: WriteOptions = {},
): Promise<void> {
  const temporary = temporaryName(file);
  try {
    const handle = await open(temporary, 'wx', mode);
    try {
      await handle.writeFile(data);
      if (durable) await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    if (durable) syncFolder(path.dirname(file));
  } catch (thrown) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw thrown;
  }
}

/** `writeFileAtomic` for code that must not yield, such as a change of the settings. */
export function writeFileAtomicSync(
  file: string,
  data: string | Uint8Array,
  { mode = 0o600, durable = false }: WriteOptions = {},
): void {
  const temporary = temporaryName(file);
  try {
    writeFileSync(temporary, data, { mode, flag: 'wx', flush: durable });
    renameSync(temporary, file);
    if (durable) syncFolder(path.dirname(file));
  } catch (thrown) {
    rmSync(temporary, { force: true });
    throw thrown;
  }
}

/**
 * Fsyncs a folder, so that renames in it survive a power loss, where the system supports that.
 * @throws what the file system throws, e.g. EIO
 */
export function syncFolder(folder: string): void {
  let handle: number;
  try {
    handle = openSync(folder, 'r');
  } catch (thrown) {
    if (hasErrno(thrown, ...UNOPENABLE_FOLDER)) return;
    throw thrown;
  }
  try {
    fsyncSync(handle);
  } catch (thrown) {
    if (!hasErrno(thrown, ...UNSYNCABLE_FOLDER)) throw thrown;
  } finally {
    closeSync(handle);
  }
}
