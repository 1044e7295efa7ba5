import { ALL_ARTICLES } from '../../shared/model/article-query.ts';
import { choosePackage, houseProfile } from '../../shared/model/house-format.ts';
import {
  Ban,
  Bookmark,
  BookmarkPlus,
  CircleUserRound,
  CloudDownload,
  Download,
  Film,
  History,
  ShieldCheck,
  ListPlus,
  LogIn,
  LogOut,
  Mail,
  Moon,
  Newspaper,
  Pause,
  Play,
  Plus,
  RefreshCw,
  SatelliteDish,
  Search,
  Settings,
  Sun,
  SunMoon,
} from 'lucide-react';
import { formatBytes, type Language } from '../i18n/format.ts';
import type { Texts } from '../i18n/index.ts';
import {
  useAccount,
  useConnection,
  useApp,
  useLanguage,
  useRecalls,
  useSettings,
  useTexts,
  useTransfers,
} from '../state/context.tsx';
import type { AppContext } from '../state/app.ts';
import type { ArticleRow, AssetRow } from '../state/views.ts';
import { openSearch, type SavedSearch } from '../state/saved-searches.ts';
import { useActions } from '../state/transfer-actions.ts';
import { isRecalled } from '../../shared/api/rights.ts';
import { downloadAsset } from '../state/enqueue.ts';
import { reportError } from '../state/errors.ts';
import { useRead, useRested } from '../state/queries.ts';
import type { Route } from '../state/route.ts';
import type { LucideIcon } from '../ui/display/icon.tsx';

export type Command = {
  id: string;
  icon: LucideIcon;
  text: string;
  note?: string;
  keys: string[];
  run: () => void;
};
type QuickResults = { assets: AssetRow[]; articles: ArticleRow[] };

/** Debounce of the search while typing. */
const ASK_AFTER_MS = 90;
const NOTHING: QuickResults = { assets: [], articles: [] };

/**
 * Footage and articles from the local library that match the words typed; the previous answer stays
 * until the next one arrives.
 */
export function useQuickSearch(text: string): QuickResults {
  const words = useRested(text, ASK_AFTER_MS).trim();
  const options = { enabled: words !== '', keepPrevious: true };
  const assets = useRead(
    'catalogue.search',
    {
      query: { text: words, sort: 'relevance' },
      range: { offset: 0, count: 3 },
    },
    options,
  );
  const articles = useRead(
    'articles.list',
    {
      query: { ...ALL_ARTICLES, text: words },
      range: { offset: 0, count: 2 },
    },
    options,
  );
  if (text.trim() === '' || words === '') return NOTHING;
  return { assets: assets.data?.items ?? [], articles: articles.data?.items ?? [] };
}

const matches = (text: string, typed: string): boolean =>
  typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.toLowerCase().includes(word));

/** Actions and places that match the words typed. */
export function useCommands(
  typed: string,
  best: AssetRow | null,
): { doing: Command[]; places: Command[] } {
  const app = useApp();
  const texts = useTexts();
  const account = useAccount();
  const signedIn = account?.status === 'signed-in';
  const connection = useConnection();
  const demo = connection?.demo ?? false;
  const hasService = connection?.state !== 'no-service';
  const paused = useTransfers((state) => state.totals?.paused ?? false);
  const language = useLanguage();
  const saved = useSettings()?.savedSearches ?? [];
  const text = typed.trim();
  const toAcknowledge = useRecalls()?.recalls ?? 0;
  const { acknowledgeRecalls } = useActions();
  const doing = [
    ...recallCommands(app, texts, toAcknowledge, acknowledgeRecalls),
    ...commands(app, texts, { signedIn, paused, hasService }),
  ].filter((command) => matches(command.text, text));
  if (text !== '')
    doing.unshift({
      id: 'search',
      icon: Search,
      text: texts.shell.palette.searchFor(text),
      keys: [],
      run: () => searchCatalogue(app, text),
    });
  if (best && best.packages.length > 0 && best.verdict.decision !== 'forbid')
    doing.unshift(queueCommand(app, texts, language, best));
  return {
    doing,
    places: [
      ...pages(app, texts, demo),
      ...savedSearches(app, saved),
      ...autoFetchRules(app, texts, saved),
    ].filter((command) => matches(command.text, text)),
  };
}

function queueCommand(
  app: AppContext,
  { shell }: Texts,
  language: Language,
  asset: AssetRow,
): Command {
  const { chosen: offer } = choosePackage(
    asset.packages,
    houseProfile(app.settings.getState().value),
  );
  return {
    id: 'queue',
    icon: ListPlus,
    text: shell.palette.queue((asset.headline.split(':')[0] ?? asset.headline).trim()),
    note: offer && offer.bytes !== null ? formatBytes(offer.bytes, language) : '',
    keys: [],
    run: () => void downloadAsset(app, asset.id),
  };
}

