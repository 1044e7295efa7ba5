import { expect, test } from 'vitest';
import { rawConnection } from '../support/raw-connection.ts';
import type { RawConnection } from '../support/raw-connection.ts';
import { PASSWORD, startTested } from './support/service.ts';

const META = 'GET /v1/meta HTTP/1.1\r\nhost: a\r\n\r\n';

/** Ends only what hangs. */
const PATIENT = { timeout: 30_000 };
const isAnswered = (connection: RawConnection): boolean => connection.text().startsWith('HTTP/1.1 200 ');

test.each([
  ['nothing', ''],
  ['half a line', 'GET /v1/me'],
  ['half of its headers', 'GET /v1/meta HTTP/1.1\r\nhost: a\r\n'],
  ['half of its body', 'POST /v1/sessions HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{'],
])('a connection that sends %s is closed from both sides', async (_, sent) => {
  const service = await startTested({ requestMs: 300 });
  const connection = await rawConnection(service.url, sent);
  await expect.poll(connection.isClosed, PATIENT).toBe(true);
  expect((await service.ask('getMeta')).status).toBe(200);
});

test.each(['', 'GET /messages HTTP/1.1\r\n'])('a connection to the mailbox that sends %j is closed from both sides', async (sent) => {
  const service = await startTested({ requestMs: 300 });
  const connection = await rawConnection(service.mailboxUrl ?? '', sent);
  await expect.poll(connection.isClosed, PATIENT).toBe(true);
});

test('silent connections at the limit of one address keep out no request, from there or elsewhere', async () => {
  const service = await startTested({ connections: { perAddress: 3 } });
  const silent = [await rawConnection(service.url), await rawConnection(service.url), await rawConnection(service.url)];
  const request = await rawConnection(service.url, META);
  await expect.poll(() => isAnswered(request), PATIENT).toBe(true);
  await expect.poll(() => silent[0]?.isClosed(), PATIENT).toBe(true);
  const other = await rawConnection(service.url, META, '127.0.9.1');
  await expect.poll(() => isAnswered(other), PATIENT).toBe(true);
  for (const connection of silent.slice(1)) {
    connection.send(META);
    await expect.poll(() => isAnswered(connection), PATIENT).toBe(true);
  }
});

test('nor do silent connections from many addresses at the limit of all', async () => {
  const service = await startTested({ connections: { total: 4, perAddress: 2 } });
  const silent = [await rawConnection(service.url, '', '127.0.1.1'), await rawConnection(service.url, '', '127.0.1.1')];
  for (let opened = 0; opened < 2; opened += 1) await rawConnection(service.url, '', '127.0.2.1');
  const request = await rawConnection(service.url, META, '127.0.9.1');
  await expect.poll(() => isAnswered(request), PATIENT).toBe(true);
  await expect.poll(() => silent[0]?.isClosed(), PATIENT).toBe(true);
});

test('a connection with an answer under way keeps its place', async () => {
  const service = await startTested({ connections: { perAddress: 1 } });
  const body = JSON.stringify({ email: 'a@news.example', password: PASSWORD, device: { name: 'x', platform: 'x', appVersion: '1' } });
  const head = `POST /v1/sessions HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nexpect: 100-continue\r\n\r\n`;
  const working = await rawConnection(service.url, head);
  await expect.poll(working.text).toMatch(/^HTTP\/1\.1 100 /u);
  const connection = await rawConnection(service.url, META);
  await expect.poll(connection.isClosed, PATIENT).toBe(true);
  working.send(body);
  await expect.poll(working.text).toMatch(/HTTP\/1\.1 401 /u);
});
