import { act, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { Drawer } from '../../src/renderer/features/transfers/drawer.tsx';
import { makeApp } from '../support/app.tsx';
import { transferRow, transferTotals } from '../support/views.ts';

test('the details close with what was removed from the list, and stay open for anything else', async () => {
  const { app, bridge, render } = makeApp({}, { route: { name: 'transfers', id: 't1' } });
  await render(<Drawer id="t1" onOptions={() => undefined} />);
  const remove = (rev: number, id: string) =>
    act(async () =>
      bridge.push('transfers.changed', {
        totals: transferTotals({ rev }),
        more: false,
        rows: [],
        removed: [id],
      }),
    );
  await remove(2, 't2');
  expect(app.route.getState().current).toEqual({ name: 'transfers', id: 't1' });
  await remove(3, 't1');
  expect(app.route.getState().current).toEqual({ name: 'transfers', id: null });
});

test('of a package that nobody signs the details say how it is known, and nothing is called verified', async () => {
  const file = {
    given: null,
    bytes: 5,
    receivedBytes: 5,
    state: 'done' as const,
    sha256: 'a'.repeat(64),
    error: null,
  };
  const { render } = makeApp(
    {
      'transfers.detail': () => ({
        ...transferRow({
          id: 't1',
          recorded: {
            atMs: Date.UTC(2026, 11, 1),
            hash: null,
            isOwn: true,
            manifest: 'b'.repeat(64),
          },
        }),
        folder: '/to/Low cloud',
        source: 'feed:0a1b2c3d4e5f/1/2',
        service: 'feed:0a1b2c3d4e5f',
        resumes: 0,
        refetchedBytes: 0,
        files: [
          { ...file, path: 'a.mp4', verified: false },
          { ...file, path: 'rights.txt', verified: true },
        ],
        pieces: null,
      }),
    },
    { route: { name: 'transfers', id: 't1' }, language: 'fr' },
  );
  const drawer = await render(<Drawer id="t1" onOptions={() => undefined} />);
  expect(
    await screen.findByText(
      'Consigné par cet ordinateur le 1er déc. 2026. L’éditeur ne donne pas d’empreinte.',
    ),
  ).toBeTruthy();
  expect(drawer.textContent).not.toMatch(/vérifié/u);
});
