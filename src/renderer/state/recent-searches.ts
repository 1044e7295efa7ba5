import type { AppContext } from './app.ts';

const MAX_RECENT = 20;
/** Shorter ones are slips. */
const MIN_LENGTH = 3;

/** Keeps a query among the recent ones, in front. A failure costs nothing but that. */
export function remember({ settings }: AppContext, text: string): void {
  const query = text.trim();
  const kept = settings.getState().value?.recentSearches ?? [];
  if (query.length < MIN_LENGTH || kept[0] === query) return;
  const recentSearches = [query, ...kept.filter((one) => one !== query)].slice(0, MAX_RECENT);
  settings.call('settings.set', { recentSearches }).catch(() => undefined);
}
