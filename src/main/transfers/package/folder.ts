import path from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { readText, hashFile, sha256Of } from '../hashing.ts';
import { foreignSourceOf } from '../../../shared/model/source.ts';
import {
  DONE_NAME,
  MANIFEST_NAME,
  RECALLED_NAME,
  parseManifest,
  requireUnsigned,
  signerOf,
  type Manifest,
} from './manifest.ts';
import type { Disk, PackageSource, ServiceKey, StoredTransfer } from '../ports.ts';

const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;
/** Depth and number of folders searched for packages. */
const MAX_DEPTH = 6;
const MAX_FOLDERS = 200_000;

/** The package that the folder is known to have; what is null is unknown. */
export type KnownPackage = {
  packageId: string | null;
  rev: number | null;
  service: string | null;
  /** SHA-256 of the manifest that this home has recorded; of unsigned packages only. */
  recorded: string | null;
};
export const knownPackage = ({
  packageId,
  rev,
  evidence,
}: Pick<StoredTransfer, 'packageId' | 'rev' | 'evidence'>): KnownPackage => ({
  packageId,
  rev,
  service: evidence.service,
  recorded: evidence.recorded?.isOwn ? evidence.recorded.manifest : null,
});
const UNKNOWN: KnownPackage = { packageId: null, rev: null, service: null, recorded: null };

/** Pinned keys come first; the service is asked for its own only if none of them signed it. */
async function signerIn(
  source: PackageSource,
  json: object,
  signature: NonNullable<Manifest['signature']>,
  service: string | null,
): Promise<ServiceKey> {
  const of = (keys: readonly ServiceKey[]) =>
    keys.filter((key) => service === null || key.service === service);
  const pinned = of(await source.pinnedKeys());
  try {
    return signerOf(json, signature, pinned);
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    const own = await source.trustedKeys(service).catch((unavailable: unknown) => {
      if (unavailable instanceof AppError) return [];
      throw unavailable;
    });
    return signerOf(json, signature, [...pinned, ...of(own ?? [])], service);
  }
}

/** `signer` is null for a package whose source signs nothing. */
export type ReadPackage = { text: string; manifest: Manifest; signer: ServiceKey | null };

/**
 * Reads manifest.json of a package folder and verifies its signature, by a key of the service that
 * the package is known to come from. One without a signature must be what this home has recorded,
 * if it has, and is never taken for a package of a service that signs.
 * @throws `not-found` without one, `manifest-invalid` for an invalid one, `untrusted-key` if its
 * key is unknown, `other-package` for that of another package or revision than the known one
 */
export async function readPackage(
  disk: Disk,
  source: PackageSource,
  folder: string,
  known: KnownPackage = UNKNOWN,
): Promise<ReadPackage> {
  const file = path.join(folder, MANIFEST_NAME);
  const text = await readText(disk, file, MAX_MANIFEST_BYTES);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (thrown) {
    throw new AppError(
      'manifest-invalid',
      `${file} isn’t JSON. Download the package into this folder again. Undamaged files stay.`,
      { retryable: false, cause: thrown },
    );
  }
  const manifest = await parseManifest(json);
  const { packageId, rev, signature } = manifest;
  const signer =
    signature === null ? null : await signerIn(source, Object(json), signature, known.service);
  if (
    (known.packageId !== null && known.packageId !== packageId) ||
    (known.rev !== null && known.rev !== rev)
  )
    throw new AppError(
      'other-package',
      `${folder} contains ${packageId}, version ${rev}, instead of ${known.packageId ?? packageId}, version ${known.rev ?? rev}`,
      { retryable: false, found: { packageId, rev } },
    );
  if (signature === null) {
    requireUnsigned(manifest, known.service ?? foreignSourceOf(packageId));
    if (known.recorded !== null && known.recorded !== sha256Of(Buffer.from(text, 'utf8')))
      throw new AppError('manifest-invalid', `${file} isn’t what this computer recorded`, {
        retryable: false,
      });
  }
  return { text, manifest, signer };
}

/**
 * Package folders at or under `root`: those with a manifest.json or a marker, sorted by name. Only
 * folders under a marked one are skipped: a stray manifest.json must not hide what lies under it.
 * @param plain paths of downloaded files that only have the name of a manifest
 */
export async function packageFolders(
  disk: Disk,
  root: string,
  plain: ReadonlySet<string> = new Set(),
): Promise<string[]> {
  const found: string[] = [];
  let seen = 0;
  const look = async (folder: string, depth: number): Promise<void> => {
    const entries = await disk.entries(folder);
    const has = (wanted: string): boolean =>
      entries.some(({ name, kind }) => kind === 'file' && name === wanted);
    const isMarked = has(DONE_NAME) || has(RECALLED_NAME);
    if (isMarked || (has(MANIFEST_NAME) && !plain.has(path.join(folder, MANIFEST_NAME))))
      found.push(folder);
    if (isMarked) return;
    if (depth === MAX_DEPTH) return;
    for (const { name, kind } of entries)
      if (kind === 'folder' && ++seen <= MAX_FOLDERS)
        await look(path.join(folder, name), depth + 1);
  };
  await look(root, 0);
  return found;
}

