import { expect, test } from 'vitest';
import { ChangeEmitter } from '../../../src/main/transfers/queue/change-emitter.ts';
import type {
  TransferChange,
  TransferRow,
  TransferTotals,
} from '../../../src/main/transfers/api.ts';
import { FakeClock } from '../../support/fakes/clock.ts';

function row(id: string, receivedBytes: number, phase: 'queued' | 'done'): TransferRow {
  return {
    id,
    assetId: null,
    packageId: null,
    title: id,
    label: '',
    state: { phase },
    receivedBytes,
    totalBytes: 100,
    bytesPerSecond: 0,
    etaSeconds: null,
    filesDone: 0,
    filesTotal: 1,
    connections: 0,
    urgent: false,
    repair: false,
    limitBytesPerSecond: null,
    deadline: null,
    rights: null,
    heldUntil: null,
    recall: null,
    recorded: null,
    addedAt: 0,
    finishedAt: null,
  };
}

const totals = (rev: number): TransferTotals => ({
  rev,
  counts: { all: 0, active: 0, waiting: 0, done: 0, failed: 0, recalled: 0 },
  bytesPerSecond: 0,
  remainingBytes: 0,
  etaSeconds: null,
  paused: false,
  limit: { bytesPerSecond: null, isPaused: false, untilMs: null },
  throughput: [],
});
const nothing = { totals, active: () => new Set<string>(), changedDeadlines: () => [] };

test('many changes are one push, four a second at most, and the last state is always in it', async () => {
  const clock = new FakeClock();
  const rows = new Map([['a', row('a', 0, 'queued')]]);
  const emitter = new ChangeEmitter(clock, { ...nothing, rowOf: (id) => rows.get(id) ?? null }, 0);
  const pushes: TransferChange[] = [];
  emitter.listen((change) => pushes.push(change));
  for (let i = 1; i <= 100; i++) {
    rows.set('a', row('a', i, 'queued'));
    emitter.changed('a');
    await clock.advance(10);
  }
  expect(pushes.length).toBeLessThanOrEqual(4);
  rows.set('a', row('a', 100, 'done'));
  emitter.changed('a');
  emitter.close();
  expect(pushes.at(-1)).toMatchObject({ rows: [{ receivedBytes: 100, state: { phase: 'done' } }] });
  expect(pushes.map(({ totals }) => totals.rev)).toEqual(pushes.map((_, i) => i + 1));
});

test('what is removed is told once, and not as a row', async () => {
  const clock = new FakeClock();
  const emitter = new ChangeEmitter(clock, { ...nothing, rowOf: () => null }, 0);
  const pushes: TransferChange[] = [];
  emitter.listen((change) => pushes.push(change));
  emitter.changed('a');
  emitter.removed(['a']);
  await clock.advance(1000);
  expect(pushes).toMatchObject([{ rows: [], removed: ['a'] }]);
});
