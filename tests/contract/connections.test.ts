import { once } from 'node:events';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { smallServer } from '../../src/service/http/connections.ts';
import { rawConnection } from '../support/service/raw-connection.ts';
import type { RawConnection } from '../support/service/raw-connection.ts';
import { MASTER } from './support/fixture.ts';
import { PASSWORD, startTested } from './support/service.ts';

const META = 'GET /v1/meta HTTP/1.1\r\nhost: a\r\n\r\n';

const isAnswered = (connection: RawConnection): boolean =>
  connection.text().startsWith('HTTP/1.1 200 ');

test.each([
  ['nothing', ''],
  ['half a line', 'GET /v1/me'],
  ['half of its headers', 'GET /v1/meta HTTP/1.1\r\nhost: a\r\n'],
  [
    'half of its body',
    'POST /v1/sessions HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{',
  ],
])('a connection that sends %s is closed from both sides', async (_, sent) => {
  const service = await startTested({ requestMs: 300 });
  const connection = await rawConnection(service.url, sent);
  await expect.poll(connection.isClosed).toBe(true);
  expect((await service.ask('getMeta')).status).toBe(200);
});

test.each([
  ['the mailbox', 'mailboxUrl', ''],
  ['the mailbox', 'mailboxUrl', 'GET /messages HTTP/1.1\r\n'],
  ['the measures', 'metricsUrl', ''],
  ['the measures', 'metricsUrl', 'GET /metrics HTTP/1.1\r\n'],
] as const)(
  'a connection to %s (%s) that sends %j is closed from both sides',
  async (_, listener, sent) => {
    const service = await startTested({ requestMs: 300, metricsPort: 0 });
    const connection = await rawConnection(service[listener] ?? '', sent);
    await expect.poll(connection.isClosed).toBe(true);
  },
);

test('a download that takes longer than a request may is not cut', async () => {
  const service = await startTested({ requestMs: 300 });
  const { accessToken: token } = await service.signUp('ada@station.example');
  const { body } = await service.ask('authoriseDownload', {
    body: { packageId: 'pkg_ast_open', rev: 1, acknowledge: ['rst_ast_open'] },
    token,
  });
  // A tenth of a second for each of at least ten pieces.
  const order = { fileId: 'fil_master', kind: 'slow', at: Math.ceil(MASTER.length / 1.2) };
  await fetch(`${service.url}/test/faults`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(order),
  });
  const response = await fetch(body.urls[0]?.url ?? '');
  expect(Buffer.from(await response.arrayBuffer()).equals(MASTER)).toBe(true);
});

test('silent connections at the limit of one address keep out no request, from there or elsewhere', async () => {
  const service = await startTested({ connections: { perAddress: 3 } });
  const silent = [
    await rawConnection(service.url),
    await rawConnection(service.url),
    await rawConnection(service.url),
  ];
  const request = await rawConnection(service.url, META);
  await expect.poll(() => isAnswered(request)).toBe(true);
  await expect.poll(() => silent[0]?.isClosed()).toBe(true);
  const other = await rawConnection(service.url, META, '127.0.9.1');
  await expect.poll(() => isAnswered(other)).toBe(true);
  for (const connection of silent.slice(1)) {
    connection.send(META);
    await expect.poll(() => isAnswered(connection)).toBe(true);
  }
});

test('nor do silent connections from many addresses at the limit of all', async () => {
  const service = await startTested({ connections: { total: 4, perAddress: 2 } });
  const silent = [
    await rawConnection(service.url, '', '127.0.1.1'),
    await rawConnection(service.url, '', '127.0.1.1'),
  ];
  for (let opened = 0; opened < 2; opened += 1) await rawConnection(service.url, '', '127.0.2.1');
  const request = await rawConnection(service.url, META, '127.0.9.1');
  await expect.poll(() => isAnswered(request)).toBe(true);
  await expect.poll(() => silent[0]?.isClosed()).toBe(true);
});

