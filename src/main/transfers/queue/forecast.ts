import type { Pace } from './pace.ts';

export type InLine = {
  id: string;
  /** Null while it is not known. */ remainingBytes: number | null;
  /** Of its own. */ limitBytesPerSecond: number | null;
};
export type Forecast = {
  atMs: number;
  /** False when something before it has a size nobody knows: it will be later. */ certain: boolean;
};

/**
 * When each will be done if all goes on as it does now: the first `places` share the line equally,
 * the next one starts when one ends. What waits for something else than its turn is not in line.
 * The work is that of the list up to the last one that is asked for.
 */
export function forecast(
  line: readonly InLine[],
  asked: ReadonlySet<string>,
  places: number,
  pace: Pace,
  urgent = false,
): Map<string, Forecast> {
  const found = new Map<string, Forecast>();
  const open = new Set(asked);
  const running: { item: InLine; doneAtShare: number }[] = [];
  /** Bytes that each running one has got since now, and all together. */
  let share = 0;
  let passed = 0;
  let certain = true;
  const finishFirst = (): void => {
    const first = running.reduce((least, one) =>
      one.doneAtShare < least.doneAtShare ? one : least,
    );
    passed += (first.doneAtShare - share) * running.length;
    share = first.doneAtShare;
    running.splice(running.indexOf(first), 1);
    const { id, remainingBytes, limitBytesPerSecond } = first.item;
    if (!open.delete(id)) return;
    const inTurnMs = pace(passed, { urgent });
    const ownMs = pace(remainingBytes ?? 0, { urgent, mostPerSecond: limitBytesPerSecond });
    if (inTurnMs !== null && ownMs !== null)
      found.set(id, {
        atMs: Math.max(inTurnMs, ownMs),
        certain: certain && remainingBytes !== null,
      });
  };
  for (const item of line) {
    if (open.size === 0) break;
    if (running.length >= Math.max(1, places)) finishFirst();
    certain &&= item.remainingBytes !== null;
    running.push({ item, doneAtShare: share + (item.remainingBytes ?? 0) });
  }
  while (running.length > 0 && open.size > 0) finishFirst();
  return found;
}
