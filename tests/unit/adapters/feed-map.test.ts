import { plainText } from '../../../src/main/adapters/sources/asset-parts.ts';
import { describe, expect, test } from 'vitest';
import { isSecret, withoutSecrets } from '../../../src/main/adapters/sources/addresses.ts';
import { mapFeed, type FeedIdentity } from '../../../src/main/adapters/sources/feed-map.ts';
import { assetDetail, type AssetDetail } from '../../../src/main/catalogue/asset.ts';
import { parseFeed } from '../../../src/main/formats/feed.ts';
import { film, mediaRss } from '../../support/sources/feed-server.ts';

const SOURCE = 'feed:0a1b2c3d4e5f60718293a4b5c6d7e8f9';
const NOW = Date.UTC(2026, 10, 25);
const page = (items: string, known: FeedIdentity | null = null, nowMs = NOW) =>
  mapFeed(parseFeed(mediaRss(items), 'https://harbour.example/feed.xml'), {
    source: SOURCE,
    nowMs,
    known,
  });
const map = (items: string, nowMs = NOW) => page(items, null, nowMs).changes;
function one(items: string, nowMs = NOW): AssetDetail {
  const [change] = map(items, nowMs);
  if (change?.op !== 'upsert' || !change.detail) throw new Error('No asset');
  return change.detail;
}
const stamps = (items: string, nowMs: number) =>
  map(items, nowMs).map(({ id, stamp }) => [id, stamp]);
const item = (inner: string, guid = '<guid>n-1</guid>'): string =>
  `<item>${guid}<title>Low cloud</title><pubDate>Tue, 24 Nov 2026 10:00:00 GMT</pubDate>${inner}</item>`;
const content = (url: string, more = ''): string =>
  `<media:content url="${url}" type="video/mp4" ${more}/>`;

test('everything that a source states is there, everything else is unstated, and all fits the model', () => {
  const asset = one(
    item(`<link>https://harbour.example/1</link><description>&lt;p&gt;Two hours&lt;br&gt;in one &amp;amp; a half&lt;/p&gt;&lt;p&gt;More&lt;/p&gt;</description>
      <media:group>${content('/a-720.mp4', 'height="720" width="1280" fileSize="31457280"')}${content('/a-2160.mp4', 'height="2160" framerate="29.97" bitrate="45000" duration="64"')}${content('/a-240.mp4', 'height="240"')}</media:group>
      <media:subTitle type="application/x-subrip" href="/a.srt"/><media:credit>Ingrid A.</media:credit><media:thumbnail url="/a.jpg"/>`),
  );
  expect(assetDetail.safeParse(asset).error).toBeUndefined();
  expect(asset).toMatchObject({
    id: expect.stringMatching(/^feed:0a1b2c3d4e5f60718293a4b5c6d7e8f9\/[0-9a-f]{16}$/u),
    type: 'video',
    headline: 'Low cloud',
    descriptionText: 'Two hours\nin one & a half\nMore',
    publishedAt: '2026-11-24T10:00:00.000Z',
    isDateStated: true,
    durationMs: 64_000,
    formats: ['uhd', 'hd', 'sd'],
    frameRates: ['30000/1001'],
    languages: [],
    countries: [],
    credits: ['Ingrid A.'],
    integrity: 'recorded',
    rights: 'unknown',
    captions: [{ language: 'und', format: 'srt' }],
    thumbnails: [{ url: 'https://harbour.example/a.jpg', width: null, height: null }],
    sourceUrl: 'https://harbour.example/1',
  });
  expect(
    asset.renditions.map(({ name, bytes, videoCodec, scan }) => [name, bytes, videoCodec, scan]),
  ).toEqual([
    ['2160p MP4', null, null, null],
    ['720p MP4', 31_457_280, null, null],
    ['240p MP4', null, null, null],
  ]);
  expect(asset.packages.map(({ label, purpose, bytes }) => [label, purpose, bytes])).toEqual([
    ['2160p MP4', 'broadcast', null],
    ['720p MP4', 'web', 31_457_280],
    ['240p MP4', 'preview', null],
  ]);
  expect(asset.packages[0]?.components.map(({ role, required }) => [role, required])).toEqual([
    ['video', true],
    ['captions', false],
    ['thumbnail', false],
    ['metadata', true],
    ['licence', true],
  ]);
});

test('a size that cannot be one is none', () => {
  expect(one(item(content('/a.mp4', 'fileSize="235"'))).renditions[0]?.bytes).toBeNull();
  expect(one(item(content('/a.mp4', 'fileSize="0"'))).renditions[0]?.bytes).toBeNull();
});

