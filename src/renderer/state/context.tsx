import { QueryClientProvider } from '@tanstack/react-query';
import { createContext, useCallback, useContext, useEffect, useState, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { texts, type Texts } from '../i18n/index.ts';
import type { Criteria, SearchArea } from './criteria.ts';
import type { AppContext } from './app.ts';
import type {
  AccountView,
  VerificationView,
  ConnectionView,
  LibraryView,
  RecallsView,
  SettingsView,
  SourceView,
  UpdatesView,
} from './views.ts';
import type { RouteState } from './route.ts';
import type { TransferList, TransfersState } from './lists.ts';

const Context = createContext<AppContext | null>(null);

export function AppProvider({ app, children }: { app: AppContext; children: ReactNode }) {
  return (
    <QueryClientProvider client={app.queries}>
      <Context value={app}>{children}</Context>
    </QueryClientProvider>
  );
}

export function useApp(): AppContext {
  const app = useContext(Context);
  if (!app) throw new Error('useApp outside AppProvider');
  return app;
}

export const useRoute = <T,>(select: (state: RouteState) => T): T =>
  useStore(useApp().route, select);
export const useTransfers = <T,>(select: (state: TransfersState) => T): T =>
  useStore(useApp().transfers, select);
export const useTransferList = <T,>(select: (state: TransferList) => T): T =>
  useStore(useApp().transferList, select);
/** Progress of the current verification, or the result of the last one. */
export const useVerification = (): VerificationView | null =>
  useStore(useApp().verification, (state) => state.value);
export const useAccount = (): AccountView | null =>
  useStore(useApp().account, (state) => state.value);
export const useSettings = (): SettingsView | null =>
  useStore(useApp().settings, (state) => state.value);
export const useConnection = (): ConnectionView | null =>
  useStore(useApp().connection, (state) => state.value);
/** Counts of what was recalled or corrected after its download. */
export const useRecalls = (): RecallsView | null =>
  useStore(useApp().recalls, (state) => state.value);
export const useUpdates = (): UpdatesView | null =>
  useStore(useApp().updates, (state) => state.value);
export const useLibrary = (): LibraryView | null =>
  useStore(useApp().library, (state) => state.value);

const NO_SOURCES: readonly SourceView[] = [];
/** Everything that footage comes from, the service first. */
export const useSources = (): readonly SourceView[] =>
  useStore(useApp().sources, (state) => state.value?.items ?? NO_SOURCES);

export function useLanguage(): 'en' | 'fr' {
  return useSettings()?.language ?? (navigator.language.startsWith('fr') ? 'fr' : 'en');
}

/** The interface's texts in the language of the settings. */
export function useTexts(): Texts {
  return texts[useLanguage()];
}

export const useCriteria = <T,>(select: (state: Criteria) => T): T =>
  useStore(useApp().criteria, select);

/** The text in the top bar's search field for this area. */
export const useSearchText = (area: SearchArea): string =>
  useStore(useApp().search, (state) => state.words[area]);

/**
 * The current time by the service's clock, as far as it is known.
 * @param everyMs update interval
 */
export function useNow(everyMs: number): number {
  const offset = useConnection()?.clockOffsetMs ?? 0;
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now + offset;
}

/**
 * Builds the address of a picture or video that main serves to this page. Ids of other sources than
 * the service have a slash.
 */
export function useMedia(): (kind: 'thumb' | 'proxy' | 'article', id: string) => string {
  const { mediaSuffix } = useApp().info;
  return useCallback(
    (kind, id) => `media/${kind}/${encodeURIComponent(id)}${mediaSuffix}`,
    [mediaSuffix],
  );
}
