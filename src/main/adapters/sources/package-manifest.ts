import { createHash } from 'node:crypto';
import type { AssetDetail, AssetFile } from '../../catalogue/asset.ts';
import { folderName, utf8Bytes } from '../../../shared/model/names.ts';
import type { SourceId } from '../../../shared/model/source.ts';
import { rightsSheet, type AcceptedTerms } from './rights-sheet.ts';

type Package = AssetDetail['packages'][number];
type Component = Package['components'][number];
type Made = {
  source: SourceId;
  nowMs: number;
  language: 'en' | 'fr';
  accepted: AcceptedTerms | null;
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Leaves room in the name for what comes after the title. */
const MAX_TITLE_BYTES = 64;

/** A portable name for people. */
function nameFrom(whole: string): string {
  let title = '';
  for (const character of whole) {
    if (utf8Bytes(title + character) > MAX_TITLE_BYTES) break;
    title += character;
  }
  const unused = { date: '', place: '', language: '', format: '' };
  return folderName('{title}', { title, id: 'package', ...unused });
}

/** Of a picture, which a feed says nothing of but its address. */
const pictureExtension = ({ url, mediaType }: AssetFile): string =>
  /\.(jpe?g|png|webp|gif)(?:[?#]|$)/iu.exec(url ?? '')?.[1]?.toLowerCase() ??
  /^image\/(png|webp|gif)$/u.exec(mediaType ?? '')?.[1] ??
  'jpg';

function metadata(asset: AssetDetail, source: SourceId): string {
  const stated = {
    format: 'multimedia-desk-asset',
    version: 1,
    id: asset.id,
    source: { id: source, title: asset.source },
    page: asset.sourceUrl,
    title: asset.headline,
    description: asset.descriptionText,
    publishedAt: asset.isDateStated ? asset.publishedAt : null,
    updatedAt: asset.isDateStated ? asset.updatedAt : null,
    durationMs: asset.durationMs,
    languages: asset.languages,
    topics: asset.topics,
    subjects: asset.subjects,
    credits: asset.credits,
    copyright: asset.copyrightNotice,
    terms: asset.usageTerms,
    restrictions: asset.restrictions,
    shotlist: asset.shotlist,
    soundbites: asset.soundbites,
    script: asset.script?.text ?? null,
  };
  return `${JSON.stringify(stated, null, 2)}\n`;
}

/** Path in the package and media type of a component; null for one that nothing is known of. */
function placeOf(
  asset: AssetDetail,
  { renditionId }: Package,
  { role, fileId }: Component,
  name: string,
): { path: string; mediaType: string; language?: string } | null {
  if (role === 'metadata') return { path: `${name}_metadata.json`, mediaType: 'application/json' };
  if (role === 'licence') return { path: `${name}_rights.txt`, mediaType: 'text/plain' };
  const file = asset.files.find((one) => one.fileId === fileId);
  if (!file) return null;
  const mediaType = file.mediaType ?? 'application/octet-stream';
  if (role === 'captions') {
    const at = asset.captions.findIndex((one) => one.fileId === fileId);
    const { language = 'und', format = 'vtt' } = asset.captions[at] ?? {};
    // Several may be in one language.
    const number = at > 0 ? `_${at + 1}` : '';
    const tag = language.replaceAll(/[^\w-]/gu, '');
    return { path: `captions/${name}_${tag}${number}.${format}`, mediaType, language };
  }
  if (role === 'thumbnail')
    return { path: `stills/${name}_01.${pictureExtension(file)}`, mediaType };
  const { container = 'bin' } = asset.renditions.find(({ id }) => id === renditionId) ?? {};
  return { path: `${name}.${container.replaceAll(/\W/gu, '') || 'bin'}`, mediaType };
}

/**
 * The manifest of a package that this program makes, since its source has none: as those of our
 * service, without a signature. What only a download will show is null.
 */
export function manifestOf(
  asset: AssetDetail,
  wanted: Package,
  { source, nowMs, language, accepted }: Made,
): object {
  const name = nameFrom(asset.headline);
  const createdAt = new Date(nowMs).toISOString();
  const texts: Partial<Record<Component['role'], string>> = {
    metadata: metadata(asset, source),
    licence: rightsSheet(asset, { readAt: createdAt, language, accepted }),
  };
  const seen = new Set<string>();
  const files = wanted.components.flatMap((component) => {
    const { role, fileId, required } = component;
    const place = placeOf(asset, wanted, component, name);
    if (!place || seen.has(fileId)) return [];
    seen.add(fileId);
    const text = texts[role] ?? null;
    return {
      fileId,
      ...place,
      role,
      ...(role === 'video' || role === 'audio' ? { renditionId: wanted.renditionId } : {}),
      required,
      // A size in a feed is a hint, and no reason to refuse what the origin has.
      bytes: text === null ? null : Buffer.byteLength(text),
      sha256: text === null ? null : sha256(text),
      hash: asset.files.find((file) => file.fileId === fileId)?.hash ?? null,
      text,
    };
  });
  return {
    manifestVersion: 1,
    packageId: wanted.id,
    rev: wanted.rev,
    assetId: asset.id,
    source: { id: source, title: asset.source },
    createdAt,
    recordedAt: null,
    // Titles repeat; the id of the package doesn't.
    rootName: `${name}_${sha256(wanted.id).slice(0, 8)}`,
    totalBytes: null,
    fileCount: files.length,
    files,
    licence: {
      text: asset.usageTerms,
      credit: asset.credits.join(', ') || asset.source,
      page: asset.sourceUrl,
      date: createdAt,
      accepted: accepted && { ...accepted, at: new Date(accepted.at).toISOString() },
    },
    signature: null,
  };
}
