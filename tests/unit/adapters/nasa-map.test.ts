import { describe, expect, test } from 'vitest';
import {
  exifDuration,
  hasFiles,
  mapNasa,
  nasaAddress,
  nasaAssetId,
  nasaFiles,
  nasaIdOf,
  readItem,
  readManifest,
  readMetadata,
  saysTheSame,
} from '../../../src/main/adapters/sources/nasa-map.ts';
import { thirdPartyIn } from '../../../src/main/adapters/sources/nasa-third-parties.ts';
import { nasaTerms } from '../../../src/main/adapters/sources/nasa-terms.ts';
import { NASA_API } from '../../../src/main/adapters/sources/nasa.ts';
import { sourceIdOf } from '../../../src/main/adapters/sources/publisher.ts';
import { assetDetail } from '../../../src/main/catalogue/asset.ts';

const API = NASA_API;
const SOURCE = sourceIdOf('nasa', API);
const NOW = Date.UTC(2026, 10, 25);
const ID = "Pad 5 walk, day 2's end";
const PATH = "Pad%205%20walk%2C%20day%202's%20end";
const at = (end: string): string => `http://images-assets.nasa.gov/video/${ID}/${ID}${end}`;
const encoded = (end: string): string =>
  `https://images-assets.nasa.gov/video/${PATH}/${PATH}${end}`;

const ITEM = {
  href: `http://images-assets.nasa.gov/video/${ID}/collection.json`,
  data: [
    {
      nasa_id: ID,
      title: 'Walk to pad 5 ',
      media_type: 'video',
      center: 'KSC',
      date_created: '2026-10-01T00:00:00Z',
      description: 'A crew <b>walks</b>.<br>Shown at https://pad.example/?token=hush now.',
      keywords: ['pad, walk', 'Crew'],
      album: ['Pad_5'],
      location: 'Pad 5',
      photographer: 'NASA/Ingrid A.',
      secondary_creator: 'NASA/Ingrid A.',
    },
  ],
  links: [
    { href: at('~thumb.jpg'), rel: 'preview', render: 'image', width: 640, height: 360 },
    { href: at('.srt'), rel: 'captions' },
  ],
};
const FILES = [
  at('~orig.mov'),
  at('~large.mp4'),
  at('~medium.mp4'),
  at('~mobile.mp4'),
  at('~preview.mp4'),
  at('~small.mp4'),
  at('~large_2.jpg'),
  at('~large.jpg'),
  at('~thumb_1.jpg'),
  at('.srt'),
  at('.vtt'),
  `http://images-assets.nasa.gov/video/${ID}/metadata.json`,
];
const METADATA = {
  SourceFile: '/mnt/internal/orig.mov',
  'File:Directory': '/mnt/internal',
  'AVAIL:Owner': 'somebody@inside.example',
  'File:FileSize': '2.5 MB',
  'QuickTime:Duration': '0:09:28',
  'QuickTime:VideoFrameRate': 29.97,
  'Composite:ImageSize': '1920x1080',
};
const read = (value: unknown = ITEM) => readItem(value) ?? expect.unreachable();
const with1 = (more: object) => read({ ...ITEM, data: [{ ...ITEM.data[0], ...more }] });
type Given = { hrefs?: readonly string[]; metadata?: unknown; language?: 'en' | 'fr' };
function mapped(
  item = read(),
  { hrefs = FILES, metadata = METADATA, language = 'en' }: Given = {},
) {
  const change = mapNasa(item, hrefs, metadata, { source: SOURCE, api: API, nowMs: NOW, language });
  if (change?.op !== 'upsert' || !change.detail) throw new Error('No asset');
  return { stamp: change.stamp, asset: change.detail };
}
const offers = (hrefs: readonly string[], metadata: unknown = METADATA, more: object = {}) =>
  mapped(with1(more), { hrefs, metadata }).asset.packages.map(({ label, purpose }) => [
    label,
    purpose,
  ]);

