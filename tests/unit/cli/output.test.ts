import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DelayedPrinter } from '../../../src/main/cli/progress.ts';
import { runGet } from '../../../src/main/cli/get.ts';
import { Output } from '../../../src/main/cli/output.ts';
import { ownTerminal } from '../../../src/main/cli/terminal.ts';
import { QUEUE_ACTIONS } from '../../../src/main/cli/queue.ts';
import type { KeychainState } from '../../../src/main/account/ports.ts';
import { runVerify } from '../../../src/main/cli/verify.ts';
import type {
  FileCheck,
  FileReport,
  TransferChange,
  TransferRow,
  TransferTotals,
  TransfersApi,
} from '../../../src/main/transfers/api.ts';
import { WAIT_REASONS, type TransferState } from '../../../src/shared/model/transfer.ts';

/** Ends the line and forges one, wipes it, turns the rest around, ends it as other scripts do. */
const HOSTILE = 'a\nverified  1 MB  b\r\u001b[2K\u009b1A\u202e\u2066vom.\u200f\u061c\u2028c\u0085';
const SHOWN = String.raw`a\u000averified  1 MB  b\u000d\u001b[2K\u009b1A\u202e\u2066vom.\u200f\u061c\u2028c\u0085`;

let told: string[];
beforeEach(() => {
  told = [];
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, 'write').mockImplementation((text) => told.push(String(text)) > 0);
});
afterEach(() => vi.restoreAllMocks());
/** 1 January 1970 by the clock of this computer. */
const EPOCH = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' }).format(
  0,
);
/** Lines as a terminal would see them. */
const lines = () => told.join('').split('\n').slice(0, -1);

const row = (state: TransferState): TransferRow => ({
  id: 'trf_1',
  assetId: null,
  packageId: null,
  title: HOSTILE,
  label: HOSTILE,
  state,
  receivedBytes: 1024,
  totalBytes: 2048,
  bytesPerSecond: 0,
  etaSeconds: null,
  filesDone: 1,
  filesTotal: 1,
  connections: 0,
  urgent: false,
  repair: false,
  limitBytesPerSecond: null,
  deadline: { atMs: 0, expectedAtMs: null, late: true },
  rights: null,
  heldUntil: null,
  recall: null,
  recorded: null,
  addedAt: 0,
  finishedAt: null,
});

const totals = (limit?: Partial<TransferTotals['limit']>): TransferTotals => ({
  rev: 1,
  counts: { all: 1, active: 0, waiting: 0, done: 1, failed: 0, recalled: 0 },
  bytesPerSecond: 0,
  remainingBytes: 0,
  etaSeconds: null,
  paused: false,
  limit: { bytesPerSecond: null, isPaused: false, untilMs: null, ...limit },
  throughput: [],
});

/** A queue of one, in this state, with these files. */
function queueOf(state: TransferState, files: FileReport[] = []): TransfersApi {
  const client: Partial<TransfersApi> = {
    configure: async () => undefined,
    enqueue: async () => ['trf_1'],
    onChanged: () => () => undefined,
    onVerification: () => () => undefined,
    report: async () => files,
    list: async () => ({ rev: 1, total: 1, rows: [row(state)] }),
    detail: async () => ({
      ...row(state),
      folder: '',
      source: '',
      resumes: 0,
      refetchedBytes: 0,
      service: null,
      files: [],
      pieces: null,
    }),
    totals: async () => totals(),
    verifyFolder: async () => [
      {
        id: null,
        folder: '/to',
        files: [{ path: HOSTILE, ok: false, missing: true, badPieces: [] }],
        signed: { packageId: HOSTILE, rev: 1, service: HOSTILE, keyId: HOSTILE },
        recorded: null,
        error: { code: 'manifest-invalid', message: HOSTILE },
      },
    ],
  };
  return client as TransfersApi;
}
const file: FileReport = {
  path: HOSTILE,
  bytes: 1024,
  sha256: null,
  verified: false,
  done: true,
  downloadedBytes: 0,
};
const resolveTarget = () => Promise.reject(new Error('not asked'));
const get = (state: TransferState, files: FileReport[]) =>
  runGet(
    {
      transfers: queueOf(state, files),
      out: new Output(false, ownTerminal()),
      resolveTarget,
      destination: '/own',
    },
    ['https://one.example/a'],
    { to: '/to', format: 'broadcast' },
  );

