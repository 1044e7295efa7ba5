/**
 * What makes a name unfit to be written on Windows, macOS or Linux; a file must be safe on all
 * three, whichever this one is.
 */
export type NameFault =
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
export const MAX_PATH_CHARACTERS = 180;

/**
 * Device names of Windows, with any extension and blanks before it; the superscript digits count
 * there too.
 */
export const RESERVED = /^(con|prn|aux|nul|conin\$|conout\$|clock\$|(com|lpt)[0-9¹²³])\s*(\.|$)/iu;
/**
 * Control characters, separators and the characters Windows refuses; what is no character; also
 * what turns text around: a name must be what it looks like.
 */
export const FORBIDDEN =
  /[\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}\p{Noncharacter_Code_Point}\u202a-\u202e\u2066-\u2069\ufeff<>:"/\\|?*]/u;
/** For people to read: nothing in it turns the words around it, or breaks their line. */
export const shownName = (given: string): string =>
  given.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
/** UTF-8 length; shared code has no Buffer. */
export function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** Whole characters as people see them, as many as fit into so many bytes. */
export function cut(text: string, maxBytes: number): string {
  if (utf8Bytes(text) <= maxBytes) return text;
  let bytes = 0;
  let kept = '';
  for (const { segment } of new Intl.Segmenter('und', { granularity: 'grapheme' }).segment(
    text.slice(0, maxBytes + 64),
  )) {
    bytes += utf8Bytes(segment);
    if (bytes > maxBytes) break;
    kept += segment;
  }
  return kept;
}

/** The first reason why `name` cannot be one component of a path, or null. */
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

/**
 * The first reason why `path` (relative, `/` between components) cannot be written under a folder,
 * or null.
 */
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
 * Equal for names that a case-insensitive or normalising file system takes for one: the one
 * function that decides it. It is as coarse as the full case folding of Unicode (APFS, the
 * case-folding ext4) and the simple upper case of NTFS together.
 */
export function foldedName(path: string): string {
  if (isAscii(path)) return path.toLowerCase();
  // HFS+ and the case-folding ext4 skip characters that show nothing. Lower, upper, lower: only so
  // ẞ, ß and ss are one, and ı and i.
  return path
    .normalize('NFC')
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .normalize('NFC');
}
