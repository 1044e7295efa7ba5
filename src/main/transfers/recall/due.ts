import { isRecalled } from '../../../shared/api/rights.ts';
import type { Recall, RecallKind } from '../../../shared/model/recall.ts';
import { isEnded } from '../../../shared/model/transfer.ts';
import { folderOf } from '../package/folder.ts';
import type { StoredRecall, StoredTransfer } from '../ports.ts';

/**
 * What marks the files of a download: its last recall or release, and its last correction. Of each
 * group only the newest counts.
 */
export const groupOf = (kind: RecallKind): 'mark' | 'correction' | 'expiry' =>
  kind === 'corrected' ? 'correction' : kind === 'expired' ? 'expiry' : 'mark';

export const newestOf = (
  recalls: readonly StoredRecall[],
  group: ReturnType<typeof groupOf>,
): StoredRecall | undefined => recalls.findLast(({ kind }) => groupOf(kind) === group);

/** Finished once: a repair runs over files that are in place. */
export const hasFiles = ({ state, repair, kind }: StoredTransfer): boolean =>
  kind === 'package' && (state.phase === 'done' || repair);

function phaseOf(transfer: StoredTransfer): Recall['phase'] {
  if (hasFiles(transfer)) return 'done';
  const { phase } = transfer.state;
  return phase === 'running' || phase === 'publishing' || transfer.receivedBytes > 0
    ? 'running'
    : 'queued';
}

/**
 * Downloads of a package to where a later one has put it again: what happens to it is recorded of
 * the last one alone.
 */
export function repeatedIds(transfers: readonly StoredTransfer[]): ReadonlySet<string> {
  const last = new Map<string, StoredTransfer>();
  const repeated = new Set<string>();
  for (const transfer of transfers.filter((one) => hasFiles(one))) {
    const place = `${folderOf(transfer)}\n${transfer.packageId}`;
    const other = last.get(place);
    const isLater = other === undefined || transfer.addedAtMs >= other.addedAtMs;
    if (other) repeated.add(isLater ? other.id : transfer.id);
    if (isLater) last.set(place, transfer);
  }
  return repeated;
}

/** What is to be recorded of a download: its kind, since when, and the newer version. */
type Due = Pick<Recall, 'kind' | 'atMs' | 'phase'> & { rev: number | null };

/**
 * Compares the rights of a download with what is recorded of it. Called again with what it has
 * returned recorded, it returns nothing: so a kill between the two costs nothing.
 * @param recalls those of this download, oldest first
 * @param nowMs by the service's clock, for what has no time of its own
 */
export function dueRecalls(
  transfer: StoredTransfer,
  recalls: readonly StoredRecall[],
  nowMs: number,
): Due[] {
  const { rights, state, kind } = transfer;
  if (kind !== 'package' || (rights === null && recalls.length === 0)) return [];
  // Nothing of it is used or will come.
  if (state.phase === 'cancelled') return [];
  const phase = phaseOf(transfer);
  const { rev = null } = rights ?? {};
  const atMs = rights?.atMs ?? rights?.since ?? nowMs;
  const due: Due[] = [];
  const mark = newestOf(recalls, 'mark');
  if (isRecalled(rights?.state)) {
    if (mark?.kind !== rights.state) due.push({ kind: rights.state, atMs, phase, rev: null });
  } else if (mark && mark.kind !== 'lifted') due.push({ kind: 'lifted', atMs, phase, rev: null });
  if (rights?.state === 'expired' && newestOf(recalls, 'expiry')?.atMs !== atMs)
    due.push({ kind: 'expired', atMs, phase, rev: null });
  // Whatever else holds: a package that isn't cleared or expires today may have been on air before.
  // Of one that is withdrawn no newer version can be had, and nothing of it is to be used.
  const isCorrected =
    rights?.state === 'newer-version' || (rev !== null && rights?.state !== 'withdrawn');
  if (isCorrected && phase === 'done') {
    const before = newestOf(recalls, 'correction');
    if (!before || before.rev.to !== rev)
      due.push({ kind: 'corrected', atMs: rights?.revAtMs ?? atMs, phase, rev });
  }
  return due;
}

/** Whether it has to stop: it may not be used any more, or not here, and is still on its way. */
export const isToStop = ({ rights, state, repair }: StoredTransfer): boolean =>
  !repair &&
  !isEnded(state) &&
  // It is complete: its files get the marker of a recalled package.
  state.phase !== 'publishing' &&
  (isRecalled(rights?.state) || rights?.state === 'expired' || rights?.state === 'barred');
