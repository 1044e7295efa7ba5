import { watch, type FSWatcher } from 'node:fs';
import { opendir } from 'node:fs/promises';
import nodePath from 'node:path';

/** From the first change that is seen to the call, ms. */
const REST_MS = 2000;
/** Of a user’s share of watches, which all programs have together. What is below more isn’t watched. */
const MAX_FOLDERS = 1000;

/** A folder and those below it, hidden ones and links left out. What can’t be read is passed over. */
async function foldersOf(root: string, isStopped: () => boolean): Promise<string[]> {
  const found = [root];
  // The list grows while it is read.
  for (const folder of found)
    try {
      for await (const entry of await opendir(folder)) {
        if (isStopped() || found.length >= MAX_FOLDERS) return found;
        if (entry.isDirectory() && !entry.name.startsWith('.'))
          found.push(nodePath.join(folder, entry.name));
      }
    } catch {
      // Gone meanwhile, or somebody else’s.
    }
  return found;
}

/**
 * Tells soon of changes in a folder and below it where the system can; network drives and full tables
 * of the system can’t, and are looked at now and then all the same.
 *
 * @param restMs from the first change that is seen to the call
 * @returns ends it
 */
export function watchFolder(root: string, onChange: () => void, restMs = REST_MS): () => void {
  const watchers = new Map<string, FSWatcher>();
  let timer: NodeJS.Timeout | null = null;
  let isStopped = false;

  function onEvent(): void {
    timer ??= setTimeout(() => {
      timer = null;
      if (process.platform === 'linux') void follow();
      onChange();
    }, restMs).unref();
  }
  function forget(folder: string): void {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  }
  function add(folder: string, recursive: boolean): void {
    try {
      const watcher = watch(folder, { recursive, persistent: false }, onEvent);
      watcher.on('error', () => forget(folder));
      watchers.set(folder, watcher);
    } catch {
      // It is looked at now and then.
    }
  }
  /** Each folder by itself: Node would watch each file, and read all their names before it goes on. */
  async function follow(): Promise<void> {
    const folders = new Set(await foldersOf(root, () => isStopped));
    if (isStopped) return;
    for (const folder of watchers.keys()) if (!folders.has(folder)) forget(folder);
    for (const folder of folders) if (!watchers.has(folder)) add(folder, false);
  }

  if (process.platform === 'linux') void follow();
  else add(root, true);
  return () => {
    isStopped = true;
    if (timer) clearTimeout(timer);
    for (const folder of watchers.keys()) forget(folder);
  };
}
