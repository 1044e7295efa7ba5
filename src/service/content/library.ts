import type { Secrets } from '../crypto/secrets.ts';
import type { ContentArticle, ContentAsset, ContentBytes, ContentSource } from './types.ts';
import { isEmbargoed, timelineFrom } from './view.ts';
import type { Timeline } from './view.ts';

export type PackageEntry = { asset: ContentAsset; package: ContentAsset['packages'][number] };

/** The content by id, and the public addresses of its pictures and previews. */
export type Library = {
  source: ContentSource;
  time: Timeline;
  asset(id: string): ContentAsset | undefined;
  article(id: string): ContentArticle | undefined;
  package(id: string): PackageEntry | undefined;
  /** `/media/…` on the service. While the owner is under embargo the address carries a key. */
  mediaUrl(id: string, extension: string, owner: ContentAsset | ContentArticle, now: number): string;
  /** Bytes of a public address, or undefined where there are none or the key is missing. */
  media(id: string, key: string | undefined, now: number): ContentBytes | undefined;
};

type Owner = ContentAsset | ContentArticle;

function mediaOwners({ assets, articles }: ContentSource): Map<string, Owner> {
  const owners = new Map<string, Owner>();
  for (const asset of assets) for (const { id } of [asset.thumbnail, ...asset.stills, asset.proxy]) owners.set(id, asset);
  for (const article of articles) for (const { id } of article.media) owners.set(id, article);
  return owners;
}

export function libraryOf(source: ContentSource, epoch: number, secrets: Secrets): Library {
  const time = timelineFrom(epoch);
  const assets = new Map(source.assets.map((asset) => [asset.id, asset]));
  const articles = new Map(source.articles.map((article) => [article.id, article]));
  const packages = new Map(source.assets.flatMap((asset) => asset.packages.map((entry) => [entry.id, { asset, package: entry }] as const)));
  const owners = mediaOwners(source);
  const keyOf = (id: string) => secrets.mac('media-key', id).toString('base64url').slice(0, 22);
  return {
    source,
    time,
    asset: (id) => assets.get(id),
    article: (id) => articles.get(id),
    package: (id) => packages.get(id),
    mediaUrl: (id, extension, owner, now) => `/media/${id}.${extension}${isEmbargoed(owner, time, now) ? `?key=${keyOf(id)}` : ''}`,
    media(id, key, now) {
      const owner = owners.get(id);
      const isOpen = owner !== undefined && (!isEmbargoed(owner, time, now) || key === keyOf(id));
      return isOpen ? source.file(id) : undefined;
    },
  };
}