test('what has a stream or a page alone is an asset without a file', () => {
  for (const inner of [
    '<media:content url="/live.m3u8" type="application/x-mpegURL"/>',
    '<media:player url="https://harbour.example/watch"/>',
    `${content('/a.mp4')}<media:price price="4"/>`,
  ])
    expect(one(item(inner)), inner).toMatchObject({
      integrity: 'none',
      packages: [],
      renditions: [],
    });
});

test('an item without film or sound is no asset', () => {
  expect(map(item('<description>Words</description>'))).toEqual([]);
  expect(map(item('<media:content url="/a.jpg" type="image/jpeg"/>'))).toEqual([]);
});

test('rights: restrictions, windows of use, terms, and what was taken back', () => {
  const restricted = one(
    item(
      `${content('/a.mp4')}<media:restriction relationship="deny" type="country">ca</media:restriction><media:license href="https://harbour.example/l">With credit</media:license>`,
    ),
  );
  expect(restricted).toMatchObject({
    rights: 'stated',
    restrictions: [{ kind: 'territory', mode: 'deny', values: ['CA'], note: 'Not for CA' }],
    usageTerms: 'With credit, https://harbour.example/l',
  });
  expect(
    one(item(`${content('/a.mp4')}<media:copyright>© Harbour</media:copyright>`)),
  ).toMatchObject({
    rights: 'general',
    copyrightNotice: '© Harbour',
  });
  const window = `${content('/a.mp4')}<dcterms:valid>start=2026-12-01T00:00:00Z;end=2027-01-01T00:00:00Z</dcterms:valid>`;
  expect(one(item(window))).toMatchObject({
    embargoUntil: '2026-12-01T00:00:00.000Z',
    expiresAt: '2027-01-01T00:00:00.000Z',
  });
  expect(
    one(item(`${content('/a.mp4')}<media:status state="blocked" reason="checking"/>`)),
  ).toMatchObject({
    pubStatus: 'withheld',
    statusNote: 'checking',
  });
  expect(map(item(`${content('/a.mp4')}<media:status state="deleted"/>`))[0]).toMatchObject({
    op: 'withdraw',
  });
});

test.each([
  ['relationship="allow" type="country"', '', 'withheld'],
  ['relationship="deny" type="country"', 'all', 'withheld'],
  ['relationship="allow" type="uri"', 'none', 'usable'],
  ['relationship="deny" type="sharing"', 'all', 'usable'],
])('what is for nobody is on hold: %s %j', (attributes, values, pubStatus) => {
  const said = `<media:restriction ${attributes}>${values}</media:restriction>`;
  expect(one(item(content('/a.mp4') + said))).toMatchObject({ pubStatus, restrictions: [{}] });
});

test('the same document gives the same stamps, whenever it is read and whatever signs its addresses', () => {
  const undated = `<item><guid>x</guid><title>No date</title>${content('/x.mp4')}</item>`;
  const items = (token: string) =>
    film(1) + undated + item(content(`/a.mp4?token=${token}`), '<guid>n-3</guid>');
  expect(stamps(items('one'), NOW)).toEqual(stamps(items('two'), NOW + 3_600_000));
  const [before, after] = [film(1), film(1).replace('Low cloud 1', 'High cloud')].map(
    (text) => map(text)[0],
  );
  expect(after?.id).toBe(before?.id);
  expect(after?.stamp).not.toBe(before?.stamp);
});

const inDescription = (text: string, more = ''): string =>
  item(
    `<description><![CDATA[${text.replaceAll('\n', '<br>')}]]></description>${content('/a.mp4')}${more}`,
  );
