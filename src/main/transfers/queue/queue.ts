import { isActive } from '../../../shared/model/transfer-reducer.ts';
import type { StoredTransfer } from '../ports.ts';

type Place = Pick<StoredTransfer, 'id' | 'urgent' | 'position'>;
type Queued = Place & Pick<StoredTransfer, 'state' | 'kind'>;

/** Urgent ones first, then the order of the queue. */
export const byPriority = (a: Omit<Place, 'id'>, b: Omit<Place, 'id'>): number =>
  Number(b.urgent) - Number(a.urgent) || a.position - b.position;

/**
 * What to start, and what to stop so that an urgent one can start. `ready` are those that may
 * start, by priority; it is read as far as need be. `busy` are those whose run has not ended yet,
 * whatever their state says: they are not started a second time, and hold their place against all
 * but urgent ones, which do not wait for a run that was stopped and cannot end before a disk or a
 * service has answered. Of packages no more than `packages` start.
 */
export function chooseRuns(
  ready: Iterable<Queued>,
  busy: readonly Queued[],
  places: number,
  packages: number,
): { start: string[]; yield: string[] } {
  const running = new Set(busy.map(({ id }) => id));
  const active = busy.filter(({ state }) => isActive(state));
  const urgent: Queued[] = [];
  const rest: Queued[] = [];
  let left = packages;
  for (const one of ready) {
    if (running.has(one.id)) continue;
    if (!one.urgent && rest.length >= places) break;
    if (one.kind === 'package' && left-- <= 0) continue;
    (one.urgent ? urgent : rest).push(one);
  }
  const free = Math.max(0, places - active.length);
  const yields = active
    .filter((one) => !one.urgent && one.state.phase === 'running')
    .toSorted(byPriority)
    .toReversed()
    .slice(0, Math.max(0, urgent.length - free));
  const startUrgent = urgent.slice(0, free + yields.length);
  const others = rest.slice(0, Math.max(0, places - busy.length - startUrgent.length));
  return {
    start: [...startUrgent, ...others].map(({ id }) => id),
    yield: yields.map(({ id }) => id),
  };
}

/**
 * A position before the given one, or after all; positions are fractions, so that one move changes
 * one row.
 */
export function positionBefore(transfers: readonly Place[], before: string | null): number {
  const sorted = transfers.toSorted((a, b) => a.position - b.position);
  const index = sorted.findIndex(({ id }) => id === before);
  const next = sorted[index];
  if (!next) return (sorted.at(-1)?.position ?? 0) + 1;
  const previous = sorted[index - 1];
  return previous ? (previous.position + next.position) / 2 : next.position - 1;
}
