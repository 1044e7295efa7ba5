import path from 'node:path';
import { AppError, toWire, type ErrorCode } from '../../../shared/errors.ts';
import { bytesText } from '../../../shared/model/figures.ts';
import { FILES_AT_ONCE } from '../limits.ts';
import type { Recording } from '../../../shared/model/recording.ts';
import type { Digests } from '../hashing.ts';
import { beginPackage, publishPackage } from '../package/folder.ts';
import { parseManifest } from '../package/manifest.ts';
import { completed, recordOf, withDigests } from '../package/record.ts';
import type { StoredFile, StoredTransfer } from '../ports.ts';
import { bytesIn } from '../ranges.ts';
import { PackageGrant, fixedAddresses } from './addresses.ts';
import { ConfinedDisk } from './confined-disk.ts';
import type { RunDeps } from './deps.ts';
import type { Addresses } from './fetch.ts';
import { findExisting, LocalContent, planRepair } from './local-content.ts';
import { requireOwnPart, requireSpace, withPartLock } from './part-file.ts';
import {
  hasDigest,
  selectedFiles,
  makePlan,
  refusedName,
  type Plan,
  type PlannedFile,
} from './plan.ts';
import { runFile } from './run-file.ts';

/** Facts for the evidence. */
type RunFacts = { keyId: string | null; service: string | null; recorded: Recording | null };
/** Reports of a run to the queue. */
export type RunEvents = {
  /** Facts to store with the transfer. */
  patch(facts: Partial<StoredTransfer> & Partial<RunFacts>): void;
  publishing(): void;
};

/** Pieces show which mirror sent wrong bytes, so these many can be used at the same time. */
const MIRRORS_AT_ONCE = 2;
/** After one of these errors the other files would fail too. */
const FATAL_ERRORS = new Set<ErrorCode>([
  'cancelled',
  'bug',
  'disk-full',
  'disk-error',
  'destination-missing',
  'not-permitted',
  'signed-out',
  'session-ended',
  'offline',
]);

const isStop = (thrown: unknown): boolean =>
  thrown instanceof AppError && thrown.code === 'cancelled';

const factsOf = ({ folder, keyId, service, record }: Plan) => ({
  folder,
  keyId,
  service,
  recorded: record,
});

class TransferRun {
  readonly #deps: RunDeps;
  readonly #events: RunEvents;
  readonly #stop = new AbortController();
  /** Folders that were there or made. */
  readonly #folders = new Set<string>();
  /** With what this run has recorded; null without one. */
  #manifest: string | null = null;

