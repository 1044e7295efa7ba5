import { strFromU8, unzipSync } from 'fflate';
import { JSDOM } from 'jsdom';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmTable } from 'micromark-extension-gfm-table';
import type { Nodes } from 'mdast';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { epubOf } from '../../../src/main/articles/export/epub.ts';
import { articleMarkdown } from '../../../src/main/articles/export/markdown.ts';
import { articlePage } from '../../../src/main/articles/export/page.ts';
import { articleMedia, exportedArticle, PIXELS } from '../../support/exported.ts';

const RICH = `<p>One <em>dark</em> <strong>hour</strong><sup>1</sup>, <a href="https://e.example/?a=1&amp;b=2">again</a>.</p>
<h2>The zero</h2><ul><li>a</li><li>b<ol><li>c</li></ol></li></ul>
<blockquote><p>Said.</p><p><cite>Mei</cite></p></blockquote>
<table><thead><tr><th>Day</th><th>Metres</th></tr></thead><tbody><tr><td>1 | 2</td><td>2.11</td></tr></tbody></table>
<figure><img src="media:med_1" alt=""><figcaption>At low tide. <cite>Photo</cite></figcaption></figure>
<ol><li>A note.</li></ol>`;
const picture = new Map([['med_1', { mediaType: 'image/png', bytes: PIXELS['image/png'] }]]);
const rich = exportedArticle({ bodyHtml: RICH, media: [articleMedia()] }, picture);

const split = (markdown: string): { facts: unknown; body: string } => {
  const [, front = '', body = ''] = /^---\n([^]*?)\n---\n([^]*)$/u.exec(markdown) ?? [];
  return { facts: parse(front), body };
};
const treeOf = (body: string) =>
  fromMarkdown(body, {
    extensions: [gfmTable()],
    mdastExtensions: [gfmTableFromMarkdown()],
  });
const all = (node: Nodes): Nodes[] => [
  node,
  ...('children' in node ? node.children.flatMap((child) => all(child)) : []),
];
const textOf = (node: Nodes): string =>
  all(node)
    .map((one) => (one.type === 'text' ? one.value : ''))
    .join('');

test('Markdown has the facts as YAML and reads back as the same structure', () => {
  const { facts, body } = split(articleMarkdown(rich, 'en', () => 'pictures/1.png'));
  expect(facts).toEqual({
    headline: 'The tide gauge has a new zero',
    byline: ['Mei Tanaro', 'Ilja Brandt'],
    dateline: 'MARREN BAY',
    section: 'World',
    language: 'en',
    published: '2026-11-24T09:10:00Z',
    updated: '2026-11-24T09:10:00Z',
    source: 'Harbour Notes',
    credit: '© Harbour Notes',
    terms: 'Free for editorial use, with credit.',
    address: 'https://harbour.example/tide?id=1&lang=en',
    stored: '2026-11-27T12:00:00.000Z',
  });
  const tree = treeOf(body);
  expect(tree.children.map(({ type }) => type)).toEqual([
    'heading',
    'paragraph',
    'paragraph',
    'heading',
    'list',
    'blockquote',
    'table',
    'paragraph',
    'paragraph',
    'list',
    'thematicBreak',
    'paragraph',
    'paragraph',
  ]);
  const found = all(tree);
  expect(found.find(({ type }) => type === 'image')).toMatchObject({
    url: 'pictures/1.png',
    alt: 'A gauge on a quay',
  });
  expect(found.find(({ type }) => type === 'link')).toMatchObject({
    url: 'https://e.example/?a=1&b=2',
  });
  expect(found.filter(({ type }) => type === 'tableCell').map(textOf)).toEqual([
    'Day',
    'Metres',
    '1 | 2',
    '2.11',
  ]);
  expect(body).toContain('<sup>1</sup>');
});

const standfirst = (summary: string): string | undefined =>
  new JSDOM(
    articlePage(exportedArticle({ summary, bodyText: 'One dark\nhour. And more.' }), 'en'),
  ).window.document.querySelector('.standfirst')?.textContent;

