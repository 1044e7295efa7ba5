import { ZxcvbnFactory, type MatchExtended, type ZxcvbnResult } from '@zxcvbn-ts/core';
import * as common from '@zxcvbn-ts/language-common';
import * as english from '@zxcvbn-ts/language-en';
import * as french from '@zxcvbn-ts/language-fr';
import type { GuessFault, PasswordEstimator } from './password.ts';

/**
 * UTF-16 units that are estimated. The cost grows quadratically, and a weak start is rejected
 * regardless of the rest.
 */
const ESTIMATED_UNITS = 32;
/** Substitutions (`4` for `a`) that are tried; each costs as much as the password itself. */
const MAX_SUBSTITUTIONS = 16;

/** Substituted characters considered at each end of a word. */
const MAX_SPELLED = 2;

/**
 * Minimum log10 of the guesses needed. A random character counts 1, less if it happens to form a
 * word, so 12 of them pass. With stolen hashes and peppers a core makes about 3 guesses per second
 * (scrypt, N = 2^17), so this takes ten years.
 */
const MIN_LOG10_GUESSES = 9;

/** Longer lists cost more memory than they are worth. */
const MAX_LIST_LENGTH = 30_000;

type Words = readonly (string | number)[];
/**
 * Interleaves English and French by rank. Few lists, since each is searched for each part of a
 * password.
 */
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

/** The reported reason: that of the longest part with a pattern. */
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
 * Guesses for the text added to a word, log10: a date, or runs of digits and symbols in a fixed
 * order.
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
 * Possible splits into a word, perhaps with substitutions, and what was added: `M0nk3y` and
 * `123!11`.
 */
function wordAndAdded(text: string): [word: string, added: string][] {
  const characters = Array.from(text);
  const first = characters.findIndex((character) => LETTER.test(character));
  const last = characters.findLastIndex((character) => LETTER.test(character));
  if (first === -1) return [];
  // `@shl3y` and `J3ss1c4` begin and end with a substituted letter.
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
 * The easiest of three ways to guess counts: the password as it is; a word and what was added
 * around it; its letters and all other characters separately. The last two are how people make a
 * word meet a rule (`123!Monkey123!`, `My.Monkey.2024`).
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
