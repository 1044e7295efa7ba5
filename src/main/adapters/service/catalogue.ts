import * as z from 'zod';
import { articleChange, type articleDetail } from '../../../shared/api/articles.ts';
import { assetChange, type AssetChanges } from '../../../shared/api/catalogue.ts';
import { changesPage } from '../../../shared/api/common.ts';
import { timeOf } from '../../formats/sidecar.ts';
import type { ServiceArticles } from '../../articles/ports.ts';
import type { AssetChange } from '../../catalogue/asset.ts';
import type { Capabilities, CatalogueSource } from '../../catalogue/ports.ts';
import { isForeignId, type SourceId } from '../../../shared/model/source.ts';
import { AppError, stopReason } from '../../../shared/errors.ts';
import { boundedRun } from '../../../shared/model/changes.ts';
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

/** What stands for a date of rights that can't be read: nothing may be used by it. */
const UNREADABLE_DATES = {
  embargoUntil: '2200-01-01T00:00:00.000Z',
  expiresAt: '1970-01-01T00:00:00.000Z',
} as const;
const withDates = z.looseObject({
  id: z.string(),
  asset: z.looseObject({ embargoUntil: z.unknown(), expiresAt: z.unknown() }),
});
const HAS_ZONE = /(?:Z|[+-]\d{2}:?\d{2})$/u;

/**
 * Embargo and expiry of an entry as the API writes them. An entry that sets one must not be left out
 * because its date can't be read: what is here would stay usable.
 *
 * @param onUnreadable called with the id of an asset for each date that can't be read
 */
function withReadableDates(entry: unknown, onUnreadable: (which: string) => void): unknown {
  // Most state none, and a first sync has a hundred thousand.
  const given = (entry as Partial<z.infer<typeof withDates>> | null)?.asset;
  if ((given?.embargoUntil ?? given?.expiresAt ?? null) === null) return entry;
  const { data } = withDates.safeParse(entry);
  if (!data) return entry;
  const asset: Record<string, unknown> = { ...data.asset };
  for (const [name, restrictive] of Object.entries(UNREADABLE_DATES)) {
    const stated = asset[name];
    if (stated === null || stated === undefined) continue;
    const ms = typeof stated === 'string' && HAS_ZONE.test(stated) ? timeOf(stated) : null;
    if (ms === null) onUnreadable(`${loggedId.parse(data).id} (asset.${name})`);
    asset[name] = ms === null ? restrictive : new Date(ms).toISOString();
  }
  return { ...data, asset };
}

/** The same for all entries of a page; what can't be read is told. */
function pageWithReadableDates(answer: unknown, onSkipped: (message: string) => void): unknown {
  const page = lenientPage.safeParse(answer).data;
  if (!page) return answer;
  const unreadable: string[] = [];
  const changes = page.changes.map((entry) =>
    withReadableDates(entry, (which) => void unreadable.push(which)),
  );
  if (unreadable.length > 0)
    onSkipped(
      `embargo or expiry with a date that can’t be read, so nothing may be used by it: ${unreadable.slice(0, MAX_NAMED).join(', ')}${unreadable.length > MAX_NAMED ? ', …' : ''}`,
    );
  return { ...page, changes };
}

type WithToken = <T>(work: (token: string | undefined) => Promise<T>) => Promise<T>;

const CAPABILITIES: Capabilities = {
  accounts: 'required',
  integrity: 'signed',
  sizes: 'exact',
  changes: 'cursor',
  withdrawals: 'announced',
  restrictions: 'data',
  isLocalised: true,
  minPollSeconds: 60,
};

/** What is true of every asset of this service. */
const KNOWN = {
  integrity: 'signed',
  rights: 'stated',
  isDateStated: true,
  unlistedAt: null,
} as const;

type WireChange = AssetChanges['changes'][number];
function toChange(wire: WireChange): AssetChange {
  const { op, id, rev } = wire;
  return op === 'delete' || !wire.asset
    ? { op: op === 'delete' ? op : 'withdraw', id, rev }
    : { op, id, rev, asset: { ...wire.asset, ...KNOWN } };
}

/** What is under way ends with its client; nobody waits for it. */
function unlessStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(stopReason(signal));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** It speaks of one asset, which is this service's, and of packages of its own. */
function isOwn(change: WireChange): boolean {
  const asset = change.op === 'delete' ? undefined : change.asset;
  return (
    !isForeignId(change.id) &&
    (!asset ||
      (asset.id === change.id &&
        asset.packageSizes.every(({ packageId }) => !isForeignId(packageId))))
  );
}

