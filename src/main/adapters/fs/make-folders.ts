import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';

const hasCode = (thrown: unknown, ...codes: string[]): boolean =>
  thrown instanceof Error && 'code' in thrown && codes.includes(String(thrown.code));

export async function isFolder(name: string): Promise<boolean> {
  try {
    return (await stat(name)).isDirectory();
  } catch (thrown) {
    if (hasCode(thrown, 'ENOENT', 'ENOTDIR')) return false;
    throw thrown;
  }
}

/**
 * Makes a folder and those above it where they are missing; throws what the file system says.
 * Folder by folder: Node's recursive mkdir never returns where mkdir fails with ENOENT although the
 * parent is there (/proc, some automounted shares). A file in the way stays.
 * @param options.made told of the folder in which one was made
 */
export async function makeFolders(
  name: string,
  options: { mode?: number; made?(parent: string): Promise<void> } = {},
): Promise<void> {
  if (await isFolder(name)) return;
  const parent = path.dirname(name);
  if (parent !== name) await makeFolders(parent, options);
  try {
    await mkdir(name, options.mode);
  } catch (thrown) {
    if (!hasCode(thrown, 'EEXIST')) throw thrown;
  }
  await options.made?.(parent);
}
