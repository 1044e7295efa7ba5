import { expect, test } from 'vitest';
import { cellsOf } from '../../src/renderer/features/transfers/pieces.tsx';
import {
  canChangeFolder,
  percentOf,
  describeState,
} from '../../src/renderer/state/transfer-labels.ts';
import { texts } from '../../src/renderer/i18n/index.ts';
import type { TransferRow } from '../../src/renderer/state/views.ts';
import { ERROR_CODES } from '../../src/shared/errors.ts';
import { WAIT_REASONS, type TransferState } from '../../src/shared/model/transfer.ts';
import { transferRow } from '../support/views.ts';

const row = (state: TransferState, more: Partial<TransferRow> = {}): TransferRow =>
  transferRow({
    state,
    receivedBytes: 8_800,
    totalBytes: 14_200,
    filesTotal: 17,
    connections: 4,
    finishedAt: null,
    ...more,
  });
const failed = (code: (typeof ERROR_CODES)[number], retryable = false): TransferState => ({
  phase: 'failed',
  code,
  message: '',
  retryable,
});
const waiting = (reason: (typeof WAIT_REASONS)[number]): TransferState => ({
  phase: 'waiting',
  reason,
  untilMs: null,
  shortBytes: 31_000_000_000,
});
const states: TransferState[] = [
  ...WAIT_REASONS.map(waiting),
  ...ERROR_CODES.map((code) => failed(code)),
  { phase: 'queued' },
  { phase: 'running' },
  { phase: 'publishing' },
  { phase: 'paused' },
  { phase: 'done' },
  { phase: 'cancelled' },
];

const halted = (halt: 'paused' | 'offline' | { untilMs: number | null }) =>
  describeState(row({ phase: 'queued' }), {
    transfers: texts.en.transfers,
    recalls: texts.en.recalls,
    language: 'en',
    nowMs: 0,
    halt,
  });
const late = (nowMs: number) =>
  describeState(
    row({ phase: 'queued' }, { deadline: { atMs: 60_000, expectedAtMs: 120_000, late: true } }),
    { transfers: texts.en.transfers, recalls: texts.en.recalls, language: 'en', nowMs },
  ).words;
const view = (state: TransferState) =>
  describeState(row(state), {
    transfers: texts.en.transfers,
    recalls: texts.en.recalls,
    language: 'en',
    nowMs: 0,
  });

test.each(['en', 'fr'] as const)(
  'in %s every reason is short enough never to be cut',
  (language) => {
    const long = states
      .map(
        (state) =>
          describeState(row(state), {
            transfers: texts[language].transfers,
            recalls: texts[language].recalls,
            language,
            nowMs: 0,
          }).words,
      )
      .filter((words) => words.length > 40);
    expect(long).toEqual([]);
  },
);

test('a package that a check found damaged is not called ready, and what must not be used is still not to be used', () => {
  for (const language of ['en', 'fr'] as const) {
    const damaged = (rights: TransferRow['rights']) =>
      describeState(row({ phase: 'done' }, { rights }), {
        transfers: texts[language].transfers,
        recalls: texts[language].recalls,
        language,
        nowMs: 0,
        isDamaged: true,
      });
    expect(damaged(null)).toMatchObject({
      words: texts[language].transfers.damaged,
      tone: 'danger',
      action: 'repair',
    });
    expect(damaged({ state: 'newer-version', since: 1 }).words).toBe(
      texts[language].transfers.damaged,
    );
    expect(damaged({ state: 'withdrawn', since: 1 }).words).toBe(
      texts[language].transfers.rights.withdrawn,
    );
    expect(texts[language].transfers.damaged.length).toBeLessThanOrEqual(40);
  }
});

test('what waits for a person offers the one thing that helps; what goes on by itself says so', () => {
  expect(view(waiting('signed-out')).action).toBe('sign-in');
  expect(
    describeState(row(waiting('signed-out')), {
      transfers: texts.en.transfers,
      recalls: texts.en.recalls,
      language: 'en',
      nowMs: 0,
      keychain: 'locked',
    }),
  ).toMatchObject({ action: null, words: 'Waiting: keychain locked' });
  expect(view(waiting('disk-full'))).toMatchObject({
    action: 'make-space',
    words: 'Waiting: needs 31.0\u00a0GB more space',
  });
  expect(view(waiting('offline'))).toMatchObject({
    action: null,
    note: 'Resumes automatically',
    words: 'Waiting: no connection, 61% done',
  });
  expect(view(failed('restriction-unacknowledged')).action).toBe('acknowledge');
  expect(view(failed('hash-mismatch')).action).toBe('retry');
  expect(view(failed('withdrawn')).action).toBe('open-package');
  expect(
    view({
      phase: 'waiting',
      reason: 'embargo',
      untilMs: new Date(2030, 10, 24, 17, 0).getTime(),
      shortBytes: null,
    }),
  ).toMatchObject({
    action: 'acknowledge',
    words: 'Waiting: embargo lifts 24 Nov 2030, 17:00',
    time: '',
  });
  expect(
    view({ phase: 'waiting', reason: 'embargo', untilMs: null, shortBytes: null }),
  ).toMatchObject({ action: null, note: 'Starts automatically' });
});