test('the summary stands under the headline, unless the text begins with it', () => {
  expect(standfirst('A gauge is set again.')).toBe('A gauge is set again.');
  expect(standfirst('One dark hour…')).toBeUndefined();
});

test('a text file alone keeps what its pictures say', () => {
  const { body } = split(articleMarkdown(rich, 'en', null));
  expect(all(treeOf(body)).some(({ type }) => type === 'image')).toBe(false);
  expect(textOf(treeOf(body))).toContain(
    '[Picture not included: A gauge on a quay]At low tide. Photo',
  );
});

const HOSTILE = [
  '</title></style><script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  ']]><x xmlns="y"/><!--',
  '\u0000\u0001\ud800\ufffe&#0;&bogus;',
  '---\nheadline: other\nadmin: true\n---',
  '[a](javascript:alert(1)) ![b](https://e.example/1.png) <https://e.example> `c` | d |',
  '# one\n\n> two\n\n***\n\n- three\n\n    four',
  '@import url(https://e.example/a.css);',
];
const hostile = (text: string) =>
  exportedArticle(
    {
      headline: text,
      alternativeHeadline: text,
      summary: text,
      dateline: text,
      section: text,
      byline: [text],
      copyrightNotice: text,
      usageTerms: text,
      correctionNote: text,
      canonicalUrl: text,
      language: text,
      bodyHtml: `<p>${text.replaceAll('<', '&lt;')}</p><p>${text}</p>`,
      leadMediaId: 'med_1',
      media: [articleMedia({ alt: text, caption: text, credit: text })],
    },
    picture,
  );

test.each(HOSTILE)('a page, a book and Markdown hold %j as text and nothing else', (text) => {
  const exported = hostile(text);
  const { document } = new JSDOM(articlePage(exported, 'en')).window;
  expect(document.querySelectorAll('script, [onerror], [onmouseover], iframe, x')).toHaveLength(0);
  expect(document.querySelectorAll('style')).toHaveLength(1);
  expect([...document.images].map(({ src }) => src.slice(0, 22))).toEqual([
    'data:image/png;base64,',
  ]);
  expect(document.querySelector('article > header > h1')).not.toBeNull();
  for (const link of document.querySelectorAll('a')) expect(link.protocol).toBe('https:');

  const files = unzipSync(epubOf([exported], 'en'));
  for (const [name, bytes] of Object.entries(files)) {
    if (!/\.(?:xhtml|opf|xml)$/u.test(name)) continue;
    // Throws for what isn't well-formed.
    const { window } = new JSDOM(strFromU8(bytes), { contentType: 'application/xhtml+xml' });
    expect(window.document.querySelectorAll('script, x, [onerror]')).toHaveLength(0);
  }

  const { facts, body } = split(articleMarkdown(exported, 'en', () => 'pictures/1.png'));
  expect(facts).not.toHaveProperty('admin');
  expect(Object.keys(facts as object)).toContain('stored');
  const found = all(treeOf(body));
  expect(found.filter(({ type }) => type === 'heading')).toHaveLength(1);
  expect(found.filter(({ type }) => ['html', 'code', 'inlineCode'].includes(type))).toEqual([]);
  expect(found.flatMap((node) => (node.type === 'image' ? [node.url] : []))).toEqual([
    'pictures/1.png',
  ]);
  const links = found.flatMap((node) => (node.type === 'link' ? [node.url] : []));
  expect(links.filter((url) => !url.startsWith('https:'))).toEqual([]);
});

