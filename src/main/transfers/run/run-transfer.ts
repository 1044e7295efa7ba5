import path from 'node:path';
import { bytesText } from '../../../shared/model/figures.ts';
import { AppError, toWire, type ErrorCode } from '../../../shared/errors.ts';
import { foldedName } from '../../../shared/model/names.ts';
import { PackageGrant, fixedAddresses, originIdOf } from './addresses.ts';
import type { EnginePorts } from '../address-secrets.ts';
import { openRange, StallWatch } from './range-request.ts';
import type { TransferSettings } from '../api.ts';
import { EvidenceRecorder } from '../evidence/record.ts';
import { LocalContent, planRepair } from './local-content.ts';
import { type Addresses } from './fetch.ts';
import { beginPackage, publishPackage } from '../package/folder.ts';
import { type Limiter, Slots, type HostSlots } from '../limits.ts';
import type { TransferProgress } from './progress.ts';
import { requireSpace, unlessFull, ownPart } from './part-file.ts';
import { lookedAt, makePlan, refusedName, type Plan, type PlannedFile } from './plan.ts';
import type { Disk, FileProgress, StoredFile, StoredTransfer, TransferPorts } from '../ports.ts';
import { bytesIn } from '../ranges.ts';
import { findExisting, hasDigest, runFile, type FileJob } from './run-file.ts';

export type RunContext = {
  ports: EnginePorts;
  settings: TransferSettings;
  limiter: Limiter;
  hosts: HostSlots;
  live: TransferProgress;
  signal: AbortSignal;
  /** Facts learned on the way, to be kept with the transfer. */
  learned(facts: Partial<StoredTransfer> & { keyId?: string | null }): void;
  phase(phase: 'verifying' | 'publishing'): void;
  onChange(): void;
  /** Files of an earlier, finished transfer of the same thing to the same place. */
  earlier: readonly StoredFile[];
  /** Folders that transfers went to. */
  roots(): readonly string[];
  /** Final paths that some run is writing now: two transfers never share a part file. */
  claims: Set<string>;
};

const FILES_AT_ONCE = 8;
/** A file whose pieces tell which mirror lied is fetched from so many at once. */
const MIRRORS_AT_ONCE = 2;
/** What came from one origin is not given up for another before it has failed so often in a row. */
const MAX_FILE_ATTEMPTS = 3;
/** Many small files end within this and are recorded in one commit. */
const SAVE_MS = 400;
/** After one of these the other files of the transfer need not be tried. */
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

/**
 * Makes a folder under the destination if needed. The destination itself is never made: its volume
 * may be away.
 */
async function makeFolder(
  { disk }: TransferPorts,
  destination: string,
  wanted: string,
): Promise<void> {
  const root = await disk.realPath(destination);
  await disk.makeFolder(wanted);
  const real = await disk.realPath(wanted);
  if (real !== root && !real.startsWith(root.endsWith(path.sep) ? root : root + path.sep)) {
    throw new AppError('not-permitted', `${wanted} leads out of ${destination}`, {
      retryable: false,
    });
  }
}

const isStop = ({ thrown }: { thrown: unknown }): boolean =>
  thrown instanceof AppError && thrown.code === 'cancelled';

class TransferRun {
  readonly #transfer: StoredTransfer;
  readonly #context: RunContext;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  #stored: StoredFile[] = [];
  /** Every file has its row, as it was when the run began or newer. */
  #isRecorded = false;
  #folder = '';
  /** Published and proved; their record may be lost, since their hash tells it again. */
  #unsaved: StoredFile[] = [];
  #callOffSave: (() => void) | null = null;
  #filesDone = 0;
  /** Those that lie where they should. */
  readonly #folders = new Set<string>();

  constructor(transfer: StoredTransfer, context: RunContext) {
    this.#transfer = transfer;
    this.#context = context;
    this.#signal = AbortSignal.any([context.signal, this.#stop.signal]);
  }

  async run(): Promise<void> {
    try {
      await this.#run();
    } finally {
      this.#saveUnsaved();
    }
  }

