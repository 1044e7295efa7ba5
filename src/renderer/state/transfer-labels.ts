import { pad2 } from '../../shared/api/text.ts';
import {
  AlarmClock,
  ArrowDown,
  Ban,
  CalendarClock,
  CircleAlert,
  CircleCheck,
  CirclePause,
  Clock,
  FolderX,
  GlobeX,
  HardDrive,
  History,
  Hourglass,
  KeyRound,
  ListEnd,
  Pause,
  ScanSearch,
  ScrollText,
  Unplug,
  WifiOff,
} from 'lucide-react';
import { isUnavailable, type RightsState } from '../../shared/api/rights.ts';
import type { TransferState } from '../../shared/model/transfer.ts';
import {
  formatBytes,
  formatDay,
  formatPercent,
  formatTime,
  formatWhen,
  type Language,
  formatMoment,
  isSameDay,
} from '../i18n/format.ts';
import type { Texts } from '../i18n/index.ts';
import type { AccountView, TransferRow } from './views.ts';
import type { LucideIcon, Tone } from '../ui/display/icon.tsx';
import type { BarTone } from '../ui/display/progress.tsx';
import { useStore } from 'zustand';
import {
  useVerification,
  useConnection,
  useApp,
  useLanguage,
  useNow,
  useTexts,
  useTransfers,
} from './context.tsx';

/** The action that resolves a state. */
export type StateAction =
  | 'pause'
  | 'resume'
  | 'urgent'
  | 'retry'
  | 'try-now'
  | 'reveal'
  | 'make-space'
  | 'change-folder'
  | 'sign-in'
  | 'read-terms'
  | 'get-new'
  | 'choose-service'
  | 'open-package'
  | 'acknowledge'
  | 'acknowledge-recall'
  | 'review'
  | 'start-now'
  | 'resume-all'
  | 'repair'
  | 'clear';
export type StateView = {
  icon: LucideIcon;
  tone: Tone | undefined;
  words: string;
  bar: BarTone;
  action: StateAction | null;
  /** Shown instead of a button if nothing needs to be done. */
  note: string | null;
  /** Content of the time column. */
  time: string;
};
type Context = {
  transfers: Texts['transfers'];
  recalls: Texts['recalls'];
  language: Language;
  nowMs: number;
  /**
   * Why the whole queue stands still: paused by the user, by the schedule, or because the service
   * is unreachable.
   */
  halt?: 'paused' | 'offline' | { untilMs: number | null } | null;
  /**
   * The session is in a keychain that is locked or does not answer: unlocking it helps, signing in
   * does not.
   */
  keychain?: AccountView['keychain'] | undefined;
  /** The last verification found damaged or missing files. */
  isDamaged?: boolean;
};
type Waiting = TransferState & { phase: 'waiting' };
type Failed = TransferState & { phase: 'failed' };

export const fractionOf = ({
  receivedBytes,
  totalBytes,
  state,
}: Pick<TransferRow, 'receivedBytes' | 'totalBytes' | 'state'>): number | null =>
  state.phase === 'done'
    ? 1
    : totalBytes === null
      ? null
      : totalBytes === 0
        ? 0
        : Math.min(1, receivedBytes / totalBytes);

/** Rounded down: 100 % means complete. */
export const percentOf = (
  row: Pick<TransferRow, 'receivedBytes' | 'totalBytes' | 'state'>,
  language: Language,
): string => formatPercent(Math.floor((fractionOf(row) ?? 0) * 100) / 100, language);

const WAIT_ICONS: Record<Waiting['reason'], LucideIcon> = {
  offline: WifiOff,
  retry: Clock,
  'disk-full': HardDrive,
  'destination-missing': FolderX,
  'signed-out': KeyRound,
  terms: ScrollText,
  quota: Clock,
  embargo: CalendarClock,
  superseded: History,
  'other-service': Unplug,
  'all-paused': Pause,
};
const WAIT_ACTION: Record<Waiting['reason'], StateAction | null> = {
  offline: null,
  retry: 'try-now',
  'disk-full': 'make-space',
  'destination-missing': 'try-now',
  'signed-out': 'sign-in',
  terms: 'read-terms',
  quota: null,
  embargo: null,
  superseded: 'get-new',
  'other-service': 'choose-service',
  'all-paused': 'resume-all',
};

/** Signing in would not help: the session is restored once the keychain opens. */
const waitsForKeychain = (reason: Waiting['reason'], keychain: Context['keychain']): boolean =>
  reason === 'signed-out' && (keychain === 'locked' || keychain === 'unanswered');

