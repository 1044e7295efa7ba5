import os from 'node:os';

const CHECK_INTERVAL_MS = 2_000;
/** A round this much late means that the machine has slept: a busy one is late by less. */
const MIN_SLEEP_MS = 15_000;

type NetworkProbe = {
  /** By a clock that goes on while the machine sleeps. */
  nowMs(): number;
  /** This machine's addresses in the network. */
  addresses(): string[];
};

const SYSTEM_PROBE: NetworkProbe = {
  nowMs: () => Date.now(),
  addresses: () =>
    Object.values(os.networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter(({ internal }) => !internal)
      .map(({ address }) => address),
};

/**
 * Tells when the machine has slept or lost one of its addresses: connections from before may be
 * dead, and nothing on them will say so. The same in the window, on the station and on the command
 * line. Keeps no program from ending; returns how to stop.
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
