import path from 'node:path';
import { clearPlace } from './set-aside.ts';

/** What the program keeps in a home beside its databases, which look after their own files. */
const FILES = ['trusted-keys.json', 'desk.log', 'desk.log.1', 'transfers.sqlite.reserve', 'transfers.sqlite.backup-1', 'transfers.sqlite.backup-2', 'transfers.sqlite.backup-new'];
const FOLDERS = ['demo', 'keychain-removed', 'notices-told', 'pictures', 'thumbnails'];

/**
 * Sets aside what is in the place of a file or folder of ours and is of another kind, for example a link that leads nowhere.
 * @returns where each is now. @throws `disk-error` naming the path, where it cannot be moved.
 */
export function clearHome(home: string): string[] {
  const places = [...FILES.map((name) => [name, 'file'] as const), ...FOLDERS.map((name) => [name, 'folder'] as const)];
  return places.flatMap(([name, kind]) => clearPlace(path.join(home, name), kind) ?? []);
}
