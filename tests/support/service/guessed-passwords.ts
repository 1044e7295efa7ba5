import { dictionary } from '@zxcvbn-ts/language-common';

const onlyLetters = (word: string | number): word is string =>
  typeof word === 'string' && /^[a-z]{3,}$/.test(word);
/** The words among the passwords that leaked most often, in order. */
export const COMMON_WORDS = dictionary['passwords-common'].filter(onlyLetters).slice(0, 500);

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
const padded = (text: string, filler: string): string =>
  text + filler.repeat(Math.max(0, Math.ceil((12 - text.length) / filler.length)));
const LEET: Record<string, string> = { a: '@', e: '3', i: '1', o: '0', s: '$' };
const leet = (word: string): string =>
  word.replaceAll(/[aeios]/g, (letter) => LEET[letter] ?? letter);
const backwards = (word: string): string => Array.from(word).toReversed().join('');

/** How people make a word meet the rule, and so what is guessed first. */
export const HABITS: Record<string, (word: string) => string> = {
  'Word123! again and again': (word) => padded(`${capital(word)}123!`, `${capital(word)}123!`),
  'Word1234!!!': (word) => padded(`${capital(word)}1234!`, '!'),
  'W0rd1234!': (word) => padded(`${capital(leet(word))}1234!`, '!'),
  'Word2024!': (word) => padded(`${capital(word)}2024!`, '!'),
  'Word!2025!': (word) => padded(`${capital(word)}!2025!`, '!'),
  'Word#2026': (word) => padded(`${capital(word)}#2026`, '!'),
  'MyWord123!': (word) => padded(`My${capital(word)}123!`, '!'),
  'ILoveWord1!': (word) => padded(`ILove${capital(word)}1!`, '!'),
  'wOrD123!@#': (word) =>
    padded(
      `${Array.from(word, (letter, at) => (at % 2 === 1 ? letter.toUpperCase() : letter)).join('')}123!@#`,
      '!',
    ),
  'Word1!Word2!': (word) => padded(`${capital(word)}1!${capital(word)}2!`, '!'),
  'WordWord1!': (word) => padded(`${capital(word)}${capital(word)}1!`, '!'),
  'word.Word.2024': (word) => padded(`${word}.${capital(word)}.2024`, '!'),
  'Wordqwer1234!': (word) => padded(`${capital(word)}qwer1234!`, '!'),
  'Word@123456': (word) => padded(`${capital(word)}@123456`, '7'),
  'Word24/12/1990': (word) => padded(`${capital(word)}24/12/1990`, '!'),
  '123!Word123!': (word) => padded(`123!${capital(word)}123!`, '!'),
  'Drow1234!': (word) => padded(`${capital(backwards(word))}1234!`, '!'),
  'WORDa123!': (word) => padded(`${word.toUpperCase()}a123!`, '!'),
};

const KINDS = [
  'ABCDEFGHJKLMNPQRSTUVWXYZ',
  'abcdefghijkmnopqrstuvwxyz',
  '23456789',
  '!#$%&*+-.:;=?@^_~',
];
const WORDS = dictionary['diceware-common'].filter(onlyLetters);

/** Mulberry32: the same passwords for the same seed. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/**
 * As password managers make them: characters (12 to 24), four words, syllables; all with what the
 * rule asks for.
 */
export function generatedPasswords(count: number, seed: number): string[] {
  const random = randomOf(seed);
  const one = <T>(of: ArrayLike<T>): T => of[random(of.length)] as T;
  const characters = (): string => {
    const length = 12 + random(13);
    for (;;) {
      const text = Array.from({ length }, () => one(KINDS.join(''))).join('');
      if (KINDS.every((kind) => Array.from(kind).some((character) => text.includes(character))))
        return text;
    }
  };
  const words = (): string => {
    const digitAt = random(4);
    const isCapital = random(2) === 0 ? () => true : (index: number) => index === digitAt;
    return Array.from(
      { length: 4 },
      (_, index) =>
        (isCapital(index) ? capital(one(WORDS)) : one(WORDS)) +
        (index === digitAt ? String(random(10)) : ''),
    ).join(one('-._,'));
  };
  const syllable = (): string =>
    one('bcdfghjkmnpqrstvwxz') + one('aeiouy') + one('bcdfghjkmnpqrstvwxz');
  const syllables = (): string =>
    `${Array.from({ length: 3 }, (_, index) => (index === 0 ? capital(syllable()) : syllable()) + syllable()).join('-')}${random(10)}`;
  return Array.from({ length: count }, () =>
    one([characters, characters, words, words, syllables])(),
  );
}
