import { expect, onTestFinished, test } from 'vitest';
import { DeskEvents } from '../../../src/main/app/desk-events.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { transferRow } from '../../support/views.ts';

const failedAt = (id: string, finishedAt: number) =>
  transferRow({
    id,
    state: { phase: 'failed', code: 'not-found', message: 'Not there', retryable: false },
    finishedAt,
  });

test('of what the first look finds, what ended before this start is none, what has ended since is one', async () => {
  const rows = [failedAt('trf_earlier', Date.now() - 1000)];
  const events = new DeskEvents({
    home: temporaryFolder(),
    transfers: {
      list: async (tab) =>
        tab === 'failed' ? { rev: 1, rows, total: rows.length } : { rev: 1, rows: [], total: 0 },
      detail: async () => {
        throw new AppError('not-found', 'No such download');
      },
    },
    serviceNow: Date.now,
    background: true,
    log: {
      file: '',
      info: () => undefined,
      error: (what, thrown) => expect.unreachable(`${what}: ${String(thrown)}`),
    },
    onRecovered: () => expect.unreachable('nothing is damaged'),
  });
  onTestFinished(() => events.close());
  rows.push(failedAt('trf_now', Date.now()));
  await events.catchUp();
  expect((await events.after(0, 10)).map(({ data }) => data.transferId)).toEqual(['trf_now']);
  await events.catchUp();
  expect(events.newest()).toBe(1);
});
