import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Returned } from '../../shared/contract/define.ts';
import type { AppContract } from '../../shared/contract/index.ts';
import type { AssetView, SettingsView } from './views.ts';

export type Plan = Returned<AppContract, 'transfers.plan'>;
export type PlannedItem = Plan['items'][number];
/** A download that was requested before there was an account. */
export type PendingDownload = NonNullable<SettingsView['pendingDownload']>;
export type Package = PendingDownload['packages'][number];
export type RestrictedAsset = {
  assetId: string;
  title: string;
  /** Null while they can't be read; nothing can be acknowledged then. */ restrictions:
    | AssetView['restrictions']
    | null;
  /** Only if still in force. */ embargoUntil: number | null;
};
/** The part of a plan's item that its acknowledgement needs. */
export type RestrictedItem = Pick<
  PlannedItem,
  'assetId' | 'title' | 'restrictionIds' | 'embargoUntil'
>;
/** What must be acknowledged before these packages are queued. */
export type Acknowledgement = {
  packages: Package[];
  acknowledge: string[];
  items: readonly RestrictedItem[];
  restricted: RestrictedAsset[];
  /** Number of further items with restrictions. */ more: number;
};
/** A folder to be typed on the station; null ends it without one. */
type FolderRequest = { current: string; resolve: (folder: string | null) => void };
export type DownloadsState = {
  acknowledgement: Acknowledgement | null;
  busy: boolean;
  /** The dialog that is open: the changed terms of use, or a locked keychain. */
  openDialog: 'new-terms' | 'keychain' | null;
  folderRequest: FolderRequest | null;
};

export const createDownloadsStore = (): StoreApi<DownloadsState> =>
  createStore<DownloadsState>()(() => ({
    acknowledgement: null,
    busy: false,
    openDialog: null,
    folderRequest: null,
  }));
