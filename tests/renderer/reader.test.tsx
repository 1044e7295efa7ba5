import { act, fireEvent, screen } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { Reader } from '../../src/renderer/features/articles/reader.tsx';
import type { ArticleView } from '../../src/renderer/state/views.ts';
import { SAVED_PAGES } from '../../src/shared/model/source.ts';
import { makeApp, settle, toasts } from '../support/app.tsx';
import { articleMedium } from '../support/articles.ts';
import { articleView, assetView, settingsView, sourcesView, sourceView } from '../support/views.ts';

const QUOTE = 'The animals came because the water was quiet at night.';
const OTTERS = assetView({
  id: 'otters',
  hasPreview: true,
  headline: 'Otters are back',
  durationMs: 8000,
  soundbites: [
    {
      speaker: 'Lotte Brandsma',
      role: 'river warden',
      language: 'nl',
      in: null,
      out: null,
      startMs: 4000,
      verbatim: 'Stil water.',
      translation: QUOTE,
    },
  ],
});
const RELATED = {
  id: 'otters',
  headline: 'Otters are back',
  durationMs: 8000,
  badges: [],
  embargoUntil: null,
};

const PARAGRAPH =
  'The gauge stood on the bank for a year, and nobody read it but the wind. '.repeat(4);
const CORRECTION = {
  before: {
    updatedAt: Date.parse('2026-11-23T08:00:00Z'),
    headline: 'Forty gauges',
    summary: '',
    text: `It was 1996 then.\n\n${PARAGRAPH}\n\n${PARAGRAPH}\n\nGone.`,
  },
  now: {
    updatedAt: Date.parse('2026-11-24T08:00:00Z'),
    headline: 'Forty gauges',
    summary: 'New <img src=x onerror=alert(1)>',
    text: `It was 2006 then.\n\n${PARAGRAPH}\n\n${PARAGRAPH}`,
  },
};

/** Lets the page settle until it shows something. */
async function eventually<T>(look: () => T | null | undefined): Promise<T> {
  for (let turns = 0; turns < 200; turns++) {
    const found = look();
    if (found) return found;
    await settle();
  }
  throw new Error('it is not shown');
}

/** jsdom reads no `srcdoc`: the frame's document is an empty one, and the rest is as it is. */
async function show(
  more: Partial<ArticleView>,
  language: 'en' | 'fr' = 'en',
  sources = sourcesView(),
) {
  const article = articleView({ id: 'a', ...more });
  const shown = makeApp(
    {
      'articles.get': () => article,
      'articles.mark': () => undefined,
      'catalogue.asset': () => OTTERS,
      'app.open-external': () => undefined,
      'articles.take-page': () => undefined,
      'articles.correction': () => CORRECTION,
      'settings.get': () => settingsView({ language }),
      'sources.get': () => sources,
    },
    { route: { name: 'articles', id: 'a' }, language },
  );
  const page = await shown.render(<Reader isChosen id="a" />);
  const frame = page.querySelector('iframe') as HTMLIFrameElement;
  // jsdom tells of it while React still builds the page.
  fireEvent.load(frame);
  await eventually(() => frame.contentDocument?.querySelector('article'));
  const inside = frame.contentDocument as Document;
  const { Range: FrameRange } = inside.defaultView as Window & typeof globalThis;
  // jsdom lays nothing out.
  Object.assign(FrameRange.prototype, {
    getBoundingClientRect: () => inside.body.getBoundingClientRect(),
  });
  return { ...shown, page, frame, inside };
}
const press = (target: Element, key: string): boolean => {
  const view = target.ownerDocument.defaultView as Window & typeof globalThis;
  return target.dispatchEvent(
    new view.KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }),
  );
};
const click = (element: Element): Promise<void> =>
  act(async () => {
    (element as HTMLElement).click();
  });

test('no text of an article is markup in the page', async () => {
  const hostile = '<img src=x onerror="alert(1)"><b>x</b>';
  const { page, inside, frame } = await show({
    headline: hostile,
    summary: hostile,
    byline: [hostile],
    dateline: hostile,
    correctionNote: hostile,
    copyrightNotice: hostile,
    section: hostile,
    bodyHtml: '<p>Read me</p>',
    relatedAssets: [{ ...RELATED, headline: hostile }],
  });
  expect(frame.getAttribute('sandbox')).toBe('allow-same-origin');
  expect(frame.title).toBe('Article');
  expect(page.querySelector('[onerror], b')).toBeNull();
  expect(page.textContent).not.toContain('Read me');
  expect(inside.querySelector('[onerror]')).toBeNull();
  expect(inside.querySelector('h1')?.textContent).toBe(hostile);
});

