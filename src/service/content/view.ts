import type { Account } from '../../shared/api/account.ts';
import {
  EMBARGO_ACCESS,
  evaluateRights,
  unavailableBecause,
  UNSTATED_PROFILE,
  type RightsFacts,
} from '../../shared/api/rights.ts';
import type { DemoAsset } from '../demo/types.ts';
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

type Judged = Pick<
  DemoAsset,
  'pubStatus' | 'expiresMin' | 'embargoUntilMin' | 'restrictions' | 'shotlist'
>;
/** What is judged of an asset by `evaluateRights`. */
export const rightsFactsOf = (
  { pubStatus, expiresMin, embargoUntilMin, restrictions, shotlist }: Judged,
  time: Timeline,
): RightsFacts => ({
  pubStatus,
  expiresAt: expiresMin === undefined ? null : time.at(expiresMin),
  embargoUntil: embargoUntilMin === undefined ? null : time.at(embargoUntilMin),
  shots: shotlist.map(({ n }) => n),
  restrictions: restrictions.map(({ id, kind, mode, values, notAfterMin }) => {
    const shots = shotlist
      .filter(({ restrictionIds }) => restrictionIds.includes(id))
      .map(({ n }) => n);
    return {
      id,
      kind,
      mode,
      values: notAfterMin === undefined ? values : [time.iso(notAfterMin)],
      ...(shots.length === 0 ? {} : { shots }),
    };
  }),
});

/** Whether packages may be downloaded by anybody: not on hold, withdrawn or expired. */
export const isUsable = (asset: Judged, time: Timeline, now: number): boolean =>
  unavailableBecause(
    evaluateRights(rightsFactsOf(asset, time), {
      use: 'queue',
      shots: null,
      nowMs: now,
      profile: UNSTATED_PROFILE,
      mayTakeEarly: false,
    }),
  ) === null;

type Publication = { publishedMin: number; embargoUntilMin?: number };
export const isEmbargoed = (item: Publication, time: Timeline, now: number): boolean =>
  item.embargoUntilMin !== undefined && now < time.at(item.embargoUntilMin);
export const isVisible = (
  item: Publication,
  time: Timeline,
  { now, seesEmbargoed }: Viewer,
): boolean => time.at(item.publishedMin) <= now && (seesEmbargoed || !isEmbargoed(item, time, now));
