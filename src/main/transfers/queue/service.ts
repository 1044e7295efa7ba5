import { isRecalled } from '../../../shared/api/rights.ts';
import { folderOf, manifestFilesIn, packageFileOf } from '../package/folder.ts';
import { AppError, toWire } from '../../../shared/errors.ts';
import { createMutex } from '../../../shared/mutex.ts';
import type { TransferTab } from '../../../shared/model/transfer-tabs.ts';
import {
  isActive,
  type TransferEffect,
  type TransferEvent,
  type TransferState,
  type WaitReason,
} from '../../../shared/model/transfer.ts';
import { AddressSecrets, hideStored, type EnginePorts } from '../address-secrets.ts';
import { ChangeEmitter } from './change-emitter.ts';
import { ClearFromDisk } from './clear-from-disk.ts';
import { ClearedTransfers } from './clear.ts';
import {
  DEFAULT_SETTINGS,
  type AssetRights,
  type Explanation,
  type FetchedVersion,
  type KnownClocks,
  type LedgerSubject,
  type RecallEvent,
  type RecallFilter,
  type RecallsView,
  type VerificationView,
  type Clearable,
  type ClearedPlace,
  type EnqueueItem,
  type Exported,
  type ExportFormat,
  type FileReport,
  type FolderCheck,
  type HistoryQuery,
  type HistoryRow,
  type HistoryView,
  type Imported,
  type ImportOptions,
  type NamedDocument,
  type PackageFileHere,
  type PackageRecord,
  type PlaceRef,
  type Repair,
  type TransferChange,
  type TransferDetail,
  type TransferRow,
  type TransferSettings,
  type TransferTotals,
  type TransfersApi,
  type VerifyOptions,
  type TransferOptions,
} from '../api.ts';
import {
  earlierRecord,
  earlierTransfer,
  finishedBefore,
  otherVersions,
  savedTo,
} from './earlier.ts';
import { isBarred, MarkersAside } from './aside.ts';
import { Embargoes } from './embargoes.ts';
import { Deadlines, ThroughputEstimator, rateOf, type RateAt } from './forecast.ts';
import { evidencePage, evidenceJson } from '../evidence/report.ts';
import { withRun, withRunEnd } from '../evidence/record.ts';
import { exportDocument } from '../exchange/export.ts';
import { readDocument } from '../exchange/import-document.ts';
import {
  assignFolders,
  checkItems,
  isSameTarget,
  mergeRequest,
  newTransfer,
  type CheckedItem,
} from './enqueue.ts';
import { VerifyCommands } from './repair.ts';
import { Limiter, Limits, HostSlots, runLimits, type RunLimits } from '../limits.ts';
import { TransferProgress, Throughput } from '../run/progress.ts';
import { FileRecords } from '../run/file-records.ts';
import type { StoredFile, StoredTransfer, TransferPorts } from '../ports.ts';
import { positionBefore, ServiceCircuit, Scheduler } from './scheduler.ts';
import { QueueView, receivedOf } from './view.ts';
import { Registry } from './registry.ts';
import { History } from './history.ts';
import { PackageRights } from './rights.ts';
import { mainFilesOf } from '../recall/copies.ts';
import { Recalls } from '../recall/recalls.ts';
import type { Recall } from '../../../shared/model/recall.ts';
import { runTransfer, type RunEvents } from '../run/run-transfer.ts';

/** Phases in which nothing writes to a transfer's folder and something still will. */
const MOVABLE: ReadonlySet<TransferState['phase']> = new Set([
  'queued',
  'paused',
  'waiting',
  'failed',
]);

type Run = { controller: AbortController; limits: RunLimits; ended: Promise<void> };

/**
 * The queue and its engine. Commands resolve when their effect is durable; runs continue in the
 * background.
 */
