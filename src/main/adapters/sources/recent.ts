/** For so long a reading serves all that ask meanwhile. */
const FRESH_MS = 5 * 60_000;

/** Reads something that several wait for; a reading that has failed isn't kept. */
export function createRecent<T>(
  read: () => Promise<T>,
  nowMs: () => number,
): {
  /** What was read lately, or is being read, else read now. */
  recent(): Promise<T>;
  /** Read now; a reading that is under way is new enough. */
  anew(): Promise<T>;
} {
  let reading: { result: Promise<T>; startedAtMs: number; isDone: boolean } | null = null;

  function begin(): Promise<T> {
    const begun = { result: read(), startedAtMs: nowMs(), isDone: false };
    reading = begun;
    begun.result.then(
      () => (begun.isDone = true),
      () => (reading = reading === begun ? null : reading),
    );
    return begun.result;
  }

  return {
    recent: () => (reading && nowMs() - reading.startedAtMs < FRESH_MS ? reading.result : begin()),
    anew: () => (reading && !reading.isDone ? reading.result : begin()),
  };
}
