import { createStore, type StoreApi } from 'zustand/vanilla';

/**
 * The search field of the top bar works on the page it stands above; each has words of its own,
 * kept while the app is open.
 */
export type SearchArea = 'catalogue' | 'news' | 'settings';
export type SearchState = {
  words: Record<SearchArea, string>;
  type(area: SearchArea, text: string): void;
};

export function createSearchStore(): StoreApi<SearchState> {
  return createStore<SearchState>()((set, get) => ({
    words: { catalogue: '', news: '', settings: '' },
    type(area, text) {
      set({ words: { ...get().words, [area]: text } });
    },
  }));
}
