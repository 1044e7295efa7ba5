/* Names of a package's files by a template. */
import { pad2 } from '../api/text.ts';
import {
  FOLDER_TOKENS,
  MAX_COMPONENT_BYTES,
  TOKEN,
  faultOfTokens,
  isRefused,
  safePaths,
  safeText,
  splitName,
  utf8Bytes,
  type FolderFacts,
  type IsTaken,
  type Steps,
  type TemplateFault,
} from './names.ts';

/** Tokens of file name templates: those of folders, and what a manifest says of each file. */
export const FILE_TOKENS = [
  ...FOLDER_TOKENS,
  'rendition',
  'role',
  'name',
  'folder',
  'number',
] as const;
type FileToken = (typeof FILE_TOKENS)[number];

/** The first fault of a template for files, or null. */
export const fileTemplateFault = (template: string): TemplateFault | null =>
  faultOfTokens(template, FILE_TOKENS, ['title', 'id', 'name', 'number', 'role']);

/** What the catalogue says of a package. */
export type PackageFacts = FolderFacts & {
  /** Of the film that the package is made for, such as `1080i50`. */
  rendition: string;
};
/** What was decided when a package was queued; its files are named once its manifest is known. */
export type FileNaming = { template: string; facts: PackageFacts };

type AssetFacts = {
  slug: string;
  headline: string;
  location: string;
  languages: readonly string[];
  /** ms since 1970 */
  publishedAt: number;
};

/** Lines and scan, with or without a rate: `1080i50`, `360p`. */
const VIDEO_FORMAT = /(?<![\p{L}\p{N}])\d{3,4}[ip](?:\d+(?:\.\d+)?)?(?![\p{L}\p{N}])/iu;

export function packageFacts(
  { slug, headline, location, languages, publishedAt }: AssetFacts,
  { purpose, label }: { purpose: string; label: string },
): PackageFacts {
  // The day of publication in local time, as an archive at this place would file it.
  const at = new Date(publishedAt);
  const date = [at.getFullYear(), at.getMonth() + 1, at.getDate()].map(pad2).join('-');
  return {
    date,
    place: location,
    title: headline,
    id: slug,
    language: languages.join('+'),
    format: purpose,
    rendition: VIDEO_FORMAT.exec(label)?.[0] ?? label,
  };
}

/** A file as its manifest has it. */
export type ManifestEntry = {
  /** `/`-separated and safe. */
  path: string;
  bytes: number | null;
  role?: string | undefined;
  language?: string | undefined;
  renditionId?: string | undefined;
};

/** Length of a path including subfolders: with folder and destination it stays within the limit of Windows. */
const MAX_FILE_CHARACTERS = 120;
const CAP_STEP = 8;
const SEPARATORS = '[\\s_.,+-]+';
const LEADING = new RegExp(`^${SEPARATORS}`, 'u');
const TRAILING = new RegExp(`${SEPARATORS}$`, 'u');

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
/** With its dot; it is never changed. */
export const extensionOf = (path: string): string => splitName(baseName(path))[1];

/** The films whose rendition the package is named after: the largest, and what is of the same one. */
function mainFilms(files: readonly ManifestEntry[]): ReadonlySet<ManifestEntry> {
  const films = files.filter(({ role }) => role === 'video' || role === 'audio');
  const [main] = films.toSorted((a, b) => (b.bytes ?? 0) - (a.bytes ?? 0));
  return new Set(
    films.filter(
      (film) =>
        film === main || (main?.renditionId !== undefined && film.renditionId === main.renditionId),
    ),
  );
}

/** Ingest systems read names word by word: a value has no blanks. */
const hyphenated = (text: string): string => text.replaceAll(/[,;]?(?:[\s-]{2,}|\s)/gu, '-');

/** At most `cap` bytes of it, portable. */
const fitted = (text: string, cap: number): string => hyphenated(safeText(text, cap));

type Values = (token: FileToken) => string;

