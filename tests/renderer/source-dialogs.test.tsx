import { act, cleanup, screen, within } from '@testing-library/react';
import { Button } from 'react-aria-components';
import { beforeEach, expect, test, vi } from 'vitest';
import { SourceDialogs } from '../../src/renderer/features/sources/index.tsx';
import { texts } from '../../src/renderer/i18n/index.ts';
import type { SourceDialogs as Dialogs } from '../../src/renderer/state/source-dialogs.ts';
import type { SourceView } from '../../src/renderer/state/views.ts';
import type { Route } from '../../src/renderer/state/route.ts';
import type { SourceInput } from '../../src/shared/contract/sources.ts';
import { AppError } from '../../src/shared/errors.ts';
import { makeApp, settle, toasts, type TestApp } from '../support/app.tsx';
import { refuse, type Answers } from '../support/fake-bridge.ts';
import { sourceProbe, sourcesView, sourceView } from '../support/views.ts';

const { sources: words } = texts.en;
const ADDRESS = 'https://fjordlys.example/video/feed.xml';
const addressOf = (input: SourceInput): string => (input.kind === 'feed' ? input.address : '');
const INPUT = { kind: 'feed', address: ADDRESS };
const terms = { version: 'v1', text: 'Editorial use only.', url: null };
const REST_MS = 600;

beforeEach(() => void vi.useFakeTimers());
const rest = (ms = REST_MS): Promise<void> =>
  act(async () => void (await vi.advanceTimersByTimeAsync(ms)));

type Opened = NonNullable<Dialogs['open']>;
async function open(
  dialog: Opened,
  answers: Answers,
  {
    language = 'en',
    route = { name: 'settings', section: 'sources' },
  }: { language?: 'en' | 'fr'; route?: Route } = {},
) {
  const opened = makeApp(
    { 'sources.get': () => sourcesView(sourceView()), ...answers },
    { language, route },
  );
  await opened.render(
    <>
      <Button onPress={() => opened.app.sourceDialogs.setState({ open: dialog })}>Open</Button>
      <SourceDialogs />
    </>,
  );
  await opened.user.click(screen.getByRole('button', { name: 'Open' }));
  await settle();
  return opened;
}
/** What is pasted comes at once, as typing would take a test long. */
async function enter({ user }: Pick<TestApp, 'user'>, text: string): Promise<void> {
  await user.click(screen.getByRole('textbox'));
  await user.paste(text);
}
const field = (): HTMLInputElement => screen.getByRole('textbox', { name: words.address });
const addButton = (): HTMLButtonElement =>
  within(screen.getByRole('dialog')).getByRole('button', { name: words.add });
/** Why the button can't be pressed, as it is said with it. */
const note = (): string =>
  document.getElementById(addButton().getAttribute('aria-describedby') ?? '')?.textContent ?? '';

test('an address is looked at once the keys rest, and shows what it offers before it is added', async () => {
  const { app, bridge, user } = await open(
    { name: 'add' },
    {
      'sources.probe': () => sourceProbe({ isResumable: true }),
      'sources.add': () => ({ ...sourcesView(sourceView()), rev: 2 }),
    },
  );
  expect(document.activeElement).toBe(field());
  expect([addButton().disabled, note()]).toEqual([true, words.enterAddress]);
  await enter({ user }, ADDRESS);
  await rest(REST_MS - 100);
  expect(bridge.sent('sources.probe')).toEqual([]);
  await rest(100);
  expect(bridge.sent('sources.probe')).toEqual([{ id: null, input: INPUT }]);
  expect(
    screen.getByText('RSS, “Fjordlys weather desk”. 48 items.', {
      selector: 'span[slot] , [slot]',
    }),
  ).toBeTruthy();
  const results = screen.getByRole('region', { name: words.first });
  expect(results.textContent).toContain('1 of 48');
  expect(results.textContent).toContain('24 Nov, Hjelle, Norway · 1080p, 720p · captions');
  expect(results.textContent).toContain('1:04');
  expect(results.querySelector('img')).toBeNull();
  expect(
    Array.from(
      screen.getByRole('list', { name: words.promises }).children,
      ({ textContent }) => textContent,
    ),
  ).toEqual([words.resumes, words.promisedIntegrity.recorded, words.promisedRights.unknown]);
  expect(screen.getByText(words.noTerms)).toBeTruthy();
  expect(screen.queryByRole('checkbox')).toBeNull();
  expect([addButton().disabled, note()]).toEqual([false, words.nothingYet]);
  await user.click(addButton());
  await settle();
  expect(bridge.sent('sources.add')).toEqual([{ input: INPUT, accepted: null }]);
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(toasts(app)).toEqual([words.added('Fjordlys weather desk')]);
});

