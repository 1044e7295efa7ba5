import { closeSync, existsSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { SQLInputValue } from 'node:sqlite';
import { DAY } from '../clock.ts';
import { checksum, DamagedData, requireFile, quarantineDamagedRows } from './damage.ts';
import { migrate, TABLES } from './migrations.ts';
import type {
  AccountRecord,
  DownloadRecord,
  EditRecord,
  FlowRecord,
  IdempotencyRecord,
  MailRecord,
  ManifestRecord,
  RefreshRecord,
  SessionRecord,
  Store,
  StoreSizes,
  StoreTx,
  ThrottleRecord,
} from './ports.ts';

type Columns = Record<string, SQLInputValue>;

class Records<T> {
  readonly #db: DatabaseSync;
  readonly #table: string;
  readonly #columns: (record: T) => Columns & { key: string };

  constructor(db: DatabaseSync, table: string, columns: (record: T) => Columns & { key: string }) {
    this.#db = db;
    this.#table = table;
    this.#columns = columns;
  }

  async select(where: string, ...values: SQLInputValue[]): Promise<T[]> {
    const rows = this.#db.prepare(`SELECT json FROM ${this.#table} WHERE ${where}`).all(...values);
    return rows.map((row) => JSON.parse(String(row['json'])) as T);
  }

  async get(key: string): Promise<T | undefined> {
    const [found] = await this.select('key = ?', key);
    return found;
  }

  async put(record: T): Promise<void> {
    const columns = { ...this.#columns(record), json: JSON.stringify(record) };
    const names = Object.keys(columns);
    const updates = names
      .filter((name) => name !== 'key')
      .map((name) => `${name} = excluded.${name}`);
    const values = names.map((_, index) => `?${index + 1}`).join(', ');
    // Not INSERT OR REPLACE: it would silently delete another account with the same address.
    this.#db
      .prepare(
        `INSERT INTO ${this.#table} (${names.join(', ')}, crc) VALUES (${values}, checksum(${values})) ON CONFLICT (key) DO UPDATE SET ${updates.join(', ')}, crc = excluded.crc`,
      )
      .run(...Object.values(columns));
  }

  async delete(key: string): Promise<void> {
    this.#db.prepare(`DELETE FROM ${this.#table} WHERE key = ?`).run(key);
  }
}

const bound = <T>(records: Records<T>) => ({
  get: (key: string) => records.get(key),
  put: (record: T) => records.put(record),
  delete: (key: string) => records.delete(key),
});

/**
 * Throttle keys are the address, or the address, a space and a network; addresses contain no space.
 */
const ADDRESS = "iif(instr(key, ' '), substr(key, 1, instr(key, ' ') - 1), key)";

function eraseIn(db: DatabaseSync, accountId: string): void {
  for (const sql of [
    'DELETE FROM refresh_tokens WHERE session IN (SELECT key FROM sessions WHERE account = ?)',
    'DELETE FROM sessions WHERE account = ?',
    'DELETE FROM downloads WHERE account = ?',
    `DELETE FROM throttles WHERE ${ADDRESS} = (SELECT email FROM accounts WHERE key = ?)`,
    'DELETE FROM accounts WHERE key = ?',
  ])
    db.prepare(sql).run(accountId);
}

function tables(db: DatabaseSync): StoreTx {
  const accounts = new Records<AccountRecord>(db, 'accounts', (a) => ({
    key: a.id,
    email: a.emailKey,
  }));
  const flows = new Records<FlowRecord>(db, 'flows', (f) => ({
    key: f.id,
    address: `${f.purpose}:${f.emailKey}`,
    closed: f.isClosed ? 1 : 0,
    token: f.reset?.tokenHash ?? null,
    at: f.createdAt,
  }));
  const sessions = new Records<SessionRecord>(db, 'sessions', (s) => ({
    key: s.id,
    account: s.accountId,
    ended: s.endedAt,
    seen: s.lastSeenAt,
  }));
  const refreshTokens = new Records<RefreshRecord>(db, 'refresh_tokens', (r) => ({
    key: r.hash,
    session: r.sessionId,
    at: r.issuedAt,
  }));
  const idempotency = new Records<IdempotencyRecord>(db, 'idempotency', (i) => ({
    key: i.scope,
    at: i.at,
  }));
  const mails = new Records<MailRecord>(db, 'mails', (m) => ({ key: m.id, due: m.dueAt }));
  const throttles = new Records<ThrottleRecord>(db, 'throttles', (t) => ({
    key: t.key,
    at: Math.max(t.lastAt, t.knownAt ?? 0),
  }));
  const downloads = new Records<DownloadRecord>(db, 'downloads', (d) => ({
    key: d.id,
    account: d.accountId,
    at: d.createdAt,
  }));
  const manifests = new Records<ManifestRecord>(db, 'manifests', ({ key }) => ({ key }));
  const notes = new Records<{ key: string; value: string }>(db, 'notes', (n) => ({ key: n.key }));
  const edits = new Records<EditRecord>(db, 'edits', ({ number, at }) => ({
    key: String(number).padStart(9, '0'),
    at,
  }));
  return {
    accounts: {
      ...bound(accounts),
      delete: async (id) => eraseIn(db, id),
      byEmail: async (emailKey) => (await accounts.select('email = ?', emailKey))[0],
    },
    flows: {
      ...bound(flows),
      open: (purpose, emailKey) =>
        flows.select(
          'address = ? AND closed = 0 ORDER BY at DESC, rowid DESC',
          `${purpose}:${emailKey}`,
        ),
      ofAccount: (accountId) => flows.select("json ->> 'accountId' = ? ORDER BY at", accountId),
      byResetToken: async (hash) => (await flows.select('token = ?', hash))[0],
    },
    sessions: {
      ...bound(sessions),
      live: (accountId) =>
        sessions.select('account = ? AND ended IS NULL ORDER BY seen, rowid', accountId),
      ofAccount: (accountId) => sessions.select('account = ? ORDER BY seen, rowid', accountId),
    },
    refreshTokens: bound(refreshTokens),
    idempotency: bound(idempotency),
    mails: {
      ...bound(mails),
      due: (now, latest) =>
        mails.select('due <= ? OR due > ? ORDER BY due, rowid LIMIT 20', now, latest),
    },
    throttles: {
      ...bound(throttles),
      ofAddress: (emailKey) => throttles.select(`${ADDRESS} = ?`, emailKey),
    },
    downloads: {
      ...bound(downloads),
      ofAccount: (accountId) => downloads.select('account = ? ORDER BY at DESC', accountId),
    },
    manifests: bound(manifests),
    notes: bound(notes),
    edits: {
      put: (record) => edits.put(record),
      all: () => edits.select('true ORDER BY key'),
    },
  };
}

const SIZES: StoreSizes = { tableBytes: 128 * 1024 * 1024, rowsPerAccount: 10_000 };
/** Counters that expire: of networks that never signed in, and below the lock. */
const PASSING = "json ->> 'knownAt' IS NULL AND json ->> 'failures' < 100";

function purgeIn(db: DatabaseSync, now: number, { tableBytes, rowsPerAccount }: StoreSizes): void {
  const before = (sql: string, ageMs: number) => db.prepare(sql).run(now - ageMs);
  before('DELETE FROM idempotency WHERE at < ?', DAY);
  before('DELETE FROM flows WHERE at < ?', 2 * DAY);
  before('DELETE FROM sessions WHERE ended < ?', 30 * DAY);
  before('DELETE FROM sessions WHERE seen < ?', 181 * DAY);
  // After 30 days a token is refused, used or not.
  before('DELETE FROM refresh_tokens WHERE at < ?', 31 * DAY);
  before('DELETE FROM throttles WHERE at < ?', 181 * DAY);
  // Failures count for a day. For an address without an account nothing else needs keeping.
  before(
    `DELETE FROM throttles WHERE at < ? AND (${PASSING} OR ${ADDRESS} NOT IN (SELECT email FROM accounts))`,
    2 * DAY,
  );
  before('DELETE FROM downloads WHERE at < ?', 400 * DAY);
  const oldestOver = (table: string, which: string) =>
    db
      .prepare(
        `DELETE FROM ${table} WHERE key IN (SELECT key FROM (SELECT key, sum(length(key) + length(json)) OVER (ORDER BY at DESC, rowid DESC) AS bytes FROM ${table} WHERE ${which}) WHERE bytes > ?)`,
      )
      .run(tableBytes);
  oldestOver('idempotency', 'true');
  oldestOver('flows', 'true');
  oldestOver('throttles', PASSING);
  const oldestOfAccount = (table: string, at: string, which: string) =>
    db
      .prepare(
        `DELETE FROM ${table} WHERE key IN (SELECT key FROM (SELECT key, row_number() OVER (PARTITION BY account ORDER BY ${at} DESC, rowid DESC) AS n FROM ${table} WHERE ${which}) WHERE n > ?)`,
      )
      .run(rowsPerAccount);
  oldestOfAccount('sessions', 'ended', 'ended IS NOT NULL');
  oldestOfAccount('downloads', 'at', 'true');
  db.exec('DELETE FROM refresh_tokens WHERE session NOT IN (SELECT key FROM sessions)');
}

/** SQLITE_FULL (13) does not mean that the file is damaged. */
const isSqliteFault = (error: unknown): error is Error =>
  error instanceof Error && 'errcode' in error && error.errcode !== 13;

/**
 * @param file path, or `:memory:`
 * @param onDamagedRow called with the table of each quarantined row
 * @throws DamagedData, or an error if another service has the file open or a newer version wrote it
 */
export function openSqliteStore(
  file: string,
  onDamagedRow: (table: string) => void = () => undefined,
): Store {
  requireFile(file);
  // Mode 0600 regardless of the umask; SQLite gives its log the same mode. An existing file is not
  // opened: closing it would drop another service’s lock (POSIX locks).
  if (file !== ':memory:' && !existsSync(file)) closeSync(openSync(file, 'wx', 0o600));
  const db = new DatabaseSync(file);
  try {
    db.function('checksum', { deterministic: true, varargs: true }, checksum);
    // Exclusive: two services on one folder would each trust their own counters. The system
    // releases the lock when the process ends.
    db.exec(
      'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL',
    );
    db.exec('BEGIN IMMEDIATE; COMMIT');
    migrate(db);
    quarantineDamagedRows(db, file, TABLES).forEach(onDamagedRow);
  } catch (error) {
    db.close();
    if (error instanceof Error && /locked/.test(error.message))
      throw new Error('The data folder is in use by another service', { cause: error });
    throw isSqliteFault(error)
      ? new DamagedData(file, `can’t be used (${error.message})`, { cause: error })
      : error;
  }
  const tx = tables(db);
  let last: Promise<unknown> = Promise.resolve();

  async function run<T>(work: (tx: StoreTx) => Promise<T>): Promise<T> {
    db.exec('BEGIN');
    try {
      const result = await work(tx);
      db.exec('COMMIT');
      return result;
    } catch (error) {
      db.exec('ROLLBACK');
      throw error;
    }
  }
  const transaction = <T>(work: (tx: StoreTx) => Promise<T>): Promise<T> => {
    const turn = last.then(() => run(work));
    last = turn.catch(() => undefined);
    return turn;
  };

  return {
    transaction,
    purge: (now, sizes = SIZES) => transaction(async () => purgeIn(db, now, sizes)),
    close: async () => {
      await last;
      db.close();
    },
  };
}
