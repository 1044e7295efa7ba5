import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { autoFetchLine } from '../../../shared/contract/auto-fetch.ts';
import type { AutoFetchStore, LogFilter, LogLine, NewLine, Seen } from '../../auto-fetch/ports.ts';
import {
  closeDatabase,
  META_TABLE,
  openDatabase,
  checksum,
  sqliteError,
  transaction,
  type Recovery,
  type RecoveredRows,
  type Source,
} from './kit.ts';

const WHAT = 'The record of auto-fetch';
const MIGRATIONS = [
  `${META_TABLE}
  CREATE TABLE rule (search TEXT PRIMARY KEY, since INTEGER NOT NULL, ran INTEGER, crc INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE seen (
    search TEXT NOT NULL, asset TEXT NOT NULL, rev INTEGER NOT NULL, outcome TEXT NOT NULL, reason TEXT, until INTEGER,
    package TEXT, bytes INTEGER, at INTEGER NOT NULL, crc INTEGER NOT NULL, PRIMARY KEY (search, asset)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX seen_queued ON seen (search, at) WHERE outcome = 'queued';
  CREATE TABLE log (
    number INTEGER PRIMARY KEY, search TEXT NOT NULL, queued INTEGER NOT NULL, line TEXT NOT NULL, crc INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX log_search ON log (search, number);`,
];
const COLUMNS = {
  rule: ['search', 'since', 'ran'],
  seen: ['search', 'asset', 'rev', 'outcome', 'reason', 'until', 'package', 'bytes', 'at'],
  log: ['number', 'search', 'queued', 'line'],
} as const;
type Table = keyof typeof COLUMNS;
const TABLES: readonly Table[] = ['rule', 'seen', 'log'];
const isDamaged = (table: Table): string => `crc IS NOT checksum(${COLUMNS[table].join(', ')})`;

/** Lines kept of each rule; the oldest go. */
const MAX_LINES = 1000;
/** What was decided so long ago can't become new again. */
const MAX_AGE_MS = 400 * 24 * 3_600_000;

/** All that is readable of a damaged file; what is lost is looked at again. */
function recover(db: DatabaseSync, sources: Iterable<Source>): RecoveredRows {
  let kept = 0;
  const lost = new Set<string>();
  for (const source of sources)
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
  return { kept, fromBackup: 0, lost: [...lost] };
}

