import path from 'node:path';
import { EvidenceRecorder } from '../evidence/record.ts';
import { hashFile } from '../hashing.ts';
import { requireSpace } from './part-file.ts';
import type { PlannedFile } from './plan.ts';
import type { StoredFile, TransferPorts, Clock, Disk } from '../ports.ts';
import { hasDigest } from './run-file.ts';
import { AppError } from '../../../shared/errors.ts';
import { checkFile } from '../package/verify.ts';
import type { FileCounters } from './progress.ts';
import { withRange, type Range } from '../ranges.ts';
import type { ExpectedFile } from '../api.ts';
import { partPath } from '../package/folder.ts';

const MAX_DEPTH = 8;
/** As many files as are looked at in the folders of the transfers. */
const MAX_FILES = 100_000;

/**
 * Content that was verified on this machine before and is not where it is wanted now: where it was
 * then, or, if it was moved, a file of its size in the folders that transfers went to. Content that
 * was never here is not looked for.
 */
export class LocalContent {
  readonly #ports: TransferPorts;
  readonly #roots: () => readonly string[];
  #bySize: Promise<Map<number, string[]>> | null = null;

  /** @param roots folders that transfers went to */
  constructor(ports: TransferPorts, roots: () => readonly string[]) {
    this.#ports = ports;
    this.#roots = roots;
  }

  /**
   * Copies it into the part file of this one, where the run verifies it like anything that was
   * fetched. Resolves to the file's record with its part file whole, or to null where there is no
   * such content.
   */
  async adopt(
    folder: string,
    planned: PlannedFile,
    stored: StoredFile,
    signal: AbortSignal,
  ): Promise<StoredFile | null> {
    const { bytes, sha256 } = planned;
    if (bytes === null || bytes === 0 || sha256 === null) return null;
    const finalPath = path.join(folder, planned.path);
    const from = await this.#find(bytes, sha256, finalPath, signal);
    if (from === null) return null;
    const { disk } = this.#ports;
    await requireSpace(disk, folder, bytes);
    await disk.copy(from, partPath(finalPath));
    const { now } = new EvidenceRecorder(stored.evidence, this.#ports.clock.nowMs());
    return {
      ...stored,
      evidence: { ...now, copiedFrom: from },
      progress: {
        written: [[0, bytes]],
        durable: [],
        bootId: disk.bootId(),
        validator: null,
        totalBytes: bytes,
      },
    };
  }

  async #find(
    bytes: number,
    sha256: string,
    finalPath: string,
    signal: AbortSignal,
  ): Promise<string | null> {
    const { disk, store } = this.#ports;
    const known = store.contents(sha256);
    if (known.length === 0) return null;
    const isIt = async (candidate: string) =>
      candidate !== finalPath && (await hashFile(disk, candidate, bytes, signal)) === sha256;
    for (const candidate of known) if (await isIt(candidate)) return candidate;
    this.#bySize ??= this.#look(signal);
    for (const candidate of (await this.#bySize).get(bytes) ?? [])
      if (await isIt(candidate)) return candidate;
    return null;
  }

  async #look(signal: AbortSignal): Promise<Map<number, string[]>> {
    const { disk } = this.#ports;
    const bySize = new Map<number, string[]>();
    const seen = new Set<string>();
    let files = 0;
    const lookIn = async (folder: string, depth: number): Promise<void> => {
      if (seen.has(folder) || signal.aborted) return;
      seen.add(folder);
      for (const { name, kind } of await disk.entries(folder)) {
        const at = path.join(folder, name);
        if (kind === 'folder' && depth < MAX_DEPTH) await lookIn(at, depth + 1);
        if (kind !== 'file' || ++files > MAX_FILES) continue;
        const entry = await disk.entry(at);
        if (!entry) continue;
        const same = bySize.get(entry.bytes);
        if (same) same.push(at);
        else bySize.set(entry.bytes, [at]);
      }
    };
    for (const root of this.#roots()) await lookIn(root, 0);
    return bySize;
  }
}

/** All pieces but the bad ones. */
function goodRanges({ bytes, pieces }: PlannedFile, badPieces: readonly number[]): Range[] {
  if (!pieces || bytes === null) return [];
  const { pieceBytes, hashes } = pieces;
  const bad = new Set(badPieces);
  return [...hashes.keys()]
    .filter((index) => !bad.has(index))
    .reduce<Range[]>(
      (ranges, index) =>
        withRange(ranges, [index * pieceBytes, Math.min((index + 1) * pieceBytes, bytes)]),
      [],
    );
}

/**
 * Where nobody vouches for it, what was recorded when it came is all that it can be compared with.
 */
function expectedOf(planned: PlannedFile, stored: StoredFile): ExpectedFile {
  const { path: name, pieces } = planned;
  return hasDigest(planned)
    ? { path: name, bytes: planned.bytes, sha256: planned.sha256, pieces }
    : { path: name, bytes: planned.bytes ?? stored.bytes, sha256: stored.sha256, pieces: null };
}

type RepairPlan = {
  disk: Disk;
  clock: Clock;
  folder: string;
  live: FileCounters;
  signal: AbortSignal;
  /** The record with its part file claimed, kept before that is made. */
  claim(stored: StoredFile): Promise<StoredFile>;
};

/**
 * Looks whether a finished file is still what it should be. If not, what is right of it by its
 * pieces is put into a part file beside it, so that only the rest is fetched, and without pieces
 * all of it is; the file itself stays as it is until that is whole and verified. A part file of an
 * interrupted repair is used again. Resolves to the file's record: done, or with what its part file
 * has.
 */
export async function planRepair(
  { disk, clock, folder, live, signal, claim }: RepairPlan,
  planned: PlannedFile,
  stored: StoredFile,
): Promise<StoredFile> {
  const finalPath = path.join(folder, planned.path);
  const partial = partPath(finalPath);
  live.state = 'verifying';
  live.receivedBytes = 0;
  const expected = expectedOf(planned, stored);
  const check = await checkFile(disk, folder, expected, {
    signal,
    onRead: (bytes) => void (live.receivedBytes += bytes),
  });
  const entry = await disk.entry(finalPath);
  if (check.ok)
    return {
      ...stored,
      done: true,
      verified: hasDigest(planned),
      sha256: planned.sha256 ?? stored.sha256,
      bytes: expected.bytes ?? entry?.bytes ?? null,
      error: null,
    };
  const before = new EvidenceRecorder(stored.evidence, clock.nowMs()).now;
  const evidence = {
    ...before,
    repairedPieces: [...new Set([...before.repairedPieces, ...check.badPieces])],
  };
  const wrong: StoredFile = {
    ...stored,
    done: false,
    verified: false,
    bytes: expected.bytes,
    error: null,
    evidence,
  };
  live.badPieces = check.badPieces;
  if (!entry) return stored.done ? { ...wrong, progress: null } : wrong;
  if (entry.kind !== 'file')
    throw new AppError('exists', `${finalPath} exists and isn’t a file`, { retryable: false });
  // An interrupted repair goes on with its part file.
  if (!stored.done && stored.progress && (await disk.entry(partial))) return wrong;
  const claimed = await claim({ ...wrong, progress: null });
  await disk.remove(partial);
  const written = goodRanges(planned, check.badPieces);
  if (written.length === 0) return claimed;
  await requireSpace(disk, folder, entry.bytes);
  await disk.copy(finalPath, partial);
  return {
    ...claimed,
    progress: {
      written,
      durable: [],
      bootId: disk.bootId(),
      validator: null,
      totalBytes: planned.bytes,
    },
  };
}
