import { act, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Sources } from '../../src/renderer/features/settings/sources.tsx';
import { texts } from '../../src/renderer/i18n/index.ts';
import type { SourceView } from '../../src/renderer/state/views.ts';
import { makeApp, settle, toasts } from '../support/app.tsx';
import type { Answers } from '../support/fake-bridge.ts';
import { accountView, settingsView, sourcesView, sourceView } from '../support/views.ts';

const NOW = new Date('2026-11-24T16:50:00');
beforeEach(() => void vi.useFakeTimers({ now: NOW, shouldAdvanceTime: true }));
afterEach(() => void vi.useRealTimers());

const at = (time: string): number => Date.parse(`2026-11-24T${time}:00`);
const service = sourceView({
  id: 'https://media.example',
  kind: 'service',
  name: 'media.example',
  address: 'https://media.example',
  nextAt: null,
  assets: 4218,
  integrity: 'signed',
});
const fault = {
  code: 'feed-invalid',
  message: 'This isn’t a feed',
  since: at('14:10'),
} as const;
const terms = { version: 'v1', text: 'Editorial use only.', url: null };

async function open(sources: SourceView[], more: Answers = {}, language: 'en' | 'fr' = 'en') {
  const opened = makeApp(
    { 'sources.get': () => sourcesView(...sources), ...more },
    { language, route: { name: 'settings', section: 'sources' } },
  );
  return { ...opened, page: await opened.render(<Sources />) };
}
/** What a row says, without its buttons. */
const saidOf = (name: string): string[] => {
  const row = screen.getByRole('heading', { name: new RegExp(`^${name}`, 'u') }).closest('li');
  return Array.from(row?.querySelectorAll('h3, p') ?? [], ({ textContent }) => textContent);
};

test('each row says what it is, how it is and what it vouches for', async () => {
  await open(
    [
      service,
      sourceView({ name: 'Fine' }),
      sourceView({ id: 'feed:b', name: 'Broken', fault, nextAt: at('17:10') }),
      sourceView({ id: 'feed:c', name: 'Resting', isPaused: true, nextAt: null }),
      sourceView({ id: 'feed:d', name: 'Looking', isChecking: true }),
      sourceView({ id: 'feed:e', name: 'Strict', terms, integrity: 'published' }),
      sourceView({ id: 'feed:f', name: 'New', syncedAt: null, nextAt: null, assets: 0 }),
      sourceView({ id: 'feed:g', name: 'Words', assets: 0 }),
      sourceView({ id: 'feed:h', name: 'Silent', assets: 0, isPaused: true, nextAt: null }),
    ],
    {
      'account.get': () => accountView(),
      'library.get': () => ({
        rev: 1,
        assets: 1,
        articles: 1240,
        syncing: false,
        syncedAt: null,
        storedBytes: 0,
      }),
    },
  );
  expect(saidOf('media.example')).toEqual([
    'media.exampleYour organisation’s service',
    'Up to date, checked 16:44',
    '4,218 packages, 1,240 articles. Signed file lists. Signed in as desk@channel.example',
  ]);
  expect(saidOf('Fine')).toEqual([
    'FineFeed',
    'Up to date, checked 16:44, next 17:00',
    '63 packages. No checksums: recorded here at the first download',
  ]);
  expect(saidOf('Broken').slice(1)).toEqual([
    'Fault: there’s no readable feed at the address',
    '63 packages stay searchable. Since 14:10. Next try 17:10',
  ]);
  expect(saidOf('Resting').slice(1)).toEqual([
    'Paused',
    '63 packages stay searchable. Checked 16:44',
  ]);
  expect(saidOf('Looking')[1]).toBe('Checking…');
  expect(saidOf('Strict').slice(1)).toEqual([
    'New terms of use: accept them to download',
    '63 packages. Checksums by the publisher',
  ]);
  expect(saidOf('New')[1]).toBe('Not checked yet');
  // A feed of articles alone has no packages to speak of.
  expect(saidOf('Words')[2]).toBe('Articles, no footage');
  expect(saidOf('Silent')[2]).toBe('Its articles stay. Checked 16:44');
});

test('a fault without a text of its own has that of its code, in the language of the interface', async () => {
  await open([sourceView({ fault: { ...fault, code: 'disk-full' }, nextAt: null })], {}, 'fr');
  expect(saidOf('Harbour Notes').slice(1)).toEqual([
    texts.fr.sources.fault(texts.fr.errors['disk-full']),
    '63 sujets restent consultables. Début : 14:10. Pas de nouvelle tentative automatique',
  ]);
});

test.each([
  [
    {},
    'Check now: Harbour Notes',
    'sources.check',
    { id: 'feed:0123456789abcdef0123456789abcdef' },
  ],
  [
    { isPaused: true },
    'Resume: Harbour Notes',
    'sources.pause',
    { id: 'feed:0123456789abcdef0123456789abcdef', isPaused: false },
  ],
  [
    { fault: { ...fault, code: 'service-unreachable' } },
    'Check now: Harbour Notes',
    'sources.check',
    { id: 'feed:0123456789abcdef0123456789abcdef' },
  ],
] as const)('%j: its button does what helps', async (more, name, command, input) => {
  const { bridge, user } = await open([sourceView(more)]);
  await user.click(screen.getByRole('button', { name }));
  expect(bridge.sent(command)).toEqual([input]);
});

