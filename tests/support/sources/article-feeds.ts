import { png } from '../articles.ts';
import type { FeedServer } from './feed-server.ts';

/*
 * Feeds of articles as publishers write them, all invented, each with what must be read of it where
 * there is no network.
 */

type Published = {
  path: string;
  type: string;
  body(base: string): string | Uint8Array;
  /** Of each article, newest first: parts of its text, the alternative texts and captions of its pictures. */
  articles: {
    headline: string;
    text: string[];
    pictures?: { alt?: string; caption?: string }[];
    dir?: 'rtl';
  }[];
};

const CONTENT = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"';
const MEDIA = 'xmlns:media="http://search.yahoo.com/mrss/"';
const ITUNES = 'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"';
const rss = (title: string, items: string, namespaces = CONTENT): string =>
  `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" ${namespaces}><channel><title>${title}</title><link>https://${title.toLowerCase()}.example/</link><description>d</description>${items}</channel></rss>`;
const item = (n: number, title: string, inner: string): string =>
  `<item><guid isPermaLink="false">g-${n}</guid><title>${title}</title><pubDate>Tue, ${24 - n} Nov 2026 08:00:00 GMT</pubDate>${inner}</item>`;
const encoded = (html: string): string => `<content:encoded><![CDATA[${html}]]></content:encoded>`;
const RSS = 'application/rss+xml';

