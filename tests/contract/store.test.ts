import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, test } from 'vitest';
import { DAY, HOUR } from '../../src/service/clock.ts';
import type {
  AccountRecord,
  FlowRecord,
  SessionRecord,
  Store,
} from '../../src/service/store/ports.ts';
import { openSqliteStore } from '../../src/service/store/sqlite.ts';
import { takeBack } from '../support/changed-database.ts';

let file: string;
let store: Store;
beforeEach(async () => {
  const dir = await mkdtemp(join(tmpdir(), 'service-store-'));
  file = join(dir, 'service.sqlite');
  store = openSqliteStore(file);
  return async () => {
    await store.close();
    await rm(dir, { recursive: true });
  };
});

const account = (id: string, emailKey: string): AccountRecord => ({
  id,
  email: emailKey,
  emailKey,
  passwordHash: '',
  displayName: null,
  organisation: null,
  country: null,
  locale: null,
  newsletter: { subscribed: false, topics: [], changedAt: null },
  consents: [],
  terms: { version: '1', acceptedAt: 0 },
  entitlements: [],
  status: 'active',
  createdAt: 0,
  rev: 1,
  notices: [],
});
const session = (id: string, lastSeenAt: number, endedAt: number | null = null): SessionRecord => ({
  id,
  accountId: 'acc_1',
  device: { name: 'x', platform: 'x', appVersion: '1' },
  ip: '127.0.0.1',
  createdAt: 0,
  lastSeenAt,
  provedAt: 0,
  endedAt,
});

const flow = (id: string, createdAt: number): FlowRecord => ({
  id,
  purpose: 'reset',
  emailKey: 'a@x.example',
  email: 'a@x.example',
  language: 'en',
  decoy: false,
  codeSalt: '',
  codeHash: '',
  codeIssuedAt: createdAt,
  codeTries: 0,
  flowTries: 0,
  resends: 0,
  resendAvailableAt: 0,
  createdAt,
  isClosed: false,
  registration: null,
  accountId: null,
  outcome: null,
  reset: null,
});

