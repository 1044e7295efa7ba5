import { shownText } from '../api/text.ts';

/** Why a name is not portable. Names must be safe on Windows, macOS and Linux alike. */
type NameFault =
  | 'empty'
  | 'dots'
  | 'not-nfc'
  | 'character'
  | 'reserved'
  | 'trailing'
  | 'too-long'
  | 'absolute'
  | 'duplicate'
  | 'taken';

export const MAX_COMPONENT_BYTES = 120;
const MAX_PATH_CHARACTERS = 180;

/**
 * Windows device names, with any extension and blanks before it; Windows counts superscript digits
 * too.
 */
const RESERVED = /^(con|prn|aux|nul|conin\$|conout\$|clock\$|(com|lpt)[0-9¹²³])\s*(\.|$)/iu;
/**
 * Control characters, separators, characters that Windows refuses, noncharacters, and bidirectional
 * controls, which make a name look like another.
 */
const FORBIDDEN =
  /[\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}\p{Noncharacter_Code_Point}\u202a-\u202e\u2066-\u2069\ufeff<>:"/\\|?*]/u;
/** For display: without bidirectional controls or line breaks. */
export const shownName = shownText;
/** Length in UTF-8; shared code has no Buffer. */
export function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** Truncates to whole grapheme clusters within a number of bytes. */
function cut(text: string, maxBytes: number): string {
  if (utf8Bytes(text) <= maxBytes) return text;
  let bytes = 0;
  let result = '';
  for (const { segment } of new Intl.Segmenter('und', { granularity: 'grapheme' }).segment(
    text.slice(0, maxBytes + 64),
  )) {
    bytes += utf8Bytes(segment);
    if (bytes > maxBytes) break;
    result += segment;
  }
  return result;
}

/** The first reason why `name` cannot be a path component, or null. */
export function nameFault(name: string): NameFault | null {
  if (name === '') return 'empty';
  if (name === '.' || name === '..') return 'dots';
  if (name !== name.normalize('NFC')) return 'not-nfc';
  if (FORBIDDEN.test(name)) return 'character';
  if (RESERVED.test(name)) return 'reserved';
  if (/[. ]$/u.test(name)) return 'trailing';
  if (name.length * 3 > MAX_COMPONENT_BYTES && utf8Bytes(name) > MAX_COMPONENT_BYTES)
    return 'too-long';
  return null;
}

/** The first reason why `path` (relative, `/`-separated) cannot be created in a folder, or null. */
export function pathFault(path: string): NameFault | null {
  if (path === '') return 'empty';
  if (path.startsWith('/') || /^[a-z]:/iu.test(path)) return 'absolute';
  if (path.length > MAX_PATH_CHARACTERS && Array.from(path).length > MAX_PATH_CHARACTERS)
    return 'too-long';
  for (const component of path.split('/')) {
    const fault = nameFault(component);
    if (fault) return fault;
  }
  return null;
}

const isAscii = (text: string): boolean => !/[^\0-\x7f]/u.test(text);

/**
 * Folds a name; equal results mean that some case-insensitive or normalising file system treats the
 * names as one. Combines full Unicode case folding (APFS, case-folding ext4) and NTFS's simple
 * upper case. All collision checks use this function.
 */
export function foldedName(path: string): string {
  if (isAscii(path)) return path.toLowerCase();
  // HFS+ and case-folding ext4 ignore invisible characters. Only lower, upper, lower maps ẞ, ß and
  // ss to one form, and ı and i.
  return path
    .normalize('NFC')
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .normalize('NFC');
}

/** Whether a folded component at this depth is reserved for the program's own files. */
export type IsTaken = (folded: string, depth: number) => boolean;
/** Long synchronous work split at `yield`; see `inSteps`. */
export type Steps<T> = Generator<undefined, T, undefined>;

const PART = '.part';
/** Names per step. */
const STEP = 64;

const depthOf = (folded: string): number => folded.split('/').length - 1;