function insert(
  db: DatabaseSync,
  table: Table,
  values: readonly SQLInputValue[],
  onConflict: 'REPLACE' | 'IGNORE' = 'REPLACE',
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

const isQueuedLine = ({ kind, queued }: NewLine): boolean =>
  kind === 'queued' || (kind === 'caught-up' && queued > 0);
const FILTERS: Record<LogFilter, string> = {
  all: '',
  queued: 'AND queued = 1',
  'not-queued': 'AND queued = 0',
};

/** What the rules of saved searches have done, in `auto-fetch.sqlite`. */
class SqliteAutoFetchStore implements AutoFetchStore {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  state(searchId: string): { sinceMs: number; lastRunMs: number | null } | null {
    const row = this.#all('SELECT since, ran FROM rule WHERE search = ?', searchId)[0];
    return row
      ? {
          sinceMs: Number(row['since']),
          lastRunMs: row['ran'] === null ? null : Number(row['ran']),
        }
      : null;
  }

  begin(searchId: string, atMs: number, before: readonly Seen[], lines: readonly NewLine[]): void {
    this.#write(() => {
      // What it has queued today counts when it is switched on again.
      this.#run("DELETE FROM seen WHERE search = ? AND outcome <> 'queued'", searchId);
      for (const seen of before) this.#putSeen(searchId, seen, 'IGNORE');
      insert(this.#db, 'rule', [searchId, atMs, null]);
      this.#append(searchId, lines);
    });
  }

  end(searchId: string): void {
    this.#write(() => {
      this.#run('DELETE FROM rule WHERE search = ?', searchId);
      this.#run("DELETE FROM seen WHERE search = ? AND outcome IN ('held', 'intended')", searchId);
    });
  }

  seen(searchId: string): Seen[] {
    return this.#all(`SELECT * FROM seen WHERE search = ?`, searchId).map((row) => ({
      assetId: String(row['asset']),
      rev: Number(row['rev']),
      outcome: String(row['outcome']) as Seen['outcome'],
      reason: row['reason'] as Seen['reason'],
      untilMs: row['until'] as number | null,
      packageId: row['package'] as string | null,
      bytes: row['bytes'] as number | null,
      atMs: Number(row['at']),
    }));
  }

  note(searchId: string, seen: readonly Seen[], lines: readonly NewLine[]): void {
    if (seen.length + lines.length === 0) return;
    this.#write(() => {
      for (const one of seen) this.#putSeen(searchId, one);
      this.#append(searchId, lines);
    });
  }

  ran(searchId: string, atMs: number): void {
    const state = this.state(searchId);
    if (state) this.#write(() => insert(this.#db, 'rule', [searchId, state.sinceMs, atMs]));
  }

  used(searchId: string, sinceMs: number): { packages: number; bytes: number } {
    const [row] = this.#all(
      "SELECT count(*) AS packages, coalesce(sum(bytes), 0) AS bytes FROM seen WHERE search = ? AND outcome = 'queued' AND at >= ?",
      searchId,
      sinceMs,
    );
    return { packages: Number(row?.['packages']), bytes: Number(row?.['bytes']) };
  }

  log(
    searchId: string,
    filter: LogFilter,
    { offset, count }: { offset: number; count: number },
  ): { total: number; items: LogLine[] } {
    const where = `FROM log WHERE search = ? ${FILTERS[filter]}`;
    const rows = this.#all(
      `SELECT number, line ${where} ORDER BY number DESC LIMIT ? OFFSET ?`,
      searchId,
      count,
      offset,
    );
    return {
      total: Number(this.#all(`SELECT count(*) AS total ${where}`, searchId)[0]?.['total']),
      items: rows.flatMap(({ number, line }) => {
        const parsed = autoFetchLine.safeParse({
          ...(JSON.parse(String(line)) as object),
          number: Number(number),
        });
        return parsed.success ? [parsed.data] : [];
      }),
    };
  }

  retain(searchIds: readonly string[]): void {
    const kept = JSON.stringify(searchIds);
    this.#write(() => {
      for (const table of TABLES)
        this.#run(
          `DELETE FROM ${table} WHERE search NOT IN (SELECT value FROM json_each(?))`,
          kept,
        );
    });
  }

  /** @param nowMs what is much older goes */
  clean(nowMs: number): void {
    this.#write(() =>
      this.#run(
        "DELETE FROM seen WHERE at < ? AND outcome IN ('queued', 'left')",
        nowMs - MAX_AGE_MS,
      ),
    );
  }

  #putSeen(searchId: string, seen: Seen, onConflict: 'REPLACE' | 'IGNORE' = 'REPLACE'): void {
    const { assetId, rev, outcome, reason, untilMs, packageId, bytes, atMs } = seen;
    insert(
      this.#db,
      'seen',
      [searchId, assetId, rev, outcome, reason, untilMs, packageId, bytes, atMs],
      onConflict,
    );
  }

  #append(searchId: string, lines: readonly NewLine[]): void {
    if (lines.length === 0) return;
    for (const line of lines) {
      const number = Number(
        this.#all('SELECT coalesce(max(number), 0) + 1 AS next FROM log')[0]?.['next'],
      );
      insert(this.#db, 'log', [number, searchId, isQueuedLine(line) ? 1 : 0, JSON.stringify(line)]);
    }
    this.#run(
      'DELETE FROM log WHERE search = ?1 AND number <= (SELECT number FROM log WHERE search = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)',
      searchId,
      MAX_LINES,
    );
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

  #write(work: () => void): void {
    try {
      transaction(this.#db, work);
    } catch (thrown) {
      throw sqliteError(thrown, WHAT);
    }
  }
}

/**
 * Opens `auto-fetch.sqlite` of a home.
 * @throws what `openDatabase` throws
 */
export function openAutoFetchStore(
  file: string,
  { nowMs, onRecovered }: { nowMs: number; onRecovered(recovery: Recovery): void },
): { store: AutoFetchStore; close(): void } {
  const db = openDatabase({
    file,
    what: WHAT,
    migrations: MIGRATIONS,
    pragmas: 'PRAGMA synchronous = FULL',
    rowChecks: Object.fromEntries(TABLES.map((table) => [table, isDamaged(table)])),
    alwaysVerified: ['rule'],
    backups: [],
    recover,
    onRecovered,
  });
  const store = new SqliteAutoFetchStore(db);
  try {
    store.clean(nowMs);
  } catch {
    // On a full disk the next start does it.
  }
  return { store, close: () => closeDatabase(db, false) };
}
