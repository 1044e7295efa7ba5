import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { extractPage, type ArticlePage } from '../../../src/main/formats/article-page.ts';
import { decodedPage } from '../../../src/main/formats/decode-text.ts';
import { AppError } from '../../../src/shared/errors.ts';

const FOLDER = new URL('../../fixtures/pages/', import.meta.url);
/** What is expected of a page; what isn't named is as in `usual`. */
const expectation = z.strictObject({
  url: z.url(),
  /** The end of the message, for a page without an article that can be read. */
  error: z.string().optional(),
  headline: z.string().optional(),
  byline: z.array(z.string()).optional(),
  published: z.iso.datetime().nullable().optional(),
  updated: z.iso.datetime().nullable().optional(),
  language: z.string().nullable().optional(),
  dir: z.enum(['ltr', 'rtl']).default('ltr'),
  lead: z.url().nullable().optional(),
  summary: z.string().optional(),
  siteName: z.string().optional(),
  canonical: z.url().optional(),
  correction: z.string().nullable().default(null),
  copyright: z.string().optional(),
  credit: z.string().optional(),
  pictures: z.int().optional(),
  allPictures: z.array(z.url()).optional(),
  isWhole: z.boolean().default(true),
  isPaywalled: z.boolean().default(false),
  first: z.string().optional(),
  last: z.string().optional(),
  has: z.array(z.string()).default([]),
  html: z.array(z.string()).default([]),
  not: z.array(z.string()).default([]),
});
type Expectation = z.infer<typeof expectation>;

const names = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.html'))
  .map((name) => name.slice(0, -'.html'.length));
const read = (name: string) => ({
  html: decodedPage(readFileSync(new URL(`${name}.html`, FOLDER)), null),
  expected: expectation.parse(
    JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')) as unknown,
  ),
});
const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** The facts that are expected, as they are. */
function factsOf(page: ArticlePage, expected: Expectation): Partial<Expectation> {
  const urls = page.pictures.map(({ url }) => url);
  const lead = page.pictures.find(({ mediaId }) => mediaId === page.leadMediaId);
  const { bodyText, bodyHtml } = page;
  const all: Partial<Expectation> = {
    url: expected.url,
    headline: page.headline,
    byline: page.byline,
    published: iso(page.publishedMs),
    updated: iso(page.updatedMs),
    language: page.language,
    dir: page.dir,
    lead: lead?.url ?? null,
    summary: page.summary,
    siteName: page.siteName,
    canonical: page.canonicalUrl,
    correction: page.correctionNote,
    copyright: page.copyrightNotice,
    credit: lead?.credit ?? '',
    pictures: urls.length,
    allPictures: urls,
    isWhole: page.isWhole,
    isPaywalled: page.isPaywalled,
    first: bodyText.slice(0, expected.first?.length),
    last: bodyText.slice(-(expected.last?.length ?? 0)),
    has: expected.has.filter((phrase) => bodyText.includes(phrase)),
    html: expected.html.filter((phrase) => bodyHtml.includes(phrase)),
    not: expected.not.filter((phrase) => !bodyText.includes(phrase)),
  };
  return Object.fromEntries(Object.entries(all).filter(([name]) => name in expected));
}
/** What comes of a page, in the form of what is expected. */
function readAs(html: string, expected: Expectation): Partial<Expectation> {
  try {
    return factsOf(
      extractPage(html, expected.url, (url) => url),
      expected,
    );
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== 'page-unreadable') throw thrown;
    return { ...expected, error: thrown.message.slice(expected.url.length + 1) };
  }
}

/** None of these may be left out of an expectation of an article. */
const REQUIRED = ['headline', 'byline', 'published', 'language', 'lead', 'first', 'last'] as const;

describe('an article is taken out of its page', () => {
  let right = 0;
  afterAll(() => {
    console.log(`${right} of ${names.length} pages are read as expected`);
  });

  test('of at least forty layouts', () => {
    expect(names.length).toBeGreaterThanOrEqual(40);
  });

  test.each(names)('%s', (name) => {
    const { html, expected } = read(name);
    const missing = REQUIRED.filter((fact) => expected[fact] === undefined);
    expect(expected.error === undefined ? missing : []).toEqual([]);
    expect(readAs(html, expected)).toEqual(expected);
    right++;
  });
});

const canonicalOf = (url: string, head: string): string => {
  const text = `<p>${'The ferry is back after eleven winters. '.repeat(8)}</p>`;
  const html = `<html><head>${head}</head><body><article><h1>The ferry</h1>${text}${text}</article></body></html>`;
  return extractPage(html, url, (address) => address).canonicalUrl;
};
test.each([
  ['https://www.paper.example/a?b=1', 'https://paper.example/story', true],
  ['https://amp.paper.example/a', 'https://paper.example/story', true],
  ['https://paper.example/a', 'https://news.paper.example/story', true],
  // A part of a site may be anybody’s.
  ['https://mallory.blogs.example/a', 'https://blogs.example/story', false],
  ['https://mallory.blogs.example/a', 'https://alice.blogs.example/story', false],
  ['https://blogs.example/a', 'https://notblogs.example/story', false],
  ['http://paper.example/a', 'https://paper.example/story', false],
  ['https://paper.example/a', 'http://paper.example/story', false],
  ['https://paper.example:8443/a', 'https://paper.example/story', false],
])('of the page %s, %s is its own address: %s', (url, stated, isOwn) => {
  const known = isOwn ? stated : url;
  expect(canonicalOf(url, `<link rel="canonical" href="${stated}">`)).toBe(known);
  expect(canonicalOf(url, `<meta property="og:url" content="${stated}">`)).toBe(known);
  expect(canonicalOf(url, `<a rel="canonical" href="${stated}">x</a>`)).toBe(url);
});
