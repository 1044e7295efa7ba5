import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openAutoFetchStore } from '../../../src/main/adapters/sqlite/auto-fetch-store.ts';
import { AutoFetch, type NamedRule } from '../../../src/main/auto-fetch/auto-fetch.ts';
import type { AssetFacts, AutoFetchDesk } from '../../../src/main/auto-fetch/ports.ts';
import {
  OPEN_RULE,
  profileOf,
  type FormatProfile,
} from '../../../src/shared/model/house-format.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { assetAt, CHOICE, GB, NOON, restrictionOf } from '../../support/auto-fetch.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const HOUR = 3_600_000;
const RULE: NamedRule = {
  ...CHOICE,
  searchId: 'search_1',
  name: 'New today, HD',
  text: 'format:hd',
  chosenBy: 'ingest@lorvik.example',
  chosenAtMs: NOON,
  words: [],
};

let nowMs: number;
/** What the search finds, by asset. */
let found: Map<string, () => AssetFacts>;
/** Assets that the search finds no more. */
let unmatched: Set<string>;
/** House formats of one's own. */
let profiles: FormatProfile[];
let queued: string[];
/** Ids of packages in the list of downloads. */
let listed: Set<string>;
let onQueue: () => void;
/** Where damaged files were moved. */
let recovered: (string | null)[];
let store: ReturnType<typeof openAutoFetchStore>;
let auto: AutoFetch;
const file = () => path.join(home, 'auto-fetch.sqlite');
let home: string;

const factsOf = (ids: readonly string[]): AssetFacts[] =>
  ids.flatMap((id) => {
    const asset = found.get(id)?.();
    if (!asset) return [];
    return [
      {
        ...asset,
        packages: asset.packages.map((one) => ({ ...one, isListed: listed.has(one.packageId) })),
      },
    ];
  });

function open(): void {
  store = openAutoFetchStore(file(), {
    nowMs,
    onRecovered: ({ aside }) => recovered.push(aside),
  });
  const desk: AutoFetchDesk = {
    nowMs: () => nowMs,
    isEmpty: async () => false,
    revisions: async () =>
      [...found]
        .filter(([id]) => !unmatched.has(id))
        .map(([id, facts]) => ({ id, rev: facts().rev }))
        .toReversed(),
    assets: async (ids) => factsOf(ids),
    published: async (_, sinceMs) => ({
      items: factsOf([...found.keys()]).filter(({ publishedAt }) => publishedAt >= sinceMs),
      isPartial: false,
    }),
    holdsUnderEmbargo: () => true,
    format: (id) => profileOf({ formatProfiles: profiles }, id),
    async queue({ assetId, packageId }) {
      queued.push(assetId);
      listed.add(packageId);
      onQueue();
    },
  };
  auto = new AutoFetch({ store: store.store, desk, onChanged: () => undefined });
}
/** As after a kill: what was noted is there, what was in memory isn't. */
function reopen(): void {
  store.close();
  open();
}
const publish = (assetId: string, facts: Parameters<typeof assetAt>[1] = {}): void => {
  const publishedAt = facts.publishedAt ?? nowMs;
  found.set(assetId, () => assetAt(nowMs, { ...facts, assetId, publishedAt }));
};
const run = (rule: Partial<NamedRule> = {}) => auto.run({ ...RULE, ...rule });
const log = async () =>
  (await auto.log(RULE.searchId, 'all', { offset: 0, count: 50 })).items.map(
    ({ kind, assetId, reason, isOpen }) =>
      [kind, assetId, reason, ...(isOpen ? ['open'] : [])].filter((one) => one !== null).join(' '),
  );

beforeEach(async () => {
  nowMs = NOON;
  home = temporaryFolder();
  found = new Map();
  unmatched = new Set();
  profiles = [];
  queued = [];
  listed = new Set();
  onQueue = () => undefined;
  recovered = [];
  open();
  publish('ast_before');
  await run();
});
afterEach(() => store.close());

test('what was there when it was switched on isn’t new, what comes later is queued once', async () => {
  publish('ast_new');
  await run();
  await run();
  reopen();
  await run();
  expect(queued).toEqual(['ast_new']);
  expect(await log()).toEqual(['queued ast_new', 'began']);
});

test('what was on hold when it was switched on is new once that is over', async () => {
  publish('ast_held', { pubStatus: 'withheld' });
  await auto.end(RULE.searchId);
  await run();
  publish('ast_held', { rev: 2 });
  await run();
  expect(queued).toEqual(['ast_held']);
});