function waitLabel(
  row: TransferRow,
  state: Waiting,
  { transfers, language, nowMs, keychain }: Context,
): string {
  const { reason, untilMs, shortBytes } = state;
  if (waitsForKeychain(reason, keychain))
    return keychain === 'locked' ? transfers.keychainLocked : transfers.keychainUnanswered;
  if (reason === 'offline' && row.receivedBytes > 0)
    return transfers.offlineFrom(percentOf(row, language));
  if (reason === 'disk-full' && shortBytes !== null)
    return transfers.needsSpace(formatBytes(shortBytes, language));
  if (reason === 'embargo' && untilMs !== null)
    return transfers.embargoUntil(formatMoment(untilMs, nowMs, language));
  if (reason === 'quota' && untilMs !== null)
    return transfers.quotaUntil(formatTime(untilMs, language));
  return transfers.waits[reason];
}

/** For the time column: the time today, else the day alone. */
function timeOf(ms: number, { transfers, language, nowMs }: Context): string {
  const when = formatWhen(ms, nowMs, language);
  return isSameDay(ms, nowMs) ? transfers.at(when) : when;
}

function waitView(row: TransferRow, state: Waiting, context: Context): StateView {
  const { transfers, nowMs } = context;
  const { reason, untilMs } = state;
  // The time of an embargo or quota is part of the text already.
  const hasTime = untilMs !== null && reason === 'retry' && untilMs > nowMs;
  return {
    icon: WAIT_ICONS[reason],
    tone: reason === 'embargo' ? 'embargo' : reason === 'all-paused' ? undefined : 'warning',
    words: waitLabel(row, state, context),
    bar: 'waiting',
    // If the embargo's time is known, this account may acknowledge it.
    action: waitsForKeychain(reason, context.keychain)
      ? null
      : reason === 'embargo' && untilMs !== null
        ? 'acknowledge'
        : reason === 'destination-missing' && canChangeFolder(row)
          ? 'change-folder'
          : WAIT_ACTION[reason],
    note:
      reason === 'offline'
        ? transfers.resumesAutomatically
        : reason === 'embargo' || reason === 'quota'
          ? transfers.startsAutomatically
          : null,
    time: hasTime ? timeOf(untilMs, context) : '',
  };
}

/** Nothing of it is on the disk yet, so it can be saved to another folder. */
export const canChangeFolder = ({
  state: { phase },
  receivedBytes,
}: Pick<TransferRow, 'state' | 'receivedBytes'>): boolean =>
  receivedBytes === 0 &&
  (phase === 'queued' || phase === 'paused' || phase === 'waiting' || phase === 'failed');

function failedAction(row: TransferRow, { code, retryable }: Failed): StateAction {
  if (isUnavailable(code) || code === 'superseded' || code === 'not-found') return 'open-package';
  if (code === 'restriction-unacknowledged') return 'acknowledge';
  if (
    code === 'signed-out' ||
    code === 'session-ended' ||
    code === 'keychain-unreadable' ||
    code === 'keychain-absent'
  )
    return 'sign-in';
  // Only the user can decide what to do with a file that is in the way.
  if (code === 'exists') return 'reveal';
  if (code === 'not-permitted' || code === 'file-too-large')
    return canChangeFolder(row) ? 'change-folder' : 'retry';
  return retryable || code === 'hash-mismatch' || code === 'disk-error' ? 'retry' : 'clear';
}

const RIGHTS: Record<RightsState, Pick<StateView, 'icon' | 'tone' | 'bar' | 'action'>> = {
  withdrawn: { icon: Ban, tone: 'danger', bar: 'failed', action: 'reveal' },
  'on-hold': { icon: CirclePause, tone: 'warning', bar: 'waiting', action: 'reveal' },
  expired: { icon: Hourglass, tone: 'warning', bar: 'waiting', action: 'reveal' },
  barred: { icon: GlobeX, tone: 'danger', bar: 'failed', action: 'reveal' },
  'expires-today': { icon: Hourglass, tone: 'warning', bar: 'ready', action: 'reveal' },
  'newer-version': { icon: History, tone: 'warning', bar: 'ready', action: 'get-new' },
};

/** Current rights of a downloaded package, by the catalogue. */
const rightsView = (state: RightsState, { rights }: Texts['transfers']): StateView => ({
  ...RIGHTS[state],
  words: rights[state],
  note: null,
  time: '',
});

/** The time today, else the day: "at 16:38", "23 Nov". */
const sinceWhen = (ms: number, { recalls, language, nowMs }: Context): string =>
  isSameDay(ms, nowMs) ? recalls.at(formatTime(ms, language)) : formatWhen(ms, nowMs, language);

