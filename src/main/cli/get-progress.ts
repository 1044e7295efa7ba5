import { etaSeconds } from '../../shared/model/rate.ts';
import type { Waited } from './get-wait.ts';
import type { Output } from './output.ts';

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
const BAR_CELLS = 24;

/** `1.5 GiB`: three digits at most. */
export function shownBytes(bytes: number): string {
  const unit = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** unit;
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

export type Progress = {
  receivedBytes: number;
  totalBytes: number | null;
  bytesPerSecond: number;
  etaSeconds: number | null;
  files: { done: number; total: number };
};

/**
 * The whole call in one: bytes already on disk count as received; the total is null while one is
 * unknown.
 */
export function progressOf(rows: readonly Waited[]): Progress {
  const sum = (of: (row: Waited) => number) => rows.reduce((total, row) => total + of(row), 0);
  const receivedBytes = sum((row) => row.receivedBytes);
  const totalBytes = rows.some((row) => row.totalBytes === null)
    ? null
    : sum((row) => row.totalBytes ?? 0);
  const bytesPerSecond = sum((row) => row.bytesPerSecond);
  return {
    receivedBytes,
    totalBytes,
    bytesPerSecond,
    etaSeconds:
      totalBytes === null
        ? null
        : etaSeconds(Math.max(0, totalBytes - receivedBytes), bytesPerSecond),
    files: { done: sum((row) => row.filesDone), total: sum((row) => row.filesTotal) },
  };
}

function bar({ receivedBytes, totalBytes, bytesPerSecond, etaSeconds, files }: Progress): string {
  const share =
    totalBytes === null || totalBytes === 0 ? 0 : Math.min(1, receivedBytes / totalBytes);
  const cells = Math.round(share * BAR_CELLS);
  const of = totalBytes === null ? '' : ` of ${shownBytes(totalBytes)}`;
  const left =
    etaSeconds === null
      ? ''
      : `, ${Math.floor(etaSeconds / 60)}:${String(etaSeconds % 60).padStart(2, '0')} left`;
  return `[${'#'.repeat(cells)}${'-'.repeat(BAR_CELLS - cells)}] ${shownBytes(receivedBytes)}${of}, ${shownBytes(bytesPerSecond)}/s${left}, ${files.done}/${files.total} files`;
}

/** Tells how far the call is: lines for scripts, one bar on stderr for people at a terminal. */
export class ProgressTeller {
  readonly #out: Output;
  #drawn = false;

  constructor(out: Output) {
    this.#out = out;
  }

  tell(progress: Progress): void {
    if (this.#out.json) this.#out.line({ type: 'progress', ...progress });
    else if (process.stderr.isTTY) {
      process.stderr.write(`\r\u001b[K${bar(progress)}`);
      this.#drawn = true;
    }
  }

  end(): void {
    if (this.#drawn) process.stderr.write('\n');
    this.#drawn = false;
  }
}

/**
 * Warns once of each transfer that will be later than it is needed: a line for scripts, a note for
 * people.
 */
export class LateTeller {
  readonly #out: Output;
  readonly #told = new Set<string>();

  constructor(out: Output) {
    this.#out = out;
  }

  tell(rows: readonly Waited[]): void {
    for (const { id, title, deadline } of rows) {
      if (!deadline?.late || this.#told.has(id)) continue;
      this.#told.add(id);
      const [deadlineAt, expectedAt] = [
        new Date(deadline.atMs).toISOString(),
        deadline.expectedAtMs === null ? null : new Date(deadline.expectedAtMs).toISOString(),
      ];
      this.#out.line({ type: 'late', id, deadlineAt, expectedAt });
      this.#out.note(
        `${title} will not be here by ${new Date(deadline.atMs).toLocaleString()}${deadline.expectedAtMs === null ? '' : `, about ${new Date(deadline.expectedAtMs).toLocaleString()}`}`,
      );
    }
  }
}
