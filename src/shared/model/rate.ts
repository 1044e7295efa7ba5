const FACTORS: Record<string, number> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

/**
 * Parses a rate in bytes per second: `500K`, `1.5M`, `2000000`; suffixes are powers of 1024. Null
 * for anything else and for zero.
 */
export function parseRate(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)([KMG]?)$/iu.exec(text.trim());
  if (!match) return null;
  const rate = Math.round(Number(match[1]) * (FACTORS[(match[2] ?? '').toUpperCase()] ?? 1));
  return rate > 0 && Number.isSafeInteger(rate) ? rate : null;
}

const WINDOW_MS = 5_000;

/** Bytes per second over the last five seconds. */
export class RateMeter {
  #marks: { atMs: number; bytes: number }[] = [];

  add(bytes: number, nowMs: number): void {
    const last = this.#marks.at(-1);
    // One mark per 100 ms keeps the list short.
    if (last && nowMs - last.atMs < 100) last.bytes += bytes;
    else this.#marks.push({ atMs: nowMs, bytes });
  }

  perSecond(nowMs: number): number {
    this.#marks = this.#marks.filter((mark) => nowMs - mark.atMs <= WINDOW_MS);
    const first = this.#marks[0];
    if (!first) return 0;
    const sum = this.#marks.reduce((total, mark) => total + mark.bytes, 0);
    return Math.round((sum * 1000) / Math.max(1000, nowMs - first.atMs));
  }
}

export function etaSeconds(remainingBytes: number | null, bytesPerSecond: number): number | null {
  return remainingBytes === null || bytesPerSecond <= 0
    ? null
    : Math.ceil(remainingBytes / bytesPerSecond);
}
