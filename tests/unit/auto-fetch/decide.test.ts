import { expect, test } from 'vitest';
import { midnight, opensAt } from '../../../src/main/auto-fetch/day.ts';
import { decide, type Question } from '../../../src/main/auto-fetch/decide.ts';
import { embargoAcknowledgement } from '../../../src/shared/api/rights.ts';
import { assetAt, CHOICE, FORMAT, GB, NOON, restrictionOf } from '../../support/auto-fetch.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const TOMORROW = new Date(2026, 10, 26).getTime();
const EVENING = NOON + 6 * HOUR;
const NIGHT_HOURS = { fromMinute: 22 * 60, toMinute: 6 * 60 };

type Given = {
  asset?: Parameters<typeof assetAt>[1];
  rule?: Partial<typeof CHOICE>;
  seen?: Question['seen'];
  used?: Question['used'];
  holds?: boolean;
};
const decided = ({ asset, rule, seen = null, used, holds = true }: Given) => {
  const decision = decide({
    asset: assetAt(NOON, asset),
    rule: { ...CHOICE, ...rule },
    format: FORMAT,
    seen,
    used: used ?? { packages: 0, bytes: 0 },
    nowMs: NOON,
    holdsUnderEmbargo: holds,
  });
  if (decision.outcome === 'queue') return ['queue', decision.acknowledge];
  return decision.outcome === 'left'
    ? ['left', decision.reason]
    : ['held', decision.reason, decision.untilMs];
};

const early = { embargoUntil: EVENING, mayTakeEarly: true };
const CASES: [name: string, given: Given, expected: unknown[]][] = [
  ['free, in time, small', {}, ['queue', []]],
  ['withdrawn', { asset: { pubStatus: 'canceled' } }, ['left', 'withdrawn']],
  ['expired', { asset: { expiresAt: NOON - HOUR } }, ['left', 'expired']],
  ['on hold waits', { asset: { pubStatus: 'withheld' } }, ['held', 'on-hold', null]],
  [
    'not cleared for the territory, whatever is confirmed',
    {
      asset: {
        restrictions: [{ ...restrictionOf('territory'), values: ['CA'] }],
        profile: { territory: 'CA' },
      },
      rule: { confirm: ['territory'] },
    },
    ['left', 'territory'],
  ],
  [
    'not cleared for any platform, whatever is confirmed',
    {
      asset: {
        restrictions: [{ ...restrictionOf('platform'), values: ['broadcast', 'web', 'social'] }],
      },
      rule: { confirm: ['platform'] },
    },
    ['left', 'platform'],
  ],
  [
    'restricted waits',
    { asset: { restrictions: [restrictionOf('editorial')] } },
    ['held', 'restricted', null],
  ],
  [
    'restricted, confirmed by the rule',
    { asset: { restrictions: [restrictionOf('editorial')] }, rule: { confirm: ['editorial'] } },
    ['queue', ['rst_editorial']],
  ],
  [
    'one of two kinds isn’t confirmed by the rule',
    {
      asset: { restrictions: [restrictionOf('editorial'), restrictionOf('archive')] },
      rule: { confirm: ['editorial'] },
    },
    ['held', 'restricted', null],
  ],
  [
    'a restriction that doesn’t touch the newsroom never waits',
    {
      asset: {
        restrictions: [{ ...restrictionOf('territory'), values: ['CA'] }],
        profile: { territory: 'FR' },
      },
    },
    ['queue', []],
  ],
  [
    'under embargo, without access',
    { asset: { embargoUntil: EVENING } },
    ['held', 'embargo', EVENING],
  ],
  ['under embargo, held', { asset: early }, ['queue', [embargoAcknowledgement(EVENING)]]],
  [
    'under embargo, not wanted',
    { asset: early, rule: { embargo: 'wait' } },
    ['held', 'embargo', EVENING],
  ],
  [
    'under embargo, where .done doesn’t wait',
    { asset: early, holds: false },
    ['held', 'embargo', EVENING],
  ],
  ['an embargo that has lifted', { asset: { embargoUntil: NOON - 1 } }, ['queue', []]],
  [
    'under embargo and restricted',
    { asset: { ...early, restrictions: [restrictionOf('time')] } },
    ['held', 'restricted', null],
  ],
  [
    'no rendition of that kind',
    { asset: { purposes: ['web', 'preview'] } },
    ['left', 'no-rendition'],
  ],
  ['downloaded', { asset: { isHere: true } }, ['left', 'here']],
  ['in the list already', { asset: { isListed: true } }, ['left', 'listed']],
  [
    'another version of what it has queued',
    { seen: { outcome: 'queued', reason: null } },
    ['left', 'corrected'],
  ],
  ['published too long ago', { asset: { publishedAt: NOON - 3 * DAY - 1 } }, ['left', 'late']],
  ['just in time', { asset: { publishedAt: NOON - 3 * DAY } }, ['queue', []]],
  [
    'without catching up, an hour',
    { asset: { publishedAt: NOON - HOUR - 1 }, rule: { catchUpDays: 0 } },
    ['left', 'late'],
  ],
  [
    'what waited was in time when it came',
    { asset: { publishedAt: NOON - 30 * DAY }, seen: { outcome: 'held', reason: 'day-bytes' } },
    ['queue', []],
  ],
  ['too large', { asset: { bytes: 60 * GB + 1 } }, ['left', 'too-large']],
  ['as large as it may be', { asset: { bytes: 60 * GB } }, ['queue', []]],
  [
    'larger than a whole day',
    { asset: { bytes: 201 * GB }, rule: { maxBytesPerPackage: null } },
    ['left', 'too-large'],
  ],
  ['of unknown size, with a cap', { asset: { bytes: null } }, ['left', 'size-unknown']],
  [
    'of unknown size, without',
    { asset: { bytes: null }, rule: { maxBytesPerDay: null, maxBytesPerPackage: null } },
    ['queue', []],
  ],
  ['the day is full', { used: { packages: 20, bytes: 0 } }, ['held', 'day-packages', TOMORROW]],
  ['the last of the day', { used: { packages: 19, bytes: 0 } }, ['queue', []]],
  [
    'no room in the day',
    { used: { packages: 1, bytes: 192 * GB + 1 } },
    ['held', 'day-bytes', TOMORROW],
  ],
  ['just room in the day', { used: { packages: 1, bytes: 192 * GB } }, ['queue', []]],
  [
    'outside the hours',
    { rule: { hours: NIGHT_HOURS } },
    ['held', 'hours', new Date(2026, 10, 25, 22).getTime()],
  ],
  [
    'restricted comes before the hours: they don’t help',
    { asset: { restrictions: [restrictionOf('archive')] }, rule: { hours: NIGHT_HOURS } },
    ['held', 'restricted', null],
  ],
  [
    'too large comes before restricted: confirming doesn’t help',
    { asset: { bytes: 90 * GB, restrictions: [restrictionOf('archive')] } },
    ['left', 'too-large'],
  ],
];

