import { describe, expect, test } from 'vitest';
import { texts } from '../../src/renderer/i18n/index.ts';
import { passwordAdvice } from '../../src/renderer/features/account/password-advice.ts';
import { passwordFieldFaults } from '../../src/service/accounts/password-rule.ts';
import { passwordFaults } from '../../src/shared/api/password.ts';

const FLAGS = '🎥'.repeat(124);
/** One table for what a person sees as he types and for the service's verdict. */
const TABLE: [password: string, faults: string[]][] = [
  ['Quiet-Harbour7', []],
  ['Éclair-brûlé-9x', []],
  ['short1A!', ['too-short']],
  ['quiet-harbour7', ['no-upper']],
  ['QUIET-HARBOUR7', ['no-lower']],
  ['Quiet-Harbour', ['no-digit']],
  ['QuietHarbour77', ['no-symbol']],
  ['Quiet Harbour-7', ['has-space']],
  ['Quiet\u00a0Harbour-7', ['has-space']],
  ['Password123456!', ['common']],
  ['P@ssw0rd!2026', ['common']],
  ['aaaaaaaaaaaaA1!', ['common']],
  ['MyMultimedia-77', ['contains-service-name']],
  ['', ['too-short', 'no-upper', 'no-lower', 'no-digit', 'no-symbol']],
  [`Aa1!${'x'.repeat(125)}`, ['too-long']],
  // 128 code points of any script, and one more; decomposed letters count once.
  [`Aa1!${FLAGS}`, []],
  [`Aa1!${FLAGS}🎥`, ['too-long']],
  [`Aa1!${'e\u0301'.repeat(124)}`, []],
  ['Пароль-Гавань7', []],
  ['密码港口Aa1!安静的海湾', []],
  ['Qwertyuiop123!', ['common']],
  ['Motdepasse-2026', ['common']],
];

describe('password rule', () => {
  test.each(TABLE)('%j breaks %j, here and at the service', (password, faults) => {
    expect(passwordFaults(password)).toEqual(faults);
    expect(passwordFieldFaults('newPassword', password, 'desk@station.example')).toEqual(faults.map((code) => ({ field: 'newPassword', code })));
    for (const language of ['en', 'fr'] as const) {
      const words = texts[language].account;
      expect(passwordAdvice(password, 'desk@station.example', words)).toBe(faults[0] === undefined ? null : words.faults[faults[0]]);
    }
  });
  test('the name before the @ may not be in it', () => {
    expect(passwordFaults('Ingest.desk-77', { email: ' Ingest.Desk@station.example' })).toEqual(['contains-email']);
  });
  test('length is counted in code points after NFC', () => {
    expect(passwordFaults('Aa1!🎥🎥🎥🎥🎥🎥🎥')).toEqual(['too-short']);
    expect(passwordFaults('Aa1!🎥🎥🎥🎥🎥🎥🎥🎥')).toEqual([]);
  });
});
