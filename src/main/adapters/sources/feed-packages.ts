import type { CatalogueStore } from '../../catalogue/ports.ts';
import type { SourcePackages } from '../../transfers/ports.ts';
import type { FeedSource } from './feed.ts';
import { createPackages, ofPublisher, type PackageOptions } from './packages.ts';
import { createRecent } from './recent.ts';

/** All pages of it, each of which has a limit of its own. */
export const MAX_READ_MS = 120_000;

/** Packages of a feed, which is read for the addresses of all its files at once. */
export function createFeedPackages({
  feed,
  address,
  ...options
}: Omit<PackageOptions, 'source' | 'files' | 'mayLeadTo'> & {
  feed: Pick<FeedSource, 'id' | 'files'>;
  /** Of the feed. */
  address(): Promise<string>;
  library: Pick<CatalogueStore, 'mark'>;
}): SourcePackages {
  const { library, viewer } = options;
  // One request for all downloads of the feed that wait for it.
  const { recent, anew } = createRecent(
    async () => feed.files(await library.mark(feed.id), AbortSignal.timeout(MAX_READ_MS)),
    () => viewer().nowMs,
  );
  return createPackages({
    ...options,
    source: feed.id,
    mayLeadTo: ofPublisher(address),
    files: async (assetId, isAnew) => (await (isAnew ? anew() : recent())).get(assetId) ?? null,
  });
}
