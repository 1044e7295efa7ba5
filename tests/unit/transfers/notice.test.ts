import { expect, test } from 'vitest';
import {
  noticeLines,
  noticeNames,
  noticeText,
  stoppedText,
} from '../../../src/main/transfers/recall/notice.ts';
import { checkEnglish, checkFrench, neverSaid } from '../../support/typography.ts';

const facts = (kind: 'withdrawn' | 'on-hold' | 'corrected', to: number | null = null) => ({
  kind,
  title: 'Harvest',
  packageId: 'pkg_1',
  rev: { from: 1, to },
  atMs: Date.parse('2026-11-24T17:00:00Z'),
  words: null,
});
const ALL = [facts('withdrawn'), facts('on-hold'), facts('corrected', 2), facts('corrected')];

test.each(['en', 'fr'] as const)('every notice keeps to typography and terms: %s', (language) => {
  const check = language === 'en' ? checkEnglish : checkFrench;
  for (const lines of ALL.map((one) => noticeLines[language](one)))
    for (const line of lines) expect([...check(line), ...neverSaid(line, language)]).toEqual([]);
});

test('words of a publisher stay one line, without what turns or hides text, and end somewhere', () => {
  const words = `a\r\nb\u2028c\u202ed\u0007 ${'x'.repeat(3000)}`;
  const text = noticeText({ ...facts('withdrawn'), title: 'Lake\nALL CLEAR', words });
  expect(text).toContain('“a b cd xxx');
  expect(text).toContain('x…”\r\n');
  expect(text).toContain('Package: Lake ALL CLEAR (pkg_1, version 1)\r\n');
  expect(text.split('\r\n')).toHaveLength(18);
});

test('an id of a publisher is no line of its own, and no path or forbidden name', () => {
  const packageId = 'pkg_1\r\nRELEASED: use it\u202e';
  expect(noticeText({ ...facts('withdrawn'), packageId })).toContain(
    'Package: Harvest (pkg_1 RELEASED: use it, version 1)\r\n',
  );
  expect(noticeNames('withdrawn', packageId)[0]).toBe('RECALLED pkg_1_RELEASED_use_it_.txt');
  expect(noticeNames('withdrawn', '..\\a:b?\0')[0]).toBe('RECALLED .._a_b_.txt');
  expect(noticeNames('withdrawn', '\u{1d11e}x'.repeat(64))[0]?.length).toBeLessThan(120);
});

test('the same facts give the same bytes, and each kind has a name of its own', () => {
  expect(noticeText(facts('withdrawn'))).toBe(noticeText(facts('withdrawn')));
  expect(noticeNames('withdrawn', null)).toEqual([
    'RECALLED.txt',
    'RECALLED 2.txt',
    'RECALLED 3.txt',
  ]);
  expect(noticeNames('corrected', 'pkg_1')[0]).toBe('CORRECTED pkg_1.txt');
});

test('what is stopped says why and since when, by the service’s clock if that is known', () => {
  expect(stoppedText({ state: 'expired', since: 0 })).toEqual({
    code: 'expired',
    message: 'Expired, known since 1 Jan 1970, 00:00 UTC',
  });
  expect(stoppedText({ state: 'on-hold', since: 0, atMs: facts('withdrawn').atMs })).toEqual({
    code: 'on-hold',
    message: 'Put on hold by the publisher, known since 24 Nov 2026, 17:00 UTC',
  });
});
