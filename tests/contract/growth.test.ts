import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { NEW_PASSWORD, PASSWORD, startTested, TERMS } from './support/service.ts';

const complete = (from: string) => ({ from, body: { resetToken: 'unknown', newPassword: NEW_PASSWORD } });
const refresh = (from: string) => ({ from, body: { refreshToken: 'unknown' } });

test('refusals of requests that anybody can make leave nothing in the store', async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'service-growth-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const service = await startTested({ dataDir });
  const pages = () => {
    const db = new DatabaseSync(path.join(dataDir, 'service.sqlite'));
    const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all().map(({ name }) => String(name));
    const counts = Object.fromEntries(tables.map((table) => [table, Number(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n'])]));
    db.close();
    return counts;
  };
  for (let i = 0; i < 20; i += 1) {
    await service.refused('refresh', { body: { refreshToken: `unknown ${i}` } }, 'session-ended');
    await service.refused('completeReset', { body: { resetToken: `unknown ${i}`, newPassword: NEW_PASSWORD } }, 'flow-closed');
    await service.refused('verifyAccount', { body: { flowId: `flw_${i}`, code: '123456' } }, 'flow-closed');
    await service.refused('verifyReset', { body: { flowId: `flw_${i}`, code: '123456' } }, 'flow-closed');
    await service.refused('register', { body: { email: 'a@news.example', password: 'short', terms: TERMS } }, 'validation-failed');
    await service.refused('resendCode', { body: { flowId: `flw_${i}` } }, 'flow-closed');
    await service.ask('logout', { body: { refreshToken: `unknown ${i}` } });
    await service.ask('unsubscribe', { body: { token: `unknown ${i}` } });
  }
  await service.close();
  expect(pages()).toEqual({ accounts: 1, flows: 0, sessions: 0, refresh_tokens: 0, idempotency: 0, mails: 0, throttles: 0, downloads: 0, notes: 3, manifests: 0, damaged: 0 });
});

test('a wrong code that is sent again with its key counts once', async () => {
  const service = await startTested();
  const { body } = await service.ask('register', { body: { email: 'a@news.example', password: PASSWORD, terms: TERMS } });
  const key = randomUUID();
  for (let i = 0; i < 3; i += 1) expect((await service.refused('verifyAccount', { body: { flowId: body.flowId, code: 'abcdef' }, key }, 'code-invalid')).attemptsLeft).toBe(4);
});

test('completing resets has a limit for a network, and so has refreshing', async () => {
  const service = await startTested({ limits: 'normal' });
  for (let i = 0; i < 60; i += 1) await service.refused('completeReset', complete(`127.0.1.${i + 1}`), 'flow-closed');
  expect((await service.refused('completeReset', complete('127.0.1.99'), 'rate-limited')).status).toBe(429);
  await service.refused('completeReset', complete('127.0.2.1'), 'flow-closed');
  for (let i = 0; i < 600; i += 1) await service.refused('refresh', refresh('127.0.1.1'), 'session-ended');
  expect((await service.refused('refresh', refresh('127.0.1.99'), 'rate-limited')).status).toBe(429);
  await service.refused('refresh', refresh('127.0.2.1'), 'session-ended');
});
