import { languageTag, packageText, type Described } from './package-texts.ts';
import { languagesOf } from './script-text.ts';
import type { Stored } from './stored.ts';
import type { DemoFile, DemoPackage, DemoRendition, LocalText } from './types.ts';

export type MasterFile = { fileId: string; key: string; sha256: string; rendition: DemoRendition };
type Named = Omit<DemoFile, 'bytes' | 'sha256'>;

const PREVIEW: LocalText = { en: 'Preview and rights sheet', fr: 'Aperçu et fiche de droits' };

const compact = (slug: string): string => slug.toLowerCase().replaceAll('-', '');

/** Files that accompany a master; `preview` is the part that the preview package has. */
function accompanyingFiles(
  asset: Described,
  stored: Stored,
): { all: DemoFile[]; preview: DemoFile[] } {
  const { slug } = asset;
  const id = (what: string): string => `fil_${compact(slug)}_${what}`;
  const text = (named: Named): DemoFile => {
    const content = packageText(asset, named);
    if (content === undefined) throw new Error(`${slug}: nothing to write into ${named.path}`);
    return { ...named, ...stored.addText(named.id, named.mediaType, content) };
  };
  const proxy: DemoFile = {
    id: asset.proxy.id,
    path: `${slug}_proxy.mp4`,
    mediaType: 'video/mp4',
    role: 'video',
    renditionId: `rnd_${compact(slug)}_proxy`,
    required: true,
    bytes: asset.proxy.bytes,
    sha256: asset.proxy.sha256,
  };
  const shotlist = text({
    id: id('shotlist'),
    path: `${slug}_shotlist.xml`,
    mediaType: 'application/xml',
    role: 'shotlist',
    required: true,
  });
  const rights = text({
    id: id('rights'),
    path: `${slug}_rights.html`,
    mediaType: 'text/html',
    role: 'licence',
    required: true,
  });
  const metadata = text({
    id: id('metadata'),
    path: `${slug}_metadata.json`,
    mediaType: 'application/json',
    role: 'metadata',
    required: true,
  });
  const rightsSheet = text({
    id: id('rights_txt'),
    path: `${slug}_rights.txt`,
    mediaType: 'text/plain',
    role: 'licence',
    required: true,
  });
  const shotlists = languagesOf(asset).map((language) =>
    text({
      id: id(`shotlist_${language}`),
      path: `${slug}_shotlist_${languageTag(language)}.txt`,
      mediaType: 'text/plain',
      role: 'shotlist',
      language,
      required: true,
    }),
  );
  const newsItems = languagesOf(asset).map((language) =>
    text({
      id: id(`ninjs_${language}`),
      path: `${slug}_ninjs_${languageTag(language)}.json`,
      mediaType: 'application/json',
      role: 'metadata',
      language,
      required: true,
    }),
  );
  const scripts = asset.scripts.flatMap(({ language }) =>
    (
      [
        ['', 'html', 'text/html'],
        ['_txt', 'txt', 'text/plain'],
      ] as const
    ).map(([suffix, extension, mediaType]) =>
      text({
        id: id(`script_${language}${suffix}`),
        path: `${slug}_script_${languageTag(language)}.${extension}`,
        mediaType,
        role: 'script',
        language,
        required: true,
      }),
    ),
  );
  const captions = asset.captions.map(({ fileId, language, format }) =>
    text({
      id: fileId,
      path: `captions/${slug}_${languageTag(language)}.${format}`,
      mediaType: format === 'vtt' ? 'text/vtt' : 'application/x-subrip',
      role: 'captions',
      language,
      required: format === 'vtt',
    }),
  );
  const stills = asset.stills.map((still, i): DemoFile => {
    stored.addFile(id(`still_${i + 1}`), still.file, 'image/jpeg', still);
    return {
      id: id(`still_${i + 1}`),
      path: `stills/${slug}_0${i + 1}.jpg`,
      mediaType: 'image/jpeg',
      role: 'thumbnail',
      required: false,
      bytes: still.bytes,
      sha256: still.sha256,
    };
  });
  return {
    all: [
      proxy,
      shotlist,
      ...shotlists,
      ...scripts,
      ...captions,
      ...stills,
      rights,
      rightsSheet,
      metadata,
      ...newsItems,
    ],
    preview: [proxy, shotlist, ...shotlists, rights, rightsSheet],
  };
}

/**
 * One broadcast package per master, one for the web and one preview. They share the accompanying
 * files.
 */
export function buildPackages(
  asset: Described,
  rev: number,
  shortName: string,
  masters: readonly MasterFile[],
  stored: Stored,
): DemoPackage[] {
  const { slug } = asset;
  const { all, preview } = accompanyingFiles(asset, stored);
  const build = (
    key: string,
    label: LocalText,
    purpose: DemoPackage['purpose'],
    files: DemoFile[],
  ): DemoPackage => ({
    id: `pkg_${compact(slug)}_${key}`,
    rev,
    label,
    purpose,
    rootName: `${slug}_${shortName}_${key}`,
    files,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
  });
  const broadcast = masters.map(({ fileId, key, sha256, rendition }) => {
    const file: DemoFile = {
      id: fileId,
      path: `${slug}_${key}.mov`,
      mediaType: 'video/quicktime',
      role: 'video',
      renditionId: rendition.id,
      required: true,
      bytes: rendition.bytes,
      sha256,
    };
    return build(key, { en: rendition.name }, 'broadcast', [file, ...all]);
  });
  return [
    ...broadcast,
    build('web', { en: `Web ${asset.proxy.height}p` }, 'web', all),
    build('preview', PREVIEW, 'preview', preview),
  ];
}
