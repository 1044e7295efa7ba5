/*
 * Under which names the files of a package are on the disk, where a template has named them. The
 * signed manifest names paths and keeps its bytes; which file has which name is recorded with the
 * transfer, and in `manifest.names.json` beside the manifest for everybody who has the folder only.
 * That file is signed by nobody. It says where to look and never what is right: each path of the
 * manifest needs a file of its own below the folder, whose content the manifest vouches for.
 */
import path from 'node:path';
import * as z from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { extensionOf, fileNames, type FileNaming } from '../../../shared/model/file-names.ts';
import { foldedName, pathsFault } from '../../../shared/model/names.ts';
import { readText } from '../hashing.ts';
import { inSteps } from '../in-steps.ts';
import type { Disk, StoredFile } from '../ports.ts';
import { NAMES_NAME, isOwnName, type Manifest } from './manifest.ts';

const MAX_NAMES_BYTES = 64 * 1024 * 1024;

/** Names in the order of the manifest's files. */
export type DiskNames = readonly string[];
type Named = Pick<Manifest, 'packageId' | 'rev' | 'files'>;

const namesFile = z.object({
  namesVersion: z.literal(1),
  packageId: z.string(),
  rev: z.int(),
  /** `path` is that of the manifest, `name` that in the folder. */
  files: z.array(z.object({ path: z.string(), name: z.string() })).max(100_000),
});

export const asPublished = ({ files }: Pick<Manifest, 'files'>): DiskNames =>
  files.map((file) => file.path);

/** The text of the file; null where all names are those of the manifest, which then says enough. */
export function namesText({ packageId, rev, files }: Named, names: DiskNames): string | null {
  if (files.every((file, at) => file.path === names[at])) return null;
  const document: z.infer<typeof namesFile> = {
    namesVersion: 1,
    packageId,
    rev,
    files: files.map((file, at) => ({ path: file.path, name: names[at] ?? file.path })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/**
 * Names that somebody else may have written: each file of the manifest has exactly one, with its
 * extension, that is safe on every system and no other’s on any.
 * @throws `other-package` for those of another package or version, else `manifest-invalid`
 */
export async function parseNames(
  text: string,
  { packageId, rev, files }: Named,
  file: string,
): Promise<DiskNames> {
  const invalid = (why: string, cause?: unknown) =>
    new AppError(
      'manifest-invalid',
      `${file}, which says how the files are named, isn’t valid: ${why}. Copy it again from where the package came from.`,
      { retryable: false, cause },
    );
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (thrown) {
    throw invalid('it isn’t JSON', thrown);
  }
  const parsed = namesFile.safeParse(json);
  if (!parsed.success) throw invalid(parsed.error.issues[0]?.path.join('.') || 'shape');
  const { data } = parsed;
  if (data.packageId !== packageId || data.rev !== rev)
    throw new AppError(
      'other-package',
      `${file} names the files of ${data.packageId}, version ${data.rev}, instead of ${packageId}, version ${rev}`,
      { retryable: false },
    );
  const named = new Map(data.files.map((one) => [one.path, one.name]));
  if (named.size !== data.files.length) throw invalid('it names a file twice');
  const names = files.map((one) => {
    const name = named.get(one.path);
    if (name === undefined) throw invalid(`${JSON.stringify(one.path)} isn’t in it`);
    if (extensionOf(name) !== extensionOf(one.path))
      throw invalid(`${JSON.stringify(name)} has another extension`);
    return name;
  });
  if (named.size !== files.length) throw invalid('it names files that the manifest doesn’t have');
  const fault = await inSteps(pathsFault(names, isOwnName));
  if (fault) throw invalid(`unsafe file name ${JSON.stringify(fault.path)} (${fault.fault})`);
  return names;
}

/**
 * Names by the file in the folder; null without one.
 * @throws what `parseNames` throws
 */
export async function namesIn(
  disk: Disk,
  folder: string,
  manifest: Named,
): Promise<DiskNames | null> {
  const file = path.join(folder, NAMES_NAME);
  const entry = await disk.entry(file);
  if (entry === null) return null;
  return parseNames(await readText(disk, file, MAX_NAMES_BYTES), manifest, file);
}

/** The path of a recorded file in its manifest. */
export const publishedPath = ({ path: name, given }: Pick<StoredFile, 'path' | 'given'>): string =>
  given ?? name;

/** Names by the records of a transfer; null unless they have every file of the manifest. */
export function namesOfRecords(
  records: readonly Pick<StoredFile, 'path' | 'given'>[],
  { files }: Pick<Manifest, 'files'>,
): DiskNames | null {
  const known = new Map(records.map((record) => [publishedPath(record), record.path]));
  const names = files.flatMap((file) => known.get(file.path) ?? []);
  return names.length === files.length && files.length > 0 ? names : null;
}

/**
 * Names of a package that lies in a folder: as this home has recorded them, else as the folder says,
 * else those of the manifest.
 * @throws what `parseNames` throws
 */
export async function namesOf(
  disk: Disk,
  folder: string,
  manifest: Named,
  records: readonly StoredFile[] = [],
): Promise<DiskNames> {
  return (
    namesOfRecords(records, manifest) ??
    (await namesIn(disk, folder, manifest)) ??
    asPublished(manifest)
  );
}

/** Names by a template, for a package that has none yet. */
export const namesBy = (
  naming: FileNaming,
  { files }: Pick<Manifest, 'files'>,
): Promise<string[]> => inSteps(fileNames(naming, files, isOwnName));

/**
 * Two names that lead to one file would make a missing file pass for the other.
 * @throws `not-permitted` for a name below a folder that is a link
 */
export async function requireOwnFolders(
  disk: Disk,
  folder: string,
  names: DiskNames,
): Promise<void> {
  const below = new Set(names.map((name) => path.posix.dirname(name)));
  below.delete('.');
  if (below.size === 0) return;
  const root = await disk.realPath(folder);
  for (const relative of below) {
    const at = path.join(folder, relative);
    if ((await disk.entry(at)) === null) continue;
    if (foldedName(await disk.realPath(at)) !== foldedName(path.join(root, relative)))
      throw new AppError('not-permitted', `${at} leads to another place`, { retryable: false });
  }
}
