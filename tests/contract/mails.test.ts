import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import { DAY, MINUTE } from '../../src/service/clock.ts';
import { createSecrets } from '../../src/service/crypto/secrets.ts';
import { startMailbox } from '../../src/service/mail/mailbox.ts';
import { createMailQueue } from '../../src/service/mail/queue.ts';
import { openSqliteStore } from '../../src/service/store/sqlite.ts';
import { DEVICE, PASSWORD, standingClock, startTested, TERMS } from './support/service.ts';
import type { Tested } from './support/service.ts';

const KNOWN = 'ada.berg@station.example';
const UNKNOWN = 'bea.lund@station.example';
/** Letters stay where they are written. */
const NEVER_SENT = 2 ** 31 - 1;

async function dataFolder(): Promise<string> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'service-mails-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const service = await startTested({ dataDir });
  await service.signUp(KNOWN);
  await service.close();
  return dataDir;
}

/**
 * What is in the store: of each table the length of each record, but for the word that says whether
 * it is a decoy.
 */
function lengths(dataDir: string): Map<string, number> {
  const db = new DatabaseSync(path.join(dataDir, 'service.sqlite'));
  const tables = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .all()
    .map(({ name }) => String(name));
  const rows = tables.flatMap((table) =>
    db
      .prepare(`SELECT key, length(json_remove(json, '$.decoy')) AS length FROM ${table}`)
      .all()
      .map(({ key, length }): [string, number] => [`${table} ${String(key)}`, Number(length)]),
  );
  db.close();
  return new Map(rows);
}

type Step = (service: Tested, email: string) => Promise<unknown>;
const register: Step = (service, email) =>
  service.ask('register', { body: { email, password: PASSWORD, terms: TERMS } });
const reset: Step = (service, email) => service.ask('startReset', { body: { email } });
const cases: [string, Step, 'normal' | 'relaxed'][] = [
  ['a registration', register, 'normal'],
  ['a reset', reset, 'normal'],
  [
    'a reset that was asked for too often',
    async (service, email) => {
      for (let i = 0; i < 5; i += 1) await reset(service, email);
    },
    'normal',
  ],
  [
    'the wrong password that locks',
    async (service, email) => {
      for (let i = 0; i < 100; i += 1) {
        await service.refused(
          'signIn',
          { from: '127.0.2.1', body: { email, password: 'Wrong-Horse-777', device: DEVICE } },
          'invalid-credentials',
        );
        service.clock.advance(15 * MINUTE);
      }
    },
    'normal',
  ],
  [
    'a new code for a registration',
    async (service, email) => {
      const { body } = await service.ask('register', {
        body: { email, password: PASSWORD, terms: TERMS },
      });
      await service.ask('resendCode', { body: { flowId: body.flowId } });
    },
    'relaxed',
  ],
  [
    'a new code for a reset',
    async (service, email) => {
      const { body } = await service.ask('startReset', { body: { email } });
      await service.ask('resendReset', { body: { flowId: body.flowId } });
    },
    'relaxed',
  ],
];

describe('a known and an unknown address', () => {
  test.each(cases)('%s writes as many records, as long', async (_, step, limits) => {
    const dataDir = await dataFolder();
    const written = async (email: string) => {
      const before = lengths(dataDir);
      const service = await startTested({ dataDir, limits, mailBatchMs: NEVER_SENT });
      await step(service, email);
      await service.close();
      return [...lengths(dataDir)]
        .filter(([key, length]) => before.get(key) !== length)
        .map(([key, length]) => `${key.split(' ')[0]} ${length}`)
        .toSorted();
    };
    const known = await written(KNOWN);
    expect(known).toEqual(expect.arrayContaining([expect.stringMatching(/^mails /u)]));
    expect(await written(UNKNOWN)).toEqual(known);
  });
});

test('a mail leaves after the answer, and also when the service ends right after it', async () => {
  const dataDir = await dataFolder();
  const first = await startTested({ dataDir, mailBatchMs: NEVER_SENT });
  expect(await reset(first, KNOWN)).toMatchObject({ status: 202 });
  await reset(first, UNKNOWN);
  await first.mails(KNOWN, 0);
  await first.close();
  const second = await startTested({ dataDir });
  expect((await second.mails(KNOWN, 1))[0]?.code).toMatch(/^\d{6}$/u);
  await second.mails(UNKNOWN, 0);
  await second.close();
  expect([...lengths(dataDir).keys()].filter((key) => key.startsWith('mails '))).toEqual([]);
});

test('a mail that waits for another try leaves also when the clock was set back by days', async () => {
  const dataDir = await dataFolder();
  const events: string[] = [];
  const clock = standingClock();
  const first = await startTested({
    dataDir,
    clock,
    smtpUrl: 'smtp://127.0.0.1:9',
    log: (event) => void events.push(event),
  });
  await reset(first, KNOWN);
  await expect.poll(() => events).toContain('mail-not-sent');
  await first.close();
  clock.advance(-3 * DAY);
  const second = await startTested({ dataDir, clock });
  expect((await second.mails(KNOWN, 1))[0]?.code).toMatch(/^\d{6}$/u);
});

