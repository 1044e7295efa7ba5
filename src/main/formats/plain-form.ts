/*
 * Texts as people type them, brought into one form for patterns: publishers mix dashes, quotation
 * marks, spaces and widths of letters.
 */

const SIGNS: readonly [RegExp, string][] = [
  // Spaces of any width, marks of direction, what is invisible and what a terminal would obey.
  [
    // oxlint-disable-next-line no-control-regex
    /[\0-\u0008\u000e-\u001f\u007f\t\u00a0\u00ad\u1680\u180e\u2000-\u200f\u202a-\u202f\u205f-\u206f\u3000\ufeff]/gu,
    ' ',
  ],
  [/[\v\f\u0085\u2028\u2029]/gu, '\n'],
  [/[\u2010-\u2015\u2212\u2500\u2501\u2e3a\u2e3b\ufe58\ufe63]/gu, '-'],
  [/[\u00ab\u00bb\u201c-\u201f\u2033\u2036\u301d-\u301f]/gu, '"'],
  [/[\u2018-\u201b\u2032\u2039\u203a\u02bc\u0060\u00b4\uff40]/gu, "'"],
  [/[\u00b7\u2023\u25a0\u25aa\u25b8\u25ba\u25cf\u25e6]/gu, '•'],
  [/[\u02d0\u2236\ua789]/gu, ':'],
];

const FULL_WIDTH = 0xfee0;
const narrow = (sign: string): string => String.fromCharCode(sign.charCodeAt(0) - FULL_WIDTH);
/** A letter without its accents, if that is one letter. */
const bare = (letter: string): string => {
  const [base = letter] = letter.normalize('NFD');
  return base;
};

/**
 * With one form of each dash, quotation mark, space, bullet and digit, and without accents. As long
 * as the text (in its composed form, NFC), so that places in one are places in the other.
 */
export function plainForm(text: string): string {
  // Printable ASCII, but for the accent that stands alone.
  if (!/[^\n\r -_a-~]/u.test(text)) return text;
  return SIGNS.reduce((plain, [pattern, sign]) => plain.replace(pattern, sign), text)
    .replace(/[\uff01-\uff5e]/gu, narrow)
    .replace(/[\u00c0-\u017e\u0180-\u024f\u1e00-\u1eff]/gu, bare);
}

/** True for a text with letters, none of which is small. */
export const isCapitals = (text: string): boolean =>
  text !== text.toLowerCase() && text === text.toUpperCase();

/** Lower case, of the first word that stands after signs alone; empty where there is none. */
export const firstWord = (plain: string): string =>
  (/^[^a-z\d]{0,12}([a-z]{1,20})/iu.exec(plain.slice(0, 32))?.[1] ?? '').toLowerCase();
