import path from 'node:path';
import { EvidenceLog } from '../evidence/record.ts';
import { hashFile } from '../hashing.ts';
import { needRoom } from './no-room.ts';
import type { PlannedFile } from './plan.ts';
import type { StoredFile, TransferPorts } from '../ports.ts';
import { partPath } from './run-file.ts';

const MAX_DEPTH = 8;
/** As many files as are looked at in the folders of the transfers. */
const MAX_FILES = 100_000;

/**
 * Content that was verified on this machine before and is not where it is wanted now: where it was
 * then, or, if it was moved, a file of its size in the folders that transfers went to. Content that
 * was never here is not looked for.
 */
export class Elsewhere {
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
    await needRoom(disk, folder, bytes);
    await disk.copy(from, partPath(finalPath));
    const { now } = new EvidenceLog(stored.evidence, this.#ports.clock.nowMs());
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
