import type { PageDocument } from '../adapters/sources/page-client.ts';
import type { ArticlePage } from '../formats/article-page.ts';
import type { FoundFeed } from '../formats/feed-discovery.ts';
import type { FeedContext, FeedDocument, FeedPage } from '../adapters/sources/feed-page.ts';
import type { Way } from '../adapters/http/network.ts';
import type { Recovery } from '../adapters/sqlite/kit.ts';
import type { TransferDamage } from '../adapters/sqlite/transfer-store.ts';
import type { ArticleStore } from '../articles/ports.ts';
import type { CatalogueStore } from '../catalogue/ports.ts';
import type {
  HistoryView,
  RecallsView,
  TransferChange,
  TransfersApi,
  VerificationView,
} from '../transfers/api.ts';
import type { AddressVault, PackageSource } from '../transfers/ports.ts';
import type { SourceId } from '../../shared/model/source.ts';
import { defineChannel } from './rpc.ts';

/** The channels between threads. Types and names only, since every thread loads this file. */

type TransferCommands = Omit<
  TransfersApi,
  'onChanged' | 'onVerification' | 'onRecalls' | 'onHere' | 'onHistory'
>;
type TransferEvents = {
  /** The queue is open and calls are answered. */
  ready: null;
  changed: TransferChange;
  verification: VerificationView;
  recalls: RecallsView;
  /** Which packages are here has changed. */
  here: null;
  history: HistoryView;
  damaged: TransferDamage;
  /** Stack trace of an unexpected error. */
  bug: string;
};
type NetworkApi = { way(origin: string): Promise<Way> };
type NetworkEvents = {
  /** What was found for addresses no longer counts. */
  changed: null;
};
export const networkChannel = defineChannel<NetworkApi, NetworkEvents>('network')(['way']);

export const transfersChannel = defineChannel<TransferCommands, TransferEvents>('transfers')([
  'enqueue',
  'list',
  'packages',
  'find',
  'checkHere',
  'unrecordedHandouts',
  'handoutsRecorded',
  'history',
  'historyView',
  'unsnapped',
  'saveSnapshot',
  'fetchedVersion',
  'setRights',
  'releaseHeld',
  'recalls',
  'recallsView',
  'acknowledgeRecalls',
  'unexplainedRecalls',
  'explainRecalls',
  'unreportedRecalls',
  'recallsReported',
  'detail',
  'totals',
  'report',
  'exportQueue',
  'importDocument',
  'evidence',
  'pause',
  'resume',
  'retry',
  'cancel',
  'clear',
  'clearable',
  'clearFromDisk',
  'clearedFromDisk',
  'restore',
  'pauseAll',
  'setOptions',
  'setDestination',
  'move',
  'folderOf',
  'packageFile',
  'verify',
  'stopVerify',
  'dismissVerification',
  'verification',
  'verifyFolder',
  'repair',
  'packagesUnder',
  'repairFolder',
  'configure',
  'wake',
  'reconnect',
]);

/** The account's side of the engine, served by main to the transfer thread. */
export const packageSourceChannel = defineChannel<PackageSource>('package-source')([
  'manifest',
  'trustedKeys',
  'pinnedKeys',
  'authorise',
  'renew',
]);

/** Credentials of URLs; the keychain stays in the main thread. */
export const addressVaultChannel = defineChannel<AddressVault>('address-vault')([
  'read',
  'write',
  'remove',
]);

export const catalogueChannel = defineChannel<CatalogueStore>('catalogue')([
  'mark',
  'language',
  'restart',
  'apply',
  'held',
  'sourceIds',
  'removeAssets',
  'search',
  'facets',
  'renditionValues',
  'ids',
  'revisions',
  'count',
  'similarWords',
  'rows',
  'idsOfSlug',
  'rights',
  'detail',
  'saveDetail',
  'thumbnailUrl',
  'previewUrl',
  'counts',
]);

export const articlesChannel = defineChannel<ArticleStore>('articles')([
  'cursor',
  'apply',
  'list',
  'ids',
  'overview',
  'row',
  'detail',
  'stored',
  'save',
  'want',
  'setStored',
  'unstore',
  'mark',
  'picture',
  'missingPictures',
  'picturesHere',
  'savePicture',
  'removeUnusedPictures',
  'outdate',
  'removeArticles',
  'relatedTo',
  'count',
  'storedBytes',
]);

/**
 * `recovery` is set if the library was repaired on opening, null if damage was seen in use and the
 * next start repairs it.
 */
export type LibraryDamage = { recovery: Recovery | null; lost: string[] };

/** Lifecycle of a thread; `close` resolves once its state is on disk. */
type Lifecycle = { close(): Promise<void> };
export const transfersLifecycle = defineChannel<Lifecycle>('transfers-lifecycle')(['close']);
/** `show` names the sources whose rows are in lists and found by their id. */
type LibraryLifecycle = Lifecycle & { show(sources: readonly SourceId[]): Promise<void> };
export const libraryLifecycle = defineChannel<LibraryLifecycle, { damaged: LibraryDamage }>(
  'library-lifecycle',
)(['show', 'close']);

export type DemoStart = {
  url: string;
  mailboxUrl: string | null;
  /** The account that comes with it, which is nobody's. */
  account: { email: string; password: string };
  /** Set if its data was damaged and quarantined, and the demo was reset. */
  rebuilt: { aside: string | null } | null;
};
export const demoServiceChannel = defineChannel<{
  start(): Promise<DemoStart>;
  stop(): Promise<void>;
}>('demo-service')(['start', 'stop']);

/** `unknown` if the check could not run, e.g. on a full disk. */
export type CheckOutcome = 'sound' | 'damaged' | 'unknown';
export const databaseCheckChannel = defineChannel<{ check(): CheckOutcome }>('database-check')([
  'check',
]);

export const documentReaderChannel = defineChannel<{
  readFeed(document: FeedDocument, context: FeedContext): FeedPage;
  readPage(page: PageDocument, source: string): Promise<ArticlePage>;
  findFeeds(page: PageDocument): Promise<FoundFeed[]>;
}>('document-reader')(['readFeed', 'readPage', 'findFeeds']);