test('a program that ends between queuing and noting queues nothing twice, and notes it', async () => {
  publish('ast_new');
  onQueue = () => {
    throw new Error('killed');
  };
  await expect(run()).rejects.toThrow('killed');
  onQueue = () => undefined;
  reopen();
  await run();
  expect(queued).toEqual(['ast_new']);
  expect(await log()).toEqual(['queued ast_new', 'began']);
  expect(auto.view(RULE.searchId, RULE).today).toEqual({ packages: 1, bytes: 8 * GB });
});

test('a program that ends before it queues what it meant to misses nothing', async () => {
  publish('ast_new');
  store.store.note(
    RULE.searchId,
    [
      {
        assetId: 'ast_new',
        rev: 1,
        outcome: 'intended',
        reason: null,
        untilMs: null,
        packageId: 'pkg_ast_new_broadcast',
        bytes: 8 * GB,
        atMs: nowMs,
      },
    ],
    [],
  );
  reopen();
  // However long ago that was.
  nowMs += 30 * 24 * HOUR;
  await run();
  expect(queued).toEqual(['ast_new']);
});

test('what doesn’t fit today is taken tomorrow, oldest first, also if it no longer matches', async () => {
  for (const [n, hour] of [
    [1, 3],
    [2, 2],
    [3, 1],
  ] as const)
    publish(`ast_${n}`, { publishedAt: nowMs - hour * HOUR });
  const rule = { maxPackages: 1 };
  await run(rule);
  await run(rule);
  expect(queued).toEqual(['ast_1']);
  expect(auto.view(RULE.searchId, RULE).held).toEqual({ 'day-packages': 2 });
  nowMs = new Date(2026, 10, 26, 0, 0, 1).getTime();
  unmatched = new Set(['ast_2', 'ast_3']);
  reopen();
  await run(rule);
  expect(queued).toEqual(['ast_1', 'ast_2']);
  expect(auto.view(RULE.searchId, RULE).today).toEqual({ packages: 1, bytes: 8 * GB });
});

test('what waits for a person is logged once, and once it is in the list it is let go', async () => {
  publish('ast_restricted', { restrictions: [restrictionOf('archive')] });
  await run();
  await run();
  expect(await log()).toEqual(['held ast_restricted restricted open', 'began']);
  listed.add('pkg_ast_restricted_broadcast');
  await run();
  expect(await log()).toEqual([
    'left ast_restricted listed',
    'held ast_restricted restricted',
    'began',
  ]);
  expect(queued).toEqual([]);
});

test('what was confirmed by the rule is in the log, and an embargo by its time', async () => {
  const embargoUntil = nowMs + HOUR;
  publish('ast_both', {
    embargoUntil,
    mayTakeEarly: true,
    restrictions: [restrictionOf('archive')],
  });
  await run({ confirm: ['archive'] });
  const [line] = (await auto.log(RULE.searchId, 'queued', { offset: 0, count: 1 })).items;
  expect(line).toMatchObject({
    assetId: 'ast_both',
    confirmed: ['rst_archive'],
    untilMs: embargoUntil,
  });
});

test('an embargo that is moved, and then lifts, is followed', async () => {
  const first = nowMs + HOUR;
  const second = nowMs + 3 * HOUR;
  publish('ast_embargo', { embargoUntil: first });
  await run();
  expect(auto.nextMs([RULE.searchId])).toBe(first);
  publish('ast_embargo', { rev: 2, embargoUntil: second });
  nowMs = first + 1;
  await run();
  expect([queued, auto.nextMs([RULE.searchId])]).toEqual([[], second]);
  nowMs = second + 1;
  await run();
  expect(queued).toEqual(['ast_embargo']);
  expect(await log()).toEqual([
    'queued ast_embargo',
    'held ast_embargo embargo',
    'held ast_embargo embargo',
    'began',
  ]);
});

test('a later version of what it queued isn’t queued, and still counts for the day it was', async () => {
  publish('ast_new');
  await run();
  publish('ast_new', { rev: 2 });
  await run();
  await run();
  expect(queued).toEqual(['ast_new']);
  expect(await log()).toEqual(['left ast_new corrected', 'queued ast_new', 'began']);
  expect(auto.view(RULE.searchId, RULE).today.packages).toBe(1);
});

test('a later version may have what the first one lacked', async () => {
  publish('ast_web', { purposes: ['web'] });
  await run();
  publish('ast_web', { rev: 2, purposes: ['web', 'broadcast'] });
  await run();
  expect(queued).toEqual(['ast_web']);
});

const PLAYOUT: FormatProfile = {
  id: 'own',
  name: 'Playout',
  rules: [{ ...OPEN_RULE, codec: 'xdcam' }],
  otherwise: 'closest',
};
test('what no rule fits is left out, whatever the house format offers else, and the log says which', async () => {
  profiles = [PLAYOUT];
  publish('ast_web', { purposes: ['web'] });
  await run({ profile: 'own' });
  expect(queued).toEqual([]);
  const { items } = await auto.log(RULE.searchId, 'not-queued', { offset: 0, count: 1 });
  expect(items).toMatchObject([
    {
      kind: 'left',
      reason: 'no-rendition',
      profile: { id: 'own', name: 'Playout' },
      unstated: ['codec'],
    },
  ]);
  expect(await auto.preview('format:hd', { ...CHOICE, profile: 'own' })).toMatchObject({
    queued: { count: 0 },
    left: { 'no-rendition': 2 },
  });
});

