import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ConnectionTest } from '../../shared/contract/network.ts';

/** The last test of the connection, kept while the page is open. */
export type ConnectionTests = { last: ConnectionTest | null; isRunning: boolean };

export const createConnectionTests = (): StoreApi<ConnectionTests> =>
  createStore<ConnectionTests>()(() => ({ last: null, isRunning: false }));
