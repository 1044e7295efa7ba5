import path from 'node:path';
import type { DeskEvent, EventData } from '../../shared/contract/events.ts';
import { AppError } from '../../shared/errors.ts';
import { systemClock } from '../../shared/clock.ts';
import { createMutex } from '../../shared/mutex.ts';
import type { Log } from '../adapters/log.ts';
import { openAutomationStore } from '../adapters/sqlite/automation-store.ts';
import type { Recovery } from '../adapters/sqlite/kit.ts';
import type { EventStore, NewEvent } from '../events/ports.ts';
import type { RecallEvent, TransferRow, TransfersApi } from '../transfers/api.ts';
import type { ReadyPackage } from './ledger.ts';

type Deps = {
  home: string;
  transfers: Pick<TransfersApi, 'detail' | 'list'>;
  serviceNow(): number;
  /** Failures are looked for by what stays open: a command says itself how it has ended. */
  background: boolean;
  log: Log;
  onRecovered(recovery: Recovery): void;
};

const PAGE = 500;
const UNKNOWN: EventData = {
  transferId: '',
  assetId: null,
  packageId: null,
  rev: null,
  source: null,
  title: '',
  folder: null,
  files: null,
  bytes: null,
  reason: null,
  newRev: null,
  note: null,
  code: null,
  message: null,
};

/** Of a package that is complete the ledger says so. */
const isEnded = ({ state, packageId }: TransferRow): boolean =>
  state.phase === 'failed' || (state.phase === 'done' && packageId === null);
/** A download, and when it has ended: another end has another time. */
const endOf = ({ id, finishedAt }: TransferRow): [string, number] => [id, finishedAt ?? 0];

const RECALL_EVENTS = {
  withdrawn: 'package.recalled',
  'on-hold': 'package.recalled',
  lifted: 'package.released',
  corrected: 'package.corrected',
  // Its time was known from the start, and `.done` stays.
  expired: null,
} as const;

/**
 * What happens at this desk, recorded once. Packages and recalls come from who records them in the
 * ledger, at least once each, and their keys are unique; failures, and downloads by URL or Metalink
 * that are complete, are compared with those that are known, which are stored with their events.
 */
