import { createHash } from 'node:crypto';
import type {
  ContentArticle,
  ContentAsset,
  ContentBytes,
  ContentSource,
} from '../../../src/service/content/library.ts';

const sha256 = (data: Buffer): string => createHash('sha256').update(data).digest('hex');

/** Bytes that differ everywhere, the same every time. */
export function noise(length: number, seed: number): Buffer {
  const data = Buffer.alloc(length);
  let state = seed * 2654435761 + 1;
  for (let i = 0; i < length; i += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[i] = state >>> 24;
  }
  return data;
}

export const PIECE_BYTES = 1024 * 1024;
export const MASTER = noise(3 * PIECE_BYTES + 12_345, 1);
const SCRIPT = Buffer.from('The ferries sail again.\n');
const EMPTY = Buffer.alloc(0);
const PICTURE = noise(2048, 2);
const PROXY = noise(40_000, 3);

const BYTES = new Map<string, { data: Buffer; mediaType: string }>([
  ['fil_master', { data: MASTER, mediaType: 'video/quicktime' }],
  ['fil_script', { data: SCRIPT, mediaType: 'text/plain' }],
  ['fil_empty', { data: EMPTY, mediaType: 'text/plain' }],
  ['fil_proxy', { data: PROXY, mediaType: 'video/mp4' }],
  ['img_thumb', { data: PICTURE, mediaType: 'image/jpeg' }],
  ['img_secret', { data: PICTURE, mediaType: 'image/jpeg' }],
  ['img_still', { data: PICTURE, mediaType: 'image/jpeg' }],
  ['med_lead', { data: PICTURE, mediaType: 'image/jpeg' }],
]);

function bytesOf(id: string): ContentBytes | undefined {
  const found = BYTES.get(id);
  if (!found) return undefined;
  const { data, mediaType } = found;
  const hashes = Array.from({ length: Math.ceil(data.length / PIECE_BYTES) }, (_, i) =>
    sha256(data.subarray(i * PIECE_BYTES, (i + 1) * PIECE_BYTES)),
  );
  return {
    id,
    mediaType,
    bytes: data.length,
    sha256: sha256(data),
    ...(hashes.length > 1 ? { pieces: () => ({ pieceBytes: PIECE_BYTES, hashes }) } : {}),
    read: async (offset, length) => Buffer.from(data.subarray(offset, offset + length)),
  };
}

const file = (id: string, path: string, role: 'video' | 'script' | 'metadata', required = true) => {
  const { data, mediaType } = BYTES.get(id) ?? { data: EMPTY, mediaType: '' };
  return { id, path, mediaType, role, required, bytes: data.length, sha256: sha256(data) };
};
const FILES = [
  { ...file('fil_master', 'ferries.mov', 'video'), renditionId: 'rnd_1' },
  file('fil_script', 'ferries script.txt', 'script'),
  file('fil_empty', 'notes/empty.txt', 'metadata', false),
];
const image = (id: string, width: number) => ({
  id,
  file: `${id}.jpg`,
  width,
  height: Math.round((width * 9) / 16),
  bytes: PICTURE.length,
  sha256: sha256(PICTURE),
});

