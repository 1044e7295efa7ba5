import { describe, expect, test } from 'vitest';
import {
  assetIdOf,
  dvidsIdOf,
  mapAsset,
  readItem,
  type MappedAsset,
} from '../../../src/main/adapters/sources/dvids-map.ts';
import { dvidsTermsWords } from '../../../src/main/adapters/sources/dvids-terms.ts';
import { manifestOf } from '../../../src/main/adapters/sources/package-manifest.ts';
import { assetDetail, type AssetDetail } from '../../../src/main/catalogue/asset.ts';

const SOURCE = 'dvids:0a1b2c3d4e5f60718293a4b5c6d7e8f9';
const NOW = Date.UTC(2026, 10, 25);
const ID = 'video:900001';
const CDN = 'https://cdn.example/video/2610/DOD_1';

/** An answer as it comes, without the `results` around it. */
const STATED = {
  id: ID,
  title: 'Harbour drill, B-Roll',
  description: 'Boats leave the harbour.\r\n\r\nSHOTLIST:\r\n1. (00:00) WIDE SHOT – HARBOUR',
  keywords: 'harbour, drill , harbour',
  date: '2026-02-10T00:00:00-05:00',
  date_published: '2026-10-02T09:00:00-04:00',
  timestamp: '2026-10-03T11:30:00-04:00',
  category: 'B-Roll',
  duration: 137,
  aspect_ratio: '16:9',
  unit_id: 127,
  unit_name: 'Natochannel',
  branch: 'Joint',
  virin: '261002-O-AB123-1001',
  url: 'https://www.dvids.example/video/900001/harbour-drill',
  credit: [
    { id: '7', name: 'Mara Veldt', rank: 'Sgt.', url: 'https://www.dvids.example/portfolio/7' },
    { id: 8, name: 'Ilse Brandt', rank: '' },
  ],
  location: { city: 'Port Averne', state: '', country: 'Belgium', country_abbreviation: 'BG' },
  files: [
    {
      src: `${CDN}/DOD_1-640x360-800k.mp4`,
      type: 'video/mp4',
      height: 360,
      width: 640,
      size: 13_631_488,
      bitrate: 800,
    },
    {
      src: `${CDN}/DOD_1-1920x1080-9173k.mp4`,
      type: 'video/mp4',
      height: 1080,
      width: 1920,
      size: '157286400',
      bitrate: 9173,
    },
    {
      src: `${CDN}/DOD_1-1280x720-4096k.mp4`,
      type: 'video/mp4',
      height: 720,
      width: 1280,
      size: 70_254_592,
      bitrate: 4096,
    },
    {
      src: 'https://api.example/hls/1.m3u8?api_key=key-hush',
      type: 'application/x-mpegURL',
      height: 1080,
    },
  ],
  hls_url: 'https://api.example/hls/1.m3u8?api_key=key-hush',
  closed_caption_urls: {
    srt: 'https://api.example/captions/1.srt?api_key=key-hush',
    webvtt: 'https://api.example/captions/1.vtt',
  },
  image: 'https://cdn.example/thumbs/1/full.jpg',
  thumbnail: { url: 'https://cdn.example/thumbs/1/720w.jpg', width: 720, height: 405 },
  time_start: null,
};

function mapped(
  change: Record<string, unknown> = {},
  more: { nowMs?: number; language?: 'en' | 'fr'; id?: string } = {},
): MappedAsset {
  const stated = Object.fromEntries(
    Object.entries({ ...STATED, ...change }).filter(([, value]) => value !== undefined),
  );
  const read = mapAsset(stated, { source: SOURCE, id: ID, nowMs: NOW, language: 'en', ...more });
  if (!read) throw new Error('It doesn’t fit');
  return read;
}
function asset(...args: Parameters<typeof mapped>): AssetDetail {
  const { detail } = mapped(...args).change;
  if (!detail) throw new Error('No detail');
  return detail;
}

