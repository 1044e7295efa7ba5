import { expect, test } from 'vitest';
import { NotificationTracker, dueNotifications } from '../../../src/shared/model/notifications.ts';
import type { RightsState } from '../../../src/shared/api/rights.ts';
import type { TransferState } from '../../../src/shared/model/transfer.ts';

const row = (
  id: string,
  state: TransferState,
  finishedAt: number | null = null,
  rights: { state: RightsState; since: number } | null = null,
) => ({ id, title: id, state, finishedAt, rights });
const change = (rows: ReturnType<typeof row>[], open = 1) => ({
  rows,
  removed: [],
  totals: { counts: { active: open, waiting: 0 } },
});
const done: TransferState = { phase: 'done' };
const failed: TransferState = { phase: 'failed', code: 'withdrawn', message: '', retryable: false };
const full: TransferState = { phase: 'waiting', reason: 'disk-full', untilMs: null, shortBytes: 1 };
const retry: TransferState = { phase: 'waiting', reason: 'retry', untilMs: 9, shortBytes: null };

test('what was so before the start is no news; what ends afterwards is, once', () => {
  const watch = new NotificationTracker(100);
  expect(
    watch.take(change([row('old', done, 50), row('gone', failed, 50), row('stuck', full)])),
  ).toEqual([]);
  expect(watch.take(change([row('quick', done, 120)]))).toEqual([
    { kind: 'done', id: 'quick', title: 'quick' },
  ]);
  expect(watch.take(change([row('quick', done, 120)]))).toEqual([]);
});

test('the end of the queue is told with how many came, and only when nothing is left', () => {
  const watch = new NotificationTracker(0);
  watch.take(change([row('a', { phase: 'running' }), row('b', { phase: 'running' })], 2));
  expect(watch.take(change([row('a', done, 1)], 1)).map(({ kind }) => kind)).toEqual(['done']);
  expect(watch.take(change([row('b', done, 2)], 0))).toContainEqual({ kind: 'all-done', count: 2 });
  expect(watch.take(change([], 0))).toEqual([]);
});

test('somebody is called for what only somebody can end, not for what goes on by itself', () => {
  const watch = new NotificationTracker(0);
  watch.take(change([row('a', { phase: 'running' })]));
  expect(watch.take(change([row('a', retry)]))).toEqual([]);
  expect(watch.take(change([row('a', full)]))).toEqual([
    { kind: 'waits', id: 'a', title: 'a', reason: 'disk-full' },
  ]);
  expect(watch.take(change([row('a', full)]))).toEqual([]);
});

test('terms of use that have changed call for somebody, once for all packages that wait for them', () => {
  const terms: TransferState = {
    phase: 'waiting',
    reason: 'terms',
    untilMs: null,
    shortBytes: null,
  };
  const watch = new NotificationTracker(0);
  watch.take(change([row('a', { phase: 'running' }), row('b', { phase: 'queued' })]));
  const notices = watch.take(change([row('a', terms), row('b', terms)]));
  expect(dueNotifications(notices, 'needed')).toEqual([
    { notification: { kind: 'waits', id: 'a', title: 'a', reason: 'terms' }, more: 1 },
  ]);
});

test('the choice of the user: nothing, what is needed, or all; many of a kind are one', () => {
  const watch = new NotificationTracker(0);
  watch.take(change(['a', 'b', 'c', 'd'].map((id) => row(id, { phase: 'running' }))));
  const notices = watch.take(
    change([row('a', done, 1), row('b', done, 1), row('c', failed, 1), row('d', failed, 1)]),
  );
  const told = (notify: 'off' | 'needed' | 'all') =>
    dueNotifications(notices, notify).map(
      ({ notification, more }) => `${notification.kind} +${more}`,
    );
  expect([told('off'), told('needed'), told('all')]).toEqual([
    [],
    ['failed +1'],
    ['done +1', 'failed +1'],
  ]);
});

test('what must not be used any more is told once, with its own word, and not what was known before the start', () => {
  const watch = new NotificationTracker(100);
  const told = (state: RightsState, since: number) =>
    watch.take(change([row('a', done, 50, { state, since })]));
  expect(told('withdrawn', 90)).toEqual([]);
  expect(told('on-hold', 110)).toEqual([{ kind: 'rights', id: 'a', title: 'a', state: 'on-hold' }]);
  expect(told('on-hold', 110)).toEqual([]);
  expect(told('withdrawn', 120)).toEqual([
    { kind: 'rights', id: 'a', title: 'a', state: 'withdrawn' },
  ]);
  expect(
    watch.take(change([row('b', { phase: 'paused' }, null, { state: 'withdrawn', since: 130 })])),
  ).toEqual([]);
  const both = watch.take(
    change([
      row('c', done, 50, { state: 'withdrawn', since: 140 }),
      row('d', done, 50, { state: 'withdrawn', since: 140 }),
      row('e', done, 50, { state: 'expired', since: 140 }),
    ]),
  );
  expect(
    dueNotifications(both, 'needed').map(({ notification, more }) => [
      notification.kind === 'rights' && notification.state,
      more,
    ]),
  ).toEqual([
    ['withdrawn', 1],
    ['expired', 0],
  ]);
});

test('10,000 packages that are recalled at once are one notification', () => {
  const watch = new NotificationTracker(0);
  const rows = Array.from({ length: 10_000 }, (_, n) =>
    row(`trf_${n}`, done, -1, { state: 'withdrawn', since: 5 }),
  );
  const due = dueNotifications(watch.take(change(rows)), 'all');
  expect(due.filter(({ notification }) => notification.kind === 'rights')).toEqual([
    {
      notification: { kind: 'rights', id: 'trf_0', title: 'trf_0', state: 'withdrawn' },
      more: 9999,
    },
  ]);
  // Each is marked on the disk afterwards, and changes once more for that.
  expect(dueNotifications(watch.take(change(rows)), 'all')).toEqual([]);
});
