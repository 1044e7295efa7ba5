import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Returned } from '../../shared/contract/define.ts';
import type { AppContract } from '../../shared/contract/index.ts';
import type { AssetView, SettingsView } from './views.ts';

export type Plan = Returned<AppContract, 'transfers.plan'>;
export type PlannedItem = Plan['items'][number];
/** What was to be downloaded when an account was asked for. */
export type PendingDownload = NonNullable<SettingsView['pendingDownload']>;
export type Package = PendingDownload['packages'][number];
export type Restriction = {
  assetId: string;
  title: string;
  /** Null while they can't be read: nobody agrees to those. */ restrictions:
    | AssetView['restrictions']
    | null;
  /** Still in force. */ embargoUntil: number | null;
};
/** An item of a plan, as far as its confirmation goes. */
export type ToConfirm = Pick<PlannedItem, 'assetId' | 'title' | 'restrictionIds' | 'embargoUntil'>;
/** What must be read and confirmed before these packages are queued. */
export type Acknowledgement = {
  packages: Package[];
  acknowledge: string[];
  asked: readonly ToConfirm[];
  terms: Restriction[];
  /** Items with terms beyond those that are listed. */ more: number;
};
export type DownloadsState = {
  confirmation: Acknowledgement | null;
  busy: boolean;
  /**
   * What is on the screen for an answer: the changed terms of use, or a keychain that is locked.
   */
  openDialog: 'new-terms' | 'keychain' | null;
};

export const createDownloadsStore = (): StoreApi<DownloadsState> =>
  createStore<DownloadsState>()(() => ({ confirmation: null, busy: false, openDialog: null }));
