import { isForeignId } from '../../../shared/model/source.ts';
import { folderOf } from '../package/folder.ts';
import type { EnqueueItem } from '../api.ts';
import type { StoredTransfer } from '../ports.ts';
import { isSameTarget } from './enqueue.ts';

/* What earlier downloads of a home have brought that a run can use. */

/** Where finished downloads of other versions of the same package are, the newest first. */
export function otherVersions(
  records: readonly StoredTransfer[],
  { id, packageId, evidence }: StoredTransfer,
): { folder: string; rev: number }[] {
  if (packageId === null) return [];
  return records
    .flatMap((other) =>
      other.id !== id &&
      other.packageId === packageId &&
      other.rev !== null &&
      other.state.phase === 'done' &&
      (evidence.service === null || other.evidence.service === evidence.service)
        ? [{ folder: folderOf(other), rev: other.rev }]
        : [],
    )
    .toSorted((a, b) => b.rev - a.rev);
}

/** Folders that transfers were saved to. */
export const savedTo = (records: readonly StoredTransfer[]): string[] => [
  ...new Set(records.flatMap((transfer) => [transfer.destination, folderOf(transfer)])),
];

/** The last finished transfer of the same thing to the same place. */
export const earlierTransfer = (
  records: readonly StoredTransfer[],
  transfer: StoredTransfer,
): StoredTransfer | undefined =>
  records
    .filter(
      (other) =>
        other.source === transfer.source &&
        other.id !== transfer.id &&
        other.state.phase === 'done' &&
        isSameTarget(other, transfer),
    )
    .toSorted((a, b) => (b.finishedAtMs ?? 0) - (a.finishedAtMs ?? 0))[0];

/**
 * The last finished transfer of the same version of a package to the same folder, as far as its files
 * are still known to be there.
 *
 * @param isMoved they were found in another folder
 */
export const finishedBefore = (
  records: readonly StoredTransfer[],
  item: EnqueueItem,
  isMoved: (id: string) => boolean,
): StoredTransfer | undefined => {
  if (!('packageId' in item) || item.rev === null || item.repair === true) return undefined;
  const { packageId, rev, destination, folderName = null, terms } = item;
  return records
    .filter(
      (other) =>
        other.kind === 'package' &&
        other.packageId === packageId &&
        other.rev === rev &&
        other.destination === destination &&
        other.folderName === folderName &&
        other.state.phase === 'done' &&
        (!terms || other.evidence.service === terms.service) &&
        !isMoved(other.id),
    )
    .toSorted((a, b) => b.addedAtMs - a.addedAtMs)[0];
};

/**
 * SHA-256 of the manifest that the last finished transfer of the same unsigned package to the same
 * place has recorded; null for none.
 */
export function earlierRecord(
  records: readonly StoredTransfer[],
  transfer: StoredTransfer,
): string | null {
  const { packageId } = transfer;
  if (packageId === null || !isForeignId(packageId)) return null;
  const { recorded = null } = earlierTransfer(records, transfer)?.evidence ?? {};
  return recorded?.isOwn ? recorded.manifest : null;
}
