import { expect, test } from 'vitest';
import { readFeed } from '../../../src/main/adapters/sources/feed-page.ts';
import { AppError } from '../../../src/shared/errors.ts';
import type { ArticleDetail } from '../../../src/shared/model/article.ts';
import { createFeedArticles } from '../../../src/main/adapters/sources/feed-articles.ts';

const SOURCE = 'feed:0a1b2c3d4e5f60718293a4b5c6d7e8f9';
const NOW = Date.parse('2026-11-20T12:00:00Z');
const TEXT = `<p>${'The ferry goes at night again. '.repeat(30)}</p>`;

const read = (items: string, channel = '') =>
  readFeed(
    {
      text: `<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"><channel><title>Harbour Notes</title><link>https://harbour.example/</link><description>d</description><language>en</language>${channel}${items}</channel></rss>`,
      url: 'https://harbour.example/feed',
    },
    { source: SOURCE, nowMs: NOW, known: null },
  );
const item = (inner: string, guid = 'one') =>
  `<item><guid isPermaLink="false">${guid}</guid><title>Night ferry &amp;amp; crew</title><link>https://harbour.example/ferry</link><pubDate>Thu, 19 Nov 2026 08:00:00 GMT</pubDate>${inner}</item>`;
const body = (html: string) => `<content:encoded><![CDATA[${html}]]></content:encoded>`;
function only(items: string, channel = ''): ArticleDetail {
  const { articles } = read(items, channel);
  expect(articles).toMatchObject([{ op: 'upsert', detail: {} }]);
  return (articles[0] as { detail: ArticleDetail }).detail;
}

test('an item of words is an article: text, byline, topics, address, date', () => {
  const { articles, changes, texts } = read(
    item(
      `${body(TEXT)}<dc:creator>Maren Tolveg</dc:creator><category>Transport</category><category>Ferries</category>`,
    ),
    '<copyright>Harbour Notes, CC BY</copyright>',
  );
  expect([changes, texts]).toEqual([[], 1]);
  const [change] = articles;
  expect(change).toMatchObject({
    op: 'upsert',
    stamp: expect.stringMatching(/^[0-9a-f]{32}$/u),
    article: { headline: 'Night ferry & crew', section: 'Transport', isWhole: true },
    detail: {
      language: 'en',
      dir: 'ltr',
      byline: ['Maren Tolveg'],
      topics: ['Transport', 'Ferries'],
      canonicalUrl: 'https://harbour.example/ferry',
      publishedAt: '2026-11-19T08:00:00.000Z',
      copyrightNotice: 'Harbour Notes, CC BY',
      relatedAssetIds: [],
      textFrom: 'source',
    },
  });
  // The list has the row alone.
  expect(change).not.toHaveProperty('article.bodyHtml');
});

const signed = (n: number) =>
  only(
    item(
      body(
        `${TEXT}<figure><img src="https://pictures.example/boat.jpg?w=1200&amp;token=${n}" alt="A boat"><figcaption>A boat. Photo: Maren Tolveg</figcaption></figure>`,
      ),
    ),
  );
test('pictures have ids by their addresses, without what signs them', () => {
  const [first, second] = [signed(1), signed(2)];
  expect(first.media).toMatchObject([
    {
      role: 'lead',
      url: 'https://pictures.example/boat.jpg?w=1200&token=1',
      alt: 'A boat',
      caption: 'A boat.',
      credit: expect.stringContaining('Maren Tolveg'),
    },
  ]);
  expect(first.media[0]?.mediaId).toBe(second.media[0]?.mediaId);
  expect(first.bodyHtml).toContain(`media:${first.media[0]?.mediaId}`);
  const stamps = [1, 2].map(
    (n) =>
      read(item(body(`${TEXT}<img src="https://pictures.example/boat.jpg?token=${n}">`)))
        .articles[0]?.stamp,
  );
  expect(stamps[0]).toBe(stamps[1]);
});

test('pictures that one unknown parameter tells apart are two', () => {
  const { media } = only(
    item(
      body(
        `${TEXT}<img src="https://pictures.example/i?pic=1" alt="a"><img src="https://pictures.example/i?pic=2" alt="b">`,
      ),
    ),
  );
  expect(new Set(media.map(({ mediaId }) => mediaId)).size).toBe(2);
});

test('a picture beside the text leads where the text has none', () => {
  const detail = only(
    item(
      `${body(TEXT)}<media:thumbnail url="https://pictures.example/small.jpg" width="120"/><media:content url="https://pictures.example/large.jpg" medium="image" width="1600"/>`,
    ),
  );
  expect(detail.media).toMatchObject([{ role: 'lead', mediaId: detail.leadMediaId }]);
});

