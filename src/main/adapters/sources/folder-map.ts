import type { AssetChange, AssetDetail } from '../../catalogue/asset.ts';
import { stated, type SidecarFacts } from '../../formats/sidecar.ts';
import { AppError } from '../../../shared/errors.ts';
import type { SourceId } from '../../../shared/model/source.ts';
import {
  assetOf,
  changeOf,
  clean,
  datesOf,
  digestOf,
  durationOf,
  isSoundExtension,
  iso,
  mediaFileId,
  mediaTypeNamed,
  scriptOf,
  shortened,
  type OfferedMedia,
  type TextFile,
} from './asset-parts.ts';
import { shotlistIn } from './shotlist-map.ts';
import type { FolderFile, FolderWork } from './folder-scan.ts';

/** Of an asset with these files: it stays while they have their names. */
export const folderAssetId = (source: SourceId, { key }: Pick<FolderWork, 'key'>): string =>
  `${source}/${digestOf(key, 16)}`;

/**
 * Address of a file that an asset has: a path from the folder on, as in a URL. The folder itself is
 * only in the settings.
 */
const addressOf = ({ path }: FolderFile): string =>
  `/${path.split('/').map(encodeURIComponent).join('/')}`;
/** @throws `not-found` for what leads out of the folder */
export function folderPathOf(address: string): string {
  const parts = address.split('/').slice(1).map(decodeURIComponent);
  if (parts.length === 0 || parts.some((part) => /^\.{0,2}$|[/\\\0]/u.test(part)))
    throw new AppError('not-found', 'There’s no such file in the folder', { retryable: false });
  return parts.join('/');
}

const extensionOf = ({ path }: Pick<FolderFile, 'path'>): string =>
  /\.(\w+)$/u.exec(path)?.[1]?.toLowerCase() ?? '';
export const mediaTypeOf = (file: Pick<FolderFile, 'path'>): string =>
  mediaTypeNamed(extensionOf(file)) ?? 'application/octet-stream';
/** What the page can play. */
const PLAYABLE = /^(?:mp4|m4v|webm|mov|mp3|m4a|wav|ogg|opus|flac)$/u;

/** Two names may differ in their case alone. */
const idOf = (file: FolderFile): string => digestOf(addressOf(file), 12);

const textId = (file: FolderFile): string => `text-${idOf(file)}`;

function offeredOf(file: FolderFile, at: number, all: readonly FolderFile[]): OfferedMedia {
  const extension = extensionOf(file);
  return {
    id: idOf(file),
    kind: isSoundExtension(extension) ? 'audio' : 'video',
    name: extension.toUpperCase(),
    container: extension,
    width: null,
    height: null,
    frameRate: null,
    bitrate: null,
    durationMs: null,
    bytes: file.bytes,
    purpose: at === 0 ? 'broadcast' : at === all.length - 1 && all.length > 1 ? 'preview' : 'web',
  };
}

/** What a text beside a film is, by its name: what it says is read elsewhere. */
const roleOf = (file: FolderFile): TextFile['role'] => {
  if (extensionOf(file) !== 'txt') return 'metadata';
  return /shot ?list|dope ?sheet|liste ?(?:des ?)?plans/iu.test(
    file.path.replaceAll(/[-_.]/gu, ' '),
  )
    ? 'shotlist'
    : 'script';
};

/** Texts as they may be stored: addresses in them can be signed. */
const cleaned = (facts: SidecarFacts): SidecarFacts =>
  Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [
      name,
      typeof value === 'string'
        ? clean(value)
        : Array.isArray(value)
          ? value.map((one: unknown) => (typeof one === 'string' ? clean(one) : one))
          : value,
    ]),
  );

type Context = { source: SourceId; facts: SidecarFacts };

/**
 * The asset of a film in a folder. Null for what doesn’t fit the model.
 *
 * @param context.facts what the texts beside it say
 */
export function mapWork(work: FolderWork, context: Context): AssetChange | null {
  const { status = 'withheld', embargoMs = null, expiresMs = null } = context.facts;
  return (
    mapped(work, context) ??
    // A recall mustn’t be lost because something else in its text makes no sense.
    mapped(work, {
      ...context,
      facts: {
        status: status === 'usable' ? 'withheld' : status,
        ...stated({ embargoMs, expiresMs }),
      },
    })
  );
}

