import { randomUUID } from 'node:crypto';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import * as z from 'zod';
import {
  deskEvent,
  EVENT_KINDS,
  type DeskEvent,
  type EventKind,
} from '../../../shared/contract/events.ts';
import { takenList, type TakenList } from '../../../shared/contract/watch-folder.ts';
import { ERROR_CODES } from '../../../shared/errors.ts';
import type { EventStore, NewEvent, TargetState } from '../../events/ports.ts';
import {
  checksum,
  closeDatabase,
  META_TABLE,
  openDatabase,
  readMeta,
  sqliteError,
  transaction,
  writeMeta,
  type Recovery,
  type RecoveredRows,
  type Source,
} from './kit.ts';

const WHAT = 'The record of events';
const MIGRATIONS = [
  `${META_TABLE}
  CREATE TABLE event (
    number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, type TEXT NOT NULL, at INTEGER NOT NULL, event TEXT NOT NULL,
    crc INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE ended (transfer TEXT PRIMARY KEY, at INTEGER NOT NULL, crc INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE target (id TEXT PRIMARY KEY, state TEXT NOT NULL, crc INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE list (number INTEGER PRIMARY KEY, list TEXT NOT NULL, crc INTEGER NOT NULL) STRICT;`,
];
const COLUMNS = {
  event: ['number', 'key', 'type', 'at', 'event'],
  ended: ['transfer', 'at'],
  target: ['id', 'state'],
  list: ['number', 'list'],
} as const;
type Table = keyof typeof COLUMNS;
const TABLES: readonly Table[] = ['event', 'ended', 'target', 'list'];
const isDamaged = (table: Table): string => `crc IS NOT checksum(${COLUMNS[table].join(', ')})`;

/** In `meta`: what had ended before is no event. */
const ENDS_KNOWN = 'ends-known';
const DAY_MS = 24 * 3_600_000;
/** What all have received is kept for so long, and not more than so many. */
const KEPT_MS = 30 * DAY_MS;
const KEPT_ROWS = 100_000;
/** What somebody has yet to receive. */
const KEPT_UNSENT_MS = 90 * DAY_MS;
const KEPT_UNSENT_ROWS = 200_000;
const MAX_LISTS = 50;

const targetState = z.object({
  cursor: z.number(),
  lastDeliveredMs: z.number().nullable(),
  failingSinceMs: z.number().nullable(),
  attempts: z.number(),
  fault: z.object({ code: z.enum(ERROR_CODES), message: z.string() }).nullable(),
  off: z.enum(['gone', 'failing']).nullable(),
  missed: z.number(),
});

/** All that is readable of a damaged file. */
function recover(db: DatabaseSync, sources: Iterable<Source>): RecoveredRows {
  let kept = 0;
  const lost = new Set<string>();
  for (const source of sources) {
    for (const table of TABLES)
      try {
        const columns = COLUMNS[table];
        const given = source.db.prepare(`SELECT ${[...columns, 'crc'].join(', ')} FROM ${table}`);
        for (const row of given.all()) {
          const values = columns.map((name) => row[name] ?? null);
          if (source.hasChecksums && checksum(...values) !== row['crc']) lost.add(table);
          else kept += insert(db, table, values, 'IGNORE');
        }
      } catch {
        lost.add(table);
      }
    try {
      // A lost one would be told a second time: then all of them count as known.
      if (!lost.has('ended') && readMeta(source.db, ENDS_KNOWN) !== null)
        writeMeta(db, ENDS_KNOWN, 'yes');
    } catch {
      // They are looked at as those of before.
    }
  }
  return { kept, fromBackup: 0, lost: [...lost] };
}

function insert(
  db: DatabaseSync,
  table: Table,
  values: readonly SQLInputValue[],
  onConflict: 'REPLACE' | 'IGNORE',
): number {
  const columns = COLUMNS[table];
  const marks = columns.map((_, at) => `?${at + 1}`).join(', ');
  return Number(
    db
      .prepare(
        `INSERT OR ${onConflict} INTO ${table} (${columns.join(', ')}, crc) VALUES (${marks}, checksum(${marks}))`,
      )
      .run(...values).changes,
  );
}

const marksFor = (count: number): string => Array.from({ length: count }, () => '?').join(', ');

/** Events, who was told of them, and lists that were taken, in `automation.sqlite`. */
class SqliteEventStore implements EventStore {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  append(events: readonly NewEvent[]): DeskEvent[] {
    return events.length === 0 ? [] : this.#write(() => this.#append(events));
  }

