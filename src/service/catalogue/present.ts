import { bodyHtml } from '../content/body-html.ts';
import { frenchSpacing } from '../french.ts';
import { videoFormatOf } from '../../shared/api/video-format.ts';
import type { AssetDetail, AssetSummary, Badge, Restriction } from '../../shared/api/catalogue.ts';
import type { Library, ContentAsset, LocalText } from '../content/library.ts';
import {
  isEmbargoed,
  isUsable,
  rightsFactsOf,
  type Timeline,
  type Viewer,
} from '../content/view.ts';
import type { Language } from '../http/language.ts';

const localised = (text: LocalText, language: Language): string => {
  const own = text[language];
  return own === undefined ? text.en : frenchSpacing(own, language);
};

function otherHeadlines(headline: LocalText, language: Language): string[] {
  const shown = localised(headline, language);
  return (['en', 'fr'] as const)
    .flatMap((one) => (headline[one] === undefined ? [] : localised(headline, one)))
    .filter((text) => text !== shown);
}

export function formatsOf({ renditions, type }: ContentAsset): string[] {
  if (type !== 'video') return [type === 'audio' ? 'audio' : 'still'];
  return [
    ...new Set(
      renditions.map(({ height }) => (height >= 2160 ? 'uhd' : height >= 720 ? 'hd' : 'sd')),
    ),
  ];
}
export const frameRatesOf = ({ renditions, frameRate }: ContentAsset): string[] => [
  ...new Set([frameRate, ...renditions.map((r) => r.frameRate)]),
];

/** As in `1080i50`. */
export const videoFormatsOf = ({ renditions }: ContentAsset): string[] => [
  ...new Set(renditions.flatMap((one) => videoFormatOf(one) ?? [])),
];
/** How a film was made: with commentary, of soundbites alone, or neither. */
export const genreOf = ({
  scripts,
  soundbites,
}: ContentAsset): 'edited' | 'b-roll' | 'soundbites' =>
  scripts.length > 0 ? 'edited' : soundbites.length > 0 ? 'soundbites' : 'b-roll';
export const partsOf = ({ scripts, soundbites, shotlist, stills }: ContentAsset) =>
  (
    [
      ['soundbite', soundbites.length > 0],
      ['shotlist', shotlist.length > 0],
      ['script', scripts.length > 0],
      ['stills', stills.length > 0],
      ['preview', true],
    ] as const
  )
    .filter(([, holds]) => holds)
    .map(([part]) => part);

function badgesOf(asset: ContentAsset, time: Timeline, now: number): Badge[] {
  const facts: [Badge, boolean][] = [
    ['embargoed', isEmbargoed(asset, time, now)],
    ['restricted', asset.restrictions.length > 0],
    ['updated', asset.rev > 1],
    ['withdrawn', !isUsable(asset, time, now)],
  ];
  return facts.filter(([, holds]) => holds).map(([badge]) => badge);
}

const restrictionsOf = (asset: ContentAsset, time: Timeline, language: Language): Restriction[] =>
  rightsFactsOf(asset, time).restrictions.map(({ values, shots, ...rule }, i) => ({
    ...rule,
    values: [...values],
    note: localised(asset.restrictions[i]?.note ?? { en: '' }, language),
    ...(shots === undefined ? {} : { shots: [...shots] }),
  }));

/** None for an asset that is on hold, withdrawn or expired. */
const packagesOf = (asset: ContentAsset, time: Timeline, now: number) =>
  isUsable(asset, time, now) ? asset.packages : [];

type Files = ContentAsset['packages'][number]['files'];
const renditionIdOf = (files: Files): string | null =>
  files.find((file) => file.renditionId !== undefined)?.renditionId ?? null;

function renditionFacts(
  { renditions }: ContentAsset,
  files: Files,
): Pick<AssetSummary['packageSizes'][number], 'rendition'> {
  const found = renditions.find(({ id }) => id === renditionIdOf(files));
  if (!found) return {};
  const { container, videoCodec, width, height, frameRate, scan } = found;
  return { rendition: { container, videoCodec, width, height, frameRate, scan } };
}

const FIRST_WORDS = 240;
const short = (text: string) =>
  text.length <= FIRST_WORDS ? text : `${text.slice(0, text.lastIndexOf(' ', FIRST_WORDS))} …`;

