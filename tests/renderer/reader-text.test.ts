import { beforeEach, expect, test } from 'vitest';
import { hyphenatorOf, unhyphenate } from '../../src/renderer/features/articles/hyphenate.ts';
import { linkQuotes, playableBites } from '../../src/renderer/features/articles/quotes.ts';
import { hitsOf, mapText, wordHits } from '../../src/renderer/features/articles/text-map.ts';
import { placeVideos } from '../../src/renderer/features/articles/videos.ts';
import { spanOf } from '../../src/renderer/features/articles/soundbite-player.tsx';
import { assetView } from '../support/views.ts';

const body = (html: string): HTMLElement => {
  document.body.innerHTML = `<article><div class="body">${html}</div></article>`;
  return document.body.querySelector('article') as HTMLElement;
};
const found = (html: string, query: string): string[] =>
  hitsOf(mapText(body(html)), query).map(String);

beforeEach(() => void (document.body.innerHTML = ''));

test.each([
  ['<p>The Water rose.</p>', 'water', ['Water']],
  ['<p>À l’été, l’Eté et l’e\u0301te\u0301.</p>', 'été', ['été', 'Eté', 'e\u0301te\u0301']],
  ['<p>so <em>wa</em><b>ter</b>y</p>', 'water', ['water']],
  ['<p>hy\u00adphen\u00adated</p>', 'hyphenated', ['hy\u00adphen\u00adated']],
  ['<p>an eﬃcient pump</p>', 'efficient', ['eﬃcient']],
  ['<p>two\n   words</p>', 'two words', ['two\n   words']],
  ['<p>12\u202f000 litres</p>', '12 000', ['12\u202f000']],
  ['<p>the warden’s bank</p>', "warden's", ['warden’s']],
  ['<p>one</p><p>two</p>', 'one two', []],
  ['<p>one<br>two</p>', 'one two', ['onetwo']],
  ['<p>aaaa</p>', 'aa', ['aa', 'aa']],
  ['<p>ΟΔΟΣ</p>', 'οδος', ['ΟΔΟΣ']],
  ['<p>x</p>', '  ', []],
  ['<p class="own">water</p><p>water</p>', 'water', ['water']],
])('in %s, %s is found', (html, query, expected) => {
  expect(found(html, query)).toEqual(expected);
});

test('every word of a search is marked, but single letters', () => {
  const map = mapText(body('<p>A lake and a river, the lakes</p>'));
  expect(wordHits(map, 'lake a RIVER').map(String)).toEqual(['lake', 'lake', 'river']);
  expect(wordHits(map, 'lang:en river -lake section:"a lake"').map(String)).toContain('river');
  expect(wordHits(map, 'lang:river -lake').map(String)).toEqual([]);
});

const QUOTE = 'The animals came because the water was quiet at night.';
const asset = assetView({
  id: 'otters',
  hasPreview: true,
  timecodeStart: '10:00:00:00',
  frameRate: '25/1',
  durationMs: 60_000,
  soundbites: [
    {
      speaker: 'Lotte Brandsma',
      role: 'warden',
      language: 'nl',
      in: '10:00:12:00',
      out: '10:00:16:12',
      startMs: 12_000,
      verbatim: 'De dieren kwamen omdat het water stil was.',
      translation: QUOTE,
    },
  ],
});
const label = (speaker: string): string => `Plays ${speaker}`;

test.each([
  [
    `<p>“We had ten years,” she says. “The animals came because the <em>water</em> was quiet at night.” So.</p>`,
    '“The animals came because the water was quiet at night.”',
  ],
  [
    `<p>Elle dit : « The animals came because the water was quiet at night ».</p>`,
    '« The animals came because the water was quiet at night »',
  ],
  [
    `<p>"De dieren kwamen omdat het water stil was"</p>`,
    '"De dieren kwamen omdat het water stil was"',
  ],
  [`<blockquote><p>${QUOTE}</p><p><cite>A warden</cite></p></blockquote>`, QUOTE],
])('%s: the quotation that is a soundbite plays it', (html, text) => {
  const root = body(html);
  const before = root.textContent;
  const bites = linkQuotes(root, playableBites([asset]), label);
  const links = [...root.querySelectorAll('.quotelink')];
  expect(links.map(({ textContent }) => textContent)).toEqual([text]);
  expect(links[0]?.getAttribute('data-bite')).toBe('0');
  expect(links[0]?.getAttribute('role')).toBe('button');
  expect(bites).toHaveLength(1);
  expect(root.textContent).toBe(before);
});