const LISTED = `RESTRICTIONS: NO ACCESS NORWAY
SHOTLIST:
NORD TV - NO ARCHIVE
1. (00:00-00:04) Wide shot, ferry
2. (00:04) SOUNDBITE (English) Ole Vik, Skipper: “It holds.”
QUAY TV
3. (00:20) Close up, rope`;
describe('a shotlist in the description', () => {
  test('is the asset’s, with its restrictions, and the text stays whole', () => {
    const asset = one(inDescription(LISTED));
    expect(assetDetail.safeParse(asset).error).toBeUndefined();
    expect(asset).toMatchObject({
      descriptionText: LISTED,
      rights: 'stated',
      pubStatus: 'usable',
      restrictions: [{ note: 'NO ACCESS NORWAY' }, { note: 'NORD TV - NO ARCHIVE' }],
      shotlist: [
        { n: 1, startMs: 0, durationMs: 4000, in: null, restrictionIds: [expect.any(String)] },
        { n: 2, startMs: 4000, durationMs: null, speaker: 'Ole Vik', quote: 'It holds.' },
        { n: 3, startMs: 20_000, text: 'Close up, rope', restrictionIds: [] },
      ],
      soundbites: [{ speaker: 'Ole Vik', in: null, out: null, startMs: 4000 }],
    });
  });

  test('adds its restrictions to those that are data', () => {
    const denied = '<media:restriction relationship="deny" type="country">ca</media:restriction>';
    expect(one(inDescription(LISTED, denied)).restrictions.map(({ note }) => note)).toEqual([
      'Not for CA',
      'NO ACCESS NORWAY',
      'NORD TV - NO ARCHIVE',
    ]);
  });

  test('gives way to scenes that are data, but for its restrictions', () => {
    const scenes =
      '<media:scenes><media:scene><sceneTitle>Gulls</sceneTitle><sceneStartTime>0:01</sceneStartTime></media:scene></media:scenes>';
    expect(one(inDescription(LISTED, scenes))).toMatchObject({
      shotlist: [{ text: 'Gulls', startMs: 1000, restrictionIds: [] }],
      soundbites: [],
      restrictions: [{ note: 'NO ACCESS NORWAY' }, { note: 'NORD TV - NO ARCHIVE' }],
    });
  });

  test('may be in the content or the script', () => {
    const encoded = `<content:encoded><![CDATA[<p>${LISTED.replaceAll('\n', '</p><p>')}</p>]]></content:encoded>`;
    const inContent = one(item(`<description>Ferry</description>${encoded}${content('/a.mp4')}`));
    expect(inContent).toMatchObject({ descriptionText: 'Ferry', script: { text: LISTED } });
    expect(inContent.shotlist).toHaveLength(3);
    const spoken = `<media:text type="plain">${LISTED}</media:text>`;
    expect(one(inDescription('Ferry', spoken)).restrictions).toHaveLength(2);
  });

  test('without shots still restricts, and ordinary text says nothing', () => {
    expect(one(inDescription('The ferry.\nRestrictions: not for use in Norway'))).toMatchObject({
      rights: 'stated',
      restrictions: [{ values: ['NO'] }],
      shotlist: [],
    });
    expect(one(inDescription('1. May is a day.\n00:24 is a time.'))).toMatchObject({
      rights: 'unknown',
      restrictions: [],
      shotlist: [],
      soundbites: [],
    });
  });

  test('has times within the film alone, and nothing secret', () => {
    const short = LISTED.replace('rope', 'https://harbour.example/rope?token=hush');
    const [change] = map(inDescription(short, '<itunes:duration>10</itunes:duration>'));
    expect(
      change?.op === 'upsert' && change.detail?.shotlist.map(({ startMs }) => startMs),
    ).toEqual([0, 4000, null]);
    expect(JSON.stringify(change)).not.toContain('hush');
  });

  test('gives the same stamp at every reading, and another when a restriction changes', () => {
    expect(stamps(inDescription(LISTED), NOW)).toEqual(
      stamps(inDescription(LISTED), NOW + 3_600_000),
    );
    expect(stamps(inDescription(LISTED.replace('NO ARCHIVE', 'NO RESALE')), NOW)).not.toEqual(
      stamps(inDescription(LISTED), NOW),
    );
  });
});

const recall = (guid: string, status = '<media:status state="deleted"/>') =>
  `<item><guid>${guid}</guid><title>Recall</title>${status}</item>`;
