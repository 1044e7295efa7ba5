import { act } from 'react';
import { expect, test } from 'vitest';
import { Foot } from '../../src/renderer/features/transfers/foot.tsx';
import { makeClient } from '../../src/renderer/contract/client.ts';
import { DeskProvider } from '../../src/renderer/state/context.tsx';
import { createApp } from '../../src/renderer/state/app.ts';
import type { AppContract } from '../../src/shared/contract/index.ts';
import { eventually } from '../support/eventually.ts';
import { fakeBridge } from '../support/fake-bridge.ts';
import { testPage } from '../support/page.ts';

const page = testPage();

test.each([
  ['en', '2 packages, 14.2\u00a0GB remaining'],
  ['fr', '2 sujets, reste 14,2\u00a0Go'],
])('the foot of the queue says what remains, as one says it (%s)', async (language, words) => {
  const desk = createApp(
    makeClient<AppContract>(
      fakeBridge({
        'settings.get': () => ({ rev: 1, language, destination: '', schedule: null }),
        'transfers.totals': () => ({
          rev: 1,
          counts: { all: 2, active: 1, waiting: 1, done: 0, failed: 0 },
          remainingBytes: 14_200_000_000,
          paused: false,
          limit: { isPaused: false, bytesPerSecond: null, untilMs: null },
        }),
      }),
    ),
    { version: '0', shell: 'desktop', platform: 'linux', mediaSuffix: '' },
    { name: 'downloads', id: null },
  );
  await page.render(
    <DeskProvider desk={desk}>
      <Foot />
    </DeskProvider>,
  );
  await act(async () => eventually(() => expect(page.element.textContent).toBe(words)));
});