/** Of the past: "at 16:31" today, else "on 23 Nov, 16:31". */
export const sinceMoment = (
  ms: number,
  { recalls, language, nowMs }: Pick<Context, 'recalls' | 'language' | 'nowMs'>,
): string =>
  isSameDay(ms, nowMs)
    ? recalls.at(formatTime(ms, language))
    : recalls.on(formatMoment(ms, nowMs, language));

type ShownRecall = NonNullable<TransferRow['recall']>;

/** What lies on the disk and was taken back, has expired or was corrected. */
function recallView(
  { kind, atMs, rev, isToAcknowledge }: ShownRecall,
  row: TransferRow,
  context: Context,
): StateView | null {
  const { recalls, language, nowMs } = context;
  const time = row.finishedAt === null ? '' : timeOf(row.finishedAt, context);
  const action = isToAcknowledge ? ('acknowledge-recall' as const) : ('reveal' as const);
  switch (kind) {
    case 'withdrawn':
      return {
        ...RIGHTS.withdrawn,
        words: recalls.withdrawn(sinceWhen(atMs, context)),
        action,
        note: null,
        time,
      };
    case 'on-hold':
      return {
        ...RIGHTS['on-hold'],
        words: recalls.onHold(formatWhen(atMs, nowMs, language)),
        action,
        note: null,
        time,
      };
    case 'expired':
      return {
        ...RIGHTS.expired,
        words: recalls.expired(formatDay(atMs, language)),
        note: null,
        time,
      };
    case 'corrected':
      return {
        icon: History,
        tone: 'info',
        words: recalls.corrected(rev.to),
        bar: 'ready',
        action: 'review',
        note: null,
        time,
      };
    case 'lifted':
      return null;
  }
  return kind satisfies never;
}

/** One that was on its way, and was stopped by its publisher. */
function stoppedView(
  { kind, phase, isToAcknowledge }: ShownRecall,
  { code }: Failed,
  { recalls }: Context,
): StateView | null {
  if (!isUnavailable(code) || code !== kind) return null;
  const [queued, running] = recalls.stopped[code];
  return {
    ...RIGHTS[code],
    words: (phase === 'queued' ? queued : running) ?? '',
    bar: 'failed',
    action: isToAcknowledge ? 'acknowledge-recall' : 'open-package',
    note: null,
    time: '',
  };
}

/** A queued transfer and why it does not start. */
function queuedView(row: TransferRow, context: Context): StateView {
  const { transfers, language, nowMs, halt = null } = context;
  const view: StateView = {
    icon: ListEnd,
    tone: undefined,
    words: transfers.queued,
    bar: 'waiting',
    action: 'urgent',
    note: null,
    time: '',
  };
  if (halt === null) return view;
  if (halt === 'paused')
    return { ...view, icon: Pause, words: transfers.waits['all-paused'], action: 'resume-all' };
  if (halt === 'offline')
    return waitView(
      row,
      { phase: 'waiting', reason: 'offline', untilMs: null, shortBytes: null },
      context,
    );
  const time = halt.untilMs === null ? '' : formatMoment(halt.untilMs, nowMs, language);
  return {
    ...view,
    icon: Clock,
    tone: 'warning',
    words: time === '' ? transfers.waitsForSchedule : transfers.waitsForScheduleUntil(time),
    action: 'start-now',
    time: halt.untilMs === null ? '' : timeOf(halt.untilMs, context),
  };
}

/**
 * A state in words, with its reason and one action. A transfer that will miss its deadline says
 * that instead.
 */
export function describeState(row: TransferRow, context: Context): StateView {
  const view = stateView(row, context);
  const { transfers, language, nowMs } = context;
  if (!row.deadline?.late || !['queued', 'running', 'paused'].includes(row.state.phase))
    return view;
  const { atMs, expectedAtMs } = row.deadline;
  const words =
    nowMs > atMs
      ? transfers.overdue(formatMoment(atMs, nowMs, language))
      : transfers.late(formatMoment(atMs, nowMs, language));
  return {
    ...view,
    icon: AlarmClock,
    tone: 'warning',
    words,
    time:
      expectedAtMs === null
        ? view.time
        : transfers.about(formatWhen(expectedAtMs, nowMs, language)),
  };
}

