import { createApiClient, type ApiOptions } from './api-client.ts';
import { clean, shortened } from './asset-parts.ts';

/**
 * What the library answers. It refuses single assets, files and pages of a list as a matter of
 * course, which says nothing of the others; `reason` is in its words, and null where something else
 * than its API has answered, such as the storage of its files.
 */
export type NasaAnswer =
  | { kind: 'json'; value: unknown; etag: string | null }
  | { kind: 'unchanged' }
  | { kind: 'refused'; status: number; reason: string | null };

/** GETs JSON of NASA's library and of the storage of its files. Throws `AppError` only. */
export type NasaClient = {
  /**
   * @param etag of an earlier answer, to which this one may be `unchanged`
   * @throws as `ApiClient.get`
   */
  get(url: string, signal: AbortSignal, etag?: string | null): Promise<NasaAnswer>;
  close(): void;
};

/** NASA publishes no limit. */
const REQUEST_EVERY_MS = 200;
const UNCHANGED = 304;
const REFUSALS: readonly number[] = [400, 403, 404, 410];
const MAX_REASON = 200;

function reasonOf(json: unknown): string | null {
  const { reason = null } = (json ?? {}) as { reason?: unknown };
  return typeof reason === 'string' ? shortened(clean(reason), MAX_REASON) : null;
}

export function createNasaClient(
  version: string,
  options: Omit<ApiOptions, 'intervalMs' | 'isOwn'> = {},
): NasaClient {
  const api = createApiClient(version, {
    ...options,
    intervalMs: REQUEST_EVERY_MS,
    isOwn: (status) => status === UNCHANGED || REFUSALS.includes(status),
  });
  return {
    async get(url, signal, tag = null) {
      const headers: Record<string, string> = tag === null ? {} : { 'if-none-match': tag };
      const { status, json, etag } = await api.get(url, signal, { headers });
      if (status === 200) return { kind: 'json', value: json, etag };
      if (status === UNCHANGED) return { kind: 'unchanged' };
      return { kind: 'refused', status, reason: reasonOf(json) };
    },
    close: () => api.close(),
  };
}
