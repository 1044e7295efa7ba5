import path from 'node:path';
import { foldedName } from '../../../shared/model/file-name.ts';
import { numbered } from '../../../shared/model/folder-name.ts';
import type { EnqueueItem, PackageItem } from '../api.ts';
import { readText } from '../hashing.ts';
import { MANIFEST_NAME, parseManifest } from '../package/manifest.ts';
import type { Disk, StoredTransfer } from '../ports.ts';

const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;

const placeOf = (destination: string, name: string): string =>
  foldedName(path.join(destination, name));

/** Whether a folder on disk is of this package: its manifest says so. */
async function isOf(disk: Disk, folder: string, packageId: string): Promise<boolean> {
  try {
    return (
      (
        await parseManifest(
          JSON.parse(await readText(disk, path.join(folder, MANIFEST_NAME), MAX_MANIFEST_BYTES)),
        )
      ).packageId === packageId
    );
  } catch {
    // Not readable or none at all: somebody else's.
    return false;
  }
}

/**
 * Gives every package that is to have a name by a template a folder of its own: no file system
 * takes two of them for one, and none is somebody else's on disk. The same package to the same
 * place keeps the folder it has. What the manifest calls it stays in manifest.json.
 */
export async function withFolders<T extends EnqueueItem>(
  items: readonly T[],
  known: readonly StoredTransfer[],
  disk: Disk,
): Promise<T[]> {
  if (!items.some((item) => 'packageId' in item && item.folderName !== undefined))
    return [...items];
  const taken = new Map(
    known.flatMap(({ folderName, destination, packageId }) =>
      folderName === null ? [] : [[placeOf(destination, folderName), packageId] as const],
    ),
  );
  const own = new Map(
    known.flatMap(({ folderName, destination, packageId }) =>
      folderName === null ? [] : [[`${packageId} ${destination}`, folderName] as const],
    ),
  );
  /** The last number tried for a place, so that n packages of one name cost n looks, not n². */
  const numbers = new Map<string, number>();
  const nameFor = async (
    { packageId, destination }: PackageItem,
    wanted: string,
  ): Promise<string> => {
    const before = own.get(`${packageId} ${destination}`);
    if (before !== undefined) return before;
    const place = placeOf(destination, wanted);
    for (let n = numbers.get(place) ?? 1; ; n++) {
      numbers.set(place, n);
      const name = n === 1 ? wanted : numbered(wanted, n);
      if (taken.has(placeOf(destination, name))) continue;
      const folder = path.join(destination, name);
      if ((await disk.entry(folder)) && !(await isOf(disk, folder, packageId))) continue;
      taken.set(placeOf(destination, name), packageId);
      own.set(`${packageId} ${destination}`, name);
      return name;
    }
  };
  const named: T[] = [];
  for (const item of items)
    named.push(
      'packageId' in item && item.folderName !== undefined
        ? { ...item, folderName: await nameFor(item, item.folderName) }
        : item,
    );
  return named;
}
