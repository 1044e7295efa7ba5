import { expect, test } from 'vitest';
import { planFacts, sortPlan, type Wording } from '../../src/renderer/state/queue-plan.ts';
import type { PlannedItem } from '../../src/renderer/state/enqueue-dialogs.ts';
import { houseProfile, OPEN_RULE } from '../../src/shared/model/house-format.ts';
import { embargoAcknowledgement } from '../../src/shared/api/rights.ts';
import { plan, plannedItem } from '../support/views.ts';

type Restriction = PlannedItem['restrictions'][number];

const UNTIL = Date.parse('2026-11-24T17:00:00Z');
const canada = (id: string, more: Partial<Restriction> = {}): Restriction => ({
  id,
  kind: 'territory',
  mode: 'deny',
  values: ['CA'],
  note: 'Drone footage',
  ...more,
});
const pack = (
  packageId: string,
  purpose: 'broadcast' | 'web' | 'preview',
  bytes: number | null = 10,
  isHere = false,
) => ({ packageId, label: packageId.toUpperCase(), purpose, bytes, isHere, finishedAtMs: null });
const item = (assetId: string, more: Partial<PlannedItem> = {}): PlannedItem =>
  plannedItem({
    assetId,
    title: `Title ${assetId}`,
    packages: [pack(`hd-${assetId}`, 'broadcast'), pack(`web-${assetId}`, 'web', 2)],
    ...more,
  });
const asking = (assetId: string, ...restrictions: Restriction[]): PlannedItem =>
  item(assetId, { restrictions, restrictionIds: restrictions.map(({ id }) => id) });

const embargoed = (assetId: string, untilMs: number): PlannedItem =>
  item(assetId, { embargoUntil: untilMs, restrictionIds: [embargoAcknowledgement(untilMs)] });

const BROADCAST = houseProfile(null);
const WORDING: Wording = {
  restriction: ({ values, note }) => ({ title: `Not in ${values.join()}`, note }),
  embargo: (untilMs) => ({ title: `Until ${untilMs}`, note: null }),
};
const sorted = (
  items: PlannedItem[],
  more: Partial<Parameters<typeof sortPlan>[1]> = {},
): ReturnType<typeof sortPlan> =>
  sortPlan(
    { items },
    {
      wanted: items.map(({ assetId }) => ({ assetId, packageId: null })),
      profile: BROADCAST,
      changed: new Map(),
      ...more,
    },
    WORDING,
  );

test('the same words are one group, with every package and the shots they are about', () => {
  const { words } = sorted([
    asking('a', canada('r1', { shots: [7] }), canada('r2', { shots: [2, 7] })),
    asking('b', canada('r3')),
    asking('c', canada('r1', { values: ['FR'] })),
  ]);
  expect(words.map(({ title, note, text }) => [title, note, text])).toEqual([
    ['Not in CA', 'Drone footage', 'Not in CA. Drone footage'],
    ['Not in FR', 'Drone footage', 'Not in FR. Drone footage'],
  ]);
  expect(words[0]?.packages).toEqual([
    { assetId: 'a', title: 'Title a', shots: [2, 7] },
    { assetId: 'b', title: 'Title b', shots: [] },
  ]);
  // One id may stand for two rules; each is sent with its own words.
  expect(words.flatMap(({ shown }) => shown.map(({ id, text }) => [id, text]))).toEqual([
    ['r1', 'Not in CA. Drone footage'],
    ['r2', 'Not in CA. Drone footage'],
    ['r3', 'Not in CA. Drone footage'],
    ['r1', 'Not in FR. Drone footage'],
  ]);
});

test('shots of one and all of another rule of a package are all of it', () => {
  const { words } = sorted([asking('a', canada('r1', { shots: [7] }), canada('r2'))]);
  expect(words[0]?.packages).toEqual([{ assetId: 'a', title: 'Title a', shots: [] }]);
});

