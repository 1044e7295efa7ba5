import { frenchSpacing, spacedText } from '../french.ts';
import { captionTexts } from './captions.ts';
import { hexPieces, type Facts, type FileFacts } from './facts.ts';
import { generatedMaster } from './generated-master.ts';
import { masterOptionsOf } from './master-options.ts';
import { demoFiles, MASTER_FORMATS, slugOf } from './masters.ts';
import { buildPackages, type MasterFile } from './packages.ts';
import { languagesOf, scriptsOf, spokenShots, translationOf } from './script-text.ts';
import type { AssetSource, MasterFormat } from './source.ts';
import type { Stored } from './stored.ts';
import { durationMsOf, spansOf } from './timeline.ts';
import type {
  DemoAsset,
  DemoImage,
  DemoRendition,
  DemoRestriction,
  DemoShot,
  DemoSoundbite,
  LocalText,
} from './types.ts';

const SEARCH_TEXT_LENGTH = 4000;
const USAGE_TERMS: LocalText = {
  en: 'Free of charge for editorial use in news and information programmes, with credit. Not for advertising.',
  fr: 'Gratuit pour un usage éditorial dans les programmes d’information, avec crédit. Pas de publicité.',
};
const FIRST_VERSION: LocalText = { en: 'First version.', fr: 'Première version.' };

const compact = (slug: string): string => slug.toLowerCase().replaceAll('-', '');
export const assetIdOf = (number: number): string => `ast_aur26${number}`;

function image(
  stored: Stored,
  id: string,
  file: string,
  { bytes, sha256, width, height }: FileFacts,
): DemoImage {
  stored.addFile(id, file, 'image/jpeg', { bytes, sha256 });
  return { id, file, width, height, bytes, sha256 };
}

function restrictionsOf(source: AssetSource): {
  byKey: Map<string, string>;
  list: DemoRestriction[];
} {
  const byKey = new Map<string, string>();
  const list = (source.restrictions ?? []).map(({ key, values = [], note, ...rest }, i) => {
    const id = `rst_${compact(slugOf(source))}_${i + 1}`;
    byKey.set(key, id);
    return { id, values, note: spacedText(note), ...rest };
  });
  return { byKey, list };
}

function shotlistOf(source: AssetSource, restrictionIds: Map<string, string>): DemoShot[] {
  const spans = spansOf(source);
  return source.shots.map(
    ({ type, text, location = source.place.name, bite, restricted = [] }, i) => {
      const { in: from, out, inMs, outMs } = spans[i] ?? { in: '', out: '', inMs: 0, outMs: 0 };
      return {
        n: i + 1,
        in: from,
        out,
        inMs,
        outMs,
        text: spacedText(text),
        location,
        type,
        ...(bite
          ? {
              language: bite.language,
              speaker: bite.speaker,
              quote: frenchSpacing(bite.verbatim, bite.language),
            }
          : {}),
        restrictionIds: restricted.map((key) => {
          const id = restrictionIds.get(key);
          if (id === undefined) throw new Error(`${slugOf(source)}: no restriction ${key}`);
          return id;
        }),
      };
    },
  );
}

const soundbitesOf = (source: AssetSource): DemoSoundbite[] =>
  spokenShots(source).map(({ bite, span }) => ({
    speaker: bite.speaker,
    role: bite.roleFr === undefined ? { en: bite.role } : { en: bite.role, fr: bite.roleFr },
    language: bite.language,
    in: span.in,
    out: span.out,
    verbatim: frenchSpacing(bite.verbatim, bite.language),
    translation: translationOf(bite),
  }));

function masterRendition(
  source: AssetSource,
  format: MasterFormat,
  facts: Facts,
  stored: Stored,
): MasterFile {
  const slug = slugOf(source);
  const master = facts.master(slug, format);
  const options = masterOptionsOf(source, format);
  const { width, height, frameRate, scan, dropFrame } = MASTER_FORMATS[format];
  const durationMs = durationMsOf(source);
  const fileId = `fil_${compact(slug)}_${format.replace('.', '')}`;
  stored.add({
    id: fileId,
    mediaType: 'video/quicktime',
    bytes: master.bytes,
    sha256: master.sha256,
    pieces: () => ({ pieceBytes: master.pieceBytes, hashes: hexPieces(master) }),
    ...generatedMaster(options, facts.laterMaster(slug, format)),
  });
  const rendition: DemoRendition = {
    id: `rnd_${compact(slug)}_${format.replace('.', '')}`,
    name: `HD ${format}`,
    container: 'mov',
    videoCodec: 'v210',
    bitDepth: 10,
    width,
    height,
    frameRate,
    scan,
    aspect: '16:9',
    audio: [],
    bitrate: Math.round((master.bytes * 8000) / durationMs),
    durationMs,
    timecodeStart: source.timecodeStart,
    dropFrame,
    bytes: master.bytes,
  };
  return { fileId, key: format.replace('.', ''), sha256: master.sha256, rendition };
}

