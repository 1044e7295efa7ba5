import {
  FORBIDDEN,
  MAX_COMPONENT_BYTES,
  MAX_PATH_CHARACTERS,
  RESERVED,
  cut,
  foldedName,
  pathFault,
  utf8Bytes,
  type NameFault,
} from './file-name.ts';
import { NameSet, STEP, type IsTaken, type Steps } from './name-set.ts';

const MAX_EXTENSION_BYTES = 20;
/** Of a path that was too long with the numbers in it. */
const MAX_NUMBERED_CHARACTERS = MAX_PATH_CHARACTERS - 20;
const FORBIDDEN_EACH = new RegExp(FORBIDDEN, 'gu');

/** FNV-1a, 32 bits: stable across machines and versions; not for security. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

/**
 * The stem and the extension with its dot; a long one is none, nor is the name of a hidden file.
 */
function split(name: string): [stem: string, extension: string] {
  const at = name.lastIndexOf('.');
  return at <= 0 || utf8Bytes(name.slice(at)) > MAX_EXTENSION_BYTES
    ? [name, '']
    : [name.slice(0, at), name.slice(at)];
}

/**
 * What stands before and after a mark of so many bytes between stem and extension, the stem
 * shortened until all fits.
 */
function aroundMark(
  name: string,
  markBytes: number,
  maxBytes: number,
): [before: string, after: string] {
  const [stem, extension] = split(name);
  return [cut(stem, maxBytes - markBytes - utf8Bytes(extension)), extension];
}

function withMark(name: string, mark: string, maxBytes: number): string {
  const [before, after] = aroundMark(name, utf8Bytes(mark), maxBytes);
  return before + mark + after;
}

/**
 * The component closest to `given` that Windows, macOS and Linux accept; devices and names of ours
 * get a `_`.
 */
function safeComponent(given: string, isTaken: (folded: string) => boolean): string {
  const plain = given
    .replaceAll(FORBIDDEN_EACH, '-')
    .normalize('NFC')
    .replace(/[. ]+$/u, '');
  if (plain === '') return `file-${shortHash(given)}`;
  const name = RESERVED.test(plain) || isTaken(foldedName(plain)) ? `_${plain}` : plain;
  return utf8Bytes(name) <= MAX_COMPONENT_BYTES
    ? name
    : withMark(name, `~${shortHash(given)}`, MAX_COMPONENT_BYTES);
}

const lengthOf = (text: string): number => Array.from(text).length;

/**
 * Shortens a path: the leading folders that fit, one hashed folder for the rest, and the file name.
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
 * Absolute paths and `..` parts, wherever they resolve to. Windows rules apply too: `\` separates,
 * a letter and a colon are a drive.
 */
function leadsElsewhere(given: string): 'absolute' | 'dots' | null {
  if (/^(?:[/\\]|[a-z]:)/iu.test(given)) return 'absolute';
  return given.split(/[/\\]/u).includes('..') ? 'dots' : null;
}

/** A name as received and the path it is saved under. */
export type SafeName = { given: string; path: string };
export type RefusedName = { given: string; fault: NameFault };
export const isRefused = (name: SafeName | RefusedName): name is RefusedName => 'fault' in name;

/** Assigns a unique path to each file; collisions become `name (2)`, `name (3)`, … */
class Places {
  readonly #depths = new Set<number>();
  readonly #names = new NameSet(this.#depths);
  /**
   * The last number tried for a path without it, so that n files of one name cost n steps, not n².
   */
  readonly #numbers = new Map<string, number>();

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
      // A folder can collide with a file only at a depth where files lie.
      else path += `${this.#depths.has(at) ? this.#numbered(path, part, 'takesFolder') : part}/`;
    }
    return path;
  }

  #numbered(above: string, wanted: string, takes: 'takesFile' | 'takesFolder'): string {
    if (this.#names[takes](foldedName(above + wanted))) return wanted;
    for (let digits = 1; ; digits++) {
      // Long names that differ at their ends alone are one when there is a number in them: they
      // share the count.
      const [before, after] = aroundMark(wanted, digits + ' ()'.length, MAX_COMPONENT_BYTES);
      // Files and folders count apart, so that a folder stays in one piece.
      const key = `${takes} ${digits} ${foldedName(above + before + after)}`;
      for (
        let n = this.#numbers.get(key) ?? Math.max(2, 10 ** (digits - 1));
        n < 10 ** digits;
        n++
      ) {
        this.#numbers.set(key, n);
        const name = `${before} (${n})${after}`;
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
 * Maps untrusted names to paths that are valid on every system: forbidden characters are replaced,
 * long names shortened with their extension kept, and collisions on any file system numbered.
 * Deterministic for the same list; a valid name keeps its path whatever the others are. Only
 * absolute paths and `..` parts are refused.
 * @param isTaken reserved for our own files
 */
export function* safePaths(
  given: readonly string[],
  isTaken: IsTaken = () => false,
): Steps<(SafeName | RefusedName)[]> {
  const named: (SafeName | RefusedName | undefined)[] = [];
  const places = new Places();
  const fine: Wanted[] = [];
  const altered: Wanted[] = [];
  for (const [at, name] of given.entries()) {
    if (at % STEP === STEP - 1) yield;
    const fault = leadsElsewhere(name);
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

/**
 * The name a URL is saved under: the last path segment, percent-decoded if possible, else the host.
 */
export function nameFromUrl(
  { hostname, pathname }: { hostname: string; pathname: string },
  isTaken: IsTaken = () => false,
): SafeName | RefusedName {
  const given = decoded(pathname.split('/').at(-1) ?? '');
  const fault = leadsElsewhere(given);
  if (fault) return { given, fault };
  // One component: an encoded `/` is replaced, not a separator.
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
