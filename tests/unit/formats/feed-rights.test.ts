import { describe, expect, test } from 'vitest';
import { parseFeed, type FeedItem } from '../../../src/main/formats/feed.ts';

const BASE = 'https://harbour.example/video/feed.xml';
const FILE = '<media:content url="a.mp4" type="video/mp4"/>';
const NAMESPACES =
  'xmlns:media="http://search.yahoo.com/mrss/" xmlns:dcterms="http://purl.org/dc/terms/"';
const rss = (item: string, { namespaces = NAMESPACES, channel = '' } = {}): string =>
  `<rss version="2.0" ${namespaces}><channel><title>Harbour Notes</title><link>https://harbour.example/</link>${channel}<item><guid>n-1</guid><title>Low cloud</title>${item}</item></channel></rss>`;
function only(text: string): FeedItem {
  const [item] = parseFeed(text, BASE).items;
  if (!item) throw new Error('No item');
  return item;
}
const rightsOf = ({ status, restrictions, validFrom, validUntil }: FeedItem) => ({
  status,
  restrictions,
  validFrom,
  validUntil,
});

describe('taken back', () => {
  test.each([
    ['<media:status>deleted</media:status>', 'deleted'],
    ['<media:status><![CDATA[ deleted ]]></media:status>', 'deleted'],
    ['<media:status since="2026-11-24" state="deleted"/>', 'deleted'],
    ["<media:status\n  reason='legal'\n  state='deleted'></media:status>", 'deleted'],
    ['<media:status since="2026-11-24">deleted</media:status>', 'deleted'],
    ['<media:status state="Deleted"/>', 'deleted'],
    ['<MEDIA:STATUS STATE="DELETED"/>', 'deleted'],
    ['<media:status state="&#100;eleted"/>', 'deleted'],
    ['<media:status state="withdrawn"/>', 'deleted'],
    ['<media:status state="blocked"/>', 'blocked'],
    ['<media:status state="pending"/>', 'blocked'],
    ['<media:status/>', 'blocked'],
    ['<media:status state="active"/>', 'active'],
    ['<!-- <media:status state="deleted"/> -->', 'active'],
    ['<description><![CDATA[<media:status state="deleted"/>]]></description>', 'active'],
  ])('%s', (status, state) => {
    expect(only(rss(FILE + status)).status).toBe(state);
  });

  test.each([
    [
      'another prefix',
      'xmlns:media="http://search.yahoo.com/mrss/" xmlns:m="http://search.yahoo.com/mrss/"',
      '<m:status state="deleted"/>',
    ],
    [
      'a prefix that is declared where it is used',
      NAMESPACES,
      '<y:status xmlns:y="http://search.yahoo.com/mrss" state="deleted"/>',
    ],
    [
      'a namespace without a prefix',
      NAMESPACES,
      '<group xmlns="http://search.yahoo.com/mrss/"><status state="deleted"/></group>',
    ],
    ['nothing declared', '', '<media:status>deleted</media:status>'],
  ])('in %s', (_, namespaces, status) => {
    expect(only(rss(FILE + status, { namespaces })).status).toBe('deleted');
  });

  test('the word of another vocabulary is none', () => {
    const namespaces = `${NAMESPACES} xmlns:app="http://www.w3.org/2007/app"`;
    expect(only(rss(`${FILE}<app:status>deleted</app:status>`, { namespaces })).status).toBe(
      'active',
    );
  });

  test('an Atom entry that is declared deleted (RFC 6721) is an item that was taken back', () => {
    const text = `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0"><title>W</title><id>urn:w</id><updated>2026-11-24T16:20:00Z</updated>
      <at:deleted-entry ref="urn:w:1" when="2026-11-24T16:20:00Z"/><entry><id>urn:w:2</id><title>Snow</title><updated>2026-11-24T16:20:00Z</updated></entry></feed>`;
    expect(parseFeed(text, BASE).items).toMatchObject([
      { id: 'urn:w:2', status: 'active' },
      { id: 'urn:w:1', status: 'deleted', media: [] },
    ]);
  });
});

