import { createStore, type StoreApi } from 'zustand/vanilla';

/** Subpages of the profile. */
export const PROFILE_SCREENS = ['password', 'email', 'email-code', 'edit', 'delete'] as const;
type ProfileScreen = (typeof PROFILE_SCREENS)[number];
export type AccountScreen =
  | 'landing'
  | 'sign-in'
  | 'create'
  | 'code'
  | 'created'
  | 'reset'
  | 'new-password'
  | 'password-updated'
  | 'profile'
  | ProfileScreen;
export type SettingsSection =
  | 'general'
  | 'downloads'
  | 'house'
  | 'rights'
  | 'automation'
  | 'sources'
  | 'network'
  | 'reading'
  | 'station'
  | 'account'
  | 'about';
export type Route =
  | { name: 'welcome' }
  | { name: 'catalogue' }
  | { name: 'asset'; id: string }
  /** `id` of a saved search. */
  | { name: 'auto-fetch'; id: string }
  | { name: 'articles'; id: string | null }
  | { name: 'transfers'; id: string | null }
  | { name: 'history'; side: 'packages' }
  | { name: 'history'; side: 'ledger'; entry: number | null }
  | { name: 'settings'; section: SettingsSection }
  | { name: 'mailbox' }
  | { name: 'account'; screen: AccountScreen };

export type RouteState = {
  current: Route;
  /**
   * Earlier pages, oldest first. Account screens are left out: going back from them leads to the
   * page before.
   */
  history: Route[];
  go(route: Route): void;
  back(): void;
  /** Leaves the account screens for the page they were opened from. */
  leaveAccount(): void;
};

const MAX_HISTORY = 50;
export function createRouteStore(first: Route): StoreApi<RouteState> {
  return createStore<RouteState>()((set, get) => ({
    current: first,
    history: [],
    go(route) {
      const { current, history } = get();
      if (JSON.stringify(route) === JSON.stringify(current)) return;
      set({
        current: route,
        history: current.name === 'account' ? history : [...history, current].slice(-MAX_HISTORY),
      });
    },
    back() {
      const { history } = get();
      set({ current: history.at(-1) ?? { name: 'catalogue' }, history: history.slice(0, -1) });
    },
    leaveAccount() {
      if (get().current.name === 'account') get().back();
    },
  }));
}