describe('what was taken back', () => {
  test.each([
    '<media:status state="deleted"/>',
    '<media:status state="blocked"/>',
    '<media:status state="legal-hold"/>',
    `${content('/a.mp4')}<itunes:block>yes</itunes:block>`,
  ])('an item without a file of its own, or to be shown nowhere, is withdrawn: %s', (status) => {
    const [known] = map(film(1));
    expect(map(recall('n-1', status))).toEqual([
      { op: 'withdraw', id: known?.id, stamp: expect.any(String) },
    ]);
  });

  test('within a document the strictest of one item holds, in any order', () => {
    const restricted = film(1, {
      more: '<media:restriction relationship="deny" type="country">se</media:restriction>',
    });
    const wide = film(1, {
      more: '<dcterms:valid>start=2026-01-01;end=2027-01-01</dcterms:valid>',
    });
    for (const items of [
      [film(1), recall('n-1')],
      [recall('n-1'), film(1)],
    ])
      expect(map(items.join('')), items[0]).toMatchObject([
        { op: 'withdraw', asset: { pubStatus: 'canceled', packageSizes: [{}] } },
      ]);
    for (const items of [
      [film(1), restricted, wide],
      [wide, restricted, film(1)],
    ])
      expect(one(items.join('')), items[0]).toMatchObject({
        restrictions: [{ values: ['SE'] }],
        expiresAt: '2027-01-01T00:00:00.000Z',
      });
  });

  test('a recall by guid holds for another work under the same guid too', () => {
    const reused = `<item><guid>n-1</guid><title>Other</title><link>https://harbour.example/other</link>${content('/o.mp4')}</item>`;
    const others = Array.from({ length: 8 }, (_, n) => film(n + 2)).join('');
    const ops = map(film(1) + reused + recall('n-1') + others).map(({ op }) => op);
    expect(ops.filter((op) => op === 'withdraw')).toHaveLength(2);
  });
});

const entry = (guid: string, link: string, title = `Film at ${link}`): string =>
  `<item><guid>${guid}</guid><title>${title}</title><link>${link}</link>${content(`${link}.mp4`)}</item>`;
const storyAt = (site: string) => entry(`http://${site}/story/1`, `http://${site}/story/1`);
const idsOf = (items: string, known: FeedIdentity | null = null) =>
  page(items, known).changes.map(({ id }) => id);
describe('what items are known by', () => {
  test('a site that moves, with guids or links of its own', () => {
    expect(idsOf(storyAt('new.example'))).toEqual(idsOf(storyAt('old.example')));
  });

  test('of two sites in one feed both keep theirs, and nothing is renamed by the second', () => {
    const a = entry('https://a.example/1', 'https://a.example/1');
    const b = entry('https://b.example/1', 'https://b.example/1');
    const first = page(a);
    const second = page(a + b, first.identity);
    const both = second.changes.map(({ id }) => id);
    expect(new Set(both).size).toBe(2);
    expect(both[0]).toBe(first.changes[0]?.id);
    expect(idsOf(b, second.identity)).toEqual([both[1]]);
    expect(idsOf(a, second.identity)).toEqual([both[0]]);
  });

  test('guids that are equal on most, or missing', () => {
    const equal = Array.from({ length: 6 }, (_, n) => entry('same', `https://h.example/${n}`));
    expect(page(equal.join('')).identity.by).toBe('link');
    expect(new Set(idsOf(equal.join(''))).size).toBe(6);
    const none = Array.from(
      { length: 3 },
      (_, n) => `<item><title>Film ${n}</title>${content(`/${n}.mp4`)}</item>`,
    );
    expect(page(none.join('')).identity.by).toBe('title');
    expect(new Set(idsOf(none.join(''))).size).toBe(3);
  });

  test('the share of equal guids in a later document renames nothing', () => {
    const distinct = Array.from({ length: 6 }, (_, n) => entry(`g-${n}`, `https://h.example/${n}`));
    const equal = Array.from({ length: 6 }, (_, n) => entry('same', `https://h.example/x${n}`));
    const first = page(distinct.join(''));
    const mixed = [...distinct.slice(0, 2), ...equal].join('');
    expect(idsOf(mixed, first.identity).slice(0, 2)).toEqual(
      first.changes.slice(0, 2).map(({ id }) => id),
    );
    expect(new Set(idsOf(mixed, first.identity)).size).toBe(8);
    const byLink = page(equal.join(''));
    expect(idsOf(equal.slice(0, 1).join(''), byLink.identity)).toEqual([byLink.changes[0]?.id]);
  });

  test('a newer version under the same guid is the same item', () => {
    const [id] = idsOf(film(1));
    const corrected = film(1).replace('Low cloud 1', 'High cloud');
    expect(idsOf(corrected + film(1))).toEqual([id]);
    expect(one(corrected + film(1)).headline).toBe('High cloud');
  });
});

const fileIds = (...urls: string[]) =>
  one(item(urls.map((url) => content(url.replaceAll('&', '&amp;'))).join(''))).renditions.map(
    ({ id }) => id,
  );