export function summaryOf(
  asset: ContentAsset,
  { time, mediaUrl }: Library,
  { now, language }: Viewer,
): AssetSummary {
  const picture = ({ id, width, height }: ContentAsset['thumbnail']) => ({
    url: mediaUrl(id, 'jpg', asset, now),
    width,
    height,
  });
  return {
    id: asset.id,
    rev: asset.rev,
    type: asset.type,
    slug: asset.slug,
    headline: localised(asset.headline, language),
    otherHeadlines: otherHeadlines(asset.headline, language),
    descriptionShort: short(localised(asset.description, language)),
    publishedAt: time.iso(asset.publishedMin),
    updatedAt: time.iso(asset.updatedMin),
    durationMs: asset.durationMs,
    thumbnails: [asset.thumbnail, ...asset.stills.slice(0, 1)].map(picture),
    topics: asset.topics,
    countries: [asset.country],
    languages: asset.languages,
    formats: formatsOf(asset),
    videoFormats: videoFormatsOf(asset),
    frameRates: frameRatesOf(asset),
    aspect: asset.aspect,
    location: asset.location.name,
    people: asset.people,
    restrictions: restrictionsOf(asset, time, language),
    shotNumbers: asset.shotlist.map(({ n }) => n),
    embargoUntil: time.isoOrNull(asset.embargoUntilMin),
    expiresAt: time.isoOrNull(asset.expiresMin),
    hasCaptions: asset.captions.length > 0,
    ...(asset.type === 'video' && { genre: genreOf(asset) }),
    parts: partsOf(asset),
    searchText: asset.searchText,
    badges: badgesOf(asset, time, now),
    pubStatus: asset.pubStatus,
    packageSizes: packagesOf(asset, time, now).map(({ id, rev, label, purpose, files, bytes }) => ({
      packageId: id,
      rev,
      label: localised(label, language),
      purpose,
      bytes,
      ...renditionFacts(asset, files),
    })),
  };
}

const msOf = (shots: ContentAsset['shotlist'], timecode: string) =>
  shots.find((shot) => shot.in === timecode)?.inMs;

/** Milliseconds from the start of the media to a timecode. Ignores drop-frame numbering. */
function startMsOf(asset: ContentAsset, timecode: string): number {
  const known = msOf(asset.shotlist, timecode);
  if (known !== undefined) return known;
  const [count = '25', per = '1'] = asset.frameRate.split('/');
  const rate = Math.round(Number(count) / Number(per));
  const frames = (text: string) => {
    const [h = 0, m = 0, s = 0, f = 0] = text.split(/[:;.]/).map(Number);
    return ((h * 60 + m) * 60 + s) * rate + f;
  };
  return Math.max(
    0,
    Math.round(
      ((frames(timecode) - frames(asset.timecodeStart)) * 1000 * Number(per)) / Number(count),
    ),
  );
}

const shotsOf = (asset: ContentAsset, language: Language): AssetDetail['shotlist'] =>
  asset.shotlist.map(({ inMs, outMs, text, ...shot }) => ({
    ...shot,
    text: localised(text, language),
    startMs: inMs,
    durationMs: outMs - inMs,
  }));

const paragraph = (text: string) =>
  `<p>${text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .split(/\n{2,}/)
    .join('</p><p>')}</p>`;

export function detailOf(asset: ContentAsset, library: Library, viewer: Viewer): AssetDetail {
  const { time, mediaUrl } = library;
  const { language, now } = viewer;
  const description = localised(asset.description, language);
  const script = asset.scripts.find((entry) => entry.language === language) ?? asset.scripts[0];
  const { proxy, location } = asset;
  return {
    ...summaryOf(asset, library, viewer),
    pubStatus: asset.pubStatus,
    statusNote: asset.statusReason ? localised(asset.statusReason, language) : null,
    descriptionHtml: paragraph(description),
    descriptionText: description,
    credits: asset.credits,
    source: asset.source,
    dateline: asset.dateline,
    place: location,
    subjects: asset.subjects,
    usageTerms: localised(asset.usageTerms, language),
    copyrightNotice: asset.copyrightNotice,
    shotlist: shotsOf(asset, language),
    script: script
      ? { ...script, html: frenchSpacing(bodyHtml(script.html), script.language) }
      : null,
    soundbites: asset.soundbites.map((bite) => ({
      ...bite,
      role: localised(bite.role, language),
      startMs: startMsOf(asset, bite.in),
    })),
    captions: asset.captions.map(({ fileId, language: spoken, kind, format }) => ({
      fileId,
      language: spoken,
      kind,
      format,
    })),
    renditions: asset.renditions,
    packages: packagesOf(asset, time, now).map(({ id, rev, label, purpose, files, bytes }) => ({
      id,
      rev,
      label: localised(label, language),
      purpose,
      bytes,
      fileCount: files.length,
      renditionId: renditionIdOf(files),
      components: files.map((file) => ({
        role: file.role,
        fileId: file.id,
        required: file.required,
        path: file.path,
        mediaType: file.mediaType,
        ...(file.language === undefined ? {} : { language: file.language }),
        bytes: file.bytes,
      })),
    })),
    preview: {
      url: mediaUrl(proxy.id, 'mp4', asset, now),
      mediaType: 'video/mp4',
      bytes: proxy.bytes,
    },
    stills: asset.stills.map(({ id, width, height }) => ({
      url: mediaUrl(id, 'jpg', asset, now),
      width,
      height,
    })),
    frameRate: asset.frameRate,
    timecodeStart: asset.timecodeStart,
    relatedAssetIds: asset.relatedAssetIds,
    relatedArticleIds: asset.relatedArticleIds,
    history: asset.history.map(({ rev, atMin, note, packages = [] }) => ({
      rev,
      at: time.iso(atMin),
      note: localised(note, language),
      packages,
    })),
  };
}
