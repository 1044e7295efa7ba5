import { afterEach, expect, test, vi } from 'vitest';
import { Output } from '../../../src/main/cli/output.ts';
import { ownTerminal } from '../../../src/main/cli/terminal.ts';
import { recalledText, warnOfRecalls } from '../../../src/main/cli/recall.ts';
import type { Services } from '../../../src/main/app/services.ts';

afterEach(() => vi.restoreAllMocks());

test.each([
  [{ recalls: 0, corrections: 0 }, ''],
  [
    { recalls: 1, corrections: 0 },
    'desk: 1 package was recalled. See them with: desk recall list\n',
  ],
  [
    { recalls: 2, corrections: 1 },
    'desk: 2 packages were recalled, 1 corrected. See them with: desk recall list\n',
  ],
  [{ recalls: 0, corrections: 3 }, 'desk: 3 corrected. See them with: desk recall list\n'],
])('what waits to be acknowledged is one line on stderr: %o', async (counts, line) => {
  let told = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((told += String(text))));
  const transfers = {
    recallsView: async () => ({ rev: 1, total: 9, failed: 0, searching: null, ...counts }),
  };
  await warnOfRecalls({ transfers } as unknown as Services, new Output(true, ownTerminal()));
  expect(told).toBe(line);
});

test('verifying says what a recalled package is', () => {
  expect(['withdrawn', 'on-hold', null].map((state) => recalledText(state))).toEqual([
    'withdrawn: do not use, delete copies',
    'on hold: do not use until it’s released',
    'recalled: do not use',
  ]);
});
