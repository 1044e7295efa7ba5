import {
  embargoOf,
  forbiddenBy,
  idsToAcknowledge,
  type RightsReason,
  type RightsReasonKind,
} from '../../shared/api/rights.ts';
import {
  fittingPackage,
  type FormatProfile,
  type RuleField,
} from '../../shared/model/house-format.ts';
import { midnight, opensAt } from './day.ts';
import type { AssetFacts, Choice, HeldReason, LeftReason, Seen, Used } from './ports.ts';

type Package = AssetFacts['packages'][number];
export type Decision =
  | {
      outcome: 'queue';
      chosen: Package;
      /** Ids of what the rule confirms. */
      acknowledge: string[];
      /** End of the embargo that its `.done` waits for. */
      untilMs: number | null;
    }
  | {
      outcome: 'held';
      reason: HeldReason;
      /** When that ends by what is known now; null if it isn't. */
      untilMs: number | null;
      chosen: Package | null;
    }
  | {
      outcome: 'left';
      reason: LeftReason;
      chosen: Package | null;
      /** Of `no-rendition`: what isn't stated of those that could fit. */
      unstated?: RuleField[];
    };

export type Question = {
  asset: Pick<AssetFacts, 'verdict' | 'packages' | 'publishedAt'>;
  rule: Choice;
  /** The house format of the rule. */
  format: FormatProfile;
  /** What was decided before; null for what is new. */
  seen: Pick<Seen, 'outcome' | 'reason'> | null;
  /** Queued by this rule since midnight. */
  used: Used;
  /** By the service's clock, ms since 1970. */
  nowMs: number;
  /** `.done` of what is downloaded under embargo waits. */
  holdsUnderEmbargo: boolean;
};

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const left = (
  reason: LeftReason,
  chosen: Package | null = null,
): Extract<Decision, { outcome: 'left' }> => ({
  outcome: 'left',
  reason,
  chosen,
});
const held = (
  reason: HeldReason,
  untilMs: number | null,
  chosen: Package | null = null,
): Decision => ({ outcome: 'held', reason, untilMs, chosen });

/** What a rule does with an asset at one moment. What can never be changed by waiting comes first. */
export function decide(question: Question): Decision {
  const { asset, rule, format, seen, used, nowMs } = question;
  const { chosen, unstated } = fittingPackage(asset.packages, format);
  const forbids = forbiddenBy(asset.verdict);
  const barred = forbids && barredBy(forbids, chosen);
  if (barred?.outcome === 'left') return barred;
  // What waited was in time when it came.
  if (seen?.outcome !== 'held' && seen?.outcome !== 'intended' && isLate(question))
    return left('late', chosen);
  if (barred) return barred;
  if (!chosen) return { ...left('no-rendition'), unstated };
  if (seen?.outcome === 'queued') return left('corrected', chosen);
  if (chosen.isHere) return left('here', chosen);
  if (chosen.isListed) return left('listed', chosen);
  const size = sizeFault(rule, chosen);
  if (size) return left(size, chosen);
  const asks = asset.verdict.reasons.filter(({ acknowledge }) => acknowledge !== null);
  if (asks.some((reason) => reason.kind !== 'embargo' && !isConfirmedBy(rule, reason)))
    return held('restricted', null, chosen);
  const embargo = embargoOf(asset.verdict);
  if (embargo !== null && (rule.embargo === 'wait' || !question.holdsUnderEmbargo))
    return held('embargo', embargo, chosen);
  const opens = opensAt(rule.hours, nowMs);
  if (opens !== null) return held('hours', opens, chosen);
  if (rule.maxPackages !== null && used.packages >= rule.maxPackages)
    return held('day-packages', midnight(nowMs, 1), chosen);
  if (rule.maxBytesPerDay !== null && used.bytes + (chosen.bytes ?? 0) > rule.maxBytesPerDay)
    return held('day-bytes', midnight(nowMs, 1), chosen);
  return {
    outcome: 'queue',
    chosen,
    acknowledge: idsToAcknowledge(asset.verdict),
    untilMs: embargo,
  };
}

/** Nobody may confirm what is barred: it waits where the publisher may let it go. */
function barredBy({ kind, untilMs }: RightsReason, chosen: Package | null): Decision {
  if (kind === 'on-hold') return held('on-hold', null, chosen);
  if (kind === 'embargo') return held('embargo', untilMs, chosen);
  return left(BARRED[kind] ?? 'platform', chosen);
}
const BARRED: Partial<Record<RightsReasonKind, LeftReason>> = {
  withdrawn: 'withdrawn',
  expired: 'expired',
  territory: 'territory',
};

function isLate({ asset, rule: { catchUpDays }, nowMs }: Question): boolean {
  const limitMs = catchUpDays === 0 ? HOUR_MS : catchUpDays * DAY_MS;
  return nowMs - asset.publishedAt > limitMs;
}

const isConfirmedBy = ({ confirm }: Choice, { kind }: RightsReason): boolean =>
  confirm.some((one) => one === kind);

function sizeFault(
  { maxBytesPerDay, maxBytesPerPackage }: Choice,
  { bytes }: Package,
): 'size-unknown' | 'too-large' | null {
  const most = Math.min(maxBytesPerDay ?? Infinity, maxBytesPerPackage ?? Infinity);
  if (bytes === null) return most === Infinity ? null : 'size-unknown';
  return bytes > most ? 'too-large' : null;
}
