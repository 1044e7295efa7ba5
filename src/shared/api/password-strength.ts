import { ZxcvbnFactory, type MatchExtended, type ZxcvbnResult } from '@zxcvbn-ts/core';
import * as common from '@zxcvbn-ts/language-common';
import * as english from '@zxcvbn-ts/language-en';
import * as french from '@zxcvbn-ts/language-fr';
import type { GuessFault, PasswordEstimator } from './password.ts';

/** UTF-16 units that are estimated: the cost grows with the square of the length, and a weak start is refused whatever follows. */
const ESTIMATED_UNITS = 32;
/** Spellings (`4` for `a`) that are tried; each costs as much as the password itself. */
const MAX_SUBSTITUTIONS = 8;

/**
 * Guesses a password must withstand, as a power of ten. A random character counts 1, less where it happens to be part of a word. With
 * stolen hashes and peppers a core makes some 3 guesses a second (scrypt, N = 2^17): 10^10.5 take three centuries.
 */
const MIN_LOG10_GUESSES = 10.5;
/** For the shortest ones: 12 random characters stay above it also where they happen to hold a word. */
const MIN_LOG10_PER_CHARACTER = 0.78;

/** Ranks by the best rank in any list. One list, since each is looked up for each part of the password. */
function merged(lists: readonly (readonly (string | number)[])[]): (string | number)[] {
  const longest = Math.max(...lists.map(({ length }) => length));
  const words = new Set<string | number>();
  for (let rank = 0; rank < longest; rank++) {
    for (const list of lists) {
      const word = list[rank];
      if (word !== undefined) words.add(word);
    }
  }
  return [...words];
}

/** The rarest names and words cost more memory than they refuse passwords. */
const MAX_LIST_LENGTH = 30_000;
const words = merged([
  common.dictionary['passwords-common'],
  ...[
    english.dictionary['commonWords-en'], french.dictionary['commonWords-fr'], english.dictionary['firstnames-en'],
    french.dictionary['firstnames-fr'], english.dictionary['lastnames-en'], french.dictionary['lastnames-fr'],
  ].map((list) => list.slice(0, MAX_LIST_LENGTH)),
]);
const zxcvbn = new ZxcvbnFactory({ dictionary: { words }, graphs: common.adjacencyGraphs, maxLength: ESTIMATED_UNITS, l33tMaxSubstitutions: MAX_SUBSTITUTIONS });

const FAULT_OF_PATTERN: Partial<Record<MatchExtended['pattern'], GuessFault>> = { dictionary: 'common', spatial: 'keyboard', repeat: 'repeated' };

/** What makes it easy to guess: the longest part with a pattern. */
function reasonOf(results: readonly ZxcvbnResult[]): GuessFault {
  const parts = results.flatMap(({ sequence }) => sequence).toSorted((a, b) => b.token.length - a.token.length);
  if (parts.some(({ pattern, dictionaryName }) => pattern === 'dictionary' && dictionaryName === 'userInputs')) return 'personal';
  const named = parts.find(({ pattern, token }) => token.length > 2 && pattern !== 'bruteforce');
  return (named && FAULT_OF_PATTERN[named.pattern]) ?? 'guessable';
}

/**
 * Two ways to guess it: as it stands, and its letters and all other characters each on their own, which is how people add to a word what
 * a rule asks for (`123!Word123!`). The easier one counts. The worst input of any length takes a few milliseconds, the first one after loading some tens.
 */
export const estimatePassword: PasswordEstimator = (password, own) => {
  const text = password.slice(0, ESTIMATED_UNITS);
  const letters = text.replaceAll(/[^\p{L}\p{M}]/gu, '').toLowerCase();
  const others = text.replaceAll(/[\p{L}\p{M}]/gu, '');
  const whole = zxcvbn.check(text, [...own]);
  const apart = letters === '' || others === '' ? [] : [zxcvbn.check(letters, [...own]), zxcvbn.check(others)];
  const apartLog10 = apart.length === 0 ? Number.POSITIVE_INFINITY : apart.reduce((sum, { guessesLog10 }) => sum + guessesLog10, 0);
  const needed = Math.min(MIN_LOG10_GUESSES, MIN_LOG10_PER_CHARACTER * Array.from(text).length);
  return Math.min(whole.guessesLog10, apartLog10) >= needed ? null : reasonOf([whole, ...apart]);
};
