import type { AssetChange } from '../../shared/api/catalogue.ts';
import { iso } from '../clock.ts';
import type { Context } from '../context.ts';
import type { Library, ContentAsset } from '../content/library.ts';
import { isVisible, viewerOf, type Viewer } from '../content/view.ts';
import { publicNinjs } from '../content/ninjs.ts';
import type { Call, Handlers } from '../http/call.ts';
import { ipKey } from '../http/limits.ts';
import { problem } from '../http/problems.ts';
import { contentName, createFeed, type FeedItem } from './feed.ts';
import { pageOf } from './paging.ts';
import { detailOf, summaryOf } from './present.ts';
import { searchAssets } from './search.ts';
import { isPublished } from '../../shared/api/rights.ts';

const FACETS_FRESH = 'private, max-age=300';

export type AssetFeed = ReturnType<typeof createAssetFeed>;
export const createAssetFeed = (
  { contentEpoch }: Pick<Context, 'contentEpoch'>,
  { assets, time }: Library,
) => createFeed(assets satisfies readonly FeedItem[], time, contentName(assets, contentEpoch));

export function catalogueHandlers(
  { clock, limits, baseUrl }: Context,
  library: Library,
  feed: AssetFeed,
): Handlers<'searchAssets' | 'facetCounts' | 'assetChanges' | 'getAsset' | 'assetNinjs'> {
  const changeOf = (item: ContentAsset, at: number, viewer: Viewer): AssetChange => {
    const asset = summaryOf(item, library, viewer);
    return {
      op: isPublished(item) ? 'upsert' : 'withdraw',
      id: item.id,
      rev: item.rev,
      at: iso(at),
      asset,
    };
  };

  const absolute = (url: string) => new URL(url, baseUrl()).href;
  const detail = ({
    params,
    auth,
    language,
  }: Pick<Call<'getAsset'>, 'params' | 'auth' | 'language'>) => {
    const viewer = viewerOf(clock.now(), language, auth?.account);
    const asset = library.asset(params.id);
    if (!asset || !isVisible(asset, library.time, viewer)) throw problem('not-found');
    return detailOf(asset, library, viewer);
  };

  return {
    async searchAssets({ query, auth, language }) {
      const viewer = viewerOf(clock.now(), language, auth?.account);
      const { assets: found, facets } = searchAssets(library, query, viewer);
      const { facets: withFacets, ...paged } = query;
      const page = pageOf(found, paged, viewer.now);
      return {
        status: 200,
        body: {
          ...page,
          items: page.items.map((asset) => summaryOf(asset, library, viewer)),
          ...(withFacets ? { facets } : {}),
        },
      };
    },

    async facetCounts({ query, auth, language }) {
      const { facets } = searchAssets(
        library,
        query,
        viewerOf(clock.now(), language, auth?.account),
      );
      return { status: 200, body: { facets }, headers: { 'cache-control': FACETS_FRESH } };
    },

    async assetChanges({ query, auth, language, ip }) {
      const viewer = viewerOf(clock.now(), language, auth?.account);
      const { items, ...page } = feed.page(query, viewer, limits, auth?.session.id ?? ipKey(ip));
      return {
        status: 200,
        body: { ...page, changes: items.map(({ item, at }) => changeOf(item, at, viewer)) },
      };
    },

    getAsset: async (call) => ({ status: 200, body: detail(call) }),
    assetNinjs: async (call) => ({ status: 200, body: publicNinjs(detail(call), absolute) }),
  };
}
