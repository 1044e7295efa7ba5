import { createStore, type StoreApi } from 'zustand/vanilla';

type ToastAction = { label: string; run: () => void };
type Toast = { id: number; text: string; action: ToastAction | null };
export type ToastState = {
  items: Toast[];
  /** The action undoes (Undo) or continues (Show). */ show(
    text: string,
    action?: ToastAction,
  ): void;
  dismiss(id: number): void;
};

/** Long enough for Undo. A toast never asks a question. */
const STAY_MS = 8000;

export function createToastStore(): StoreApi<ToastState> {
  let nextId = 1;
  return createStore<ToastState>()((set, get) => ({
    items: [],
    show(text, action) {
      const id = nextId;
      nextId += 1;
      set({ items: [...get().items, { id, text, action: action ?? null }].slice(-3) });
      setTimeout(() => get().dismiss(id), STAY_MS);
    },
    dismiss(id) {
      set({ items: get().items.filter((toast) => toast.id !== id) });
    },
  }));
}