export function asset(id: string, change: Partial<ContentAsset> = {}): ContentAsset {
  const restriction = {
    id: `rst_${id}`,
    kind: 'editorial' as const,
    mode: 'deny' as const,
    values: [],
    note: { en: 'Credit the agency', fr: 'Citer l’agence : toujours' },
  };
  return {
    id,
    rev: 1,
    type: 'video',
    slug: `FERRIES-${id}`,
    headline: { en: 'Ferries sail again', fr: 'Les ferries reprennent la mer' },
    description: {
      en: 'First crossing after the storm.\n\nPassengers board & wave.',
      fr: 'Première traversée après la tempête.',
    },
    dateline: 'LORVIK',
    location: { name: 'Lorvik', lat: 60.1, lon: 5.2 },
    country: 'NO',
    topics: ['transport'],
    subjects: [{ scheme: 'medtop', code: '20000337', name: 'transport' }],
    people: ['Ada Berg'],
    languages: ['en'],
    publishedMin: -60,
    updatedMin: -30,
    pubStatus: 'usable',
    durationMs: 10_000,
    frameRate: '25/1',
    aspect: '16:9',
    timecodeStart: '10:00:00:00',
    credits: ['Camera: A. Berg'],
    source: 'Demo',
    usageTerms: { en: 'Free for news use', fr: 'Gratuit pour l’information' },
    copyrightNotice: '© Demo',
    restrictions: [restriction],
    shotlist: [
      {
        n: 1,
        in: '10:00:00:00',
        out: '10:00:04:00',
        inMs: 0,
        outMs: 4000,
        text: { en: 'Wide of the harbour', fr: 'Vue large du port' },
        location: 'Lorvik',
        type: 'wide',
        restrictionIds: [],
      },
    ],
    scripts: [
      {
        language: 'en',
        html: '<p>The ferries sail again.</p>',
        text: 'The ferries sail again.',
        wordCount: 4,
      },
      {
        language: 'fr',
        html: '<p>Ils reprennent la mer.</p>',
        text: 'Ils reprennent la mer.',
        wordCount: 4,
      },
    ],
    soundbites: [
      {
        speaker: 'Ada Berg',
        role: { en: 'Captain', fr: 'Capitaine' },
        language: 'en',
        in: '10:00:02:00',
        out: '10:00:04:00',
        verbatim: 'We are glad.',
        translation: 'Nous sommes contents.',
      },
    ],
    captions: [
      { fileId: 'fil_script', language: 'en', kind: 'subtitles', format: 'vtt', text: '' },
    ],
    renditions: [
      {
        id: 'rnd_1',
        name: 'Master',
        container: 'mov',
        videoCodec: 'v210',
        bitDepth: 10,
        width: 1920,
        height: 1080,
        frameRate: '25/1',
        scan: 'progressive',
        aspect: '16:9',
        audio: [],
        bitrate: 1,
        durationMs: 10_000,
        timecodeStart: '10:00:00:00',
        dropFrame: false,
        bytes: MASTER.length,
      },
    ],
    packages: [
      {
        id: `pkg_${id}`,
        rev: 1,
        label: { en: 'Broadcast', fr: 'Antenne' },
        purpose: 'broadcast',
        rootName: `FERRIES-${id}`,
        files: FILES,
        bytes: FILES.reduce((sum, { bytes }) => sum + bytes, 0),
      },
    ],
    history: [{ rev: 1, atMin: -60, note: { en: 'First version', fr: 'Première version' } }],
    relatedAssetIds: [],
    relatedArticleIds: ['art_1'],
    thumbnail: image('img_thumb', 480),
    stills: [image('img_still', 960)],
    proxy: {
      id: 'fil_proxy',
      file: 'proxy.mp4',
      width: 640,
      height: 360,
      bytes: PROXY.length,
      sha256: sha256(PROXY),
    },
    searchText: 'ferries storm harbour',
    ...change,
  };
}

function article(id: string, change: Partial<ContentArticle> = {}): ContentArticle {
  return {
    id,
    rev: 1,
    language: 'en',
    dir: 'ltr',
    headline: 'The port reopens',
    summary: 'Ships are back.',
    byline: ['Ada Berg'],
    dateline: 'LORVIK',
    country: 'NO',
    section: 'World',
    topics: ['transport'],
    publishedMin: -50,
    updatedMin: -50,
    pubStatus: 'usable',
    bodyHtml: '<p>Ships are back.</p><img src="media:med_lead" alt="" width="960" height="540">',
    bodyText: 'Ships are back.',
    wordCount: 3,
    copyrightNotice: '© Demo',
    usageTerms: 'Free for news use',
    offlineAllowed: true,
    relatedAssetIds: ['ast_open'],
    media: [
      {
        id: 'med_lead',
        role: 'lead',
        file: 'lead.jpg',
        mediaType: 'image/jpeg',
        bytes: PICTURE.length,
        sha256: sha256(PICTURE),
        width: 960,
        height: 540,
        alt: 'A ship',
        caption: 'Back at sea',
        credit: 'Demo',
      },
    ],
    ...change,
  };
}

/** Small content with one of each case the rules speak about. */
export function fixtureContent(): ContentSource {
  return {
    assets: [
      asset('ast_open'),
      asset('ast_free', {
        restrictions: [],
        headline: { en: 'Market day' },
        topics: ['economy'],
        country: 'FR',
        publishedMin: -40,
        durationMs: 20_000,
      }),
      asset('ast_embargoed', {
        embargoUntilMin: 120,
        restrictions: [],
        thumbnail: image('img_secret', 480),
        stills: [],
      }),
      asset('ast_later', { publishedMin: 30, restrictions: [] }),
      asset('ast_withheld', {
        pubStatus: 'withheld',
        statusReason: { en: 'Rights unclear', fr: 'Droits incertains' },
        packages: [],
      }),
      asset('ast_barred', {
        restrictions: [
          {
            id: 'rst_no',
            kind: 'territory',
            mode: 'deny',
            values: ['NO'],
            note: { en: 'No access Norway' },
          },
        ],
      }),
    ],
    articles: [
      article('art_1'),
      article('art_2', {
        language: 'fr',
        translationOf: 'art_1',
        headline: 'Le port rouvre',
        media: [],
      }),
      article('art_gone', { pubStatus: 'canceled' }),
    ],
    file: bytesOf,
  };
}