test('a connection with an answer under way keeps its place', async () => {
  const service = await startTested({ connections: { perAddress: 1 } });
  const body = JSON.stringify({
    email: 'a@news.example',
    password: PASSWORD,
    device: { name: 'x', platform: 'x', appVersion: '1' },
  });
  const head = `POST /v1/sessions HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nexpect: 100-continue\r\n\r\n`;
  const working = await rawConnection(service.url, head);
  await expect.poll(working.text).toMatch(/^HTTP\/1\.1 100 /u);
  const connection = await rawConnection(service.url, META);
  await expect.poll(connection.isClosed).toBe(true);
  working.send(body);
  await expect.poll(working.text).toMatch(/HTTP\/1\.1 401 /u);
});

test('pictures have a limit an address, which ends by itself', async () => {
  const service = await startTested({ limits: 'normal' });
  const statuses = async (count: number) => {
    const all: number[] = [];
    for (let asked = 0; asked < count; asked += 100)
      all.push(
        ...(await Promise.all(
          Array.from({ length: 100 }, () =>
            fetch(`${service.url}/media/none.jpg`, { method: 'HEAD' }).then(({ status }) => status),
          ),
        )),
      );
    return new Set(all);
  };
  expect(await statuses(3000)).toEqual(new Set([404]));
  const refused = await fetch(`${service.url}/media/none.jpg`);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
  const other = await rawConnection(
    service.url,
    'GET /media/none.jpg HTTP/1.1\r\nhost: a\r\n\r\n',
    '127.0.9.1',
  );
  await expect.poll(other.text).toMatch(/^HTTP\/1\.1 404 /u);
  service.clock.advance(1000);
  expect(await statuses(100)).toEqual(new Set([404, 429]));
});

test('a few addresses whose connections are all at work do not keep out another one', async () => {
  const service = await startTested({ connections: { total: 4, perAddress: 2 } });
  const head =
    'POST /v1/sessions HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\nexpect: 100-continue\r\n\r\n';
  const working = [];
  for (const from of ['127.0.1.1', '127.0.1.1', '127.0.2.1', '127.0.2.1'])
    working.push(await rawConnection(service.url, head, from));
  for (const { text } of working) await expect.poll(text).toMatch(/^HTTP\/1\.1 100 /u);
  const other = await rawConnection(service.url, META, '127.0.9.1');
  await expect.poll(() => isAnswered(other)).toBe(true);
  expect(working.map(({ isClosed }) => isClosed())).toEqual([true, false, false, false]);
});

test('requests sent before the first is answered close the connection', async () => {
  const service = await startTested();
  const thumbnail = 'GET /media/img_open.jpg HTTP/1.1\r\nhost: a\r\n\r\n';
  const flood = await rawConnection(service.url, thumbnail.repeat(300));
  await expect.poll(flood.isClosed).toBe(true);
  expect(flood.text().match(/HTTP\/1\.1 /gu) ?? []).toHaveLength(0);
  const patient = await rawConnection(service.url, META);
  await expect.poll(() => isAnswered(patient)).toBe(true);
  patient.send(META);
  await expect.poll(() => patient.text().match(/HTTP\/1\.1 200 /gu)).toHaveLength(2);
  expect(patient.isClosed()).toBe(false);
});

test('an answer that nobody reads does not keep its place at a small listener', async () => {
  const more = Buffer.alloc(32 * 1024 * 1024);
  const server = smallServer(
    ({ url }, response) => void response.end(url === '/all' ? more : 'ok'),
    { total: 1, perAddress: 1 },
    300,
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const silent = connect({ port, host: '127.0.0.1' }).pause();
  onTestFinished(() => {
    silent.destroy();
    server.closeAllConnections();
    server.close();
  });
  silent.on('error', () => undefined);
  silent.write('GET /all HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n');
  await once(server, 'request');
  await expect
    .poll(() =>
      fetch(`http://127.0.0.1:${port}/`).then(
        ({ ok }) => ok,
        () => false,
      ),
    )
    .toBe(true);
});