export class DeskEvents {
  readonly #deps: Deps;
  readonly #listeners = new Set<(event: DeskEvent) => void>();
  readonly #mutex = createMutex();
  #opened: { store: EventStore; close(): void } | null = null;
  #isClosed = false;
  /** Start of this run. */
  readonly #sinceMs = systemClock.nowMs();
  /** As `EventStore.ends`; null until they have been looked for in this run. */
  #ends: Map<string, number> | null = null;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Opened with the first use: most commands have none. */
  get store(): EventStore {
    if (this.#isClosed) throw new AppError('cancelled', 'The record of events is closed');
    const { home, onRecovered } = this.#deps;
    this.#opened ??= openAutomationStore(path.join(home, 'automation.sqlite'), onRecovered);
    return this.#opened.store;
  }

  /** @returns those after this number, oldest first; durable */
  async after(number: number, limit: number): Promise<DeskEvent[]> {
    return this.store.after(number, limit);
  }

  /** Number of the newest; 0 for none. */
  newest(): number {
    return this.store.newest();
  }

  /**
   * Each event that is recorded from now on, once it is durable.
   * @returns a function that unsubscribes
   */
  listen(listener: (event: DeskEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Packages that are complete: before the ledger has them, so that a kill in between costs neither.
   * @throws `disk-full`; whatever else is wrong with the record is logged, and holds up no ledger
   */
  async ready(packages: readonly ReadyPackage[]): Promise<void> {
    const events = packages.map(
      ({ transferId, assetId, packageId, rev, title, source, folder, files, bytes }): NewEvent => ({
        key: `ready ${transferId} ${rev}`,
        type: 'package.ready',
        atMs: this.#deps.serviceNow(),
        data: {
          ...UNKNOWN,
          transferId,
          assetId,
          packageId,
          rev,
          title,
          source,
          folder,
          files,
          bytes,
        },
      }),
    );
    this.#record(events);
  }

  /** A recall, or its end, of what was complete. @throws as `ready` */
  async recalled({ type, recall }: RecallEvent): Promise<void> {
    const kind = RECALL_EVENTS[recall.kind];
    if (type !== 'recalled' || kind === null || recall.phase !== 'done') return;
    const { id, transferId, assetId, packageId, title, rev, words, places } = recall;
    const detail = await this.#detail(transferId);
    this.#record([
      {
        key: `recall ${id}`,
        type: kind,
        atMs: this.#deps.serviceNow(),
        data: {
          ...UNKNOWN,
          transferId,
          assetId,
          packageId,
          rev: rev.from,
          title,
          source: detail?.service ?? null,
          folder: places[0]?.folder ?? detail?.folder ?? null,
          files: detail?.filesTotal ?? null,
          bytes: detail?.totalBytes ?? null,
          reason: recall.kind === 'withdrawn' || recall.kind === 'on-hold' ? recall.kind : null,
          newRev: rev.to,
          note: words,
        },
      },
    ]);
  }

  /** Downloads that have changed. Never rejects. */
  changed(rows: readonly TransferRow[]): Promise<void> {
    return this.#mutex(async () => {
      if (this.#ends !== null) await this.#compare(rows, this.#ends);
    }).catch((thrown: unknown) => this.#failed(thrown));
  }

  /** What has ended since the last run. Never rejects. */
  catchUp(): Promise<void> {
    return this.#mutex(async () => {
      if (!this.#deps.background) return;
      const rows: TransferRow[] = [];
      for (const tab of ['failed', 'done'] as const)
        for (let total = 1, offset = 0; offset < total; offset += PAGE) {
          const page = await this.#deps.transfers.list(tab, { offset, count: PAGE });
          ({ total } = page);
          rows.push(...page.rows.filter(isEnded));
        }
      const known = this.store.ends();
      // What had ended before there were events is none; what has ended since this start is one.
      const isBefore = ([, atMs]: [string, number]): boolean => atMs < this.#sinceMs;
      const added = new Map(known === null ? rows.map(endOf).filter(isBefore) : []);
      const ids = new Set(rows.map(({ id }) => id));
      const removed = [...(known?.keys() ?? [])].filter((id) => !ids.has(id));
      if (known === null || removed.length > 0) this.store.saveEnds({ added, removed, events: [] });
      this.#ends = known ?? added;
      await this.#compare(rows, this.#ends);
    }).catch((thrown: unknown) => this.#failed(thrown));
  }

  async close(): Promise<void> {
    await this.#mutex(async () => undefined);
    this.#isClosed = true;
    this.#opened?.close();
    this.#opened = null;
  }

  async #compare(rows: readonly TransferRow[], known: Map<string, number>): Promise<void> {
    const ended = rows.filter(isEnded).filter((row) => known.get(row.id) !== endOf(row)[1]);
    if (ended.length === 0) return;
    const events: NewEvent[] = [];
    for (const row of ended) events.push(await this.#end(row));
    const added = new Map(ended.map(endOf));
    const recorded = this.store.saveEnds({ added, removed: [], events });
    for (const [id, at] of added) known.set(id, at);
    this.#tell(recorded);
  }

  async #end(row: TransferRow): Promise<NewEvent> {
    const { id, assetId, packageId, title, state, totalBytes, filesTotal } = row;
    const detail = await this.#detail(id);
    return {
      // The same download may end again, once it was tried again or repaired.
      key: `${state.phase === 'failed' ? 'failed' : 'ready'} ${endOf(row).join(' ')}`,
      type: state.phase === 'failed' ? 'download.failed' : 'download.ready',
      atMs: this.#deps.serviceNow(),
      data: {
        ...UNKNOWN,
        transferId: id,
        assetId,
        packageId,
        title,
        source: detail?.service ?? null,
        folder: detail?.folder ?? null,
        files: filesTotal,
        bytes: totalBytes,
        code: state.phase === 'failed' ? state.code : null,
        message: state.phase === 'failed' ? state.message : null,
      },
    };
  }

  /** Null of a download that is no longer known, or can't be read. */
  async #detail(id: string) {
    try {
      return await this.#deps.transfers.detail(id);
    } catch (thrown) {
      if (thrown instanceof AppError) return null;
      throw thrown;
    }
  }

  #record(events: readonly NewEvent[]): void {
    let recorded: DeskEvent[] = [];
    try {
      recorded = this.store.append(events);
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.code === 'disk-full') throw thrown;
      this.#failed(thrown);
    }
    this.#tell(recorded);
  }

  #tell(events: readonly DeskEvent[]): void {
    for (const event of events)
      for (const listener of this.#listeners)
        try {
          listener(event);
        } catch (thrown) {
          // It is recorded, whoever fails to hear of it.
          this.#failed(thrown);
        }
  }

  #failed(thrown: unknown): void {
    this.#deps.log.error('events', thrown);
  }
}
