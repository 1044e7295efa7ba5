import { AppError } from '../../shared/errors.ts';
import {
  evaluateRights,
  forbiddenBy,
  idsToAcknowledge,
  isEmbargoAcknowledgement,
  isUnavailable,
  refusedAs,
  type NewsroomProfile,
  type RestrictionRule,
  type RightsFacts,
  type RightsQuestion,
  type RightsReason,
  type RightsUse,
  type RightsVerdict,
  type Unavailable,
} from '../../shared/api/rights.ts';
import type { SourceId } from '../../shared/model/source.ts';

/** Who asks, at one moment. */
export type RightsViewer = {
  /** By the service's clock, ms since 1970. */
  nowMs: number;
  /** The same by the clocks of other sources that have told theirs. */
  sourceTimes: Readonly<Record<SourceId, number>>;
  profile: NewsroomProfile;
  /** The source whose account may have assets under embargo early; null for none. */
  earlySource: SourceId | null;
};

/** The time by which a source is judged: its own, where it tells one, ms since 1970. */
export const nowOf = (
  { nowMs, sourceTimes }: Pick<RightsViewer, 'nowMs' | 'sourceTimes'>,
  source: SourceId,
): number => (Object.hasOwn(sourceTimes, source) ? (sourceTimes[source] ?? nowMs) : nowMs);

export const questionOf = (
  viewer: RightsViewer,
  source: SourceId,
  use: RightsUse = 'queue',
): RightsQuestion => ({
  use,
  shots: null,
  nowMs: nowOf(viewer, source),
  profile: viewer.profile,
  mayTakeEarly: viewer.earlySource === source,
});

const ms = (time: string | null): number | null => (time === null ? null : Date.parse(time));

/** What is judged of an asset as its source describes it. */
export const factsOf = ({
  pubStatus,
  embargoUntil,
  expiresAt,
  restrictions,
  shotlist,
}: {
  pubStatus: RightsFacts['pubStatus'];
  embargoUntil: string | null;
  expiresAt: string | null;
  restrictions: readonly RestrictionRule[];
  shotlist: readonly { n: number }[];
}): RightsFacts => ({
  pubStatus,
  embargoUntil: ms(embargoUntil),
  expiresAt: ms(expiresAt),
  restrictions,
  shots: shotlist.map(({ n }) => n),
});

/** Such as `24 Nov 2026, 17:00 UTC`, for the log, the command line and the evidence report. */
export const momentText = (at: number): string =>
  `${new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(at)} UTC`;

const STATE_TEXTS: Record<Unavailable, string> = {
  withdrawn: 'was withdrawn',
  'on-hold': 'is on hold',
  expired: 'has expired',
};

/** English text for the log and the command line. */
export const unavailableText = (
  slug: string,
  state: Unavailable,
  note: string | null = null,
): string => `${slug} ${STATE_TEXTS[state]}${note === null ? '' : `: ${note}`}`;

const BARRED_NAMES: Partial<Record<RightsReason['kind'], string>> = {
  territory: 'territory',
  platform: 'platforms',
};

/** Why it can't be used, in English. */
function forbiddenText(
  slug: string,
  { kind, untilMs, barred }: RightsReason,
  statusNote: string | null = null,
): string {
  if (isUnavailable(kind)) return unavailableText(slug, kind, statusNote);
  if (kind === 'embargo')
    return `${slug} is under embargo${untilMs === null ? '' : ` until ${momentText(untilMs)}`}`;
  return `${slug} isn’t cleared for your ${BARRED_NAMES[kind] ?? 'newsroom'} (${barred.join(', ')})`;
}

/** Reasons as errors carry them: those that stop nothing are left out. */
const wireReasons = ({ reasons }: RightsVerdict) =>
  reasons
    .filter(({ effect }) => effect !== 'note')
    .map(({ effect, kind, restrictionId, untilMs, shots, barred }) => ({
      effect: effect === 'forbid' ? ('forbid' as const) : ('ask' as const),
      kind,
      restrictionId,
      untilMs,
      shots: [...shots],
      barred: [...barred],
    }));

type Named = { slug: string; statusNote?: string | null };

/** The error of a verdict that forbids a use, whatever is confirmed; null if it doesn't. */
export function forbiddance(
  verdict: RightsVerdict,
  { slug, statusNote = null }: Named,
  nowMs: number,
): AppError | null {
  const forbids = forbiddenBy(verdict);
  return (
    forbids &&
    new AppError(refusedAs(forbids), forbiddenText(slug, forbids, statusNote), {
      retryable: false,
      reasons: wireReasons(verdict),
      ...(forbids.kind === 'embargo' && forbids.untilMs !== null
        ? { retryAfterMs: forbids.untilMs - nowMs }
        : {}),
    })
  );
}

/** The error of a verdict that stops a use; null if nothing does, or all of it is confirmed. */
export function refusalOf(
  verdict: RightsVerdict,
  named: Named,
  acknowledged: readonly string[],
  nowMs: number,
): AppError | null {
  const forbidden = forbiddance(verdict, named, nowMs);
  if (forbidden) return forbidden;
  const reasons = wireReasons(verdict);
  const restrictionIds = idsToAcknowledge(verdict).filter((id) => !acknowledged.includes(id));
  if (restrictionIds.length === 0) return null;
  const embargo = verdict.reasons.find(
    ({ acknowledge }) =>
      acknowledge !== null &&
      isEmbargoAcknowledgement(acknowledge) &&
      restrictionIds.includes(acknowledge),
  );
  return embargo?.untilMs
    ? new AppError(
        'embargoed',
        `Under embargo until ${momentText(embargo.untilMs)}. Confirm it first.`,
        { restrictionIds, reasons, retryAfterMs: embargo.untilMs - nowMs },
      )
    : new AppError('restriction-unacknowledged', 'Confirm the restrictions first', {
        restrictionIds,
        reasons,
      });
}

/**
 * @param acknowledged ids of what was confirmed
 * @returns the verdict, if it lets the use happen
 * @throws `withdrawn`, `on-hold`, `expired`, `embargoed`, `territory-restricted`,
 * `platform-restricted`, `restriction-unacknowledged`
 */
export function requireRights(
  facts: RightsFacts,
  question: RightsQuestion,
  named: Named,
  acknowledged: readonly string[],
): RightsVerdict {
  const verdict = evaluateRights(facts, question);
  const refusal = refusalOf(verdict, named, acknowledged, question.nowMs);
  if (refusal) throw refusal;
  return verdict;
}
