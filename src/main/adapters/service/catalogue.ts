import * as z from 'zod';
import { articleChange } from '../../../shared/api/articles.ts';
import { assetChange } from '../../../shared/api/catalogue.ts';
import { changesPage } from '../../../shared/api/common.ts';
import type { ArticlesApi } from '../../articles/ports.ts';
import type { CatalogueApi } from '../../catalogue/ports.ts';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceClient } from './client.ts';

/** Entries of a page, asked for and accepted. */
const LIMIT = 500;
const query = (since: string | null) =>
  since === null ? { limit: LIMIT } : { limit: LIMIT, since };
/** Validates the page; its entries are validated one by one. */
const lenientPage = changesPage(z.unknown());

/** Skipped entries that are named in the log; of the others only the number is. */
const MAX_NAMED = 10;
const loggedId = z.looseObject({ id: z.string().max(128).catch('?') }).catch({ id: '?' });

/**
 * Parses a page of changes. Invalid entries are skipped and reported, the others are kept.
 *
 * @param onSkipped called at most once, with a text for the log
 */
function parseEntries<T>(
  answer: unknown,
  change: z.ZodType<T>,
  onSkipped: (message: string) => void,
): Omit<z.infer<typeof lenientPage>, 'changes'> & { changes: T[] } {
  const parsedPage = lenientPage.safeParse(answer);
  if (!parsedPage.success)
    throw new AppError('service-error', 'The service’s page of changes doesn’t match its API');
  const page = parsedPage.data;
  if (page.changes.length > LIMIT)
    throw new AppError(
      'service-error',
      `The service sent a page of ${page.changes.length} changes; it was asked for ${LIMIT}`,
    );
  const named: string[] = [];
  const changes = page.changes.flatMap((item) => {
    const parsed = change.safeParse(item);
    if (parsed.success) return [parsed.data];
    if (named.length < MAX_NAMED)
      named.push(`${loggedId.parse(item).id} (${parsed.error.issues[0]?.path.join('.') ?? ''})`);
    return [];
  });
  const skipped = page.changes.length - changes.length;
  if (skipped > 0)
    onSkipped(
      `left out ${skipped} ${skipped === 1 ? 'entry that doesn’t' : 'entries that don’t'} match the service’s API: ${named.join(', ')}${skipped > named.length ? ', …' : ''}`,
    );
  return { ...page, changes };
}

type WithToken = <T>(work: (token: string | undefined) => Promise<T>) => Promise<T>;

/**
 * @param withToken passes the access token, undefined if signed out: entitled accounts also see
 * assets under embargo
 */
export function createCatalogueApi(
  { api, raw }: ServiceClient,
  withToken: WithToken,
  onSkipped: (message: string) => void,
): CatalogueApi {
  return {
    changes: (since) =>
      withToken(async (token) =>
        parseEntries(
          await raw.assetChanges({ query: query(since), token }),
          assetChange,
          onSkipped,
        ),
      ),
    asset: (id) => withToken((token) => api.getAsset({ params: { id }, token })),
  };
}

export function createArticlesApi(
  { api, raw, bytes }: ServiceClient,
  onSkipped: (message: string) => void,
): ArticlesApi {
  return {
    changes: async (since) =>
      parseEntries(await raw.articleChanges({ query: query(since) }), articleChange, onSkipped),
    article: (id) => api.getArticle({ params: { id } }),
    picture: (url) => bytes(url),
  };
}
