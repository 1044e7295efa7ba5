import { createStore, type StoreApi } from 'zustand/vanilla';
import type { HistoryQuery } from './lists.ts';

export const PERIODS = ['all', 'today', 'week', 'month'] as const;
export type Period = (typeof PERIODS)[number];
/** What is searched among the packages of the history; it stays while a package is looked at. */
export type HistoryFilter = { search: string; show: HistoryQuery['show']; period: Period };
export const NO_HISTORY_FILTER: HistoryFilter = { search: '', show: 'all', period: 'all' };

export const createHistoryFilter = (): StoreApi<HistoryFilter> =>
  createStore<HistoryFilter>()(() => NO_HISTORY_FILTER);
