import type { Recovery } from '../adapters/sqlite/kit.ts';
import type { TransferDamage } from '../adapters/sqlite/transfer-store.ts';
import type { ArticleStore } from '../articles/ports.ts';
import type { CatalogueStore } from '../catalogue/ports.ts';
import type { TransferChange, TransfersApi, VerificationView } from '../transfers/api.ts';
import type { AddressVault, PackageSource } from '../transfers/ports.ts';
import { defineChannel } from './rpc.ts';

/** Everything that crosses between threads. Types and names only: every thread loads this file. */

type TransferCommands = Omit<TransfersApi, 'onChanged' | 'onVerification'>;
type TransferEvents = {
  /** The queue is open: calls are answered from now on. */
  ready: null;
  changed: TransferChange;
  verification: VerificationView;
  damaged: TransferDamage;
  /** A stack trace of something that must not happen. */
  bug: string;
};
export const transfersChannel = defineChannel<TransferCommands, TransferEvents>('transfers')([
  'enqueue',
  'list',
  'packages',
  'find',
  'setRights',
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
  'restore',
  'pauseAll',
  'setOptions',
  'move',
  'folderOf',
  'verify',
  'stopVerify',
  'dismissVerification',
  'verification',
  'verifyFolder',
  'repair',
  'repairFolder',
  'configure',
  'wake',
  'reconnect',
]);

/** The account's side of the engine: main serves it to the thread of the transfers. */
export const packageSourceChannel = defineChannel<PackageSource>('package-source')([
  'manifest',
  'trustedKeys',
  'pinnedKeys',
  'authorise',
  'renew',
]);

/** The keychain stays with main. */
export const addressVaultChannel = defineChannel<AddressVault>('address-vault')([
  'read',
  'write',
  'remove',
]);

export const catalogueChannel = defineChannel<CatalogueStore>('catalogue')([
  'cursor',
  'language',
  'restart',
  'apply',
  'beginSnapshot',
  'sweep',
  'search',
  'facets',
  'ids',
  'rows',
  'rights',
  'detail',
  'saveDetail',
  'thumbnailUrl',
  'previewUrl',
  'count',
]);

export const articlesChannel = defineChannel<ArticleStore>('articles')([
  'cursor',
  'apply',
  'list',
  'row',
  'detail',
  'missing',
  'save',
  'setStored',
  'mark',
  'picture',
  'missingPictures',
  'savePicture',
  'removeUnusedPictures',
  'relatedTo',
  'count',
  'storedBytes',
]);

/**
 * `recovery` if the library was repaired when it was opened, null if damage showed in use and the
 * next start repairs it.
 */
export type LibraryDamage = { recovery: Recovery | null; lost: string[] };

/** Life of a thread; `close` resolves once its state is on the disk. */
type Lifecycle = { close(): Promise<void> };
export const transfersLifecycle = defineChannel<Lifecycle>('transfers-lifecycle')(['close']);
export const libraryLifecycle = defineChannel<Lifecycle, { damaged: LibraryDamage }>(
  'library-lifecycle',
)(['close']);

export type DemoStart = {
  url: string;
  mailboxUrl: string | null;
  /** Its data was damaged and set aside, and the demo begins anew. */
  rebuilt: { aside: string | null } | null;
};
export const demoServiceChannel = defineChannel<{
  start(): Promise<DemoStart>;
  stop(): Promise<void>;
}>('demo-service')(['start', 'stop']);

/** `unknown` where the check itself could not be made, for example on a full disk. */
export type CheckOutcome = 'sound' | 'damaged' | 'unknown';
export const databaseCheckChannel = defineChannel<{ check(): CheckOutcome }>('database-check')([
  'check',
]);