test('the document has the language and direction of the article, the interface its own', async () => {
  const { inside } = await show(
    { language: 'ar', dir: 'rtl', bodyHtml: '<p>نص</p>', byline: ['A'] },
    'fr',
  );
  expect([inside.documentElement.lang, inside.documentElement.dir]).toEqual(['ar', 'rtl']);
  expect(inside.querySelector('.by')?.getAttribute('lang')).toBe('fr');
});

/** What stands between the headline and the text. */
const facts = ({ inside }: { inside: Document }) =>
  Array.from(inside.querySelectorAll('.by > *'), ({ textContent }) => textContent);

test('where an article is from stands above it, unless all are from there', async () => {
  const id = 'feed:0a1b2c3d4e5f60718293a4b5c6d7e8f9';
  const feed = sourceView({ id, kind: 'feed', name: 'Harbour <i>Notes' });
  const service = sourceView({ id: 'demo', kind: 'service', name: 'Auren' });
  const article = { source: id, byline: ['Maren Tolveg'], dateline: 'QUAY' };
  const beside = await show(article, 'en', sourcesView(service, feed));
  await eventually(() => facts(beside).includes('Harbour <i>Notes') || null);
  expect(facts(beside).slice(0, 3)).toEqual(['Maren Tolveg', 'Harbour <i>Notes', 'QUAY']);
  const alone = await show(article, 'en', sourcesView(feed));
  expect(facts(alone).slice(0, 2)).toEqual(['Maren Tolveg', 'QUAY']);
});

test('a link is opened outside after its host was shown, and never in the frame', async () => {
  const { bridge, inside, page } = await show({
    bodyHtml: '<p><a href="https://news.example/a">out</a></p>',
  });
  const link = inside.querySelector('.body a') as HTMLAnchorElement;
  await act(async () => link.focus());
  expect(page.textContent).toContain('news.example');
  await act(async () => link.blur());
  expect(page.textContent).not.toContain('news.example');
  await click(link);
  expect(bridge.sent('app.open-external')).toEqual([{ url: 'https://news.example/a' }]);
});

test('keys pressed in the frame reach the page, and what it takes is taken in the frame', async () => {
  const { inside } = await show({ bodyHtml: '<p>x</p>' });
  const heard: string[] = [];
  const listen = (event: KeyboardEvent): void => {
    heard.push(`${event.key} on ${(event.target as Element).tagName}`);
    if (event.key === '/') event.preventDefault();
  };
  document.addEventListener('keydown', listen);
  expect([press(inside.body, 'j'), press(inside.body, '/')]).toEqual([true, false]);
  document.removeEventListener('keydown', listen);
  expect(heard).toEqual(['j on IFRAME', '/ on IFRAME']);
});

test('find opens by its keys wherever the focus is, counts, and closes by Escape', async () => {
  const { user, inside } = await show({ bodyHtml: '<p>Water, water and wáter.</p>' });
  await act(async () => {
    const { KeyboardEvent: Key } = inside.defaultView as Window & typeof globalThis;
    inside.body.dispatchEvent(
      new Key('keydown', { key: 'f', ctrlKey: true, bubbles: true, cancelable: true }),
    );
  });
  const field = screen.getByRole('textbox', { name: 'Find in the article' });
  expect(document.activeElement).toBe(field);
  await user.type(field, 'water');
  expect(screen.getByText('1 of 3')).toBeDefined();
  await user.keyboard('{Enter}');
  expect(screen.getByText('2 of 3')).toBeDefined();
  await user.keyboard('{Shift>}{Enter}{Enter}{/Shift}');
  expect(screen.getByText('3 of 3')).toBeDefined();
  await user.type(field, 'x');
  expect(screen.getByText('No matches')).toBeDefined();
  await user.keyboard('{Escape}');
  expect(screen.queryByRole('textbox', { name: 'Find in the article' })).toBeNull();
});