export const ARTICLE_FEEDS: readonly Published[] = [
  {
    path: '/ferry.xml',
    type: RSS,
    body: (base) =>
      rss(
        'Ferry',
        item(
          0,
          'The night ferry',
          encoded(
            `<p>The night ferry is back on the lower river.</p><figure><img src="${base}/ferry.png?token=hush" alt="A ferry at a jetty"><figcaption>At the old jetty. <cite>Photo: Nel Hartog</cite></figcaption></figure>`,
          ),
        ),
      ),
    articles: [
      {
        headline: 'The night ferry',
        text: ['back on the lower river'],
        pictures: [{ alt: 'A ferry at a jetty', caption: 'At the old jetty.' }],
      },
    ],
  },
  {
    path: '/summaries.xml',
    type: RSS,
    body: () =>
      rss(
        'Summaries',
        item(0, 'Frost', '<description>Frost on the pass, and no snow.</description>') +
          item(
            1,
            'Thaw',
            '<description>&lt;p&gt;The thaw came &amp;amp; went.&lt;/p&gt;</description>',
          ),
      ),
    articles: [
      { headline: 'Frost', text: ['Frost on the pass, and no snow.'] },
      { headline: 'Thaw', text: ['The thaw came &amp; went.'] },
    ],
  },
  {
    path: '/atom.xml',
    type: 'application/atom+xml',
    body: (base) =>
      `<feed xmlns="http://www.w3.org/2005/Atom"><title>Orchard</title><id>urn:orchard</id><updated>2026-11-24T00:00:00Z</updated><entry><id>urn:1</id><title type="html">Pears &amp;amp; quinces</title><updated>2026-11-24T00:00:00Z</updated><link href="https://orchard.example/1"/><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>The <em>orchard</em> was measured.</p><p><img src="${base}/pear.png" alt="A pear"/></p></div></content></entry></feed>`,
    articles: [
      {
        headline: 'Pears & quinces',
        text: ['<em>orchard</em> was measured'],
        pictures: [{ alt: 'A pear' }],
      },
    ],
  },
  {
    path: '/feed.json',
    type: 'application/feed+json',
    body: (base) =>
      JSON.stringify({
        version: 'https://jsonfeed.org/version/1.1',
        title: 'Lantern',
        items: [
          {
            id: '1',
            title: 'Lanterns',
            date_published: '2026-11-24T08:00:00Z',
            content_html: '<p>Lanterns on the quay.</p>',
            image: `${base}/lantern.png`,
          },
        ],
      }),
    articles: [{ headline: 'Lanterns', text: ['Lanterns on the quay.'], pictures: [{}] }],
  },
  {
    path: '/media.xml',
    type: RSS,
    body: (base) =>
      rss(
        'Museum',
        item(
          0,
          'The bell',
          `<description>The bell is mended.</description><media:content url="${base}/bell.png" type="image/png" medium="image" width="1200"/>`,
        ),
        MEDIA,
      ),
    articles: [{ headline: 'The bell', text: ['The bell is mended.'], pictures: [{}] }],
  },
  {
    path: '/western.xml',
    type: 'application/rss+xml; charset=windows-1252',
    body: () =>
      Buffer.concat([
        Buffer.from(
          '<?xml version="1.0" encoding="windows-1252"?><rss version="2.0"><channel><title>Western</title><link>https://western.example/</link><description>d</description><item><guid>1</guid><title>Price of bread</title><pubDate>Tue, 24 Nov 2026 08:00:00 GMT</pubDate><description>Caf',
        ),
        Buffer.from([0xe9]),
        Buffer.from(' bread is 3 '),
        Buffer.from([0x80]),
        Buffer.from('.</description></item></channel></rss>'),
      ]),
    articles: [{ headline: 'Price of bread', text: ['Café bread is 3 €.'] }],
  },
  {
    path: '/deep/relative.xml',
    type: RSS,
    body: (base) =>
      rss(
        'Relative',
        item(
          0,
          'By train',
          `<link>${base}/deep/stories/train.html</link>${encoded('<p>See <a href="../map">the map</a>.</p><img src="train.png" alt="A train"><img src="/train-2.png" alt="Another">')}`,
        ),
      ),
    articles: [
      {
        headline: 'By train',
        text: ['/deep/map"', 'the map'],
        pictures: [{ alt: 'A train' }, { alt: 'Another' }],
      },
    ],
  },
  {
    path: '/arabic.xml',
    type: RSS,
    body: () =>
      rss(
        'Nahr',
        item(0, 'النهر في الليل', encoded('<p>عادت العبارة الليلية إلى النهر السفلي.</p>')),
      ),
    articles: [{ headline: 'النهر في الليل', text: ['العبارة الليلية'], dir: 'rtl' }],
  },
  {
    path: '/podcast.xml',
    type: RSS,
    body: (base) =>
      rss(
        'Podcast',
        item(
          0,
          'Episode one',
          `${encoded(`<p>${'We talk about gauges and the people who read them. '.repeat(12)}</p><ul><li>00:10 The first gauge</li></ul>`)}<enclosure url="${base}/one.mp3" type="audio/mpeg" length="1000"/><itunes:image href="${base}/cover.png"/>`,
        ),
        `${CONTENT} ${ITUNES}`,
      ),
    articles: [{ headline: 'Episode one', text: ['00:10 The first gauge'], pictures: [{}] }],
  },
  {
    path: '/twice.xml',
    type: RSS,
    body: () =>
      rss(
        'Twice',
        item(0, 'Corrected', encoded('<p>The bridge opens on Friday.</p>')) +
          item(0, 'As it was', encoded('<p>The bridge opens on Monday.</p>')) +
          item(2, 'Another', encoded('<p>The other bridge stays.</p>')),
      ),
    articles: [
      { headline: 'Corrected', text: ['opens on Friday'] },
      { headline: 'Another', text: ['other bridge stays'] },
    ],
  },
];

/** Serves all of them and their pictures. @returns their addresses */
export function serveArticleFeeds(server: FeedServer): string[] {
  for (const name of 'ferry pear lantern bell deep/stories/train train-2 cover'.split(' '))
    server.serve(`/${name}.png`, png(name), { 'content-type': 'image/png' });
  return ARTICLE_FEEDS.map(({ path, type, body }) => {
    server.serve(path, body(server.url('')), { 'content-type': type });
    return server.url(path);
  });
}
