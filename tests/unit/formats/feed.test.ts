import { describe, expect, test } from 'vitest';
import { feedDate } from '../../../src/main/formats/feed-date.ts';
import { parseFeed, type Feed } from '../../../src/main/formats/feed.ts';

const BASE = 'https://harbour.example/video/feed.xml';
const MEDIA = 'xmlns:media="http://search.yahoo.com/mrss/"';
const rss = (items: string, { namespaces = MEDIA, channel = '' } = {}): string =>
  `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" ${namespaces}><channel><title>Harbour Notes</title><link>https://harbour.example/</link><description>From the quay</description>${channel}${items}</channel></rss>`;
const item = (inner: string): string =>
  `<item><guid>n-1</guid><title>Low cloud</title>${inner}</item>`;
const first = (text: string) => parseFeed(text, BASE).items[0];

function windowOf(valid: string) {
  const read = first(
    rss(item(`<dcterms:valid>${valid}</dcterms:valid>`), {
      namespaces: `${MEDIA} xmlns:dcterms="http://purl.org/dc/terms/"`,
    }),
  );
  return [read?.validFrom, read?.validUntil];
}

const file = (name: string): string => `<media:content url="${name}.mp4" type="video/mp4"/>`;
describe('Media RSS', () => {
  test('forms of one work, with what is said of each, of the group, the item and the channel', () => {
    const feed = parseFeed(
      rss(
        item(`<link>/stories/low-cloud</link><pubDate>Tue, 24 Nov 2026 10:05:00 +0100</pubDate>
        <description><![CDATA[<p>Two hours in <b>one</b> minute</p>]]></description>
        <media:group>
          <media:content url="a-1080.mp4" fileSize="52428800" type="video/mp4" medium="video" isDefault="true" bitrate="5000" framerate="25" duration="64" width="1920" height="1080" lang="nb">
            <media:hash algo="sha-1">2AAE6C35C94FCFB415DBE95F408B9CE91EE846ED</media:hash></media:content>
          <media:content url="https://cdn.example/a-teaser.mp4" type="video/mp4" expression="sample" duration="0:08"/>
          <media:credit role="camera">Ingrid A.</media:credit>
        </media:group>
        <media:thumbnail url="a.jpg" width="640" height="360"/><media:keywords>cloud, terraces</media:keywords>
        <media:subTitle type="text/vtt" lang="en" href="a.en.vtt"/>
        <media:restriction relationship="deny" type="country">se fi</media:restriction>
        <media:license type="text/html" href="https://harbour.example/licence">Free with credit</media:license>
        <media:scenes><media:scene><sceneTitle>Fog</sceneTitle><sceneDescription>over the quay</sceneDescription><sceneStartTime>0:05</sceneStartTime><sceneEndTime>0:09</sceneEndTime></media:scene></media:scenes>`),
        {
          channel: `<language>nb</language><ttl>45</ttl><media:copyright>© Harbour Notes</media:copyright>`,
        },
      ),
      BASE,
    );
    expect(feed).toMatchObject({
      kind: 'rss',
      title: 'Harbour Notes',
      language: 'nb',
      ttlMinutes: 45,
    });
    expect(feed.items).toMatchObject([
      {
        id: 'n-1',
        link: 'https://harbour.example/stories/low-cloud',
        publishedAt: Date.UTC(2026, 10, 24, 9, 5),
        summaryHtml: '<p>Two hours in <b>one</b> minute</p>',
        media: [
          {
            url: 'https://harbour.example/video/a-1080.mp4',
            bytes: 52_428_800,
            width: 1920,
            height: 1080,
            bitrate: 5_000_000,
            frameRate: 25,
            durationMs: 64_000,
            language: 'nb',
            isDefault: true,
            isSample: false,
            hash: { algorithm: 'sha1', hex: '2aae6c35c94fcfb415dbe95f408b9ce91ee846ed' },
          },
          { url: 'https://cdn.example/a-teaser.mp4', isSample: true, durationMs: 8000, hash: null },
        ],
        captions: [
          { url: 'https://harbour.example/video/a.en.vtt', type: 'text/vtt', language: 'en' },
        ],
        pictures: [{ url: 'https://harbour.example/video/a.jpg', width: 640, height: 360 }],
        scenes: [{ startMs: 5000, endMs: 9000, text: 'Fog: over the quay' }],
        keywords: ['cloud', 'terraces'],
        credits: ['Ingrid A.'],
        copyright: '© Harbour Notes',
        licence: { name: 'Free with credit', url: 'https://harbour.example/licence' },
        restrictions: [{ relationship: 'deny', type: 'country', values: ['SE', 'FI'] }],
        status: 'active',
      },
    ]);
  });

  test('a hash of a group is that of its file, if it has one alone', () => {
    const hash = `<media:hash algo="md5">${'0f'.repeat(16)}</media:hash>`;
    const hashes = (files: string) =>
      first(rss(item(`<media:group>${hash}${files}</media:group>`)))?.media.map(
        (one) => one.hash?.hex ?? null,
      );
    expect(hashes(file('a'))).toEqual(['0f'.repeat(16)]);
    expect(hashes(file('a') + file('b'))).toEqual([null, null]);
  });

  test.each([
    ['another spelling of its namespace', 'xmlns:media="https://search.yahoo.com/mrss"'],
    ['a prefix that is not declared', ''],
  ])('%s', (_, namespaces) => {
    const text = rss(item('<media:content url="a.mp4" type="video/mp4"/>'), { namespaces });
    expect(first(text)?.media).toMatchObject([{ type: 'video/mp4' }]);
  });

  test('items in a wrapper', () => {
    const text = rss(`<items>${item('<media:content url="a.mp4" type="video/mp4"/>')}</items>`);
    expect(first(text)?.media).toHaveLength(1);
  });

  test('a length with colons, a fraction, a zero and a word', () => {
    const media = ['1:02:03', '46.38', '0', 'soon']
      .map(
        (duration, n) => `<media:content url="${n}.mp4" type="video/mp4" duration="${duration}"/>`,
      )
      .join('');
    expect(first(rss(item(media)))?.media.map(({ durationMs }) => durationMs)).toEqual([
      3_723_000,
      46_380,
      null,
      null,
    ]);
  });

  test.each([
    ['<media:status state="deleted" reason="recalled"/>', 'deleted', 'recalled'],
    ['<media:status>deleted</media:status>', 'deleted', null],
    [
      '<media:status state="blocked" reason="https://harbour.example/why"/>',
      'blocked',
      'https://harbour.example/why',
    ],
    ['<media:status state="active" reason="usable"/>', 'active', 'usable'],
    ['', 'active', null],
  ])('taken back: %s', (status, state, note) => {
    const read = first(rss(item(`<media:content url="a.mp4" type="video/mp4"/>${status}`)));
    expect([read?.status, read?.statusNote]).toEqual([state, note]);
  });

  test.each([
    [
      'allow',
      'country',
      'no se',
      [{ relationship: 'allow', type: 'country', values: ['NO', 'SE'] }],
    ],
    ['allow', 'country', '', [{ relationship: 'allow', type: 'country', values: [] }]],
    ['allow', 'country', 'all', []],
    ['deny', 'country', 'none', []],
    ['deny', 'country', 'all', [{ relationship: 'allow', type: 'country', values: [] }]],
    ['deny', 'sharing', '', [{ relationship: 'deny', type: 'sharing', values: [] }]],
  ] as const)('who may use it: %s %s %j', (relationship, type, values, expected) => {
    const text = item(
      `<media:content url="a.mp4" type="video/mp4"/><media:restriction relationship="${relationship}" type="${type}">${values}</media:restriction>`,
    );
    expect(first(rss(text))?.restrictions).toEqual(expected);
  });

  test('a window of use, on one line, over several, and with a start alone', () => {
    const [from, until] = [Date.UTC(2026, 10, 24, 10), Date.UTC(2027, 0, 1)];
    expect(windowOf('start=2026-11-24T10:00:00Z;end=2027-01-01T00:00:00Z;scheme=W3C-DTF')).toEqual([
      from,
      until,
    ]);
    expect(
      windowOf('\n  start=Tue, 24 Nov 2026 10:00:00 GMT;\n  end=Fri, 01 Jan 2027 00:00:00 GMT\n'),
    ).toEqual([from, until]);
    expect(windowOf('start=2026-11-24T10:00:00Z')).toEqual([from, null]);
  });

  test('files of a player that has a namespace of its own', () => {
    const read = first(
      rss(
        item(
          '<jwplayer:source file="a.mp4" type="video/mp4" label="720p"/><jwplayer:track file="a.vtt" kind="captions" label="English"/><jwplayer:track file="t.vtt" kind="thumbnails"/><jwplayer:image>a.jpg</jwplayer:image>',
        ),
        { namespaces: `${MEDIA} xmlns:jwplayer="http://rss.jwpcdn.com/"` },
      ),
    );
    expect(read?.media).toMatchObject([{ url: 'https://harbour.example/video/a.mp4' }]);
    expect(read?.captions).toMatchObject([{ url: 'https://harbour.example/video/a.vtt' }]);
    expect(read?.pictures).toMatchObject([{ url: 'https://harbour.example/video/a.jpg' }]);
  });

  test('what looks like an element in a text stays text', () => {
    const read = first(
      rss(
        item(
          '<description><![CDATA[use <items> and <media:status>deleted</media:status>]]></description>',
        ),
      ),
    );
    expect(read).toMatchObject({
      status: 'active',
      summaryHtml: 'use <items> and <media:status>deleted</media:status>',
    });
  });

  test('neither programs, documents, live streams nor pages are files', () => {
    const read = first(
      rss(
        item(`<media:content url="a.swf" type="application/x-shockwave-flash"/><media:content url="a.exe" medium="executable"/>
        <media:content url="a.pdf" medium="document"/><media:content url="live.m3u8" expression="nonstop"/><media:content url="page" type="text/html"/>
        <media:player url="https://harbour.example/watch"/><media:price type="rent" price="4.00" currency="EUR"/>`),
      ),
    );
    expect(read).toMatchObject({
      media: [],
      playerUrl: 'https://harbour.example/watch',
      isForSale: true,
    });
  });
});