test('an asset has what NASA says of it, and of what it doesn’t say nothing', () => {
  const { asset } = mapped();
  expect(assetDetail.safeParse(asset).success).toBe(true);
  expect(asset).toMatchObject({
    id: nasaAssetId(SOURCE, ID),
    type: 'video',
    headline: 'Walk to pad 5',
    descriptionText: 'A crew walks.\nShown at https://pad.example/ now.',
    publishedAt: '2026-10-01T00:00:00.000Z',
    isDateStated: true,
    durationMs: 568_000,
    topics: ['Pad_5', 'pad', 'walk', 'Crew'],
    location: 'Pad 5',
    credits: ['NASA/KSC', 'NASA/Ingrid A.'],
    source: 'NASA',
    rights: 'general',
    integrity: 'recorded',
    restrictions: [],
    languages: [],
    formats: ['hd'],
    frameRates: ['30000/1001'],
    shotlist: [],
    script: null,
    sourceUrl: `https://images.nasa.gov/details/${PATH}`,
    subjects: [{ scheme: 'NASA ID', code: ID, name: ID }],
    thumbnails: [{ url: encoded('~thumb.jpg'), width: 640, height: 360 }],
    preview: { url: encoded('~mobile.mp4'), mediaType: 'video/mp4', bytes: null },
  });
  expect(asset.usageTerms).toBe(`NASA’s general terms apply: ${nasaTerms('en').url}`);
  expect(
    asset.renditions.map(({ name, width, frameRate, durationMs, bytes }) => [
      name,
      width,
      frameRate,
      durationMs,
      bytes,
    ]),
  ).toEqual([
    ['1080p MOV', 1920, '30000/1001', 568_000, null],
    ['large MP4', null, null, null, null],
    ['small MP4', null, null, null, null],
    ['medium MP4', null, null, null, null],
    ['mobile MP4', null, null, null, null],
    ['preview MP4', null, null, null, null],
  ]);
  expect(asset.captions.map(({ language, format }) => [language, format])).toEqual([
    ['und', 'srt'],
    ['und', 'vtt'],
  ]);
  expect(asset.packages[0]).toMatchObject({ purpose: 'broadcast', bytes: null });
  expect(asset.packages[0]?.components.map(({ role, required }) => [role, required])).toEqual([
    ['video', true],
    ['captions', false],
    ['captions', false],
    ['thumbnail', false],
    ['metadata', true],
    ['licence', true],
  ]);
  const ids = new Set(asset.files.map(({ fileId }) => fileId));
  for (const { fileId, role } of asset.packages.flatMap(({ components }) => components))
    expect(ids.has(fileId) || role === 'metadata' || role === 'licence', fileId).toBe(true);
  expect(JSON.stringify(asset)).not.toMatch(/internal|inside\.example|hush|2\.5/u);
});

test('with no more than an id it is an asset all the same, and without one it isn’t', () => {
  const bare = { data: [{ nasa_id: 'x', media_type: 'audio' }] };
  const { asset } = mapped(read(bare), { hrefs: [], metadata: null });
  expect(asset).toMatchObject({
    type: 'audio',
    headline: 'x',
    isDateStated: false,
    publishedAt: '2026-11-25T00:00:00.000Z',
    durationMs: null,
    location: null,
    credits: ['NASA'],
    packages: [],
    integrity: 'none',
    preview: null,
  });
  const odd = { keywords: 'one', album: 7, title: null, center: [], date_created: 5 };
  expect(read({ data: [{ ...bare.data[0], ...odd }], links: 'none' })).toMatchObject({
    keywords: ['one'],
    album: [],
    title: '',
    createdMs: null,
    links: [],
  });
  for (const id of ['', '.', '..', '\ud800', 5, undefined, 'x'.repeat(501)])
    expect(readItem({ data: [{ nasa_id: id, media_type: 'video' }] }), String(id)).toBeNull();
  for (const value of [null, [], {}, { data: [] }, { data: [{ nasa_id: 'x' }] }])
    expect(readItem(value)).toBeNull();
});

