import { formatBytes, type Language } from '../../i18n/format.ts';
import type { Sent } from '../../../shared/contract/define.ts';
import type { AppContract } from '../../../shared/contract/index.ts';
import type { AutoFetchRule } from '../../state/views.ts';

export type Choice = Sent<AppContract, 'auto-fetch.set'>['choice'];
export type Words = Sent<AppContract, 'auto-fetch.set'>['words'];

const GB = 1_000_000_000;

/** What is chosen to begin with; nothing happens before it is switched on. */
const FIRST: Omit<Choice, 'profile'> = {
  isOn: false,
  destination: null,
  hours: null,
  maxPackages: 20,
  maxBytesPerDay: 200 * GB,
  maxBytesPerPackage: 60 * GB,
  confirm: [],
  embargo: 'hold',
  catchUpDays: 3,
};

/** The part of a rule that people choose. */
export function choiceOf(rule: AutoFetchRule | null, profile: string): Choice {
  if (!rule) return { ...FIRST, profile };
  const { searchId: _, chosenBy: __, chosenAtMs: ___, words: ____, ...choice } = rule;
  return choice;
}

export const PACKAGES = [1, 5, 10, 20, 50, 100, 500];
export const DAY_BYTES = [10, 50, 100, 200, 500, 1000, 2000].map((gb) => gb * GB);
export const PACKAGE_BYTES = [1, 5, 10, 20, 60, 100, 200].map((gb) => gb * GB);
export const CATCH_UP: readonly Choice['catchUpDays'][] = [0, 1, 3, 7, 30];
export const KINDS = ['territory', 'platform', 'time', 'editorial', 'archive'] as const;

/** The usual ones, with the one that is chosen among them. */
export const withChosen = (usual: readonly number[], chosen: number | null): number[] =>
  [...new Set([...usual, ...(chosen === null ? [] : [chosen])])].toSorted((a, b) => a - b);

/** A limit is a round figure: 60 GB, where a size would be 60.0 GB. */
export const limitText = (bytes: number, language: Language): string =>
  formatBytes(bytes, language).replace(/[.,]0(?=\u00a0)/u, '');
