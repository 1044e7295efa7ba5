import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ExternalAddress } from '../../shared/model/url.ts';

export type ExternalState = {
  /** Shown before it is opened, where the page itself opens it. */ asked: ExternalAddress | null;
};

export const createExternalStore = (): StoreApi<ExternalState> =>
  createStore<ExternalState>()(() => ({ asked: null }));