function stateView(row: TransferRow, context: Context): StateView {
  const { transfers, language } = context;
  const { state } = row;
  const left = row.etaSeconds === null ? '' : transfers.left(formatLeft(row.etaSeconds));
  switch (state.phase) {
    case 'queued':
      return queuedView(row, context);
    case 'running':
      return {
        icon: ArrowDown,
        tone: undefined,
        words: row.repair
          ? transfers.repairing(row.connections)
          : transfers.running(row.connections),
        bar: 'running',
        action: 'pause',
        note: null,
        time: left,
      };
    case 'publishing':
      return {
        icon: ScanSearch,
        tone: 'success',
        words: transfers.publishing,
        bar: 'verifying',
        action: null,
        note: null,
        time: '',
      };
    case 'paused':
      return {
        icon: Pause,
        tone: undefined,
        words: transfers.pausedState(percentOf(row, language)),
        bar: 'waiting',
        action: 'resume',
        note: null,
        time: '',
      };
    case 'waiting':
      return waitView(row, state, context);
    case 'done': {
      const { rights, recall } = row;
      // What came after a correction counts before it.
      const holds =
        recall !== null &&
        (recall.kind !== 'corrected' || rights === null || rights.state === 'newer-version');
      const recalled = holds ? recallView(recall, row, context) : null;
      if (recalled && recall?.kind !== 'corrected') return recalled;
      if (context.isDamaged === true && !(row.rights && isUnavailable(row.rights.state)))
        return {
          icon: CircleAlert,
          tone: 'danger',
          words: transfers.damaged,
          bar: 'failed',
          action: 'repair',
          note: null,
          time: '',
        };
      if (recalled) return recalled;
      if (row.rights) return rightsView(row.rights.state, transfers);
      if (row.heldUntil !== null) {
        const { language, nowMs } = context;
        return {
          icon: CalendarClock,
          tone: 'embargo',
          words: transfers.held(formatMoment(row.heldUntil, nowMs, language)),
          bar: 'ready',
          action: null,
          note: transfers.doneWaits,
          time: row.finishedAt === null ? '' : timeOf(row.finishedAt, context),
        };
      }
      const words =
        row.packageId === null || row.recorded !== null
          ? transfers.readyPlain(row.filesTotal)
          : transfers.ready(row.filesDone, row.filesTotal);
      return {
        icon: CircleCheck,
        tone: 'success',
        words,
        bar: 'ready',
        action: 'reveal',
        note: null,
        time: row.finishedAt === null ? '' : timeOf(row.finishedAt, context),
      };
    }
    case 'failed': {
      const stopped = row.recall && stoppedView(row.recall, state, context);
      if (stopped) return stopped;
      return {
        icon: CircleAlert,
        tone: 'danger',
        words: transfers.failed(transfers.reasons[state.code] ?? transfers.otherReason),
        bar: 'failed',
        action: failedAction(row, state),
        note: null,
        time: '',
      };
    }
    case 'cancelled':
      return {
        icon: Ban,
        tone: undefined,
        words: transfers.cancelled,
        bar: 'waiting',
        action: 'retry',
        note: null,
        time: '',
      };
  }
  return state satisfies never;
}

/** 2:11; from an hour on without the seconds, which nobody can trust. */
function formatLeft(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return whole >= 3600
    ? `${Math.floor(whole / 3600)} h ${pad2(Math.floor(whole / 60) % 60)}`
    : `${Math.floor(whole / 60)}:${pad2(whole % 60)}`;
}
/**
 * Damage that the last verification found in a package. One that could not be verified is not known
 * to be damaged.
 */
export function useDamage(id: string): ReadonlySet<string> | null {
  const found = useVerification()?.faults.find((fault) => fault.id === id && fault.error === null);
  return found ? new Set(found.files.map(({ path }) => path)) : null;
}

export function useStateView(row: TransferRow): StateView {
  const { transfers, recalls } = useTexts();
  const language = useLanguage();
  const nowMs = useNow(30_000);
  const isPaused = useTransfers((state) => state.totals?.paused ?? false);
  const isPausedBySchedule = useTransfers((state) => state.totals?.limit.isPaused ?? false);
  const untilMs = useTransfers((state) => state.totals?.limit.untilMs ?? null);
  const keychain = useStore(useApp().account, ({ value }) => value?.keychain);
  // A package needs addresses from the service before it starts.
  const isOffline = useConnection()?.state === 'offline' && row.packageId !== null;
  const halt = isPaused
    ? 'paused'
    : isPausedBySchedule && !row.urgent
      ? { untilMs }
      : isOffline
        ? 'offline'
        : null;
  const isDamaged = useDamage(row.id) !== null;
  return describeState(row, { transfers, recalls, language, nowMs, keychain, halt, isDamaged });
}