describe('podcasts', () => {
  test('an enclosure, its other forms with a checksum, transcripts and a length', () => {
    const text = rss(
      item(`<enclosure url="https://cdn.example/p.mp3" length="0" type="audio/mpeg"/><itunes:duration>1:02:03</itunes:duration><itunes:image href="p.jpg"/>
      <podcast:transcript url="p.vtt" type="text/vtt" language="en"/>
      <podcast:alternateEnclosure type="video/mp4" length="7924786" bitrate="511276" height="720" lang="en" default="true">
        <podcast:source uri="https://cdn.example/p.mp4"/><podcast:source uri="ipfs://somewhere"/>
        <podcast:integrity type="sri" value="sha384-OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTAzHv2P24donTt6/529l+9Ua0vFImLlb"/></podcast:alternateEnclosure>`),
      {
        namespaces:
          'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:podcast="https://podcastindex.org/namespace/1.0"',
      },
    );
    expect(first(text)).toMatchObject({
      durationMs: 3_723_000,
      media: [
        { url: 'https://cdn.example/p.mp3', bytes: null },
        {
          url: 'https://cdn.example/p.mp4',
          bytes: 7_924_786,
          height: 720,
          isDefault: true,
          hash: { algorithm: 'sha384', hex: expect.stringMatching(/^38b060a751ac96/u) },
        },
      ],
      captions: [{ url: 'https://harbour.example/video/p.vtt' }],
      pictures: [{ url: 'https://harbour.example/video/p.jpg' }],
    });
  });
});

