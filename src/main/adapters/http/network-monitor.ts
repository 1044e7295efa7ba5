import os from 'node:os';
import { systemClock } from '../../../shared/clock.ts';

const CHECK_INTERVAL_MS = 2_000;
/** A timer this late means that the machine has slept; a busy one is late by less. */
const MIN_SLEEP_MS = 15_000;

type NetworkProbe = {
  /** A clock that continues during sleep. */
  nowMs(): number;
  /** Addresses of this machine's external interfaces. */
  addresses(): string[];
};

const SYSTEM_PROBE: NetworkProbe = {
  nowMs: systemClock.nowMs,
  addresses: () =>
    Object.values(os.networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter(({ internal }) => !internal)
      .map(({ address }) => address),
};

/**
 * Detects sleep and lost addresses: connections may be dead then without any error. Doesn't keep
 * the program running.
 * @returns a function that stops it
 */
export function watchNetwork(
  onChanged: () => void,
  probe: NetworkProbe = SYSTEM_PROBE,
): () => void {
  let lastMs = probe.nowMs();
  let last = probe.addresses();
  const timer = setInterval(() => {
    const nowMs = probe.nowMs();
    const now = new Set(probe.addresses());
    const slept = nowMs - lastMs > CHECK_INTERVAL_MS + MIN_SLEEP_MS;
    const lost = last.some((address) => !now.has(address));
    lastMs = nowMs;
    last = [...now];
    if (slept || lost) onChanged();
  }, CHECK_INTERVAL_MS);
  timer.unref();
  return () => clearInterval(timer);
}
