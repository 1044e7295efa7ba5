import type { Returned } from '../../shared/contract/define.ts';
import type { DeskContract } from '../../shared/contract/index.ts';

export type AppInfo = Returned<DeskContract, 'app.info'>;
export type AccountView = Returned<DeskContract, 'account.get'>;
export type SettingsView = Returned<DeskContract, 'settings.get'>;
export type ConnectionView = Returned<DeskContract, 'app.connection'>;
export type LibraryView = Returned<DeskContract, 'library.get'>;
export type AssetRow = Returned<DeskContract, 'catalogue.search'>['items'][number];
export type AssetView = Returned<DeskContract, 'catalogue.asset'>;
export type ArticleRow = Returned<DeskContract, 'articles.list'>['items'][number];
export type ArticleView = Returned<DeskContract, 'articles.get'>;
export type CheckView = Returned<DeskContract, 'transfers.check'>;
export type TransferDetail = Returned<DeskContract, 'transfers.detail'>;