const entry = (content: string) =>
  parseFeed(
    `<feed xmlns="http://www.w3.org/2005/Atom"><title>W</title><id>urn:w</id><updated>2026-11-24T16:20:00Z</updated><entry><id>urn:w:1</id><title>S</title><updated>2026-11-24T16:20:00Z</updated>${content}</entry></feed>`,
    BASE,
  ).items[0]?.media;
const atomWithin = (feedBase: string, entryBase: string) =>
  parseFeed(
    `<feed xmlns="http://www.w3.org/2005/Atom"${feedBase}><id>urn:1</id><title>A</title><link href="."/><updated>2026-11-19T08:00:00Z</updated><entry${entryBase}><id>urn:2</id><title>B</title><link href="post/1"/><link rel="enclosure" type="audio/mpeg" href="1.mp3"/><updated>2026-11-19T08:00:00Z</updated></entry></feed>`,
    'https://harbour.example/feeds/all.atom',
  );
const addressesOf = ({ link, items: [item] }: Feed) => [link, item?.link, item?.media[0]?.url];

describe('other formats', () => {
  test('Atom: enclosures as links, the rights of the feed, a next page', () => {
    const text = `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Weather desk</title><id>urn:w</id><updated>2026-11-24T16:20:00Z</updated><rights>CC BY 4.0</rights>
      <link href="https://weather.example/"/><link rel="next" href="feed?page=2"/>
      <entry><id>urn:w:1</id><title>Snow depth</title><updated>2026-11-24T16:20:00Z</updated><published>2026-11-23T08:00:00Z</published><author><name>Desk</name></author>
      <link href="/snow"/><link rel="enclosure" type="video/mp4" length="123456" href="snow.mp4"/><summary>On forty roofs</summary><content type="html">&lt;p&gt;Roofs&lt;/p&gt;</content></entry></feed>`;
    expect(parseFeed(text, BASE)).toMatchObject({
      kind: 'atom',
      next: 'https://harbour.example/video/feed?page=2',
      items: [
        {
          id: 'urn:w:1',
          link: 'https://harbour.example/snow',
          publishedAt: Date.UTC(2026, 10, 23, 8),
          updatedAt: Date.UTC(2026, 10, 24, 16, 20),
          credits: ['Desk'],
          copyright: 'CC BY 4.0',
          summaryHtml: 'On forty roofs',
          contentHtml: '<p>Roofs</p>',
          media: [{ url: 'https://harbour.example/video/snow.mp4', bytes: 123_456 }],
        },
      ],
    });
  });

  test('Atom: content that is elsewhere, a file or a page', () => {
    expect(entry('<content type="video/mp4" src="snow.mp4"/>')).toMatchObject([
      { url: 'https://harbour.example/video/snow.mp4', type: 'video/mp4', bytes: null },
    ]);
    expect(entry('<content type="text/html" src="snow.html"/>')).toEqual([]);
  });

  test('addresses of Atom are relative to the nearest xml:base', () => {
    const site = 'https://harbour.example';
    expect(addressesOf(atomWithin('', ''))).toEqual([
      `${site}/feeds/`,
      `${site}/feeds/post/1`,
      `${site}/feeds/1.mp3`,
    ]);
    expect(addressesOf(atomWithin(' xml:base="https://quay.example/blog/"', ''))).toEqual([
      'https://quay.example/blog/',
      'https://quay.example/blog/post/1',
      'https://quay.example/blog/1.mp3',
    ]);
    expect(addressesOf(atomWithin(' xml:base="/blog/"', ' xml:base="2026/"'))).toEqual([
      `${site}/blog/`,
      `${site}/blog/2026/post/1`,
      `${site}/blog/2026/1.mp3`,
    ]);
    // Not of the web: as if there were none.
    expect(addressesOf(atomWithin(' xml:base="urn:x"', ' xml:base="::"'))[1]).toBe(
      `${site}/feeds/post/1`,
    );
  });

  test('JSON Feed: attachments, plain text, a next page and an end', () => {
    const text = JSON.stringify({
      version: 'https://jsonfeed.org/version/1.1',
      title: 'River gauge',
      next_url: 'https://harbour.example/2.json',
      expired: true,
      items: [
        {
          id: '7',
          title: 'Gauge',
          content_text: '1 < 2',
          date_published: '2026-11-24T10:00:00+01:00',
          authors: [{ name: 'Ola' }],
          tags: ['river'],
          attachments: [
            {
              url: 'https://cdn.example/g.mp4',
              mime_type: 'video/mp4',
              size_in_bytes: 10,
              duration_in_seconds: 12,
            },
            { url: 'https://cdn.example/g.pdf', mime_type: 'application/pdf' },
          ],
        },
      ],
    });
    expect(parseFeed(text, BASE)).toMatchObject({
      kind: 'json',
      isExpired: true,
      next: 'https://harbour.example/2.json',
      items: [
        {
          contentHtml: '<p>1 &lt; 2</p>',
          publishedAt: Date.UTC(2026, 10, 24, 9),
          credits: ['Ola'],
          media: [{ url: 'https://cdn.example/g.mp4', durationMs: 12_000 }],
        },
      ],
    });
  });

  test('RDF, whose element of items is no wrapper', () => {
    const text = `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>Old</title><link>https://old.example/</link><description>d</description><items><rdf:Seq><rdf:li resource="https://old.example/1"/></rdf:Seq></items></channel>
      <item rdf:about="https://old.example/1"><title>One</title><link>https://old.example/1</link><dc:date>2026-11-01T00:00:00Z</dc:date></item></rdf:RDF>`;
    expect(parseFeed(text, BASE)).toMatchObject({
      kind: 'rdf',
      items: [{ title: 'One', publishedAt: Date.UTC(2026, 10, 1) }],
    });
  });
});