test('a quotation plays its soundbite from its time; Escape closes the player', async () => {
  const play = vi.spyOn(HTMLMediaElement.prototype, 'play').mockResolvedValue();
  vi.spyOn(HTMLMediaElement.prototype, 'pause').mockReturnValue();
  const { inside, user, page } = await show({
    bodyHtml: `<p>She says: “${QUOTE}” No more.</p>`,
    relatedAssets: [RELATED],
  });
  const quote = await eventually(() => inside.querySelector('.quotelink'));
  await act(async () => void press(quote, 'Enter'));
  const player = screen.getByRole('complementary', { name: 'Soundbite' });
  expect(player.textContent).toContain(QUOTE);
  expect(player.textContent).toContain('Lotte Brandsma, river warden · Dutch');
  expect(page.querySelector('video')?.currentTime).toBe(4);
  expect(play).toHaveBeenCalled();
  expect(quote.getAttribute('aria-expanded')).toBe('true');
  await user.keyboard('{Escape}');
  expect(screen.queryByRole('complementary', { name: 'Soundbite' })).toBeNull();
  expect(quote.getAttribute('aria-expanded')).toBe('false');
});

test('the video and the other language are a press away', async () => {
  const { app, inside } = await show({
    bodyHtml: '<p>One.</p><p>The otters are back.</p>',
    relatedAssets: [RELATED],
    translations: [{ id: 'b', language: 'fr' }],
  });
  const card = inside.querySelector('.video');
  expect(card?.previousElementSibling?.textContent).toBe('One.');
  await click(inside.querySelector('[data-open-article]') as Element);
  expect(app.route.getState().current).toEqual({ name: 'articles', id: 'b' });
  await click(inside.querySelector('[data-open-asset]') as Element);
  expect(app.route.getState().current).toEqual({ name: 'asset', id: 'otters' });
});

test('a picture that can’t be loaded leaves its words, and the film’s still nothing', async () => {
  const { inside } = await show({
    bodyHtml: '<figure><img src="media:m" alt="A gauge"></figure>',
    media: [articleMedium('m')],
    relatedAssets: [RELATED],
  });
  expect(inside.querySelectorAll('img')).toHaveLength(2);
  const { Event: FrameEvent } = inside.defaultView as Window & typeof globalThis;
  for (const image of inside.querySelectorAll('img')) image.dispatchEvent(new FrameEvent('error'));
  expect(inside.querySelector('figure .missing')?.textContent).toBe('A gauge');
  expect(inside.querySelectorAll('img')).toHaveLength(0);
});

test('a picture that another source’s article has isn’t shown, however its id is written', async () => {
  const { inside } = await show({
    bodyHtml:
      '<img src="media:m" alt="A gauge"><img src="media&#58;feed:0a1b2c3d4e5f60718293a4b5c6d7e8f9/1" alt="A quay">',
    media: [articleMedium('m')],
  });
  expect([...inside.querySelectorAll('img')].map(({ alt }) => alt)).toEqual(['A gauge']);
  expect(inside.querySelector('.missing')?.textContent).toBe('A quay');
});

type Said = { text: string; lang: string; end: () => void };
function speaking(voices: readonly Partial<SpeechSynthesisVoice>[]) {
  const said: Said[] = [];
  class Utterance extends EventTarget {
    voice: unknown = null;
    lang = '';
    readonly text: string;
    constructor(text: string) {
      super();
      this.text = text;
    }
  }
  vi.stubGlobal('SpeechSynthesisUtterance', Utterance);
  const synthesis = Object.assign(new EventTarget(), {
    getVoices: () => voices,
    cancel: vi.fn(),
    speak: (utterance: Utterance) =>
      void said.push({
        text: utterance.text,
        lang: utterance.lang,
        end: () => utterance.dispatchEvent(new Event('end')),
      }),
  });
  vi.stubGlobal('speechSynthesis', synthesis);
  return { said, synthesis };
}
const VOICES = [
  { lang: 'fr-FR', localService: true },
  { lang: 'en-US', localService: false, default: true },
  { lang: 'en-GB', localService: true },
];

test('an article is read aloud sentence by sentence, paused, and taken up again', async () => {
  const { said, synthesis } = speaking(VOICES);
  const { inside, user } = await show({
    headline: 'Otters',
    bodyHtml: '<p>One. Two.</p><table><tbody><tr><td>12 cm</td></tr></tbody></table>',
    byline: ['Nel Hartog'],
  });
  await user.click(screen.getByRole('button', { name: 'Read aloud' }));
  await eventually(() => said.length === 1);
  expect(said[0]).toMatchObject({ text: 'Otters', lang: 'en-GB' });
  expect(inside.querySelector('[data-spoken]')?.tagName).toBe('H1');
  await act(async () => said[0]?.end());
  await act(async () => said[1]?.end());
  expect(said.map(({ text }) => text)).toEqual(['Otters', 'One.', 'Two.']);
  expect(inside.querySelector('[data-spoken]')?.textContent).toBe('One. Two.');
  await user.click(screen.getByRole('button', { name: 'Pause reading aloud' }));
  expect(synthesis.cancel).toHaveBeenCalled();
  expect(inside.querySelector('[data-spoken]')).toBeNull();
  // What a pause has cut off still reports its end.
  await act(async () => said[2]?.end());
  expect(said).toHaveLength(3);
  await user.click(screen.getByRole('button', { name: 'Read aloud' }));
  await eventually(() => said.length === 4);
  expect(said[3]?.text).toBe('Two.');
  await act(async () => said[3]?.end());
  await act(async () => said[4]?.end());
  expect(said.map(({ text }) => text).slice(4)).toEqual(['12 cm']);
  expect(screen.getByRole('button', { name: 'Read aloud' })).toBeDefined();
});

