import path from 'node:path';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { bodyHtmlOf } from '../../../src/service/demo/build-article.ts';
import { loadDemo, type DemoArticleMedia } from '../../../src/service/demo/index.ts';

const demo = loadDemo(path.resolve(import.meta.dirname, '../../../assets/demo'));
const english = demo.articles.filter((article) => article.language === 'en');
const french = demo.articles.filter((article) => article.language === 'fr');

const ELEMENTS = [
  'p',
  'h2',
  'h3',
  'h4',
  'ul',
  'ol',
  'li',
  'blockquote',
  'figure',
  'figcaption',
  'img',
  'a',
  'em',
  'strong',
  'sup',
  'sub',
  'br',
  'hr',
  'table',
  'thead',
  'tbody',
  'tr',
  'th',
  'td',
  'cite',
  'q',
  'time',
  'abbr',
  'span',
];

/** The elements of a body in order, without those inside a sentence. */
const outline = (html: string): string[] =>
  [...html.matchAll(/<(\w+)/g)]
    .map(([, tag]) => tag ?? '')
    .filter((tag) => !['em', 'q'].includes(tag));

describe('the articles', () => {
  it('are at least 12 in English and 6 in French, with unique ids, newest first', () => {
    expect(english.length).toBeGreaterThanOrEqual(12);
    expect(french.length).toBeGreaterThanOrEqual(6);
    expect(new Set(demo.articles.map((article) => article.id)).size).toBe(demo.articles.length);
    const times = demo.articles.map((article) => article.publishedMin);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    expect(new Set(english.map((article) => article.section)).size).toBeGreaterThanOrEqual(5);
  });

  it('say in French the same as in English: same blocks, same pictures, its own captions', () => {
    for (const article of french) {
      const original = english.find((candidate) => candidate.id === article.translationOf);
      if (!original) throw new Error(`no original of ${article.id}`);
      expect(outline(article.bodyHtml)).toEqual(outline(original.bodyHtml));
      expect(article.media.map((picture) => picture.id)).toEqual(
        original.media.map((picture) => picture.id),
      );
      for (const [i, picture] of article.media.entries())
        expect(picture.caption).not.toBe(original.media[i]?.caption);
    }
  });

  it('have 450 to 900 words, a summary, and pictures with alt text, caption and credit', () => {
    for (const article of demo.articles) {
      expect(article.wordCount).toBeGreaterThanOrEqual(450);
      expect(article.wordCount).toBeLessThanOrEqual(900);
      expect(article.summary.length).toBeGreaterThan(60);
      expect(article.media[0]?.role).toBe('lead');
      for (const picture of article.media) {
        expect(
          Math.min(picture.alt.length, picture.caption.length, picture.credit.length),
        ).toBeGreaterThan(10);
        expect(demo.file(picture.id)).toMatchObject({
          bytes: picture.bytes,
          sha256: picture.sha256,
          mediaType: 'image/jpeg',
        });
      }
    }
  });

  it('keep to the elements and attributes the API allows, well formed, with their own pictures', () => {
    for (const { id, bodyHtml, media } of demo.articles) {
      const tags = [...bodyHtml.matchAll(/<\/?(\w+)([^>]*)>/g)];
      expect({
        id,
        other: tags.map(([, tag]) => tag ?? '').filter((tag) => !ELEMENTS.includes(tag)),
      }).toEqual({ id, other: [] });
      expect(() =>
        new SaxesParser()
          .write(`<body>${bodyHtml.replaceAll(/<img([^>]*)>/g, '<img$1/>')}</body>`)
          .close(),
      ).not.toThrow();
      for (const [, tag, attributes = ''] of tags) {
        const names = [...attributes.matchAll(/(\w+)="/g)].map(([, name]) => name);
        expect(names).toEqual(tag === 'img' ? ['src', 'alt', 'width', 'height'] : []);
      }
      const sources = [...bodyHtml.matchAll(/src="media:([^"]+)"/g)].map(([, source]) => source);
      expect(sources.filter((source) => !media.some((picture) => picture.id === source))).toEqual(
        [],
      );
    }
  });

  it('show a correction, a table, lists, an article not for offline and one kept for a time only', () => {
    expect(
      demo.articles.some(
        (article) =>
          article.correctionNote !== undefined &&
          article.rev > 1 &&
          article.updatedMin > article.publishedMin,
      ),
    ).toBe(true);
    for (const element of ['table', 'ul', 'ol', 'blockquote'])
      expect(demo.articles.some((article) => article.bodyHtml.includes(`<${element}>`))).toBe(true);
    expect(demo.articles.some((article) => !article.offlineAllowed)).toBe(true);
    expect(demo.articles.some((article) => article.offlineUntilMin !== undefined)).toBe(true);
  });

  it('have related assets that exist', () => {
    const known = demo.assets.map((asset) => asset.id);
    for (const article of demo.articles)
      expect(article.relatedAssetIds.filter((id) => !known.includes(id))).toEqual([]);
  });
});

describe('the body of an article', () => {
  const picture: DemoArticleMedia = {
    id: 'med_x',
    role: 'inline',
    file: 'x.jpg',
    mediaType: 'image/jpeg',
    bytes: 1,
    sha256: '',
    width: 4,
    height: 3,
    alt: 'A "B" & <c>',
    caption: 'Caption.',
    credit: 'Credit',
  };

  it('makes of every block its element', () => {
    expect(
      bodyHtmlOf(
        ['One.', '## Two', '- a', '- b', '1. c', '> Quote | Who', '| A | B', '| 1 | 2', '[1]'],
        [picture],
      ),
    ).toBe(
      [
        '<p>One.</p>',
        '<h2>Two</h2>',
        '<ul><li>a</li><li>b</li></ul>',
        '<ol><li>c</li></ol>',
        '<blockquote><p>Quote</p><p><cite>Who</cite></p></blockquote>',
        '<table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>',
        '<figure><img src="media:med_x" alt="A &quot;B&quot; &amp; &lt;c&gt;" width="4" height="3"><figcaption>Caption. <cite>Credit</cite></figcaption></figure>',
      ].join('\n'),
    );
  });

  it('refuses a picture that is not there', () => {
    expect(() => bodyHtmlOf(['[2]'], [picture])).toThrow(/no picture/);
  });
});
