import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ExternalAddress } from '../../shared/model/url.ts';

export type ExternalState = {
  /** On the station: the address the user is asked about before it is opened. */
  asked: ExternalAddress | null;
};

export const createExternalStore = (): StoreApi<ExternalState> =>
  createStore<ExternalState>()(() => ({ asked: null }));