export class TransferService implements TransfersApi {
  readonly #ports: EnginePorts;
  readonly #registry: Registry;
  readonly #emitter: ChangeEmitter;
  readonly #limits: Limits;
  readonly #hosts: HostSlots;
  readonly #cleared: ClearedTransfers;
  readonly #clearFromDisk: ClearFromDisk;
  readonly #deadlines: Deadlines;
  readonly #view: QueueView;
  readonly #throughput = new Throughput();
  readonly #estimator = new ThroughputEstimator();
  readonly #progress = new Map<string, TransferProgress>();
  readonly #runs = new Map<string, Run>();
  readonly #timers = new Map<string, () => void>();
  readonly #startedHere = new Set<string>();
  readonly #partLocks = new Set<string>();
  readonly #verifyCommands: VerifyCommands;
  readonly #rights: PackageRights;
  readonly #embargoes: Embargoes;
  readonly #aside: MarkersAside;
  readonly #recalls: Recalls;
  readonly #history: History;
  readonly #hereListeners = new Set<() => void>();
  readonly #historyListeners = new Set<(view: HistoryView) => void>();
  readonly #circuit: ServiceCircuit;
  readonly #scheduler: Scheduler;
  readonly #mutex = createMutex();
  #settings: TransferSettings;
  #isPaused: boolean;
  #isClosing = false;

