import { beforeAll, describe, expect, test } from 'vitest';
import { texts } from '../../../src/renderer/i18n/index.ts';
import { passwordAdvice } from '../../../src/renderer/features/account/password-field.tsx';
import { passwordFieldFaults } from '../../../src/service/accounts/password-proof.ts';
import { PASSWORD_TEXTS } from '../../../src/service/http/problems.ts';
import {
  passwordFaults,
  type PasswordEstimator,
  type PasswordOwner,
} from '../../../src/shared/api/password.ts';
import {
  COMMON_WORDS,
  generatedPasswords,
  HABITS,
} from '../../support/service/guessed-passwords.ts';
import { loadEstimator } from '../../../src/shared/api/password-estimator.ts';

const OWNER: PasswordOwner = { email: 'desk@station.example', name: 'Maren Tolveg' };
const LONG = Array.from({ length: 128 }, (_, index) =>
  String.fromCodePoint(0x4e00 + ((index * 7919) % 20_000)),
).join('');
/** One table for what a person sees as he types and for the service's verdict. */
const TABLE: [password: string, faults: string[]][] = [
  ['Quiet-Harbour7', []],
  ['Éclair-brûlé-9x', []],
  ['short1A!', ['too-short']],
  ['quiet-harbour7', ['no-upper']],
  ['QUIET-HARBOUR7', ['no-lower']],
  ['Quiet-Harbour', ['no-digit', 'common']],
  ['QuietHarbour77', ['no-symbol']],
  ['Quiet Harbour-7', ['has-space']],
  ['Quiet\u00a0Harbour-7', ['has-space']],
  ['Password123456!', ['common']],
  ['P@ssw0rd!2026', ['common']],
  ['aaaaaaaaaaaaA1!', ['repeated']],
  ['MyMultimedia-Quiet-Harbour77', ['contains-service-name']],
  ['', ['too-short', 'no-upper', 'no-lower', 'no-digit', 'no-symbol']],
  [`Aa1!${'x'.repeat(125)}`, ['too-long']],
  // 128 code points of any script, and one more; decomposed letters count once.
  [`Aa1!${LONG.slice(0, 124)}`, []],
  [`Aa1!${LONG.slice(0, 125)}`, ['too-long']],
  [`Aa1!zqvkxwu-${'e\u0301'.repeat(116)}`, []],
  ['Пароль-Гавань7', []],
  ['密码港口Aa1!安静的海湾', []],
  ['Qwertyuiop123!', ['common']],
  ['Motdepasse-2026', ['common']],
  ['Michael1234!', ['common']],
  ['Summer2024!!!', ['common']],
  ['1qaz!QAZ2wsx', ['common']],
  ['Qwertz123456!', ['keyboard']],
  ['Trustno1Trustno1!', ['repeated']],
  ['Pr1nc3$$1234', ['common']],
  ['Maren-Tolveg-1', ['personal']],
  ['24.12.1990-Zq', ['guessable']],
];

let estimate: PasswordEstimator;
beforeAll(async () => {
  estimate = await loadEstimator();
});

describe('password rule', () => {
  test.each(TABLE)('%j breaks %j, here and at the service', async (password, faults) => {
    const found = passwordFaults(password, OWNER, estimate);
    expect(found).toEqual(faults);
    expect(await passwordFieldFaults('newPassword', password, OWNER)).toEqual(
      faults.map((code) => ({ field: 'newPassword', code })),
    );
    for (const language of ['en', 'fr'] as const) {
      const words = texts[language].account;
      expect(passwordAdvice(found, words)).toBe(
        faults[0] === undefined ? null : words.faults[faults[0]],
      );
      expect(Object.keys(PASSWORD_TEXTS[language])).toEqual(expect.arrayContaining(faults));
    }
  });
  test('the name before the @ may not be in it', () => {
    expect(
      passwordFaults('Ingest.desk-77-Quiet', { email: ' Ingest.Desk@station.example' }, estimate),
    ).toContain('contains-email');
  });
  test('length is counted in code points after NFC', () => {
    expect(passwordFaults('Aa1!🎥🎬🎤🎧📷📹📺', {}, estimate)).toEqual(['too-short']);
    expect(passwordFaults('Aa1!🎥🎬🎤🎧📷📹📺📻', {}, estimate)).toEqual([]);
  });
});

describe('what is guessed first', () => {
  for (const [n, [habit, write]] of Object.entries(HABITS).entries())
    test(
      `of the 500 most common words, written as ${habit}, at most 5 in 100 are accepted`,
      { tags: n < 6 ? [] : ['long'] },
      () => {
        const written = COMMON_WORDS.map(write);
        const accepted = written.filter(
          (password) => passwordFaults(password, OWNER, estimate).length === 0,
        );
        expect(written).toHaveLength(500);
        expect(accepted.length, accepted.slice(0, 9).join(' ')).toBeLessThanOrEqual(25);
      },
    );
  test('what a password manager makes is accepted', () => {
    const refused = generatedPasswords(1000, 7)
      .map((password) => [password, passwordFaults(password, OWNER, estimate)] as const)
      .filter(([, faults]) => faults.length > 0);
    expect(refused).toEqual([]);
  });
  test('the same name is no fault of somebody else', () => {
    expect(passwordFaults('Maren-Tolveg-Zq1', OWNER, estimate)).toEqual(['personal']);
    expect(
      passwordFaults('Maren-Tolveg-Zq1', { email: 'a@b.example', name: 'Ingest Desk' }, estimate),
    ).toEqual([]);
  });
});
