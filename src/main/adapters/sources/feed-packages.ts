import type { CatalogueStore } from '../../catalogue/ports.ts';
import type { SourcePackages } from '../../transfers/ports.ts';
import type { FeedFiles, FeedSource } from './feed.ts';
import { createPackages, ofPublisher, type PackageOptions } from './packages.ts';

/** For so long a reading of the feed serves all that start meanwhile. */
const FRESH_MS = 5 * 60_000;
/** All pages of it, each of which has a limit of its own. */
const MAX_READ_MS = 120_000;

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
  const nowMs = (): number => viewer().nowMs;
  let reading: { files: Promise<FeedFiles>; startedAtMs: number; isDone: boolean } | null = null;

  /** One request for all downloads of the feed that wait for it. */
  function read(): Promise<FeedFiles> {
    const begun = {
      files: library
        .mark(feed.id)
        .then((mark) => feed.files(mark, AbortSignal.timeout(MAX_READ_MS))),
      startedAtMs: nowMs(),
      isDone: false,
    };
    reading = begun;
    begun.files.then(
      () => (begun.isDone = true),
      () => (reading = reading === begun ? null : reading),
    );
    return begun.files;
  }
  const recent = (): Promise<FeedFiles> =>
    reading && nowMs() - reading.startedAtMs < FRESH_MS ? reading.files : read();
  const anew = (): Promise<FeedFiles> => (reading && !reading.isDone ? reading.files : read());

  return createPackages({
    ...options,
    source: feed.id,
    mayLeadTo: ofPublisher(address),
    files: async (assetId, isAnew) => (await (isAnew ? anew() : recent())).get(assetId) ?? null,
  });
}
