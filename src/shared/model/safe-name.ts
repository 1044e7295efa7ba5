import { FORBIDDEN, MAX_COMPONENT_BYTES, MAX_PATH_CHARACTERS, RESERVED, cut, foldedName, pathFault, utf8Bytes, type NameFault } from './file-name.ts';
import { NameSet, STEP, type IsTaken, type Steps } from './name-set.ts';

const MAX_EXTENSION_BYTES = 20;
/** Of a path that was too long with the numbers in it. */
const MAX_NUMBERED_CHARACTERS = MAX_PATH_CHARACTERS - 20;
const FORBIDDEN_EACH = new RegExp(FORBIDDEN, 'gu');

/** FNV-1a: the same for the same name, everywhere and in later versions. No secret and no proof hangs on it. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

/** The stem and the extension with its dot; a long one is none, nor is the name of a hidden file. */
function split(name: string): [stem: string, extension: string] {
  const at = name.lastIndexOf('.');
  return at <= 0 || utf8Bytes(name.slice(at)) > MAX_EXTENSION_BYTES ? [name, ''] : [name.slice(0, at), name.slice(at)];
}

/** With something between stem and extension, the stem shortened until all fits. */
function withMark(name: string, mark: string, maxBytes: number): string {
  const [stem, extension] = split(name);
  return cut(stem, maxBytes - utf8Bytes(mark + extension)) + mark + extension;
}

/** A device's name with another letter before it; so is a name of ours. */
const aside = (name: string): string => `_${name}`;

/** One component that may be written on Windows, macOS and Linux, as near to what was given as can be. */
function safeComponent(given: string, isTaken: (folded: string) => boolean): string {
  const plain = given.replaceAll(FORBIDDEN_EACH, '-').normalize('NFC').replace(/[. ]+$/u, '');
  if (plain === '') return `file-${shortHash(given)}`;
  const name = RESERVED.test(plain) || isTaken(foldedName(plain)) ? aside(plain) : plain;
  return utf8Bytes(name) <= MAX_COMPONENT_BYTES ? name : withMark(name, `~${shortHash(given)}`, MAX_COMPONENT_BYTES);
}

const lengthOf = (text: string): number => Array.from(text).length;

/** Of the folders the first that fit, and one for all the others of the same. */
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

/** Why a name that leads to another place is refused, wherever it leads; a `\` parts names on Windows, and a letter with a colon is a drive there. */
function leadsElsewhere(given: string): 'absolute' | 'dots' | null {
  if (/^(?:[/\\]|[a-z]:)/iu.test(given)) return 'absolute';
  return given.split(/[/\\]/u).includes('..') ? 'dots' : null;
}

/** What a file is called here, and what it was called where it came from. */
export type SafeName = { given: string; path: string };
export type RefusedName = { given: string; fault: NameFault };
export const isRefused = (name: SafeName | RefusedName): name is RefusedName => 'fault' in name;

/** Gives each file a place of its own: where a name is not free any more, `name (2)` and so on. */
class Places {
  readonly #depths = new Set<number>();
  readonly #names = new NameSet(this.#depths);
  /** Of each wanted path the number to begin with: many of one name are not counted through again and again. */
  readonly #numbers = new Map<string, number>();

  /** All of them before the first is added: how deep each will lie. */
  expect(parts: readonly string[]): void {
    this.#depths.add(parts.length - 1).add(fitted(parts, MAX_NUMBERED_CHARACTERS).length - 1);
  }

  add(parts: readonly string[]): string {
    const path = this.#free(parts);
    const placed = lengthOf(path) <= MAX_PATH_CHARACTERS ? path : this.#free(fitted(parts, MAX_NUMBERED_CHARACTERS));
    const file = foldedName(placed);
    this.#names.addFile(file);
    this.#names.addFoldersOf(file);
    return placed;
  }

  #free(parts: readonly string[]): string {
    let path = '';
    for (const [at, part] of parts.entries()) {
      const isFile = at === parts.length - 1;
      // No file is in the way of a folder where there are none.
      if (isFile) path += this.#numbered(path, part, (folded) => this.#names.takesFile(folded));
      else path += `${this.#depths.has(at) ? this.#numbered(path, part, (folded) => this.#names.takesFolder(folded)) : part}/`;
    }
    return path;
  }

  #numbered(above: string, wanted: string, isFree: (folded: string) => boolean): string {
    const key = foldedName(above + wanted);
    if (isFree(key)) return wanted;
    for (let n = this.#numbers.get(key) ?? 2; ; n++) {
      const name = withMark(wanted, ` (${n})`, MAX_COMPONENT_BYTES);
      if (!isFree(foldedName(above + name))) continue;
      this.#numbers.set(key, n);
      return name;
    }
  }
}

/** The parts of a path that is safe by itself. */
function safeParts(given: string, isTaken: IsTaken): readonly string[] {
  const plain = given.normalize('NFC');
  const components = plain.split('/');
  if (pathFault(plain) === null && !components.some((component, depth) => isTaken(foldedName(component), depth))) return components;
  const parts = given.split('/').filter((part) => part !== '' && part !== '.');
  const names = parts.map((part, depth) => safeComponent(part, (folded) => isTaken(folded, depth)));
  return fitted(names.length === 0 ? [safeComponent('', () => false)] : names, MAX_PATH_CHARACTERS);
}

type Wanted = { at: number; name: string; parts: readonly string[] };

/**
 * Names from outside as they may be written under a folder on every system: shortened, or what no system takes replaced, the extension kept;
 * two that some file system takes for one are numbered. The same names in the same order give the same paths, and a name that is fine
 * keeps its path whatever is made of others. Refused is only what leads to another place.
 * @param isTaken names of ours, which no file may have
 */
export function* safePaths(given: readonly string[], isTaken: IsTaken = () => false): Steps<(SafeName | RefusedName)[]> {
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

/** The name a plain address is saved under: the last segment of its path, decoded where it can be. */
export function nameFromUrl({ hostname, pathname }: { hostname: string; pathname: string }, isTaken: IsTaken = () => false): SafeName | RefusedName {
  const given = decoded(pathname.split('/').at(-1) ?? '');
  const fault = leadsElsewhere(given);
  if (fault) return { given, fault };
  // No folders of its own: a `/` in it is a character like another.
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
