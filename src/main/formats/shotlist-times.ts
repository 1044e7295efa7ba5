import { plainForm } from './plain-form.ts';

/** When a shot is, as offsets from the start of the film. */
export type ShotTimes = {
  /** As stated, to the second; it may be the timecode of a tape that doesn’t begin at zero. */
  startMs: number | null;
  /** Stated, or where the next shot begins. */
  endMs: number | null;
  end: 'stated' | 'derived' | null;
  /**
   * Why the start can't be relied on: it is after the length that the text states, or before that of
   * an earlier shot. Of times in disorder as few as possible are at fault.
   */
  fault: 'beyond' | 'backwards' | null;
};

const LENGTHS: readonly [RegExp, (numbers: number[]) => number][] = [
  [
    /^\D{0,5}(\d{1,2}):(\d{2}):(\d{2})/u,
    ([h = 0, m = 0, s = 0]) => (m < 60 && s < 60 ? (h * 60 + m) * 60 + s : NaN),
  ],
  [
    /^\D{0,5}(\d{1,3})\s?(?:[:.,']|min(?:utes?)?\.?|mn|m)\s?(\d{2})(?!\d)/iu,
    ([m = 0, s = 0]) => (s < 60 ? m * 60 + s : NaN),
  ],
  [/^\D{0,5}(\d{1,3})\s?(?:'|min|mn)/iu, ([m = 0]) => m * 60],
  [/^\D{0,5}(\d{1,4})\s?(?:"|s\b|sec)/iu, ([s = 0]) => s],
];
/** ms of a stated length: `02:51`, `2.39` and `2'41"` are minutes and seconds. */
export function lengthOf(value: string | null): number | null {
  if (value === null) return null;
  const plain = plainForm(value.slice(0, 40)).trim();
  for (const [pattern, seconds] of LENGTHS) {
    const numbers = pattern.exec(plain)?.slice(1).map(Number);
    if (!numbers) continue;
    const ms = seconds(numbers) * 1000;
    return Number.isNaN(ms) || ms === 0 ? null : ms;
  }
  return null;
}

/** The longest run of times that don't go back, as indices. */
function inOrder(times: readonly { at: number; ms: number }[]): Set<number> {
  /** By length: the run with the earliest end. */
  const ends: number[] = [];
  const before: number[] = [];
  for (const [at, { ms }] of times.entries()) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((times[ends[middle] ?? 0]?.ms ?? 0) <= ms) low = middle + 1;
      else high = middle;
    }
    before[at] = ends[low - 1] ?? -1;
    ends[low] = at;
  }
  const run = new Set<number>();
  for (let at = ends.at(-1) ?? -1; at !== -1; at = before[at] ?? -1) run.add(times[at]?.at ?? -1);
  return run;
}

/** Marks times that can't be, and gives shots without an end that of the next one's start. */
export function timed<Shot extends ShotTimes>(
  shots: readonly Shot[],
  trtMs: number | null,
): Shot[] {
  const times = shots.flatMap(({ startMs }, at) =>
    startMs === null || (trtMs !== null && startMs > trtMs) ? [] : { at, ms: startMs },
  );
  const run = inOrder(times);
  let next: number | null = null;
  return shots
    .map((shot, at): Shot => {
      if (shot.startMs === null || run.has(at)) return shot;
      const isBeyond = trtMs !== null && shot.startMs > trtMs;
      return { ...shot, fault: isBeyond ? 'beyond' : 'backwards' };
    })
    .toReversed()
    .map((shot) => {
      const { startMs, fault, end } = shot;
      if (startMs === null || fault !== null) return shot;
      const derived = end === null && next !== null && next > startMs ? next : null;
      next = startMs;
      return derived === null ? shot : { ...shot, endMs: derived, end: 'derived' as const };
    })
    .toReversed();
}
