import type { DemoArticle, DemoAsset, DemoBytes, DemoContent } from '../demo/types.ts';
import { MINUTE } from '../clock.ts';
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
  source: ContentSource;
  time: Timeline;
  asset(id: string): ContentAsset | undefined;
  article(id: string): ContentArticle | undefined;
  package(id: string): PackageEntry | undefined;
  /**
   * Makes the next revision of an asset.
   * @returns undefined for an unknown ID
   */
  revise(
    id: string,
    status: Pick<ContentAsset, 'pubStatus' | 'statusReason'>,
    now: number,
  ): ContentAsset | undefined;
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
function mediaOwners({ assets, articles }: ContentSource): Map<string, Owner[]> {
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
  const assets = new Map(source.assets.map((asset) => [asset.id, asset]));
  const articles = new Map(source.articles.map((article) => [article.id, article]));
  const packages = new Map(
    source.assets.flatMap((asset) =>
      asset.packages.map((entry) => [entry.id, { asset, package: entry }] as const),
    ),
  );
  const owners = mediaOwners(source);
  const keyOf = (id: string) => secrets.mac('media-key', id).toString('base64url').slice(0, 22);
  return {
    source,
    time,
    asset: (id) => assets.get(id),
    article: (id) => articles.get(id),
    package: (id) => packages.get(id),
    revise(id, { pubStatus, statusReason }, now) {
      const asset = assets.get(id);
      if (!asset) return undefined;
      // In place: packages, feeds and searches hold the same object.
      asset.pubStatus = pubStatus;
      if (statusReason === undefined) delete asset.statusReason;
      else asset.statusReason = statusReason;
      asset.rev += 1;
      asset.updatedMin = (now - time.at(0)) / MINUTE;
      return asset;
    },
    mediaUrl: (id, extension, owner, now) =>
      `/media/${id}.${extension}${isEmbargoed(owner, time, now) ? `?key=${keyOf(id)}` : ''}`,
    media(id, key, now) {
      const isOpen = owners
        .get(id)
        ?.some((owner) => !isEmbargoed(owner, time, now) || key === keyOf(id));
      return isOpen ? source.file(id) : undefined;
    },
  };
}
