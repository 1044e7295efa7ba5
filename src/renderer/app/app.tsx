import { ArrowLeft } from 'lucide-react';
import { lazy, Suspense, useCallback, useEffect, useRef, useState, type RefObject } from 'react';
import { I18nProvider } from 'react-aria-components';
import { useStore } from 'zustand';
import {
  useAccount,
  useApp,
  useLanguage,
  useRoute,
  useSettings,
  useTexts,
} from '../state/context.tsx';
import { resumePendingDownload } from '../state/enqueue.ts';
import { adoptPageStorage } from '../state/saved-searches.ts';
import { showOpenedLinks } from '../state/opened-link.ts';
import { useOpenPendingScreen } from '../state/account-screen.ts';
import { PROFILE_SCREENS } from '../state/route.ts';
import { Button } from '../ui/controls/button.tsx';
import { Toasts } from '../ui/overlays/toasts.tsx';
import { useDrop } from './drop.ts';
import { useFocusOnPage } from './focus.ts';
import {
  ExternalDialog,
  FolderDialog,
  KeychainDialog,
  RevealDialog,
  TermsUpdateDialog,
} from './dialogs.tsx';
import { LanguageButton, TopBar } from './top-bar.tsx';
import { Rail } from './rail.tsx';
import { Screen } from './screen.tsx';
import { useShortcuts, ShortcutSheet } from './shortcuts.tsx';
import { BrowserNotifications } from './station.tsx';
import { Banners } from './banners.tsx';
import css from './shell.module.css';

const SourceDialogs = lazy(async () => ({
  default: (await import('../features/sources/index.tsx')).SourceDialogs,
}));
const SavedSearchesDialog = lazy(async () => ({
  default: (await import('../features/catalogue/saved-searches.tsx')).SavedSearchesDialog,
}));
const PlanDialog = lazy(async () => ({
  default: (await import('../features/plan/index.tsx')).PlanDialog,
}));
const loadPalette = () => import('./palette.tsx');
const Palette = lazy(async () => ({ default: (await loadPalette()).Palette }));

export function App() {
  const app = useApp();
  const language = useLanguage();
  useTheme();
  useDrop();
  useEffect(() => void adoptPageStorage(app), [app]);
  useEffect(() => resumePendingDownload(app), [app]);
  useEffect(() => showOpenedLinks(app), [app]);
  useOpenPendingScreen();
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return (
    <I18nProvider locale={language === 'fr' ? 'fr-FR' : 'en-GB'}>
      <AppLayout />
      <LazyPlanDialog />
      <LazySavedSearches />
      <TermsUpdateDialog />
      <KeychainDialog />
      <ExternalDialog />
      <RevealDialog />
      <FolderDialog />
      <LazySourceDialogs />
      <Notifications />
      <BrowserNotifications />
    </I18nProvider>
  );
}

function LazySavedSearches() {
  const { isOpen } = useStore(useApp().savedDialog);
  return (
    isOpen && (
      <Suspense fallback={null}>
        <SavedSearchesDialog />
      </Suspense>
    )
  );
}

function LazyPlanDialog() {
  const { planRequest } = useStore(useApp().downloads);
  return (
    planRequest !== null && (
      <Suspense fallback={null}>
        <PlanDialog target={planRequest.target} wanted={planRequest.wanted} />
      </Suspense>
    )
  );
}

function LazySourceDialogs() {
  const { open } = useStore(useApp().sourceDialogs);
  return (
    open !== null && (
      <Suspense fallback={null}>
        <SourceDialogs />
      </Suspense>
    )
  );
}

function useTheme(): void {
  const theme = useSettings()?.theme ?? 'system';
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }, [theme]);
}

function AppLayout() {
  const [open, setOpen] = useState<'palette' | 'sheet' | null>(null);
  const searchRef = useRef<HTMLInputElement>(null);
  // Loaded when the page is idle, so that the first keys typed into it are not lost.
  useEffect(() => {
    const timer = setTimeout(() => void loadPalette(), 1000);
    return () => clearTimeout(timer);
  }, []);
  const isSolo = useRoute(
    ({ current }) =>
      current.name === 'welcome' || (current.name === 'account' && current.screen !== 'profile'),
  );
  const mainRef = useFocusOnPage();
  const close = useCallback(() => setOpen(null), []);
  const onSheet = useCallback(() => setOpen('sheet'), []);
  const onSearch = useCallback(() => {
    searchRef.current?.focus();
    searchRef.current?.select();
  }, []);
  useShortcuts({
    onPalette: useCallback(() => setOpen((now) => (now === 'palette' ? null : 'palette')), []),
    onSheet,
    onSearch,
  });
  return (
    <>
      {isSolo ? (
        <FullPageLayout mainRef={mainRef} />
      ) : (
        <div className={css.window}>
          <Rail />
          <TopBar searchRef={searchRef} />
          <main className={css.main} ref={mainRef} tabIndex={-1}>
            <Banners />
            <div className={css.screen}>
              <Screen />
            </div>
          </main>
        </div>
      )}
      <ShortcutSheet isOpen={open === 'sheet'} onClose={close} />
      {open === 'palette' && (
        <Suspense fallback={null}>
          <Palette onClose={close} onSheet={onSheet} />
        </Suspense>
      )}
    </>
  );
}

/** Layout without the rail, with a way back at the top. */
function FullPageLayout({ mainRef }: { mainRef: RefObject<HTMLElement | null> }) {
  const app = useApp();
  const { shell, common } = useTexts();
  const isAccount = useRoute(({ current }) => current.name === 'account');
  const isInProfile = useRoute(
    ({ current }) =>
      current.name === 'account' && PROFILE_SCREENS.some((screen) => screen === current.screen),
  );
  // The last screen of a registration or a deletion has a button of its own as its only exit.
  const isGone = useAccount()?.status !== 'signed-in';
  const hasBack = useRoute(
    ({ current }) =>
      current.name === 'account' &&
      current.screen !== 'created' &&
      !(current.screen === 'delete' && isGone),
  );
  const from = useRoute(({ history }) => history.at(-1)?.name ?? 'catalogue');
  const label = isInProfile
    ? shell.backTo.account
    : from === 'welcome' || from === 'account'
      ? common.back
      : shell.backTo[from];
  const leave = (): void => {
    const { go, leaveAccount } = app.route.getState();
    if (isInProfile) go({ name: 'account', screen: 'profile' });
    else leaveAccount();
  };
  return (
    <div className={css.fullPage}>
      <header className={css.topbar}>
        {hasBack && (
          <Button icon={ArrowLeft} size={28} tone="quiet" onPress={leave}>
            {label}
          </Button>
        )}
        <span className={css.space} />
        {!isAccount && <LanguageButton />}
      </header>
      <main className={css.fullPageMain} ref={mainRef} tabIndex={-1}>
        <Screen />
      </main>
    </div>
  );
}

function Notifications() {
  const app = useApp();
  const { shell, common } = useTexts();
  const { items, dismiss } = useStore(app.toasts);
  return (
    <Toasts closeLabel={common.close} items={items} label={shell.notifications} onClose={dismiss} />
  );
}
