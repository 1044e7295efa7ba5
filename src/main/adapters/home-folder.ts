import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';

/**
 * Makes a home where it is missing, for this user only; throws what the file system says. Folder by folder: Node's recursive mkdir
 * never returns where mkdir fails with ENOENT although the parent is there (/proc, some automounted shares).
 */
export function makeHome(home: string): void {
  if (statSync(home, { throwIfNoEntry: false })?.isDirectory()) return;
  const parent = path.dirname(home);
  if (parent !== home) makeHome(parent);
  try {
    mkdirSync(home, { mode: 0o700 });
  } catch (thrown) {
    if (!statSync(home, { throwIfNoEntry: false })?.isDirectory()) throw thrown;
  }
}
