import path from 'node:path';

/** The folder itself or one below it. */
export const isWithin = (root: string, folder: string): boolean =>
  folder === root || folder.startsWith(root.endsWith(path.sep) ? root : root + path.sep);

/** The outermost of these folders: what lies below another is looked at with that one. */
export function outermost(folders: Iterable<string>): string[] {
  const sorted = [...new Set(folders)].toSorted((a, b) => a.length - b.length);
  const roots: string[] = [];
  for (const folder of sorted)
    if (!roots.some((root) => isWithin(root, folder))) roots.push(folder);
  return roots;
}