describe('files of one item', () => {
  test.each([
    ['/get?file=low', '/get?file=high'],
    ['/get?f=1', '/get?f=2'],
    ['/get?f=1&token=a', '/get?f=2&token=a'],
  ])('%s and %s are two', (a, b) => {
    expect(new Set(fileIds(a, b)).size).toBe(2);
  });
  test.each([
    [['/a.mp4?token=a'], ['/a.mp4?token=b']],
    [['/a.mp4?id=7&Expires=1&Signature=x'], ['/a.mp4?Signature=y&Expires=2&id=7']],
    [
      ['/get?f=1&token=a', '/get?f=2&token=a'],
      ['/get?token=b&f=1', '/get?token=b&f=2'],
    ],
    [['/a.mp4?token=a', '/a.mp4?token=b'], ['/a.mp4']],
  ])('%j and %j are the same', (a, b) => {
    expect(fileIds(...a)).toEqual(fileIds(...b));
  });
});

test('a date that is missing or lies ahead is when it was first seen', () => {
  const ahead = `<item><guid>a</guid><title>Ahead</title><pubDate>Fri, 01 Jan 2038 00:00:00 GMT</pubDate>${content('/a.mp4')}</item>`;
  expect(one(ahead)).toMatchObject({
    publishedAt: new Date(NOW).toISOString(),
    isDateStated: false,
  });
});

describe('what is not stored', () => {
  test.each([
    ['https://cdn.example/a.mp4', false],
    ['https://cdn.example/a.mp4?width=640&v=3&format=mp4&id=0f8b3c', false],
    ['https://img.example/a.jpg?w=640&fit=crop&auto=format&q=80', false],
    ['https://cdn.example/a.mp4?token=x', true],
    ['https://cdn.example/a.mp4?Expires=1&Signature=x&Key-Pair-Id=y', true],
    ['https://cdn.example/a.mp4?X-Amz-Signature=x', true],
    ['https://cdn.example/a.mp4?hdnts=exp', true],
    ['https://cdn.example/hdnts=exp=1~hmac=0f/a.mp4', true],
    ['https://cdn.example/a.mp4;jsessionid=0f', true],
    ['https://cdn.example/feed?ks=djJ8', true],
    ['https://cdn.example/a.mp4?subscriber=x', true],
    ['https://cdn.example/a.mp4?x7=1', true],
    ['https://cdn.example/a.mp4?c2VjcmV0', true],
    ['https://cdn.example/a.mp4?id=eyJhbGciOiJIUzI1NiJ9.e30.x', true],
    [`https://cdn.example/a.mp4?v=${'0f'.repeat(32)}`, true],
    [`https://cdn.example/a.mp4?id=${'x'.repeat(65)}`, true],
    ['https://cdn.example/a.mp4?id=1;token=x', true],
    ['https://user:pass@cdn.example/a.mp4', true],
    ['https://user@cdn.example/a.mp4', true],
    ['not an address', true],
  ])('%s: %s', (url, secret) => {
    expect(isSecret(url)).toBe(secret);
  });

  test.each([
    ['See https://a.example/x?token=hush&id=7.', 'See https://a.example/x?id=7.'],
    ['See https://a.example/x?id=7.', 'See https://a.example/x?id=7.'],
    ['(https://me:hush@a.example/x)', '(https://a.example/x)'],
    ['rtmp://a.example/live?key=hush', 'rtmp://a.example/'],
    ['www.a.example/x?sig=hush now', 'www.a.example/x now'],
    ['https://a.example/hdnts=hush/x', 'https://a.example/'],
    ['24:00 and a://b', '24:00 and a://b'],
  ])('the text %j as %j', (text, stored) => {
    expect(withoutSecrets(text)).toBe(stored);
  });

  test('nothing of a signed address is anywhere in an asset, and the file is offered all the same', () => {
    const signed = 'https://me:hush@cdn.example/x?token=hush&amp;subscriber=hush';
    const note = `see ${signed}`;
    const [change] = map(
      `<item><guid>${signed}</guid><title>Cloud ${signed}</title><link>${signed}</link>
      <media:content url="https://me:hush@cdn.example/a.mp4?token=hush" type="video/mp4"/><media:content url="/b.jpg?token=hush" type="image/jpeg"/>
      <media:thumbnail url="/a.jpg?sig=hush"/><media:player url="${signed}"/><media:subTitle href="/a.vtt?token=hush" type="text/vtt"/>
      <media:license href="${signed}">${note}</media:license><media:copyright>${note}</media:copyright><media:credit>${note}</media:credit><media:keywords>${note}</media:keywords>
      <media:status state="blocked" reason="${note}"/><media:text>${note}</media:text><media:category label="${note}">x</media:category>
      <media:restriction relationship="deny" type="uri">${signed}</media:restriction>
      <media:scenes><media:scene><sceneTitle>${note}</sceneTitle><sceneStartTime>0:01</sceneStartTime></media:scene></media:scenes>
      <description>${note} and &lt;a href="${signed}"&gt;${note}&lt;/a&gt;</description></item>`,
    );
    expect(change).toMatchObject({ op: 'upsert', asset: { packageSizes: [{}] } });
    expect(JSON.stringify(change)).not.toContain('hush');
  });
});