describe('what is no feed', () => {
  test.each([
    ['a web page', '<!doctype html><html><body>Log in</body></html>', /web page/u],
    ['nothing', '   ', /no elements/u],
    ['a text', 'Not found', /no elements/u],
    ['another XML', '<urlset><url/></urlset>', /format is unknown/u],
    ['JSON of another kind', '{"error":"no"}', /format is unknown/u],
    ['broken JSON', '{"version":"https://jsonfeed.org/version/1.1","items":[', /./u],
  ])('%s', (_, text, why) => {
    expect(() => parseFeed(text, BASE)).toThrow(
      expect.objectContaining({ code: 'feed-invalid', message: expect.stringMatching(why) }),
    );
  });

  test('a feed that was cut off, wherever', () => {
    const whole = rss(item('') + item(''));
    for (const at of [whole.indexOf('</item>') + 7, whole.length - 8, whole.length - 14])
      expect(() => parseFeed(whole.slice(0, at), BASE), String(at)).toThrow(
        expect.objectContaining({ code: 'feed-invalid' }),
      );
  });

  test('an end tag in a comment or a text is none, and what follows the real one is no matter', () => {
    const whole = rss(item('') + item(''));
    const open = whole.slice(0, whole.indexOf('</item>') + 7);
    for (const cut of [
      `${open}<!-- </channel></rss> -->`,
      `${open}<item><title><![CDATA[</channel></rss>]]></title></item>`,
      `${open}<!-- </channel></rss>`,
      `${open}<item><title><![CDATA[</channel></rss>`,
      `${open}<item note="</channel></rss>`,
      '{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1"}',
    ])
      expect(() => parseFeed(cut, BASE), cut).toThrow(
        expect.objectContaining({ code: 'feed-invalid', detail: { retryable: true } }),
      );
    for (const more of ['<!-- cached -->', '\n\n', '<?end?>'])
      expect(parseFeed(whole + more, BASE).items).toHaveLength(2);
  });

  test('addresses of other kinds than http are left out', () => {
    const read = first(
      rss(
        item(
          '<link>javascript:alert(1)</link><media:content url="file:///etc/passwd" type="video/mp4"/><media:thumbnail url="data:image/png;base64,AA"/>',
        ),
      ),
    );
    expect(read).toMatchObject({ link: null, media: [], pictures: [] });
  });
});