test('all that it states is there, what it doesn’t is unknown, and it fits the model', () => {
  const all = asset();
  expect(assetDetail.safeParse(all).error).toBeUndefined();
  expect(all).toMatchObject({
    id: `${SOURCE}/video-900001`,
    type: 'video',
    headline: 'Harbour drill, B-Roll',
    descriptionText: 'Boats leave the harbour.\n\nSHOTLIST:\n1. (00:00) WIDE SHOT – HARBOUR',
    publishedAt: '2026-10-02T13:00:00.000Z',
    updatedAt: '2026-10-03T15:30:00.000Z',
    isDateStated: true,
    durationMs: 137_000,
    aspect: '16:9',
    topics: ['B-Roll', 'harbour', 'drill'],
    countries: ['BE'],
    location: 'Port Averne, Belgium',
    dateline: 'Port Averne, Belgium',
    languages: [],
    people: [],
    credits: ['Sgt. Mara Veldt', 'Ilse Brandt', 'Natochannel', 'DVIDS'],
    source: 'DVIDS',
    formats: ['hd', 'sd'],
    frameRates: [],
    rights: 'general',
    integrity: 'recorded',
    restrictions: [],
    embargoUntil: null,
    expiresAt: null,
    pubStatus: 'usable',
    shotlist: [{ n: 1, startMs: 0, text: 'WIDE SHOT – HARBOUR', type: 'wide' }],
    script: null,
    sourceUrl: 'https://www.dvids.example/video/900001/harbour-drill',
    subjects: [{ scheme: 'virin', code: '261002-O-AB123-1001' }],
    thumbnails: [
      { url: 'https://cdn.example/thumbs/1/full.jpg', width: null, height: null },
      { url: 'https://cdn.example/thumbs/1/720w.jpg', width: 720, height: 405 },
    ],
    stills: [{ url: 'https://cdn.example/thumbs/1/720w.jpg', width: 720, height: 405 }],
    captions: [
      { fileId: 'captions-srt', language: 'und', format: 'srt' },
      { fileId: 'captions-vtt', language: 'und', format: 'vtt' },
    ],
    preview: { url: `${CDN}/DOD_1-640x360-800k.mp4`, mediaType: 'video/mp4', bytes: 13_631_488 },
  });
  expect(all.searchText).toContain('261002-O-AB123-1001');
  expect(
    all.renditions.map(
      ({ name, container, width, height, bitrate, bytes, frameRate, videoCodec }) => [
        name,
        container,
        width,
        height,
        bitrate,
        bytes,
        frameRate,
        videoCodec,
      ],
    ),
  ).toEqual([
    ['1080p MP4', 'mp4', 1920, 1080, 9_173_000, 157_286_400, null, null],
    ['720p MP4', 'mp4', 1280, 720, 4_096_000, 70_254_592, null, null],
    ['360p MP4', 'mp4', 640, 360, 800_000, 13_631_488, null, null],
  ]);
});

const packagesOf = (change: Record<string, unknown>) =>
  asset(change).packages.map(({ purpose, label }) => [purpose, label]);
const file = (height: number | undefined, bitrate?: number) => ({
  src: `${CDN}/DOD_1-${height ?? bitrate ?? 0}.mp4`,
  type: 'video/mp4',
  height,
  bitrate,
});
test.each([
  [
    'the best up to 1080 lines and the smallest',
    [file(360), file(2160), file(1080), file(720)],
    [
      ['web', '1080p MP4'],
      ['preview', '360p MP4'],
    ],
  ],
  ['one file is no preview of itself', [file(720)], [['web', '720p MP4']]],
  [
    'all are larger',
    [file(2160), file(1440)],
    [
      ['web', '2160p MP4'],
      ['preview', '1440p MP4'],
    ],
  ],
  [
    'by their rates where no lines are stated',
    [file(undefined, 800), file(undefined, 4096)],
    [
      ['web', 'MP4, 4.1 Mb/s'],
      ['preview', 'MP4, 0.8 Mb/s'],
    ],
  ],
  ['nothing is stated but the address', [{ src: `${CDN}/a.mp4` }], [['web', 'MP4']]],
  ['none that can be read', [{ src: 'javascript:alert(1)' }, { type: 'video/mp4' }, 'x', null], []],
  ['a stream alone', [{ src: `${CDN}/a.m3u8`, type: 'video/mp4' }], []],
])('packages: %s', (_, files, packages) => {
  expect(packagesOf({ files })).toEqual(packages);
});