test('while its house format is gone it decides nothing, and goes on with another', async () => {
  publish('ast_new');
  expect(await run({ profile: 'own' })).toMatchObject({
    queued: 0,
    paused: 'no-format',
    pausedCount: 1,
  });
  expect(auto.view(RULE.searchId, { ...RULE, profile: 'own' }).paused).toBe('no-format');
  expect(await log()).toEqual(['began']);
  await run();
  expect(queued).toEqual(['ast_new']);
});

test('many that were published too long ago have one line', async () => {
  for (let n = 0; n < 10; n += 1) publish(`ast_${n}`, { publishedAt: nowMs - 90 * 24 * HOUR });
  await run();
  await run();
  expect(await log()).toEqual(['late-ones late', 'began']);
});

test('after the program was off it says what it has caught up on', async () => {
  nowMs += HOUR;
  await run();
  reopen();
  nowMs += 7 * HOUR;
  publish('ast_1', { publishedAt: nowMs - 5 * HOUR });
  publish('ast_2', { publishedAt: nowMs - 4 * HOUR, purposes: ['web'] });
  await run();
  const [line] = (await auto.log(RULE.searchId, 'all', { offset: 0, count: 1 })).items;
  expect(line).toMatchObject({ kind: 'caught-up', found: 2, queued: 1, awayMs: 7 * HOUR });
});

test('without the account nothing is decided, and it says so', async () => {
  publish('ast_new', { pause: 'signed-out' });
  await run();
  expect(auto.view(RULE.searchId, RULE)).toMatchObject({ paused: 'signed-out', pausedCount: 1 });
  publish('ast_new');
  await run();
  expect(queued).toEqual(['ast_new']);
  expect(auto.view(RULE.searchId, RULE)).toMatchObject({ paused: null, pausedCount: 0 });
});

test('a full disk is said once, and nothing is lost by it', async () => {
  publish('ast_1');
  publish('ast_2');
  onQueue = () => {
    listed.clear();
    throw new AppError('disk-full', 'No space left');
  };
  await run();
  await run();
  expect(await log()).toEqual(['failed', 'began']);
  onQueue = () => undefined;
  queued = [];
  await run();
  expect(queued.toSorted()).toEqual(['ast_1', 'ast_2']);
});

test('switched off it lets go of what waits, and begins anew when it is switched on', async () => {
  publish('ast_restricted', { restrictions: [restrictionOf('archive')] });
  await run();
  await auto.end(RULE.searchId);
  publish('ast_meanwhile');
  await run({ confirm: ['archive'] });
  await run({ confirm: ['archive'] });
  expect(queued).toEqual([]);
});

test('a rule that is changed while it runs ends there', async () => {
  publish('ast_1', { publishedAt: nowMs - 2 });
  publish('ast_2', { publishedAt: nowMs - 1 });
  let isCurrent = true;
  onQueue = () => {
    isCurrent = false;
  };
  await auto.run(RULE, () => isCurrent);
  expect(queued).toEqual(['ast_1']);
});

test('where its record is lost it begins anew, and what is there isn’t new', async () => {
  publish('ast_queued');
  await run();
  publish('ast_missed');
  store.close();
  for (const suffix of ['', '-wal', '-shm']) rmSync(file() + suffix, { force: true });
  open();
  await run();
  publish('ast_new');
  await run();
  expect(queued).toEqual(['ast_queued', 'ast_new']);
});

test('a damaged record is set aside and rebuilt, and nothing is queued twice', async () => {
  publish('ast_queued');
  await run();
  expect(recovered).toEqual([]);
  store.close();
  const bytes = readFileSync(file());
  bytes.fill(0xa5, bytes.length - 4096 * 2, bytes.length - 4096);
  writeFileSync(file(), bytes);
  open();
  expect(recovered).toEqual([expect.stringContaining('auto-fetch.sqlite')]);
  await run();
  await run();
  expect(queued).toEqual(['ast_queued']);
});

test('the log keeps the newest thousand lines', async () => {
  for (let n = 0; n < 1010; n += 1) publish(`ast_${n}`, { purposes: ['web'] });
  await run();
  const { total, items } = await auto.log(RULE.searchId, 'not-queued', { offset: 0, count: 1 });
  expect([total, items[0]?.reason]).toEqual([1000, 'no-rendition']);
});