test.each([
  ['Tue, 24 Nov 2026 10:05:00 GMT', Date.UTC(2026, 10, 24, 10, 5)],
  ['24 Nov 2026 10:05 +0100', Date.UTC(2026, 10, 24, 9, 5)],
  ['Tue, 24 Nov 2026 05:05:00 EST', Date.UTC(2026, 10, 24, 10, 5)],
  ['Tue, 24 Nov 2026', Date.UTC(2026, 10, 24)],
  ['24 Nov 26 10:05 UT', Date.UTC(2026, 10, 24, 10, 5)],
  ['2026-11-24', Date.UTC(2026, 10, 24)],
  ['2026-11-24T10:05:00Z', Date.UTC(2026, 10, 24, 10, 5)],
  ['2026-11-24 10:05:00', Date.UTC(2026, 10, 24, 10, 5)],
  ['2026-11-24T10:05:00.5+01:00', Date.UTC(2026, 10, 24, 9, 5, 0, 500)],
  ['15/12/2010 19:30:00', Date.UTC(2010, 11, 15, 19, 30)],
  ['31/02/2010 19:30:00', null],
  ['yesterday', null],
  ['1', null],
  ['', null],
  [undefined, null],
])('the date %j', (text, ms) => {
  expect(feedDate(text)).toBe(ms);
});

test('ten thousand items, and elements nested without end, are read or refused within seconds', () => {
  const many = rss(
    Array.from(
      { length: 10_000 },
      (_, n) =>
        `<item><guid>${n}</guid><title>t</title><media:content url="${n}.mp4" type="video/mp4" duration="0:46"/></item>`,
    ).join(''),
  );
  expect(parseFeed(many, BASE).items).toHaveLength(10_000);
  const deep = rss('<a>'.repeat(50_000) + '</a>'.repeat(50_000));
  expect(() => parseFeed(deep, BASE)).toThrow(expect.objectContaining({ code: 'feed-invalid' }));
});
