import { act } from 'react';
import { beforeEach, expect, test, vi } from 'vitest';
import { ExternalDialog } from '../../src/renderer/app/dialogs.tsx';
import { Tools } from '../../src/renderer/features/articles/reader.tsx';
import { makeClient } from '../../src/renderer/contract/client.ts';
import { DeskProvider } from '../../src/renderer/state/context.tsx';
import { createApp } from '../../src/renderer/state/app.ts';
import type { ArticleView } from '../../src/renderer/state/views.ts';
import { openExternal } from '../../src/renderer/state/open-external.ts';
import type { AppContract } from '../../src/shared/contract/index.ts';
import { fakeBridge, type FakeBridge } from '../support/fake-bridge.ts';
import { testPage } from '../support/page.ts';

const page = testPage();
let bridge: FakeBridge;
const opened = vi.fn();
let stored: (() => void)[] = [];

async function show(canonicalUrl: string, shell: 'desktop' | 'station') {
  bridge = fakeBridge({
    'settings.get': () => ({ rev: 1, language: 'en' }),
    'app.open-external': () => undefined,
    'articles.store': () => new Promise<void>((resolve) => stored.push(resolve)),
  });
  const desk = createApp(
    makeClient<AppContract>(bridge),
    { version: '0', shell, platform: 'linux', mediaSuffix: '' },
    { name: 'news', id: null },
  );
  const article = { id: 'a', stored: false, read: true, canonicalUrl } as ArticleView;
  await page.render(
    <DeskProvider desk={desk}>
      <Tools article={article} />
      <ExternalDialog />
    </DeskProvider>,
  );
  return desk;
}
const button = (words: string) =>
  [...document.querySelectorAll('button')].find(
    (element) => (element.getAttribute('aria-label') ?? element.textContent) === words,
  );
const press = (words: string): Promise<void> => act(async () => button(words)?.click());
const sent = () =>
  bridge.calls.filter(({ name }) => name === 'articles.store').map(({ input }) => input);
const asked = () =>
  bridge.calls.filter(({ name }) => name === 'app.open-external').map(({ input }) => input);

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
    const desk = await show(url, shell);
    expect(button('Open on the web')).toBeUndefined();
    await act(() => openExternal(desk, url));
    expect(desk.toasts.getState().items.map(({ text }) => text)).toEqual([
      expect.stringContaining('wasn’t opened'),
    ]);
    expect([asked(), opened.mock.calls]).toEqual([[], []]);
  }
});

test('on the station the host is shown first, and nothing is opened until somebody has said yes', async () => {
  await show('https://news.example/a?b', 'station');
  await press('Open on the web');
  expect(document.querySelector('[role="dialog"]')?.textContent).toContain('news.example');
  expect(opened).not.toHaveBeenCalled();
  await press('Cancel');
  expect(opened).not.toHaveBeenCalled();
  await press('Open on the web');
  await press('Open');
  expect(opened).toHaveBeenCalledExactlyOnceWith(
    'https://news.example/a?b',
    '_blank',
    'noopener,noreferrer',
  );
  expect(asked()).toEqual([]);
});

test('an article is stored or let go as was wished last, also while the wish before is under way', async () => {
  await show('', 'desktop');
  await press('Save for offline reading');
  await press('Remove offline copy');
  expect(sent()).toEqual([{ id: 'a', stored: true }]);
  await act(async () => stored.shift()?.());
  expect(sent()).toEqual([
    { id: 'a', stored: true },
    { id: 'a', stored: false },
  ]);
  await act(async () => stored.shift()?.());
  expect(button('Save for offline reading')).toBeDefined();
});

test('in a window main is asked, which shows the host', async () => {
  await show('https://news.example/a', 'desktop');
  await press('Open on the web');
  expect(asked()).toEqual([{ url: 'https://news.example/a' }]);
  expect(opened).not.toHaveBeenCalled();
});
