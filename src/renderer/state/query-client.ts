import { QueryClient } from '@tanstack/react-query';
import type { CommandName, Pushed, PushName } from '../../shared/contract/define.ts';
import type { AppContract } from '../../shared/contract/index.ts';
import type { ContractClient } from '../contract/client.ts';

/*
 * Single reads of main (an asset, an article, a plan …) are queries of react-query, keyed by command
 * and input. Main pushes changes, so nothing goes stale by time or focus. Lists are in
 * windowed-list.ts, values that main pushes whole in projection.ts.
 */
type Read = CommandName<AppContract>;
type Change<P extends PushName<AppContract>> = Pushed<AppContract, P>;

/** Reads that a push invalidates; `of` tells whether it concerns the one with this input. */
type Invalidation<P extends PushName<AppContract>> = {
  read: Read;
  of?(change: Change<P>, input: never): boolean;
  /** Minimum interval between reads, ms, for figures that change with every push. */
  minIntervalMs?: number;
};

const INVALIDATIONS: { [P in PushName<AppContract>]?: readonly Invalidation<P>[] } = {
  'library.changed': [
    { read: 'catalogue.asset' },
    { read: 'catalogue.facets' },
    { read: 'catalogue.search' },
    { read: 'catalogue.saved-counts', minIntervalMs: 1000 },
    { read: 'auto-fetch.preview', minIntervalMs: 2000 },
    { read: 'catalogue.did-you-mean' },
    { read: 'catalogue.published-counts', minIntervalMs: 1000 },
    { read: 'articles.list' },
    { read: 'articles.overview', minIntervalMs: 500 },
    // Related footage can be withdrawn while the article stays the same.
    { read: 'articles.get' },
    { read: 'transfers.plan' },
    // The newest version is compared.
    { read: 'recalls.diff', minIntervalMs: 1000 },
  ],
  // Their names.
  'sources.changed': [
    { read: 'catalogue.facets', minIntervalMs: 1000 },
    // Terms that were accepted.
    { read: 'transfers.plan', minIntervalMs: 1000 },
  ],
  // The house format, the folder, what restrictions are checked against.
  'settings.changed': [
    { read: 'transfers.plan', minIntervalMs: 250 },
    { read: 'articles.storage', minIntervalMs: 250 },
    { read: 'network.certificates' },
    { read: 'network.logins' },
  ],
  'account.changed': [{ read: 'transfers.plan' }, { read: 'account.sessions' }],
  'articles.changed': [
    { read: 'articles.overview', minIntervalMs: 500 },
    { read: 'articles.storage', minIntervalMs: 1000 },
    {
      read: 'articles.get',
      of: ({ ids }, { id }: { id: string }) => ids.length === 0 || ids.includes(id),
    },
    {
      read: 'articles.correction',
      of: ({ ids }, { id }: { id: string }) => ids.length === 0 || ids.includes(id),
    },
  ],
  // Retry when the connection is back.
  'app.connection-changed': [
    { read: 'articles.get' },
    { read: 'catalogue.asset' },
    { read: 'recalls.diff' },
  ],
  'api-tokens.changed': [{ read: 'api-tokens.list' }],
  'auto-fetch.changed': [{ read: 'auto-fetch.get' }, { read: 'auto-fetch.log' }],
  'ledger.changed': [{ read: 'ledger.entry', minIntervalMs: 1000 }],
  'recalls.changed': [{ read: 'recalls.list', minIntervalMs: 250 }],
  'transfers.changed': [
    // What somebody has queued needs no action any more.
    {
      read: 'auto-fetch.log',
      of: ({ rows }) => rows.some(({ state }) => state.phase === 'queued'),
      minIntervalMs: 1000,
    },
    {
      read: 'transfers.detail',
      of: ({ rows, removed }, { id }: { id: string }) =>
        removed.includes(id) || rows.some((row) => row.id === id),
      minIntervalMs: 1000,
    },
    {
      read: 'transfers.find',
      of: ({ rows, removed, more }, { assetId }: { assetId: string }) =>
        more || removed.length > 0 || rows.some((row) => row.assetId === assetId),
    },
  ],
};

export function createQueries(client: ContractClient): QueryClient {
  const queries = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Infinity,
        retry: false,
        networkMode: 'always',
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
      },
    },
  });
  const follow = <P extends PushName<AppContract>>(push: P): void => {
    for (const { read, of, minIntervalMs = 0 } of INVALIDATIONS[push] ?? []) {
      let timer: ReturnType<typeof setTimeout> | null = null;
      client.on(push, (change) => {
        const invalidate = (): void => {
          timer = null;
          void queries.invalidateQueries({
            queryKey: [read],
            ...(of && minIntervalMs === 0
              ? { predicate: ({ queryKey }) => of(change, queryKey[1] as never) }
              : {}),
          });
        };
        if (minIntervalMs === 0) return invalidate();
        // What is not shown is read again when it is.
        void queries.invalidateQueries({ queryKey: [read], type: 'inactive', refetchType: 'none' });
        const isOpen = queries
          .getQueryCache()
          .findAll({ queryKey: [read], type: 'active' })
          .some(({ queryKey }) => of?.(change, queryKey[1] as never) ?? true);
        if (isOpen) timer ??= setTimeout(invalidate, minIntervalMs);
      });
    }
  };
  for (const push of Object.keys(INVALIDATIONS) as PushName<AppContract>[]) follow(push);
  return queries;
}
