import { existsSync, lstatSync, renameSync, statSync } from 'node:fs';
import { errnoOf } from './errors.ts';
import { AppError } from '../../../shared/errors.ts';

/** An unused name beside the file. */
export function quarantineName(file: string): string {
  const stamp = new Date().toISOString().replaceAll(/[:.]/gu, '-');
  for (let n = 0; ; n++) {
    const name = `${file}.damaged-${stamp}${n === 0 ? '' : `-${n}`}`;
    if (!existsSync(name)) return name;
  }
}

/**
 * Renames whatever is at `file`, so that it is preserved but out of the way.
 *
 * @returns the new path
 * @throws `disk-error` naming the path
 */
export function quarantine(file: string): string {
  const aside = quarantineName(file);
  try {
    renameSync(file, aside);
  } catch (thrown) {
    throw new AppError(
      'disk-error',
      `${file} can’t be used or moved away (${errnoOf(thrown) ?? String(thrown)}). Move it away, then start again.`,
      { cause: thrown },
    );
  }
  return aside;
}

/**
 * Quarantines whatever is at the path of a file or folder and is of another kind: a folder instead
 * of a file, a dangling link, a FIFO that would block. Links to the right kind are followed.
 *
 * @returns the new path; null if nothing was in the way
 */
export function clearPath(
  file: string,
  expected: 'file' | 'log' | 'folder' | 'socket' = 'file',
): string | null {
  if (!lstatSync(file, { throwIfNoEntry: false })) return null;
  let found: ReturnType<typeof statSync>;
  try {
    found = statSync(file, { throwIfNoEntry: false });
  } catch {
    // ELOOP: a link to itself.
  }
  // The log may be a link to /dev/null, to disable it.
  const isExpected = {
    file: found?.isFile(),
    log: found?.isFile() || found?.isCharacterDevice(),
    folder: found?.isDirectory(),
    socket: found?.isSocket(),
  }[expected];
  return isExpected ? null : quarantine(file);
}
