import { existsSync, renameSync, rmSync, statSync } from 'node:fs';

/**
 * Suffixes of the files that SQLite keeps beside a database. A hot journal left by a kill would
 * roll back the next database of its name to the content of another one.
 */
export const SIDECAR_SUFFIXES = ['-wal', '-shm', '-journal'] as const;

export const isEmpty = (file: string): boolean =>
  (statSync(file, { throwIfNoEntry: false })?.size ?? 0) === 0;

export function removeDatabase(file: string): void {
  for (const suffix of ['', ...SIDECAR_SUFFIXES]) rmSync(file + suffix, { force: true });
}

export function moveDatabase(from: string, to: string): void {
  // The log first: it must never meet another database of its name.
  for (const suffix of [...SIDECAR_SUFFIXES, ''])
    if (existsSync(from + suffix)) renameSync(from + suffix, to + suffix);
}
