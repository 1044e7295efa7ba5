import { act, cleanup, screen } from '@testing-library/react';
import { beforeEach, expect, test, vi } from 'vitest';
import { ExternalDialog } from '../../src/renderer/app/dialogs.tsx';
import { Tools } from '../../src/renderer/features/articles/reader.tsx';
import { openExternal } from '../../src/renderer/state/open-external.ts';
import { makeApp, toasts } from '../support/app.tsx';
import { articleView } from '../support/views.ts';

const opened = vi.fn();
let stored: (() => void)[] = [];

async function show(canonicalUrl: string, shell: 'desktop' | 'station') {
  const shown = makeApp(
    {
      'app.open-external': () => undefined,
      'articles.store': () => new Promise<void>((resolve) => stored.push(resolve)),
    },
    { route: { name: 'articles', id: null }, shell },
  );
  await shown.render(
    <>
      <Tools article={articleView({ canonicalUrl })} />
      <ExternalDialog />
    </>,
  );
  return shown;
}
const button = (name: string) => screen.getByRole('button', { name });

beforeEach(() => {
  vi.stubGlobal('open', opened);
  opened.mockClear();
  stored = [];
});

test.each([
  'javascript:alert(1)',
  '//e.example/a',
  'https://127.0.0.1:8080/',
  'https://localhost/',
  'https://user:word@e.example/',
  'http://e.example/',
])('an article at %s cannot be opened on the web, in a window and on the station', async (url) => {
  for (const shell of ['desktop', 'station'] as const) {
    const { app, bridge } = await show(url, shell);
    expect(screen.queryByRole('button', { name: /^Open on the web/ })).toBeNull();
    await act(() => openExternal(app, url));
    expect(toasts(app)).toEqual([expect.stringContaining('wasn’t opened')]);
    expect([bridge.sent('app.open-external'), opened.mock.calls]).toEqual([[], []]);
    cleanup();
  }
});

test('on the station the host is shown first, and nothing is opened until somebody has said yes', async () => {
  const { bridge, user } = await show('https://news.example/a?b', 'station');
  await user.click(button('Open on the web: news.example'));
  expect((await screen.findByRole('dialog')).textContent).toContain('news.example');
  expect(opened).not.toHaveBeenCalled();
  await user.click(button('Cancel'));
  expect(opened).not.toHaveBeenCalled();
  await user.click(await screen.findByRole('button', { name: /^Open on the web/ }));
  await user.click(await screen.findByRole('button', { name: 'Open' }));
  expect(opened).toHaveBeenCalledExactlyOnceWith(
    'https://news.example/a?b',
    '_blank',
    'noopener,noreferrer',
  );
  expect(bridge.sent('app.open-external')).toEqual([]);
});

test('an article is stored or let go as was wished last, also while the wish before is under way', async () => {
  const { bridge, user } = await show('', 'desktop');
  const sent = () => bridge.sent('articles.store');
  await user.click(button('Save for offline reading'));
  await user.click(await screen.findByRole('button', { name: 'Remove offline copy' }));
  expect(sent()).toEqual([{ ids: ['a'], stored: true }]);
  await act(async () => stored.shift()?.());
  expect(sent()).toEqual([
    { ids: ['a'], stored: true },
    { ids: ['a'], stored: false },
  ]);
  await act(async () => stored.shift()?.());
  expect(button('Save for offline reading')).toBeDefined();
});

test('in a window main is asked, which shows the host', async () => {
  const { bridge, user } = await show('https://news.example/a', 'desktop');
  await user.click(button('Open on the web: news.example'));
  expect(bridge.sent('app.open-external')).toEqual([{ url: 'https://news.example/a' }]);
  expect(opened).not.toHaveBeenCalled();
});