test('rules that are told alike are one group, and both are sent', () => {
  const telling: Wording = { ...WORDING, restriction: () => ({ title: 'No TV', note: null }) };
  const items = [asking('a', canada('r1', { values: ['tv'] })), asking('b', canada('r1'))];
  const { words } = sortPlan(
    { items },
    {
      wanted: [
        { assetId: 'a', packageId: null },
        { assetId: 'b', packageId: null },
      ],
      profile: BROADCAST,
      changed: new Map(),
    },
    telling,
  );
  expect(words).toHaveLength(1);
  expect(words[0]?.shown.map(({ rule }) => rule?.values)).toEqual([['tv'], ['CA']]);
});

test('embargoes come last, one group for each time', () => {
  const { words, rows } = sorted([
    embargoed('a', UNTIL),
    asking('b', canada('r1')),
    embargoed('c', UNTIL),
    embargoed('d', UNTIL + 1),
  ]);
  expect(words.map(({ untilMs, packages }) => [untilMs, packages.length])).toEqual([
    [null, 1],
    [UNTIL, 2],
    [UNTIL + 1, 1],
  ]);
  expect(words[1]?.shown).toEqual([
    { id: embargoAcknowledgement(UNTIL), text: `Until ${UNTIL}`, rule: null },
  ]);
  expect(rows.map(({ asks }) => asks)).toEqual(['embargo', 'restriction', 'embargo', 'embargo']);
});

test('what only has to be told is not asked, and what isn’t queued asks nothing', () => {
  const { words, notes, rows } = sorted([
    item('a', { restrictions: [canada('r1')], restrictionIds: [] }),
    { ...asking('b', canada('r2', { values: ['FR'] })), blocked: 'withdrawn' },
  ]);
  expect(words).toEqual([]);
  expect(notes.map(({ title }) => title)).toEqual(['Not in CA']);
  expect(rows.map(({ asks }) => asks)).toEqual([null]);
});

test('what has no words here is left out, and so is what has gone, is blocked, or is here', () => {
  const forbids = {
    effect: 'forbid',
    kind: 'territory',
    restrictionId: 'r1',
    untilMs: null,
    shots: [],
    barred: ['FR'],
    acknowledge: null,
  } as const;
  const items = [
    item('unread', { restrictionIds: ['r9'] }),
    item('barred', { blocked: 'territory', reasons: [forbids] }),
    item('here', { packages: [pack('p', 'broadcast', 1, true)] }),
    item('none', { packages: [] }),
    item('open'),
  ];
  const { rows, leftOut, unread } = sorted(items, {
    wanted: [...items.map(({ assetId }) => assetId), 'gone'].map((assetId) => ({
      assetId,
      packageId: null,
    })),
  });
  expect(rows.map(({ assetId }) => assetId)).toEqual(['open']);
  expect(leftOut.map(({ assetId, because, title }) => [assetId, because, title])).toEqual([
    ['unread', 'unread', 'Title unread'],
    ['barred', 'territory', 'Title barred'],
    ['here', 'here', 'Title here'],
    ['none', 'no-package', 'Title none'],
    ['gone', 'gone', null],
  ]);
  expect(leftOut[1]?.rule).toEqual(forbids);
  expect(unread).toEqual([{ assetId: 'unread', title: 'Title unread' }]);
});

test('each row says why it has its package', () => {
  const items = [
    item('first'),
    item('second', { packages: [pack('w', 'web')] }),
    item('third', { packages: [pack('v', 'preview')] }),
    item('asked'),
    item('changed'),
  ];
  const { rows } = sorted(items, {
    wanted: items.map(({ assetId }) => ({
      assetId,
      packageId: assetId === 'asked' ? 'web-asked' : null,
    })),
    changed: new Map([
      ['changed', 'web-changed'],
      ['first', 'hd-first'],
    ]),
  });
  expect(rows.map(({ chosen, reason }) => [chosen.packageId, reason])).toEqual([
    ['hd-first', { kind: 'by-format', rule: 0, unstated: [] }],
    ['w', { kind: 'by-format', rule: null, unstated: [] }],
    ['v', { kind: 'by-format', rule: null, unstated: [] }],
    ['web-asked', { kind: 'asked-for' }],
    ['web-changed', { kind: 'changed', from: pack('hd-changed', 'broadcast') }],
  ]);
});