test('a title takes one line of the list, after all that it could pass for', async () => {
  await QUEUE_ACTIONS['list']?.run(
    { transfers: queueOf({ phase: 'done' }), out: new Output(false, ownTerminal()) },
    [],
    {},
  );
  expect(lines()).toEqual([`trf_1  done  1 kB of 2 kB  late, due ${EPOCH}  ${SHOWN}`]);
});

test('a name takes one line of what was fetched', async () => {
  expect(await get({ phase: 'done' }, [file, { ...file, verified: true }])).toBe(0);
  expect(lines()).toEqual([
    `unverified (no published checksum)  1 kB  ${SHOWN}`,
    `verified  1 kB  ${SHOWN}`,
  ]);
});

test('so does the word on why it failed', async () => {
  expect(
    await get({ phase: 'failed', code: 'not-found', message: HOSTILE, retryable: false }, [
      { ...file, done: false },
    ]),
  ).toBe(7);
  expect(lines()).toEqual([
    `failed (not-found)  1 kB  ${SHOWN}: ${SHOWN}`,
    `desk: ${SHOWN} (not-found)`,
  ]);
});

test('so do a warning and what a check finds', async () => {
  new DelayedPrinter(new Output(false, ownTerminal())).tell([row({ phase: 'running' })]);
  await runVerify(
    { transfers: queueOf({ phase: 'done' }), out: new Output(false, ownTerminal()) },
    '/to',
  );
  expect(lines()).toEqual([
    `${SHOWN} won’t be ready by ${EPOCH}`,
    `${SHOWN}, version 1, signed by ${SHOWN}: /to`,
    `${SHOWN}: missing`,
    `desk: ${SHOWN} (manifest-invalid)`,
  ]);
});

test('a line for scripts says the same, and nothing to a terminal', async () => {
  await QUEUE_ACTIONS['list']?.run(
    { transfers: queueOf({ phase: 'done' }), out: new Output(true, ownTerminal()) },
    [],
    {},
  );
  expect(lines().map((line) => JSON.parse(line) as unknown)).toEqual([
    { type: 'item', ...row({ phase: 'done' }) },
    { type: 'result', ok: true, count: 1 },
  ]);
  expect(told.join('')).not.toMatch(/[^\P{Cc}\n]|[\u2028\u061c\u200f\u202e\u2066]/u);
});

test('restrictions that are not confirmed are told once, with what confirms them', async () => {
  const failed: TransferState = {
    phase: 'failed',
    code: 'restriction-unacknowledged',
    message: 'Not confirmed',
    retryable: false,
    restrictionIds: ['rst_1', 'rst_2'],
  };
  const files = [1, 2, 3].map((n) => ({ ...file, path: `/to/${n}`, done: false }));
  expect(
    await runGet(
      {
        transfers: queueOf(failed, files),
        out: new Output(false, ownTerminal()),
        resolveTarget,
        destination: '/own',
      },
      ['https://files.example/a.mov'],
      { to: '/to', format: 'broadcast' },
    ),
  ).toBe(8);
  const all = lines();
  expect(all.filter((line) => line.includes('Not confirmed'))).toEqual([
    'desk: Not confirmed (restriction-unacknowledged)',
  ]);
  expect(all.at(-1)).toContain('--acknowledge rst_1,rst_2');
});

const found = (...files: FileCheck[]) =>
  runVerify(
    {
      transfers: {
        ...queueOf({ phase: 'done' }),
        verifyFolder: async () => [
          { id: null, folder: '/to', files, signed: null, recorded: null, error: null },
        ],
      },
      out: new Output(false, ownTerminal()),
    },
    '/to',
  );
const sound = (unverifiable?: true): FileCheck => ({
  path: 'a.mov',
  ok: true,
  missing: false,
  badPieces: [],
  ...(unverifiable ? { unverifiable } : {}),
});

