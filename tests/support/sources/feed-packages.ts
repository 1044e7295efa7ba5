import { createDocumentClient } from '../../../src/main/adapters/sources/document-client.ts';
import { createFeedSource, probeFeed } from '../../../src/main/adapters/sources/feed.ts';
import { readFeed, type FeedReader } from '../../../src/main/adapters/sources/feed-page.ts';
import { createFeedPackages } from '../../../src/main/adapters/sources/feed-packages.ts';
import { sourceOf } from '../../../src/main/app/service-switch.ts';
import { evaluateRights, type RightsFacts } from '../../../src/shared/api/rights.ts';
import { factsOf, questionOf, type RightsViewer } from '../../../src/main/catalogue/rights.ts';
import type { AssetDetail } from '../../../src/main/catalogue/asset.ts';
import type { AssetRights } from '../../../src/main/catalogue/ports.ts';
import type { PackageItem } from '../../../src/main/transfers/api.ts';
import type { PackageSource, SourcePackages } from '../../../src/main/transfers/ports.ts';
import { signedOutSource } from '../fakes/package-source.ts';
import { viewerAt } from '../viewer.ts';
import { DIRECT } from '../network/ways.ts';

const NOTHING_STATED: RightsFacts = {
  pubStatus: 'usable',
  embargoUntil: null,
  expiresAt: null,
  restrictions: [],
};

/** A library that has these assets; what a test changes in `rights` or `assets` counts at once. */
export function libraryOf(all: readonly AssetDetail[]) {
  const assets = new Map(all.map((asset) => [asset.id, asset]));
  const rights = new Map<string, Partial<RightsFacts>>();
  return {
    assets,
    rightsOf: rights,
    mark: async () => null,
    detail: async (id: string) => assets.get(id) ?? null,
    rights: async (ids: string[], viewer: RightsViewer): Promise<AssetRights[]> =>
      ids.flatMap((assetId) => {
        const asset = assets.get(assetId);
        const source = assetId.split('/')[0] ?? '';
        const facts = { ...NOTHING_STATED, ...(asset && factsOf(asset)), ...rights.get(assetId) };
        return asset || rights.has(assetId)
          ? {
              assetId,
              source,
              slug: asset?.slug ?? assetId,
              verdict: evaluateRights(facts, questionOf(viewer, source)),
              embargoEndsMs: facts.embargoUntil,
              packages: [],
            }
          : [];
      }),
  };
}

const nowMs = () => Date.now();

export type FeedShelf = {
  source: PackageSource;
  packages: SourcePackages;
  library: ReturnType<typeof libraryOf>;
  /** Best first, of the newest item first. */
  items: PackageItem[];
  close(): void;
};

/** A feed that was read once, as a source of packages beside a service that nobody is signed in to. */
export async function openFeed(feedUrl: string, destination: string): Promise<FeedShelf> {
  const client = createDocumentClient('0', { network: DIRECT });
  // In this thread, as its tests are about what comes after.
  const options = {
    client,
    nowMs,
    read: async (...[document, context]: Parameters<FeedReader>) => readFeed(document, context),
  };
  const { assets, source: id } = await probeFeed(feedUrl, {
    ...options,
    signal: new AbortController().signal,
  });
  const library = libraryOf(assets);
  const address = async (): Promise<string> => feedUrl;
  const packages = createFeedPackages({
    feed: createFeedSource(id, address, options),
    address,
    library,
    viewer: () => viewerAt(),
    accepted: () => null,
  });
  return {
    packages,
    library,
    source: sourceOf(
      () => ({ scope: 'https://ours.example', source: signedOutSource }),
      async () => [],
      (wanted) => (wanted === id ? packages : null),
    ),
    items: assets.flatMap((asset) =>
      asset.packages.map((one) => ({
        assetId: asset.id,
        packageId: one.id,
        rev: null,
        title: asset.headline,
        label: one.label,
        purpose: one.purpose,
        destination,
        acknowledge: [],
        ...(one.bytes === null ? {} : { bytes: one.bytes }),
      })),
    ),
    close: () => client.close(),
  };
}
