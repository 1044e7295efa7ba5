import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Returned } from '../../shared/contract/define.ts';
import type { AppContract } from '../../shared/contract/index.ts';
import type { SettingsView } from './views.ts';

export type Plan = Returned<AppContract, 'transfers.plan'>;
export type PlannedItem = Plan['items'][number];
/** A download that was requested before there was an account. */
export type PendingDownload = NonNullable<SettingsView['pendingDownload']>;
export type Package = PendingDownload['packages'][number];
/** An asset to queue, with one of its packages, or null for the house format. */
export type Wanted = { assetId: string; packageId: string | null };
/** Where and in which house format something is queued; by default as the settings say. */
export type Target = { profile?: string; destination?: string };
/** What the plan dialog asks about. `onEnd` is called once, when it closes. */
type PlanRequest = {
  wanted: readonly Wanted[];
  target: Target;
  onEnd: (isQueued: boolean) => void;
};
/** A folder to be typed on the station; null ends it without one. */
type FolderRequest = { current: string; resolve: (folder: string | null) => void };
export type DownloadsState = {
  planRequest: PlanRequest | null;
  busy: boolean;
  /** The dialog that is open: the changed terms of use, or a locked keychain. */
  openDialog: 'new-terms' | 'keychain' | null;
  folderRequest: FolderRequest | null;
  /** A folder of what must not be used any more, which is shown to whoever insists. */
  revealRequest: { id: string; title: string; states: readonly string[] } | null;
};

export const createDownloadsStore = (): StoreApi<DownloadsState> =>
  createStore<DownloadsState>()(() => ({
    planRequest: null,
    busy: false,
    openDialog: null,
    folderRequest: null,
    revealRequest: null,
  }));
