import { ZxcvbnFactory, type MatchExtended, type ZxcvbnResult } from '@zxcvbn-ts/core';
import * as common from '@zxcvbn-ts/language-common';
import * as english from '@zxcvbn-ts/language-en';
import * as french from '@zxcvbn-ts/language-fr';
import type { GuessFault, PasswordEstimator } from './password.ts';

/**
 * UTF-16 units that are estimated: the cost grows with the square of the length, and a weak start
 * is refused whatever follows.
 */
const ESTIMATED_UNITS = 32;
/** Spellings (`4` for `a`) that are tried; each costs as much as the password itself. */
const MAX_SUBSTITUTIONS = 16;

/** Characters at each end of a word that may stand for letters. */
const MAX_SPELLED = 2;

/**
 * Guesses a password must withstand, as a power of ten. A random character counts 1, less where it
 * happens to be part of a word: 12 of them stay above. With stolen hashes and peppers a core makes
 * some 3 guesses a second (scrypt, N = 2^17), which is ten years of them.
 */
const MIN_LOG10_GUESSES = 9;

/** The rarest names and words cost more memory than they refuse passwords. */
const MAX_LIST_LENGTH = 30_000;

type Words = readonly (string | number)[];
/** English and French in turn. Few lists, since each is looked up for each part of a password. */
function merged(...lists: Words[]): (string | number)[] {
  const ranks = Array.from({ length: MAX_LIST_LENGTH }, (_, rank) =>
    lists.flatMap((list) => list[rank] ?? []),
  );
  return [...new Set(ranks.flat())];
}

const { dictionary: en } = english;
const { dictionary: fr } = french;
const zxcvbn = new ZxcvbnFactory({
  dictionary: {
    passwords: common.dictionary['passwords-common'],
    words: merged(en['commonWords-en'], fr['commonWords-fr']),
    names: merged(en['firstnames-en'], fr['firstnames-fr'], en['lastnames-en'], fr['lastnames-fr']),
  },
  graphs: common.adjacencyGraphs,
  maxLength: ESTIMATED_UNITS,
  l33tMaxSubstitutions: MAX_SUBSTITUTIONS,
});

const FAULT_OF_PATTERN: Partial<Record<MatchExtended['pattern'], GuessFault>> = {
  dictionary: 'common',
  spatial: 'keyboard',
  repeat: 'repeated',
};

/** What makes it easy to guess: the longest part with a pattern. */
function reasonOf({ sequence }: ZxcvbnResult): GuessFault {
  const parts = sequence.toSorted((a, b) => b.token.length - a.token.length);
  if (
    parts.some(
      ({ pattern, dictionaryName }) => pattern === 'dictionary' && dictionaryName === 'userInputs',
    )
  )
    return 'personal';
  const named = parts.find(({ pattern, token }) => token.length > 2 && pattern !== 'bruteforce');
  return (named && FAULT_OF_PATTERN[named.pattern]) ?? 'guessable';
}

/**
 * What is added to a word is a date, or digits and symbols in turn, whose order nobody has to
 * guess.
 */
function addedLog10(added: string): number {
  const runs = added.match(/\p{Nd}+|\P{Nd}+/gu) ?? [];
  return Math.min(
    zxcvbn.check(added).guessesLog10,
    runs.reduce((sum, run) => sum + zxcvbn.check(run).guessesLog10, 0),
  );
}

const LETTER = /[\p{L}\p{M}]/u;

/**
 * What may be the word in it, spelled with other characters or not, and what was added: `M0nk3y`
 * and `123!11`.
 */
function wordAndAdded(text: string): [word: string, added: string][] {
  const characters = Array.from(text);
  const first = characters.findIndex((character) => LETTER.test(character));
  const last = characters.findLastIndex((character) => LETTER.test(character));
  if (first === -1) return [];
  // `@shl3y` and `J3ss1c4` begin and end with a character that stands for a letter.
  const starts = first > 0 && first <= MAX_SPELLED ? [first, 0] : [first];
  const ends = Array.from({ length: MAX_SPELLED + 1 }, (_, more) => last + 1 + more).filter(
    (end) => end <= characters.length,
  );
  return starts.flatMap((start) =>
    ends.map((end): [string, string] => [
      characters.slice(start, end).join(''),
      [...characters.slice(0, start), ...characters.slice(end)].join(''),
    ]),
  );
}

/**
 * Three ways to guess it, of which the easiest counts: as it stands; a word and what was added
 * before and after it; and its letters and all other characters each on their own. The last two are
 * how people make a word meet a rule (`123!Monkey123!`, `My.Monkey.2024`).
 */
export const estimatePassword: PasswordEstimator = (password, own) => {
  const text = password.slice(0, ESTIMATED_UNITS);
  const whole = zxcvbn.check(text, [...own]);
  if (whole.guessesLog10 < MIN_LOG10_GUESSES) return reasonOf(whole);
  const letters = text.replaceAll(/[^\p{L}\p{M}]/gu, '').toLowerCase();
  for (const [word, added] of [
    [letters, text.replaceAll(/[\p{L}\p{M}]/gu, '')] as const,
    ...wordAndAdded(text),
  ]) {
    if (word === '' || added === '') continue;
    const result = zxcvbn.check(word, [...own]);
    if (result.guessesLog10 + addedLog10(added) < MIN_LOG10_GUESSES) return reasonOf(result);
  }
  return null;
};
