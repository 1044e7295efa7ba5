import { expect, test } from 'vitest';
import { cellsOf } from '../../src/renderer/features/transfers/pieces.tsx';
import { percentOf, viewOf } from '../../src/renderer/features/transfers/state-words.ts';
import { texts } from '../../src/renderer/i18n/index.ts';
import type { TransferRow } from '../../src/renderer/stores/transfers.ts';
import { ERROR_CODES } from '../../src/shared/errors.ts';
import { WAIT_REASONS, type TransferState } from '../../src/shared/model/transfer.ts';

const row = (state: TransferState, over: Partial<TransferRow> = {}): TransferRow => ({
  id: 't', assetId: 'a', packageId: 'p', title: 'Lake', label: 'HD', state, receivedBytes: 8_800, totalBytes: 14_200, bytesPerSecond: 0, etaSeconds: null,
  filesDone: 3, filesTotal: 17, connections: 4, urgent: false, repair: false, limitBytesPerSecond: null, deadline: null, addedAt: 0, finishedAt: null, ...over,
});
const failed = (code: (typeof ERROR_CODES)[number], retryable = false): TransferState => ({ phase: 'failed', code, message: '', retryable });
const waiting = (reason: (typeof WAIT_REASONS)[number]): TransferState => ({ phase: 'waiting', reason, untilMs: null, shortBytes: 31_000_000_000 });
const states: TransferState[] = [
  ...WAIT_REASONS.map(waiting), ...ERROR_CODES.map((code) => failed(code)), { phase: 'queued' }, { phase: 'running' }, { phase: 'verifying' }, { phase: 'publishing' }, { phase: 'paused' }, { phase: 'done' }, { phase: 'cancelled' },
];

const view = (state: TransferState) => viewOf(row(state), { transfers: texts.en.transfers, language: 'en', nowMs: 0 });

test.each(['en', 'fr'] as const)('in %s every reason is short enough never to be cut', (language) => {
  const long = states.map((state) => viewOf(row(state), { transfers: texts[language].transfers, language, nowMs: 0 }).words).filter((words) => words.length > 40);
  expect(long).toEqual([]);
});

test('what waits for a person offers the one thing that helps; what goes on by itself says so', () => {
  expect(view(waiting('signed-out')).help).toBe('sign-in');
  expect(view(waiting('disk-full'))).toMatchObject({ help: 'make-space', words: 'Waiting: 31.0\u00a0GB short on the disk' });
  expect(view(waiting('offline'))).toMatchObject({ help: null, note: 'Goes on by itself', words: 'Waiting: no network, goes on from 61%' });
  expect(view(failed('restriction-unacknowledged')).help).toBe('confirm-terms');
  expect(view(failed('hash-mismatch')).help).toBe('retry');
  expect(view(failed('withdrawn')).help).toBe('open-package');
});

test('100 % is said only of what is whole', () => {
  expect(percentOf(row({ phase: 'running' }, { receivedBytes: 9_999, totalBytes: 10_000 }), 'en')).toBe('99%');
  expect(percentOf(row({ phase: 'running' }, { receivedBytes: 10_000, totalBytes: 10_000 }), 'en')).toBe('100%');
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