test.each([
  [
    'an original in HD',
    ['~orig.mov', '~large.mp4', '~small.mp4'],
    METADATA,
    ['1080p MOV broadcast', 'large MP4 web', 'small MP4 preview'],
  ],
  [
    'one in SD',
    ['~orig.mp4', '~mobile.mp4'],
    { 'Composite:ImageSize': '640x480' },
    ['480p MP4 web', 'mobile MP4 preview'],
  ],
  ['one of unknown size', ['~orig.mp4', '~medium.mp4'], null, ['orig MP4 web', 'medium MP4 web']],
  ['one that isn’t aired like this', ['~orig.avi'], METADATA, ['1080p AVI web']],
  [
    'an upright one',
    ['~orig.mp4'],
    { 'Composite:ImageSize': '1080 x 1920' },
    ['1920p MP4 broadcast'],
  ],
  ['none', ['~preview.mp4'], METADATA, ['preview MP4 preview']],
  ['a name that nobody knows', ['~4K.mp4', '.webm'], METADATA, ['4k MP4 web']],
  ['pictures alone', ['~orig.tif', '~orig.png', '~thumb.jpg'], METADATA, []],
])('packages of %s', (_, ends, metadata, wanted) => {
  expect(offers(ends.map(at), metadata).map((one) => one.join(' '))).toEqual(wanted);
});

test('sound has its original and a small file', () => {
  const files = ['~orig.wav', '~64k.m4a', '~128k.mp3', '~128k.m4a'].map(at);
  expect(
    offers(files, { 'Composite:Duration': '12.5 s (approx)' }, { media_type: 'audio' }),
  ).toEqual([
    ['orig WAV', 'web'],
    ['128k MP3', 'preview'],
  ]);
  const { asset } = mapped(with1({ media_type: 'audio' }), { hrefs: files });
  expect(asset).toMatchObject({ formats: ['audio'], preview: { url: encoded('~128k.mp3') } });
  expect(asset.packages[0]?.components[0]?.role).toBe('audio');
});

test.each([
  ['0:09:28', 568_000],
  ['12.5 s', 12_500],
  ['12.50 s (approx)', 12_500],
  ['9:28', 568_000],
  ['1 days 2:00:01', 93_601_000],
  ['30.03', 30_030],
  ['0 s', null],
  ['soon', null],
  ['', null],
  ['999:00:00', null],
])('a duration as ExifTool writes it: %s', (text, ms) => {
  expect(exifDuration(text)).toBe(ms);
});

test.each([
  [{ 'Composite:ImageSize': '1920 1080', 'RIFF:VideoFrameRate': '25.000' }, [1920, 1080, '25/1']],
  [
    { 'Composite:ImageSize': '1920x1080x3', 'QuickTime:VideoFrameRate': 119.88 },
    [null, null, null],
  ],
  [{ 'Composite:ImageSize': { width: 5 } }, [null, null, null]],
  ['<html>', [null, null, null]],
  [null, [null, null, null]],
  [['x'], [null, null, null]],
])('metadata that says more or less: %j', (value, wanted) => {
  const { width, height, frameRate } = readMetadata(value);
  expect([width, height, frameRate]).toEqual(wanted);
});

