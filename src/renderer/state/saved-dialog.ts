import { createStore, type StoreApi } from 'zustand/vanilla';

/** The dialog of saved searches, opened from the page and from the rail. */
export type SavedDialog = {
  isOpen: boolean;
  /** The one whose name is being changed; null for none. */
  renamingId: string | null;
  open(renamingId?: string): void;
  close(): void;
};

export const createSavedDialog = (): StoreApi<SavedDialog> =>
  createStore<SavedDialog>()((set) => ({
    isOpen: false,
    renamingId: null,
    open: (renamingId) => set({ isOpen: true, renamingId: renamingId ?? null }),
    close: () => set({ isOpen: false, renamingId: null }),
  }));