  async #run(): Promise<void> {
    const { ports } = this.#context;
    await ports.disk.realPath(this.#transfer.destination);
    const plan = await makePlan(ports, this.#transfer, this.#watch());
    this.#folder = plan.folder;
    this.#adopt(plan);
    const missing = await this.#findMissing(plan);
    const { id, repair } = this.#transfer;
    const publication =
      plan.manifest === null ? null : { id, repair, folder: plan.folder, manifest: plan.manifest };
    if (publication)
      await beginPackage(
        ports.disk,
        publication,
        missing.some(({ required }) => required),
      );
    await this.#claimParts(plan, missing);
    await this.#checkRoom(missing);
    await this.#adoptElsewhere(plan, missing);
    await this.#fetchAll(plan, missing);
    this.#saveUnsaved();
    if (plan.refused[0]) throw refusedName(plan.refused[0]);
    this.#context.phase('publishing');
    if (publication) await publishPackage(ports.disk, publication);
  }

  #adopt({ folder, kept: manifest, keyId, files, rev }: Plan): void {
    const { ports, learned, live } = {
      ...this.#context,
      learned: (facts: Parameters<RunContext['learned']>[0]) => this.#context.learned(facts),
    };
    const known = new Map(ports.store.files(this.#transfer.id).map((file) => [file.index, file]));
    this.#isRecorded = files.every(({ index, path }) => known.get(index)?.path === path);
    this.#stored = files.map(({ index, path, given, bytes }) => {
      const before = known.get(index);
      return before?.path === path
        ? before
        : {
            index,
            path,
            given,
            bytes,
            sha256: null,
            done: false,
            verified: false,
            error: null,
            ownsPart: false,
            progress: null,
            evidence: null,
          };
    });
    this.#filesDone = this.#stored.filter(({ done }) => done).length;
    const totalBytes = files.reduce<number | null>(
      (sum, { bytes }) => (sum === null || bytes === null ? null : sum + bytes),
      0,
    );
    learned({
      folder,
      manifest,
      keyId,
      rev: rev ?? this.#transfer.rev,
      totalBytes: totalBytes ?? this.#transfer.totalBytes,
      filesTotal: files.length,
    });
    for (const { index, progress, done, bytes } of this.#stored) {
      Object.assign(live.file(index), {
        receivedBytes: done ? (bytes ?? 0) : bytesIn(progress?.written ?? []),
        totalBytes: bytes ?? progress?.totalBytes ?? null,
        state: done ? 'done' : 'missing',
      });
    }
  }