  constructor(ports: TransferPorts, settings: Partial<TransferSettings>) {
    const { firstRev = 0 } = ports;
    this.#circuit = new ServiceCircuit(ports.clock, () => this.#schedule());
    this.#ports = {
      ...ports,
      source: this.#circuit.watch(ports.source),
      secrets: new AddressSecrets(ports),
    };
    this.#settings = { ...DEFAULT_SETTINGS, ...settings };
    this.#registry = new Registry(ports.store, ports.clock);
    this.#rights = new PackageRights(this.#registry, ports.clock, (id) => this.#history.isHere(id));
    this.#embargoes = new Embargoes({
      disk: ports.disk,
      clock: ports.clock,
      registry: this.#registry,
      isHolding: () => this.#settings.holdUnderEmbargo,
      onChanged: (...ids) => this.#emitter.changed(...ids),
    });
    this.#aside = new MarkersAside({
      disk: ports.disk,
      clock: ports.clock,
      registry: this.#registry,
    });
    this.#history = new History({
      disk: ports.disk,
      store: ports.store,
      clock: ports.clock,
      firstRev,
      hasher: ports.hasher,
      registry: this.#registry,
      onBug: ports.onBug,
      onChanged: (ids) => {
        for (const listener of this.#hereListeners) listener();
        this.#emitter.changed(...ids);
      },
      onView: (view) => {
        for (const listener of this.#historyListeners) listener(view);
      },
      onMoved: (id) => this.#recalls.placed(id),
      onReturned: (roots) => this.#recalls.returned(roots),
    });
    this.#recalls = new Recalls({
      disk: ports.disk,
      store: ports.store,
      clock: ports.clock,
      firstRev,
      hasher: ports.hasher,
      registry: this.#registry,
      mainFiles: (id) => this.#history.find(id)?.files ?? mainFilesOf(ports.store.files(id)),
      newId: ports.newId,
      onBug: ports.onBug,
      onChanged: (ids) => this.#emitter.changed(...ids),
      onGone: () => void this.#history.check(true),
    });
    this.#isPaused = ports.store.paused();
    this.#hosts = new HostSlots(this.#settings.connectionsPerHost);
    this.#limits = new Limits(ports.clock, this.#settings, () => this.#onLimit());
    this.#scheduler = new Scheduler({
      registry: this.#registry,
      circuit: this.#circuit,
      busy: () => this.#runs.keys(),
      startedHere: this.#startedHere,
      settings: () => this.#settings,
      isPaused: () => this.#limits.now.isPaused,
      apply: (ids, event) => this.#apply(ids, event),
    });
    this.#cleared = new ClearedTransfers(
      this.#ports,
      this.#registry,
      (thrown) => ports.onBug(thrown),
      (id) => this.#history.find(id),
    );
    this.#clearFromDisk = new ClearFromDisk({
      ...ports,
      registry: this.#registry,
      recalls: this.#recalls,
      history: this.#history,
    });
    this.#deadlines = new Deadlines({
      ordered: () => this.#registry.ordered().map(({ id }) => this.#view.current(id)),
      places: () => this.#settings.activeTransfers,
      nowMs: () => ports.clock.nowMs(),
      rate: () => this.#rate(),
    });
    this.#view = new QueueView({
      store: ports.store,
      parseMetalink: ports.parseMetalink,
      clock: ports.clock,
      registry: this.#registry,
      progress: this.#progress,
      throughput: this.#throughput,
      deadlines: this.#deadlines,
      recalls: this.#recalls,
      isHere: (id) => this.#history.isHere(id),
    });
    this.#emitter = new ChangeEmitter(
      ports.clock,
      {
        rowOf: (id) => this.#view.row(id),
        totals: (rev) => this.#totals(rev),
        active: () => this.#registry.index.active,
        changedDeadlines: () => this.#deadlines.changedIds((id) => this.#registry.find(id)),
      },
      firstRev,
    );
    this.#verifyCommands = new VerifyCommands(ports, this.#registry, (ids) => {
      for (const id of ids) this.#startedHere.add(id);
      this.#command(ids, { type: 'restart' });
      this.#emitter.changed(...ids);
    });
    const all = this.#registry.all();
    for (const transfer of all) this.#deadlines.track(transfer);
    // Transfers that ran when the program ended have more on disk than their record says.
    for (const { id, state } of all)
      if (isActive(state))
        this.#registry.patch(id, { receivedBytes: receivedOf(ports.store.files(id)) });
    this.#apply(
      all.map(({ id }) => id),
      { type: 'restored' },
    );
    // What a kill has left undone, and what an earlier version didn't record.
    try {
      this.#recalls.check(ports.clock.nowMs());
    } catch (thrown) {
      // The queue must open on a full disk too; the next check records them.
      if (!(thrown instanceof AppError)) throw thrown;
    }
    this.#mutex(() => hideStored(this.#registry, this.#ports, () => this.#cleared.finish())).catch(
      (thrown: unknown) => ports.onBug(thrown),
    );
  }

  async enqueue(items: EnqueueItem[], { makeDestination = false } = {}): Promise<string[]> {
    const { disk, secrets } = this.#ports;
    const checked = await checkItems(items, this.#ports);
    if (makeDestination)
      for (const destination of new Set(items.map((item) => item.destination)))
        await disk.makeFolder(destination);
    const here = await this.#wholeAlready(checked);
    const missing = checked.filter((_item, at) => here[at] === undefined);
    // One at a time, so that no two choose the same folder name.
    const queued = await this.#mutex(async () =>
      this.#enqueue(await assignFolders(missing, this.#registry.records(), disk)),
    );
    await secrets.settled();
    return here.map((id) => id ?? queued.shift() ?? '');
  }

  /** Of each item the finished transfer that has it, whole, where it is to go; undefined for none. */
  async #wholeAlready(items: readonly CheckedItem[]): Promise<(string | undefined)[]> {
    const byPackage = Map.groupBy(this.#registry.records(), ({ packageId }) => packageId);
    const isMoved = (id: string) => (this.#history.find(id)?.movedFrom ?? null) !== null;
    const found: (string | undefined)[] = [];
    for (const item of items) {
      const known = 'packageId' in item ? (byPackage.get(item.packageId) ?? []) : [];
      const before = finishedBefore(known, item, isMoved);
      const isWhole = before !== undefined && (await this.#verifyCommands.isWhole(before));
      found.push(isWhole ? before.id : undefined);
    }
    return found;
  }

  #enqueue(items: readonly CheckedItem[]): string[] {
    const nowMs = this.#ports.clock.nowMs();
    const duplicates: string[] = [];
    const put = new Map<string, StoredTransfer>();
    const bySource = new Map<string, StoredTransfer[]>();
    let position = positionBefore(this.#registry.all(), null);
    const ids = items.map((item) => {
      const fresh = newTransfer(item, { id: this.#ports.newId(), position: position++, nowMs });
      const same = this.#findDuplicate(fresh, bySource.get(fresh.source) ?? []);
      const transfer = same ? mergeRequest(same, fresh) : fresh;
      if (same && this.#registry.find(same.id)) duplicates.push(same.id);
      this.#startedHere.add(transfer.id);
      this.#ports.secrets.keep(transfer.id, item.credentials);
      put.set(transfer.id, transfer);
      bySource.set(transfer.source, [
        transfer,
        ...(bySource.get(transfer.source) ?? []).filter(({ id }) => id !== transfer.id),
      ]);
      return transfer.id;
    });
    this.#put([...put.values()]);
    this.#apply(duplicates, { type: 'resume' });
    this.#apply(duplicates, { type: 'retry' });
    this.#emitter.changed(...ids);
    this.#schedule();
    return ids;
  }

  /** An unfinished transfer of the same thing to the same place. */
  #findDuplicate(
    fresh: StoredTransfer,
    put: readonly StoredTransfer[],
  ): StoredTransfer | undefined {
    const known = this.#registry.index
      .ofSource(fresh.source)
      .map((id) => this.#registry.get(id))
      .filter(({ state }) => state.phase !== 'done');
    return [...put, ...known].find((other) => isSameTarget(other, fresh));
  }

  async list(
    tab: TransferTab,
    range: { offset: number; count: number },
    search = '',
  ): Promise<{ rev: number; total: number; rows: TransferRow[] }> {
    return { rev: this.#emitter.rev, ...this.#view.page(tab, range, search) };
  }

  async packages(): Promise<PackageRecord[]> {
    return this.#rights.packages();
  }

  async find(assetId: string, packageId: string | null): Promise<TransferRow | null> {
    const id = this.#rights.find(assetId, packageId);
    return id === null ? null : this.#view.row(id);
  }

  async unsnapped(): Promise<
    { id: string; assetId: string; packageId: string; rev: number | null }[]
  > {
    return this.#ports.store.unsnapped().flatMap((id) => this.#history.find(id) ?? []);
  }
  async saveSnapshot(id: string, text: string): Promise<void> {
    this.#ports.store.saveSnapshot(id, text);
  }
  async fetchedVersion(recallId: string): Promise<FetchedVersion> {
    const recall = this.#recalls.find(recallId);
    if (!recall) throw new AppError('not-found', `No recall ${recallId}`);
    const { transferId } = recall;
    const row = this.#history.find(transferId);
    return {
      recall,
      service: row?.service ?? null,
      snapshot: this.#ports.store.snapshot(transferId),
      files: row ? await manifestFilesIn(this.#ports.disk, row.folder, recall) : null,
    };
  }
  async checkHere(isNow = false): Promise<void> {
    // Not waited for: a share may be slow.
    void this.#history.check(isNow);
  }
  onHere(listener: () => void): () => void {
    this.#hereListeners.add(listener);
    return () => void this.#hereListeners.delete(listener);
  }

  async history(
    query: HistoryQuery,
    range: { offset: number; count: number },
  ): Promise<{ total: number; items: HistoryRow[] }> {
    const { total, rows } = this.#history.page(query, range, (id) => this.#isMarked(id));
    const items = rows.flatMap(
      (row) => this.#view.historyRow(row, this.#history.placeOf(row)) ?? [],
    );
    return { total, items };
  }
  async historyView(): Promise<HistoryView> {
    return this.#history.view;
  }
  onHistory(listener: (view: HistoryView) => void): () => void {
    this.#historyListeners.add(listener);
    return () => void this.#historyListeners.delete(listener);
  }

  #isMarked(id: string): boolean {
    if (!this.#registry.has(id)) return false;
    const transfer = this.#registry.record(id);
    const { rights } = transfer;
    return (
      this.#recalls.current(transfer) !== null ||
      (rights !== null && rights.state !== 'expires-today')
    );
  }

  async setRights(rights: AssetRights[], nowMs: number): Promise<void> {
    this.#emitter.changed(...this.#rights.set(rights, nowMs), ...this.#embargoes.set(rights));
    // Recorded before they stop, while it is known how far they were.
    this.#recalls.check(nowMs);
    for (const { id, code, message } of this.#rights.stopped(rights))
      this.#command([id], { type: 'refuse', code, message });
    this.#command(this.#rights.lifted(rights), { type: 'wake' });
    await this.#embargoes.setAside();
    await this.#aside.settle();
  }

  releaseHeld(clocks: KnownClocks): Promise<void> {
    return this.#mutex(() => this.#embargoes.release(clocks));
  }

  async recalls(
    range: { offset: number; count: number },
    only: RecallFilter = {},
  ): Promise<{ rev: number; total: number; items: Recall[] }> {
    return this.#recalls.list(range, only);
  }
  async recallsView(): Promise<RecallsView> {
    return this.#recalls.view;
  }
  async acknowledgeRecalls(
    ids: string[],
    by: Parameters<TransfersApi['acknowledgeRecalls']>[1],
  ): Promise<RecallsView> {
    this.#recalls.acknowledge(ids, by);
    return this.#recalls.view;
  }
  async unexplainedRecalls(): Promise<string[]> {
    return this.#recalls.unexplained();
  }
  explainRecalls(explanations: Explanation[]): Promise<void> {
    return this.#recalls.explain(explanations);
  }
  async unreportedRecalls(): Promise<RecallEvent[]> {
    return this.#recalls.unreported();
  }
  async recallsReported(events: { type: RecallEvent['type']; id: string }[]): Promise<void> {
    this.#recalls.reported(events);
  }
  async unrecordedHandouts(): Promise<string[]> {
    return this.#registry
      .records()
      .filter(
        ({ packageId, state, embargo, isHandedOut }) =>
          packageId !== null &&
          state.phase === 'done' &&
          embargo?.isHeld !== true &&
          isHandedOut !== true,
      )
      .map(({ id }) => id);
  }
  async handoutsRecorded(ids: string[]): Promise<void> {
    this.#registry.update(
      ids
        .filter((id) => this.#registry.has(id))
        .map((id) => this.#registry.record(id))
        // A repair that has begun meanwhile may bring another version.
        .filter(({ state, isHandedOut }) => state.phase === 'done' && isHandedOut !== true)
        .map((transfer) => ({ ...transfer, isHandedOut: true })),
    );
  }
  onRecalls(listener: (view: RecallsView) => void): () => void {
    return this.#recalls.listen(listener);
  }

  async detail(id: string): Promise<TransferDetail> {
    return this.#view.detail(id);
  }

  async totals(): Promise<TransferTotals> {
    return this.#totals(this.#emitter.rev);
  }
  async report(id: string): Promise<FileReport[]> {
    return this.#view.report(id);
  }

  exportQueue(ids: string[] | null, format: ExportFormat): Promise<Exported> {
    return exportDocument(
      this.#ports,
      ids?.map((id) => this.#registry.get(id)) ??
        this.#registry.all().filter(({ cleared }) => !cleared),
      format,
    );
  }

  async importDocument(
    document: NamedDocument,
    destination: string,
    options: ImportOptions = {},
  ): Promise<Imported> {
    const { items, ...names } = await readDocument(document, destination, this.#ports, options);
    const { key } = options;
    // All of a list are stored at once, or none.
    const before = this.#registry
      .records()
      .filter(({ importKey }) => key !== undefined && importKey === key)
      .map(({ id }) => id);
    const ids =
      before.length > 0
        ? before
        : await this.enqueue(
            items.map((item) => (key === undefined ? item : { ...item, importKey: key })),
            { makeDestination: true },
          );
    return { ids: [...new Set(ids)], ...names };
  }

  async evidence(
    id: string,
    format: 'json' | 'html',
    language: 'en' | 'fr',
  ): Promise<{ name: string; text: string }> {
    const report = await this.#view.evidence(id);
    return format === 'json' ? evidenceJson(report) : evidencePage(report, language);
  }

  async pause(ids: string[]): Promise<void> {
    this.#command(ids, { type: 'pause' });
  }
  async resume(ids: string[]): Promise<void> {
    this.#command(ids, { type: 'resume' });
  }
  async retry(ids: string[]): Promise<void> {
    this.#command(ids, { type: 'retry' });
  }
  async cancel(ids: string[]): Promise<void> {
    this.#command(ids, { type: 'cancel' });
  }

  async clear(ids: string[], { undoable = false } = {}): Promise<void> {
    const gone = await this.#cleared.clear(ids, undoable, (id) => this.#runs.get(id)?.ended);
    for (const id of gone) this.#progress.delete(id);
    this.#emitter.removed(gone);
  }

  async clearable(): Promise<{ items: Clearable[]; away: number }> {
    return this.#clearFromDisk.list();
  }
  async clearFromDisk(place: PlaceRef): Promise<ClearedPlace> {
    return this.#mutex(() => this.#clearFromDisk.clear(place));
  }
  async clearedFromDisk(place: PlaceRef): Promise<void> {
    const isPackage = await this.#mutex(() => this.#clearFromDisk.finish(place));
    // A copy may be elsewhere, but what the list says of the package is over.
    if (isPackage) await this.clear([place.id]);
  }

  async restore(ids: string[]): Promise<void> {
    this.#emitter.changed(...this.#registry.restore(ids));
  }

  async pauseAll(paused: boolean): Promise<void> {
    this.#ports.store.setPaused(paused);
    this.#isPaused = paused;
    const all = this.#registry.all();
    if (paused)
      this.#command(
        all.map(({ id }) => id),
        { type: 'pause-all' },
      );
    else
      this.#command(
        all
          .filter(({ state }) => state.phase === 'waiting' && state.reason === 'all-paused')
          .map(({ id }) => id),
        { type: 'wake' },
      );
    this.#emitter.changed();
  }

  async setOptions(
    id: string,
    { urgent, deadlineMs, limitBytesPerSecond }: TransferOptions,
  ): Promise<void> {
    const before = this.#registry.get(id);
    this.#put([
      {
        ...before,
        urgent: urgent ?? before.urgent,
        deadlineMs: deadlineMs === undefined ? before.deadlineMs : deadlineMs,
        limitBytesPerSecond:
          limitBytesPerSecond === undefined ? before.limitBytesPerSecond : limitBytesPerSecond,
      },
    ]);
    this.#runs.get(id)?.limits.rate.set(this.#registry.get(id).limitBytesPerSecond);
    this.#deadlines.forget();
    this.#emitter.changed(id);
    this.#schedule();
  }

  async setDestination(id: string, destination: string): Promise<void> {
    const { disk } = this.#ports;
    await this.#mutex(async () => {
      const { packageId, folderName } = this.#requireMovable(id);
      await disk.makeFolder(destination);
      const [placed] = await assignFolders(
        [{ packageId: packageId ?? '', destination, ...(folderName !== null && { folderName }) }],
        this.#registry.records(),
        disk,
      );
      // It may have started meanwhile.
      const before = this.#requireMovable(id);
      if (before.destination === destination) return;
      const moved: StoredTransfer = {
        ...before,
        destination,
        folderName: placed?.folderName ?? null,
        folder: null,
      };
      if (this.#findDuplicate(moved, []))
        throw new AppError('exists', 'This is already being downloaded to that folder');
      this.#put([moved]);
      this.#emitter.changed(id);
      // An empty folder at most. Its disk may be gone, which is a reason to go elsewhere.
      await this.#cleared.discardParts(before).catch(() => undefined);
    });
    this.#command([id], { type: 'retry' });
  }

  #requireMovable(id: string): StoredTransfer {
    const transfer = this.#registry.get(id);
    if (transfer.receivedBytes > 0 || !MOVABLE.has(transfer.state.phase))
      throw new AppError('usage', 'Only a download that has no data yet can go to another folder');
    return transfer;
  }

  async move(id: string, before: string | null): Promise<void> {
    const transfer = this.#registry.get(id);
    if (before !== null) this.#registry.get(before);
    const others = this.#registry.all().filter((other) => other.id !== id);
    this.#put([{ ...transfer, position: positionBefore(others, before) }]);
    this.#deadlines.forget();
    this.#emitter.changed(id);
  }

  async folderOf(id: string): Promise<string> {
    return folderOf(this.#registry.record(id));
  }

  async packageFile(id: string, rev: number, fileId: string): Promise<PackageFileHere | null> {
    const { disk, source, store } = this.#ports;
    const transfer = this.#registry.record(id);
    return packageFileOf({ disk, source }, { ...transfer, rev }, store.files(id), fileId);
  }

  async verify(ids: string[] | null): Promise<void> {
    this.#verifyCommands.verify(ids);
  }
  async stopVerify(): Promise<void> {
    this.#verifyCommands.verifier.stop();
  }
  async dismissVerification(): Promise<void> {
    this.#verifyCommands.verifier.dismiss();
  }
  async verification(): Promise<VerificationView> {
    return this.#verifyCommands.verifier.view;
  }
  onVerification(listener: (view: VerificationView) => void): () => void {
    return this.#verifyCommands.verifier.listen(listener);
  }
  verifyFolder(wanted: string, options: VerifyOptions = {}): Promise<FolderCheck[]> {
    return this.#verifyCommands.verifyFolder(wanted, options);
  }
  async repair(ids: string[]): Promise<void> {
    this.#verifyCommands.repair(ids);
  }
  packagesUnder(wanted: string): Promise<LedgerSubject[]> {
    return this.#verifyCommands.packagesUnder(wanted);
  }
  repairFolder(wanted: string, acknowledge: string[]): Promise<Repair[]> {
    return this.#verifyCommands.repairFolder(wanted, acknowledge);
  }

  async configure(settings: Partial<TransferSettings>): Promise<void> {
    this.#settings = { ...this.#settings, ...settings };
    this.#limits.set(this.#settings);
    this.#hosts.set(this.#settings.connectionsPerHost);
    if (settings.scope === 'started-here')
      this.#apply(
        [...this.#runs.keys()].filter((id) => !this.#startedHere.has(id)),
        { type: 'preempt' },
      );
    this.#schedule();
  }

  async wake(reasons: WaitReason[]): Promise<void> {
    // The computer may have slept.
    this.#limits.refresh();
    this.#scheduler.woken(reasons);
    const waiting = this.#registry
      .all()
      .filter(({ state }) => state.phase === 'waiting' && reasons.includes(state.reason));
    this.#command(
      waiting.map(({ id }) => id),
      { type: 'wake' },
    );
  }

  async reconnect(): Promise<void> {
    this.#ports.bytes.drop();
    await this.wake(['offline', 'retry']);
  }

  onChanged(listener: (change: TransferChange) => void): () => void {
    return this.#emitter.listen(listener);
  }

  /**
   * Stops every run and keeps its state, so that the next start resumes it; resolves when nothing
   * is open.
   */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#verifyCommands.verifier.close();
    this.#limits.close();
    this.#circuit.close();
    for (const cancelTimer of this.#timers.values()) cancelTimer();
    for (const { controller } of this.#runs.values())
      controller.abort(new AppError('cancelled', 'The app is closing'));
    await Promise.all([...this.#runs.values()].map(({ ended }) => ended));
    this.#emitter.close();
    this.#clearFromDisk.close();
    await this.#history.close();
    await this.#recalls.close();
    await this.#embargoes.close();
    await this.#aside.close();
    await this.#mutex(async () => undefined);
    await this.#cleared.finish().then(() => this.#ports.secrets.settled());
    this.#registry.close();
  }

  #command(ids: string[], event: TransferEvent): void {
    for (const id of ids) {
      this.#registry.get(id);
      if (event.type === 'resume' || event.type === 'retry') this.#startedHere.add(id);
    }
    this.#apply(ids, event);
    this.#schedule();
  }

  #apply(ids: readonly string[], event: TransferEvent): void {
    const effects = this.#registry.apply(ids, event, (id) => this.#progress.get(id));
    for (const [id, list] of effects) {
      this.#timers.get(id)?.();
      this.#timers.delete(id);
      for (const effect of list) this.#act(id, effect);
    }
    if (effects.size > 0) this.#emitter.changed(...effects.keys());
  }

  #act(id: string, effect: TransferEffect): void {
    switch (effect.type) {
      case 'run':
        this.#run(id);
        break;
      case 'abort':
        this.#runs.get(id)?.controller.abort(new AppError('cancelled', 'Stopped'));
        break;
      case 'wake-at':
        this.#timers.set(
          id,
          this.#ports.clock.after(Math.max(0, effect.atMs - this.#ports.clock.nowMs()), () =>
            this.#command([id], { type: 'wake' }),
          ),
        );
        break;
    }
  }

  #put(transfers: StoredTransfer[]): void {
    this.#registry.put(transfers);
    for (const transfer of transfers) this.#deadlines.track(transfer);
  }

  /**
   * While the schedule pauses transfers only urgent ones run; the others stay queued and show until
   * when.
   */
  #onLimit(): void {
    this.#deadlines.forget();
    this.#emitter.changed();
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isPaused || this.#isClosing) return;
    this.#scheduler.schedule();
  }

  #run(id: string): void {
    const transfer = this.#registry.patch(id, {
      isHandedOut: false,
      evidence: withRun(this.#registry.get(id).evidence, this.#ports.clock.nowMs()),
    });
    const progress =
      this.#progress.get(id) ??
      new TransferProgress(this.#throughput, () => this.#emitter.changed(id));
    this.#progress.set(id, progress);
    const rate = new Limiter(this.#ports.clock, this.#limits.limiter);
    rate.set(transfer.limitBytesPerSecond);
    const limits = runLimits(this.#settings, rate, this.#hosts);
    progress.connections = limits.slots;
    const controller = new AbortController();
    const onFailed = this.#scheduler.starting(id);
    const refetchedBefore = progress.refetchedBytes;
    const { store, clock } = this.#ports;
    const deps = {
      ...this.#ports,
      transfer,
      limits,
      records: new FileRecords(store, clock, id, this.#earlierFiles(transfer)),
      recorded: earlierRecord(this.#registry.records(), transfer),
      progress,
      isRecalled: () => isRecalled(this.#registry.record(id).rights?.state),
      isBarred: () => isBarred(this.#registry.record(id).rights?.state),
      heldUntil: () => this.#embargoes.heldUntil(this.#registry.get(id)),
      versions: () => otherVersions(this.#registry.records(), transfer),
      roots: () => savedTo(this.#registry.records()),
      partLocks: this.#partLocks,
      signal: controller.signal,
    };
    const events: RunEvents = {
      patch: (facts) => this.#patch(id, facts),
      publishing: () => this.#apply([id], { type: 'publishing' }),
    };
    const ended = this.#outcomeOf(runTransfer(deps, events), progress).then((event) => {
      this.#runs.delete(id);
      const refetchedBytes =
        this.#registry.get(id).refetchedBytes + progress.refetchedBytes - refetchedBefore;
      const end = controller.signal.aborted
        ? 'stopped'
        : event.type === 'failed'
          ? event.error.code
          : event.type;
      this.#registry.patch(id, {
        refetchedBytes,
        evidence: withRunEnd(this.#registry.get(id).evidence, this.#ports.clock.nowMs(), end),
      });
      // The caller that aborted the run has already set its state.
      if (!controller.signal.aborted) {
        this.#apply([id], event);
        onFailed();
        if (event.type === 'finished') this.#onFinished(id);
      }
      this.#schedule();
      if (this.#runs.size === 0) this.#emitter.flush();
    });
    this.#runs.set(id, { controller, limits, ended });
  }

  #onFinished(id: string): void {
    this.#aside.placed(id);
    try {
      this.#history.finished(id);
      this.#recalls.placed(id);
    } catch (thrown) {
      // A full disk: the next check adds what is missing.
      if (!(thrown instanceof AppError)) throw thrown;
    }
  }

  #earlierFiles(transfer: StoredTransfer): StoredFile[] {
    const last = earlierTransfer(this.#registry.records(), transfer);
    return last ? this.#ports.store.files(last.id) : [];
  }

  #patch(
    id: string,
    { keyId = null, service = null, recorded = null, ...facts }: Parameters<RunEvents['patch']>[0],
  ): void {
    const transfer = this.#registry.get(id);
    if (facts.folder === undefined) {
      // That a marker waits is known before the package is there, whatever happens next.
      if (facts.embargo || facts.isMarkerAside) this.#registry.put([{ ...transfer, ...facts }]);
      else this.#registry.patch(id, facts);
      return;
    }
    const evidence = {
      ...transfer.evidence,
      keyId,
      service: transfer.evidence.service ?? service,
      recorded: recorded ?? transfer.evidence.recorded,
    };
    this.#registry.put([{ ...transfer, ...facts, evidence }]);
  }

  async #outcomeOf(run: Promise<void>, progress: TransferProgress): Promise<TransferEvent> {
    const newBytesBefore = progress.newBytes;
    try {
      await run;
      return { type: 'finished' };
    } catch (thrown) {
      if (!(thrown instanceof AppError)) this.#ports.onBug(thrown);
      const { maxAttempts } = this.#settings;
      return {
        type: 'failed',
        error: toWire(thrown),
        progressed: progress.newBytes > newBytesBefore,
        atMs: this.#ports.clock.nowMs(),
        maxAttempts,
      };
    }
  }

  #rate(): RateAt | null {
    const nowMs = this.#ports.clock.nowMs();
    const speed = this.#estimator.estimate(this.#throughput.recent(nowMs), this.#limits.now);
    return this.#isPaused || speed === null ? null : rateOf(this.#settings, speed, nowMs);
  }

  #totals(rev: number): TransferTotals {
    return this.#view.totals(rev, this.#isPaused, this.#limits.now);
  }
}

/**
 * The transfers of one home. Transfers left queued by an earlier run start with the first command
 * or `configure`.
 */
export function createTransfers(
  ports: TransferPorts,
  settings: Partial<TransferSettings> = {},
): TransferService {
  return new TransferService(ports, settings);
}