test('a package has its captions, a picture, what is stated and the rights beside it', () => {
  const [web] = asset().packages;
  expect(web?.components.map(({ role, fileId, required }) => [role, fileId, required])).toEqual([
    ['video', expect.stringMatching(/^media-[0-9a-f]{12}$/u), true],
    ['captions', 'captions-srt', false],
    ['captions', 'captions-vtt', false],
    ['thumbnail', 'picture', false],
    ['metadata', 'metadata', true],
    ['licence', 'licence', true],
  ]);
  if (!web) throw new Error('No package');
  const manifest = JSON.stringify(
    manifestOf(asset(), web, {
      source: SOURCE,
      nowMs: NOW,
      accepted: null,
    }),
  );
  for (const text of [
    'virin 261002-O-AB123-1001',
    'Sgt. Mara Veldt, Ilse Brandt, Natochannel, DVIDS',
    'Footage of NATO',
  ])
    expect(manifest).toContain(text);
});

const idsOf = (files: unknown[]) => asset({ files }).renditions.map(({ id }) => id);
test('a file keeps its id on another server, and two of one name are told apart', () => {
  const [first] = idsOf([{ src: 'https://a.example/video/2610/DOD_1/DOD_1.mp4' }]);
  expect(idsOf([{ src: 'https://b.example/2611/DOD_1.mp4?x=1' }])).toEqual([first]);
  const both = idsOf([
    { src: 'https://a.example/1/DOD_1.mp4' },
    { src: 'https://a.example/2/DOD_1.mp4' },
  ]);
  expect(new Set(both).size).toBe(2);
});

