import { expect, test } from 'vitest';
import { isSecret } from '../../../src/main/adapters/sources/addresses.ts';
import {
  mapFeed,
  plainText,
  type FeedIdentity,
} from '../../../src/main/adapters/sources/feed-map.ts';
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

test('an item keeps its id when the site moves, and gets one where guids tell nothing apart', () => {
  const idOf = (guid: string, link = '') => map(item(content('/a.mp4') + link, guid))[0]?.id;
  const before = idOf('<guid>http://old.example/story/1</guid>');
  expect(idOf('<guid>https://new.example/story/1</guid>')).toBe(before);
  const equal = Array.from({ length: 6 }, (_, n) =>
    item(`<link>https://harbour.example/${n}</link>${content(`/${n}.mp4`)}`, '<guid>same</guid>'),
  ).join('');
  expect(new Set(map(equal).map(({ id }) => id)).size).toBe(6);
  const none = Array.from(
    { length: 3 },
    (_, n) => `<item><title>Film ${n}</title>${content(`/${n}.mp4`)}</item>`,
  ).join('');
  expect(new Set(map(none).map(({ id }) => id)).size).toBe(3);
});

test('a date that is missing or lies ahead is when it was first seen', () => {
  const ahead = `<item><guid>a</guid><title>Ahead</title><pubDate>Fri, 01 Jan 2038 00:00:00 GMT</pubDate>${content('/a.mp4')}</item>`;
  expect(one(ahead)).toMatchObject({
    publishedAt: new Date(NOW).toISOString(),
    isDateStated: false,
  });
});

test.each([
  ['https://cdn.example/a.mp4', false],
  ['https://cdn.example/a.mp4?width=640&v=3', false],
  ['https://cdn.example/a.mp4?token=x', true],
  ['https://cdn.example/a.mp4?Expires=1&Signature=x&Key-Pair-Id=y', true],
  ['https://cdn.example/a.mp4?X-Amz-Signature=x', true],
  ['https://cdn.example/a.mp4?hdnts=exp', true],
  ['https://cdn.example/feed?ks=djJ8', true],
  ['https://user:pass@cdn.example/a.mp4', true],
])('%s may be stored: not %s', (url, secret) => {
  expect(isSecret(url)).toBe(secret);
});

test('a signed picture or preview is not stored, and the file is offered all the same', () => {
  const asset = one(
    item(
      `${content('/a.mp4?token=hush')}<media:thumbnail url="/a.jpg?sig=hush"/><link>https://harbour.example/1?token=hush</link>`,
    ),
  );
  expect(asset.packages).toHaveLength(1);
  expect(JSON.stringify(asset)).not.toContain('hush');
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
