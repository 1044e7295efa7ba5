import { createStore, type StoreApi } from 'zustand/vanilla';
import type { SourceKind } from '../../shared/contract/sources.ts';

export type SourceDialogs = {
  /** The dialog about sources that is open; `id` is the source that it is about. */
  open:
    | { name: 'add'; kind?: SourceKind }
    | { name: 'change'; id: string }
    | { name: 'terms'; id: string }
    | { name: 'rename'; id: string }
    | { name: 'remove'; id: string }
    | null;
};

export const createSourceDialogs = (): StoreApi<SourceDialogs> =>
  createStore<SourceDialogs>()(() => ({ open: null }));