test('what was on its way for other text is dropped', async () => {
  const answers: Record<string, () => void> = {};
  const { user } = await open(
    { name: 'add' },
    {
      'sources.probe': ({ input }) =>
        new Promise((resolve) => {
          const address = addressOf(input);
          answers[address] = () => resolve(sourceProbe({ name: address }));
        }),
    },
  );
  await user.type(field(), 'one.example');
  await rest();
  expect(note()).toBe(words.looking);
  await user.clear(field());
  await user.type(field(), 'two.example');
  await rest();
  answers['two.example']?.();
  await settle();
  answers['one.example']?.();
  await settle();
  expect(screen.getAllByText(/“two\.example”/u).length).toBeGreaterThan(0);
  expect(screen.queryByText(/“one\.example”/u)).toBeNull();
});

test('half an address is looked at only when asked, by Enter or by leaving the field', async () => {
  const { bridge, user } = await open({ name: 'add' }, { 'sources.probe': refuse('usage') });
  await user.type(field(), 'fjordlys');
  await rest(5000);
  expect(note()).toBe(words.checkAddress);
  expect(bridge.sent('sources.probe')).toEqual([]);
  await user.keyboard('{Enter}');
  await settle();
  expect(bridge.sent('sources.probe')).toHaveLength(1);
  expect(screen.getByRole('alert').textContent).toBe(words.addressFaults.usage);
  expect([addButton().disabled, note()]).toEqual([true, words.correct]);
  await user.clear(field());
  await user.type(field(), 'fjord');
  await user.tab();
  await settle();
  expect(bridge.sent('sources.probe')).toHaveLength(2);
});

test.each([
  'https-required',
  'feed-invalid',
  'origin-refused',
  'offline',
  'not-found',
  'timeout',
] as const)('%s is said under the field, with what to do, in both languages', async (code) => {
  for (const language of ['en', 'fr'] as const) {
    const { user } = await open({ name: 'add' }, { 'sources.probe': refuse(code) }, { language });
    await enter({ user }, ADDRESS);
    await rest();
    const said = texts[language].sources.addressFaults[code];
    expect(screen.getByRole('alert').textContent).toBe(said);
    expect(said).toMatch(/[.:] [A-ZÀ-Ö]/u);
    await user.keyboard('{Escape}');
    document.body.replaceChildren();
  }
});

test.each([
  [{ isAdded: true }, words.alreadyAdded.feed],
  [{ kind: 'nasa' as const, count: 0, articles: 30, items: [] }, words.nothingToShow],
  [{ terms }, words.agreeFirst],
])('%j: it can’t be added, and the button says why', async (more, reason) => {
  const { user } = await open({ name: 'add' }, { 'sources.probe': () => sourceProbe(more) });
  await enter({ user }, ADDRESS);
  await rest();
  expect([addButton().disabled, note()]).toEqual([true, reason]);
});

test.each([
  ['har', words.checkAddress],
  ['https://', words.checkAddress],
  ['http://harbour.example:18080nonsense', words.addressFaults.usage],
  ['harbour example', words.addressFaults.usage],
])('%s is no whole address: the button says why', async (typed, reason) => {
  const { user } = await open({ name: 'add' }, { 'sources.probe': refuse('usage') });
  await enter({ user }, typed);
  expect([addButton().disabled, note()]).toEqual([true, reason]);
});

