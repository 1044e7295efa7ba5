import { createConnectionTests, type ConnectionTests } from './connection-tests.ts';
import type { QueryClient } from '@tanstack/react-query';
import type { StoreApi } from 'zustand/vanilla';
import type { Returned } from '../../shared/contract/define.ts';
import type { AppContract } from '../../shared/contract/index.ts';
import type { Client, ContractClient } from '../contract/client.ts';
import {
  createCriteria,
  type Criteria,
  createSearchStore,
  type SearchState,
  createArticleCriteria,
  createArticleSelection,
  type ArticleSelection,
  type ArticleCriteria,
} from './criteria.ts';
import { createSavedDialog, type SavedDialog } from './saved-dialog.ts';
import { createDownloadsStore, type DownloadsState } from './enqueue-dialogs.ts';
import { createExternalStore, type ExternalState } from './external.ts';
import { createHistoryFilter, type HistoryFilter } from './history-filter.ts';
import { createQueries } from './query-client.ts';
import { createProjection, type Projection, type ViewCommand } from './projection.ts';
import { createRouteStore, type Route, type RouteState } from './route.ts';
import { createSourceDialogs, type SourceDialogs } from './source-dialogs.ts';
import { createToastStore, type ToastState } from './toasts.ts';
import {
  createArticleList,
  createResultsList,
  createTransferLists,
  type ArticleList,
  type ResultsList,
  type TransferList,
  type TransfersState,
} from './lists.ts';
import type {
  AppInfo,
  AccountView,
  SettingsView,
  ConnectionView,
  HistoryView,
  LibraryView,
  LedgerView,
  RecallsView,
  SourcesView,
  StationView,
  UpdatesView,
  VerificationView,
  WatchFolderView,
  WebhooksView,
} from './views.ts';

type RecoveriesView = Returned<AppContract, 'app.recoveries'>;
type ProjectedView =
  | AccountView
  | SettingsView
  | ConnectionView
  | HistoryView
  | LibraryView
  | LedgerView
  | RecallsView
  | RecoveriesView
  | SourcesView
  | StationView
  | UpdatesView
  | VerificationView
  | WatchFolderView
  | WebhooksView;
/** Commands whose reply is a view go through its projection, so that the reply is shown. */
type PlainClient = Client<
  Pick<AppContract, Exclude<keyof AppContract, ViewCommand<ProjectedView>>>
>;

/** Everything a feature works with. Stores are plain values, created per app and per test. */
export type AppContext = {
  client: PlainClient;
  /** Single reads of main, by command and input. */
  queries: QueryClient;
  info: AppInfo;
  route: StoreApi<RouteState>;
  account: Projection<AccountView>;
  settings: Projection<SettingsView>;
  connection: Projection<ConnectionView>;
  library: Projection<LibraryView>;
  recoveries: Projection<RecoveriesView>;
  sources: Projection<SourcesView>;
  history: Projection<HistoryView>;
  historyFilter: StoreApi<HistoryFilter>;
  ledger: Projection<LedgerView>;
  recalls: Projection<RecallsView>;
  updates: Projection<UpdatesView>;
  station: Projection<StationView>;
  webhooks: Projection<WebhooksView>;
  watchFolder: Projection<WatchFolderView>;
  transfers: StoreApi<TransfersState>;
  transferList: StoreApi<TransferList>;
  verification: Projection<VerificationView>;
  toasts: StoreApi<ToastState>;
  search: StoreApi<SearchState>;
  criteria: StoreApi<Criteria>;
  savedDialog: StoreApi<SavedDialog>;
  results: StoreApi<ResultsList>;
  articles: StoreApi<ArticleList>;
  articleCriteria: StoreApi<ArticleCriteria>;
  articleSelection: StoreApi<ArticleSelection>;
  connectionTests: StoreApi<ConnectionTests>;
  downloads: StoreApi<DownloadsState>;
  external: StoreApi<ExternalState>;
  sourceDialogs: StoreApi<SourceDialogs>;
};

export function createApp(client: ContractClient, info: AppInfo, first: Route): AppContext {
  return {
    client,
    queries: createQueries(client),
    info,
    route: createRouteStore(first),
    account: createProjection(client, 'account.get', 'account.changed'),
    settings: createProjection(client, 'settings.get', 'settings.changed'),
    connection: createProjection(client, 'app.connection', 'app.connection-changed'),
    library: createProjection(client, 'library.get', 'library.changed'),
    recoveries: createProjection(client, 'app.recoveries', 'app.recoveries-changed'),
    sources: createProjection(client, 'sources.get', 'sources.changed'),
    history: createProjection(client, 'history.state', 'history.changed'),
    historyFilter: createHistoryFilter(),
    ledger: createProjection(client, 'ledger.state', 'ledger.changed'),
    recalls: createProjection(client, 'recalls.get', 'recalls.changed'),
    updates: createProjection(client, 'updates.get', 'updates.changed'),
    station: createProjection(client, 'station.get', 'station.changed'),
    webhooks: createProjection(client, 'webhooks.get', 'webhooks.changed'),
    watchFolder: createProjection(client, 'watch-folder.get', 'watch-folder.changed'),
    ...createTransferLists(client),
    verification: createProjection(
      client,
      'transfers.verification',
      'transfers.verification-changed',
    ),
    toasts: createToastStore(),
    search: createSearchStore(),
    criteria: createCriteria(),
    savedDialog: createSavedDialog(),
    results: createResultsList(client),
    articles: createArticleList(client),
    articleCriteria: createArticleCriteria(),
    articleSelection: createArticleSelection(),
    connectionTests: createConnectionTests(),
    downloads: createDownloadsStore(),
    external: createExternalStore(),
    sourceDialogs: createSourceDialogs(),
  };
}
