import type { DemoArticle, DemoAsset, DemoBytes, DemoContent } from '../demo/types.ts';
import type { Secrets } from '../crypto/secrets.ts';
import { isEmbargoed, createTimeline, type Timeline } from './view.ts';

/** The content that the service serves: the demo, generated assets, or a fixture of a test. */
export type ContentSource = DemoContent;
export type ContentAsset = DemoAsset;
export type ContentArticle = DemoArticle;
export type ContentBytes = DemoBytes;
export type { LocalText } from '../demo/types.ts';
import { isPublished } from '../../shared/api/rights.ts';

export type PackageEntry = { asset: ContentAsset; package: ContentAsset['packages'][number] };

/** Content by ID, and the public addresses of its pictures and previews. */
export type Library = {
  /** Newest first. These objects are the library’s own: an edit changes them in place. */
  assets: readonly ContentAsset[];
  articles: readonly ContentArticle[];
  /** Bytes of a package’s file. */
  file(id: string): ContentBytes | undefined;
  time: Timeline;
  asset(id: string): ContentAsset | undefined;
  article(id: string): ContentArticle | undefined;
  package(id: string): PackageEntry | undefined;
  /** Puts the next revision of an asset in place of the last, with its new files. */
  revise(next: ContentAsset, files: readonly ContentBytes[]): void;
  /** Path below the service, `/media/…`. It carries a key while the owner is under embargo. */
  mediaUrl(
    id: string,
    extension: string,
    owner: ContentAsset | ContentArticle,
    now: number,
  ): string;
  /** Bytes of a public address; undefined for an unknown ID or a missing key. */
  media(id: string, key: string | undefined, now: number): ContentBytes | undefined;
};

type Owner = ContentAsset | ContentArticle;

/**
 * Translations share pictures, and generated assets share all media: an ID may have several owners.
 */
function mediaOwners(
  assets: readonly ContentAsset[],
  articles: readonly ContentArticle[],
): Map<string, Owner[]> {
  const owners = new Map<string, Owner[]>();
  const add = (id: string, owner: Owner) => {
    const known = owners.get(id);
    if (known) known.push(owner);
    else owners.set(id, [owner]);
  };
  for (const asset of assets)
    for (const { id } of [asset.thumbnail, ...asset.stills, asset.proxy]) add(id, asset);
  // Pictures of a withdrawn article are withdrawn too; a withdrawn asset stays listed, with its
  // badge.
  for (const article of articles)
    if (isPublished(article)) for (const { id } of article.media) add(id, article);
  return owners;
}

export function createLibrary(source: ContentSource, epoch: number, secrets: Secrets): Library {
  const time = createTimeline(epoch);
  const assets = source.assets.map((asset) => ({ ...asset }));
  const assetsById = new Map(assets.map((asset) => [asset.id, asset]));
  const articles = new Map(source.articles.map((article) => [article.id, article]));
  const assetsByPackage = new Map(
    assets.flatMap((asset) => asset.packages.map(({ id }) => [id, asset] as const)),
  );
  const owners = mediaOwners(assets, source.articles);
  /** Files of edits. */
  const edited = new Map<string, ContentBytes>();
  const file = (id: string) => edited.get(id) ?? source.file(id);
  const keyOf = (id: string) => secrets.mac('media-key', id).toString('base64url').slice(0, 22);
  return {
    assets,
    articles: source.articles,
    file,
    time,
    asset: (id) => assetsById.get(id),
    article: (id) => articles.get(id),
    package(id) {
      const asset = assetsByPackage.get(id);
      const found = asset?.packages.find((entry) => entry.id === id);
      return asset && found && { asset, package: found };
    },
    revise(next, files) {
      const asset = assetsById.get(next.id);
      if (!asset) throw new Error(`No asset ${next.id} to revise`);
      for (const bytes of files) edited.set(bytes.id, bytes);
      // In place: packages, feeds and searches hold the same object.
      delete asset.statusReason;
      Object.assign(asset, next);
    },
    mediaUrl: (id, extension, owner, now) =>
      `/media/${id}.${extension}${isEmbargoed(owner, time, now) ? `?key=${keyOf(id)}` : ''}`,
    media(id, key, now) {
      const isOpen = owners
        .get(id)
        ?.some((owner) => !isEmbargoed(owner, time, now) || key === keyOf(id));
      return isOpen ? file(id) : undefined;
    },
  };
}