test('a feed that has nothing yet says so, shows its terms and can be added', async () => {
  const { bridge, user } = await open(
    { name: 'add' },
    {
      'sources.probe': () => sourceProbe({ count: 0, articles: 0, items: [], terms }),
      'sources.add': () => ({ ...sourcesView(sourceView()), rev: 2 }),
    },
  );
  await enter({ user }, ADDRESS);
  await rest();
  expect(screen.getByText(words.emptyFeed)).toBeTruthy();
  expect(note()).toBe(words.agreeFirst);
  await user.click(screen.getByRole('checkbox'));
  expect(addButton().disabled).toBe(false);
  await user.click(addButton());
  await settle();
  expect(bridge.sent('sources.add')).toHaveLength(1);
});

test('of the feeds of a web page one is chosen, and looked at', async () => {
  const site = 'https://fjordlys.example/';
  const feeds = [
    { address: ADDRESS, title: 'Video' },
    { address: 'https://fjordlys.example/comments.xml', title: '' },
  ];
  const { bridge, user } = await open(
    { name: 'add' },
    {
      'sources.probe': ({ input }) =>
        addressOf(input) === site ? refuse('several-feeds', { feeds })() : sourceProbe({}),
    },
  );
  await enter({ user }, site);
  await rest();
  // Nothing is wrong, so nothing is marked as wrong.
  expect([screen.queryByRole('alert'), note()]).toEqual([null, words.chooseFeedFirst]);
  expect(screen.getAllByText(words.severalFeeds).length).toBeGreaterThan(0);
  const choice = within(screen.getByRole('list', { name: words.chooseFeed }));
  // One without a title is called by its address.
  expect(choice.getAllByRole('button').map(({ textContent }) => textContent)).toEqual([
    'Video',
    'https://fjordlys.example/comments.xml',
  ]);
  await user.click(choice.getByRole('button', { name: 'Video' }));
  expect([field().value, document.activeElement]).toEqual([ADDRESS, field()]);
  await rest();
  expect(bridge.sent('sources.probe')).toEqual([
    { id: null, input: { kind: 'feed', address: site } },
    { id: null, input: INPUT },
  ]);
  expect([addButton().disabled, screen.queryByRole('list', { name: words.chooseFeed })]).toEqual([
    false,
    null,
  ]);
});

test('where the feed of a web page was found is said with what it offers', async () => {
  const { user } = await open(
    { name: 'add' },
    { 'sources.probe': () => sourceProbe({ address: ADDRESS }) },
  );
  await enter({ user }, 'fjordlys.example');
  await rest();
  expect(
    screen.getAllByText((_, node) => node?.textContent?.includes(words.foundAt(ADDRESS)) ?? false),
  ).not.toEqual([]);
});

test('a web page without a feed is saved instead: its address goes along', async () => {
  const { bridge, user, app } = await open(
    { name: 'add' },
    {
      'sources.probe': refuse('no-feed'),
      'articles.save-page': () => ({ id: 'pages:1/a' }),
    },
  );
  await enter({ user }, 'https://fjordlys.example/ferry');
  await rest();
  await user.click(screen.getByRole('button', { name: words.savePageInstead }));
  const { articles } = texts.en;
  expect(screen.getByRole('textbox', { name: articles.pageAddress })).toMatchObject({
    value: 'https://fjordlys.example/ferry',
  });
  await user.click(screen.getByRole('button', { name: articles.savePageNow }));
  await settle();
  expect(bridge.sent('articles.save-page')).toEqual([
    { address: 'https://fjordlys.example/ferry' },
  ]);
  expect(app.route.getState().current).toEqual({ name: 'articles', id: 'pages:1/a' });
  expect(app.sourceDialogs.getState().open).toBe(null);
});