function mapped(
  { key, name, media, captions, pictures, texts: beside }: FolderWork,
  { source, facts: stated }: Context,
): AssetChange | null {
  const facts = cleaned(stated);
  // Folders list their files in any order, which names of copies mustn’t depend on.
  const ownTexts = beside.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  // The largest is the best one; what is known of a file is its name and its size.
  const files = media.toSorted((a, b) => b.bytes - a.bytes);
  const isAudio = files.every((file) => isSoundExtension(extensionOf(file)));
  const changedMs = Math.max(...files.map((file) => file.changedMs));
  const published = facts.publishedMs ?? null;
  const preview = files.findLast((file) => PLAYABLE.test(extensionOf(file)));
  const id = folderAssetId(source, { key });
  const durationMs = durationOf(facts.durationMs ?? null);
  const texts = [facts.script, facts.description, ...(facts.otherTexts ?? [])];
  // What people are told beside the texts may have a line of restrictions too.
  const listed = shotlistIn(
    [...texts, facts.usageTerms, facts.note].filter((text) => text !== undefined),
    { durationMs },
  );
  const hasTerms = Boolean(facts.usageTerms || facts.copyright);
  const asset: AssetDetail = assetOf(
    {
      id,
      type: isAudio ? 'audio' : 'video',
      headline: shortened(facts.headline || name, 400),
      descriptionText: facts.description ?? '',
      // What has no date stated is as old as its file.
      ...datesOf(published ?? changedMs, facts.updatedMs ?? null, Infinity),
      isDateStated: published !== null,
      durationMs,
      thumbnails: pictures
        .slice(0, 1)
        .map((file) => ({ url: addressOf(file), width: null, height: null })),
      topics: facts.topics ?? [],
      countries: facts.countries ?? [],
      languages: facts.language === undefined ? [] : [facts.language],
      location: facts.location ?? null,
      people: facts.people ?? [],
      dateline: facts.dateline ?? '',
      embargoUntil: facts.embargoMs === undefined ? null : iso(facts.embargoMs),
      expiresAt: facts.expiresMs === undefined ? null : iso(facts.expiresMs),
      pubStatus: facts.status ?? 'usable',
      statusNote: facts.note ?? null,
      credits: facts.credits ?? [],
      // The name of a folder is nobody to credit.
      source: facts.source ?? '',
      usageTerms: facts.usageTerms ?? '',
      copyrightNotice: facts.copyright ?? '',
      script: scriptOf(facts.script ?? '', facts.language ?? null),
      ...listed,
      shotlist:
        facts.shots === undefined
          ? listed.shotlist
          : facts.shots.map(({ startMs, endMs, text }, at) => ({
              n: at + 1,
              in: null,
              out: null,
              startMs: durationOf(startMs),
              durationMs:
                startMs === null || endMs === null
                  ? null
                  : durationOf(Math.max(0, endMs - startMs)),
              text: clean(text),
              restrictionIds: [],
            })),
      captions: captions.map(({ file, language }) => ({
        fileId: `captions-${idOf(file)}`,
        language: language ?? 'und',
        kind: 'subtitles',
        format: extensionOf(file),
      })),
      integrity: 'recorded',
      rights: listed.restrictions.length > 0 ? 'stated' : hasTerms ? 'general' : 'unknown',
      preview: preview
        ? { url: addressOf(preview), mediaType: mediaTypeOf(preview), bytes: preview.bytes }
        : null,
      files: [
        ...files.map((file) => ({ file, fileId: mediaFileId({ id: idOf(file) }) })),
        ...captions.map(({ file }) => ({ file, fileId: `captions-${idOf(file)}` })),
        ...pictures.map((file) => ({ file, fileId: `picture-${idOf(file)}` })),
        ...ownTexts.map((file) => ({ file, fileId: textId(file) })),
      ].map(({ file, fileId }) => ({
        fileId,
        url: addressOf(file),
        mediaType: mediaTypeOf(file),
        bytes: file.bytes,
        hash: null,
      })),
    },
    files.map(offeredOf),
    pictures.map((file) => `picture-${idOf(file)}`),
    ownTexts.map((file) => ({ role: roleOf(file), fileId: textId(file) })),
  );
  // Another content of the same length is another version.
  return changeOf(asset, [published, ...files.map((file) => file.changedMs)]);
}