test('whatever a transfer can end with is named, in both languages', () => {
  const never = new Set([
    // Of the ledger alone.
    'ledger-broken',
    'cancelled',
    'usage',
    'https-required',
    'home-in-use',
    'invalid-payload',
    'forbidden',
    'no-pending-flow',
    'cursor-expired',
    'destination-missing',
    'disk-full',
    'other-package',
    'other-service',
    'feed-invalid',
    // Of articles alone.
    'page-unreadable',
    'several-feeds',
    'no-feed',
    'copies-refused',
    'no-browser',
    'pdf-failed',
    'key-refused',
    'source-blocked',
    'source-gone',
    'keychain-locked',
    'keychain-unanswered',
    'service-unreachable',
  ]);
  const account =
    /^(invalid-credentials|verification-required|code-|flow-closed|resend-too-soon|too-many-attempts|validation-failed|reauth-required|edit-conflict)/u;
  for (const language of ['en', 'fr'] as const) {
    const { reasons } = texts[language].transfers;
    expect(
      ERROR_CODES.filter(
        (code) => !never.has(code) && !account.test(code) && reasons[code] === undefined,
      ),
    ).toEqual([]);
  }
});

test('a queue that stands still says why in every row, and what sets one free', () => {
  expect(halted('paused')).toMatchObject({
    words: 'Waiting: all downloads paused',
    action: 'resume-all',
  });
  expect(halted('offline')).toMatchObject({
    words: 'Waiting: no connection, 61% done',
    action: null,
  });
  expect(halted({ untilMs: null })).toMatchObject({
    words: 'Waiting: paused by schedule',
    action: 'start-now',
  });
  expect(halted({ untilMs: 0 }).words).toMatch(/^Waiting: paused by schedule until \d\d:\d\d$/u);
});

test('what will be late says that instead, and what is late already too', () => {
  expect([late(0), late(90_000)]).toEqual([
    expect.stringMatching(/^Won’t be ready by /u),
    expect.stringMatching(/^Overdue since /u),
  ]);
});

test('100 % is said only of what is whole', () => {
  expect(
    percentOf(row({ phase: 'running' }, { receivedBytes: 9_999, totalBytes: 10_000 }), 'en'),
  ).toBe('99%');
  expect(
    percentOf(row({ phase: 'running' }, { receivedBytes: 10_000, totalBytes: 10_000 }), 'en'),
  ).toBe('100%');
});

test('a cell of many pieces is full only when all of them are', () => {
  expect(cellsOf('vvdm').join('')).toBe('vvdm');
  const map = `${'v'.repeat(399)}m${'d'.repeat(200)}`;
  const cells = cellsOf(map);
  expect(cells.length).toBeLessThanOrEqual(200);
  expect(cells.filter((cell) => cell === 'm')).toHaveLength(1);
  expect(cells.at(0)).toBe('v');
  expect(cells.at(-1)).toBe('d');
});

test('a quota says when it resets, in both languages and short enough', () => {
  const untilMs = new Date(2030, 10, 24, 17, 0).getTime();
  for (const language of ['en', 'fr'] as const) {
    const { transfers, recalls } = texts[language];
    const quota = describeState(
      row({ phase: 'waiting', reason: 'quota', untilMs, shortBytes: null }),
      {
        transfers,
        recalls,
        language,
        nowMs: untilMs - 3_600_000,
      },
    );
    expect(quota).toMatchObject({
      words: transfers.quotaUntil('17:00'),
      note: transfers.startsAutomatically,
      time: '',
    });
    expect(quota.words.length).toBeLessThanOrEqual(40);
  }
});

test('another folder is offered as long as nothing is on the disk; then its own is tried again', () => {
  const missing = waiting('destination-missing');
  const denied: TransferState = {
    phase: 'failed',
    code: 'not-permitted',
    message: '',
    retryable: false,
  };
  const action = (state: TransferState, receivedBytes: number) =>
    describeState(row(state, { receivedBytes }), {
      transfers: texts.en.transfers,
      recalls: texts.en.recalls,
      language: 'en',
      nowMs: 0,
    }).action;
  expect([action(missing, 0), action(denied, 0)]).toEqual(['change-folder', 'change-folder']);
  expect([action(missing, 1), action(denied, 1)]).toEqual(['try-now', 'retry']);
  expect(canChangeFolder(row({ phase: 'queued' }, { receivedBytes: 0 }))).toBe(true);
  for (const phase of ['running', 'publishing', 'done', 'cancelled'] as const)
    expect(canChangeFolder(row({ phase }, { receivedBytes: 0 }))).toBe(false);
});

test('a time of another day is told by its day', () => {
  const [finishedAt, nowMs] = [Date.UTC(2026, 10, 24, 12), Date.UTC(2026, 10, 27, 12)];
  const timeAt = (now: number) =>
    describeState(row({ phase: 'done' }, { finishedAt }), {
      transfers: texts.en.transfers,
      recalls: texts.en.recalls,
      language: 'en',
      nowMs: now,
    }).time;
  expect(timeAt(finishedAt + 1000)).toMatch(/^at \d\d:\d\d$/u);
  expect(timeAt(nowMs)).toBe('24 Nov');
  expect(halted({ untilMs: nowMs }).words).toMatch(/until 27 Nov( 2026)?, \d\d:\d\d$/u);
});