describe('a transaction', () => {
  test('that throws leaves nothing', async () => {
    const failing = store.transaction(async (tx) => {
      await tx.accounts.put(account('acc_1', 'a@x.example'));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await store.transaction((tx) => tx.accounts.get('acc_1'))).toBeUndefined();
  });

  test('sees nothing half done of another', async () => {
    await store.transaction((tx) => tx.notes.put({ key: 'n', value: '0' }));
    const add = () =>
      store.transaction(async (tx) => {
        const { value = '0' } = (await tx.notes.get('n')) ?? {};
        await Promise.resolve();
        await tx.notes.put({ key: 'n', value: String(Number(value) + 1) });
      });
    await Promise.all(Array.from({ length: 50 }, add));
    expect(await store.transaction((tx) => tx.notes.get('n'))).toEqual({ key: 'n', value: '50' });
  });

  test('is there for whoever opens the file afterwards', async () => {
    await store.transaction((tx) => tx.accounts.put(account('acc_1', 'a@x.example')));
    expect(() => openSqliteStore(file)).toThrow('in use by another service');
    await store.close();
    store = openSqliteStore(file);
    expect(await store.transaction((tx) => tx.accounts.byEmail('a@x.example'))).toEqual(
      account('acc_1', 'a@x.example'),
    );
  });
});

describe('records', () => {
  test('an address belongs to one account, and a second one never replaces it', async () => {
    await store.transaction((tx) => tx.accounts.put(account('acc_1', 'a@x.example')));
    await expect(
      store.transaction((tx) => tx.accounts.put(account('acc_2', 'a@x.example'))),
    ).rejects.toThrow('UNIQUE');
    expect((await store.transaction((tx) => tx.accounts.byEmail('a@x.example')))?.id).toBe('acc_1');
  });

  test('live sessions come least recently used first', async () => {
    await store.transaction(async (tx) => {
      for (const record of [session('ses_b', 2), session('ses_a', 1), session('ses_ended', 0, 1)])
        await tx.sessions.put(record);
    });
    expect(
      (await store.transaction((tx) => tx.sessions.live('acc_1'))).map(({ id }) => id),
    ).toEqual(['ses_a', 'ses_b']);
  });

  test('are forgotten when they have no use any more', async () => {
    const now = 400 * DAY;
    await store.transaction(async (tx) => {
      await tx.idempotency.put({
        scope: 'old',
        bodyDigest: '',
        status: 204,
        body: '',
        at: now - DAY - 1,
      });
      await tx.idempotency.put({
        scope: 'new',
        bodyDigest: '',
        status: 204,
        body: '',
        at: now - HOUR,
      });
      await tx.sessions.put(session('ses_ended', now - 31 * DAY, now - 31 * DAY));
      await tx.sessions.put(session('ses_live', now - 31 * DAY));
      await tx.accounts.put(account('acc_1', 'a@x.example'));
      const lastAt = now - 2 * DAY - 1;
      for (const key of ['a@x.example', 'nobody@x.example']) {
        await tx.throttles.put({ key, failures: 1, openAt: 0, lastAt, knownAt: null });
        await tx.throttles.put({
          key: `${key} 192.0.2`,
          failures: 1,
          openAt: 0,
          lastAt,
          knownAt: lastAt,
        });
      }
      await tx.refreshTokens.put({
        hash: 'of-ended',
        sessionId: 'ses_ended',
        issuedAt: now,
        used: null,
      });
      await tx.refreshTokens.put({
        hash: 'of-live',
        sessionId: 'ses_live',
        issuedAt: now,
        used: null,
      });
    });
    await store.purge(now);
    const left = await store.transaction((tx) =>
      Promise.all([
        tx.idempotency.get('old'),
        tx.idempotency.get('new'),
        tx.sessions.get('ses_ended'),
        tx.sessions.get('ses_live'),
        tx.refreshTokens.get('of-ended'),
        tx.refreshTokens.get('of-live'),
      ]),
    );
    expect(left.map((record) => record !== undefined)).toEqual([
      false,
      true,
      false,
      true,
      false,
      true,
    ]);
    const tries = await store.transaction((tx) =>
      Promise.all(
        ['a@x.example', 'nobody@x.example'].map((email) => tx.throttles.ofAddress(email)),
      ),
    );
    // A network that signed in stays known, of an address that somebody has.
    expect(tries.map((records) => records.map(({ key }) => key))).toEqual([
      ['a@x.example 192.0.2'],
      [],
    ]);
  });
});

const kept = async (keys: readonly string[], get: (key: string) => Promise<unknown>) => {
  const found: string[] = [];
  for (const key of keys) if (await get(key)) found.push(key);
  return found;
};

describe('what strangers can make grow', () => {
  const now = 400 * DAY;
  test('has a size: the oldest answers, flows and counts of failures go first', async () => {
    const numbers = ['1', '2', '3', '4', '5'];
    await store.transaction(async (tx) => {
      for (const n of numbers) {
        const at = now - HOUR + Number(n);
        await tx.idempotency.put({
          scope: n,
          bodyDigest: '',
          status: 204,
          body: 'x'.repeat(250),
          at,
        });
        await tx.flows.put(flow(n, at));
        await tx.throttles.put({
          key: `${n}@x.example`,
          failures: 1,
          openAt: 0,
          lastAt: at,
          knownAt: null,
        });
      }
      await tx.throttles.put({
        key: '0@x.example 192.0.2',
        failures: 0,
        openAt: 0,
        lastAt: now - HOUR,
        knownAt: now - HOUR,
      });
      await tx.throttles.put({
        key: '0@x.example',
        failures: 100,
        openAt: 0,
        lastAt: now - HOUR,
        knownAt: null,
      });
    });
    await store.purge(now, { tableBytes: 1000, rowsPerAccount: 10 });
    await store.transaction(async (tx) => {
      expect(await kept(numbers, (key) => tx.idempotency.get(key))).toEqual(['3', '4', '5']);
      expect(await kept(numbers, (key) => tx.flows.get(key))).toEqual(['3', '4', '5']);
    });
    await store.purge(now, { tableBytes: 200, rowsPerAccount: 10 });
    await store.transaction(async (tx) => {
      expect(
        await kept(
          numbers.map((n) => `${n}@x.example`),
          (key) => tx.throttles.get(key),
        ),
      ).toEqual(['4@x.example', '5@x.example']);
      expect(
        await kept(['0@x.example 192.0.2', '0@x.example'], (key) => tx.throttles.get(key)),
      ).toEqual(['0@x.example 192.0.2', '0@x.example']);
    });
  });

  test('in one account has a number: ended sessions with their tokens, and downloads', async () => {
    const numbers = ['1', '2', '3', '4'];
    await store.transaction(async (tx) => {
      for (const n of numbers) {
        await tx.sessions.put(session(n, now - HOUR, now - HOUR + Number(n)));
        await tx.refreshTokens.put({ hash: n, sessionId: n, issuedAt: now, used: null });
        await tx.downloads.put({
          id: n,
          accountId: 'acc_1',
          packageId: 'pkg_1',
          rev: 1,
          state: 'open',
          createdAt: now - HOUR + Number(n),
          acknowledged: [],
          receipt: null,
        });
      }
      await tx.sessions.put(session('live', now - HOUR));
    });
    await store.purge(now, { tableBytes: 10_000, rowsPerAccount: 2 });
    await store.transaction(async (tx) => {
      expect(await kept([...numbers, 'live'], (key) => tx.sessions.get(key))).toEqual([
        '3',
        '4',
        'live',
      ]);
      expect(await kept(numbers, (key) => tx.refreshTokens.get(key))).toEqual(['3', '4']);
      expect(await kept(numbers, (key) => tx.downloads.get(key))).toEqual(['3', '4']);
    });
  });

  test('ends by itself: failures from places that never signed in, tokens that are too old to be used', async () => {
    const at = now - 3 * DAY;
    await store.transaction(async (tx) => {
      await tx.accounts.put(account('acc_1', 'a@x.example'));
      await tx.throttles.put({
        key: 'a@x.example 192.0.2',
        failures: 9,
        openAt: 0,
        lastAt: at,
        knownAt: null,
      });
      await tx.throttles.put({
        key: 'a@x.example 198.51.100',
        failures: 9,
        openAt: 0,
        lastAt: at,
        knownAt: at,
      });
      await tx.throttles.put({
        key: 'a@x.example',
        failures: 100,
        openAt: 0,
        lastAt: at,
        knownAt: null,
      });
      await tx.throttles.put({
        key: 'nobody@x.example',
        failures: 100,
        openAt: 0,
        lastAt: at,
        knownAt: null,
      });
      await tx.sessions.put(session('live', now));
      for (const [hash, issuedAt] of [
        ['old', now - 32 * DAY],
        ['new', now],
      ] as const)
        await tx.refreshTokens.put({ hash, sessionId: 'live', issuedAt, used: null });
    });
    await store.purge(now);
    await store.transaction(async (tx) => {
      expect((await tx.throttles.ofAddress('a@x.example')).map(({ key }) => key)).toEqual([
        'a@x.example 198.51.100',
        'a@x.example',
      ]);
      expect(await tx.throttles.ofAddress('nobody@x.example')).toEqual([]);
      expect(await kept(['old', 'new'], (key) => tx.refreshTokens.get(key))).toEqual(['new']);
    });
  });
});

test('a file of a newer version is left alone', async () => {
  const newer = `${file}.newer`;
  const db = new DatabaseSync(newer);
  db.exec('PRAGMA user_version = 99');
  db.close();
  expect(() => openSqliteStore(newer)).toThrow('newer version');
});

test('a file of the first version keeps what is in it and takes what is new', async () => {
  await store.transaction((tx) => tx.accounts.put(account('acc_1', 'a@x.example')));
  await store.close();
  takeBack(file, 1);
  store = openSqliteStore(file);
  await store.transaction((tx) => tx.manifests.put({ key: 'pkg_1 1', text: '{}' }));
  expect(
    await store.transaction(async (tx) => [
      (await tx.accounts.get('acc_1'))?.id,
      await tx.manifests.get('pkg_1 1'),
    ]),
  ).toEqual(['acc_1', { key: 'pkg_1 1', text: '{}' }]);
});

const typed = (id: string, emailKey: string, email: string, createdAt: number) => ({
  ...account(id, emailKey),
  email,
  createdAt,
});
const typedFlow = (id: string, emailKey: string, email: string): FlowRecord => ({
  ...flow(id, 0),
  emailKey,
  email,
  accountId: 'acc_1',
  reset: { tokenHash: id, expiresAt: 1 },
});

test('addresses of a file whose keys were made by a laxer parser are parsed: their owners are found, nobody holds the key of another', async () => {
  await store.transaction(async (tx) => {
    await tx.accounts.put(
      typed('acc_1', 'chief@victim.example', 'chief@victim.example/.attacker.example', 1),
    );
    await tx.accounts.put(typed('acc_2', 'ada@xn--bcher-kva.example', 'Ada@Bücher.example', 2));
    await tx.accounts.put(typed('acc_3', 'bo@x.example', 'bo@x.example', 3));
    await tx.throttles.put({
      key: 'bo@x.example',
      failures: 1,
      openAt: 0,
      lastAt: 0,
      knownAt: null,
    });
    await tx.flows.put(
      typedFlow('flw_1', 'chief@victim.example', 'chief@victim.example/.attacker.example'),
    );
    await tx.flows.put(typedFlow('flw_2', 'ada@xn--bcher-kva.example', 'Ada@Bücher.example'));
    await tx.flows.put(typedFlow('flw_3', 'too-many bo@x.example', 'Bo@X.example'));
  });
  await store.close();
  takeBack(file, 2);
  store = openSqliteStore(file);
  await store.transaction(async (tx) => {
    expect(await tx.accounts.byEmail('chief@victim.example')).toBeUndefined();
    expect(await tx.accounts.get('acc_1')).toMatchObject({
      emailKey: 'acc_1',
      email: 'chief@victim.example/.attacker.example',
    });
    expect(await tx.accounts.byEmail('ada@xn--bcher-kva.example')).toMatchObject({
      id: 'acc_2',
      email: 'Ada@xn--bcher-kva.example',
    });
    expect(await tx.accounts.byEmail('bo@x.example')).toEqual(
      typed('acc_3', 'bo@x.example', 'bo@x.example', 3),
    );
    expect(await tx.throttles.ofAddress('bo@x.example')).toHaveLength(1);
    expect(await tx.flows.get('flw_1')).toMatchObject({ isClosed: true, reset: null });
    expect(await tx.flows.open('reset', 'ada@xn--bcher-kva.example')).toMatchObject([
      { id: 'flw_2', email: 'Ada@xn--bcher-kva.example' },
    ]);
    expect(await tx.flows.open('reset', 'too-many bo@x.example')).toMatchObject([
      { id: 'flw_3', email: 'Bo@x.example' },
    ]);
  });
});