const INTERLACED = { ...OPEN_RULE, size: '1080', scan: 'interlaced', frameRate: 25 } as const;
const rendition = {
  container: 'mp4',
  videoCodec: 'h264',
  width: 1920,
  height: 1080,
  frameRate: '25/1',
  scan: 'progressive',
};
test('what a strict house format doesn’t fit isn’t queued, unless somebody takes it anyway', () => {
  const strict = {
    id: 'own',
    name: 'Playout',
    rules: [INTERLACED],
    otherwise: 'leave-out',
  } as const;
  const offered = { ...pack('hd-fits', 'broadcast'), rendition };
  // By the house format of the settings main has left it out; another one decides here.
  const items = [
    item('fits', {
      blocked: 'no-fit',
      packages: [{ ...offered, rendition: { ...rendition, scan: 'interlaced-tff' } }],
    }),
    item('other', { packages: [offered] }),
    item('unstated', { packages: [{ ...offered, rendition: { ...rendition, scan: null } }] }),
    item('gone', { packages: [], blocked: 'no-package' }),
  ];
  const { rows, leftOut } = sorted(items, { profile: strict });
  expect(rows.map(({ assetId, reason }) => [assetId, reason])).toEqual([
    ['fits', { kind: 'by-format', rule: 0, unstated: [] }],
  ]);
  expect(
    leftOut.map(({ assetId, because, unstated, instead }) => [
      assetId,
      because,
      unstated,
      instead?.packageId,
    ]),
  ).toEqual([
    ['other', 'no-fit', [], 'hd-fits'],
    ['unstated', 'no-fit', ['scan'], 'hd-fits'],
    ['gone', 'no-package', [], undefined],
  ]);
  const taken = sorted(items, { profile: strict, changed: new Map([['other', 'hd-fits']]) });
  expect(taken.rows.map(({ assetId, reason }) => [assetId, reason])).toEqual([
    ['fits', { kind: 'by-format', rule: 0, unstated: [] }],
    ['other', { kind: 'changed', from: null }],
  ]);
});

test('who names a package gets it, also once more', () => {
  const items = [item('a', { packages: [pack('p', 'broadcast', 1, true)] })];
  expect(
    sorted(items, { wanted: [{ assetId: 'a', packageId: 'p' }] }).rows.map(
      ({ chosen }) => chosen.packageId,
    ),
  ).toEqual(['p']);
});

test('facts follow what is chosen, and claim nothing that isn’t known', () => {
  const known = {
    ...plan([]),
    freeBytes: 100,
    bytesPerSecond: 2,
    queue: { count: 3, remainingBytes: 20, isPaused: false },
  };
  const rows = (changed: ReadonlyMap<string, string>) =>
    sorted([item('a'), item('b')], { changed }).rows;
  expect(planFacts(rows(new Map()), known, 1000)).toEqual({
    bytes: 20,
    unknownSizes: 0,
    leftBytes: 80,
    seconds: 10,
    finishesAtMs: 21_000,
  });
  expect(planFacts(rows(new Map([['a', 'web-a']])), known, 1000)).toMatchObject({
    bytes: 12,
    leftBytes: 88,
    seconds: 6,
    finishesAtMs: 17_000,
  });
  expect(
    planFacts(rows(new Map()), { ...known, queue: { ...known.queue, isPaused: true } }, 0)
      .finishesAtMs,
  ).toBeNull();
  const unknown = sorted([item('a', { packages: [pack('p', 'broadcast', null)] })]).rows;
  expect(planFacts(unknown, { ...known, freeBytes: null }, 0)).toEqual({
    bytes: 0,
    unknownSizes: 1,
    leftBytes: null,
    seconds: null,
    finishesAtMs: null,
  });
});
