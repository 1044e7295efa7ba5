import { lstat, opendir } from 'node:fs/promises';
import nodePath from 'node:path';
import { mapPathErrors, hasErrno } from '../fs/errors.ts';
import { stopReason } from '../../../shared/errors.ts';
import { isMediaExtension } from './asset-parts.ts';

/** A file below the folder. */
export type FolderFile = {
  /** From the folder on, with slashes. */
  path: string;
  bytes: number;
  /** The later of content and status change, ms since 1970: copying keeps only the former. */
  changedMs: number;
};
export type FolderScan = {
  files: FolderFile[];
  /** False if a part of it can't be read, or there is more than is taken. */
  isComplete: boolean;
};

const MAX_DEPTH = 12;
const MAX_FILES = 50_000;
/** What other programs write while they aren't done, and what systems leave behind. */
const TEMPORARY =
  /^(?:[.~]|Thumbs\.db$|desktop\.ini$)|(?:~|\.(?:part|partial|filepart|crdownload|download|tmp|temp|aspera-ckpt|aspx|lock|swp|!qb|!ut))$/iu;

/**
 * All files below a folder. Links are not followed: they may lead anywhere, or round and round.
 *
 * @throws `destination-missing`, `not-permitted`, `disk-error` for the folder itself
 */
export async function scanFolder(root: string, signal: AbortSignal): Promise<FolderScan> {
  const files: FolderFile[] = [];
  let isComplete = true;

  async function scan(folder: string, depth: number): Promise<void> {
    const entries = await opendir(nodePath.join(root, folder));
    for await (const entry of entries) {
      if (signal.aborted) throw stopReason(signal);
      if (TEMPORARY.test(entry.name)) continue;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) await below(path, depth + 1);
      else if (entry.isFile()) {
        if (files.length >= MAX_FILES) isComplete = false;
        else await take(path);
      }
    }
  }
  async function below(path: string, depth: number): Promise<void> {
    if (depth > MAX_DEPTH) {
      isComplete = false;
      return;
    }
    try {
      await scan(path, depth);
    } catch (thrown) {
      if (signal.aborted) throw stopReason(signal);
      if (!hasErrno(thrown, 'ENOENT', 'ENOTDIR')) isComplete = false;
    }
  }
  async function take(path: string): Promise<void> {
    try {
      const { size, mtimeMs, ctimeMs } = await lstat(nodePath.join(root, path));
      files.push({ path, bytes: size, changedMs: Math.max(mtimeMs, ctimeMs) });
    } catch (thrown) {
      // Moved away meanwhile.
      if (!hasErrno(thrown, 'ENOENT')) isComplete = false;
    }
  }

  await mapPathErrors(root, () => scan('', 0));
  return { files, isComplete };
}

/** A film or sound in one or several files, with what is beside it. */
export type FolderWork = {
  /** Stays while the files have their names. */
  key: string;
  /** Without an ending. */
  name: string;
  media: FolderFile[];
  captions: { file: FolderFile; language: string | null }[];
  pictures: FolderFile[];
  /** Texts about it: ninjs, NewsML-G2, shotlists. */
  texts: FolderFile[];
};

const CAPTIONS = /^(?:srt|vtt)$/u;
const PICTURES = /^(?:jpe?g|png|webp)$/u;
const TEXTS = /^(?:txt|json|xml)$/u;
const LANGUAGE = /^[a-z]{2,3}(?:[-_][a-z\d]{2,8}){0,2}$/iu;
/** What names a sidecar after its film, such as `clip_shotlist.txt`. */
const BOUNDARY = /^[._ -]/u;

type Named = { file: FolderFile; folder: string; stem: string; extension: string };
function named(file: FolderFile): Named {
  const { dir, name, ext } = nodePath.posix.parse(file.path);
  return { file, folder: dir, stem: name, extension: ext.slice(1).toLowerCase() };
}
const keyOf = ({ folder, stem }: Pick<Named, 'folder' | 'stem'>): string =>
  `${folder}/${stem}`.normalize('NFC').toLowerCase();

/** Films and sounds of a folder. What is beside no film is left out. */
export function worksOf(files: readonly FolderFile[]): FolderWork[] {
  const all = files.map(named);
  const works = new Map<string, FolderWork>();
  for (const one of all)
    if (isMediaExtension(one.extension)) {
      const key = keyOf(one);
      const work: FolderWork = works.get(key) ?? {
        key,
        name: one.stem,
        media: [],
        captions: [],
        pictures: [],
        texts: [],
      };
      work.media.push(one.file);
      works.set(key, work);
    }
  for (const one of all) {
    const { file, extension, stem } = one;
    if (isMediaExtension(extension)) continue;
    const owner = ownerOf(one, works);
    if (!owner) continue;
    const { work, rest } = owner;
    if (CAPTIONS.test(extension))
      work.captions.push({ file, language: LANGUAGE.test(rest) ? rest : null });
    else if (PICTURES.test(extension)) work.pictures.push(file);
    else if (TEXTS.test(extension) && stem !== '') work.texts.push(file);
  }
  return [...works.values()];
}

/** The film of which a name begins with the longest name; `rest` is what the name has beyond it. */
function ownerOf(
  { folder, stem }: Named,
  works: ReadonlyMap<string, FolderWork>,
): { work: FolderWork; rest: string } | null {
  for (let end = stem.length; end > 0; end--) {
    if (end < stem.length && !BOUNDARY.test(stem.slice(end))) continue;
    const work = works.get(keyOf({ folder, stem: stem.slice(0, end) }));
    if (work) return { work, rest: stem.slice(end + 1) };
  }
  return null;
}
