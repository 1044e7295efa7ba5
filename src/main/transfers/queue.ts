import { isActive } from '../../shared/model/transfer-reducer.ts';
import type { StoredTransfer } from './ports.ts';

type Queued = Pick<StoredTransfer, 'id' | 'state' | 'urgent' | 'position'>;

/** Urgent ones first, then the order of the queue. */
export const byPriority = (a: Queued, b: Queued): number => Number(b.urgent) - Number(a.urgent) || a.position - b.position;

/**
 * What to start, and what to stop so that an urgent one can start. `busy` are those whose run has not ended yet, whatever their state
 * says: they are not started a second time, and hold their place against all but urgent ones, which do not wait for a run that was
 * stopped and cannot end before a disk or a service has answered.
 */
export function chooseRuns(transfers: readonly Queued[], busy: ReadonlySet<string>, places: number): { start: string[]; yield: string[] } {
  const ready = transfers.filter(({ id, state }) => state.phase === 'queued' && !busy.has(id)).toSorted(byPriority);
  const active = transfers.filter(({ id, state }) => busy.has(id) && isActive(state));
  const urgent = ready.filter((one) => one.urgent);
  const free = Math.max(0, places - active.length);
  const yields = active.filter((one) => !one.urgent && one.state.phase === 'running').toSorted(byPriority).toReversed().slice(0, Math.max(0, urgent.length - free));
  const startUrgent = urgent.slice(0, free + yields.length);
  const others = ready.slice(urgent.length, urgent.length + Math.max(0, places - busy.size - startUrgent.length));
  return { start: [...startUrgent, ...others].map(({ id }) => id), yield: yields.map(({ id }) => id) };
}

/** A position before the given one, or after all; positions are fractions, so that one move changes one row. */
export function positionBefore(transfers: readonly Queued[], before: string | null): number {
  const sorted = transfers.toSorted((a, b) => a.position - b.position);
  const index = sorted.findIndex(({ id }) => id === before);
  const next = sorted[index];
  if (!next) return (sorted.at(-1)?.position ?? 0) + 1;
  const previous = sorted[index - 1];
  return previous ? (previous.position + next.position) / 2 : next.position - 1;
}