describe('where it states less, or in another form', () => {
  test.each([
    ['credit', undefined, { credits: ['Natochannel', 'DVIDS'] }],
    ['credit', 'Mara Veldt', { credits: ['Mara Veldt', 'Natochannel', 'DVIDS'] }],
    [
      'credit',
      [{ rank: 'Sgt.' }, { name: 'Ilse Brandt' }],
      { credits: ['Ilse Brandt', 'Natochannel', 'DVIDS'] },
    ],
    ['unit_name', undefined, { credits: ['Sgt. Mara Veldt', 'Ilse Brandt', 'DVIDS'] }],
    ['keywords', undefined, { topics: ['B-Roll'] }],
    ['keywords', ['sea', 'rescue'], { topics: ['B-Roll', 'sea', 'rescue'] }],
    ['keywords', '#Sea2026 #Rescue #Sea2026', { topics: ['B-Roll', 'Sea2026', 'Rescue'] }],
    ['category', undefined, { topics: ['harbour', 'drill'] }],
    ['duration', undefined, { durationMs: null }],
    ['duration', '137.5', { durationMs: 137_500 }],
    ['duration', 0, { durationMs: null }],
    ['aspect_ratio', 'landscape', { aspect: null }],
    ['description', undefined, { descriptionText: '' }],
    ['virin', undefined, { subjects: [] }],
    ['url', undefined, { sourceUrl: null }],
    ['timestamp', undefined, { updatedAt: '2026-10-02T13:00:00.000Z' }],
    ['closed_caption_urls', undefined, { captions: [], hasCaptions: false }],
    ['closed_caption_urls', [], { captions: [] }],
    ['closed_caption_urls', { srt: 'no address' }, { captions: [] }],
    [
      'thumbnail',
      'https://cdn.example/s.jpg',
      { thumbnails: [{}, { url: 'https://cdn.example/s.jpg', width: null }] },
    ],
    [
      'thumbnail',
      { url: 'https://cdn.example/s.jpg', width: '122', height: 92 },
      { thumbnails: [{}, { width: 122, height: 92 }] },
    ],
    ['thumbnail', false, { thumbnails: [{ url: 'https://cdn.example/thumbs/1/full.jpg' }] }],
    [
      'image',
      undefined,
      { thumbnails: [{ url: 'https://cdn.example/thumbs/1/720w.jpg', width: 720 }] },
    ],
    ['location', undefined, { location: null, countries: [], dateline: '' }],
    ['location', { country: 'Belgium' }, { location: 'Belgium', countries: ['BE'] }],
    [
      'location',
      { city: 'Solle', country: 'Nowhere', country_abbreviation: 'no' },
      { countries: ['NO'], location: 'Solle, Nowhere' },
    ],
    [
      'location',
      { city: 'Luxembourg', country: 'Luxembourg', country_abbreviation: 'XX' },
      { countries: ['LU'], location: 'Luxembourg' },
    ],
    ['location', { country: 'Nowhere', country_abbreviation: 'ZZZ' }, { countries: [] }],
    ['date', undefined, { publishedAt: '2026-10-02T13:00:00.000Z' }],
    ['files', {}, { renditions: [], integrity: 'none', packages: [] }],
  ])('%s is %j', (name, value, expected) => {
    const { change } = mapAsset(
      Object.fromEntries(
        Object.entries({ ...STATED, [name]: value }).filter(([, one]) => one !== undefined),
      ),
      { source: SOURCE, id: ID, nowMs: NOW, language: 'en' },
    ) ?? { change: { detail: 'none' } };
    expect(change.detail).toMatchObject(expected);
  });

  test('flat members of a place count where there is no other', () => {
    expect(
      asset({ location: undefined, city: 'Solle', state: 'North', country: 'Norway' }),
    ).toMatchObject({ location: 'Solle, North, Norway', countries: ['NO'] });
  });

  test('a date that lies ahead is a slip', () => {
    expect(asset({ date_published: '2038-01-01T00:00:00Z' })).toMatchObject({
      isDateStated: false,
      publishedAt: new Date(NOW).toISOString(),
    });
  });

  test.each([
    null,
    3,
    'x',
    [],
    {},
    { id: ID },
    { ...STATED, date_published: undefined },
    { ...STATED, title: undefined },
    { ...STATED, title: ' ' },
    { ...STATED, id: 'video:2' },
    { ...STATED, id: 900_001 },
  ])('%j is no asset', (json) => {
    expect(mapAsset(json, { source: SOURCE, id: ID, nowMs: NOW, language: 'en' })).toBeNull();
  });
});

describe('what makes a version', () => {
  const { stamp } = mapped();
  test.each([
    ['its time of change alone', { timestamp: '2026-11-01T00:00:00-04:00' }],
    [
      'another key in its addresses',
      {
        closed_caption_urls: {
          srt: 'https://api.example/captions/1.srt?api_key=key-other',
          webvtt: 'https://api.example/captions/1.vtt?api_key=k',
        },
      },
    ],
    ['how often it was seen', { views: 4711, rating: 5 }],
    ['the same time in another zone', { date_published: '2026-10-02T13:00:00Z' }],
    ['another date of filming', { date: '2026-10-02T00:00:00-04:00' }],
  ])('%s makes none', (_, change) => {
    expect(mapped(change).stamp).toBe(stamp);
  });
  test('neither do the time of reading and the language of the reader', () => {
    expect(mapped({}, { nowMs: NOW + 1e9, language: 'fr' }).stamp).toBe(stamp);
  });
  test.each([
    [{ title: 'Corrected' }],
    [{ description: 'Corrected' }],
    [{ date_published: '2026-10-02T13:00:01Z' }],
    [{ files: STATED.files.slice(1) }],
    [{ keywords: 'harbour' }],
    [{ unit_name: 'Elsewhere' }],
    [{ closed_caption_urls: {} }],
  ])('%j does', (change) => {
    expect(mapped(change).stamp).not.toBe(stamp);
  });
});