describe('an address', () => {
  test.each([
    ['raw', at('~orig.mp4'), encoded('~orig.mp4')],
    ['encoded already', encoded('~orig.mp4'), encoded('~orig.mp4')],
    ['relative', '/video/x.mp4', `${API}/video/x.mp4`],
    ['in the local network', 'http://192.168.1.1/x.mp4', null],
    ['of this computer', 'http://localhost/x.mp4', null],
    ['of another kind', 'ftp://files.example/x', null],
    ['none', 'http://', null],
  ])('%s', (_, href, wanted) => {
    expect(nasaAddress(href, ID, API)).toBe(wanted);
  });

  test.each([
    ['100% pad', '100%25%20pad'],
    ['50%25off', '50%2525off'],
    ['Pad #5?', 'Pad%20%235%3F'],
    ['Pad & walk + 5', 'Pad%20%26%20walk%20%2B%205'],
    ['a/b c', 'a/b%20c'],
    ['É 5.2..', '%C3%89%205.2..'],
    [String.raw`a\b`, 'a%5Cb'],
    ['$& $1', '%24%26%20%241'],
  ])('has an id with any characters encoded once: %s', (id, path) => {
    const wanted = `https://images-assets.nasa.gov/video/${path}/${path}~orig.mp4`;
    const raw = `http://images-assets.nasa.gov/video/${id}/${id}~orig.mp4`;
    expect(nasaAddress(raw, id, API)).toBe(wanted);
    expect(nasaAddress(wanted, id, API)).toBe(wanted);
  });

  test('a lone percent sign in the rest of a name is one too', () => {
    expect(nasaAddress('http://images-assets.nasa.gov/x/5%~orig.mp4', 'x', API)).toBe(
      'https://images-assets.nasa.gov/x/5%25~orig.mp4',
    );
  });

  test('stays http where the API is on this computer', () => {
    const local = 'http://127.0.0.1:4100';
    expect(nasaAddress(`${local}/video/x y.mp4`, 'x y', local)).toBe(`${local}/video/x%20y.mp4`);
    expect(nasaAddress('http://images-assets.nasa.gov/x', 'x', local)).toMatch(/^https:/u);
  });
});

test.each([ID, 'a/b c', '100% pad', 'Pad #5?', 'É', "it's"])(
  'the id of NASA is found again in what is stored: %s',
  (id) => {
    const raw = `http://images-assets.nasa.gov/video/${id}/${id}~orig.mp4`;
    const { asset } = mapped(with1({ nasa_id: id }), { hrefs: [raw] });
    expect(nasaIdOf(asset)).toBe(id);
    const unnamed = { ...asset, subjects: [] };
    expect(nasaIdOf({ ...unnamed, files: [] })).toBe(id);
    expect(nasaIdOf({ ...unnamed, sourceUrl: null })).toBe(id.includes('/') ? null : id);
    expect(nasaIdOf({ ...asset, id: nasaAssetId(SOURCE, 'other') })).toBeNull();
    const odd = 'https://images.nasa.gov/details/%ff';
    expect(nasaIdOf({ ...unnamed, sourceUrl: odd, files: [] })).toBeNull();
  },
);

test('a list of files is a collection or a bare array, and one named twice is one', () => {
  const items = FILES.map((href) => ({ href }));
  expect(readManifest({ collection: { items } })).toEqual(FILES);
  expect(readManifest(FILES)).toEqual(FILES);
  for (const value of [null, {}, [5], { collection: {} }]) expect(readManifest(value)).toBeNull();
  const twice = nasaFiles([...FILES, ...FILES, encoded('~orig.mov')], ID, API);
  expect(twice).toEqual(nasaFiles(FILES, ID, API));
  expect(new Set(twice.map(({ fileId }) => fileId)).size).toBe(twice.length);
});

test('files are the same as long as their names are', () => {
  const { asset } = mapped();
  expect(hasFiles(asset, read(), FILES.toReversed(), API)).toBe(true);
  expect(hasFiles(asset, read(), FILES.slice(1), API)).toBe(false);
  expect(hasFiles(asset, read(), [...FILES, at('.en.vtt')], API)).toBe(false);
});

test('captions that only the list names are there', () => {
  const { asset } = mapped(read(), { hrefs: [at('~orig.mov')] });
  expect(asset.captions).toHaveLength(1);
  expect(asset.files.at(-1)).toMatchObject({
    url: encoded('.srt'),
    mediaType: 'application/x-subrip',
  });
  expect(hasFiles(asset, read(), [at('~orig.mov')], API)).toBe(true);
});

