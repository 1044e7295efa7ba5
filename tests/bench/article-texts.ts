/** Generated articles for the benchmark: the same at every run. */

export const FEEDS = 20;
export const ARTICLES_EACH = 500;
const NEWEST = Date.UTC(2026, 10, 25);
const PARAGRAPHS = 6;
const WORDS_EACH = 78;

const COMMON =
  'the of and to in a is that for it as was with be by on not he this are or his from at which but have an had they you were their one all we can her has there been if more when will would who so no out up into than them then some could time these two may first any now such like our over even most after also made well must through back years where much your down should because long each just those how too'.split(
    ' ',
  );
const STEMS =
  'harbour glacier library river bridge night rain lighthouse otter snow quay ferry market orchard valley meadow winter garden station island village forest mountain copper timber bread paper music lantern window kettle bicycle railway museum theatre school council engine weather fishing'.split(
    ' ',
  );
const SYLLABLES = 'ba ke lo mi nu ra se ti vo wa dren fel gar hul jas lin mor pel ris tun'.split(
  ' ',
);
const RARE_WORDS = 4000;
/** One word in so many can be typed below: some are in half of the articles, some in a twentieth. */
const EVERY = 90;
/** Invented ones, among which the others are. */
const RARE = Array.from({ length: RARE_WORDS }, (_, n) => {
  if (n % EVERY === EVERY - 1) return STEMS[Math.floor(n / EVERY)] ?? 'harbourside';
  const of = (at: number): string => SYLLABLES[Math.floor(n / SYLLABLES.length ** at) % 20] ?? '';
  return `${of(0)}${of(1)}${of(2)}`;
});

/** What somebody types into the search field, whole. */
export const TYPED = STEMS.slice(0, 12);

/** Numbers from 0 to 1 that follow from a seed (mulberry32). */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Half of all words are common ones, and of both kinds the first are the most frequent. */
function wordFrom(next: () => number): string {
  const list = next() < 0.5 ? COMMON : RARE;
  return list[Math.floor(next() ** 2 * list.length)] ?? '';
}
const sentence = (next: () => number, words: number): string =>
  Array.from({ length: words }, () => wordFrom(next)).join(' ');

export type GeneratedArticle = {
  id: string;
  title: string;
  /** ISO 8601. */
  at: string;
  topic: string;
  html: string;
};

/** @param base address of the server that has its picture */
export function generatedArticle(feed: number, n: number, base: string): GeneratedArticle {
  const number = feed * ARTICLES_EACH + n;
  const next = numbersFrom(number + 1);
  const title = sentence(next, 8);
  const paragraphs = Array.from(
    { length: PARAGRAPHS },
    () => `<p>${sentence(next, WORDS_EACH)}.</p>`,
  );
  const picture = `<figure><img src="${base}/picture/${number}.png" alt="${sentence(next, 4)}" width="1200" height="800"><figcaption>${sentence(next, 9)}.</figcaption></figure>`;
  return {
    id: `https://paper-${feed}.example/${n}`,
    title,
    at: new Date(NEWEST - (n * FEEDS + feed) * 60_000).toISOString(),
    topic: STEMS[number % STEMS.length] ?? '',
    html: [paragraphs[0], picture, ...paragraphs.slice(1)].join(''),
  };
}
