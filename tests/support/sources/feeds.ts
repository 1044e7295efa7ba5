import { gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import type { AssetRow, SyncFault } from '../../../src/main/catalogue/ports.ts';
import type { Answer } from './feed-server.ts';

/*
 * Feeds as publishers write them, invented, each with what must come out. `hush` stands for a
 * secret: it may be nowhere in what is stored, logged or thrown.
 */

/** What one path answers: a text, or whatever the function does. */
type Served = string | Uint8Array | Answer;
/** What is expected of an asset; its detail where that has more. */
type Expected = { [Member in keyof AssetRow]?: unknown } & { detail?: object };
type Visit = {
  /** Days since the visit before. */
  days?: number;
  pages: Record<string, Served>;
  /** Newest first; what isn't named stays as it was before. */
  assets?: Expected[];
  /** In which the sync ends; everything is as before then. */
  fault?: SyncFault;
  /** As it crosses threads. */
  error?: object;
  facts?: object;
  /** Number of requests. */
  asked?: number;
};
type PublishedFeed = { name: string; visits: Visit[] };

/** The feed's own path. */
export const PATH = '/feed.xml';
export const NOW = Date.UTC(2026, 10, 25, 12);
const DAY = 86_400_000;

const MRSS = 'xmlns:media="http://search.yahoo.com/mrss/"';
const ITUNES = 'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"';
const PODCAST = 'xmlns:podcast="https://podcastindex.org/namespace/1.0"';
const TERMS = 'xmlns:dcterms="http://purl.org/dc/terms/"';
const rss = (items: string, namespaces = MRSS, channel = ''): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" ${namespaces}><channel><title>Quay News</title><link>https://quay.example/</link><description>From the quay</description>${channel}${items}</channel></rss>`;
const MP4 = '<media:content url="https://cdn.example/a.mp4" type="video/mp4" height="720"/>';
/** One film, of the 24th unless said otherwise. */
const item = (inner: string, guid = 'q-1', date = 'Tue, 24 Nov 2026 10:00:00 GMT'): string =>
  `<item><guid isPermaLink="false">${guid}</guid><title>Film ${guid}</title>${date === '' ? '' : `<pubDate>${date}</pubDate>`}${inner}</item>`;
const day = (n: number): string => new Date(Date.UTC(2026, 10, n)).toUTCString();
const film = (n: number, more = ''): string =>
  item(
    `<link>https://quay.example/${n}</link><media:content url="https://cdn.example/${n}.mp4" type="video/mp4"/>${more}`,
    `q-${n}`,
    day(n),
  );
const answer =
  (status: number, headers: Record<string, string> = {}, body: string | Uint8Array = ''): Answer =>
  (_request, response) =>
    void response.writeHead(status, headers).end(body);
/** 304 for a reader that knows this tag, else the document. */
const tagged =
  (text: string, etag: string, more: Record<string, string> = {}): Answer =>
  (request, response) =>
    void (request.headers['if-none-match'] === undefined
      ? response.writeHead(200, { etag, ...more }).end(text)
      : response.writeHead(304, { etag, ...more }).end());
const headline = (name: string): Expected => ({ headline: name });
const atom = (entries: string, more = ''): string =>
  `<feed xmlns="http://www.w3.org/2005/Atom" ${MRSS}><title>Weather desk</title><id>urn:w</id><updated>2026-11-24T16:20:00Z</updated>${more}${entries}</feed>`;
const entry = (n: number, inner = ''): string =>
  `<entry><id>urn:w:${n}</id><title>Snow ${n}</title><updated>2026-11-${n}T16:20:00Z</updated><link rel="enclosure" type="video/mp4" href="/snow-${n}.mp4"/>${inner}</entry>`;
const files = (detail: object): Expected => ({ detail });

export const PUBLISHED: PublishedFeed[] = [
  {
    name: 'an agency: a work in several forms, with rights, captions and a script',
    visits: [
      {
        pages: {
          [PATH]: rss(
            item(`<link>https://quay.example/ferry</link><description>&lt;p&gt;The ferry is back.&lt;/p&gt;</description>
            <media:group><media:content url="https://cdn.example/f-2160.mp4" type="video/mp4" width="3840" height="2160" framerate="25" bitrate="45000" duration="64" fileSize="361000000" isDefault="true"><media:hash algo="sha-256">${'0f'.repeat(32)}</media:hash></media:content>
            <media:content url="https://cdn.example/f-720.mp4" type="video/mp4" width="1280" height="720" framerate="25" duration="64" fileSize="31000000"/>
            <media:content url="https://cdn.example/f-teaser.mp4" type="video/mp4" expression="sample"/></media:group>
            <media:credit role="camera" scheme="urn:ebu">Ingrid A.</media:credit><media:copyright>© Quay News</media:copyright>
            <media:restriction relationship="deny" type="country">se</media:restriction><media:category label="Transport">t</media:category>
            <media:thumbnail url="https://cdn.example/f.jpg" width="640" height="360"/><media:subTitle type="text/vtt" lang="nb" href="https://cdn.example/f.vtt"/><media:text type="plain">She docks at eight.</media:text>`),
          ),
        },
        assets: [
          {
            headline: 'Film q-1',
            description: 'The ferry is back.',
            publishedAt: Date.UTC(2026, 10, 24, 10),
            isDateStated: true,
            durationMs: 64_000,
            topics: ['Transport'],
            formats: ['uhd', 'hd'],
            frameRates: ['25/1'],
            badges: ['restricted'],
            integrity: 'published',
            rights: 'stated',
            detail: {
              credits: ['Ingrid A.'],
              copyrightNotice: '© Quay News',
              sourceUrl: 'https://quay.example/ferry',
              script: { text: 'She docks at eight.' },
              captions: [{ language: 'nb', format: 'vtt' }],
              restrictions: [{ kind: 'territory', mode: 'deny', values: ['SE'] }],
              packages: [
                { label: '2160p MP4', purpose: 'broadcast', bytes: 361_000_000 },
                { label: '720p MP4', purpose: 'web', bytes: 31_000_000 },
                { label: 'MP4', purpose: 'preview', bytes: null },
              ],
            },
          },
        ],
      },
    ],
  },
  {
    name: 'an agency that writes shots and restrictions into its descriptions',
    visits: [
      {
        pages: {
          [PATH]: rss(
            item(
              `<description><![CDATA[<p>STORY: BERGEN / MARKET<br>TRT: 01:10<br>RESTRICTIONS: NO ACCESS NORWAY<br>LANGUAGE: ENGLISH / NATS</p><p>SHOTLIST:</p><p>3 MAY 2026, BERGEN, NORWAY</p><p>1. Wide shot, ferry<br>2. SOUNDBITE (English) Ole Vik, Skipper: “It holds &amp; floats.”</p><p>NORD TV – NO ARCHIVE</p><p>3. Close up, rope</p><p>STORYLINE:</p><p>The market opened.</p>]]></description>${MP4}`,
            ),
          ),
        },
        assets: [
          {
            badges: ['restricted'],
            rights: 'stated',
            detail: {
              descriptionText: expect.stringMatching(/^STORY: BERGEN[^]+The market opened\.$/u),
              restrictions: [
                { kind: 'territory', mode: 'deny', values: ['NO'], note: 'NO ACCESS NORWAY' },
                { kind: 'archive', mode: 'deny', values: [], note: 'NORD TV – NO ARCHIVE' },
              ],
              shotlist: [
                { n: 1, in: null, startMs: null, text: 'Wide shot, ferry', restrictionIds: [] },
                { n: 2, speaker: 'Ole Vik', location: 'BERGEN, NORWAY', restrictionIds: [] },
                { n: 3, type: 'close', restrictionIds: [expect.stringMatching(/^rst_/u)] },
              ],
              soundbites: [
                {
                  speaker: 'Ole Vik',
                  role: 'Skipper',
                  language: 'en',
                  in: null,
                  startMs: null,
                  verbatim: 'It holds & floats.',
                },
              ],
            },
          },
        ],
      },
    ],
  },
  {
    name: 'a broadcaster: nothing declared, items in a wrapper, pages with a key in their address',
    visits: [
      {
        pages: {
          [PATH]: (request, response) => {
            const page = new URLSearchParams((request.url ?? '').split('?')[1]).get('state');
            response.end(
              page === '2'
                ? `<rss version="2.0"><channel><title>Nord TV</title><items>${film(2)}</items></channel></rss>`
                : `<rss version="2.0"><channel><title>Nord TV</title><link rel="next" href="${PATH}?state=2&amp;ks=hush"/><items>${film(3)}</items></channel></rss>`,
            );
          },
        },
        assets: ['Film q-3', 'Film q-2'].map(headline),
        asked: 2,
      },
    ],
  },
  {
    name: 'a podcast: a length of zero, another form with a checksum, transcripts, an item for nobody',
    visits: [
      {
        pages: {
          [PATH]: rss(
            `${item(`<enclosure url="https://cdn.example/p.mp3" length="0" type="audio/mpeg"/><itunes:duration>1:02:03</itunes:duration><itunes:image href="https://cdn.example/p.jpg"/><podcast:transcript url="https://cdn.example/p.vtt" type="text/vtt" language="en"/>
            <podcast:alternateEnclosure type="audio/mp4" length="7924786" bitrate="64000"><podcast:source uri="https://cdn.example/p.m4a"/><podcast:integrity type="sri" value="sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="/></podcast:alternateEnclosure>`)}
            ${item('<enclosure url="https://cdn.example/x.mp3" type="audio/mpeg"/><itunes:block>yes</itunes:block>', 'q-2')}`,
            `${ITUNES} ${PODCAST}`,
          ),
        },
        assets: [
          {
            durationMs: 3_723_000,
            formats: ['audio'],
            integrity: 'published',
            detail: {
              type: 'audio',
              captions: [{ language: 'en' }],
              renditions: [
                { container: 'm4a', bytes: 7_924_786, bitrate: 64_000 },
                { container: 'mp3', bytes: null, durationMs: null },
              ],
            },
          },
        ],
      },
    ],
  },
  {
    name: 'Atom: enclosures as links, pages, and an entry that is declared deleted',
    visits: [
      {
        pages: {
          [PATH]: atom(entry(24) + entry(23), '<link rel="next" href="/2.xml"/>'),
          '/2.xml': atom(entry(22), '<rights>CC BY 4.0</rights>'),
        },
        assets: ['Snow 24', 'Snow 23', 'Snow 22'].map(headline),
        asked: 2,
      },
      {
        pages: {
          [PATH]: atom(
            `${entry(24)}<at:deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0" ref="urn:w:23" when="2026-11-25T00:00:00Z"/>`,
          ),
        },
        assets: [
          { headline: 'Snow 24', badges: [], unlistedAt: null },
          { headline: 'Snow 23', badges: ['withdrawn'], packages: [] },
          { headline: 'Snow 22', badges: [], unlistedAt: NOW },
        ],
      },
    ],
  },
  {
    name: 'JSON Feed: attachments in several forms, text alone, and an end',
    visits: [
      {
        pages: {
          [PATH]: JSON.stringify({
            version: 'https://jsonfeed.org/version/1.1',
            title: 'River gauge',
            language: 'en',
            expired: true,
            items: [
              {
                id: '7',
                title: 'Gauge',
                url: 'https://river.example/7?utm_source=feed&token=hush',
                content_text: '1 < 2',
                date_published: '2026-11-24T10:00:00+01:00',
                authors: [{ name: 'Ola' }],
                tags: ['river'],
                attachments: [
                  {
                    url: 'https://cdn.example/g.mp4',
                    mime_type: 'video/mp4',
                    title: 'Gauge',
                    size_in_bytes: 12_000_000,
                    duration_in_seconds: 12,
                  },
                  {
                    url: 'https://cdn.example/g.mov',
                    mime_type: 'video/quicktime',
                    title: 'Gauge',
                  },
                  { url: 'https://cdn.example/g.pdf', mime_type: 'application/pdf' },
                ],
              },
              { id: '8', title: 'Words', content_html: '<p>No film</p>' },
            ],
          }),
        },
        assets: [
          {
            headline: 'Gauge',
            publishedAt: Date.UTC(2026, 10, 24, 9),
            languages: ['en'],
            topics: ['river'],
            durationMs: 12_000,
            detail: {
              credits: ['Ola'],
              script: { text: '1 < 2' },
              sourceUrl: 'https://river.example/7',
              renditions: [
                { container: 'mp4', bytes: 12_000_000 },
                { container: 'mov', bytes: null },
              ],
            },
          },
        ],
        facts: { articles: 1, restMs: 7 * DAY },
      },
    ],
  },
  {
    name: 'RSS 1.0, whose element of items is no wrapper',
    visits: [
      {
        pages: {
          [PATH]: `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" ${MRSS}><channel rdf:about="x"><title>Old</title><link>https://old.example/</link><description>d</description><items><rdf:Seq><rdf:li resource="https://old.example/1"/></rdf:Seq></items></channel><item rdf:about="https://old.example/1"><title>One</title><link>https://old.example/1</link><dc:date>2026-11-01T00:00:00Z</dc:date>${MP4}<media:status state="blocked"/></item></rdf:RDF>`,
        },
        assets: [{ headline: 'One', publishedAt: Date.UTC(2026, 10, 1), badges: ['on-hold'] }],
      },
    ],
  },
  {
    name: 'files in the namespace of a player',
    visits: [
      {
        pages: {
          [PATH]: rss(
            item(
              '<jwplayer:source file="https://cdn.example/j.mp4" type="video/mp4"/><jwplayer:track file="https://cdn.example/j.vtt" kind="captions"/><jwplayer:track file="https://cdn.example/t.vtt" kind="thumbnails"/><jwplayer:image>https://cdn.example/j.jpg</jwplayer:image>',
            ),
            'xmlns:jwplayer="http://rss.jwpcdn.com/"',
          ),
        },
        assets: [
          files({
            captions: [{}],
            renditions: [{ container: 'mp4' }],
            thumbnails: [{ url: 'https://cdn.example/j.jpg' }],
          }),
        ],
      },
    ],
  },
  {
    name: 'signed addresses that live for hours: renewed, and nothing has changed',
    visits: ['hush1', 'hush2'].map((token, at) => ({
      pages: {
        [PATH]: rss(
          item(
            `<media:content url="https://cdn.example/s.mp4?token=${token}&amp;Expires=${at}" type="video/mp4"/><media:thumbnail url="https://cdn.example/s.jpg?x=${token}"/>`,
          ),
        ),
      },
      assets: [
        {
          rev: 1,
          badges: [],
          packages: [{}],
          detail: { thumbnails: [], preview: null },
        },
      ],
    })),
  },
  {
    name: 'an agency of 2011: active because usable, then recalled in another spelling, then back',
    visits: [
      ['<media:status state="active" reason="usable"/>', [], 1],
      ['<media:status>deleted</media:status>', ['withdrawn'], 2],
      ['<media:status state="active" reason="usable"/>', [], 3],
      [
        '<media:status state="legal-hold" reason="see https://quay.example/?k=hush"/>',
        ['on-hold'],
        4,
      ],
    ].map(([status, badges, rev]) => ({
      pages: { [PATH]: rss(item(MP4 + String(status))) },
      assets: [{ badges, rev }],
    })),
  },
  {
    name: 'a recall that has nothing but its guid',
    visits: [
      { pages: { [PATH]: rss(film(1) + film(2)) }, assets: ['Film q-2', 'Film q-1'].map(headline) },
      {
        pages: {
          [PATH]: rss(`${film(2)}<item><guid>q-1</guid><media:status state="deleted"/></item>`),
        },
        assets: [
          { badges: [] },
          { headline: 'Film q-1', badges: ['withdrawn'], packages: [], unlistedAt: null },
        ],
      },
    ],
  },
  {
    name: 'a player instead of a file: a page to watch it on, and a film that is sold',
    visits: [
      {
        pages: {
          [PATH]: atom(
            `<entry><id>yt:1</id><title>Watch</title><updated>2026-11-24T16:20:00Z</updated><link href="https://video.example/watch?v=x1"/><media:group><media:content url="https://video.example/v/x1" type="application/x-shockwave-flash"/><media:player url="https://video.example/embed/x1"/></media:group></entry>
            <entry><id>yt:2</id><title>Sold</title><updated>2026-11-23T16:20:00Z</updated><media:content url="https://cdn.example/x.mp4" type="video/mp4"><media:price type="rent" price="4.00" currency="EUR"/></media:content></entry>`,
          ),
        },
        assets: [
          {
            headline: 'Watch',
            integrity: 'none',
            packages: [],
            detail: { sourceUrl: 'https://video.example/watch?v=x1' },
          },
          { headline: 'Sold', integrity: 'none', packages: [] },
        ],
      },
    ],
  },
  {
    name: 'sizes, lengths and dates as slips of the pen',
    visits: [
      {
        pages: {
          [PATH]: rss(
            [
              ['fileSize="235" duration="46.38"', '15/12/2010 19:30:00'],
              ['fileSize="0" duration="0:46"', '2009-12-15'],
              ['fileSize="-1" duration="99999999999" lang="x"', 'Tue, 31 Feb 2008 10:00:00 GMT'],
            ]
              .map(([attributes, date], n) =>
                item(
                  `<media:content url="https://cdn.example/${n}.mp4" type="video/mp4" ${attributes}/>`,
                  `s-${n}`,
                  date,
                ),
              )
              .join(''),
          ),
        },
        assets: [
          {
            headline: 'Film s-2',
            isDateStated: false,
            publishedAt: NOW,
            durationMs: null,
            languages: [],
            packages: [{ bytes: null }],
          },
          {
            headline: 'Film s-0',
            publishedAt: Date.UTC(2010, 11, 15, 19, 30),
            durationMs: 46_380,
            packages: [{ bytes: null }],
          },
          { headline: 'Film s-1', publishedAt: Date.UTC(2009, 11, 15), durationMs: 46_000 },
        ],
      },
    ],
  },
  {
    name: 'windows of use: with dates of mails over several lines, a start alone, several, unreadable',
    visits: [
      {
        pages: {
          [PATH]: rss(
            [
              '\n start=Tue, 01 Dec 2026 00:00:00 GMT;\n end=Fri, 01 Jan 2027 00:00:00 GMT;\n scheme=W3C-DTF\n',
              'start=2026-12-01T00:00:00Z',
              'start=2026-12-01;end=2027-02-01</dcterms:valid><dcterms:valid>start=2026-11-01;end=2027-01-01',
              'start=2026-13-01T00:00:00Z',
              'end=2026-11-01T00:00:00Z',
            ]
              .map((valid, n) =>
                item(`${MP4}<dcterms:valid>${valid}</dcterms:valid>`, `v-${n}`, day(20 - n)),
              )
              .join(''),
            `${MRSS} ${TERMS}`,
          ),
        },
        assets: [
          {
            embargoUntil: Date.UTC(2026, 11, 1),
            expiresAt: Date.UTC(2027, 0, 1),
            badges: ['embargoed'],
          },
          { embargoUntil: Date.UTC(2026, 11, 1), expiresAt: null, badges: ['embargoed'] },
          { embargoUntil: Date.UTC(2026, 11, 1), expiresAt: Date.UTC(2027, 0, 1) },
          { badges: ['on-hold'], packages: [] },
          { badges: ['expired'], packages: [] },
        ],
      },
    ],
  },
  {
    name: 'no guids at all, then dates that are put right',
    visits: [
      {
        pages: {
          [PATH]: rss(
            ['A', 'B']
              .map(
                (title) =>
                  `<item><title>${title}</title><link>https://quay.example/${title}</link>${MP4}</item>`,
              )
              .join(''),
          ),
        },
        assets: [{ isDateStated: false, publishedAt: NOW }, { isDateStated: false }],
      },
      {
        days: 2,
        pages: {
          [PATH]: rss(
            ['A', 'B']
              .map(
                (title) =>
                  `<item><title>${title}, corrected</title><link>https://quay.example/${title}</link>${MP4}</item>`,
              )
              .join(''),
          ),
        },
        assets: [
          { isDateStated: false, publishedAt: NOW, rev: 2 },
          { isDateStated: false, publishedAt: NOW, rev: 2 },
        ],
      },
    ],
  },
  {
    name: 'one guid for all',
    visits: [1, 2].map(() => ({
      pages: {
        [PATH]: rss(
          [3, 2, 1].map((n) => film(n).replace(`>q-${n}</guid>`, '>Quay News</guid>')).join(''),
        ),
      },
      assets: [{ headline: 'Film q-3', rev: 1 }, { rev: 1 }, { rev: 1 }],
    })),
  },
  {
    name: 'guids that turn from http to https, and a site that moves',
    visits: ['http://old.example', 'https://old.example', 'https://new.example'].map((site) => ({
      pages: {
        [PATH]: rss(
          item(`<link>${site}/1</link>${MP4}`, `${site}/1`).replace(`Film ${site}/1`, 'Moved') +
            item(`<link>${site}/2</link>${MP4}`, `${site}/2`, day(1)).replace(
              `Film ${site}/2`,
              'Moved too',
            ),
        ),
      },
      assets: [
        { headline: 'Moved', unlistedAt: null },
        { headline: 'Moved too', unlistedAt: null },
      ],
    })),
  },
  {
    name: 'a guid that is used again for another film',
    visits: [
      {
        pages: { [PATH]: rss(film(1) + film(2) + film(3) + film(4)) },
        assets: [4, 3, 2, 1].map((n) => headline(`Film q-${n}`)),
      },
      {
        pages: {
          [PATH]: rss(film(5).replace('>q-5</guid>', '>q-1</guid>') + film(2) + film(3) + film(4)),
        },
        assets: [
          { headline: 'Film q-5', rev: 2 },
          headline('Film q-4'),
          headline('Film q-3'),
          headline('Film q-2'),
        ],
      },
    ],
  },
  {
    name: 'windows-1252 by its prolog alone',
    visits: [
      {
        pages: {
          [PATH]: Buffer.from(
            rss(item(MP4).replace('Film q-1', 'Déjà vu \u0080')).replace('UTF-8', 'windows-1252'),
            'latin1',
          ),
        },
        assets: [headline('Déjà vu €')],
      },
    ],
  },
  {
    name: 'other spellings of the namespace, a byte order mark, blanks, a raw ampersand, entities of HTML',
    visits: [
      {
        pages: {
          [PATH]: `\uFEFF\n  ${rss(item('<mrss:content url="https://cdn.example/a.mp4" type="video/mp4"/>').replace('Film q-1', 'Fish &amp; chips &eacute; R & D'), 'xmlns:mrss="https://search.yahoo.com/mrss"')}`,
        },
        assets: [{ headline: 'Fish & chips é R & D', packages: [{}] }],
      },
    ],
  },
  {
    name: 'entities that multiply',
    visits: [
      {
        pages: {
          [PATH]: `<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">${Array.from({ length: 9 }, (_, n) => `<!ENTITY ${'abcdefghij'[n + 1]} "${`&${'abcdefghij'[n]};`.repeat(10)}">`).join('')}]>${rss(item(MP4).replace('Film q-1', 'x &j;')).replace(/^<\?xml[^>]*>\n/u, '')}`,
        },
        assets: [{}],
      },
    ],
  },
  {
    name: 'a tag that moves while nothing has changed',
    visits: [
      {
        pages: { [PATH]: tagged(rss(film(1)), '"1"', { 'last-modified': 'yesterday' }) },
        assets: [{}],
      },
      {
        pages: { [PATH]: tagged(rss(''), '"2"', { 'last-modified': 'yesterday' }) },
        assets: [{ unlistedAt: null }],
      },
      {
        pages: {
          [PATH]: (request, response) =>
            void response
              .writeHead(
                request.headers['if-none-match'] === '"2"' &&
                  request.headers['if-modified-since'] === 'yesterday'
                  ? 304
                  : 500,
              )
              .end(),
        },
        assets: [{ unlistedAt: null }],
      },
    ],
  },
  {
    name: 'unchanged for ever, by its own word',
    visits: [
      { pages: { [PATH]: tagged(rss(film(1)), '"1"') }, assets: [headline('Film q-1')] },
      {
        days: 2,
        pages: { [PATH]: tagged(rss(film(2) + film(1)), '"1"') },
        assets: [headline('Film q-1')],
      },
      {
        days: 6,
        pages: { [PATH]: tagged(rss(film(2) + film(1)), '"1"') },
        assets: ['Film q-2', 'Film q-1'].map(headline),
      },
    ],
  },
  {
    name: 'a check for browsers, with 202, with 200, and on the second page',
    visits: [
      { pages: { [PATH]: rss(film(1)) }, assets: [{}] },
      { pages: { [PATH]: answer(202, {}, '<html>hush</html>') }, fault: 'blocked' },
      {
        pages: {
          [PATH]: answer(200, { 'content-type': 'text/html' }, '<!DOCTYPE html><html>hush</html>'),
        },
        fault: 'blocked',
      },
      {
        pages: {
          [PATH]: rss(
            `<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="next" href="/2.xml?k=hush"/>${film(1)}`,
          ),
          '/2.xml': answer(200, {}, '<html>hush</html>'),
        },
        fault: 'blocked',
      },
      { pages: { [PATH]: answer(403) }, fault: 'origin-refused' },
      {
        pages: { [PATH]: answer(401, { 'www-authenticate': 'Basic realm="hush"' }) },
        fault: 'key-refused',
      },
    ],
  },
  {
    name: 'an archive that unpacks without end',
    visits: [
      {
        pages: { [PATH]: answer(200, { 'content-encoding': 'gzip' }, gzipSync(rss(film(1)))) },
        assets: [{}],
      },
      {
        pages: {
          [PATH]: answer(
            200,
            { 'content-encoding': 'gzip' },
            gzipSync(Buffer.alloc(40_000_000, 'a')),
          ),
        },
        fault: 'offline',
      },
    ],
  },
  {
    name: 'cut between items, in one, in its end tag, and shorter than its length',
    visits: [
      { pages: { [PATH]: rss(film(1) + film(2)) }, assets: [{}, {}] },
      ...[/<\/item>(?=<item>)/u, /<media/u, /<\/rs(?=s>)/u].map((at): Visit => {
        const text = rss(film(2) + film(1));
        const match = at.exec(text);
        return {
          pages: { [PATH]: text.slice(0, (match?.index ?? 0) + (match?.[0].length ?? 0)) },
          fault: 'changed-shape',
          error: { code: 'feed-invalid', retryable: true },
        };
      }),
      {
        pages: {
          [PATH]: (_request, response) => {
            response.writeHead(200, { 'content-length': '9999' });
            response.write(rss(film(2)), () => response.destroy());
          },
        },
        fault: 'offline',
      },
      { pages: { [PATH]: '' }, fault: 'changed-shape' },
      { pages: { [PATH]: rss('') }, assets: [{ unlistedAt: null }, { unlistedAt: null }] },
      { pages: { [PATH]: JSON.stringify({ error: 'hush' }) }, fault: 'changed-shape' },
    ],
  },
  {
    name: 'another shape all at once',
    visits: [
      { pages: { [PATH]: rss(film(1) + film(2)) }, assets: [{}, {}] },
      {
        pages: {
          [PATH]: rss('<item><headline>1</headline></item><item><headline>2</headline></item>'),
        },
        fault: 'changed-shape',
      },
    ],
  },
  {
    name: 'a chain of permanent redirects, and one that leads where no publisher may',
    visits: [
      {
        pages: {
          [PATH]: answer(301, { location: '/middle' }),
          '/middle': answer(308, { location: '/new.xml?key=hush' }),
          '/new.xml': rss(film(1)),
        },
        assets: [{}],
        asked: 3,
        facts: { movedTo: expect.stringMatching(/\/new\.xml\?key=hush$/u) },
      },
      {
        pages: { [PATH]: answer(302, { location: 'http://printer.local/feed' }) },
        fault: 'origin-refused',
      },
      { pages: { [PATH]: answer(301, { location: PATH }) }, fault: 'origin-refused' },
    ],
  },
  {
    name: 'busy, down, away, and gone for good',
    visits: [
      { pages: { [PATH]: rss(film(1)) }, assets: [{}] },
      {
        pages: {
          [PATH]: answer(429, { 'retry-after': new Date(Date.now() + 600_000).toUTCString() }),
        },
        fault: 'limited',
        error: { code: 'rate-limited' },
      },
      {
        pages: { [PATH]: answer(503, { 'retry-after': '120' }) },
        fault: 'limited',
        error: { retryAfterMs: 120_000 },
      },
      { pages: { [PATH]: answer(503, {}, '<html>Down for maintenance</html>') }, fault: 'offline' },
      { pages: { [PATH]: answer(404) }, fault: 'offline' },
      { pages: { [PATH]: answer(410) }, fault: 'gone' },
    ],
  },
  {
    name: 'dates that lie ahead: when it was first seen counts, also later',
    visits: [
      {
        pages: { [PATH]: rss(item(MP4, 'ahead', 'Fri, 01 Jan 2038 00:00:00 GMT') + film(1)) },
        assets: [{ headline: 'Film ahead', isDateStated: false, publishedAt: NOW }, {}],
      },
      {
        days: 3,
        pages: { [PATH]: rss(item(MP4, 'ahead', 'Fri, 01 Jan 2038 00:00:00 GMT') + film(1)) },
        assets: [{ publishedAt: NOW, rev: 1, badges: [] }, {}],
      },
    ],
  },
  {
    name: 'an item that falls off the end, and is listed again',
    visits: [
      { pages: { [PATH]: rss(film(2) + film(1)) }, assets: [{}, {}] },
      {
        days: 1,
        pages: { [PATH]: rss(film(3) + film(2)) },
        assets: [{}, {}, { headline: 'Film q-1', badges: [], unlistedAt: NOW + DAY }],
      },
      {
        pages: { [PATH]: rss(film(3) + film(2) + film(1)) },
        assets: [{}, {}, { headline: 'Film q-1', unlistedAt: null, rev: 1 }],
      },
    ],
  },
];
