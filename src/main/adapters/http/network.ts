import type { Route } from '../../formats/proxy-route.ts';
import { environmentRoute, isAlwaysDirect } from './exceptions.ts';
import type { TlsTrust } from './tls-trust.ts';

/** How an address is reached. */
export type Way = {
  /** In the order in which they are tried; never empty. */
  routes: readonly Route[];
  /** The same object while nothing changes: connections are kept by it. */
  tls: TlsTrust;
};

/** How all addresses are reached: one for all HTTP of a thread. */
export type Network = {
  /**
   * @param url its path and query say nothing
   * @throws `AppError` if the settings can't be followed, such as a PAC file that can't be read
   */
  way(url: URL): Promise<Way>;
};

/** The network as environment variables name it: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY. */
export const environmentNetwork = (
  env: NodeJS.ProcessEnv = process.env,
  tls: TlsTrust = {},
): Network => ({
  way: async (url) => ({ routes: [isAlwaysDirect(url) ? null : environmentRoute(env, url)], tls }),
});

/** How long what was found for an address counts, ms: scripts may follow the hour. */
const KEPT_MS = 60_000;
const MAX_KEPT = 2_000;

/**
 * Remembers the ways of another network, or of one in another thread, for a minute.
 *
 * @returns with `forget` for when its settings change
 */
export function rememberWays(network: Network): Network & { forget(): void } {
  const ways = new Map<string, { at: number; way: Promise<Way> }>();
  /** Across threads every answer is a new object. */
  const trusts = new Map<string, TlsTrust>();
  const ask = async (url: URL): Promise<Way> => {
    const { routes, tls } = await network.way(url);
    const key = JSON.stringify(tls);
    const known = trusts.get(key) ?? tls;
    trusts.set(key, known);
    return { routes, tls: known };
  };
  return {
    way(url) {
      // Elapsed time, whatever is done to the clock.
      const now = performance.now();
      const known = ways.get(url.origin);
      if (known && now - known.at < KEPT_MS) return known.way;
      if (ways.size >= MAX_KEPT) ways.clear();
      const entry = { at: now, way: ask(url) };
      ways.set(url.origin, entry);
      entry.way.catch(() => {
        if (ways.get(url.origin) === entry) ways.delete(url.origin);
      });
      return entry.way;
    },
    forget() {
      ways.clear();
      trusts.clear();
    },
  };
}