test('a film with many words is both, a film with few is an asset alone', () => {
  const film = '<enclosure url="https://films.example/1.mp4" type="video/mp4" length="20000000"/>';
  const both = read(item(`${film}${body(TEXT)}`));
  expect(both.changes).toHaveLength(1);
  expect(both.articles[0]).toMatchObject({ detail: { relatedAssetIds: [both.changes[0]?.id] } });
  expect(read(item(`${film}<description>Boats.</description>`)).articles).toEqual([]);
});

test.each([
  ['<description>Only a beginning …</description>', false],
  [body(`${TEXT}<p>Continue reading</p>`), false],
  [body('<p>Short, and all there is.</p>'), false],
  [body(TEXT), true],
])('%#: whether it is whole', (inner, isWhole) => {
  expect(only(item(inner)).isWhole).toBe(isWhole);
});

test('a summary that only repeats the beginning is left out, another one stays', () => {
  const repeated = only(
    item(`<description>The ferry goes at night again. The ferry…</description>${body(TEXT)}`),
  );
  expect(repeated.summary).toBe('');
  const other = only(item(`<description>What it means.</description>${body(TEXT)}`));
  expect(other.summary).toBe('What it means.');
});

const status = (state: string) => item(`${body(TEXT)}<media:status state="${state}"/>`);
const valid = (text: string) => item(`${body(TEXT)}<dcterms:valid>${text}</dcterms:valid>`);
test('what is taken back is withdrawn, what lies ahead isn’t there yet, what ends says when', () => {
  expect(read(status('deleted')).articles).toMatchObject([{ op: 'withdraw' }]);
  // Also where it could be read before.
  expect(read(valid('start=2026-11-25T00:00:00Z; scheme=W3C-DTF;')).articles).toMatchObject([
    { op: 'withdraw' },
  ]);
  expect(
    only(valid('start=2026-11-01T00:00:00Z; end=2026-12-01T00:00:00Z; scheme=W3C-DTF;'))
      .offlineUntil,
  ).toBe('2026-12-01T00:00:00.000Z');
});

test('no secret of an address is in what is stored of a text', () => {
  const detail = only(
    item(
      body(
        `${TEXT}<p><a href="https://harbour.example/more?page=2&amp;key=5ecre7">more</a> at https://harbour.example/?token=5ecre7</p>`,
      ),
    ),
  );
  expect(JSON.stringify(detail)).not.toContain('5ecre7');
  expect(detail.bodyHtml).toContain('href="https://harbour.example/more?page=2"');
});

const PICTURE = `<media:content url="https://harbour.example/quay.jpg" medium="image" width="900">`;
test.each([
  [
    'in the element of the picture',
    `${PICTURE}<media:credit>Photograph: Odo Brenn</media:credit><media:description type="plain">The quay at night &amp;amp; in fog</media:description></media:content>`,
  ],
  [
    'beside it',
    `${PICTURE}</media:content><media:credit>Photograph: Odo Brenn</media:credit><media:description>The quay at night &amp;amp; in fog</media:description>`,
  ],
])(
  'who made a picture is its credit, and the author is who wrote the article: said %s',
  (_, media) => {
    const detail = only(
      item(
        `<description>Short &amp; clear.</description><dc:creator>Maren Tolveg</dc:creator>${media}`,
      ),
    );
    expect(detail.byline).toEqual(['Maren Tolveg']);
    expect(detail.media).toMatchObject([
      { role: 'lead', caption: 'The quay at night & in fog', credit: 'Photograph: Odo Brenn' },
    ]);
    expect(only(item(media)).byline).toEqual([]);
  },
);

test('a credit that is called the author’s stays in the byline, also beside a picture', () => {
  const { byline, media } = only(
    item(
      `${PICTURE}</media:content><media:credit role="author">Maren Tolveg</media:credit><media:credit role="photographer">Odo Brenn</media:credit>`,
    ),
  );
  expect(byline).toEqual(['Maren Tolveg']);
  expect(media).toMatchObject([{ credit: 'Odo Brenn' }]);
});

const note = (html: string) =>
  `<item><guid>3</guid><description><![CDATA[${html}]]></description></item>`;
test('a short text is whole if it says more than its summary, or has no headline', () => {
  const short = '<p>The ferry goes again tonight, and twelve people were there to see it off.</p>';
  const described = `<description>The ferry goes again</description>`;
  expect(only(item(`${described}${body(short)}`)).isWhole).toBe(true);
  expect(only(item(`${described}${body('<p>The ferry goes again</p>')}`)).isWhole).toBe(false);
  expect(only(item(body(short))).isWhole).toBe(false);
  expect(only(note(short)).isWhole).toBe(true);
  expect(only(note('<p>The ferry goes again …</p>')).isWhole).toBe(false);
});

