import type { EnginePorts } from '../address-secrets.ts';
import type { RunLimits } from '../limits.ts';
import type { StoredTransfer } from '../ports.ts';
import type { FileRecords } from './file-records.ts';
import type { TransferProgress } from './progress.ts';

type RunPorts = 'disk' | 'bytes' | 'source' | 'hasher' | 'clock' | 'secrets' | 'parseMetalink';

/** What one run of a transfer works with. The queue makes it at the start of the run. */
export type RunDeps = Pick<EnginePorts, RunPorts> & {
  /** As it was when the run began. */
  transfer: StoredTransfer;
  limits: RunLimits;
  records: FileRecords;
  progress: TransferProgress;
  /** Folders that transfers of this home went to. */
  roots(): readonly string[];
  /** Final paths whose part file a run is using, over all runs. */
  partLocks: Set<string>;
  /** Aborted when the run must stop, with the reason. */
  signal: AbortSignal;
};
