import type { DatabaseSync } from 'node:sqlite';
import { parseAddress } from '../accounts/email.ts';
import { columnsOf } from './damage.ts';
import type { AccountRecord, FlowRecord } from './ports.ts';

type Migration = string | ((db: DatabaseSync) => void);

const recordsIn = <T>(db: DatabaseSync, sql: string): T[] =>
  db
    .prepare(sql)
    .all()
    .map((row) => JSON.parse(String(row['json'])) as T);

/**
 * Earlier versions derived keys with a lax parser (domains were cut at `/`, `?`, `#` and `\`) and
 * mailed to the text as typed. An account whose address does not parse gives up its key, which
 * belongs to another person; its sessions stay valid, so that the owner can set another address.
 */
function parseStoredAddresses(db: DatabaseSync): void {
  const putAccount = db.prepare('UPDATE accounts SET email = ?, json = ? WHERE key = ?');
  const accounts = recordsIn<AccountRecord>(
    db,
    "SELECT json FROM accounts ORDER BY json ->> 'createdAt', rowid",
  );
  // The column is unique: clear all keys before assigning new ones.
  db.exec('UPDATE accounts SET email = key');
  const taken = new Set<string>();
  for (const account of accounts) {
    const parsed = parseAddress(account.email);
    const isFree = parsed !== null && !taken.has(parsed.emailKey);
    const kept = { ...account, ...(isFree ? parsed : { emailKey: account.id }) };
    taken.add(kept.emailKey);
    putAccount.run(kept.emailKey, JSON.stringify(kept), account.id);
  }
  const putFlow = db.prepare('UPDATE flows SET address = ?, closed = ?, json = ? WHERE key = ?');
  for (const flow of recordsIn<FlowRecord>(db, 'SELECT json FROM flows')) {
    const parsed = parseAddress(flow.email);
    // Flows beyond the hourly limit have keys of their own, with a space in them.
    const kept =
      parsed === null
        ? { ...flow, isClosed: true, reset: null }
        : {
            ...flow,
            email: parsed.email,
            emailKey: flow.emailKey.includes(' ') ? flow.emailKey : parsed.emailKey,
          };
    putFlow.run(
      `${kept.purpose}:${kept.emailKey}`,
      kept.isClosed ? 1 : 0,
      JSON.stringify(kept),
      flow.id,
    );
  }
}

/** Tables with records, of the versions before checksums. */
const FIRST_TABLES = [
  'accounts',
  'flows',
  'sessions',
  'refresh_tokens',
  'idempotency',
  'mails',
  'throttles',
  'downloads',
  'manifests',
  'notes',
];
/** Tables with records. */
export const TABLES = [...FIRST_TABLES, 'edits'];

function addChecksums(db: DatabaseSync): void {
  for (const table of FIRST_TABLES)
    db.exec(
      `ALTER TABLE ${table} ADD COLUMN crc INTEGER; UPDATE ${table} SET crc = checksum(${columnsOf(db, table).join(', ')})`,
    );
  db.exec(
    'CREATE TABLE damaged (source TEXT NOT NULL, key TEXT NOT NULL, json TEXT NOT NULL) STRICT',
  );
}

/** Each record is JSON beside the columns it is looked up by. Never edit an entry. */
const MIGRATIONS: readonly Migration[] = [
  `CREATE TABLE accounts (key TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE, json TEXT NOT NULL) STRICT;
   CREATE TABLE flows (key TEXT PRIMARY KEY, address TEXT NOT NULL, closed INTEGER NOT NULL, token TEXT, at INTEGER NOT NULL, json TEXT NOT NULL) STRICT;
   CREATE INDEX flows_address ON flows (address, closed);
   CREATE INDEX flows_token ON flows (token) WHERE token IS NOT NULL;
   CREATE TABLE sessions (key TEXT PRIMARY KEY, account TEXT NOT NULL, ended INTEGER, seen INTEGER NOT NULL, json TEXT NOT NULL) STRICT;
   CREATE INDEX sessions_account ON sessions (account);
   CREATE TABLE refresh_tokens (key TEXT PRIMARY KEY, session TEXT NOT NULL, at INTEGER NOT NULL, json TEXT NOT NULL) STRICT;
   CREATE TABLE idempotency (key TEXT PRIMARY KEY, at INTEGER NOT NULL, json TEXT NOT NULL) STRICT;
   CREATE TABLE mails (key TEXT PRIMARY KEY, due INTEGER NOT NULL, json TEXT NOT NULL) STRICT;
   CREATE TABLE throttles (key TEXT PRIMARY KEY, at INTEGER NOT NULL, json TEXT NOT NULL) STRICT;
   CREATE TABLE downloads (key TEXT PRIMARY KEY, account TEXT NOT NULL, at INTEGER NOT NULL, json TEXT NOT NULL) STRICT;
   CREATE INDEX downloads_account ON downloads (account);
   CREATE TABLE notes (key TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT;`,
  'CREATE TABLE manifests (key TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT;',
  parseStoredAddresses,
  addChecksums,
  'CREATE TABLE edits (key TEXT PRIMARY KEY, at INTEGER NOT NULL, json TEXT NOT NULL, crc INTEGER) STRICT;',
];

/**
 * Upgrades a database to the newest version, one transaction per step.
 * @throws if a newer version of the service wrote it
 */
export function migrate(db: DatabaseSync): void {
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version > MIGRATIONS.length)
    throw new Error('The data folder was written by a newer version of the service');
  for (const [index, migration] of MIGRATIONS.entries()) {
    if (index < version) continue;
    db.exec('BEGIN');
    if (typeof migration === 'string') db.exec(migration);
    else migration(db);
    db.exec(`PRAGMA user_version = ${index + 1}; COMMIT`);
  }
}
