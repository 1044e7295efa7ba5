import { act } from 'react';
import { expect, test } from 'vitest';
import { Drawer } from '../../src/renderer/features/transfers/drawer.tsx';
import { makeClient } from '../../src/renderer/contract/client.ts';
import { DeskProvider } from '../../src/renderer/state/context.tsx';
import { createApp } from '../../src/renderer/state/app.ts';
import type { AppContract } from '../../src/shared/contract/index.ts';
import { fakeBridge } from '../support/fake-bridge.ts';
import { testPage } from '../support/page.ts';

const page = testPage();
test('the details close with what was removed from the list, and stay open for anything else', async () => {
  const bridge = fakeBridge({});
  const totals = {
    rev: 1,
    counts: { all: 1, active: 0, waiting: 0, done: 1, failed: 0 },
    paused: false,
    limit: { isPaused: false, untilMs: null },
  };
  const desk = createApp(
    makeClient<AppContract>(bridge),
    { version: '0', shell: 'desktop', platform: 'linux', mediaSuffix: '' },
    { name: 'downloads', id: 't1' },
  );
  await page.render(
    <DeskProvider desk={desk}>
      <Drawer id="t1" onWish={() => undefined} />
    </DeskProvider>,
  );
  await act(async () =>
    bridge.push('transfers.changed', { rev: 2, totals, more: false, rows: [], removed: ['t2'] }),
  );
  expect(desk.route.getState().current).toEqual({ name: 'downloads', id: 't1' });
  await act(async () =>
    bridge.push('transfers.changed', { rev: 3, totals, more: false, rows: [], removed: ['t1'] }),
  );
  expect(desk.route.getState().current).toEqual({ name: 'downloads', id: null });
});
