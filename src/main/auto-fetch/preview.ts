import { fittingPackage, type FormatProfile } from '../../shared/model/house-format.ts';
import { midnight, opensAt } from './day.ts';
import { decide } from './decide.ts';
import type { AssetFacts, Choice, Preview } from './ports.ts';

const DAYS = 7;
/** Start of the first of the days that a preview looks at; the last one is today. */
export const previewSince = (nowMs: number): number => midnight(nowMs, 1 - DAYS);

/**
 * What a rule would have done, had everything come when it was published: what has been downloaded
 * since counts too, and what doesn't fit a day is taken on the next one. Rights are those of today.
 */
export function previewOf(
  found: readonly AssetFacts[],
  rule: Choice,
  {
    format,
    nowMs,
    holdsUnderEmbargo,
  }: { format: FormatProfile; nowMs: number; holdsUnderEmbargo: boolean },
): Omit<Preview, 'isPartial'> {
  const assets = found
    .map((asset) => ({
      ...asset,
      packages: asset.packages.map((one) => ({ ...one, isHere: false, isListed: false })),
    }))
    .toSorted((a, b) => a.publishedAt - b.publishedAt);
  const days = Array.from({ length: DAYS }, (_, day) => ({
    startMs: midnight(nowMs, day + 1 - DAYS),
    queued: { count: 0, bytes: 0 },
    left: 0,
  }));
  const leftOut: Record<string, number> = {};
  const total = { count: assets.length, bytes: 0 };
  for (const { packages } of assets)
    total.bytes += fittingPackage(packages, format).chosen?.bytes ?? 0;
  let waiting: { asset: AssetFacts; reason: string }[] = [];
  for (const [index, day] of days.entries()) {
    const endMs = days[index + 1]?.startMs ?? Infinity;
    const ofDay = assets.filter(
      ({ publishedAt }) => publishedAt >= day.startMs && publishedAt < endMs,
    );
    const candidates = [...waiting.map(({ asset }) => asset), ...ofDay];
    waiting = [];
    for (const asset of candidates) {
      const cameMs = Math.max(day.startMs, asset.publishedAt);
      const opensMs = opensAt(rule.hours, cameMs) ?? cameMs;
      const decision = decide({
        asset: { ...asset, publishedAt: cameMs },
        rule: opensMs < endMs ? { ...rule, hours: null } : rule,
        format,
        seen: null,
        used: { packages: day.queued.count, bytes: day.queued.bytes },
        nowMs: cameMs,
        holdsUnderEmbargo,
      });
      if (decision.outcome === 'queue') {
        day.queued.count += 1;
        day.queued.bytes += decision.chosen.bytes ?? 0;
      } else if (isForLater(decision.reason)) waiting.push({ asset, reason: decision.reason });
      else {
        day.left += 1;
        leftOut[decision.reason] = (leftOut[decision.reason] ?? 0) + 1;
      }
    }
  }
  for (const { reason } of waiting) leftOut[reason] = (leftOut[reason] ?? 0) + 1;
  const last = days.at(-1);
  if (last) last.left += waiting.length;
  return {
    days,
    total,
    queued: {
      count: days.reduce((sum, { queued }) => sum + queued.count, 0),
      bytes: days.reduce((sum, { queued }) => sum + queued.bytes, 0),
    },
    left: leftOut,
  };
}

/** What a day has no room for. */
const isForLater = (reason: string): boolean =>
  reason === 'hours' || reason === 'day-packages' || reason === 'day-bytes';
