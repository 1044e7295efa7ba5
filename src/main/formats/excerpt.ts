import { foldText } from '../../shared/api/text.ts';

/** How much of the text stands before and after what was found, in UTF-16 units. */
const BEFORE = 50;
const AFTER = 130;

const isWordy = (char: string): boolean => /[\p{L}\p{N}]/u.test(char);

/** Folded, of the same length: what folding would lengthen or shorten stays as it is. */
function foldedInPlace(text: string): string {
  const folded = foldText(text);
  if (folded.length === text.length) return folded;
  let made = '';
  for (const char of text) {
    const one = foldText(char);
    made += one.length === char.length ? one : char;
  }
  return made;
}

/** Where the first of these words begins a word of the text; -1 if none does. */
function firstHit(folded: string, words: readonly string[]): number {
  let first = -1;
  for (const word of words)
    for (let at = folded.indexOf(word); at !== -1; at = folded.indexOf(word, at + 1)) {
      if (first !== -1 && at >= first) break;
      if (at > 0 && isWordy(folded.charAt(at - 1))) continue;
      first = at;
      break;
    }
  return first;
}

/**
 * A part of a text around the first of the words that were searched for, on one line and with an
 * ellipsis where it was cut; null if none of them is in it.
 */
export function excerptOf(given: string, words: readonly { text: string }[]): string | null {
  const text = given.normalize('NFC').replaceAll(/\s+/gu, ' ').trim();
  const wanted = words.map((word) => foldText(word.text)).filter((word) => word !== '');
  const at = firstHit(foldedInPlace(text), wanted);
  if (at === -1) return null;
  let from = Math.max(0, at - BEFORE);
  while (from > 0 && from < at && text.charAt(from - 1) !== ' ') from += 1;
  let to = Math.min(text.length, at + AFTER);
  while (to < text.length && to > at && text.charAt(to) !== ' ') to -= 1;
  if (to === at) to = Math.min(text.length, at + AFTER);
  return `${from > 0 ? '… ' : ''}${text.slice(from, to).toWellFormed()}${to < text.length ? ' …' : ''}`;
}
