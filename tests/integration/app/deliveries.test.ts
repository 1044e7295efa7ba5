import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openAutomationStore } from '../../../src/main/adapters/sqlite/automation-store.ts';
import {
  Deliveries,
  OFF_AFTER_MS,
  pauseMs,
  type Outcome,
  type Target,
} from '../../../src/main/events/delivery.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { newEvent } from '../../support/events.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const FAILED: Outcome = { kind: 'failed', code: 'origin-error', message: 'status 500' };
const OK: Outcome = { kind: 'delivered' };

let file: string;
let opened: ReturnType<typeof openAutomationStore>;
let clock: FakeClock;
let deliveries: Deliveries;
let bugs: unknown[];

function create(): void {
  opened = openAutomationStore(file, () => undefined);
  deliveries = new Deliveries({
    store: opened.store,
    clock,
    onChanged: () => undefined,
    log: () => undefined,
    onBug: (thrown) => bugs.push(thrown),
  });
}
beforeEach(() => {
  bugs = [];
  clock = new FakeClock();
  file = path.join(temporaryFolder(), 'automation.sqlite');
  create();
});
afterEach(async () => {
  await deliveries.close();
  opened.close();
  for (const bug of bugs) throw bug;
});

/** A target that answers with these outcomes, the last of them for ever. */
function targetOf(
  outcomes: Outcome[],
  more: Partial<Target> = {},
): Target & { got: { name: string; atMs: number }[] } {
  const got: { name: string; atMs: number }[] = [];
  return {
    id: 'one',
    events: ['package.ready'],
    maxTries: null,
    got,
    async send({ data }) {
      got.push({ name: data.transferId, atMs: clock.nowMs() });
      return (outcomes.length > 1 ? outcomes.shift() : outcomes[0]) ?? OK;
    },
    ...more,
  };
}
const happen = (...names: string[]): void => {
  opened.store.append(names.map((name) => newEvent(name)));
  deliveries.kick();
};
const names = ({ got }: { got: { name: string }[] }): string =>
  got.map(({ name }) => name).join(' ');

test('pauses grow to three hours', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 8, 60].map((n) => pauseMs(n) / 1000)).toEqual([
    5, 20, 80, 320, 1280, 5120, 10_800, 10_800, 10_800,
  ]);
});

test('a new target gets what happens from now on, of its kinds, in order', async () => {
  happen('before');
  const target = targetOf([OK]);
  deliveries.setTargets([target]);
  opened.store.append([newEvent('other', 'download.failed')]);
  happen('a', 'b', 'c');
  await clock.advance(0);
  expect(names(target)).toBe('a b c');
  expect(deliveries.state('one')).toMatchObject({ cursor: 5, attempts: 0, off: null });
});

test('a failure is tried again with growing pauses, and nothing overtakes it', async () => {
  const target = targetOf([FAILED, FAILED, FAILED, OK]);
  deliveries.setTargets([target]);
  happen('a', 'b');
  await clock.advance(1_000);
  // What comes meanwhile shortens no pause.
  happen('c');
  await clock.advance(200_000);
  expect(target.got.map(({ name, atMs }) => `${name} ${atMs / 1000}`)).toEqual([
    'a 0',
    'a 5',
    'a 25',
    'a 105',
    'b 105',
    'c 105',
  ]);
  expect(deliveries.state('one')).toMatchObject({ failingSinceMs: null, fault: null });
});

test('what the receiver asks for is waited', async () => {
  const target = targetOf([{ ...FAILED, retryAfterMs: 600_000 }, OK]);
  deliveries.setTargets([target]);
  happen('a');
  await clock.advance(599_000);
  expect(names(target)).toBe('a');
  expect(deliveries.nextTryMs('one')).toBe(600_000);
  await clock.advance(2_000);
  expect(names(target)).toBe('a a');
});

test('one that is gone is off at once, also after a restart, until it is resumed', async () => {
  const target = targetOf([{ kind: 'gone', message: '410' }, OK]);
  deliveries.setTargets([target]);
  happen('a');
  await clock.advance(0);
  expect(deliveries.state('one')).toMatchObject({ off: 'gone', cursor: 0 });
  await deliveries.close();
  opened.close();
  create();
  deliveries.setTargets([target]);
  happen('b');
  await clock.advance(OFF_AFTER_MS);
  expect(names(target)).toBe('a');
  deliveries.resume('one');
  await clock.advance(0);
  expect(names(target)).toBe('a a b');
});

test('one that fails for days is off; the others go on', async () => {
  const bad = targetOf([FAILED]);
  const good = targetOf([OK], { id: 'two' });
  deliveries.setTargets([bad, good]);
  happen('a');
  await clock.advance(OFF_AFTER_MS - 10_000_000);
  expect(deliveries.state('one').off).toBeNull();
  await clock.advance(40_000_000);
  expect(deliveries.state('one')).toMatchObject({
    off: 'failing',
    fault: { code: 'origin-error' },
  });
  expect(bad.got.length).toBeLessThan(60);
  happen('b');
  await clock.advance(0);
  expect(names(good)).toBe('a b');
});

test('a closed keychain switches nothing off, and nor does an app that was closed', async () => {
  const locked: Outcome = { ...FAILED, code: 'keychain-locked', isOfDesk: true };
  const target = targetOf([...Array.from({ length: 20_000 }, () => locked), FAILED, FAILED, OK]);
  deliveries.setTargets([target]);
  happen('a');
  await clock.advance(600_000);
  // Every minute.
  expect(target.got).toHaveLength(11);
  await deliveries.close();
  opened.close();
  // A week without the app.
  create();
  const next = targetOf([FAILED, FAILED, OK]);
  await clock.advance(7 * 24 * 3_600_000);
  deliveries.setTargets([next]);
  await clock.advance(200_000);
  expect(names(next)).toBe('a a a');
  expect(deliveries.state('one')).toMatchObject({ off: null, failingSinceMs: null });
});

test('an event that a command refuses is given up after its tries; the next ones come', async () => {
  const refused: Outcome = { ...FAILED, isOfEvent: true };
  const target = targetOf([refused, refused, refused, OK], { maxTries: 3 });
  deliveries.setTargets([target]);
  happen('a', 'b');
  await clock.advance(60_000);
  expect(names(target)).toBe('a a a b');
  expect(deliveries.state('one')).toMatchObject({ missed: 1, fault: null });
  // One that can’t be reached at all gives nothing up.
  const away = targetOf([FAILED], { id: 'away', maxTries: 3 });
  deliveries.setTargets([away]);
  happen('c');
  await clock.advance(3_600_000);
  expect(deliveries.state('away')).toMatchObject({ missed: 0 });
  expect(away.got.length).toBeGreaterThan(3);
});

test('what was sent when the app was ended is sent again, and nothing is left out', async () => {
  const answers: (() => void)[] = [];
  const sent: string[] = [];
  const slow = targetOf([], {
    send: ({ id }, signal) => {
      sent.push(id);
      return new Promise((resolve) => {
        answers.push(() => resolve(OK));
        signal.addEventListener('abort', () => resolve(FAILED));
      });
    },
  });
  deliveries.setTargets([slow]);
  happen('a', 'b');
  await clock.advance(0);
  answers[0]?.();
  await clock.advance(0);
  expect(sent).toHaveLength(2);
  await deliveries.close();
  opened.close();
  create();
  const next = targetOf([OK]);
  deliveries.setTargets([next]);
  await clock.advance(0);
  expect(names(next)).toBe('b');
  expect(deliveries.state('one')).toMatchObject({ attempts: 0 });
});
