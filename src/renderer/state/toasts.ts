import { createStore, type StoreApi } from 'zustand/vanilla';

type ToastAction = { label: string; run: () => void };
type Toast = { id: number; text: string; action: ToastAction | null };
export type ToastState = {
  items: Toast[];
  /** The action is the way back (Undo) or on (Show). */ show(
    text: string,
    action?: ToastAction,
  ): void;
  dismiss(id: number): void;
};

/** Undo stays for eight seconds; a toast never asks a question. */
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