test('a page that can’t be saved says why beside the field, in both languages, until it is corrected', async () => {
  for (const language of ['en', 'fr'] as const) {
    const { articles, sources } = texts[language];
    let code: 'origin-refused' | 'not-found' = 'origin-refused';
    const { user } = await open(
      { name: 'save-page', address: '' },
      { 'articles.save-page': () => refuse(code)() },
      { language },
    );
    const save = () => screen.getByRole('button', { name: articles.savePageNow });
    expect(save()).toMatchObject({ disabled: true });
    await enter({ user }, ' https://fjordlys.example/ferry ');
    await user.keyboard('{Enter}');
    await settle();
    expect(screen.getByRole('alert').textContent).toBe(articles.pageFaults['origin-refused']);
    code = 'not-found';
    await user.keyboard('{End}2');
    expect(screen.queryByRole('alert')).toBe(null);
    await user.click(save());
    await settle();
    expect(screen.getByRole('alert').textContent).toBe(sources.addressFaults['not-found']);
    await user.keyboard('{Escape}');
    document.body.replaceChildren();
  }
});

test('a page is pending while it is read; who has closed the dialog stays where he is', async () => {
  const answer = Promise.withResolvers<{ id: string }>();
  const { app, user } = await open(
    { name: 'save-page', address: 'https://fjordlys.example/ferry' },
    { 'articles.save-page': () => answer.promise },
  );
  const { articles } = texts.en;
  await user.click(screen.getByRole('button', { name: new RegExp(articles.savePageNow, 'u') }));
  expect(
    screen.getByRole('button', { name: new RegExp(articles.savePageNow, 'u') }).dataset['pending'],
  ).toBe('true');
  await user.keyboard('{Escape}');
  answer.resolve({ id: 'pages:1/a' });
  await settle();
  expect(app.route.getState().current).toEqual({ name: 'settings', section: 'sources' });
  expect(toasts(app)).toEqual([articles.pageSaved]);
});

test('terms are accepted by their version, and anew when they change meanwhile', async () => {
  let version = 'v1';
  const { bridge, user } = await open(
    { name: 'add' },
    {
      'sources.probe': () => sourceProbe({ terms: { ...terms, version } }),
      'sources.add'({ accepted }) {
        if (accepted !== version) throw new AppError('terms-not-accepted', 'refused by the test');
        return { ...sourcesView(sourceView()), rev: 2 };
      },
    },
  );
  await enter({ user }, ADDRESS);
  await rest();
  expect(screen.getByText(terms.text)).toBeTruthy();
  await user.click(screen.getByRole('checkbox', { name: words.agree }));
  version = 'v2';
  await user.click(addButton());
  await settle();
  expect(screen.getByRole('alert').textContent).toBe(words.addressFaults['terms-not-accepted']);
  await user.click(field());
  await user.keyboard('{Enter}');
  await settle();
  expect([addButton().disabled, note()]).toEqual([true, words.agreeFirst]);
  await user.click(screen.getByRole('checkbox', { name: words.agree }));
  await user.click(addButton());
  await settle();
  expect(bridge.sent('sources.add')).toEqual([
    { input: INPUT, accepted: 'v1' },
    { input: INPUT, accepted: 'v2' },
  ]);
  expect(screen.queryByRole('dialog')).toBeNull();
});