test('without a voice of its language an article isn’t read, and it is said why', async () => {
  const { said } = speaking(VOICES);
  const { app, user } = await show({ language: 'fi', bodyHtml: '<p>Yksi.</p>' });
  await user.click(screen.getByRole('button', { name: 'Read aloud' }));
  await eventually(() => toasts(app).length > 0);
  expect(toasts(app)).toEqual([expect.stringContaining('no voice for Finnish')]);
  expect(said).toEqual([]);
});

test('what a correction has changed is shown beside its note, word by word', async () => {
  const { inside, user } = await show({ correctionNote: 'The year was wrong.', isChanged: true });
  const compare = inside.querySelector('.note .compare');
  expect(compare?.textContent).toBe('Show what changed');
  await click(compare as Element);
  const dialog = await screen.findByRole('dialog', { name: 'What changed' });
  await eventually(() => dialog.querySelector('ins'));
  const texts = (selector: string) =>
    [...dialog.querySelectorAll(selector)].map(({ textContent }) => textContent);
  expect(texts('del')).toEqual(['1996', 'Gone.']);
  expect(texts('ins')).toEqual(['New <img src=x onerror=alert(1)>', '2006']);
  expect(texts('h3')).toEqual(['Summary', 'Text']);
  expect(texts('dd')).toEqual([
    expect.stringContaining('23 Nov'),
    expect.stringContaining('24 Nov'),
  ]);
  expect(texts('li')[0]).toMatch(/^\+Added: New/u);
  // What is alike is folded, and nothing of a publisher is an element.
  expect(texts('summary')).toEqual(['2 paragraphs unchanged']);
  expect(dialog.querySelector('details')?.open).toBe(false);
  expect(dialog.querySelector('img, script')).toBeNull();
  await user.keyboard('{Escape}');
  await eventually(() => screen.queryByRole('dialog') === null);
  await eventually(() => inside.activeElement === compare);
});

test('a text that was changed without a note says so quietly', async () => {
  const { inside } = await show({ isChanged: true }, 'fr');
  expect(inside.querySelector('.changed')?.textContent).toBe(
    'Le texte a changé depuis sa première réception.Voir ce qui a changé',
  );
  expect(inside.querySelector('.note')).toBeNull();
});

test('a note alone has nothing to compare', async () => {
  const { inside } = await show({ correctionNote: 'The year was wrong.' });
  expect(inside.querySelector('.note')).not.toBeNull();
  expect(inside.querySelector('.compare')).toBeNull();
});

test('an article of which the beginning alone is here leads to its page', async () => {
  const { bridge, inside } = await show({
    isWhole: false,
    canonicalUrl: 'https://harbour.example/boats',
    bodyHtml: '<p>It begins.</p>',
  });
  const note = inside.querySelector('.body + .rest');
  expect(note?.querySelector('b')?.textContent).toBe('The feed has only the beginning.');
  const link = note?.querySelector('a');
  expect(link?.textContent).toBe('Read on at harbour.example');
  await click(link as Element);
  await eventually(() => bridge.sent('app.open-external').length > 0);
  expect(bridge.sent('app.open-external')).toEqual([{ url: 'https://harbour.example/boats' }]);
  const whole = note?.querySelector('button');
  expect(whole?.textContent).toBe('Get the full text');
  await click(whole as Element);
  expect(bridge.sent('articles.take-page')).toEqual([{ id: 'a' }]);
});

test('an address that can’t be opened is no link to the rest', async () => {
  const { inside } = await show({
    isWhole: false,
    canonicalUrl: 'javascript:alert(1)',
    source: SAVED_PAGES,
  });
  expect(inside.querySelector('.rest')?.textContent).toBe(
    'Only the beginning of the page could be saved.',
  );
});