  after(number: number, limit: number, types: readonly EventKind[] = EVENT_KINDS): DeskEvent[] {
    return this.#all(
      `SELECT number, event FROM event WHERE number > ? AND type IN (${marksFor(types.length)}) ORDER BY number LIMIT ?`,
      number,
      ...types,
      limit,
    ).flatMap(({ number: own, event }) => {
      const { success, data } = deskEvent.safeParse({
        ...(JSON.parse(String(event)) as object),
        number: Number(own),
      });
      return success ? [data] : [];
    });
  }

  waiting(number: number, types: readonly EventKind[]): number {
    return this.#number(
      `SELECT count(*) AS found FROM event WHERE number > ? AND type IN (${marksFor(types.length)})`,
      number,
      ...types,
    );
  }

  newest(): number {
    return this.#number('SELECT coalesce(max(number), 0) AS found FROM event');
  }

  ends(): Map<string, number> | null {
    if (this.#meta() === null) return null;
    return new Map(
      this.#all('SELECT transfer, at FROM ended').map(({ transfer, at }) => [
        String(transfer),
        Number(at),
      ]),
    );
  }

  saveEnds({ added, removed, events }: Parameters<EventStore['saveEnds']>[0]): DeskEvent[] {
    return this.#write(() => {
      if (readMeta(this.#db, ENDS_KNOWN) === null) writeMeta(this.#db, ENDS_KNOWN, 'yes');
      for (const id of removed) this.#run('DELETE FROM ended WHERE transfer = ?', id);
      for (const [id, at] of added) insert(this.#db, 'ended', [id, at], 'REPLACE');
      return this.#append(events);
    });
  }

  target(id: string): TargetState | null {
    const [row] = this.#all('SELECT state FROM target WHERE id = ?', id);
    return row ? (targetState.safeParse(JSON.parse(String(row['state']))).data ?? null) : null;
  }

  saveTarget(id: string, state: TargetState): void {
    this.#write(() => insert(this.#db, 'target', [id, JSON.stringify(state)], 'REPLACE'));
  }

  removeTarget(id: string): void {
    this.#write(() => this.#run('DELETE FROM target WHERE id = ?', id));
  }

  prune(nowMs: number, targets: readonly { id: string; events: readonly EventKind[] }[]): void {
    const states = targets.flatMap(({ id, events }) => {
      const state = this.target(id);
      return state === null ? [] : [{ id, events, state }];
    });
    // Up to here everybody has what concerns them.
    const sent = Math.min(
      ...states.map(({ events, state: { cursor } }) => {
        const [next] = this.after(cursor, 1, events);
        return (next?.number ?? Infinity) - 1;
      }),
      Number.MAX_SAFE_INTEGER,
    );
    const oldest = Math.max(
      Math.min(sent, this.#bound(nowMs - KEPT_MS, KEPT_ROWS)),
      this.#bound(nowMs - KEPT_UNSENT_MS, KEPT_UNSENT_ROWS),
    );
    if (oldest === 0) return;
    this.#write(() => {
      for (const { id, events, state } of states) {
        const missed = this.waiting(state.cursor, events) - this.waiting(oldest, events);
        if (state.cursor < oldest && missed > 0)
          insert(
            this.#db,
            'target',
            [id, JSON.stringify({ ...state, cursor: oldest, missed: state.missed + missed })],
            'REPLACE',
          );
      }
      // The newest keeps its number from being given again.
      this.#run(
        'DELETE FROM event WHERE number <= ? AND number < (SELECT max(number) FROM event)',
        oldest,
      );
    });
  }

  lists(): TakenList[] {
    return this.#all('SELECT list FROM list ORDER BY number DESC').flatMap(
      ({ list }) => takenList.safeParse(JSON.parse(String(list))).data ?? [],
    );
  }

  addList(list: TakenList): void {
    this.#write(() => {
      const number = this.#number('SELECT coalesce(max(number), 0) + 1 AS found FROM list');
      insert(this.#db, 'list', [number, JSON.stringify(list)], 'REPLACE');
      this.#run('DELETE FROM list WHERE number <= ?', number - MAX_LISTS);
    });
  }

  /** The newest number that is older than this, or beyond so many; 0 for none. */
  #bound(beforeMs: number, rows: number): number {
    return Math.max(
      this.#number('SELECT coalesce(max(number), 0) AS found FROM event WHERE at < ?', beforeMs),
      this.#number(
        'SELECT coalesce((SELECT number FROM event ORDER BY number DESC LIMIT 1 OFFSET ?), 0) AS found',
        rows,
      ),
    );
  }

  #append(events: readonly NewEvent[]): DeskEvent[] {
    return events.flatMap(({ key, type, atMs, data }): DeskEvent[] => {
      const number = this.#number('SELECT coalesce(max(number), 0) + 1 AS found FROM event');
      const event: Omit<DeskEvent, 'number'> = {
        id: `evt_${randomUUID()}`,
        type,
        timestamp: new Date(atMs).toISOString(),
        data,
      };
      const isNew = insert(
        this.#db,
        'event',
        [number, key, type, Math.round(atMs), JSON.stringify(event)],
        'IGNORE',
      );
      return isNew === 0 ? [] : [{ number, ...event }];
    });
  }

  #meta(): string | null {
    try {
      return readMeta(this.#db, ENDS_KNOWN);
    } catch (thrown) {
      throw sqliteError(thrown, WHAT);
    }
  }

  #number(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#all(sql, ...values)[0]?.['found'] ?? 0);
  }

  #all(sql: string, ...values: SQLInputValue[]) {
    try {
      return this.#db.prepare(sql).all(...values);
    } catch (thrown) {
      throw sqliteError(thrown, WHAT);
    }
  }

  #run(sql: string, ...values: SQLInputValue[]): void {
    this.#db.prepare(sql).run(...values);
  }

  #write<T>(work: () => T): T {
    try {
      return transaction(this.#db, work);
    } catch (thrown) {
      throw sqliteError(thrown, WHAT);
    }
  }
}

/**
 * Opens `automation.sqlite` of a home.
 * @throws what `openDatabase` throws
 */
export function openAutomationStore(
  file: string,
  onRecovered: (recovery: Recovery) => void,
): { store: EventStore; close(): void } {
  const db = openDatabase({
    file,
    what: WHAT,
    migrations: MIGRATIONS,
    pragmas: 'PRAGMA synchronous = FULL',
    rowChecks: Object.fromEntries(TABLES.map((table) => [table, isDamaged(table)])),
    alwaysVerified: ['target', 'ended'],
    backups: [],
    recover,
    onRecovered,
  });
  return { store: new SqliteEventStore(db), close: () => closeDatabase(db, false) };
}
