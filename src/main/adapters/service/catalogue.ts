import * as z from 'zod';
import { articleChange, articleDetail } from '../../../shared/api/articles.ts';
import { assetChange, assetDetail } from '../../../shared/api/catalogue.ts';
import { changesPage } from '../../../shared/api/common.ts';
import type { ArticlesApi } from '../../articles/ports.ts';
import type { CatalogueApi } from '../../catalogue/ports.ts';
import type { ServiceClient } from './client.ts';

const query = (since: string | null): Record<string, string | number> =>
  since === null ? { limit: 500 } : { limit: 500, since };
/** The page must be what the interface says; each item of it for itself. */
const lenientPage = changesPage(z.unknown());

/**
 * One item that is not what the interface says does not keep the others: it is left out and told.
 * @param onSkipped told which and why, in words, for the log
 */
function parseEntries<T>(
  page: z.infer<typeof lenientPage>,
  change: z.ZodType<T>,
  onSkipped: (message: string) => void,
): Omit<typeof page, 'changes'> & { changes: T[] } {
  const changes = page.changes.flatMap((item) => {
    const parsed = change.safeParse(item);
    if (parsed.success) return [parsed.data];
    const { id } = z
      .looseObject({ id: z.string().max(128).catch('?') })
      .catch({ id: '?' })
      .parse(item);
    onSkipped(
      `left out ${id}: the service says of it what is not in the interface (${parsed.error.issues[0]?.path.join('.') ?? ''})`,
    );
    return [];
  });
  return { ...page, changes };
}

type WithToken = <T>(work: (token: string | undefined) => Promise<T>) => Promise<T>;

/**
 * @param withToken the access token of who is signed in, or null: an account with the right sees
 * embargoed items.
 */
export function createCatalogueApi(
  { call }: ServiceClient,
  withToken: WithToken,
  onSkipped: (message: string) => void,
): CatalogueApi {
  return {
    changes: (since) =>
      withToken(async (token) =>
        parseEntries(
          await call({
            method: 'GET',
            path: '/catalogue/changes',
            query: query(since),
            answer: lenientPage,
            ...(token ? { token } : {}),
          }),
          assetChange,
          onSkipped,
        ),
      ),
    asset: (id) =>
      withToken((token) =>
        call({
          method: 'GET',
          path: `/catalogue/assets/${encodeURIComponent(id)}`,
          answer: assetDetail,
          ...(token ? { token } : {}),
        }),
      ),
  };
}

export function createArticlesApi(
  { call, bytes }: ServiceClient,
  onSkipped: (message: string) => void,
): ArticlesApi {
  return {
    changes: async (since) =>
      parseEntries(
        await call({
          method: 'GET',
          path: '/articles/changes',
          query: query(since),
          answer: lenientPage,
        }),
        articleChange,
        onSkipped,
      ),
    article: (id) =>
      call({ method: 'GET', path: `/articles/${encodeURIComponent(id)}`, answer: articleDetail }),
    picture: (url) => bytes(url),
  };
}