test('only what was compared with a hash counts as verified', async () => {
  expect(await found(sound(), sound())).toBe(0);
  expect(await found(sound(), sound(true))).toBe(0);
  expect(await found(sound(true))).toBe(0);
  expect(await found(sound(), { ...sound(), ok: false, badPieces: [3, 4] })).toBe(5);
  expect(lines()).toEqual([
    '2 files verified, no damage',
    '1 file unverified (no published checksum). Only the size was compared.',
    '1 file verified, no damage',
    '1 file unverified (no published checksum). Only the size was compared.',
    'No damage found',
    'a.mov: pieces 3, 4 damaged',
    'desk: 1 of 2 files damaged or missing. Fix with: desk repair (hash-mismatch)',
  ]);
});

const waiting = (reason: (typeof WAIT_REASONS)[number], untilMs: number | null = null) =>
  ({
    phase: 'waiting',
    reason,
    untilMs,
    shortBytes: reason === 'disk-full' ? 1.2e9 : null,
  }) satisfies TransferState;

test('the list says why each download waits', async () => {
  for (const reason of WAIT_REASONS)
    await QUEUE_ACTIONS['list']?.run(
      { transfers: queueOf(waiting(reason, 1.8e12)), out: new Output(false, ownTerminal()) },
      [],
      {},
    );
  expect(lines().map((line) => line.split('  ')[1])).toEqual([
    'waiting: no connection',
    'waiting: connection lost, retrying',
    'waiting: disk full, 1.2 GB more needed',
    'waiting: folder not found',
    'waiting: sign in to continue',
    'waiting: accept the new terms of use',
    'waiting: daily quota reached, resets 15 Jan 2027, 08:00 UTC',
    'waiting: under embargo until 15 Jan 2027, 08:00 UTC',
    'waiting: newer version available',
    'waiting: its service isn’t in use',
    'waiting: all downloads paused',
  ]);
});

/** `desk get` of a download that goes through these states. @returns the exit code. */
async function passThrough(
  states: readonly [TransferState, Partial<TransferTotals['limit']>?][],
  keychain: KeychainState = 'ok',
): Promise<number> {
  let push: ((change: TransferChange) => void) | undefined;
  const started = Promise.withResolvers<void>();
  const [[first, limitAtStart] = [{ phase: 'queued' } satisfies TransferState]] = states;
  const transfers: TransfersApi = {
    ...queueOf(first),
    totals: async () => totals(limitAtStart),
    onChanged: (listener) => {
      push = listener;
      setImmediate(started.resolve);
      return () => undefined;
    },
  };
  const end = runGet(
    {
      transfers,
      out: new Output(false, ownTerminal()),
      resolveTarget,
      destination: '/own',
      keychain: () => keychain,
    },
    ['https://one.example/a'],
    { to: '/to', format: 'broadcast' },
  );
  await started.promise;
  for (const [state, limit] of states.slice(1))
    push?.({ totals: totals(limit), rows: [row(state)], removed: [] });
  return end;
}

test('while a download waits, its reason is told once; the one that ends the call, as its end', async () => {
  const untilMs = Date.parse('2026-11-24T18:00:00');
  expect(
    await passThrough([
      [{ phase: 'queued' }, { isPaused: true, untilMs }],
      [{ phase: 'running' }],
      [waiting('offline', 1)],
      [{ phase: 'running' }],
      [waiting('offline', 2)],
      [waiting('signed-out')],
    ]),
  ).toBe(3);
  expect(lines().filter((line) => !line.includes('won’t be ready'))).toEqual([
    'Waiting: paused by schedule until 24 Nov 2026, 18:00',
    'Waiting: no connection',
    'desk: Sign in first. Run: desk account login (signed-out)',
  ]);
});

test.each<[KeychainState, string]>([
  ['absent', 'Sign in first. Run: desk account login'],
  ['locked', 'The keychain is locked. Unlock it and run the same command again.'],
  ['unanswered', 'The keychain isn’t responding. Run the same command again in a moment.'],
])('a download that waits for the account says what helps: keychain %s', async (state, text) => {
  expect(await passThrough([[waiting('signed-out')]], state)).toBe(3);
  expect(lines().at(-1)).toBe(`desk: ${text} (signed-out)`);
});
