import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { NEW_PASSWORD, PASSWORD, startTested, TERMS } from './support/service.ts';

const complete = (from: string) => ({
  from,
  body: { resetToken: 'unknown', newPassword: NEW_PASSWORD },
});
const refresh = (from: string) => ({ from, body: { refreshToken: 'unknown' } });

test('refusals of requests that anybody can make leave nothing in the store', async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'service-growth-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const service = await startTested({ dataDir });
  const pages = () => {
    const db = new DatabaseSync(path.join(dataDir, 'service.sqlite'));
    const tables = db
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .all()
      .map(({ name }) => String(name));
    const counts = Object.fromEntries(
      tables.map((table) => [
        table,
        Number(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n']),
      ]),
    );
    db.close();
    return counts;
  };
  for (let i = 0; i < 20; i += 1) {
    await service.refused('refresh', { body: { refreshToken: `unknown ${i}` } }, 'session-ended');
    await service.refused(
      'completeReset',
      { body: { resetToken: `unknown ${i}`, newPassword: NEW_PASSWORD } },
      'flow-closed',
    );
    await service.refused(
      'verifyAccount',
      { body: { flowId: `flw_${i}`, code: '123456' } },
      'flow-closed',
    );
    await service.refused(
      'verifyReset',
      { body: { flowId: `flw_${i}`, code: '123456' } },
      'flow-closed',
    );
    await service.refused(
      'register',
      { body: { email: 'a@news.example', password: 'short', terms: TERMS } },
      'validation-failed',
    );
    await service.refused('resendCode', { body: { flowId: `flw_${i}` } }, 'flow-closed');
    await service.ask('logout', { body: { refreshToken: `unknown ${i}` } });
    await service.ask('unsubscribe', { body: { token: `unknown ${i}` } });
  }
  await service.close();
  expect(pages()).toEqual({
    accounts: 1,
    flows: 0,
    sessions: 0,
    refresh_tokens: 0,
    idempotency: 0,
    mails: 0,
    throttles: 0,
    downloads: 0,
    edits: 0,
    notes: 3,
    manifests: 0,
    damaged: 0,
  });
});

test('a wrong code that is sent again with its key counts once', async () => {
  const service = await startTested();
  const { body } = await service.ask('register', {
    body: { email: 'a@news.example', password: PASSWORD, terms: TERMS },
  });
  const key = randomUUID();
  for (let i = 0; i < 3; i += 1)
    expect(
      (
        await service.refused(
          'verifyAccount',
          { body: { flowId: body.flowId, code: 'abcdef' }, key },
          'code-invalid',
        )
      ).attemptsLeft,
    ).toBe(4);
});

test('completing resets has a limit for a network, and so has refreshing', async () => {
  const service = await startTested({ limits: 'normal' });
  for (let i = 0; i < 60; i += 1)
    await service.refused('completeReset', complete(`127.0.1.${i + 1}`), 'flow-closed');
  expect(
    (await service.refused('completeReset', complete('127.0.1.99'), 'rate-limited')).status,
  ).toBe(429);
  await service.refused('completeReset', complete('127.0.2.1'), 'flow-closed');
  for (let i = 0; i < 600; i += 1)
    await service.refused('refresh', refresh('127.0.1.1'), 'session-ended');
  expect((await service.refused('refresh', refresh('127.0.1.99'), 'rate-limited')).status).toBe(
    429,
  );
  await service.refused('refresh', refresh('127.0.2.1'), 'session-ended');
});

test('an account cannot make its record, its mails and its export grow without end', async () => {
  const service = await startTested({ limits: 'normal' });
  const { accessToken: token } = await service.signUp('a@news.example');
  const newsletter = (subscribed: boolean) => ({
    token,
    body: { subscribed, consentVersion: '2026-01' },
  });
  for (let i = 0; i < 20; i += 1) await service.ask('putNewsletter', newsletter(i % 2 === 0));
  await service.refused('putNewsletter', newsletter(true), 'rate-limited');
  for (let i = 0; i < 10; i += 1)
    expect((await service.ask('exportAccount', { token })).body.newsletterConsents).toHaveLength(
      20,
    );
  await service.refused('exportAccount', { token }, 'rate-limited');
});

test('the consents to the newsletter that are kept are the last two hundred', async () => {
  const service = await startTested();
  const { accessToken: token } = await service.signUp('a@news.example');
  for (let i = 0; i < 205; i += 1)
    await service.ask('putNewsletter', {
      token,
      body: { subscribed: i === 204, consentVersion: '2026-01' },
    });
  const { newsletterConsents } = (await service.ask('exportAccount', { token })).body;
  expect([newsletterConsents.length, newsletterConsents.at(-1)?.subscribed]).toEqual([200, true]);
});

const entry = (fileId: string) => ({
  fileId,
  bytes: 24,
  sha256: null,
  originId: 'local',
  seconds: 0.1,
  outcome: 'unverified' as const,
});

test('of a download only what concerns its package is given and kept', async () => {
  const service = await startTested();
  const { accessToken: token } = await service.signUp('a@news.example', { country: 'NO' });
  const acknowledge = ['rst_ast_open', ...Array.from({ length: 199 }, (_, i) => `unknown ${i}`)];
  const order = {
    packageId: 'pkg_ast_open',
    rev: 1,
    acknowledge,
    fileIds: Array.from({ length: 500 }, () => 'fil_script'),
  };
  const { body: download } = await service.ask('authoriseDownload', { token, body: order });
  expect(download.urls).toHaveLength(1);
  const params = { id: download.downloadId };
  expect((await service.ask('getDownload', { token, params })).body.acknowledged).toEqual([
    'rst_ast_open',
  ]);
  const renewed = await service.ask('renewUrls', {
    token,
    params,
    body: { fileIds: Array.from({ length: 100 }, () => 'fil_script') },
  });
  expect(renewed.body.urls).toHaveLength(1);
  const files = [
    entry('fil_script'),
    ...Array.from({ length: 300 }, (_, i) => entry(i % 2 === 0 ? 'fil_script' : `unknown ${i}`)),
  ];
  await service.ask('sendReceipt', { token, params, body: { files, outcome: 'finished' } });
  expect((await service.ask('exportAccount', { token })).body.downloads).toMatchObject([
    { receipt: { outcome: 'finished', files: [entry('fil_script')] } },
  ]);
});
