import { folderName, foldedName, utf8Bytes } from '../../shared/model/names.ts';
import { isForeignId } from '../../shared/model/source.ts';
import type { AssetDetail, AssetFile } from './asset.ts';

type Package = AssetDetail['packages'][number];
type Component = Package['components'][number];
/** A file of a package, before it is fetched. What isn't known is null. */
export type PackageFile = Pick<Component, 'fileId' | 'role' | 'required'> & {
  /** In the package's folder; null where an earlier service doesn't say. */
  path: string | null;
  mediaType: string | null;
  language: string | null;
  /** A hint, unless its source signs. */
  bytes: number | null;
  /** Written by this program when the package is put together. */
  isMade: boolean;
};
/** One of a package that is put together here. */
export type NamedFile = PackageFile & { path: string; mediaType: string };

/** Leaves room in the name for what comes after the title. */
const MAX_TITLE_BYTES = 64;

/** A portable name for people, which the names of all files of a package begin with. */
export function packageStem({ headline }: Pick<AssetDetail, 'headline'>): string {
  let title = '';
  for (const character of headline) {
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

/** Names of texts that lie beside a film in a folder, by their media types. */
const TEXT_NAMES: ReadonlyMap<string, string> = new Map([
  ['application/json', 'ninjs.json'],
  ['application/xml', 'newsml.xml'],
]);
const textName = ({ role }: Component, { mediaType }: AssetFile): string =>
  TEXT_NAMES.get(mediaType ?? '') ?? `${role}.txt`;

/** The files that this program writes itself, by the ids that their components have. */
export const MADE_FILES = {
  metadata: { role: 'metadata', name: 'metadata.json', mediaType: 'application/json' },
  ninjs: { role: 'metadata', name: 'ninjs.json', mediaType: 'application/json' },
  script: { role: 'script', name: 'script.txt', mediaType: 'text/plain' },
  shotlist: { role: 'shotlist', name: 'shotlist.txt', mediaType: 'text/plain' },
  licence: { role: 'licence', name: 'rights.txt', mediaType: 'text/plain' },
} as const;
export type MadeFile = keyof typeof MADE_FILES;
export const isMadeFile = (fileId: string): fileId is MadeFile => Object.hasOwn(MADE_FILES, fileId);

/** What a publisher offers, under portable names; null for a component that nothing is known of. */
function offeredFile(
  asset: AssetDetail,
  { renditionId }: Package,
  component: Component,
  taken: ReadonlySet<string>,
): NamedFile | null {
  const { role, fileId, required } = component;
  const file = asset.files.find((one) => one.fileId === fileId);
  if (!file) return null;
  const stem = packageStem(asset);
  const known = {
    fileId,
    role,
    required,
    mediaType: file.mediaType ?? 'application/octet-stream',
    language: null,
    bytes: file.bytes,
    isMade: false,
  };
  if (role === 'captions') {
    const at = asset.captions.findIndex((one) => one.fileId === fileId);
    const { language = 'und', format = 'vtt' } = asset.captions[at] ?? {};
    // Several may be in one language.
    const number = at > 0 ? `_${at + 1}` : '';
    const tag = language.replaceAll(/[^\w-]/gu, '');
    return { ...known, path: `captions/${stem}_${tag}${number}.${format}`, language };
  }
  if (role === 'thumbnail')
    return { ...known, path: `stills/${stem}_01.${pictureExtension(file)}` };
  if (role === 'video' || role === 'audio') {
    const { container = 'bin' } = asset.renditions.find(({ id }) => id === renditionId) ?? {};
    return { ...known, path: `${stem}.${container.replaceAll(/\W/gu, '') || 'bin'}` };
  }
  const [name, ending] = textName(component, file).split('.');
  for (let number = 1; ; number++) {
    const path = `${stem}_${name}${number > 1 ? `_${number}` : ''}.${ending}`;
    if (!taken.has(foldedName(path))) return { ...known, path };
  }
}

/**
 * Which files this program adds to those that a publisher offers: not what there is nothing to write
 * into, and none of a kind or a name that is there already.
 */
function madeFiles(asset: AssetDetail, offered: readonly NamedFile[]): NamedFile[] {
  const stem = packageStem(asset);
  const taken = new Set(offered.map(({ path }) => foldedName(path)));
  const hasText = (...roles: NamedFile['role'][]): boolean =>
    offered.some(({ role }) => roles.includes(role));
  const wanted: Record<MadeFile, boolean> = {
    metadata: true,
    ninjs: true,
    // The script of a folder is what its texts say.
    script: asset.script !== null && !hasText('script', 'shotlist'),
    shotlist: asset.shotlist.length > 0 && !hasText('shotlist'),
    licence: !hasText('licence'),
  };
  return (Object.keys(MADE_FILES) as MadeFile[]).flatMap((fileId) => {
    const { role, name, mediaType } = MADE_FILES[fileId];
    const path = `${stem}_${name}`;
    if (!wanted[fileId] || taken.has(foldedName(path))) return [];
    const language = fileId === 'script' ? (asset.script?.language ?? null) : null;
    return {
      fileId,
      role,
      required: true,
      path,
      mediaType,
      language: language === 'und' ? null : language,
      bytes: null,
      isMade: true,
    };
  });
}

/** All files of a package that is put together here, those of its publisher first. */
export function foreignFiles(asset: AssetDetail, wanted: Package): NamedFile[] {
  const offered = new Map<string, NamedFile>();
  const taken = new Set<string>();
  for (const component of wanted.components) {
    if (offered.has(component.fileId)) continue;
    const file = offeredFile(asset, wanted, component, taken);
    if (!file) continue;
    taken.add(foldedName(file.path));
    offered.set(component.fileId, file);
  }
  const files = [...offered.values()];
  return [...files, ...madeFiles(asset, files)];
}

const TEXT_TYPES = /^(?:text\/|application\/(?:[\w.-]+\+)?(?:json|xml)$|application\/x-subrip$)/u;
const TEXT_NAMED = /\.(?:csv|html?|json|md|srt|txt|ttml|vtt|xml)$/iu;
/** True for what is read as it is. */
export const isTextFile = ({ mediaType, path }: Pick<PackageFile, 'mediaType' | 'path'>): boolean =>
  TEXT_TYPES.test(mediaType?.split(';')[0]?.trim().toLowerCase() ?? '') ||
  TEXT_NAMED.test(path ?? '');

/** The files of any package. */
export const packageFiles = (asset: AssetDetail, wanted: Package): PackageFile[] =>
  isForeignId(wanted.id)
    ? foreignFiles(asset, wanted)
    : wanted.components.map(
        ({ fileId, role, required, path, mediaType, language, bytes }): PackageFile => ({
          fileId,
          role,
          required,
          path: path ?? null,
          mediaType: mediaType ?? null,
          language: language ?? null,
          bytes: bytes ?? null,
          isMade: false,
        }),
      );