  constructor(deps: RunDeps, events: RunEvents) {
    this.#deps = {
      ...deps,
      disk: new ConfinedDisk(deps.disk, deps.transfer.destination),
      signal: AbortSignal.any([deps.signal, this.#stop.signal]),
    };
    this.#events = events;
  }

  async run(): Promise<void> {
    try {
      await this.#run();
    } finally {
      this.#deps.records.releaseClaims();
      this.#deps.records.flush();
    }
  }

  async #run(): Promise<void> {
    const { disk, records, transfer, isRecalled } = this.#deps;
    await disk.realPath(transfer.destination);
    const plan = await makePlan(this.#deps);
    this.#manifest = plan.manifest;
    this.#begin(plan);
    const missing = await this.#findMissing(plan);
    const { id, repair } = transfer;
    const publication =
      plan.manifest === null
        ? null
        : {
            id,
            repair,
            folder: plan.folder,
            manifest: plan.manifest,
            names: plan.names,
            isRecalled,
            isHeld: false,
          };
    if (publication)
      await beginPackage(
        disk,
        publication,
        missing.some(({ required }) => required),
      );
    await this.#requireOwnParts(plan, missing);
    await this.#checkSpace(missing);
    await this.#reuseLocal(plan, missing);
    await this.#fetchAll(plan, missing);
    records.flush();
    if (plan.refused[0]) throw refusedName(plan.refused[0]);
    this.#events.publishing();
    if (publication === null) return;
    const manifestText = await this.#finishRecord(plan);
    const untilMs = this.#deps.heldUntil();
    // Durable before the package is: whoever looks after a crash knows that its marker waits.
    if (untilMs !== null) this.#events.patch({ embargo: { untilMs, isHeld: true } });
    const isBarred = this.#deps.isBarred();
    if (isBarred) this.#events.patch({ isMarkerAside: true });
    await publishPackage(disk, {
      ...publication,
      manifest: manifestText,
      isHeld: untilMs !== null || isBarred,
    });
  }

  /** Durable when it returns: the file gets its name only after that. */
  #record(plan: Plan, { fileId }: PlannedFile, digests: Digests): void {
    if (this.#manifest === null || fileId === null)
      throw new AppError('bug', 'A record without a manifest');
    this.#manifest = withDigests(this.#manifest, fileId, digests);
    this.#events.patch({ ...factsOf(plan), manifest: this.#manifest });
  }

  /** The manifest to publish: of an unsigned package with its record, which is durable by then. */
  async #finishRecord(plan: Plan): Promise<string> {
    const { clock, transfer } = this.#deps;
    if (this.#manifest === null) throw new AppError('bug', 'A package without its manifest');
    if (plan.keyId !== null) return this.#manifest;
    const before = plan.record ?? transfer.evidence.recorded;
    this.#manifest = completed(this.#manifest, before?.atMs ?? clock.nowMs());
    const manifest = await parseManifest(JSON.parse(this.#manifest));
    this.#events.patch({
      ...factsOf(plan),
      manifest: this.#manifest,
      totalBytes: manifest.totalBytes,
      recorded: recordOf(manifest, this.#manifest, before?.isOwn ?? true),
    });
    return this.#manifest;
  }

  #begin(plan: Plan): void {
    const { folder, storedText: manifest, files, rev } = plan;
    const { records, progress, transfer } = this.#deps;
    records.begin(folder, files);
    const totalBytes = files.reduce<number | null>(
      (sum, { bytes }) => (sum === null || bytes === null ? null : sum + bytes),
      0,
    );
    this.#events.patch({
      ...factsOf(plan),
      manifest,
      rev: rev ?? transfer.rev,
      totalBytes: totalBytes ?? transfer.totalBytes,
      filesTotal: files.length,
    });
    for (const { index, progress: fetched, done, bytes } of records.all())
      Object.assign(progress.file(index), {
        receivedBytes: done ? (bytes ?? 0) : bytesIn(fetched?.written ?? []),
        totalBytes: bytes ?? fetched?.totalBytes ?? null,
        state: done ? 'done' : 'missing',
      });
  }

  /**
   * Files that are not in place. A different file under a name ends the run before a byte is
   * fetched.
   */
  async #findMissing(plan: Plan): Promise<PlannedFile[]> {
    const { folder } = plan;
    const missing: PlannedFile[] = [];
    const folders = new Set<string>();
    for (const planned of selectedFiles(plan, this.#deps.transfer)) {
      const found = await (
        this.#shouldInspect(planned)
          ? this.#inspect(folder, planned)
          : findExisting(this.#deps, folder, planned)
      ).catch((thrown: unknown) => this.#failFile(planned, thrown));
      if (found?.done) {
        folders.add(path.dirname(path.join(folder, planned.path)));
        this.#settle(found);
      } else missing.push(planned);
    }
    // A program killed right after a rename may have left the name unsynced.
    for (const there of folders) await this.#deps.disk.syncFolder(there);
    return missing;
  }

  /**
   * A repair examines every file that it can compare with a hash or with its record, whatever
   * earlier runs found.
   */
  #shouldInspect(planned: PlannedFile): boolean {
    const { records, transfer } = this.#deps;
    const { done, evidence } = records.get(planned.index);
    return (
      transfer.repair &&
      (hasDigest(planned) || done || (evidence !== null && evidence.finishedAtMs !== null))
    );
  }

  async #inspect(folder: string, planned: PlannedFile): Promise<StoredFile> {
    const { records, progress } = this.#deps;
    records.flush();
    const stored = await withPartLock(this.#deps, folder, planned, () =>
      planRepair(this.#deps, folder, planned),
    );
    if (!stored.done) this.#settle(stored);
    progress.changed();
    return stored;
  }

  async #requireOwnParts({ folder }: Plan, files: readonly PlannedFile[]): Promise<void> {
    for (const planned of files)
      await requireOwnPart(this.#deps, folder, planned).catch((thrown: unknown) =>
        this.#failFile(planned, thrown),
      );
  }

  async #checkSpace(missing: PlannedFile[]): Promise<void> {
    const { disk, records, transfer } = this.#deps;
    const { destination } = transfer;
    const limit = await disk.maxFileBytes(destination);
    const tooLarge = missing.find(({ bytes }) => limit !== null && bytes !== null && bytes > limit);
    if (tooLarge && limit !== null)
      this.#failFile(
        tooLarge,
        new AppError(
          'file-too-large',
          `${tooLarge.path} is too large: ${bytesText(tooLarge.bytes ?? 0)}. The file system of ${destination} takes files of ${bytesText(limit)} at most.`,
          { retryable: false },
        ),
      );
    const needed = missing.reduce((sum, { index, bytes }) => {
      const written = records.get(index).progress?.written ?? [];
      return sum + Math.max(0, (bytes ?? 0) - bytesIn(written));
    }, 0);
    await requireSpace(disk, destination, needed);
  }

  /**
   * Copies content verified earlier instead of fetching it; the run verifies the copy like fetched
   * bytes.
   */
  async #reuseLocal({ folder }: Plan, missing: PlannedFile[]): Promise<void> {
    const { records } = this.#deps;
    const local = new LocalContent(this.#deps);
    for (const planned of missing) {
      const { progress } = records.get(planned.index);
      const isText = planned.unsigned !== null && planned.unsigned.text !== null;
      if (!isText && progress && progress.written.length > 0) continue;
      await withPartLock(this.#deps, folder, planned, async () => {
        await this.#makeFolder(folder, planned);
        await local.reuse(folder, planned);
      }).catch((thrown: unknown) => this.#failFile(planned, thrown));
    }
  }

  async #makeFolder(folder: string, planned: PlannedFile): Promise<void> {
    const wanted = path.dirname(path.join(folder, planned.path));
    if (this.#folders.has(wanted)) return;
    await this.#deps.disk.makeFolder(wanted);
    this.#folders.add(wanted);
  }

  async #fetchAll(plan: Plan, missing: PlannedFile[]): Promise<void> {
    const { source, clock, limits, progress, records, signal, transfer } = this.#deps;
    const { assetId, packageId, acknowledge } = transfer;
    const { rev, service } = plan;
    const grant =
      packageId !== null && rev !== null
        ? new PackageGrant(source, clock, { service, assetId, packageId, rev, acknowledge })
        : null;
    if (grant) {
      const lacking = missing.flatMap((planned) =>
        planned.fileId !== null && this.#lacksBytes(planned) ? [planned.fileId] : [],
      );
      // Copies of an earlier download need no addresses, and the same rights as what is fetched.
      if (lacking.length > 0 || transfer.finishedAtMs === null) await grant.ask(lacking);
      limits.slots.reduceTo(grant.maxParallel);
    }
    // Only now, since what refuses a run must leave no claim on names that others may use.
    records.claimParts();
    const queue = [...missing];
    const failures: { index: number; thrown: unknown }[] = [];
    const worker = async () => {
      for (let planned = queue.shift(); planned && !signal.aborted; planned = queue.shift()) {
        const { index, fileId, required } = planned;
        const addresses =
          grant && fileId !== null
            ? grant.of(fileId, progress.file(index))
            : this.#fixedAddresses(planned);
        try {
          await this.#fetchOne(plan, planned, addresses);
        } catch (thrown) {
          const endsAll = !(thrown instanceof AppError) || FATAL_ERRORS.has(thrown.code);
          // An optional file doesn't fail the package; a repair tries it again.
          if (required || endsAll) failures.push({ index, thrown });
          if (endsAll) this.#stop.abort(new AppError('cancelled', 'Another file failed'));
        }
      }
    };
    await Promise.all(Array.from({ length: FILES_AT_ONCE }, worker));
    // The error that stopped the others comes first, then file order.
    const [first] = failures.toSorted(
      (a, b) => Number(isStop(a.thrown)) - Number(isStop(b.thrown)) || a.index - b.index,
    );
    if (first) throw first.thrown;
    if (signal.aborted) throw new AppError('cancelled', 'Stopped');
  }

  /** Without a digest a resume needs the origin of the bytes on disk. */
  #fixedAddresses(planned: PlannedFile): Addresses {
    const { progress } = this.#deps.records.get(planned.index);
    return fixedAddresses(
      planned.urls,
      planned.pieces === null ? 1 : MIRRORS_AT_ONCE,
      hasDigest(planned) ? null : (progress?.validator?.originId ?? null),
    );
  }

  async #fetchOne(plan: Plan, planned: PlannedFile, addresses: Addresses): Promise<void> {
    const { folder } = plan;
    try {
      await withPartLock(this.#deps, folder, planned, async () => {
        await this.#makeFolder(folder, planned);
        const record = (digests: Digests) => this.#record(plan, planned, digests);
        this.#settle(await runFile(this.#deps, folder, planned, addresses, record));
      });
    } catch (thrown) {
      this.#failFile(planned, thrown);
    } finally {
      this.#deps.progress.changed();
    }
  }

  #lacksBytes({ index, bytes }: PlannedFile): boolean {
    const { progress } = this.#deps.records.get(index);
    return bytesIn(progress?.written ?? []) !== bytes && bytes !== 0;
  }

  #settle(file: StoredFile): void {
    const { records, progress } = this.#deps;
    const counters = progress.file(file.index);
    counters.state = file.done ? 'done' : 'missing';
    if (file.done)
      Object.assign(counters, { receivedBytes: file.bytes ?? 0, totalBytes: file.bytes });
    records.save(file);
    this.#events.patch({ filesDone: records.filesDone });
  }

  /** Records the error with the file and rethrows it. */
  #failFile({ index }: PlannedFile, thrown: unknown): never {
    const { records, progress } = this.#deps;
    progress.file(index).state = isStop(thrown) ? 'missing' : 'failed';
    if (!isStop(thrown)) records.fail(index, toWire(thrown));
    throw thrown;
  }
}

/**
 * Runs one transfer to its end: resolves when every file is verified and in place and, for a
 * package, its marker is written.
 * @throws what stopped it; everything fetched until then is recorded for a later run
 */
export function runTransfer(deps: RunDeps, events: RunEvents): Promise<void> {
  return new TransferRun(deps, events).run();
}