/** Only while something is to be acknowledged. */
function recallCommands(
  app: AppContext,
  { recalls }: Texts,
  count: number,
  acknowledge: (ids: readonly string[]) => Promise<boolean>,
): Command[] {
  if (count === 0) return [];
  const run = async (): Promise<void> => {
    const { items } = await app.client.call('recalls.list', {
      range: { offset: 0, count: 500 },
      isOpen: true,
    });
    const ids = items.filter(({ kind }) => isRecalled(kind)).map(({ id }) => id);
    if (ids.length > 0) await acknowledge(ids);
  };
  return [
    {
      id: 'show-recalled',
      icon: Ban,
      text: recalls.showAll,
      note: recalls.toAcknowledge(count),
      keys: [],
      run: () => {
        app.transfers.getState().setTab('recalled');
        app.route.getState().go({ name: 'transfers', id: null });
      },
    },
    {
      id: 'acknowledge',
      icon: Ban,
      text: recalls.paletteAcknowledge(count),
      keys: [],
      run: () => void run().catch((error: unknown) => reportError(app, error)),
    },
  ];
}

const savedSearches = (app: AppContext, saved: readonly SavedSearch[]): Command[] =>
  saved.map((search) => ({
    id: search.id,
    icon: Bookmark,
    text: search.name,
    keys: [],
    run: () => openSearch(app, search),
  }));

const autoFetchRules = (
  app: AppContext,
  { autoFetch }: Texts,
  saved: readonly SavedSearch[],
): Command[] =>
  saved.map(({ id, name }) => ({
    id: `auto-fetch ${id}`,
    icon: CloudDownload,
    text: autoFetch.of(name),
    keys: [],
    run: () => app.route.getState().go({ name: 'auto-fetch', id }),
  }));

function searchCatalogue(app: AppContext, text: string): void {
  app.search.getState().type('catalogue', text);
  app.route.getState().go({ name: 'catalogue' });
}

function commands(
  app: AppContext,
  { shell, sources, articles }: Texts,
  { signedIn, paused, hasService }: { signedIn: boolean; paused: boolean; hasService: boolean },
): Command[] {
  const { palette } = shell;
  const report = (error: unknown): void => reportError(app, error);
  const theme = (value: 'light' | 'dark' | 'system') => (): void =>
    void app.settings.call('settings.set', { theme: value }).catch(report);
  const go = (route: Route) => (): void => app.route.getState().go(route);
  return [
    {
      id: 'sync',
      icon: RefreshCw,
      text: palette.sync,
      keys: [],
      run: () => void app.library.call('library.sync').catch(report),
    },
    {
      id: 'pause',
      icon: paused ? Play : Pause,
      text: paused ? palette.resumeAll : palette.pauseAll,
      keys: [],
      run: () => void app.client.call('transfers.pause-all', { paused: !paused }).catch(report),
    },
    {
      id: 'add-source',
      icon: Plus,
      text: sources.add,
      keys: [],
      run: () => app.sourceDialogs.setState({ open: { name: 'add' } }),
    },
    {
      id: 'save-page',
      icon: BookmarkPlus,
      text: articles.savePage,
      keys: [],
      run: () => app.sourceDialogs.setState({ open: { name: 'save-page', address: '' } }),
    },
    {
      id: 'check-sources',
      icon: SatelliteDish,
      text: sources.checkAll,
      keys: [],
      run: () => void app.sources.call('sources.check', { id: null }).catch(report),
    },
    ...(signedIn
      ? [
          {
            id: 'sign-out',
            icon: LogOut,
            text: palette.signOut,
            keys: [],
            run: () => void app.account.call('account.sign-out').catch(report),
          },
        ]
      : !hasService
        ? // An account belongs to a service.
          []
        : [
            {
              id: 'sign-in',
              icon: LogIn,
              text: palette.signIn,
              keys: [],
              run: go({ name: 'account', screen: 'sign-in' }),
            },
            {
              id: 'create',
              icon: CircleUserRound,
              text: palette.createAccount,
              keys: [],
              run: go({ name: 'account', screen: 'create' }),
            },
          ]),
    { id: 'light', icon: Sun, text: palette.light, keys: [], run: theme('light') },
    { id: 'dark', icon: Moon, text: palette.dark, keys: [], run: theme('dark') },
    { id: 'system', icon: SunMoon, text: palette.system, keys: [], run: theme('system') },
  ];
}

function pages(app: AppContext, { common, history, ledger }: Texts, demo: boolean): Command[] {
  const go = (route: Route) => (): void => app.route.getState().go(route);
  return [
    {
      id: 'catalogue',
      icon: Film,
      text: common.catalogue,
      keys: ['G', 'C'],
      run: go({ name: 'catalogue' }),
    },
    {
      id: 'news',
      icon: Newspaper,
      text: common.news,
      keys: ['G', 'N'],
      run: go({ name: 'articles', id: null }),
    },
    {
      id: 'downloads',
      icon: Download,
      text: common.downloads,
      keys: ['G', 'D'],
      run: go({ name: 'transfers', id: null }),
    },
    {
      id: 'history',
      icon: History,
      text: history.paletteTitle,
      keys: [],
      run: go({ name: 'history', side: 'packages' }),
    },
    {
      id: 'ledger',
      icon: ShieldCheck,
      text: ledger.paletteTitle,
      keys: [],
      run: go({ name: 'history', side: 'ledger', entry: null }),
    },
    ...(demo
      ? [
          {
            id: 'mailbox',
            icon: Mail,
            text: common.mailbox,
            keys: [],
            run: go({ name: 'mailbox' }),
          },
        ]
      : []),
    {
      id: 'settings',
      icon: Settings,
      text: common.settings,
      keys: ['mod ,'],
      run: go({ name: 'settings', section: 'general' }),
    },
  ];
}