const deny = (country: string): string =>
  `<media:restriction relationship="deny" type="country">${country}</media:restriction>`;
const nobody = (type: string) => [{ relationship: 'allow', type, values: [] }];
describe('who may use it', () => {
  const noSharing = [{ relationship: 'deny', type: 'sharing', values: [] }];
  test.each([
    ['relationship="deny" type="sharing"', 'all', noSharing],
    ['relationship="deny" type="sharing"', '', noSharing],
    ['relationship="allow" type="sharing"', 'none', noSharing],
    ['relationship="allow" type="sharing"', 'all', []],
    ['relationship="deny" type="sharing"', 'none', []],
    [
      'relationship="Deny" type="Country"',
      'se, fi',
      [{ relationship: 'deny', type: 'country', values: ['SE', 'FI'] }],
    ],
    [
      'relationship="deny" type="country"',
      '<![CDATA[se]]>',
      [{ relationship: 'deny', type: 'country', values: ['SE'] }],
    ],
    [
      'type="country" note="a > b" relationship=\'deny\'',
      'se',
      [{ relationship: 'deny', type: 'country', values: ['SE'] }],
    ],
    ['relationship="deny" type="country"', 'ALL', nobody('country')],
    ['relationship="deny" type="country"', 'se all', nobody('country')],
    ['relationship="deny"', 'se', [{ relationship: 'deny', type: 'country', values: ['SE'] }]],
    [
      'relationship="deny" type="device"',
      'tv',
      [{ relationship: 'deny', type: 'other', values: ['tv'] }],
    ],
    ['relationship="permit" type="country"', 'se', nobody('country')],
    ['type="country"', 'se', nobody('country')],
    [
      'relationship="deny" type="uri"',
      'https://Harbour.example/',
      [{ relationship: 'deny', type: 'uri', values: ['https://Harbour.example/'] }],
    ],
  ])('%s: %j', (attributes, text, restrictions) => {
    const said = `<media:restriction ${attributes}>${text}</media:restriction>`;
    expect(only(rss(FILE + said)).restrictions).toEqual(restrictions);
  });

  test('an empty element allows nobody', () => {
    const said = '<media:restriction relationship="allow" type="country"/>';
    expect(only(rss(FILE + said)).restrictions).toEqual(nobody('country'));
  });

  test('all of it holds: of any file, group, item and of the channel', () => {
    const item = `<media:group>${deny('se')}<media:content url="a.mp4" type="video/mp4"/><media:content url="b.mp4" type="video/mp4">${deny('no')}<media:status state="blocked"/></media:content></media:group>${deny('fi')}${deny('se')}<media:status state="active"/>`;
    const read = only(rss(item, { channel: deny('dk') }));
    expect(read.status).toBe('blocked');
    expect(read.restrictions.flatMap(({ values }) => values).toSorted()).toEqual([
      'DK',
      'FI',
      'NO',
      'SE',
    ]);
  });

  test('more than anybody reads allows nobody, rather than being cut', () => {
    const many = Array.from(
      { length: 150 },
      (_, n) => `<media:restriction relationship="deny" type="uri">u${n}</media:restriction>`,
    ).join('');
    const long = Array.from({ length: 400 }, (_, n) => `c${n}`).join(' ');
    expect(only(rss(FILE + many)).restrictions).toContainEqual({
      relationship: 'allow',
      type: 'other',
      values: [],
    });
    expect(
      only(
        rss(
          `${FILE}<media:restriction relationship="deny" type="country">${long}</media:restriction>`,
        ),
      ).restrictions,
    ).toEqual(nobody('country'));
  });
});