  /**
   * Files that are not there yet; a different one under a name ends all before a byte is fetched.
   */
  async #findMissing(plan: Plan): Promise<PlannedFile[]> {
    const { folder } = plan;
    const { disk } = this.#context.ports;
    const missing: PlannedFile[] = [];
    const folders = new Set<string>();
    for (const planned of lookedAt(plan, this.#transfer)) {
      const found = await (
        this.#repairs(planned) ? this.#inspect(folder, planned) : this.#find(disk, folder, planned)
      ).catch((thrown: unknown) => this.#failFile(planned, thrown));
      if (found?.done) {
        folders.add(path.dirname(path.join(folder, planned.path)));
        this.#settle(found);
      } else missing.push(planned);
    }
    // Of a program that was killed just after a rename, the name may not be on the medium yet.
    for (const there of folders) await disk.syncFolder(there);
    return missing;
  }

  async #claimParts({ folder }: Plan, files: readonly PlannedFile[]): Promise<void> {
    const fresh = files.filter((planned) => !this.#storedOf(planned).ownsPart);
    for (const planned of fresh)
      this.#stored[planned.index] = await ownPart(
        this.#context.ports.disk,
        folder,
        planned,
        this.#storedOf(planned),
        this.#signal,
      ).catch((thrown: unknown) => this.#failFile(planned, thrown));
    if (this.#isRecorded && fresh.length > 0)
      this.#context.ports.store.saveFiles(
        this.#transfer.id,
        fresh.map((planned) => this.#storedOf(planned)),
      );
    this.#record();
  }

  /**
   * A new file is mostly written once, with its claim; earlier only if somebody may want to see it
   * before.
   */
  #record(): void {
    if (!this.#isRecorded) this.#context.ports.store.saveFiles(this.#transfer.id, this.#stored);
    this.#isRecorded = true;
  }

  /**
   * What a repair can compare it with, a hash or what was recorded when it came, is looked at
   * again, whatever an earlier run has found.
   */
  #repairs(planned: PlannedFile): boolean {
    const { done, evidence } = this.#storedOf(planned);
    return (
      this.#transfer.repair &&
      (hasDigest(planned) || done || (evidence !== null && evidence.finishedAtMs !== null))
    );
  }

  async #inspect(folder: string, planned: PlannedFile): Promise<StoredFile> {
    const {
      ports: { disk, clock, store },
      live,
    } = this.#context;
    this.#record();
    const claim = async (stored: StoredFile): Promise<StoredFile> => {
      const claimed = await ownPart(disk, folder, planned, stored, this.#signal);
      store.saveFiles(this.#transfer.id, [claimed]);
      return claimed;
    };
    const inspection = {
      disk,
      clock,
      folder,
      live: live.file(planned.index),
      signal: this.#signal,
      claim,
    };
    const stored = await this.#claimed(folder, planned, () =>
      planRepair(inspection, planned, this.#storedOf(planned)),
    );
    if (!stored.done) this.#settle(stored);
    this.#context.onChange();
    return stored;
  }

  async #find(disk: Disk, folder: string, planned: PlannedFile): Promise<StoredFile | null> {
    const stored = this.#storedOf(planned);
    const entry = await disk.entry(path.join(folder, planned.path));
    if (stored.done && entry?.kind === 'file' && entry.bytes === stored.bytes) return stored;
    if (!entry) return null;
    // To compare it may take long.
    this.#record();
    return findExisting(disk, folder, planned, stored, this.#signal, (bytes) =>
      this.#isUnchanged(planned, bytes),
    );
  }

  /** Asks the origin for the last byte under the tag of then, and reads nothing. */
  async #isUnchanged(
    { index, urls, expected }: PlannedFile,
    bytes: number,
  ): Promise<FileProgress | null> {
    const { ports, earlier } = this.#context;
    const before = earlier.find(
      (file) => file.index === index && file.done && file.bytes === bytes,
    );
    const progress = before?.progress ?? null;
    const { originId, etag = null } = progress?.validator ?? {};
    const url = urls.find((one) => originIdOf(one) === originId);
    if (etag === null || url === undefined || bytes === 0) return null;
    const watch = this.#watch();
    const request = {
      url,
      headers: {},
      ranges: true,
      from: bytes - 1,
      to: bytes,
      totalBytes: bytes,
      etag,
      expected,
      signal: watch.signal,
    };
    try {
      const opened = await watch.during(openRange(ports.bytes, request, ports.clock.nowMs()));
      if ('answer' in opened) opened.answer.discard();
      // Who has no ranges sends the whole, under its tag too.
      const isSame =
        opened.kind === 'part' ||
        (opened.kind === 'whole' && opened.etag === etag && opened.totalBytes === bytes);
      return isSame ? progress : null;
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.code === 'source-changed') return null;
      throw thrown;
    }
  }

  #watch(): StallWatch {
    return new StallWatch(this.#context.ports.clock, this.#context.settings.stallMs, this.#signal);
  }

  async #checkRoom(missing: PlannedFile[]): Promise<void> {
    const needed = missing.reduce(
      (sum, planned) =>
        sum +
        Math.max(
          0,
          (planned.bytes ?? 0) - bytesIn(this.#storedOf(planned).progress?.written ?? []),
        ),
      0,
    );
    const { disk } = this.#context.ports;
    const limit = await disk.maxFileBytes(this.#transfer.destination);
    const tooLarge = missing.find(({ bytes }) => limit !== null && bytes !== null && bytes > limit);
    if (tooLarge && limit !== null)
      this.#failFile(
        tooLarge,
        new AppError(
          'file-too-large',
          `${tooLarge.path} is too large: ${bytesText(tooLarge.bytes ?? 0)}. The file system of ${this.#transfer.destination} takes files of ${bytesText(limit)} at most.`,
          { retryable: false },
        ),
      );
    await requireSpace(disk, this.#transfer.destination, needed);
  }

  /**
   * What was verified here before is copied instead of fetched; the run verifies the copy like
   * anything else.
   */
  async #adoptElsewhere({ folder }: Plan, missing: PlannedFile[]): Promise<void> {
    const { ports, roots } = this.#context;
    const elsewhere = new LocalContent(ports, () => roots());
    for (const planned of missing) {
      const stored = this.#storedOf(planned);
      if (stored.progress && stored.progress.written.length > 0) continue;
      const adopted = await this.#claimed(folder, planned, () =>
        this.#writable(folder, planned).then(() =>
          elsewhere.adopt(folder, planned, stored, this.#signal),
        ),
      ).catch((thrown: unknown) => this.#failFile(planned, thrown));
      if (adopted) this.#settle(adopted);
    }
  }

  /** Its folder is there and inside the destination. */
  async #writable(folder: string, planned: PlannedFile): Promise<void> {
    const wanted = path.dirname(path.join(folder, planned.path));
    if (!this.#folders.has(wanted))
      await makeFolder(this.#context.ports, this.#transfer.destination, wanted);
    this.#folders.add(wanted);
  }

  async #fetchAll(plan: Plan, missing: PlannedFile[]): Promise<void> {
    const { ports, settings, live } = this.#context;
    const fileIds = missing.flatMap((planned) =>
      planned.fileId !== null && this.#lacksBytes(planned) ? [planned.fileId] : [],
    );
    const { assetId, packageId, acknowledge } = this.#transfer;
    const { rev } = plan;
    const grant =
      packageId !== null && rev !== null
        ? new PackageGrant(ports.source, ports.clock, { assetId, packageId, rev, acknowledge })
        : null;
    await grant?.ask(fileIds);
    const slots = (live.slots = new Slots(
      Math.min(
        grant?.maxParallel ?? Infinity,
        Math.max(FILES_AT_ONCE, settings.connectionsPerFile),
      ),
    ));
    const queue = [...missing];
    const failures: { index: number; thrown: unknown }[] = [];
    const worker = async () => {
      for (let planned = queue.shift(); planned && !this.#signal.aborted; planned = queue.shift()) {
        const { index, fileId, required } = planned;
        const addresses =
          grant && fileId !== null
            ? grant.of(fileId, () => live.file(index).downloadedBytes)
            : this.#fixedAddresses(planned);
        try {
          await this.#fetchOne(plan.folder, planned, addresses, slots);
        } catch (thrown) {
          const endsAll = !(thrown instanceof AppError) || FATAL_ERRORS.has(thrown.code);
          // What need not be there is tried again by a repair; the package is ready without it.
          if (required || endsAll) failures.push({ index, thrown });
          if (endsAll) this.#stop.abort(new AppError('cancelled', 'Another file failed'));
        }
      }
    };
    await Promise.all(Array.from({ length: FILES_AT_ONCE }, worker));
    this.#throwFirst(failures);
    if (this.#signal.aborted) throw new AppError('cancelled', 'Stopped');
  }

  /**
   * Where nobody vouches for the content, what is there of it is gone on with from where it came.
   */
  #fixedAddresses(planned: PlannedFile): Addresses {
    const cameFrom = this.#storedOf(planned).progress?.validator?.originId ?? null;
    return fixedAddresses(
      planned.urls,
      planned.pieces === null ? 1 : MIRRORS_AT_ONCE,
      hasDigest(planned) ? null : cameFrom,
    );
  }

  /** What stopped the others comes before those it stopped; then the order of the files. */
  #throwFirst(failures: { index: number; thrown: unknown }[]): void {
    const first = failures.toSorted(
      (a, b) => Number(isStop(a)) - Number(isStop(b)) || a.index - b.index,
    )[0];
    if (first) throw first.thrown;
  }

  async #fetchOne(
    folder: string,
    planned: PlannedFile,
    addresses: Addresses,
    slots: Slots,
  ): Promise<void> {
    try {
      await this.#claimed(folder, planned, async () => {
        await this.#writable(folder, planned);
        this.#settle(await runFile(this.#jobOf(folder, planned, addresses, slots)));
      });
    } catch (thrown) {
      this.#failFile(planned, thrown);
    } finally {
      this.#context.onChange();
    }
  }

  /** Whoever touches a part file has its name for himself meanwhile. */
  async #claimed<T>(folder: string, planned: PlannedFile, work: () => Promise<T>): Promise<T> {
    const { claims } = this.#context;
    const claim = foldedName(path.join(folder, planned.path));
    if (claims.has(claim))
      throw new AppError('exists', `Another download is writing ${planned.path}`, {
        retryable: false,
      });
    claims.add(claim);
    try {
      return await work();
    } finally {
      claims.delete(claim);
    }
  }

  #jobOf(folder: string, planned: PlannedFile, addresses: Addresses, slots: Slots): FileJob {
    const { ports, settings, limiter, live } = this.#context;
    const { disk, store, bytes, clock, hasher } = ports;
    const evidence = new EvidenceRecorder(this.#storedOf(planned).evidence, clock.nowMs());
    return {
      disk,
      hasher,
      folder,
      planned,
      stored: this.#storedOf(planned),
      live,
      addresses,
      fetch: {
        bytes,
        clock,
        limiter,
        slots,
        hosts: this.#context.hosts,
        signal: this.#signal,
        connections: settings.connectionsPerFile,
        stallMs: settings.stallMs,
        evidence,
        patient: this.#transfer.attempts < MAX_FILE_ATTEMPTS,
      },
      hashAnyway: this.#transfer.hashAnyway,
      replaces: this.#transfer.repair,
      retryWrongHash: this.#transfer.kind !== 'url',
      journal: (progress) =>
        unlessFull(() =>
          store.saveProgress(this.#transfer.id, planned.index, progress, evidence.now),
        ),
      released: () =>
        unlessFull(() => {
          const file = {
            ...this.#storedOf(planned),
            ownsPart: false,
            progress: null,
            evidence: evidence.now,
          };
          store.saveFiles(this.#transfer.id, [file]);
          this.#stored[planned.index] = file;
        }),
      commit: (progress) =>
        store.saveFiles(this.#transfer.id, [
          { ...this.#storedOf(planned), progress, evidence: evidence.now },
        ]),
      onChange: () => this.#context.onChange(),
    };
  }

  #lacksBytes(planned: PlannedFile): boolean {
    return (
      bytesIn(this.#storedOf(planned).progress?.written ?? []) !== planned.bytes &&
      planned.bytes !== 0
    );
  }

  #storedOf({ index }: PlannedFile): StoredFile {
    const stored = this.#stored[index];
    if (!stored) throw new AppError('bug', 'A file without its record');
    return stored;
  }

  #settle(file: StoredFile): void {
    this.#filesDone += Number(file.done) - Number(this.#stored[file.index]?.done ?? false);
    this.#stored[file.index] = file;
    const live = this.#context.live.file(file.index);
    live.state = file.done ? 'done' : 'missing';
    if (file.done) Object.assign(live, { receivedBytes: file.bytes ?? 0, totalBytes: file.bytes });
    if (file.verified && file.sha256 !== null) this.#saveSoon(file);
    else this.#context.ports.store.saveFiles(this.#transfer.id, [file]);
    this.#context.learned({ filesDone: this.#filesDone });
  }

  #saveSoon(file: StoredFile): void {
    this.#unsaved.push(file);
    this.#callOffSave ??= this.#context.ports.clock.after(SAVE_MS, () => {
      try {
        this.#saveUnsaved();
      } catch {
        // They are still unsaved: the end of the run tries again and fails with why.
      }
    });
  }

  #saveUnsaved(): void {
    this.#callOffSave?.();
    this.#callOffSave = null;
    if (this.#unsaved.length === 0) return;
    const folder = this.#folder;
    this.#context.ports.store.saveFiles(
      this.#transfer.id,
      this.#unsaved,
      this.#unsaved.flatMap(({ sha256, path: name }) =>
        sha256 === null ? [] : [{ sha256, path: path.join(folder, name) }],
      ),
    );
    this.#unsaved = [];
  }

  /** Keeps why with the file, then goes on failing. */
  #failFile(planned: PlannedFile, thrown: unknown): never {
    const live = this.#context.live.file(planned.index);
    const stopped = thrown instanceof AppError && thrown.code === 'cancelled';
    live.state = stopped ? 'missing' : 'failed';
    if (!stopped) {
      this.#record();
      // The journal has moved on since this run began: take its progress, not the one of then.
      const now =
        this.#context.ports.store
          .files(this.#transfer.id)
          .find(({ index }) => index === planned.index) ?? this.#storedOf(planned);
      const failed = { ...now, error: toWire(thrown) };
      this.#stored[planned.index] = failed;
      this.#context.ports.store.saveFiles(this.#transfer.id, [failed]);
    }
    throw thrown;
  }
}

/**
 * Runs one transfer to its end: resolves when every file is verified and in place and, for a
 * package, its marker is written. Rejects with what stopped it; everything fetched until then is
 * recorded and a later run goes on from it.
 */
export function runTransfer(transfer: StoredTransfer, context: RunContext): Promise<void> {
  return new TransferRun(transfer, context).run();
}