test('by keys: the kind with arrows, Enter adds, Escape closes and gives the focus back', async () => {
  const { app, bridge, user } = await open(
    { name: 'add' },
    {
      'sources.probe': () => sourceProbe(),
      'sources.add': () => ({ ...sourcesView(sourceView()), rev: 2 }),
    },
    { route: { name: 'welcome' } },
  );
  await user.keyboard('{Escape}');
  await settle();
  await rest(100);
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Open' }));
  await user.keyboard('{Enter}');
  await settle();
  expect(document.activeElement).toBe(field());
  await user.tab({ shift: true });
  expect(document.activeElement).toBe(screen.getByRole('radio', { name: /^Feed/u }));
  await user.keyboard('{ArrowUp}{ArrowUp}{ArrowUp}');
  expect(screen.getByRole('button', { name: words.setUpService })).toBeTruthy();
  await user.keyboard('{ArrowDown}{ArrowDown}{ArrowDown}');
  await user.tab();
  await user.keyboard(`${ADDRESS}{Enter}`);
  await settle();
  await user.keyboard('{Enter}');
  await settle();
  expect(bridge.sent('sources.add')).toHaveLength(1);
  // From the first start it leads to what has come.
  expect(app.route.getState()).toMatchObject({ current: { name: 'catalogue' }, history: [] });
});

test('“Your service” leads to where a service is set up', async () => {
  const { app, user } = await open({ name: 'add' }, {});
  await user.click(screen.getByRole('radio', { name: /^Your service/u }));
  await user.click(screen.getByRole('button', { name: words.setUpService }));
  await settle();
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(app.route.getState().current).toEqual({ name: 'settings', section: 'network' });
});

const ID = 'feed:0123456789abcdef0123456789abcdef';

test('an address is changed to one that was looked at, not to its own or that of another', async () => {
  const own = 'https://harbour.example/feed.xml';
  const { bridge, user } = await open(
    { name: 'change', id: ID },
    {
      'sources.probe': ({ input }) =>
        sourceProbe({ address: addressOf(input), isAdded: addressOf(input) === own }),
      'sources.change': () => ({ ...sourcesView(sourceView()), rev: 2 }),
    },
  );
  const save = (): HTMLButtonElement => screen.getByRole('button', { name: words.saveChange.feed });
  expect(field().value).toBe(own);
  await rest(5000);
  expect(bridge.sent('sources.probe')).toEqual([]);
  await user.type(field(), '{Enter}');
  await settle();
  expect(screen.getByText(words.sameAddress.feed)).toBeTruthy();
  expect(save().disabled).toBe(true);
  await user.clear(field());
  await enter({ user }, ADDRESS);
  await rest();
  await user.click(save());
  await settle();
  expect(bridge.sent('sources.change')).toEqual([{ id: ID, input: INPUT, accepted: null }]);
  expect(screen.queryByRole('dialog')).toBeNull();
});

test('a name is changed, and none is left empty', async () => {
  const { bridge, user } = await open(
    { name: 'rename', id: ID },
    { 'sources.rename': () => ({ ...sourcesView(sourceView()), rev: 2 }) },
  );
  const name = screen.getByRole('textbox', { name: words.name });
  await user.clear(name);
  expect(screen.getByRole<HTMLButtonElement>('button', { name: words.saveName }).disabled).toBe(
    true,
  );
  await user.type(name, 'Quay{Enter}');
  await settle();
  expect(bridge.sent('sources.rename')).toEqual([{ id: ID, name: 'Quay' }]);
});

test('removing asks once, says that downloads stay, and begins at Cancel', async () => {
  const { app, bridge, user } = await open(
    { name: 'remove', id: ID },
    { 'sources.remove': () => ({ ...sourcesView(), rev: 2 }) },
  );
  const dialog = screen.getByRole('alertdialog', { name: 'Remove Harbour Notes?' });
  expect(dialog.textContent).toContain(words.removeArticles);
  expect(dialog.textContent).toContain(words.removeText('63'));
  expect(document.activeElement?.textContent).toBe('Cancel');
  await user.click(screen.getByRole('button', { name: words.removeNow }));
  await settle();
  expect(bridge.sent('sources.remove')).toEqual([{ id: ID }]);
  expect(toasts(app)).toEqual([words.removed('Harbour Notes')]);
});

test('removing a feed of articles alone says nothing of packages', async () => {
  await open(
    { name: 'remove', id: ID },
    { 'sources.get': () => sourcesView(sourceView({ assets: 0 })) },
  );
  const { textContent } = screen.getByRole('alertdialog');
  expect(textContent).toContain(words.removeArticles);
  expect(textContent).not.toContain(words.removeText('0'));
});

