import { closeSync, openSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openAutomationStore } from '../../../src/main/adapters/sqlite/automation-store.ts';
import type { Recovery } from '../../../src/main/adapters/sqlite/kit.ts';
import { EVENT_KINDS } from '../../../src/shared/contract/events.ts';
import type { TargetState } from '../../../src/main/events/ports.ts';
import { newEvent } from '../../support/events.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const DAY_MS = 24 * 3_600_000;
const STATE: TargetState = {
  cursor: 0,
  lastDeliveredMs: null,
  failingSinceMs: null,
  attempts: 0,
  fault: null,
  off: null,
  missed: 0,
};
let file: string;
let opened: ReturnType<typeof openAutomationStore>;
let recoveries: Recovery[];
const open = (): void => {
  opened = openAutomationStore(file, (recovery) => recoveries.push(recovery));
};
const reopen = (): void => {
  opened.close();
  open();
};
const numbers = (): number[] => opened.store.after(0, 1000).map(({ number }) => number);

beforeEach(() => {
  recoveries = [];
  file = path.join(temporaryFolder(), 'automation.sqlite');
  open();
});
afterEach(() => opened.close());

test('an event is recorded once, in order, and is as it was after a restart', () => {
  const [first] = opened.store.append([newEvent('a'), newEvent('b', 'download.failed')]);
  expect(opened.store.append([newEvent('a'), newEvent('c')])).toHaveLength(1);
  reopen();
  expect(numbers()).toEqual([1, 2, 3]);
  expect(opened.store.after(0, 1)).toEqual([first]);
  expect(opened.store.after(1, 9).map(({ data }) => data.transferId)).toEqual(['b', 'c']);
  expect(opened.store.after(0, 9, ['download.failed'])).toHaveLength(1);
  expect(opened.store.waiting(1, ['package.ready'])).toBe(1);
  expect(opened.store.newest()).toBe(3);
});

test('failures are known with their events, or none of both', () => {
  expect(opened.store.ends()).toBeNull();
  opened.store.saveEnds({ added: new Map([['old', 1]]), removed: [], events: [] });
  opened.store.saveEnds({
    added: new Map([['new', 2]]),
    removed: ['old'],
    events: [newEvent('failed new', 'download.failed')],
  });
  reopen();
  expect(opened.store.ends()).toEqual(new Map([['new', 2]]));
  expect(numbers()).toEqual([1]);
});

test('events go after 30 days; what somebody has yet to get after 90, and that is counted', () => {
  for (const day of [0, 20, 40])
    opened.store.append([newEvent(`day ${day}`, 'package.ready', day * DAY_MS)]);
  const targets = [
    { id: 'slow', events: ['package.ready'] as const },
    { id: 'other', events: ['download.failed'] as const },
  ];
  for (const { id } of targets) opened.store.saveTarget(id, STATE);
  opened.store.prune(60 * DAY_MS, targets);
  expect(numbers()).toEqual([1, 2, 3]);
  // Nothing is kept for one that doesn’t get this.
  opened.store.saveTarget('slow', { ...STATE, cursor: 3 });
  opened.store.prune(60 * DAY_MS, targets);
  expect(numbers()).toEqual([3]);
  opened.store.append([newEvent('day 60', 'package.ready', 60 * DAY_MS)]);
  opened.store.prune(140 * DAY_MS, targets);
  expect(numbers()).toEqual([4]);
  expect(opened.store.target('slow')).toEqual({ ...STATE, cursor: 3 });
  opened.store.append([newEvent('day 140', 'package.ready', 140 * DAY_MS)]);
  opened.store.prune(200 * DAY_MS, targets);
  expect(opened.store.target('slow')).toEqual({ ...STATE, cursor: 4, missed: 1 });
  // A number is never given twice.
  opened.store.prune(900 * DAY_MS, []);
  opened.store.append([newEvent('later', 'package.ready', 900 * DAY_MS)]);
  expect(numbers()).toEqual([5, 6]);
});

test('of more than 100,000 the oldest go', { tags: ['long'] }, () => {
  const many = Array.from({ length: 100_050 }, (_, at) => newEvent(`e${at}`));
  opened.store.append(many);
  opened.store.prune(0, []);
  expect(opened.store.after(0, 1)[0]?.number).toBe(51);
});

test('a damaged row costs that row; numbers go on', () => {
  opened.store.append([newEvent('a'), newEvent('b'), newEvent('c')]);
  opened.store.saveTarget('t', { ...STATE, cursor: 2 });
  opened.close();
  const db = new DatabaseSync(file);
  db.exec("UPDATE event SET event = replace(event, 'Night', 'Right') WHERE number = 2");
  db.close();
  open();
  expect(recoveries).toHaveLength(1);
  expect(recoveries[0]?.lost).toEqual(['event']);
  expect(numbers()).toEqual([1, 3]);
  expect(opened.store.target('t')?.cursor).toBe(2);
  expect(opened.store.append([newEvent('d')])[0]?.number).toBe(4);
});

test('of what is no database a new one is made', () => {
  opened.close();
  const descriptor = openSync(file, 'w');
  writeSync(descriptor, Buffer.alloc(8192, 'x'));
  closeSync(descriptor);
  open();
  expect(recoveries).toHaveLength(1);
  expect(opened.store.waiting(0, EVENT_KINDS)).toBe(0);
});

test('of the lists that were taken the last fifty are kept', () => {
  for (let at = 0; at < 60; at += 1)
    opened.store.addList({ name: `${at}.meta4`, at, queued: 1, fault: null });
  reopen();
  expect(opened.store.lists()).toHaveLength(50);
  expect(opened.store.lists()[0]?.name).toBe('59.meta4');
});