test('a page states its policy, language, direction, facts and what it lacks', () => {
  const exported = exportedArticle({
    language: 'ar',
    dir: 'rtl',
    leadMediaId: 'med_1',
    media: [articleMedia()],
    embargoUntil: '2026-11-28T06:00:00Z',
    isWhole: false,
    updatedAt: '2026-11-25T10:00:00Z',
  });
  const { document } = new JSDOM(articlePage(exported, 'fr')).window;
  const { documentElement } = document;
  expect([documentElement.lang, documentElement.dir, document.title]).toEqual([
    'ar',
    'rtl',
    'The tide gauge has a new zero',
  ]);
  const policy = document.querySelector('meta[http-equiv]')?.getAttribute('content') ?? '';
  expect(policy).toMatch(/^default-src 'none'; img-src data:; style-src 'sha256-[^']+';/u);
  expect([...document.querySelectorAll('.note')].map((note) => note.textContent)).toEqual([
    'Sous embargo jusqu’au 28 novembre 2026, 06:00 UTC. Ne pas publier avant.',
    'Ceci est le début de l’article. La source ne publie la suite que sur sa page.',
  ]);
  const lead = document.querySelector('.body > figure:first-child');
  expect(lead?.textContent).toBe(
    'Image non incluse\u00a0: A gauge on a quayThe gauge at low tide. Photo: Harbour Notes',
  );
  const labels = [...document.querySelectorAll('dt')].map((label) => label.textContent);
  expect(labels).toEqual([
    'Publié',
    'Mis à jour',
    'Source',
    'Crédit',
    'Conditions d’utilisation',
    'Adresse',
    'Enregistré',
  ]);
});

test('a date that the source doesn’t state is said to be ours', () => {
  const exported = exportedArticle({ isDateStated: false });
  const { document } = new JSDOM(articlePage(exported, 'en')).window;
  expect(document.querySelector('.date')?.textContent).toBe(
    'First seen 24 November 2026, 09:10 UTC',
  );
});

const opf = (book: Uint8Array): Document =>
  new JSDOM(strFromU8(unzipSync(book)['EPUB/package.opf'] ?? new Uint8Array()), {
    contentType: 'application/xml',
  }).window.document;

const sectioned = (id: string, section: string, day: number, dir: 'ltr' | 'rtl' = 'ltr') =>
  exportedArticle(
    {
      id,
      section,
      headline: `Headline ${id}`,
      publishedAt: `2026-11-${day}T09:00:00Z`,
      dir,
      bodyHtml: '<p>a<img src="media:med_1" alt="b"></p>',
    },
    picture,
  );

test('a book has each picture once, its articles by section and date, and one mark for one content', () => {
  const articles = [
    sectioned('a', 'World', 20),
    sectioned('b', 'Science', 22),
    sectioned('c', 'World', 21),
  ];
  const book = epubOf(articles, 'en');
  const files = unzipSync(book);
  // OCF: uncompressed, and first, so that the type stands at byte 38.
  expect(strFromU8(book.subarray(30, 58))).toBe('mimetypeapplication/epub+zip');
  expect(Object.keys(files).filter((name) => name.includes('/pictures/'))).toHaveLength(1);
  const nav = new JSDOM(strFromU8(files['EPUB/nav.xhtml'] ?? new Uint8Array()), {
    contentType: 'application/xhtml+xml',
  }).window.document;
  const [toc] = nav.querySelectorAll('nav');
  expect(
    [...(toc?.querySelectorAll('li') ?? [])].map((li) => li.textContent?.trim().split('\n')[0]),
  ).toEqual([
    'Science',
    'Headline b 22 November 2026',
    'World',
    'Headline c 21 November 2026',
    'Headline a 20 November 2026',
  ]);
  const facts = opf(book);
  expect(facts.querySelector('spine')?.getAttribute('page-progression-direction')).toBe('ltr');
  expect(
    [...facts.querySelectorAll('spine > itemref')].map((ref) => ref.getAttribute('idref')),
  ).toEqual(['cover', 'nav', 'article-2', 'article-3', 'article-1']);
  const mark = (given: Parameters<typeof epubOf>[0]) =>
    opf(epubOf(given, 'en')).querySelector('[id="identifier"]')?.textContent;
  const later = articles.map((one) => ({ ...one, storedAtMs: one.storedAtMs + 60_000 }));
  expect(mark(articles)).toMatch(
    /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u,
  );
  expect(mark(later)).toBe(mark(articles));
  expect(mark(articles.slice(1))).not.toBe(mark(articles));
  expect(Buffer.from(epubOf(articles, 'en')).equals(book)).toBe(true);
  const rtl = opf(epubOf([sectioned('a', 'World', 20, 'rtl')], 'en'));
  expect(rtl.querySelector('spine')?.getAttribute('page-progression-direction')).toBe('rtl');
});
