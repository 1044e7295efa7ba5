import { existsSync, lstatSync, renameSync, statSync } from 'node:fs';
import { errnoOf } from './errors.ts';
import { AppError } from '../../../shared/errors.ts';

/** A name beside the file that nothing has yet. */
export function asideName(file: string): string {
  const stamp = new Date().toISOString().replaceAll(/[:.]/gu, '-');
  for (let n = 0; ; n++) {
    const name = `${file}.damaged-${stamp}${n === 0 ? '' : `-${n}`}`;
    if (!existsSync(name)) return name;
  }
}

/**
 * Renames what is at `file`, whatever it is, so that it is out of the way and never lost.
 * @returns its new name. @throws `disk-error` naming the path.
 */
export function setAside(file: string): string {
  const aside = asideName(file);
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
 * Sets aside what is in the place of a file or folder of ours and is of another kind: a folder
 * instead of a file, a link that leads nowhere, a pipe that would never answer. Links to the right
 * kind are followed.
 * @returns where it was moved; null where nothing was in the way.
 */
export function clearPlace(
  file: string,
  wanted: 'file' | 'log' | 'folder' | 'socket' = 'file',
): string | null {
  if (!lstatSync(file, { throwIfNoEntry: false })) return null;
  let found: ReturnType<typeof statSync>;
  try {
    found = statSync(file, { throwIfNoEntry: false });
  } catch {
    // A link to itself.
  }
  // A log that nobody wants is a link to /dev/null.
  const isRight = {
    file: found?.isFile(),
    log: found?.isFile() || found?.isCharacterDevice(),
    folder: found?.isDirectory(),
    socket: found?.isSocket(),
  }[wanted];
  return isRight ? null : setAside(file);
}