test('new terms are accepted as they are shown', async () => {
  const { bridge, user } = await open(
    { name: 'terms', id: ID },
    {
      'sources.get': () => sourcesView(sourceView({ terms })),
      'sources.accept-terms': () => ({
        ...sourcesView(sourceView({ terms, acceptedAt: 1 })),
        rev: 2,
      }),
    },
  );
  expect(screen.getByText(terms.text)).toBeTruthy();
  await user.click(screen.getByRole('button', { name: words.accept }));
  await settle();
  expect(bridge.sent('sources.accept-terms')).toEqual([{ id: ID, version: 'v1' }]);
  expect(screen.queryByRole('dialog')).toBeNull();
});

const KEY = 'key-0123456789abcdef7f3a';
const KEYED: Partial<SourceView> & { id: string } = {
  id: 'dvids:0123456789abcdef0123456789abcdef',
  kind: 'dvids',
  name: 'DVIDS',
  keyEnding: '7f3a',
  follows: [{ by: 'unit', value: 'Natochannel' }],
};
const nato = { by: 'unit', value: 'Natochannel' };
const follows = (): string[] =>
  screen.queryAllByRole('row').map(({ textContent }) => textContent ?? '');

test('DVIDS: a key, NATO by one press, units by name, a keyword by Enter', async () => {
  const { app, bridge, user } = await open(
    { name: 'add', kind: 'dvids' },
    {
      'sources.find-units': () => [{ name: 'Harbour Patrol Unit', place: 'HPU' }],
      'sources.probe': () => sourceProbe({ kind: 'dvids', format: null, name: 'DVIDS' }),
      'sources.add': () => ({ ...sourcesView(sourceView()), rev: 2 }),
    },
  );
  const key = screen.getByLabelText<HTMLInputElement>(words.key);
  expect([key.type, note()]).toEqual(['password', words.enterKey]);
  await user.click(key);
  await user.paste(KEY);
  expect(note()).toBe(words.followFirst.dvids);
  await user.click(screen.getByRole('button', { name: words.followNato }));
  expect(follows()).toEqual(['Unit Natochannel']);
  expect(screen.queryByRole('button', { name: words.followNato })).toBeNull();
  const more = screen.getByRole('textbox', { name: words.dvidsFollow });
  // The button is gone, and the focus is where the next one is typed.
  expect(document.activeElement).toBe(more);
  await user.type(more, 'harbour');
  await rest(400);
  expect(screen.getByText(words.suggested(2)).getAttribute('role')).toBe('status');
  expect(bridge.sent('sources.find-units')).toEqual([{ id: null, key: KEY, text: 'harbour' }]);
  await user.click(screen.getByRole('button', { name: 'Unit “Harbour Patrol Unit”' }));
  await user.type(more, 'ferry{Enter}');
  expect(follows()).toEqual(['Unit Natochannel', 'Unit Harbour Patrol Unit', 'Keyword ferry']);
  expect((more as HTMLInputElement).value).toBe('');
  await rest();
  const input = {
    kind: 'dvids',
    key: KEY,
    follows: [
      nato,
      { by: 'unit', value: 'Harbour Patrol Unit' },
      { by: 'keyword', value: 'ferry' },
    ],
  };
  expect(bridge.sent('sources.probe').at(-1)).toEqual({ id: null, input });
  expect(screen.getByText('DVIDS. 48 items.', { selector: '[slot]' })).toBeTruthy();
  await user.click(addButton());
  await settle();
  expect(bridge.sent('sources.add')).toEqual([{ input, accepted: null }]);
  expect(toasts(app)).toEqual([words.added('DVIDS')]);
});