test('plain text of a JSON feed keeps its paragraphs and lines', () => {
  const { articles } = readFeed(
    {
      text: JSON.stringify({
        version: 'https://jsonfeed.org/version/1.1',
        title: 'Notes',
        items: [{ id: '1', title: 'Two', content_text: 'One < two\nline\n\nThree' }],
      }),
      url: 'https://harbour.example/feed.json',
    },
    { source: SOURCE, nowMs: NOW, known: null },
  );
  expect(articles).toMatchObject([
    { detail: { bodyHtml: '<p>One &lt; two<br />line</p><p>Three</p>' } },
  ]);
});

const named = (title: string) =>
  readFeed(
    {
      text: `<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:1</id>${title}<updated>2026-11-19T08:00:00Z</updated></feed>`,
      url: 'https://harbour.example/atom',
    },
    { source: SOURCE, nowMs: NOW, known: null },
  ).title;
test('the name of a feed is plain text, whatever it is written in', () => {
  expect(named('<title type="html">The &lt;i&gt;Quay&lt;/i&gt; &amp;amp; Co</title>')).toBe(
    'The Quay & Co',
  );
  expect(named('<title>Quay &amp; Co &lt; 3</title>')).toBe('Quay & Co < 3');
});

test('Arabic is written from right to left', () => {
  const detail = only(
    `<item><guid>2</guid><title>العبّارة تعود ليلا</title>${body('<p>عادت العبّارة إلى الإبحار ليلا بعد سنوات.</p>')}</item>`,
  );
  expect(detail.dir).toBe('rtl');
});

test('the text of the page takes the place of the feed’s; facts stay the feed’s', async () => {
  const article = only(item('<description>Only a beginning …</description>'));
  const asked: string[] = [];
  const asPage = { here: null, isPageWanted: true };
  const source = (fails: boolean) =>
    createFeedArticles({
      feed: { id: SOURCE, articles: async () => new Map([[article.id, article]]) },
      mark: async () => null,
      nowMs: () => NOW,
      picture: async () => expect.unreachable(),
      fullText: () => true,
      async pageOf(url) {
        asked.push(url);
        if (fails) throw new AppError('origin-refused', 'It has to be paid for');
        return {
          headline: 'Of the page',
          byline: ['Maren Tolveg'],
          bodyHtml: '<p>All of it.</p>',
          bodyText: 'All of it.',
          pictures: [],
          isCut: false,
          dir: 'ltr',
          language: 'en',
          leadMediaId: null,
          isPaywalled: false,
          isWhole: true,
        } as never;
      },
    });
  expect(await source(false).article(article.id, asPage)).toMatchObject({
    headline: 'Night ferry & crew',
    byline: ['Maren Tolveg'],
    bodyText: 'All of it.',
    isWhole: true,
    textFrom: 'page',
  });
  expect(asked).toEqual(['https://harbour.example/ferry']);
  await expect(source(true).article(article.id, asPage)).rejects.toMatchObject({
    code: 'origin-refused',
  });
  await expect(source(false).article('another', asPage)).rejects.toMatchObject({
    code: 'not-found',
  });
});

test.each(['\u202e', '\u2066', '\u202b', '\u0007', '\u001b[31m', '\ufeff', '\n\n'])(
  'nothing that is said of an article turns, hides or breaks the words around it: %j',
  (sign) => {
    const said = `mo${sign}ney`;
    const words = JSON.stringify({
      version: 'https://jsonfeed.org/version/1.1',
      title: said,
      items: [
        {
          id: '1',
          title: said,
          summary: said,
          content_text: TEXT,
          authors: [{ name: said }],
          tags: [said],
        },
      ],
    });
    const page = readFeed(
      { text: words, url: 'https://harbour.example/feed.json' },
      { source: SOURCE, nowMs: NOW, known: null },
    );
    const { headline, byline, topics, section, summary } = (
      page.articles[0] as { detail: ArticleDetail }
    ).detail;
    const shown = [page.title, headline, ...byline, ...topics, section];
    expect(shown).toHaveLength(5);
    for (const text of [...shown, summary.replaceAll(/\s+/gu, ' ')])
      expect(text).toMatch(/^mo ?(?:\[31m)?ney$/u);
  },
);

test('a headline that is cut leaves no turn of direction open', () => {
  const { headline } = only(item(`${body(TEXT)}<title>a\u2067${'b'.repeat(400)}\u2069</title>`));
  expect(headline).not.toMatch(/[\u2066-\u2069]/u);
});