const valid = (text: string): string => `<dcterms:valid>${text}</dcterms:valid>`;
describe('a window of use', () => {
  const start = Date.UTC(2026, 11, 1);
  const end = Date.UTC(2027, 0, 1);
  const withheld = { status: 'blocked', restrictions: [] };
  test.each([
    ['start=soon'],
    ['start=2026-13-01'],
    ['start=2026-02-30T00:00:00Z'],
    ['start=Tue, 31 Feb 2026 10:00:00 GMT'],
    ['start=01/13/2026 10:00:00'],
    ['start=12/11/2026'],
    ['start=2026-11-01; end=11/12/2026 10:00'],
    ['start=2026-12-01T10:00:00 XYZ'],
    ['start=2026-12-01;end=later'],
    ['2026-12-01/2027-01-01'],
  ])('%s: withheld, since it can’t be read', (text) => {
    expect(rightsOf(only(rss(FILE + valid(text))))).toMatchObject(withheld);
  });

  test.each([
    ['start=2026-12-01;end=2027-01-01;scheme=W3C-DTF', start, end],
    ['start=2026-12;end=2027', start, end],
    ['START = 2026-12-01T01:00:00+01:00 ; End = 2027-01-01', start, end],
    ['start=;end=2027-01-01', null, end],
    ['end=2027-01-01', null, end],
    ['<![CDATA[start=2026-12-01]]>', start, null],
    ['', null, null],
  ])('%j', (text, validFrom, validUntil) => {
    expect(rightsOf(only(rss(FILE + valid(text))))).toEqual({
      status: 'active',
      restrictions: [],
      validFrom,
      validUntil,
    });
  });

  test('of several, also in files and for the channel, the latest start and the earliest end', () => {
    const read = only(
      rss(
        `<media:content url="a.mp4" type="video/mp4">${valid('start=2026-12-01;end=2028-01-01')}</media:content>${valid('start=2026-01-01;end=2027-01-01')}`,
        { channel: valid('end=2030-01-01') },
      ),
    );
    expect([read.validFrom, read.validUntil]).toEqual([start, end]);
  });

  test('in another prefix', () => {
    const namespaces =
      'xmlns:media="http://search.yahoo.com/mrss/" xmlns:dct="http://purl.org/dc/terms/"';
    expect(
      only(rss(`${FILE}<dct:valid>start=2026-12-01</dct:valid>`, { namespaces })).validFrom,
    ).toBe(start);
  });
});

const film = (n: number, more = ''): string =>
  `<item><guid>n-${n}</guid><title>Film ${n}</title>${FILE}${more}</item>`;

test('items keep their own rights where others are empty, wrapped or badly closed', () => {
  const text = `<rss version="2.0" ${NAMESPACES}><channel><title>H</title><items><item/>${film(1)}<item></item>${film(2, '<description>a <b>bold</b> text</description><media:status state="deleted"></media:status>')}${film(3)}${film(4, '<slash:comments>0</slash:comments><media:status state="blocked"/>')}</items></channel></rss>`;
  expect(parseFeed(text, BASE).items.map(({ id, status }) => [id, status])).toEqual([
    ['n-1', 'active'],
    ['n-2', 'deleted'],
    ['n-3', 'active'],
    ['n-4', 'blocked'],
  ]);
});

test('items that a parser loses in a badly nested document are counted', () => {
  const text = `<rss version="2.0" ${NAMESPACES}><channel><title>H</title>${film(1)}${film(2, '</media:status>')}${film(3)}${film(4)}</channel></rss>`;
  const { items, unread } = parseFeed(text, BASE);
  expect(items.length + unread).toBe(4);
});

test('of the channel only rights and terms apply to its items', () => {
  const channel =
    '<media:thumbnail url="c.jpg"/><media:keywords>all</media:keywords><media:subTitle href="c.vtt" type="text/vtt"/><media:content url="c.mp4" type="video/mp4"/><media:player url="https://harbour.example/live"/><media:copyright>© Harbour</media:copyright><media:price price="4"/>';
  expect(only(rss(FILE, { channel }))).toMatchObject({
    pictures: [],
    keywords: [],
    captions: [],
    playerUrl: null,
    media: [{ url: 'https://harbour.example/video/a.mp4' }],
    copyright: '© Harbour',
    isForSale: true,
  });
});
