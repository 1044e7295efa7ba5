import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { BODY_ELEMENTS } from '../../../src/shared/api/body-elements.ts';
import { articleDetail as schema } from '../../../src/shared/model/article.ts';
import type { ExportedArticle } from '../../../src/main/articles/export/content.ts';
import { epubOf } from '../../../src/main/articles/export/epub.ts';
import { checkBook, hasEpubcheck } from '../../support/epubcheck.ts';
import { articleMedia, exportedArticle, PIXELS, STORED_AT_MS } from '../../support/exported.ts';
import { seed } from '../../support/seed.ts';
import { demoDir, startDemo } from '../../support/service/demo.ts';

/** Every article of the demo with its pictures. */
async function demoArticles(): Promise<ExportedArticle[]> {
  const service = await startDemo({ testControls: true, limits: 'relaxed' });
  try {
    const get = (address: string) => fetch(new URL(address, service.url));
    const { items } = (await (await get('/v1/articles?limit=100')).json()) as {
      items: { id: string }[];
    };
    const found: ExportedArticle[] = [];
    for (const { id } of items) {
      const article = schema.parse(await (await get(`/v1/articles/${id}`)).json());
      const pictures = new Map<string, { bytes: Uint8Array; mediaType: string }>();
      for (const { mediaId, mediaType, url } of article.media)
        pictures.set(mediaId, {
          mediaType,
          bytes: new Uint8Array(await (await get(url)).arrayBuffer()),
        });
      found.push({ article, pictures, sourceName: 'Demo', storedAtMs: STORED_AT_MS });
    }
    return found;
  } finally {
    await service.close();
  }
}

/** Markup of any elements in any order. */
const markup = fc.letrec<{ html: string }>((tie) => ({
  html: fc.oneof(
    { maxDepth: 5, depthSize: 'large' },
    fc.constantFrom('word', ' & < ', 'two words', '<br>', '<hr>', '<img src="media:med_1">'),
    fc
      .tuple(fc.constantFrom(...BODY_ELEMENTS, 'div', 'b'), fc.array(tie('html'), { maxLength: 4 }))
      .map(([tag, inner]) => `<${tag}>${inner.join('')}</${tag}>`),
  ),
})).html;

const picture = new Map([['med_1', { mediaType: 'image/png', bytes: PIXELS['image/png'] }]]);

const HOSTILE = '"<&]]>\u0000\u202e \ud800’ -- <!--';
const formats = () => ({
  ...PIXELS,
  'image/jpeg': readFileSync(path.join(demoDir, 'articles/bridge-and-river-1.jpg')),
});

const BOOKS: [what: string, articles: () => ExportedArticle[] | Promise<ExportedArticle[]>][] = [
  ['one article of the demo', async () => (await demoArticles()).slice(0, 1)],
  ['all articles of the demo', demoArticles],
  [
    'an article from right to left',
    () => [
      exportedArticle({
        headline: 'مقياس المد والجزر',
        language: 'ar',
        dir: 'rtl',
        bodyHtml: '<p>ساعة <em>مظلمة</em> واحدة.</p>',
      }),
    ],
  ],
  [
    'a table, notes and nothing at all',
    () => [
      exportedArticle({
        bodyHtml:
          '<table><caption>c</caption><thead><tr><th scope="col" colspan="2">a</th></tr></thead><tbody><tr><td rowspan="2">b</td><td><ul><li>c</li></ul></td></tr><tr><td>d</td></tr></tbody><tfoot><tr><td>e</td></tr></tfoot></table>',
      }),
      exportedArticle({
        id: 'notes',
        bodyHtml:
          '<p>a<sup><a href="#ref-1">1</a></sup><span id="ref-2"></span></p><ol><li><span id="ref-1"></span>b <a href="#ref-2">back</a></li></ol>',
      }),
      exportedArticle({ id: 'empty', headline: '', section: '', byline: [], bodyHtml: '' }),
      exportedArticle({ id: 'no picture', media: [articleMedia()] }),
    ],
  ],
  [
    'odd characters in every fact',
    () => [
      exportedArticle({
        headline: HOSTILE,
        summary: HOSTILE,
        section: HOSTILE,
        dateline: HOSTILE,
        byline: [HOSTILE, ''],
        language: HOSTILE,
        copyrightNotice: HOSTILE,
        usageTerms: HOSTILE,
        correctionNote: HOSTILE,
        media: [articleMedia({ alt: HOSTILE, caption: HOSTILE, credit: HOSTILE })],
      }),
    ],
  ],
  [
    'pictures as JPEG, PNG, GIF, WebP and AVIF',
    () => [
      exportedArticle(
        {
          bodyHtml: Object.keys(formats())
            .map(
              (type) =>
                `<figure><img src="media:${type}"><figcaption>${type}</figcaption></figure>`,
            )
            .join(''),
        },
        new Map(
          Object.entries(formats()).map(([mediaType, bytes]) => [mediaType, { mediaType, bytes }]),
        ),
      ),
    ],
  ],
  [
    `any elements in any order (SEED=${seed})`,
    () =>
      fc
        .sample(fc.array(markup, { maxLength: 6 }), { numRuns: 100, seed })
        .map((parts, at) => exportedArticle({ id: `${at}`, bodyHtml: parts.join('') }, picture)),
  ],
];

test.skipIf(!hasEpubcheck).each(BOOKS)(
  'EPUBCheck finds no fault in a book of %s (skipped without Debian’s epubcheck and Java)',
  async (_what, articles) => {
    expect(checkBook(epubOf(await articles(), 'fr'))).toEqual([]);
  },
);
