import { randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import type { Secrets } from './secrets.ts';

export const CODE_LENGTH = 6;

/**
 * Zeros of the digits that keyboards may produce: Arabic-Indic, extended Arabic-Indic, Devanagari,
 * full-width.
 */
const ZEROS = [0x0660, 0x06f0, 0x0966, 0xff10];

/**
 * Removes white space and dashes, maps digits to ASCII. Other characters stay, so the code never
 * matches.
 */
export function normaliseCode(typed: string): string {
  return Array.from(typed.replaceAll(/[\p{White_Space}\p{Pd}]/gu, ''), (character) => {
    const point = character.codePointAt(0) ?? 0;
    const zero = ZEROS.find((start) => point >= start && point < start + 10);
    return zero === undefined ? character : String(point - zero);
  }).join('');
}

export const newCode = (): string =>
  String(randomInt(0, 10 ** CODE_LENGTH)).padStart(CODE_LENGTH, '0');
/** Grouped for reading: `123 456`. */
export const grouped = (code: string): string => `${code.slice(0, 3)} ${code.slice(3)}`;

export type Codes = {
  /**
   * Binds the hash to the flow and its purpose: the same digits in another flow hash differently.
   */
  keep(code: string, flow: { id: string; purpose: string }): { codeSalt: string; codeHash: string };
  matches(
    typed: string,
    flow: { id: string; purpose: string; codeSalt: string; codeHash: string },
  ): boolean;
};

export function createCodes(secrets: Secrets): Codes {
  const hashOf = (code: string, salt: string, flow: { id: string; purpose: string }) =>
    secrets.mac('code-pepper', salt, flow.id, flow.purpose, code);
  return {
    keep(code, flow) {
      const codeSalt = randomBytes(16).toString('base64url');
      return { codeSalt, codeHash: hashOf(code, codeSalt, flow).toString('base64url') };
    },
    matches: (typed, flow) =>
      timingSafeEqual(
        hashOf(normaliseCode(typed), flow.codeSalt, flow),
        Buffer.from(flow.codeHash, 'base64url'),
      ),
  };
}
