import path from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { sha256Of, readText } from '../hashing.ts';
import { writeNew } from '../package/folder.ts';
import { DONE_NAME, MANIFEST_NAME, RECALLED_NAME } from '../package/manifest.ts';
import type { Disk } from '../ports.ts';

const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;
/** A notice is smaller; anything larger is not ours. */
const MAX_NOTICE_BYTES = 64 * 1024;

/**
 * True if the manifest in the folder names this package and version: another may have taken its
 * place, which must not be marked. Its signature doesn't matter here, since nothing is used by it.
 * @param name of another file of ours that names its package
 */
export async function isPackageIn(
  disk: Disk,
  folder: string,
  { packageId, rev }: { packageId: string; rev: number | null },
  name: string = MANIFEST_NAME,
): Promise<boolean> {
  try {
    const file = path.join(folder, name);
    const json: unknown = JSON.parse(await readText(disk, file, MAX_MANIFEST_BYTES));
    const found = Object(json) as { packageId?: unknown; rev?: unknown };
    return found.packageId === packageId && (rev === null || found.rev === rev);
  } catch (thrown) {
    // Not there, or no manifest.
    if (thrown instanceof SyntaxError) return false;
    if (
      thrown instanceof AppError &&
      ['not-found', 'destination-missing', 'file-too-large'].includes(thrown.code)
    )
      return false;
    throw thrown;
  }
}

/** True for an empty, plain file of this name. @throws `exists` for anything else that is there */
async function isMarkerThere(disk: Disk, folder: string, name: string): Promise<boolean> {
  const entry = await disk.entry(path.join(folder, name));
  if (entry === null) return false;
  if (entry.kind === 'file' && entry.bytes === 0) return true;
  throw new AppError(
    'exists',
    `${path.join(folder, name)} isn’t the marker of a package. Move it away.`,
    { retryable: false },
  );
}

/**
 * Gives the marker another name, durably; one that is there under both names stays under the new
 * one. Nothing else is touched, and a link is never followed.
 * @returns whether a marker of either name is there
 */
async function renameMarker(
  disk: Disk,
  folder: string,
  from: string,
  to: string,
): Promise<boolean> {
  const [hasOld, hasNew] = [
    await isMarkerThere(disk, folder, from),
    await isMarkerThere(disk, folder, to),
  ];
  if (hasOld && hasNew) await disk.remove(path.join(folder, from));
  else if (hasOld) await disk.move(path.join(folder, from), path.join(folder, to));
  // Needed even if a killed run has renamed it.
  if (hasOld || hasNew) await disk.syncFolder(folder);
  return hasOld || hasNew;
}

/** `.done` becomes `.recalled`. @returns whether one of them was there */
export const setMarkerAside = (disk: Disk, folder: string): Promise<boolean> =>
  renameMarker(disk, folder, DONE_NAME, RECALLED_NAME);
/** `.recalled` becomes `.done`. @returns whether one of them was there */
export const releaseMarker = (disk: Disk, folder: string): Promise<boolean> =>
  renameMarker(disk, folder, RECALLED_NAME, DONE_NAME);

/** SHA-256 of the plain file of this name; null if there is none or it is too large for a notice. */
async function noticeHash(disk: Disk, target: string): Promise<string | null> {
  const entry = await disk.entry(target);
  if (entry?.kind !== 'file' || entry.bytes > MAX_NOTICE_BYTES) return null;
  const file = await disk.open(target, 'read');
  try {
    const bytes = new Uint8Array(entry.bytes);
    let at = 0;
    while (at < bytes.byteLength) {
      const read = await file.read(bytes.subarray(at), at);
      if (read === 0) break;
      at += read;
    }
    return sha256Of(bytes.subarray(0, at));
  } finally {
    await file.close();
  }
}

/** Whether a file of this name has exactly one of these contents. */
async function isOwn(disk: Disk, target: string, own: readonly string[]): Promise<boolean> {
  const hash = await noticeHash(disk, target);
  return hash !== null && own.includes(hash);
}

/**
 * The name that a notice gets in a folder: one of ours that is there, or the first that is free.
 * @param own hashes of what was or may have been written there earlier
 * @throws `exists` if something else has all of the names
 */
export async function chooseName(
  disk: Disk,
  folder: string,
  names: readonly string[],
  own: readonly string[],
): Promise<string> {
  for (const name of names) {
    const target = path.join(folder, name);
    if ((await disk.entry(target)) === null || (await isOwn(disk, target, own))) return name;
  }
  throw new AppError(
    'exists',
    `${path.join(folder, names[0] ?? '')} isn’t from this app. Move it away.`,
    { retryable: false },
  );
}

/** A notice on its way to its name. */
type Notice = {
  /** Makes the temporary name ours. */
  id: string;
  /** Of `chooseName`. */
  name: string;
  text: string;
  /** Hashes of what may be replaced. */
  own: readonly string[];
};
const partOf = (folder: string, { name, id }: Notice): string =>
  path.join(folder, `${name}.${id}.part`);

/**
 * Writes the text under a temporary name, on the medium when this returns. @returns false if the
 * notice is in place already
 */
export async function prepareNotice(disk: Disk, folder: string, notice: Notice): Promise<boolean> {
  const bytes = Buffer.from(notice.text, 'utf8');
  const part = partOf(folder, notice);
  // Of a run that was killed.
  await disk.remove(part);
  if (await isOwn(disk, path.join(folder, notice.name), [sha256Of(bytes)])) return false;
  try {
    await writeNew(disk, part, bytes);
  } catch (thrown) {
    // On a full disk nothing of it stays.
    await disk.remove(part).catch(() => undefined);
    throw thrown;
  }
  return true;
}

/** Gives a prepared notice its name, durably. Only what is ours is replaced. */
export async function publishNotice(disk: Disk, folder: string, notice: Notice): Promise<void> {
  const target = path.join(folder, notice.name);
  const part = partOf(folder, notice);
  try {
    if (await isOwn(disk, target, notice.own)) await disk.replace(part, target);
    else await disk.move(part, target);
  } catch (thrown) {
    await disk.remove(part).catch(() => undefined);
    throw thrown;
  }
  await disk.syncFolder(folder);
}

/** Removes a notice that nobody has changed. @returns whether it is gone */
export async function removeNotice(
  disk: Disk,
  folder: string,
  name: string,
  own: readonly string[],
): Promise<boolean> {
  const target = path.join(folder, name);
  if ((await disk.entry(target)) === null) return true;
  if (!(await isOwn(disk, target, own))) return false;
  await disk.remove(target);
  await disk.syncFolder(folder);
  return true;
}