test('a stamp follows what NASA says, and neither the language nor the order of members', () => {
  const { stamp } = mapped();
  expect(mapped(read(), { language: 'fr' }).stamp).toBe(stamp);
  expect(mapped(read(structuredClone(ITEM))).stamp).toBe(stamp);
  expect(mapped(with1({ title: 'Another' })).stamp).not.toBe(stamp);
  expect(mapped(with1({ date_created: '2026-10-02T00:00:00Z' })).stamp).not.toBe(stamp);
  expect(mapped(read(), { hrefs: FILES.slice(1) }).stamp).not.toBe(stamp);
  expect(mapped(read(), { metadata: null }).stamp).not.toBe(stamp);
  const undated = with1({ date_created: '' });
  const later = mapNasa(undated, FILES, METADATA, {
    source: SOURCE,
    api: API,
    nowMs: NOW + 5000,
    language: 'en',
  });
  expect(later?.stamp).toBe(mapped(undated).stamp);
});

test('what the list alone says is compared with what is here', () => {
  const { asset } = mapped();
  expect(saysTheSame(read(), asset)).toBe(true);
  for (const more of [
    { title: 'Another' },
    { description: 'Corrected' },
    { keywords: [] },
    { center: 'JSC' },
    { location: '' },
    { date_created: '2026-10-02T00:00:00Z' },
  ])
    expect(saysTheSame(with1(more), asset), JSON.stringify(more)).toBe(false);
  expect(saysTheSame(with1({ date_created: '' }), asset)).toBe(true);
});

test.each([
  [['NASA/Ingrid A.', 'NASA/JPL-Caltech'], '', null],
  [['Ingrid A.', 'Kennedy Space Center', 'GSFC'], '', null],
  [['NASA/QXR'], '', 'NASA/QXR'],
  [['NASA/Harbour Observatory'], '', 'NASA/Harbour Observatory'],
  [['NASA and QuayX'], '', 'NASA and QuayX'],
  [[], 'Courtesy NASA/JPL-Caltech.', null],
  [[], 'Walk at dawn. Courtesy of Ingrid A. More.', 'Courtesy of Ingrid A'],
  [[], 'Music © 2026 Quay Sounds; all rights', '© 2026 Quay Sounds'],
  [[], 'Shot (c) 2025 Quay Films', '(c) 2025 Quay Films'],
  [[], 'Image credit: NASA/QXR/Low Cloud Institute', 'credit: NASA/QXR/Low Cloud Institute'],
  [[], 'Credit: NASA/Ingrid A.', null],
  [[], 'A courtesy call on the crew; (a) walk (b) wave (c) leave. Not copyrighted.', null],
  [['Copyright NASA 2026'], '© NASA', null],
])('third parties in %j and “%s”: %s', (credits, text, wanted) => {
  expect(thirdPartyIn(credits, [text])).toBe(wanted);
});

test('a third party is pointed at with the terms, in both languages, and restricts nothing', () => {
  const item = with1({ secondary_creator: 'Courtesy of Quay Films' });
  const english = mapped(item).asset;
  expect(english.usageTerms).toContain('third parties');
  expect(english.usageTerms).toContain('“Courtesy of Quay Films”');
  expect(english).toMatchObject({ restrictions: [], rights: 'general', pubStatus: 'usable' });
  expect(mapped(item, { language: 'fr' }).asset.usageTerms).toContain(
    '«\u00a0Courtesy of Quay Films\u00a0»',
  );
  const marked = mapped(read(), { metadata: { ...METADATA, 'XMP:Rights': '© Quay Films' } }).asset;
  expect(marked).toMatchObject({ copyrightNotice: '© Quay Films' });
  expect(marked.usageTerms).toContain('© Quay Films');
});

test('terms have one version in both languages', () => {
  const [english, french] = [nasaTerms('en'), nasaTerms('fr')];
  expect(english.version).toBe(french.version);
  expect(english.text).not.toBe(french.text);
});