test.each(CASES)('%s', (_, given, expected) => {
  expect(decided(given)).toEqual(expected);
});

test.each([
  ['before they begin', { fromMinute: 360, toMinute: 1380 }, [5, 59], [25, 6]],
  ['at their beginning', { fromMinute: 360, toMinute: 1380 }, [6, 0], null],
  ['at their end', { fromMinute: 360, toMinute: 1380 }, [23, 0], [26, 6]],
  ['past midnight, in the evening', NIGHT_HOURS, [22, 0], null],
  ['past midnight, in the morning', NIGHT_HOURS, [5, 59], null],
  ['past midnight, by day', NIGHT_HOURS, [6, 0], [25, 22]],
  ['the whole day', { fromMinute: 60, toMinute: 60 }, [3, 0], null],
] as const)('hours: %s', (_, hours, [hour, minute], opens) => {
  expect(opensAt(hours, new Date(2026, 10, 25, hour, minute).getTime())).toBe(
    opens && new Date(2026, 10, opens[0], opens[1]).getTime(),
  );
});

test('a day is one of the local calendar, however long it is', () => {
  expect(new Date(midnight(NOON)).getHours()).toBe(0);
  expect(midnight(NOON, 1)).toBe(TOMORROW);
  // The last Sunday of October has 25 hours in Europe.
  const sunday = new Date(2026, 9, 25, 12).getTime();
  expect(new Date(midnight(sunday, 1)).getDate()).toBe(26);
  expect(new Date(midnight(sunday, 1)).getHours()).toBe(0);
});