/** Files of a package as its manifest in the folder lists them; null if that isn't there. */
export async function manifestFilesIn(
  disk: Disk,
  folder: string,
  { packageId, rev }: { packageId: string; rev: { from: number | null } },
): Promise<Manifest['files'] | null> {
  try {
    const text = await readText(disk, path.join(folder, MANIFEST_NAME), MAX_MANIFEST_BYTES);
    const manifest = await parseManifest(JSON.parse(text));
    const isIt = manifest.packageId === packageId && manifest.rev === (rev.from ?? manifest.rev);
    return isIt ? manifest.files : null;
  } catch (thrown) {
    if (thrown instanceof AppError || thrown instanceof SyntaxError) return null;
    throw thrown;
  }
}

/** The folder that the transfer's files are under. */
export const folderOf = ({
  folder,
  destination,
}: Pick<StoredTransfer, 'folder' | 'destination'>): string => folder ?? destination;

type Publication = Pick<StoredTransfer, 'id' | 'repair'> & {
  folder: string;
  manifest: string;
  /** Asked at the last moment: a recalled package gets the marker that nothing takes for usable. */
  isRecalled(): boolean;
  /** The marker is written later, when an embargo has lifted. */
  isHeld: boolean;
};

/**
 * Temporary name of the manifest. It contains the transfer's id, so a file of this name was left by
 * a run of this transfer.
 */
export const manifestPart = (folder: string, { id }: Pick<StoredTransfer, 'id'>): string =>
  path.join(folder, `${MANIFEST_NAME}.${id}.part`);

const inTheWay = (target: string, why: string) =>
  new AppError(
    'exists',
    `${target} already exists and ${why}. Move it away or choose another folder.`,
    { retryable: false },
  );

/**
 * True if this manifest is in place.
 * @throws `exists` if a different one is and must not be replaced
 */
async function hasManifest(
  disk: Disk,
  { folder, manifest, repair }: Publication,
): Promise<boolean> {
  const target = path.join(folder, MANIFEST_NAME);
  const entry = await disk.entry(target);
  if (!entry) return false;
  const bytes = Buffer.from(manifest, 'utf8');
  if ((await hashFile(disk, target, bytes.byteLength)) === sha256Of(bytes)) return true;
  if (!repair || entry.kind !== 'file') throw inTheWay(target, 'is a different file');
  return false;
}

/**
 * True if the marker is in place.
 * @throws `exists` for a file of that name that isn't an empty marker
 */
async function hasMarker(
  disk: Disk,
  { folder, repair }: Pick<Publication, 'folder' | 'repair'>,
  name: string,
): Promise<boolean> {
  const target = path.join(folder, name);
  const entry = await disk.entry(target);
  if (entry && (entry.kind !== 'file' || (entry.bytes > 0 && !repair)))
    throw inTheWay(target, 'isn’t the marker of a package');
  return entry !== null;
}

/**
 * Before the first byte of a package is fetched. Files that are not its own are never touched, so
 * one in the place of the manifest or marker fails the run now. A package that lacks a file is not
 * done: its marker is removed.
 * @throws `exists`
 */
export async function beginPackage(
  disk: Disk,
  publication: Publication,
  lacksFile: boolean,
): Promise<void> {
  await hasManifest(disk, publication);
  if ((await hasMarker(disk, publication, DONE_NAME)) && lacksFile)
    await disk.remove(path.join(publication.folder, DONE_NAME));
}

/** A new file, on the medium when this returns; its name is once the folder is synced. */
export async function writeNew(disk: Disk, target: string, bytes: Uint8Array): Promise<void> {
  const file = await disk.open(target, 'new');
  try {
    if (bytes.byteLength > 0) await file.write([bytes], 0);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Writes manifest.json and, last of all, the empty marker that says the package is complete, or
 * that it is recalled.
 * @throws `exists` if a different manifest is in place and must not be replaced
 */
export async function publishPackage(disk: Disk, publication: Publication): Promise<void> {
  const { folder, manifest, repair } = publication;
  const target = path.join(folder, MANIFEST_NAME);
  if (!(await hasManifest(disk, publication))) {
    const part = manifestPart(folder, publication);
    await disk.remove(part);
    await writeNew(disk, part, Buffer.from(manifest, 'utf8'));
    await (repair ? disk.replace(part, target) : disk.move(part, target));
  }
  // Needed even if a killed run has renamed it: the marker must not reach the medium first.
  await disk.syncFolder(folder);
  if (!publication.isHeld) await markPackage(disk, publication);
}

/**
 * Writes the marker of a complete package, durably.
 * @throws `exists` for a file of that name that isn't an empty marker
 */
export async function markPackage(
  disk: Disk,
  publication: Pick<Publication, 'folder' | 'repair' | 'isRecalled'>,
): Promise<void> {
  const { folder } = publication;
  const marker = publication.isRecalled() ? RECALLED_NAME : DONE_NAME;
  // Empty, so it is complete as soon as its name exists.
  if (!(await hasMarker(disk, publication, marker)))
    await writeNew(disk, path.join(folder, marker), new Uint8Array(0));
  await disk.syncFolder(folder);
}
/**
 * Takes the marker of a package away, durably, under either name. What isn't an empty file stays.
 *
 * @returns whether there was one
 */
export async function unmarkPackage(disk: Disk, folder: string): Promise<boolean> {
  let wasMarked = false;
  for (const name of [DONE_NAME, RECALLED_NAME]) {
    const target = path.join(folder, name);
    const entry = await disk.entry(target);
    if (entry?.kind !== 'file' || entry.bytes > 0) continue;
    await disk.remove(target);
    wasMarked = true;
  }
  // Needed even if a killed run has removed it.
  await disk.syncFolder(folder);
  return wasMarked;
}
export const partPath = (finalPath: string): string => `${finalPath}.part`;
