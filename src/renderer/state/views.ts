import type { Returned } from '../../shared/contract/define.ts';
import type { AppContract } from '../../shared/contract/index.ts';

export type AppInfo = Returned<AppContract, 'app.info'>;
export type AccountView = Returned<AppContract, 'account.get'>;
export type SettingsView = Returned<AppContract, 'settings.get'>;
export type ConnectionView = Returned<AppContract, 'app.connection'>;
export type SourcesView = Returned<AppContract, 'sources.get'>;
export type SourceView = SourcesView['items'][number];
export type LibraryView = Returned<AppContract, 'library.get'>;
export type AssetRow = Returned<AppContract, 'catalogue.search'>['items'][number];
export type AssetView = Returned<AppContract, 'catalogue.asset'>;
export type ArticleRow = Returned<AppContract, 'articles.list'>['items'][number];
export type ArticleView = Returned<AppContract, 'articles.get'>;
export type VerificationView = Returned<AppContract, 'transfers.verification'>;
export type TransferRow = Returned<AppContract, 'transfers.list'>['rows'][number];
export type TransferTotals = Returned<AppContract, 'transfers.totals'>;
export type TransferDetail = Returned<AppContract, 'transfers.detail'>;
