import type { Account } from '../../shared/api/account.ts';
import type { PubStatus } from '../../shared/api/common.ts';
import {
  EMBARGO_ACCESS,
  unavailableBecause as because,
  type Unavailable,
} from '../../shared/api/unavailable.ts';
import { iso, MINUTE } from '../clock.ts';
import type { Language } from '../http/language.ts';

/** Time, language and access of a request. */
export type Viewer = { now: number; language: Language; seesEmbargoed: boolean };

export const DOWNLOADS = 'downloads';
export const viewerOf = (
  now: number,
  language: Language,
  account: Pick<Account, 'entitlements'> | undefined,
): Viewer => ({
  now,
  language,
  seesEmbargoed: account?.entitlements.includes(EMBARGO_ACCESS) ?? false,
});

/** Content states its times in minutes since the data folder was first used. */
export type Timeline = {
  at(minutes: number): number;
  iso(minutes: number): string;
  isoOrNull(minutes: number | undefined): string | null;
};
export function createTimeline(epoch: number): Timeline {
  const at = (minutes: number) => epoch + Math.round(minutes * MINUTE);
  return {
    at,
    iso: (minutes) => iso(at(minutes)),
    isoOrNull: (minutes) => (minutes === undefined ? null : iso(at(minutes))),
  };
}

type Usable = { pubStatus: PubStatus; expiresMin?: number };
/** Whether packages may be downloaded: not on hold, withdrawn or expired. */
export const isUsable = (item: Usable, time: Timeline, now: number): boolean =>
  unavailableBecause(item, time, now) === null;

export function unavailableBecause(
  { pubStatus, expiresMin }: Usable,
  time: Timeline,
  now: number,
): Unavailable | null {
  return because(
    { pubStatus, expiresAtMs: expiresMin === undefined ? null : time.at(expiresMin) },
    now,
  );
}

type Publication = { publishedMin: number; embargoUntilMin?: number };
export const isEmbargoed = (item: Publication, time: Timeline, now: number): boolean =>
  item.embargoUntilMin !== undefined && now < time.at(item.embargoUntilMin);
export const isVisible = (
  item: Publication,
  time: Timeline,
  { now, seesEmbargoed }: Viewer,
): boolean => time.at(item.publishedMin) <= now && (seesEmbargoed || !isEmbargoed(item, time, now));
