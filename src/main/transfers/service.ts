import path from 'node:path';
import { AppError, toWire } from '../../shared/errors.ts';
import { isActive, isEnded } from '../../shared/model/transfer-reducer.ts';
import type { TransferEffect, TransferEvent } from '../../shared/model/transfer-reducer.ts';
import type { WaitReason } from '../../shared/model/transfer.ts';
import { Announcer } from './announcer.ts';
import { DEFAULT_SETTINGS } from './client.ts';
import type { CheckView, EnqueueItem, FileReport, FolderCheck, TransferChange, TransferDetail, TransferRow, TransferSettings, TransferTab, TransferTotals, TransfersClient } from './client.ts';
import { Integrity } from './integrity.ts';
import { Limiter } from './limiter.ts';
import { LiveTransfer } from './live.ts';
import { parseManifest } from './manifest.ts';
import { addressOf, newTransfer, targetOf } from './new-transfer.ts';
import type { StoredFile, StoredTransfer, TransferPorts } from './ports.ts';
import { NoRoom } from './no-room.ts';
import { byPriority, chooseRuns, positionBefore } from './queue.ts';
import { Registry } from './registry.ts';
import { partPath } from './run-file.ts';
import { runTransfer } from './run-transfer.ts';
import { Throughput, detailOf, inTab, rowOf, totalsOf } from './view.ts';

/** The folder its files are in. */
const baseOf = ({ folder, destination }: StoredTransfer): string => folder ?? destination;

type Run = { controller: AbortController; ended: Promise<void> };

/** The queue and its engine. Commands resolve when what they say is durable; runs go on in the background. */
export class TransferService implements TransfersClient {
  readonly #ports: TransferPorts;
  readonly #registry: Registry;
  readonly #announcer: Announcer;
  readonly #limiter: Limiter;
  readonly #throughput = new Throughput();
  readonly #live = new Map<string, LiveTransfer>();
  readonly #runs = new Map<string, Run>();
  readonly #timers = new Map<string, () => void>();
  readonly #touched = new Set<string>();
  readonly #claims = new Set<string>();
  readonly #integrity: Integrity;
  #settings: TransferSettings;
  #paused: boolean;
  #closing = false;