test.each([
  'key-refused',
  'origin-refused',
  'source-blocked',
  'captive-portal',
  'origin-error',
  'offline',
] as const)('DVIDS: %s is told apart, in both languages', async (code) => {
  for (const language of ['en', 'fr'] as const) {
    const { user } = await open(
      { name: 'add', kind: 'dvids' },
      { 'sources.probe': refuse(code) },
      { language },
    );
    const said = texts[language].sources;
    await user.click(screen.getByLabelText(said.key));
    await user.paste(KEY);
    await user.click(screen.getByRole('button', { name: said.followNato }));
    await rest();
    expect(screen.getByRole('alert').textContent).toBe(said.dvidsFaults[code]);
    cleanup();
  }
});

test('a key is replaced and a selection changed, each without the other', async () => {
  const { bridge, user } = await open(
    { name: 'change', id: KEYED.id },
    {
      'sources.get': () => sourcesView(sourceView(KEYED)),
      'sources.probe': () => sourceProbe({ kind: 'dvids', format: null, name: 'DVIDS' }),
      'sources.change': () => ({ ...sourcesView(sourceView(KEYED)), rev: 2 }),
    },
  );
  const save = (): HTMLButtonElement =>
    screen.getByRole('button', { name: words.saveChange.dvids });
  expect(screen.getByText(words.keyKept('7f3a'))).toBeTruthy();
  expect(document.activeElement).toBe(screen.getByLabelText(words.key));
  await rest(5000);
  expect(bridge.sent('sources.probe')).toEqual([]);
  expect(save().disabled).toBe(true);
  await user.type(screen.getByRole('textbox', { name: words.dvidsFollow }), 'ferry{Enter}');
  await rest();
  await user.click(save());
  await settle();
  expect(bridge.sent('sources.change')).toEqual([
    {
      id: KEYED.id,
      input: { kind: 'dvids', key: null, follows: [nato, { by: 'keyword', value: 'ferry' }] },
      accepted: null,
    },
  ]);
  expect(screen.queryByRole('dialog')).toBeNull();
});

test('NASA: searches and collections, removed by keys too', async () => {
  const { bridge, user } = await open(
    { name: 'add', kind: 'nasa' },
    { 'sources.probe': () => sourceProbe({ kind: 'nasa', format: null, name: 'NASA' }) },
  );
  const field = screen.getByRole('textbox', { name: words.nasaFollow });
  await user.type(field, 'pad walk{Enter}');
  await user.type(field, 'Harbour_Tests');
  await user.click(screen.getByRole('button', { name: 'Collection “Harbour_Tests”' }));
  expect(follows()).toEqual(['Search pad walk', 'Collection Harbour_Tests']);
  await user.click(screen.getByRole('row', { name: /pad walk/u }));
  await user.keyboard('{Delete}');
  expect(follows()).toEqual(['Collection Harbour_Tests']);
  await rest();
  expect(bridge.sent('sources.probe').at(-1)).toEqual({
    id: null,
    input: { kind: 'nasa', follows: [{ by: 'collection', value: 'Harbour_Tests' }] },
  });
  await user.click(screen.getByRole('row', { name: /Harbour_Tests/u }));
  await user.keyboard('{Delete}');
  expect(follows()).toEqual([]);
  expect(document.activeElement).toBe(field);
  expect(note()).toBe(words.followFirst.nasa);
});

test('a folder is chosen in the system’s dialog, or typed whole', async () => {
  const { bridge, user } = await open(
    { name: 'add', kind: 'folder' },
    {
      'app.choose-folder': () => '/media/deliveries',
      'sources.probe': refuse('destination-missing'),
    },
  );
  await user.click(screen.getByRole('button', { name: words.chooseFolder }));
  await settle();
  const field = screen.getByRole<HTMLInputElement>('textbox', { name: words.folder });
  expect(field.value).toBe('/media/deliveries');
  await rest();
  expect(bridge.sent('sources.probe')).toEqual([
    { id: null, input: { kind: 'folder', path: '/media/deliveries' } },
  ]);
  expect(screen.getByRole('alert').textContent).toBe(words.folderFaults['destination-missing']);
});
