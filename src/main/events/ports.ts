import type { DeskEvent, EventData, EventKind } from '../../shared/contract/events.ts';
import type { TakenList } from '../../shared/contract/watch-folder.ts';
import type { ErrorCode } from '../../shared/errors.ts';

/** An event before it has a number. Of two with the same key only the first is recorded. */
export type NewEvent = { key: string; type: EventKind; atMs: number; data: EventData };

/** How far a target is. Times are ms since 1970. */
export type TargetState = {
  /** Number of the last event that it is done with. */
  cursor: number;
  lastDeliveredMs: number | null;
  failingSinceMs: number | null;
  /** Failures in a row. */
  attempts: number;
  fault: { code: ErrorCode; message: string } | null;
  off: 'gone' | 'failing' | null;
  /** Events that it was never given, or has refused for good. */
  missed: number;
};

/** What happened at this desk, and who has been told. Throws `disk-full` and `disk-error`. */
export interface EventStore {
  /** @returns those that were not known; durable when it returns */
  append(events: readonly NewEvent[]): DeskEvent[];
  /** Those after this number, oldest first. */
  after(number: number, limit: number, types?: readonly EventKind[]): DeskEvent[];
  /** How many there are after this number. */
  waiting(number: number, types: readonly EventKind[]): number;
  /** Number of the newest; 0 for none. */
  newest(): number;
  /**
   * Downloads whose end is recorded (not those of packages that are complete), and when each had
   * ended; null before any was looked for.
   */
  ends(): Map<string, number> | null;
  /** Replaces or adds them, and records their events, at once. */
  saveEnds(change: {
    added: ReadonlyMap<string, number>;
    removed: readonly string[];
    events: readonly NewEvent[];
  }): DeskEvent[];
  target(id: string): TargetState | null;
  saveTarget(id: string, state: TargetState): void;
  removeTarget(id: string): void;
  /**
   * Drops old events; those that a target has yet to get are kept for longer.
   * @param targets that are in use, with the types of events that they get
   */
  prune(nowMs: number, targets: readonly { id: string; events: readonly EventKind[] }[]): void;
  /** Newest first. */
  lists(): TakenList[];
  addList(list: TakenList): void;
}
