import type { ErrorCode } from '../errors.ts';
import { isRecalled, type RightsState } from '../api/rights.ts';
import type { TransferState, WaitReason } from './transfer.ts';

/** An event that a system notification may report. */
export type AppNotification =
  | { kind: 'done'; id: string; title: string }
  | { kind: 'all-done'; count: number }
  | { kind: 'waits'; id: string; title: string; reason: WaitReason }
  | { kind: 'rights'; id: string; title: string; state: RightsState }
  | { kind: 'failed'; id: string; title: string; code: ErrorCode };

/** Whether it stays, where the system allows that, until somebody has acknowledged it. */
export const isLasting = (notification: AppNotification): boolean =>
  notification.kind === 'rights' && isRecalled(notification.state);

/** `needed`: when everything is done or the user must act. `all`: also for each package. */
export const NOTIFY = ['off', 'needed', 'all'] as const;
export type Notify = (typeof NOTIFY)[number];

type Row = {
  id: string;
  title: string;
  state: TransferState;
  finishedAt: number | null;
  rights: { state: RightsState; since: number } | null;
};
type Change = {
  rows: readonly Row[];
  removed: readonly string[];
  totals: { counts: { active: number; waiting: number } };
};

/** Wait reasons that only the user can resolve. */
const NEEDS_ACTION = new Set<WaitReason>([
  'disk-full',
  'destination-missing',
  'signed-out',
  'terms',
  'superseded',
  'other-service',
]);
const keyOf = (state: TransferState): string =>
  state.phase === 'waiting' ? state.reason : state.phase;

/**
 * Derives notifications from queue changes: each state change of a package once, the initial state
 * never.
 */
export class NotificationTracker {
  readonly #sinceMs: number;
  readonly #known = new Map<string, string>();
  readonly #rights = new Map<string, string>();
  #doneCount = 0;

  /** @param sinceMs transfers that ended earlier are not reported */
  constructor(sinceMs: number) {
    this.#sinceMs = sinceMs;
  }

  take({ rows, removed, totals: { counts } }: Change): AppNotification[] {
    const notifications = rows.flatMap((row) => [
      ...this.#stateChange(row),
      ...this.#rightsChange(row),
    ]);
    for (const id of removed) this.#known.delete(id);
    if (this.#doneCount > 0 && counts.active + counts.waiting === 0) {
      notifications.push({ kind: 'all-done', count: this.#doneCount });
      this.#doneCount = 0;
    }
    return notifications;
  }

  #rightsChange({ id, title, state, rights }: Row): AppNotification[] {
    if (state.phase !== 'done' || !rights) return [];
    const now = `${rights.state} ${rights.since}`;
    if (rights.since < this.#sinceMs || this.#rights.get(id) === now) return [];
    this.#rights.set(id, now);
    return [{ kind: 'rights', id, title, state: rights.state }];
  }

  #stateChange({ id, title, state, finishedAt }: Row): AppNotification[] {
    const before = this.#known.get(id);
    const now = keyOf(state);
    this.#known.set(id, now);
    if (before === now || (before === undefined && (finishedAt ?? 0) < this.#sinceMs)) return [];
    if (state.phase === 'done') {
      this.#doneCount++;
      return [{ kind: 'done', id, title }];
    }
    if (state.phase === 'failed') return [{ kind: 'failed', id, title, code: state.code }];
    return state.phase === 'waiting' && NEEDS_ACTION.has(state.reason)
      ? [{ kind: 'waits', id, title, reason: state.reason }]
      : [];
  }
}

/**
 * The notifications to show for a setting; several of one kind are merged into the first with a
 * count of the rest.
 */
export function dueNotifications(
  notifications: readonly AppNotification[],
  notify: Notify,
): { notification: AppNotification; more: number }[] {
  if (notify === 'off') return [];
  const isLast = notifications.some(({ kind }) => kind === 'all-done');
  const wanted = notifications.filter(
    ({ kind }) => kind !== 'done' || (notify === 'all' && !isLast),
  );
  const groupOf = (notification: AppNotification): string =>
    notification.kind === 'rights' ? notification.state : notification.kind;
  return [...new Set(wanted.map(groupOf))].flatMap((group) => {
    const [notification, ...more] = wanted.filter((one) => groupOf(one) === group);
    return notification ? [{ notification, more: more.length }] : [];
  });
}