const many = (n: number, of: (at: number) => string): string =>
  Array.from({ length: n }, (_, at) => of(at)).join('');
describe('what does not fit', () => {
  test.each([
    ['duration="99999999999"', { durationMs: null }],
    ['lang="e"', { languages: [] }],
    ['height="1e30" bitrate="1e300"', { renditions: [{ height: null, bitrate: null }] }],
    ['fileSize="1e30"', { renditions: [{ bytes: null }] }],
  ])('%s is left out', (attributes, expected) => {
    expect(one(item(content('/a.mp4', attributes)))).toMatchObject(expected);
  });

  test('addresses longer than the model has', () => {
    const long = `https://harbour.example/${'x'.repeat(3000)}`;
    expect(
      one(item(`${content(`${long}.mp4`)}<link>${long}</link><media:thumbnail url="${long}"/>`)),
    ).toMatchObject({ sourceUrl: null, thumbnails: [], preview: null, packages: [{}] });
  });

  test('of one item no more than anybody reads', () => {
    const asset = one(
      item(
        `${many(200, (n) => content(`/${n}.mp4`))}${many(200, (n) => `<media:thumbnail url="/${n}.jpg"/><media:credit>Name ${n}</media:credit><media:category>c${n}</media:category>`)}
        ${many(200, (n) => `<media:subTitle href="/${n}.vtt" type="text/vtt"/>`)}<media:scenes>${many(900, (n) => `<media:scene><sceneTitle>${n}</sceneTitle><sceneStartTime>0:01</sceneStartTime></media:scene>`)}</media:scenes>
        <description>${'word '.repeat(100_000)}</description><media:text>${'word '.repeat(100_000)}</media:text>`,
      ).replace('Low cloud', 'Low cloud '.repeat(1000)),
    );
    expect(asset.renditions).toHaveLength(50);
    expect(asset.captions).toHaveLength(50);
    expect(asset.thumbnails).toHaveLength(20);
    expect(asset.credits).toHaveLength(50);
    expect(asset.topics).toHaveLength(50);
    expect(asset.shotlist).toHaveLength(500);
    expect(asset.headline.length).toBeLessThanOrEqual(500);
    expect(JSON.stringify(asset).length).toBeLessThan(1_500_000);
  });

  test('items that nothing names are counted, and of many the document has another shape', () => {
    const nameless = `<item>${content('/x.mp4')}</item>`;
    const films = Array.from({ length: 9 }, (_, n) => film(n + 1)).join('');
    expect(page(films + nameless)).toMatchObject({ misfits: 1, changes: { length: 9 } });
    expect(() => page(films + nameless.repeat(3))).toThrow(
      expect.objectContaining({
        code: 'feed-invalid',
        message: 'The feed’s format has changed: 3 of 12 items can’t be read',
      }),
    );
  });
});

test.each([
  ['<p>One</p><p>Two &amp; three</p>', 'One\nTwo & three'],
  ['<script>alert(1)</script>Text<style>p{}</style>', 'Text'],
  ['1 &lt; 2', '1 < 2'],
  ['<a href="javascript:alert(1)">here</a>', 'here'],
  ['', ''],
])('the plain text of %j', (html, text) => {
  expect(plainText(html)).toBe(text);
});

test.each([
  ['/a.exe', 'video/x-ms-wm', 'bin'],
  ['/a.html', 'video/html', 'bin'],
  ['/a', 'video/hta', 'bin'],
  ['/a.exe', 'video/mp4', 'mp4'],
  ['/a.MKV', 'video/x-matroska', 'mkv'],
  ['/a', 'constructor', 'bin'],
  ['/a', 'video/webm', 'webm'],
])('no publisher decides that %s (%s) is a program or a page', (url, type, container) => {
  const { renditions } = one(item(`<media:content url="${url}" type="${type}" medium="video"/>`));
  expect(renditions).toMatchObject([{ container }]);
});