/** Without those under an id that is another source's. */
function ownChanges({ changes }: AssetChanges, onSkipped: (message: string) => void) {
  const own = changes.filter(isOwn);
  if (own.length < changes.length)
    onSkipped(
      `left out ${changes.length - own.length} with ids that are another asset’s or source’s`,
    );
  return own.map(toChange);
}

/**
 * The catalogue of our own service.
 *
 * @param withToken passes the access token, undefined if signed out: entitled accounts also see
 * assets under embargo
 */
export function createServiceSource(
  id: SourceId,
  { api, raw }: ServiceClient,
  withToken: WithToken,
  onSkipped: (message: string) => void,
): CatalogueSource {
  const changes = (since: string | null): Promise<AssetChanges> =>
    withToken(async (token) =>
      parseEntries(
        pageWithReadableDates(await raw.assetChanges({ query: query(since), token }), onSkipped),
        assetChange,
        onSkipped,
      ),
    );
  /** Null if the cursor has expired. */
  const changesSince = (since: string | null): Promise<AssetChanges | null> =>
    changes(since).catch((thrown: unknown) => {
      if (since !== null && thrown instanceof AppError && thrown.code === 'cursor-expired')
        return null;
      throw thrown;
    });
  return {
    id,
    owns: (assetId) => !isForeignId(assetId),
    capabilities: CAPABILITIES,
    async *sync(mark, signal) {
      let begins = mark === null;
      const check = boundedRun(mark);
      for (let next: Promise<AssetChanges | null> | null = changesSince(mark); next;) {
        let page: AssetChanges | null = await unlessStopped(next, signal);
        if (!page) {
          begins = true;
          page = await unlessStopped(changes(null), signal);
        }
        check(page);
        const { cursor, hasMore }: AssetChanges = page;
        // The next page is fetched while this one is written.
        next = hasMore ? changesSince(cursor) : null;
        // A failure surfaces at the `await`; this only prevents an unhandled rejection.
        next?.catch(() => undefined);
        yield {
          changes: ownChanges(page, onSkipped),
          mark: cursor,
          list: { begins, completes: !hasMore, missing: 'removed' },
        };
        begins = false;
      }
    },
    detail: async (assetId) => ({
      ...(await withToken((token) => api.getAsset({ params: { id: assetId }, token }))),
      ...KNOWN,
      sourceUrl: null,
      files: [],
    }),
  };
}

/** What is true of every article of this service. */
const KNOWN_OF_ARTICLES = { isDateStated: true, isWhole: true } as const;

type WireArticleChange = z.infer<typeof articleChange>;
/** It speaks of one article, which is this service's, as its picture is. */
function isOwnArticle(change: WireArticleChange): boolean {
  const article = change.op === 'delete' ? undefined : change.article;
  return (
    !isForeignId(change.id) &&
    (!article || (article.id === change.id && !isForeignId(article.leadMediaId ?? '')))
  );
}

/**
 * What is stored under the id of another article would replace that; a picture under the id of
 * another source's is that one.
 *
 * @throws `service-error`
 */
function requireOwn(id: string, article: z.infer<typeof articleDetail>): void {
  const mediaIds = [article.leadMediaId ?? '', ...article.media.map(({ mediaId }) => mediaId)];
  if (article.id !== id || mediaIds.some(isForeignId))
    throw new AppError(
      'service-error',
      'The service answers with an article or pictures under ids that are another article’s or source’s',
    );
}

/** The articles of our own service. */
export function createServiceArticles(
  source: SourceId,
  { api, raw, bytes }: ServiceClient,
  onSkipped: (message: string) => void,
): ServiceArticles {
  return {
    id: source,
    async changes(since) {
      const { changes, ...page } = parseEntries(
        await raw.articleChanges({ query: query(since) }),
        articleChange,
        onSkipped,
      );
      const own = changes.filter(isOwnArticle);
      if (own.length < changes.length)
        onSkipped(
          `left out ${changes.length - own.length} with ids that are another article’s or source’s`,
        );
      return {
        ...page,
        changes: own.map(({ id, rev, ...change }) =>
          change.op === 'delete' || !change.article
            ? { op: change.op === 'delete' ? change.op : 'withdraw', id, rev }
            : { op: change.op, id, rev, article: { ...change.article, ...KNOWN_OF_ARTICLES } },
        ),
      };
    },
    async article(id) {
      const article = await api.getArticle({ params: { id } });
      requireOwn(id, article);
      return { ...article, ...KNOWN_OF_ARTICLES, textFrom: 'source' };
    },
    picture: (url) => bytes(url),
  };
}
