import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const SCRIPT = path.resolve(import.meta.dirname, '../../../scripts/until-silent');

function run(seconds: number, command: string): { status: number | null; log: string } {
  const log = path.join(temporaryFolder(), 'log');
  const { status } = spawnSync('bash', [SCRIPT, String(seconds), log, 'bash', '-c', command]);
  return { status, log: readFileSync(log, 'utf8') };
}

test('the command’s own end and output stay', () => {
  expect(run(60, 'echo one; echo two >&2; exit 3')).toEqual({ status: 3, log: 'one\ntwo\n' });
});

test('one that goes on ending things may take longer than the limit', () => {
  // Far from the limit each, so that a busy machine doesn't pass it; together beyond it.
  const slow = 'for i in 1 2 3 4 5 6 7 8; do echo "ended $i"; sleep 1; done';
  expect(run(7, slow)).toMatchObject({ status: 0, log: expect.stringContaining('ended 8') });
});

/** Ended, also where nobody has collected it yet. */
const hasEnded = (pid: string): boolean =>
  /^(?:Z.*)?$/u.test(
    spawnSync('ps', ['-o', 'stat=', '-p', pid], { encoding: 'utf8' }).stdout.trim(),
  );

test('one that only says what is still running is ended, with all that it has started', async () => {
  const hanging =
    'sleep 600 & echo "child $!"; while :; do echo "still running: one"; sleep 0.2; done';
  const { status, log } = run(2, hanging);
  expect(status).toBe(124);
  const child = /child (\d+)/u.exec(log)?.[1] ?? '';
  expect(child).not.toBe('');
  await expect.poll(() => hasEnded(child)).toBe(true);
});
