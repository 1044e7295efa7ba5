import { describe, expect, test } from 'vitest';
import { passwordFaults } from '../../src/shared/api/password.ts';

describe('password rule', () => {
  test.each<[string, string[]]>([
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
  ])('%j breaks %j', (password, faults) => {
    expect(passwordFaults(password)).toEqual(faults);
  });
  test('the name before the @ may not be in it', () => {
    expect(passwordFaults('Ingest.desk-77', { email: ' Ingest.Desk@station.example' })).toEqual(['contains-email']);
  });
  test('length is counted in code points after NFC', () => {
    expect(passwordFaults('Aa1!🎥🎥🎥🎥🎥🎥🎥')).toEqual(['too-short']);
    expect(passwordFaults('Aa1!🎥🎥🎥🎥🎥🎥🎥🎥')).toEqual([]);
  });
});
