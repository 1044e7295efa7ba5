import { existsSync, renameSync, rmSync, statSync } from 'node:fs';

/**
 * What SQLite keeps beside a database. A journal that a kill has left is as dangerous as a log: the
 * next database of its name is rolled back by it to what another one was.
 */
export const BESIDE = ['-wal', '-shm', '-journal'] as const;

export const isEmpty = (file: string): boolean =>
  (statSync(file, { throwIfNoEntry: false })?.size ?? 0) === 0;

export function removeDatabase(file: string): void {
  for (const suffix of ['', ...BESIDE]) rmSync(file + suffix, { force: true });
}

export function moveDatabase(from: string, to: string): void {
  // Without its log first: the log of one file must never meet another file of its name.
  for (const suffix of [...BESIDE, ''])
    if (existsSync(from + suffix)) renameSync(from + suffix, to + suffix);
}
