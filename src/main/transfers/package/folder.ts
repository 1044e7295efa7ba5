import path from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { readText, hashFile, sha256Of } from '../hashing.ts';
import { foreignSourceOf } from '../../../shared/model/source.ts';
import {
  DONE_NAME,
  MANIFEST_NAME,
  NAMES_NAME,
  RECALLED_NAME,
  parseManifest,
  requireUnsigned,
  signerOf,
  type Manifest,
} from './manifest.ts';
import { namesIn, namesOf } from './disk-names.ts';
import type { PackageFileHere } from '../api.ts';
import type { Disk, PackageSource, ServiceKey, StoredFile, StoredTransfer } from '../ports.ts';

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

/** A file of a manifest, and its name on the disk. */
type FileInFolder = Manifest['files'][number] & { name: string };

/** Files of a package as its manifest in the folder lists them; null if that isn't there. */
export async function manifestFilesIn(
  disk: Disk,
  folder: string,
  { packageId, rev }: { packageId: string; rev: { from: number | null } },
): Promise<FileInFolder[] | null> {
  try {
    const text = await readText(disk, path.join(folder, MANIFEST_NAME), MAX_MANIFEST_BYTES);
    const manifest = await parseManifest(JSON.parse(text));
    const isIt = manifest.packageId === packageId && manifest.rev === (rev.from ?? manifest.rev);
    if (!isIt) return null;
    const names = await namesOf(disk, folder, manifest);
    return manifest.files.map((file, at) => ({ ...file, name: names[at] ?? file.path }));
  } catch (thrown) {
    if (thrown instanceof AppError || thrown instanceof SyntaxError) return null;
    throw thrown;
  }
}

/**
 * A file of a transfer's package with what vouches for it; null where the folder has no such package
 * or file. Why, whoever verifies the package is told.
 */
export async function packageFileOf(
  { disk, source }: { disk: Disk; source: PackageSource },
  transfer: StoredTransfer,
  records: readonly StoredFile[],
  fileId: string,
): Promise<PackageFileHere | null> {
  const folder = folderOf(transfer);
  try {
    const { manifest } = await readPackage(disk, source, folder, knownPackage(transfer));
    const names = await namesOf(disk, folder, manifest, records);
    const at = manifest.files.findIndex((one) => one.fileId === fileId);
    const [file, name] = [manifest.files[at], names[at]];
    const isSigned = manifest.signature !== null;
    return file && name !== undefined ? { folder, name, file, isSigned } : null;
  } catch (thrown) {
    if (thrown instanceof AppError) return null;
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
  /** Text that says how the files are named; null for the names of the manifest. */
  names: string | null;
  /** Asked at the last moment: a recalled package gets the marker that nothing takes for usable. */
  isRecalled(): boolean;
  /** The marker is written later, when an embargo has lifted. */
  isHeld: boolean;
};

/**
 * Temporary name of a file that is written beside those of a package. It contains the transfer's id,
 * so a file of this name was left by a run of this transfer.
 */
const ownPart = (folder: string, name: string, { id }: Pick<StoredTransfer, 'id'>): string =>
  path.join(folder, `${name}.${id}.part`);
/** Those that a run of this transfer may have left. */
export const ownParts = (folder: string, transfer: Pick<StoredTransfer, 'id'>): string[] =>
  [MANIFEST_NAME, NAMES_NAME].map((name) => ownPart(folder, name, transfer));

const inTheWay = (target: string, why: string) =>
  new AppError(
    'exists',
    `${target} already exists and ${why}. Move it away or choose another folder.`,
    { retryable: false },
  );

/** True if the file has exactly this text. */
export async function hasText(disk: Disk, target: string, text: string): Promise<boolean> {
  const bytes = Buffer.from(text, 'utf8');
  return (await hashFile(disk, target, bytes.byteLength)) === sha256Of(bytes);
}

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
  if (await hasText(disk, target, manifest)) return true;
  if (!repair || entry.kind !== 'file') throw inTheWay(target, 'is a different file');
  return false;
}

/**
 * True if these names are in place. Other names of the same package are replaced: its files are
 * where this transfer has put them.
 * @throws `exists` for a file of that name that isn't about this package and must not be replaced
 */
async function hasNames(
  disk: Disk,
  { folder, manifest, names, repair }: Publication,
): Promise<boolean> {
  const target = path.join(folder, NAMES_NAME);
  const entry = await disk.entry(target);
  if (!entry) return names === null;
  if (names !== null && (await hasText(disk, target, names))) return true;
  if (entry.kind !== 'file') throw inTheWay(target, 'is a different file');
  if (repair) return false;
  try {
    await namesIn(disk, folder, await parseManifest(JSON.parse(manifest)));
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    throw inTheWay(target, 'isn’t about this package');
  }
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
  await hasNames(disk, publication);
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
 * Writes the names of the files, if they need any, manifest.json and, last of all, the empty marker
 * that says the package is complete, or that it is recalled.
 * @throws `exists` if a different manifest is in place and must not be replaced
 */
export async function publishPackage(disk: Disk, publication: Publication): Promise<void> {
  const { folder, manifest, names, repair } = publication;
  const write = async (name: string, text: string, isReplaced: boolean): Promise<void> => {
    const part = ownPart(folder, name, publication);
    const target = path.join(folder, name);
    await disk.remove(part);
    await writeNew(disk, part, Buffer.from(text, 'utf8'));
    await (isReplaced ? disk.replace(part, target) : disk.move(part, target));
  };
  const isThere = (await disk.entry(path.join(folder, NAMES_NAME))) !== null;
  if (!(await hasNames(disk, publication)))
    await (names === null
      ? disk.remove(path.join(folder, NAMES_NAME))
      : write(NAMES_NAME, names, isThere));
  // The names reach the medium first: without them the manifest's files are not found.
  if (names !== null) await disk.syncFolder(folder);
  if (!(await hasManifest(disk, publication))) await write(MANIFEST_NAME, manifest, repair);
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