  constructor(ports: TransferPorts, settings: Partial<TransferSettings>) {
    this.#ports = ports;
    this.#settings = { ...DEFAULT_SETTINGS, ...settings };
    this.#registry = new Registry(ports.store, ports.clock);
    this.#paused = ports.store.paused();
    this.#limiter = new Limiter(ports.clock);
    this.#limiter.set(this.#settings.limitBytesPerSecond);
    this.#announcer = new Announcer(ports.clock, {
      rowOf: (id) => this.#rowOf(id),
      totals: (rev) => this.#totals(rev),
      all: () => this.#registry.all(),
    });
    this.#integrity = new Integrity(ports, this.#registry, (ids) => {
      for (const id of ids) this.#touched.add(id);
      this.#command(ids, { type: 'again' });
      this.#announcer.changed(...ids);
    });
    this.#apply(this.#registry.all().map(({ id }) => id), { type: 'restored' });
  }

  async enqueue(items: EnqueueItem[], { makeDestination = false } = {}): Promise<string[]> {
    const { disk, clock } = this.#ports;
    for (const item of items) if ('url' in item) addressOf(item);
    if (makeDestination) for (const destination of new Set(items.map((item) => item.destination))) await disk.makeFolder(destination);
    const known = this.#registry.all();
    const open = new Map(known.filter(({ state }) => state.phase !== 'done').map((transfer) => [targetOf(transfer), transfer]));
    const again: string[] = [];
    let position = positionBefore(known, null);
    const put = items.map((item) => {
      const fresh = newTransfer(item, { id: this.#ports.newId(), position: position++, nowMs: clock.nowMs() });
      const same = open.get(targetOf(fresh));
      if (same) again.push(same.id);
      const { acknowledge, sha256, hashAnyway, repair } = fresh;
      const transfer = same ? { ...same, acknowledge, sha256, hashAnyway, repair: repair || same.repair } : fresh;
      open.set(targetOf(transfer), transfer);
      this.#touched.add(transfer.id);
      return transfer;
    });
    this.#registry.put(put);
    const ids = put.map(({ id }) => id);
    this.#apply(again, { type: 'resume' });
    this.#apply(again, { type: 'retry' });
    this.#announcer.changed(...ids);
    this.#pump();
    return ids;
  }

  async list(tab: TransferTab, { offset, count }: { offset: number; count: number }): Promise<{ rev: number; total: number; rows: TransferRow[] }> {
    const inside = this.#registry.all().filter(({ state }) => inTab(state, tab));
    const sorted = tab === 'done' ? inside.toSorted((a, b) => (b.finishedAtMs ?? 0) - (a.finishedAtMs ?? 0)) : inside.toSorted(byPriority);
    return { rev: this.#announcer.rev, total: inside.length, rows: sorted.slice(offset, offset + count).flatMap(({ id }) => this.#rowOf(id) ?? []) };
  }

  async detail(id: string): Promise<TransferDetail> {
    const transfer = this.#current(id);
    const pieceBytes = transfer.manifest === null ? [] : parseManifest(JSON.parse(transfer.manifest)).files.map(({ pieces }, index) => [index, pieces?.pieceBytes] as const);
    const known = new Map(pieceBytes.flatMap(([index, bytes]) => (bytes === undefined ? [] : [[index, bytes] as const])));
    return detailOf(transfer, this.#ports.store.files(id), known, this.#live.get(id), this.#ports.clock.nowMs());
  }

  async totals(): Promise<TransferTotals> {
    return this.#totals(this.#announcer.rev);
  }

  async report(id: string): Promise<FileReport[]> {
    const { folder, destination } = this.#registry.get(id);
    const live = this.#live.get(id);
    return this.#ports.store.files(id).map(({ index, path: name, bytes, sha256, verified, error, done, progress }) => ({
      path: path.resolve(folder ?? destination, name), bytes: bytes ?? progress?.totalBytes ?? null, sha256: done ? sha256 : null, verified: done && verified, done,
      downloadedBytes: live?.files.get(index)?.downloadedBytes ?? 0, badPieces: live?.files.get(index)?.badPieces ?? [], ...(done || !error ? {} : { error }),
    }));
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

  async clear(ids: string[]): Promise<void> {
    const ended = ids.map((id) => this.#registry.get(id)).filter(({ state }) => isEnded(state));
    const bases = new Set(ended.map(baseOf));
    const others = this.#registry.all().filter((other) => !isEnded(other.state) && bases.has(baseOf(other)));
    const inUse = new Set(others.flatMap((other) => this.#partsOf(other)));
    for (const transfer of ended) {
      await this.#runs.get(transfer.id)?.ended;
      if (transfer.state.phase !== 'done') await this.#removeParts(transfer, inUse);
    }
    // Somebody may have retried one meanwhile.
    const gone = ended.map(({ id }) => id).filter((id) => isEnded(this.#registry.get(id).state));
    this.#registry.remove(gone);
    for (const id of gone) this.#live.delete(id);
    this.#announcer.removed(gone);
  }

  async pauseAll(paused: boolean): Promise<void> {
    this.#ports.store.setPaused(paused);
    this.#paused = paused;
    const all = this.#registry.all();
    if (paused) this.#command(all.map(({ id }) => id), { type: 'hold' });
    else this.#command(all.filter(({ state }) => state.phase === 'waiting' && state.reason === 'all-paused').map(({ id }) => id), { type: 'wake' });
    this.#announcer.changed();
  }

  async urgent(id: string, urgent: boolean): Promise<void> {
    this.#registry.put([{ ...this.#registry.get(id), urgent }]);
    this.#announcer.changed(id);
    this.#pump();
  }

  async move(id: string, before: string | null): Promise<void> {
    const transfer = this.#registry.get(id);
    if (before !== null) this.#registry.get(before);
    const others = this.#registry.all().filter((other) => other.id !== id);
    this.#registry.put([{ ...transfer, position: positionBefore(others, before) }]);
    this.#announcer.changed(id);
  }

  async folderOf(id: string): Promise<string> {
    const { folder, destination } = this.#registry.get(id);
    return folder ?? destination;
  }

  async verify(ids: string[] | null): Promise<void> {
    this.#integrity.verify(ids);
  }

  async stopVerify(): Promise<void> {
    this.#integrity.checks.stop();
  }

  async dismissCheck(): Promise<void> {
    this.#integrity.checks.dismiss();
  }

  async check(): Promise<CheckView> {
    return this.#integrity.checks.view;
  }

  onCheck(listener: (view: CheckView) => void): () => void {
    return this.#integrity.checks.listen(listener);
  }

  verifyFolder(folder: string): Promise<FolderCheck[]> {
    return this.#integrity.verifyFolder(folder);
  }

  async repair(ids: string[]): Promise<void> {
    this.#integrity.repair(ids);
  }

  repairFolder(folder: string, acknowledge: string[]): Promise<string[]> {
    return this.#integrity.repairFolder(folder, acknowledge);
  }

  async configure(settings: Partial<TransferSettings>): Promise<void> {
    this.#settings = { ...this.#settings, ...settings };
    if (settings.limitBytesPerSecond !== undefined) this.#limiter.set(settings.limitBytesPerSecond);
    if (settings.scope === 'touched') this.#apply([...this.#runs.keys()].filter((id) => !this.#touched.has(id)), { type: 'yield' });
    this.#pump();
  }

  async wake(reasons: WaitReason[]): Promise<void> {
    const waiting = this.#registry.all().filter(({ state }) => state.phase === 'waiting' && reasons.includes(state.reason));
    this.#command(waiting.map(({ id }) => id), { type: 'wake' });
  }

  onChanged(listener: (change: TransferChange) => void): () => void {
    return this.#announcer.listen(listener);
  }

  /** Stops every run, keeping its state as it is, so that the next start goes on; resolves when nothing is open any more. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#integrity.checks.close();
    for (const callOff of this.#timers.values()) callOff();
    for (const { controller } of this.#runs.values()) controller.abort(new AppError('cancelled', 'The program ends'));
    await Promise.all([...this.#runs.values()].map(({ ended }) => ended));
    this.#announcer.close();
    this.#registry.close();
  }

  #command(ids: string[], event: TransferEvent): void {
    for (const id of ids) {
      this.#registry.get(id);
      if (event.type === 'resume' || event.type === 'retry') this.#touched.add(id);
    }
    this.#apply(ids, event);
    this.#pump();
  }

  #apply(ids: readonly string[], event: TransferEvent): void {
    const effects = this.#registry.apply(ids, event, (id) => this.#live.get(id));
    for (const [id, list] of effects) {
      this.#timers.get(id)?.();
      this.#timers.delete(id);
      for (const effect of list) this.#act(id, effect);
    }
    if (effects.size > 0) this.#announcer.changed(...effects.keys());
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
        this.#timers.set(id, this.#ports.clock.after(Math.max(0, effect.atMs - this.#ports.clock.nowMs()), () => this.#command([id], { type: 'wake' })));
        break;
    }
  }

  #pump(): void {
    if (this.#paused || this.#closing) return;
    const { scope, activeTransfers } = this.#settings;
    const eligible = this.#registry.all().filter(({ id }) => scope === 'all' || this.#touched.has(id));
    const { start, yield: stop } = chooseRuns(eligible, new Set(this.#runs.keys()), activeTransfers);
    this.#apply(stop, { type: 'yield' });
    this.#apply(start, { type: 'start' });
  }

  #run(id: string): void {
    const live = this.#live.get(id) ?? new LiveTransfer((bytes) => this.#throughput.add(bytes, this.#ports.clock.nowMs()));
    this.#live.set(id, live);
    const controller = new AbortController();
    const refetchedBefore = live.refetchedBytes;
    const context = {
      ports: this.#ports, settings: this.#settings, limiter: this.#limiter, live, signal: controller.signal, claims: this.#claims,
      earlier: this.#earlierFiles(id),
      learned: (facts: Partial<StoredTransfer>) => (facts.folder === undefined ? this.#registry.note(id, facts) : this.#registry.put([{ ...this.#registry.get(id), ...facts }])),
      phase: (type: 'verifying' | 'publishing') => this.#apply([id], { type }),
      onChange: () => this.#announcer.changed(id),
    };
    const ended = this.#outcomeOf(runTransfer(this.#registry.get(id), context), live).then((event) => {
      this.#runs.delete(id);
      const refetchedBytes = this.#registry.get(id).refetchedBytes + live.refetchedBytes - refetchedBefore;
      this.#registry.note(id, { refetchedBytes });
      // What was stopped has its state from the one who stopped it.
      if (!controller.signal.aborted) this.#apply([id], event);
      this.#pump();
      if (this.#runs.size === 0) this.#announcer.flush();
    });
    this.#runs.set(id, { controller, ended });
  }

  #earlierFiles(id: string): StoredFile[] {
    const target = targetOf(this.#registry.get(id));
    const last = this.#registry.all().filter((other) => other.id !== id && other.kind !== 'package' && other.state.phase === 'done' && targetOf(other) === target)
      .toSorted((a, b) => (b.finishedAtMs ?? 0) - (a.finishedAtMs ?? 0))[0];
    return last ? this.#ports.store.files(last.id) : [];
  }

  async #outcomeOf(run: Promise<void>, live: LiveTransfer): Promise<TransferEvent> {
    const gainedBefore = live.gainedBytes;
    try {
      await run;
      return { type: 'finished' };
    } catch (thrown) {
      if (!(thrown instanceof AppError)) this.#ports.onBug(thrown);
      const shortBytes = thrown instanceof NoRoom ? thrown.shortBytes : null;
      const { maxAttempts } = this.#settings;
      return { type: 'failed', error: toWire(thrown), moved: live.gainedBytes > gainedBefore, atMs: this.#ports.clock.nowMs(), maxAttempts, shortBytes };
    }
  }

  #partsOf(transfer: StoredTransfer): string[] {
    return this.#ports.store.files(transfer.id).flatMap(({ path: name, done }) => (done ? [] : [partPath(path.join(baseOf(transfer), name))]));
  }

  async #removeParts(transfer: StoredTransfer, inUse: ReadonlySet<string>): Promise<void> {
    for (const part of this.#partsOf(transfer)) if (!inUse.has(part)) await this.#ports.disk.remove(part);
    if (transfer.folder !== null && transfer.folder !== transfer.destination) await this.#ports.disk.removeEmptyFolder(transfer.folder);
  }

  /** With the bytes of this moment. */
  #current(id: string): StoredTransfer {
    const transfer = this.#registry.get(id);
    const live = this.#live.get(id);
    return live && isActive(transfer.state) ? { ...transfer, receivedBytes: live.receivedBytes, totalBytes: transfer.totalBytes ?? live.totalBytes } : transfer;
  }

  #rowOf(id: string): TransferRow | null {
    return this.#registry.find(id) ? rowOf(this.#current(id), this.#live.get(id), this.#ports.clock.nowMs()) : null;
  }

  #totals(rev: number): TransferTotals {
    const rows = this.#registry.all().flatMap(({ id }) => this.#rowOf(id) ?? []);
    return totalsOf(rows, rev, this.#paused, this.#throughput.values(this.#ports.clock.nowMs()));
  }
}

/** The transfers of one home. What an earlier run of the program has left in the queue starts with the first command or `configure`. */
export function createTransfers(ports: TransferPorts, settings: Partial<TransferSettings> = {}): TransferService {
  return new TransferService(ports, settings);
}
