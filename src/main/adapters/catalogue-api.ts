import { articleChanges, articleDetail } from '../../shared/api/articles.ts';
import { assetChanges, assetDetail } from '../../shared/api/catalogue.ts';
import type { ArticlesApi } from '../articles/ports.ts';
import type { CatalogueApi } from '../catalogue/ports.ts';
import type { ServiceClient } from './service-client.ts';

const query = (since: string | null): Record<string, string | number> => (since === null ? { limit: 500 } : { limit: 500, since });

/** @param token the access token of who is signed in, or null: an account with the right sees embargoed items. */
export function createCatalogueApi({ call }: ServiceClient, withToken: <T>(work: (token: string | undefined) => Promise<T>) => Promise<T>): CatalogueApi {
  return {
    changes: (since) => withToken((token) => call({ method: 'GET', path: '/catalogue/changes', query: query(since), answer: assetChanges, ...(token ? { token } : {}) })),
    asset: (id) => withToken((token) => call({ method: 'GET', path: `/catalogue/assets/${encodeURIComponent(id)}`, answer: assetDetail, ...(token ? { token } : {}) })),
  };
}

export function createArticlesApi({ call, bytes }: ServiceClient): ArticlesApi {
  return {
    changes: (since) => call({ method: 'GET', path: '/articles/changes', query: query(since), answer: articleChanges }),
    article: (id) => call({ method: 'GET', path: `/articles/${encodeURIComponent(id)}`, answer: articleDetail }),
    picture: (url) => bytes(url),
  };
}