describe('secrets', () => {
  test('addresses with a key aren’t stored, and it is in nothing else', () => {
    const keyed = 'https://user:hush@cdn.example/a.jpg?api_key=key-hush';
    const { change, files } = mapped({
      description: 'See https://api.example/x?api_key=key-hush and more',
      image: keyed,
      thumbnail: { url: keyed, width: 720, height: 405 },
      url: 'https://www.dvids.example/video/1?api_key=key-hush',
      files: [{ src: 'https://cdn.example/a.mp4?token=hush', type: 'video/mp4', height: 720 }],
    });
    expect(JSON.stringify(change)).not.toContain('hush');
    expect(change.detail).toMatchObject({
      descriptionText: 'See https://api.example/x and more',
      thumbnails: [],
      preview: null,
      sourceUrl: 'https://www.dvids.example/video/1',
      files: [{ url: null }, { url: null }, {}, { url: null }],
    });
    // Those that a download asks for are as they were stated.
    expect(files.map(({ url }) => url.includes('hush'))).toEqual([true, true, false, true]);
  });
});

describe('its terms', () => {
  test.each([
    ['Natochannel', 'en', dvidsTermsWords.en.nato],
    ['NATOCHANNEL', 'fr', dvidsTermsWords.fr.nato],
    ['Lakeside Media Centre', 'en', dvidsTermsWords.en.general],
    ['Lakeside Media Centre', 'fr', dvidsTermsWords.fr.general],
    [undefined, 'en', dvidsTermsWords.en.general],
  ] as const)('of the unit %s, in %s', (unit, language, terms) => {
    const { usageTerms } = asset({ unit_name: unit, branch: 'Joint' }, { language });
    expect(usageTerms).toBe(terms);
  });
});

describe('entries of a search', () => {
  test.each([
    [
      { id: ID, publishdate: '2024-03-11T13:57:06Z', timestamp: '2024-03-11T14:14:05.211Z' },
      {
        id: ID,
        publishedMs: Date.UTC(2024, 2, 11, 13, 57, 6),
        timestampMs: Date.UTC(2024, 2, 11, 14, 14, 5, 211),
      },
    ],
    [
      { id: ID, publishdate: 'soon', date_published: '2024-03-11T13:57:06' },
      { id: ID, publishedMs: Date.UTC(2024, 2, 11, 13, 57, 6), timestampMs: null },
    ],
    // Filmed in March, as its other members say.
    [
      { id: ID, date: '2024-11-03T04:00:00Z', date_published: '2024-03-11T13:57:06+00:00' },
      { id: ID, publishedMs: Date.UTC(2024, 2, 11, 13, 57, 6), timestampMs: null },
    ],
    [{ id: ID, date: '2024-11-03T04:00:00Z' }, null],
    [{ id: 'video/1', publishdate: '2024-03-11T13:57:06Z' }, null],
    [{ publishdate: '2024-03-11T13:57:06Z' }, null],
    [null, null],
    ['x', null],
  ])('%j', (json, item) => {
    expect(readItem(json)).toEqual(item);
  });
});

test.each([
  [`${SOURCE}/video-900001`, ID],
  [`${SOURCE}/publication_issue-7`, 'publication_issue:7'],
])('the asset %s is %s there', (assetId, id) => {
  expect(dvidsIdOf(SOURCE, assetId)).toBe(id);
  expect(assetIdOf(SOURCE, id)).toBe(assetId);
});

test.each([
  `${SOURCE}/video-900001/media-1`,
  `${SOURCE}/../video-1`,
  'feed:0a1b2c3d4e5f60718293a4b5c6d7e8f9/video-900001',
  '',
])('%j is none of its assets', (assetId) => {
  expect(dvidsIdOf(SOURCE, assetId)).toBeNull();
});
