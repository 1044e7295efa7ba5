import { createStore, type StoreApi } from 'zustand/vanilla';
import type { SourceKind } from '../../shared/contract/sources.ts';

export type SourceDialogs = {
  /** The dialog about sources or saved pages that is open; `id` is the source that it is about. */
  open:
    | { name: 'add'; kind?: SourceKind }
    /** With what is known of the page's address. */
    | { name: 'save-page'; address: string }
    | { name: 'change'; id: string }
    | { name: 'terms'; id: string }
    | { name: 'rename'; id: string }
    | { name: 'remove'; id: string }
    | null;
};

export const createSourceDialogs = (): StoreApi<SourceDialogs> =>
  createStore<SourceDialogs>()(() => ({ open: null }));