test.each([
  [{ fault }, 'Change address…: Harbour Notes', 'change'],
  [{ fault: { ...fault, code: 'source-blocked' } }, 'Change address…: Harbour Notes', 'change'],
  [{ terms }, 'Accept terms of use…: Harbour Notes', 'terms'],
] as const)('%j: its button opens the dialog that helps', async (more, name, dialog) => {
  const { app, user } = await open([sourceView(more)]);
  await user.click(screen.getByRole('button', { name }));
  expect(app.sourceDialogs.getState().open).toEqual({
    name: dialog,
    id: 'feed:0123456789abcdef0123456789abcdef',
  });
});

test('the menu has the rest, and for a service only what it can do', async () => {
  const { app, bridge, user } = await open([service, sourceView()]);
  const entries = async (name: string): Promise<string[]> => {
    await user.click(screen.getByRole('button', { name: `Actions for ${name}` }));
    return screen.getAllByRole('menuitem').map(({ textContent }) => textContent);
  };
  expect(await entries('media.example')).toEqual(['Check now', 'Change service…', 'Copy address']);
  await user.click(screen.getByRole('menuitem', { name: 'Change service…' }));
  expect(app.route.getState().current).toEqual({ name: 'settings', section: 'network' });
  expect(await entries('Harbour Notes')).toEqual([
    'Check now',
    'Pause',
    'Rename…',
    'Change address…',
    'Copy address',
    'Remove…',
  ]);
  await user.click(screen.getByRole('menuitem', { name: 'Pause' }));
  expect(bridge.sent('sources.pause')).toEqual([
    { id: 'feed:0123456789abcdef0123456789abcdef', isPaused: true },
  ]);
});

test('one that is paused is resumed by a press, though the pause is still under way', async () => {
  const paused = Promise.withResolvers<void>();
  const { bridge, user } = await open([sourceView()], {
    'sources.pause': async ({ isPaused }) => {
      if (isPaused) await paused.promise;
      return { ...sourcesView(sourceView({ isPaused })), rev: isPaused ? 2 : 3 };
    },
  });
  await user.click(screen.getByRole('button', { name: 'Actions for Harbour Notes' }));
  await user.click(screen.getByRole('menuitem', { name: 'Pause' }));
  // Main tells of it before the check that it ends has ended.
  act(() =>
    bridge.push('sources.changed', { ...sourcesView(sourceView({ isPaused: true })), rev: 2 }),
  );
  await user.click(screen.getByRole('button', { name: 'Resume: Harbour Notes' }));
  paused.resolve();
  await settle();
  expect(bridge.sent('sources.pause')).toMatchObject([{ isPaused: true }, { isPaused: false }]);
  expect(saidOf('Harbour Notes').join(' ')).not.toContain('Paused');
});

test('the demo is left with one press', async () => {
  const demo = { ...service, id: 'demo', kind: 'demo', address: 'http://127.0.0.1:1' } as const;
  const { app, bridge, user } = await open([demo], {
    'settings.use-service': () => settingsView({ rev: 2, serviceUrl: null }),
  });
  expect(saidOf('Demo')[0]).toBe('DemoBuilt into the app');
  await user.click(screen.getByRole('button', { name: 'Leave demo: Demo' }));
  await settle();
  expect(bridge.sent('settings.use-service')).toEqual([{ none: true }]);
  expect(toasts(app)).toEqual([texts.en.sources.demoLeft]);
});

test('the pause between checks is chosen of four', async () => {
  const { bridge, user } = await open([]);
  expect(screen.getByText(texts.en.sources.emptyText)).toBeTruthy();
  await user.click(screen.getByRole('button', { name: /Every hour/u }));
  const options = within(screen.getByRole('listbox')).getAllByRole('option');
  expect(options.map(({ textContent }) => textContent)).toEqual([
    'Every 15 minutes',
    'Every 30 minutes',
    'Every hour',
    'Every 4 hours',
  ]);
  await user.click(options[3] as HTMLElement);
  expect(bridge.sent('settings.set')).toEqual([{ sourceMinutes: 240 }]);
});

test.each([
  ['sources', ['Fjord', 'Quay'], true],
  ['quay', ['Quay'], false],
  ['longer pauses', [], true],
  ['tray', [], false],
] as const)(
  'a search in settings for “%s” shows what it names',
  async (text, names, hasInterval) => {
    const { app } = await open([
      sourceView({ name: 'Fjord' }),
      sourceView({ id: 'feed:b', name: 'Quay' }),
    ]);
    act(() => app.search.getState().type('settings', text));
    expect(
      screen
        .queryAllByRole('heading', { level: 3 })
        .map((heading) => heading.firstChild?.textContent),
    ).toEqual(names);
    expect(screen.queryByText(texts.en.sources.every) !== null).toBe(hasInterval);
  },
);