/** Folded paths of files and of the ancestors that could collide with a file. */
class NameSet {
  readonly #files = new Set<string>();
  readonly #folders = new Set<string>();
  /** Depths at which there are files; only there can a folder and a file collide. */
  readonly #depths: ReadonlySet<number>;

  constructor(depths: ReadonlySet<number>) {
    this.#depths = depths;
  }

  has(file: string): boolean {
    return this.#files.has(file);
  }

  addFile(file: string): void {
    this.#files.add(file);
  }

  addFoldersOf(file: string): void {
    for (const folder of this.foldersOf(file)) this.#folders.add(folder);
  }

  /** The ancestors of `file` at depths with files. */
  *foldersOf(file: string): Generator<string> {
    let depth = 0;
    for (let at = file.indexOf('/'); at !== -1; at = file.indexOf('/', at + 1))
      if (this.#depths.has(depth++)) yield file.slice(0, at);
  }

  /** Whether it is the name of another file's `.part`. */
  isPart(path: string): boolean {
    return path.endsWith(PART) && this.#files.has(path.slice(0, -PART.length));
  }

  takesFolder(folder: string): boolean {
    return !this.#files.has(folder) && !this.isPart(folder);
  }

  takesFile(file: string): boolean {
    return (
      this.takesFolder(file) &&
      ![file + PART, file].some((path) => this.#folders.has(path) || this.#files.has(path))
    );
  }
}

/**
 * The first invalid path with its reason, or null. Besides the faults of single paths: two paths
 * that some file system treats as one, a file where another path needs a folder, the `.part` of
 * another file, and reserved names.
 */
export function* pathsFault(
  paths: readonly string[],
  isTaken: IsTaken = () => false,
): Steps<{ path: string; fault: NameFault } | null> {
  const depths = new Set<number>();
  const names = new NameSet(depths);
  const folded: string[] = [];
  for (const [at, path] of paths.entries()) {
    if (at % STEP === STEP - 1) yield;
    const fault = pathFault(path);
    if (fault) return { path, fault };
    const file = foldedName(path);
    if (file.split('/').some((component, depth) => isTaken(component, depth)))
      return { path, fault: 'taken' };
    if (names.has(file)) return { path, fault: 'duplicate' };
    names.addFile(file);
    depths.add(depthOf(file));
    folded.push(file);
  }
  for (const [at, path] of paths.entries()) {
    if (at % STEP === STEP - 1) yield;
    const file = folded[at] ?? '';
    if (
      names.isPart(file) ||
      [...names.foldersOf(file)].some((folder) => !names.takesFolder(folder))
    )
      return { path, fault: 'duplicate' };
  }
  return null;
}

const MAX_EXTENSION_BYTES = 20;
/** Budget of a path that is too long with its number. */
const MAX_NUMBERED_CHARACTERS = MAX_PATH_CHARACTERS - 20;
const FORBIDDEN_EACH = new RegExp(FORBIDDEN, 'gu');

/** 32-bit FNV-1a: stable across machines and versions; not for security. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

/**
 * The stem, and the extension with its dot. Overlong extensions and names of hidden files count as
 * stem.
 */
export function splitName(name: string): [stem: string, extension: string] {
  const at = name.lastIndexOf('.');
  return at <= 0 || utf8Bytes(name.slice(at)) > MAX_EXTENSION_BYTES
    ? [name, '']
    : [name.slice(0, at), name.slice(at)];
}

/**
 * The parts before and after a mark of `markBytes` between stem and extension; the stem is
 * shortened to fit.
 */
function aroundMark(
  name: string,
  markBytes: number,
  maxBytes: number,
): [before: string, after: string] {
  const [stem, extension] = splitName(name);
  return [cut(stem, maxBytes - markBytes - utf8Bytes(extension)), extension];
}

function withMark(name: string, mark: string, maxBytes: number): string {
  const [before, after] = aroundMark(name, utf8Bytes(mark), maxBytes);
  return before + mark + after;
}

/** Without the dots and blanks at its end, which Windows drops. */
function withoutTrailing(name: string): string {
  let end = name.length;
  while (end > 0 && '. '.includes(name.charAt(end - 1))) end -= 1;
  return name.slice(0, end);
}

/** The closest portable component to `given`; device names and reserved names get a `_`. */
function safeComponent(given: string, isTaken: (folded: string) => boolean): string {
  const plain = withoutTrailing(given.replaceAll(FORBIDDEN_EACH, '-').normalize('NFC'));
  if (plain === '') return `file-${shortHash(given)}`;
  const name = RESERVED.test(plain) || isTaken(foldedName(plain)) ? `_${plain}` : plain;
  return utf8Bytes(name) <= MAX_COMPONENT_BYTES
    ? name
    : withMark(name, `~${shortHash(given)}`, MAX_COMPONENT_BYTES);
}

const lengthOf = (text: string): number => Array.from(text).length;

/**
 * Shortens a path to the leading folders that fit, one hashed folder for the rest, and the file
 * name.
 */
function fitted(parts: readonly string[], maxCharacters: number): readonly string[] {
  const whole = parts.join('/');
  if (whole.length <= maxCharacters || lengthOf(whole) <= maxCharacters) return parts;
  const name = parts.at(-1) ?? '';
  const folders = parts.slice(0, -1);
  const rest = `~${shortHash(folders.join('/'))}`;
  let room = maxCharacters - lengthOf(`${rest}/${name}`);
  const tooMuch = folders.findIndex((folder) => (room -= lengthOf(`${folder}/`)) < 0);
  return [...folders.slice(0, tooMuch), rest, name];
}

/**
 * Detects absolute paths and `..` parts, wherever they resolve to, also by Windows rules: `\`
 * separates, a letter and a colon are a drive.
 */
function escapeFault(given: string): 'absolute' | 'dots' | null {
  if (/^(?:[/\\]|[a-z]:)/iu.test(given)) return 'absolute';
  return given.split(/[/\\]/u).includes('..') ? 'dots' : null;
}

/** A name as received and the path it is saved under. */
export type SafeName = { given: string; path: string };
export type RefusedName = { given: string; fault: NameFault };
export const isRefused = (name: SafeName | RefusedName): name is RefusedName => 'fault' in name;

/** What stands before and after the number of a name that is taken. */
type NumberMarks = readonly [before: string, after: string];

/** Assigns a unique path to each file; collisions become `name (2)`, `name (3)`, … */
class Places {
  readonly #marks: NumberMarks;
  readonly #depths = new Set<number>();
  readonly #names = new NameSet(this.#depths);
  /** The last number tried per path, so that n files of one name take n steps, not n². */
  readonly #numbers = new Map<string, number>();

  constructor(marks: NumberMarks) {
    this.#marks = marks;
  }

  /** Call for all paths before the first `add`: their depths bound the collision checks. */
  expect(parts: readonly string[]): void {
    this.#depths.add(parts.length - 1).add(fitted(parts, MAX_NUMBERED_CHARACTERS).length - 1);
  }

  add(parts: readonly string[]): string {
    const path = this.#free(parts);
    const placed =
      lengthOf(path) <= MAX_PATH_CHARACTERS
        ? path
        : this.#free(fitted(parts, MAX_NUMBERED_CHARACTERS));
    const file = foldedName(placed);
    this.#names.addFile(file);
    this.#names.addFoldersOf(file);
    return placed;
  }

  #free(parts: readonly string[]): string {
    let path = '';
    for (const [at, part] of parts.entries()) {
      if (at === parts.length - 1) path += this.#numbered(path, part, 'takesFile');
      // A folder can collide with a file only at a depth with files.
      else path += `${this.#depths.has(at) ? this.#numbered(path, part, 'takesFolder') : part}/`;
    }
    return path;
  }

  #numbered(above: string, wanted: string, takes: 'takesFile' | 'takesFolder'): string {
    if (this.#names[takes](foldedName(above + wanted))) return wanted;
    const [left, right] = this.#marks;
    for (let digits = 1; ; digits++) {
      // Long names that differ only at their ends become one when numbered, so they share the
      // count.
      const [before, after] = aroundMark(
        wanted,
        digits + left.length + right.length,
        MAX_COMPONENT_BYTES,
      );
      // Files and folders are numbered separately, so that a folder is not split.
      const key = `${takes} ${digits} ${foldedName(above + before + after)}`;
      for (
        let n = this.#numbers.get(key) ?? Math.max(2, 10 ** (digits - 1));
        n < 10 ** digits;
        n++
      ) {
        this.#numbers.set(key, n);
        const name = `${before}${left}${n}${right}${after}`;
        if (this.#names[takes](foldedName(above + name))) return name;
      }
    }
  }
}

/** Components of a safe path, before collisions with other paths. */
function safeParts(given: string, isTaken: IsTaken): readonly string[] {
  const plain = given.normalize('NFC');
  const components = plain.split('/');
  if (
    pathFault(plain) === null &&
    !components.some((component, depth) => isTaken(foldedName(component), depth))
  )
    return components;
  const parts = given.split('/').filter((part) => part !== '' && part !== '.');
  const names = parts.map((part, depth) => safeComponent(part, (folded) => isTaken(folded, depth)));
  return fitted(names.length === 0 ? [safeComponent('', () => false)] : names, MAX_PATH_CHARACTERS);
}

type Wanted = { at: number; name: string; parts: readonly string[] };

/**
 * Maps untrusted names to portable paths: forbidden characters are replaced, long names shortened
 * with their extension kept, and collisions on any file system numbered. Deterministic for the same
 * list; a valid name keeps its path whatever the others are. Only absolute paths and `..` parts are
 * refused.
 *
 * @param isTaken reserved for the program's own files
 * @param marks in ASCII
 */
export function* safePaths(
  given: readonly string[],
  isTaken: IsTaken = () => false,
  marks: NumberMarks = [' (', ')'],
): Steps<(SafeName | RefusedName)[]> {
  const named: (SafeName | RefusedName | undefined)[] = [];
  const places = new Places(marks);
  const fine: Wanted[] = [];
  const altered: Wanted[] = [];
  for (const [at, name] of given.entries()) {
    if (at % STEP === STEP - 1) yield;
    const fault = escapeFault(name);
    if (fault) named[at] = { given: name, fault };
    else {
      const parts = safeParts(name, isTaken);
      places.expect(parts);
      (parts.join('/') === name.normalize('NFC') ? fine : altered).push({ at, name, parts });
    }
  }
  for (const [n, { at, name, parts }] of [...fine, ...altered].entries()) {
    if (n % STEP === STEP - 1) yield;
    named[at] = { given: name, path: places.add(parts) };
  }
  return named.flatMap((one) => one ?? []);
}

/** The file name for a URL: the last path segment, percent-decoded if possible, else the host. */
export function nameFromUrl(
  { hostname, pathname }: { hostname: string; pathname: string },
  isTaken: IsTaken = () => false,
): SafeName | RefusedName {
  const given = decoded(pathname.split('/').at(-1) ?? '');
  const fault = escapeFault(given);
  if (fault) return { given, fault };
  // A single component: an encoded `/` is replaced, not a separator.
  const name = safeComponent(given === '' ? hostname : given, (folded) => isTaken(folded, 0));
  return { given, path: name };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (thrown) {
    if (thrown instanceof URIError) return text;
    throw thrown;
  }
}

/** Tokens of folder name templates, written in braces. */
export const FOLDER_TOKENS = ['date', 'place', 'title', 'id', 'language', 'format'] as const;
type FolderToken = (typeof FOLDER_TOKENS)[number];
export type FolderFacts = Record<FolderToken, string>;

export const MAX_TEMPLATE_CHARACTERS = 120;
/**
 * Maximum length including subfolders: with the paths in a package it stays within the limit of
 * Windows.
 */
const MAX_FOLDER_CHARACTERS = 120;
export const TOKEN = /\{([^{}]*)\}/gu;

export type TemplateFault =
  | { kind: 'unknown-token'; token: string }
  | { kind: 'no-token' }
  | { kind: 'brace' };

/** The first fault of a template of these tokens, or null. One of `needed` has to be in it. */
export function faultOfTokens(
  template: string,
  known: readonly string[],
  needed: readonly string[],
): TemplateFault | null {
  const tokens = Array.from(template.matchAll(TOKEN), ([, name = '']) => name);
  const unknown = tokens.find((name) => !known.includes(name));
  if (unknown !== undefined) return { kind: 'unknown-token', token: unknown };
  if (/[{}]/u.test(template.replaceAll(TOKEN, ''))) return { kind: 'brace' };
  return tokens.some((name) => needed.includes(name)) ? null : { kind: 'no-token' };
}

/** The first fault of a template for folders, or null. */
export const templateFault = (template: string): TemplateFault | null =>
  faultOfTokens(template, FOLDER_TOKENS, ['title', 'id']);

const EDGE = /[\s.-]/u;
/** Walks in from both ends: an expression takes the square of a long run of dots in the middle. */
function trimmed(name: string): string {
  let start = 0;
  while (start < name.length && EDGE.test(name.charAt(start))) start += 1;
  let end = name.length;
  while (end > start && EDGE.test(name.charAt(end - 1))) end -= 1;
  return name.slice(start, end);
}

/** Makes one part of a name portable; may be empty. */
export function safeText(text: string, maxBytes: number): string {
  const plain = text
    .normalize('NFC')
    .replaceAll(new RegExp(FORBIDDEN, 'gu'), '-')
    .replaceAll(/\s+/gu, ' ')
    .replaceAll(/(?:-\s*){2,}/gu, '- ');
  const name = trimmed(cut(trimmed(plain), maxBytes)).normalize('NFC');
  return RESERVED.test(name) ? `_${cut(name, maxBytes - 1)}` : name;
}

/**
 * The filled-in parts of a template, before they are made safe. A `/` in a value does not create a
 * folder.
 */
function partsOf(template: string, facts: FolderFacts, titleBytes: number): string[] {
  const valueOf = (name: string): string =>
    safeText(facts[name as FolderToken], name === 'title' ? titleBytes : MAX_COMPONENT_BYTES);
  return template
    .split('/')
    .map((part) => part.replaceAll(TOKEN, (_, name: string) => valueOf(name)));
}

/**
 * The folder of a package by a template, `/`-separated: portable, NFC, within the length limit. If
 * too long the title is shortened first; if nothing is left, the id is used.
 */
export function folderName(template: string, facts: FolderFacts): string {
  for (let titleBytes = MAX_COMPONENT_BYTES; titleBytes >= 0; titleBytes -= 8) {
    const parts = partsOf(template, facts, titleBytes);
    const name = parts
      .map((part) => safeText(part, MAX_COMPONENT_BYTES))
      .filter((part) => part !== '')
      .join('/');
    if (
      name !== '' &&
      name.length <= MAX_FOLDER_CHARACTERS &&
      parts.every((part) => utf8Bytes(part) <= MAX_COMPONENT_BYTES)
    )
      return name;
  }
  return safeText(facts.id, MAX_COMPONENT_BYTES) || 'package';
}

/** The n-th folder of the same name, `name (2)`, within the length limit. */
export function numbered(name: string, n: number): string {
  const suffix = ` (${n})`;
  const at = name.lastIndexOf('/') + 1;
  return name.slice(0, at) + safeText(name.slice(at), MAX_COMPONENT_BYTES - suffix.length) + suffix;
}