test('mails that were sealed with another key keep no other mail back, and go after a day', async () => {
  const clock = standingClock();
  const store = openSqliteStore(':memory:');
  const mailbox = await startMailbox();
  const queueOf = (key: number) =>
    createMailQueue(
      {
        clock,
        store,
        secrets: createSecrets(Buffer.alloc(32, key)),
        baseUrl: () => '',
        contact: null,
        log: () => undefined,
      },
      mailbox.smtpUrl,
      NEVER_SENT,
    );
  const [former, queue] = [queueOf(1), queueOf(2)];
  onTestFinished(async () => {
    for (const part of [former, queue, mailbox, store]) await part.close();
  });
  for (let i = 0; i < 25; i += 1)
    await store.transaction((tx) =>
      former.enqueue(tx, { kind: 'account-deleted', to: KNOWN, language: 'en' }),
    );
  await store.transaction((tx) =>
    queue.enqueue(tx, { kind: 'account-deleted', to: UNKNOWN, language: 'en' }),
  );
  await queue.flush();
  const { messages } = (await (await fetch(`${mailbox.url}/messages`)).json()) as {
    messages: { to: string }[];
  };
  expect(messages.map(({ to }) => to)).toEqual([UNKNOWN]);
  clock.advance(2 * DAY);
  await queue.flush();
  expect(
    await store.transaction((tx) => tx.mails.due(clock.now() + DAY, clock.now() + DAY)),
  ).toEqual([]);
});

test('a mail names the contact that the service was started with', async () => {
  const service = await startTested({ contact: 'News desk, +41 00 000 00 00' });
  await service.ask('register', { body: { email: UNKNOWN, password: PASSWORD, terms: TERMS } });
  expect((await service.mails(UNKNOWN, 1))[0]?.text.trimEnd()).toMatch(
    /\n-- \nMultimedia\nThis is an automatic message\. Contact: News desk, \+41 00 000 00 00$/u,
  );
});

/** The JSON of stored mails, without its braces; its fields never change. */
const STORED = [
  '"kind":"registration-code","to":"ada.berg@station.example","language":"en","code":"123456","network":"192.0.2"',
  '"kind":"reset-code","to":"ada.berg@station.example","language":"fr","code":"123456","network":""',
  '"kind":"email-change-code","to":"ada.berg@station.example","language":"en","code":"123456","network":"2001:db8:0:1::"',
  '"kind":"newsletter-welcome","to":"ada.berg@station.example","language":"en","unsubscribeToken":"abc.def"',
  ...[
    'already-registered',
    'address-in-use',
    'password-changed',
    'email-changed',
    'session-ended',
    'account-locked',
    'account-deleted',
  ].map((kind) => `"kind":"${kind}","to":"ada.berg@station.example","language":"en"`),
];

test('mails that an older version has stored are sent', async () => {
  const clock = standingClock();
  const store = openSqliteStore(':memory:');
  const mailbox = await startMailbox();
  const secrets = createSecrets(Buffer.alloc(32, 1));
  const queue = createMailQueue(
    { clock, store, secrets, baseUrl: () => 'http://s', contact: null, log: () => undefined },
    mailbox.smtpUrl,
    NEVER_SENT,
  );
  onTestFinished(async () => {
    for (const part of [queue, mailbox, store]) await part.close();
  });
  for (const [i, fields] of STORED.entries())
    await store.transaction((tx) =>
      tx.mails.put({
        id: `mail_${i}`,
        sealed: secrets.seal(`{${fields}}`.padEnd(512)),
        createdAt: clock.now(),
        dueAt: clock.now(),
        attempts: 0,
      }),
    );
  await queue.flush();
  const { messages } = (await (await fetch(`${mailbox.url}/messages`)).json()) as {
    messages: { subject: string; text: string; code: string | null }[];
  };
  expect(messages.map(({ subject }) => subject).toSorted()).toEqual([
    '123 456 est votre code Multimedia',
    '123 456 is your Multimedia code',
    '123 456 is your Multimedia code',
    'This address already belongs to your Multimedia account',
    'We signed out one of your devices',
    'You already have a Multimedia account',
    'Your Multimedia account needs a new password',
    'Your Multimedia account was deleted',
    'Your Multimedia email address was changed',
    'Your Multimedia password was changed',
    'You’re subscribed to the Multimedia newsletter',
  ]);
  const codes = messages.filter(({ code }) => code === '123456').map(({ text }) => text);
  expect(
    codes.map((text) => /(?:network|réseau) (\S+)\./u.exec(text)?.[1] ?? 'unknown').toSorted(),
  ).toEqual(['192.0.2.x', '2001:db8:0:1::', 'unknown']);
});
