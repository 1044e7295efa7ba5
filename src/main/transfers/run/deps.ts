import type { EnginePorts } from '../address-secrets.ts';
import type { RunLimits } from '../limits.ts';
import type { StoredTransfer } from '../ports.ts';
import type { FileRecords } from './file-records.ts';
import type { TransferProgress } from './progress.ts';

type RunPorts = 'disk' | 'bytes' | 'source' | 'hasher' | 'clock' | 'secrets' | 'parseMetalink';

/**
 * Dependencies of one run of a transfer, made by the queue when the run starts. A file of its own,
 * since all others of this folder import it.
 */
export type RunDeps = Pick<EnginePorts, RunPorts> & {
  /** State at the start of the run. */
  transfer: StoredTransfer;
  limits: RunLimits;
  records: FileRecords;
  /** SHA-256 of the manifest of the last finished transfer of the same unsigned package to the same place. */
  recorded: string | null;
  progress: TransferProgress;
  /** The package is withdrawn or on hold by now. */
  isRecalled(): boolean;
  /** It isn't cleared here by now, or has expired. */
  isBarred(): boolean;
  /** When the embargo lifts that its `.done` waits for, ms since 1970; null if it doesn't wait. */
  heldUntil(): number | null;
  /** Finished downloads of other versions of the same package, the newest first. */
  versions(): readonly { folder: string; rev: number }[];
  /** Folders that transfers of this home were saved to. */
  roots(): readonly string[];
  /** Final paths whose part file is in use, over all runs. */
  partLocks: Set<string>;
  /** Aborted with the reason when the run must stop. */
  signal: AbortSignal;
};
