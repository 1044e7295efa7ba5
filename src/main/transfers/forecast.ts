export type InLine = { id: string; /** Null while it is not known. */ remainingBytes: number | null; /** Of its own. */ limitBytesPerSecond: number | null };
export type Forecast = { atMs: number; /** False when something before it has a size nobody knows: it will be later. */ certain: boolean };

/**
 * When each will be done if all goes on as it does now: the first `places` share the rate equally, the next one starts when one ends.
 * What waits for something else than its turn is not in line. The work is that of the list up to the last one that is asked for.
 */
export function forecast(line: readonly InLine[], asked: ReadonlySet<string>, places: number, bytesPerSecond: number, nowMs: number): Map<string, Forecast> {
  const found = new Map<string, Forecast>();
  const running: { item: InLine; doneAtShare: number }[] = [];
  /** Bytes that each running one has got since now, and the time that took. */
  let share = 0;
  let passedMs = 0;
  let certain = true;
  const finishFirst = (): void => {
    const first = running.reduce((least, one) => (one.doneAtShare < least.doneAtShare ? one : least));
    passedMs += ((first.doneAtShare - share) * running.length * 1000) / bytesPerSecond;
    share = first.doneAtShare;
    running.splice(running.indexOf(first), 1);
    const { id, remainingBytes, limitBytesPerSecond } = first.item;
    const ownMs = limitBytesPerSecond === null ? 0 : ((remainingBytes ?? 0) * 1000) / limitBytesPerSecond;
    if (asked.has(id)) found.set(id, { atMs: nowMs + Math.max(passedMs, ownMs), certain: certain && remainingBytes !== null });
  };
  for (const item of line) {
    if (found.size === asked.size) break;
    if (running.length >= Math.max(1, places)) finishFirst();
    certain &&= item.remainingBytes !== null;
    running.push({ item, doneAtShare: share + (item.remainingBytes ?? 0) });
  }
  while (running.length > 0 && found.size < asked.size) finishFirst();
  return found;
}
