/** What makes a name unfit to be written on Windows, macOS or Linux; a file must be safe on all three, whichever this one is. */
export type NameFault = 'empty' | 'dots' | 'not-nfc' | 'character' | 'reserved' | 'trailing' | 'too-long' | 'absolute' | 'duplicate' | 'taken';

export const MAX_COMPONENT_BYTES = 120;
export const MAX_PATH_CHARACTERS = 180;

/** Device names of Windows, with any extension; the superscript digits count there too. */
export const RESERVED = /^(con|prn|aux|nul|conin\$|conout\$|clock\$|(com|lpt)[0-9¹²³])(\.|$)/iu;
/** Control characters, separators and the characters Windows refuses; also what turns text around: a name must be what it looks like. */
export const FORBIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\ufeff<>:"/\\|?*]/u;
const LONE_SURROGATE = /\p{Surrogate}/u;
/** UTF-8 length; shared code has no Buffer. */
export function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** The first reason why `name` cannot be one component of a path, or null. */
export function nameFault(name: string): NameFault | null {
  if (name === '') return 'empty';
  if (name === '.' || name === '..') return 'dots';
  if (name !== name.normalize('NFC')) return 'not-nfc';
  if (FORBIDDEN.test(name) || LONE_SURROGATE.test(name)) return 'character';
  if (RESERVED.test(name)) return 'reserved';
  if (/[. ]$/u.test(name)) return 'trailing';
  if (utf8Bytes(name) > MAX_COMPONENT_BYTES) return 'too-long';
  return null;
}

/** The first reason why `path` (relative, `/` between components) cannot be written under a folder, or null. */
export function pathFault(path: string): NameFault | null {
  if (path === '') return 'empty';
  if (path.startsWith('/') || /^[a-z]:/iu.test(path)) return 'absolute';
  if (Array.from(path).length > MAX_PATH_CHARACTERS) return 'too-long';
  for (const component of path.split('/')) {
    const fault = nameFault(component);
    if (fault) return fault;
  }
  return null;
}

/** Equal for names that a case-insensitive or normalising file system takes for one. */
export function foldedName(path: string): string {
  // HFS+ and the case-folding ext4 skip characters that show nothing. Upper then lower: ß and ſ fold as with full tables.
  return path.normalize('NFC').replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '').toUpperCase().toLowerCase().normalize('NFC');
}

/**
 * The first path that must not be written, with its reason, or null if all may be: besides the faults of one path, two paths that some
 * file system takes for one, a file where another path needs a folder, a partial file of another, and names that are taken.
 * @param isTaken asked with folded paths of files and of the folders above them
 */
export function pathsFault(paths: readonly string[], isTaken: (folded: string) => boolean = () => false): { path: string; fault: NameFault } | null {
  const files = new Set<string>();
  for (const path of paths) {
    const fault = pathFault(path);
    if (fault) return { path, fault };
    const folded = foldedName(path);
    if (isTaken(folded)) return { path, fault: 'taken' };
    if (files.has(folded)) return { path, fault: 'duplicate' };
    files.add(folded);
  }
  for (const path of paths) {
    const components = foldedName(path).split('/');
    const above = components.slice(1).map((_, i) => components.slice(0, i + 1).join('/'));
    const isPartOfAnother = (name: string): boolean => name.endsWith('.part') && files.has(name.slice(0, -'.part'.length));
    if (above.some((folder) => files.has(folder) || isTaken(folder) || isPartOfAnother(folder)) || isPartOfAnother(components.join('/'))) return { path, fault: 'duplicate' };
  }
  return null;
}

/** The name a plain address is saved under: the last segment of its path, decoded; or the reason why there is none. */
export function nameFromUrlPath(urlPath: string): { name: string } | { fault: NameFault } {
  const last = urlPath.split('/').at(-1) ?? '';
  let name: string;
  try {
    name = decodeURIComponent(last).normalize('NFC');
  } catch (thrown) {
    if (thrown instanceof URIError) return { fault: 'character' };
    throw thrown;
  }
  const fault = nameFault(name);
  return fault ? { fault } : { name };
}
