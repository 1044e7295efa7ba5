import os from 'node:os';

const EVERY_MS = 2_000;
/** A round this much late means that the machine has slept: a busy one is late by less. */
const SLEPT_MS = 15_000;

type NetworkProbe = {
  /** By a clock that goes on while the machine sleeps. */
  nowMs(): number;
  /** This machine's addresses in the network. */
  addresses(): string[];
};

const SENSES: NetworkProbe = {
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
export function watchNetwork(onChanged: () => void, senses: NetworkProbe = SENSES): () => void {
  let lastMs = senses.nowMs();
  let last = senses.addresses();
  const timer = setInterval(() => {
    const nowMs = senses.nowMs();
    const now = new Set(senses.addresses());
    const slept = nowMs - lastMs > EVERY_MS + SLEPT_MS;
    const lost = last.some((address) => !now.has(address));
    lastMs = nowMs;
    last = [...now];
    if (slept || lost) onChanged();
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