/** Part of a template between slashes, filled in. With an empty value its separators go too. */
function filled(part: string, valueOf: Values): string {
  // With one group in the expression, literals and tokens alternate.
  const [first = '', ...rest] = part.split(TOKEN);
  let text = first;
  for (let at = 0; at < rest.length; at += 2) {
    const value = valueOf(rest[at] as FileToken);
    const literal = rest[at + 1] ?? '';
    const isLast = at + 2 >= rest.length;
    if (value !== '') text += value + literal;
    else if (isLast && literal === '') text = text.replace(TRAILING, '');
    else if (text === '' || TRAILING.test(text)) text += literal.replace(LEADING, '');
    else text += literal;
  }
  return text;
}

/** Tokens whose values differ from file to file. */
const OF_EACH: ReadonlySet<FileToken> = new Set(['name', 'number']);

/**
 * The path of one file by a template, before collisions with others.
 *
 * @param known what values of the package are cut to, which is the same for all of its files
 */
function pathFor(
  template: string,
  facts: Record<FileToken, string>,
  [stem, extension]: readonly [string, string],
  known: Map<string, string>,
): string {
  const fittedValue = (token: FileToken, cap: number): string => {
    if (OF_EACH.has(token)) return fitted(facts[token], cap);
    const key = `${cap} ${facts[token]}`;
    const value = known.get(key) ?? fitted(facts[token], cap);
    known.set(key, value);
    return value;
  };
  // A dot would make an extension where the publisher gives none.
  const undotted = (text: string): string => (extension === '' ? text.replaceAll('.', '-') : text);
  for (let cap = MAX_COMPONENT_BYTES; cap > 0; cap -= CAP_STEP) {
    const valueOf: Values = (token) =>
      token === 'folder'
        ? facts.folder
            .split('/')
            .map((folder) => fitted(folder, cap))
            .filter((folder) => folder !== '')
            .join('/')
        : fittedValue(token, cap);
    const parts = template.split('/').flatMap((part) => filled(part, valueOf).split('/'));
    const last = undotted(safeText(parts.at(-1) ?? '', MAX_COMPONENT_BYTES));
    const name = (last || undotted(fitted(stem, cap)) || 'file') + extension;
    const folders = parts
      .slice(0, -1)
      .map((part) => safeText(part, MAX_COMPONENT_BYTES))
      .filter((part) => part !== '');
    const path = [...folders, name].join('/');
    if (
      path.length <= MAX_FILE_CHARACTERS &&
      utf8Bytes(name) <= MAX_COMPONENT_BYTES &&
      // Nothing was cut but values.
      parts.every((part) => utf8Bytes(part) <= MAX_COMPONENT_BYTES)
    )
      return path;
  }
  return (undotted(fitted(stem, MAX_COMPONENT_BYTES / 2)) || 'file') + extension;
}

/** Files per step. */
const STEP = 64;

/**
 * The paths of a package's files by a template, in the order of the manifest: portable, NFC, each
 * with its publisher's extension, and no two alike on any file system; those that the template
 * names alike are numbered, `name_2`, in that order. Long values are shortened first.
 *
 * @param isTaken reserved for the program's own files
 */
export function* fileNames(
  { template, facts }: FileNaming,
  files: readonly ManifestEntry[],
  isTaken?: IsTaken,
): Steps<string[]> {
  const films = mainFilms(files);
  const digits = Math.max(2, String(files.length).length);
  const wanted: string[] = [];
  const known = new Map<string, string>();
  for (const [at, file] of files.entries()) {
    if (at % STEP === STEP - 1) yield;
    const split = splitName(baseName(file.path));
    const values = {
      ...facts,
      language: (file.language ?? facts.language).toUpperCase(),
      rendition: films.has(file) ? facts.rendition : '',
      role: file.role ?? '',
      name: split[0],
      folder: file.path.slice(0, Math.max(0, file.path.lastIndexOf('/'))),
      number: String(at + 1).padStart(digits, '0'),
    };
    wanted.push(pathFor(template, values, split, known));
  }
  const named = yield* safePaths(wanted, isTaken, ['_', '']);
  // Only absolute paths and `..` are refused, and none of these is one.
  return named.map((one) => (isRefused(one) ? one.given : one.path));
}