function proxyOf(
  source: AssetSource,
  facts: Facts,
  stored: Stored,
): { proxy: DemoAsset['proxy']; rendition: DemoRendition } {
  const slug = slugOf(source);
  const file = demoFiles.proxy(slug);
  const { bytes, sha256, width, height } = facts.file(file);
  const id = `fil_${compact(slug)}_proxy`;
  stored.addFile(id, file, 'video/mp4', { bytes, sha256 });
  const { frameRate, dropFrame } = MASTER_FORMATS[source.formats[0]];
  const durationMs = durationMsOf(source);
  return {
    proxy: { id, file, width, height, bytes, sha256 },
    rendition: {
      id: `rnd_${compact(slug)}_proxy`,
      name: `Preview ${height}p`,
      container: 'mp4',
      videoCodec: 'h264',
      bitDepth: 8,
      width,
      height,
      frameRate,
      scan: 'progressive',
      aspect: '16:9',
      audio: [],
      bitrate: Math.round((bytes * 8000) / durationMs),
      durationMs,
      timecodeStart: source.timecodeStart,
      dropFrame,
      bytes,
    },
  };
}

/** Text for the full-text index, without restrictions; at most `SEARCH_TEXT_LENGTH` bytes. */
export function searchTextOf({
  description,
  shotlist,
  scripts,
}: Pick<DemoAsset, 'description' | 'shotlist' | 'scripts'>): string {
  const texts = [
    description.en,
    description.fr ?? '',
    ...scripts.map((script) => script.text),
    ...shotlist.flatMap((shot) => Object.values(shot.text)),
  ];
  let text = texts.filter((part) => part !== '').join('\n');
  while (Buffer.byteLength(text) > SEARCH_TEXT_LENGTH) text = text.slice(0, text.lastIndexOf(' '));
  return text;
}

/** Builds one asset and adds its files to `stored`. */
export function buildAsset(
  source: AssetSource,
  facts: Facts,
  stored: Stored,
  articleIds: string[],
): DemoAsset {
  const slug = slugOf(source);
  const history = source.history ?? [];
  const usable = source.status === undefined;
  const durationMs = durationMsOf(source);
  const restrictions = restrictionsOf(source);
  const shotlist = shotlistOf(source, restrictions.byKey);
  const scripts = scriptsOf(source);
  const soundbites = soundbitesOf(source);
  const { proxy, rendition } = proxyOf(source, facts, stored);
  const masters = usable
    ? source.formats.map((format) => masterRendition(source, format, facts, stored))
    : [];
  const described: Omit<DemoAsset, 'packages' | 'captions' | 'searchText' | 'rev'> = {
    id: assetIdOf(source.number),
    type: 'video',
    slug,
    headline: spacedText(source.headline),
    description: spacedText(source.description),
    dateline: source.place.dateline,
    location: { name: source.place.name, lat: source.place.lat, lon: source.place.lon },
    country: source.place.country,
    topics: source.topics,
    subjects: source.subjects.map(([code, name]) => ({
      scheme: 'http://cv.iptc.org/newscodes/mediatopic/',
      code,
      name,
    })),
    people: soundbites.map((bite) => bite.speaker),
    languages: [...new Set([...languagesOf(source), ...soundbites.map((bite) => bite.language)])],
    publishedMin: source.publishedMin,
    updatedMin: history.at(-1)?.atMin ?? source.publishedMin,
    ...(source.embargoUntilMin === undefined ? {} : { embargoUntilMin: source.embargoUntilMin }),
    ...(source.expiresMin === undefined ? {} : { expiresMin: source.expiresMin }),
    pubStatus: source.status?.pubStatus ?? 'usable',
    ...(source.status ? { statusReason: spacedText(source.status.reason) } : {}),
    durationMs,
    frameRate: MASTER_FORMATS[source.formats[0]].frameRate,
    aspect: '16:9',
    timecodeStart: source.timecodeStart,
    credits: source.credits ?? ['Auren Multimedia'],
    source: 'Auren Multimedia',
    copyrightNotice: '© Auren Multimedia',
    usageTerms: USAGE_TERMS,
    restrictions: restrictions.list,
    shotlist,
    scripts,
    soundbites,
    renditions:
      source.status?.pubStatus === 'canceled'
        ? []
        : [...masters.map((master) => master.rendition), rendition],
    history: [
      { rev: 1, atMin: source.publishedMin, note: FIRST_VERSION },
      ...history.map(({ atMin, note }, i) => ({ rev: i + 2, atMin, note: spacedText(note) })),
    ],
    relatedAssetIds: (source.relatedNumbers ?? []).map(assetIdOf),
    relatedArticleIds: articleIds,
    thumbnail: image(
      stored,
      `img_${compact(slug)}_t`,
      demoFiles.thumbnail(slug),
      facts.file(demoFiles.thumbnail(slug)),
    ),
    stills: source.stills.map((_, i) =>
      image(
        stored,
        `img_${compact(slug)}_${i + 1}`,
        demoFiles.still(slug, i + 1),
        facts.file(demoFiles.still(slug, i + 1)),
      ),
    ),
    proxy,
  };
  const captions = captionTexts(source, durationMs).map((caption) => ({
    ...caption,
    fileId: `fil_${compact(slug)}_${caption.format}_${caption.language}`,
  }));
  const rev = history.length + 1;
  // One on hold may be released.
  const packages =
    described.pubStatus === 'canceled'
      ? []
      : buildPackages({ ...described, captions }, rev, source.shortName, masters, stored);
  return {
    ...described,
    rev,
    captions,
    searchText: searchTextOf(described),
    packages,
    history: described.history.map((entry) => ({
      ...entry,
      packages: packages.map(({ id }) => ({ packageId: id, rev: entry.rev })),
    })),
  };
}