test.each([
  '<p>The animals came because the water was quiet at night.</p>',
  '<p>“The animals came because the water was quiet.”</p>',
  '<p>“Quiet at night.”</p>',
])('%s is no soundbite', (html) => {
  expect(linkQuotes(body(html), playableBites([asset]), label)).toEqual([]);
});

test('two quotations in one paragraph are two links, in their order', () => {
  const root = body(`<p>“${QUOTE}” And then: “De dieren kwamen omdat het water stil was.”</p>`);
  linkQuotes(root, playableBites([asset]), label);
  expect(
    [...root.querySelectorAll('.quotelink')].map((link) => [
      link.getAttribute('data-bite'),
      link.textContent.slice(0, 4),
    ]),
  ).toEqual([
    ['0', '“The'],
    ['1', '“De '],
  ]);
});

test('what has no preview or no time can’t be played', () => {
  expect(playableBites([{ ...asset, hasPreview: false }])).toEqual([]);
  const [bite] = asset.soundbites;
  expect(
    playableBites([{ ...asset, soundbites: bite ? [{ ...bite, startMs: null }] : [] }]),
  ).toEqual([]);
});

test('a soundbite ends at its out point, else with its shot, else with the film', () => {
  const [playable] = playableBites([asset]);
  if (!playable) throw new Error('none');
  expect(spanOf(playable)).toEqual({ startMs: 12_000, endMs: 16_480 });
  const open = { ...playable, bite: { ...playable.bite, out: null } };
  expect(spanOf(open)).toEqual({ startMs: 12_000, endMs: 60_000 });
});

const TEXTS = [
  'Nobody brought them here.',
  'The glacier lake is measured by divers at first light.',
  'Sigrid Almvall reads the rings from a kitchen window.',
];
test.each([
  ['of which a paragraph has two words', 'Glacier lake survey: divers at work', [], 1],
  ['in which somebody speaks who is named', 'Osprey count', ['Sigrid Almvall'], 2],
  ['that nothing speaks of, after the first', 'Tide tables', [], 0],
])('a video %s', (_, headline, speakers, place) => {
  expect(placeVideos(TEXTS, [{ id: 'v', headline, speakers }]).get('v')).toBe(place);
});

test('the second video that nothing speaks of stands at the end, and so does any without a text', () => {
  const videos = ['a', 'b'].map((id) => ({ id, headline: 'Tide tables', speakers: [] }));
  expect([...placeVideos(TEXTS, videos).values()]).toEqual([0, 3]);
  expect([...placeVideos([], videos).values()]).toEqual([0, 0]);
});

test('running text is hyphenated in its language, and back', async () => {
  const html =
    '<p>Eisenbahnverbindung https://beispiel.example/eisenbahnverbindung desk@beispiel.example <code>x</code></p><h2>Eisenbahnverbindung</h2><table><tbody><tr><td>Eisenbahnverbindung</td></tr></tbody></table>';
  const root = body(html);
  const before = root.innerHTML;
  const hyphenate = await hyphenatorOf('de-AT');
  hyphenate?.(root);
  expect(root.querySelector('p')?.textContent).toContain(
    'Ei\u00adsen\u00adbahn\u00adver\u00adbin\u00addung',
  );
  expect(root.textContent).toContain(
    'https://beispiel.example/eisenbahnverbindung desk@beispiel.example',
  );
  expect(root.querySelector('h2')?.textContent).toBe('Eisenbahnverbindung');
  expect(root.querySelector('td')?.textContent).toBe('Eisenbahnverbindung');
  hyphenate?.(root);
  unhyphenate(root);
  expect(root.innerHTML).toBe(before);
});

test('a language without patterns is left as it is', async () => {
  expect(await hyphenatorOf('xx')).toBeNull();
});
