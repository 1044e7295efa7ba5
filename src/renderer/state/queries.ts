import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { CommandName, Returned, Sent } from '../../shared/contract/define.ts';
import type { AppContract } from '../../shared/contract/index.ts';
import type { AppError } from '../../shared/errors.ts';
import type { ContractClient } from '../contract/client.ts';
import { useApp } from './context.tsx';
import type { Plan } from './enqueue-dialogs.ts';
import type { ArticleView, AssetView, TransferDetail } from './views.ts';

type Read = CommandName<AppContract>;
type Input<N extends Read> = Sent<AppContract, N>;
type Options = {
  /** False: not read yet. */
  enabled?: boolean;
  /** Keeps the previous input's answer until the next one arrives. */
  keepPrevious?: boolean;
  /** Polling interval, for what main does not push. */
  everyMs?: number;
  /** Read anew whenever it is shown; an earlier answer is never shown first. */
  isForgotten?: boolean;
};

/** Key and function of a read, for several at once with `useQueries`. */
export const readQuery = <N extends Read>(
  client: ContractClient,
  name: N,
  input: Input<N>,
): { queryKey: [N, Input<N>]; queryFn: () => Promise<Returned<AppContract, N>> } => ({
  queryKey: [name, input],
  queryFn: () =>
    (client.call as (name: N, input: Input<N>) => Promise<Returned<AppContract, N>>)(name, input),
});

/** Reads a command's answer, and again when a push invalidates it. */
export function useRead<N extends Read>(
  name: N,
  input: Input<N>,
  { enabled = true, keepPrevious = false, everyMs, isForgotten = false }: Options = {},
): UseQueryResult<Returned<AppContract, N>, AppError> {
  const { client } = useApp();
  return useQuery<Returned<AppContract, N>, AppError>({
    ...readQuery(client, name, input),
    enabled,
    ...(keepPrevious && { placeholderData: keepPreviousData }),
    ...(isForgotten && { gcTime: 0, staleTime: 0 }),
    ...(everyMs !== undefined && { refetchInterval: everyMs, staleTime: 0 }),
  });
}

/** Debounced value: follows `value` once it has not changed for `restMs`. */
export function useRested<T>(value: T, restMs: number): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), restMs);
    return () => clearTimeout(timer);
  }, [value, restMs]);
  return restMs === 0 ? value : rested;
}

/** Details of an asset; null until loaded. */
export const useAsset = (id: string | null): AssetView | null =>
  useRead('catalogue.asset', { id: id ?? '' }, { enabled: id !== null }).data ?? null;

/** The last version that could be read; `failed` only while there is none. */
export function useArticle(id: string | null): {
  article: ArticleView | null;
  failed: AppError | null;
} {
  const { data, error } = useRead('articles.get', { id: id ?? '' }, { enabled: id !== null });
  return { article: data ?? null, failed: data ? null : error };
}

/** Details of a transfer; null until loaded and after it is removed. */
export function useTransferDetail(id: string): TransferDetail | null {
  const { data, isError } = useRead('transfers.detail', { id });
  return isError ? null : (data ?? null);
}

/**
 * The plan for queuing these assets; null while it is computed, and for none.
 * @param profile id of a house format; null for that of the settings
 * @param restMs debounce, for selecting many in a row
 */
export function usePlan(
  assetIds: ReadonlySet<string>,
  profile: string | null,
  restMs: number,
): Plan | null {
  const rested = useRested(assetIds, restMs);
  const { data } = useRead(
    'transfers.plan',
    { assetIds: [...rested], ...(profile !== null && { profile }) },
    { enabled: rested.size > 0, keepPrevious: true },
  );
  return (assetIds.size > 0 && data) || null;
}

type Disk = Returned<AppContract, 'app.disk'>;
const DISK_INTERVAL_MS = 10_000;

/** Undefined until read, null if the folder can't be reached. */
export const useDisk = (folder: string | undefined): Disk | undefined =>
  useRead(
    'app.disk',
    { folder: folder ?? '' },
    { enabled: folder !== undefined && folder !== '', everyMs: DISK_INTERVAL_MS },
  ).data;
