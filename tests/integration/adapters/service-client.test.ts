import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from 'vitest';
import {
  createServiceArticles,
  createServiceSource,
} from '../../../src/main/adapters/service/catalogue.ts';
import { createPackageSource } from '../../../src/main/adapters/service/packages.ts';
import {
  createServiceClient,
  type ServiceClient,
} from '../../../src/main/adapters/service/client.ts';

let answer: http.RequestListener = () => undefined;
const server = http.createServer((request, response) => answer(request, response));
let origin: string;
let client: ServiceClient;
const seen: number[] = [];
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  seen.length = 0;
  client = createServiceClient({
    origin,
    version: '0',
    language: () => 'en',
    onSeen: (offset) => seen.push(offset),
  });
});
afterAll(() => {
  client.close();
  server.closeAllConnections();
  server.close();
});

const json = { 'content-type': 'application/json' };
const call = () => client.raw.getMeta({});

describe('what a service may answer', () => {
  test('rubbish that says it is JSON is the service’s error, not ours', async () => {
    answer = (_request, response) => void response.writeHead(200, json).end('{"cut off');
    await expect(client.api.getMeta({})).rejects.toMatchObject({ code: 'service-error' });
  });

  test('a web page in its place is a captive portal, and says nothing about the clock', async () => {
    answer = (_request, response) =>
      void response
        .writeHead(200, { 'content-type': 'text/html', date: 'Tue, 01 Jan 2030 00:00:00 GMT' })
        .end('<html>');
    await expect(call()).rejects.toMatchObject({ code: 'captive-portal' });
    expect(seen).toEqual([]);
    answer = (_request, response) => void response.writeHead(200, json).end('{}');
    await call();
    expect(seen).toHaveLength(1);
  });

  test.each(['', '.', '..'])(
    'an ID %j, which leads to another path, is not asked for',
    async (id) => {
      const asked = vi.fn<http.RequestListener>();
      answer = asked;
      await expect(client.raw.getAsset({ params: { id } })).rejects.toMatchObject({
        code: 'not-found',
      });
      expect(asked).not.toHaveBeenCalled();
    },
  );

  test('an answer without an end is not read to its end', async () => {
    answer = (request, response) => {
      response.writeHead(200, json);
      const chunk = Buffer.alloc(1024 * 1024, 32);
      const more = (): void =>
        void response.write(chunk, (error) => (error || request.destroyed ? undefined : more()));
      more();
    };
    await expect(call()).rejects.toMatchObject({
      code: 'service-error',
      message: expect.stringContaining('too large'),
    });
  });

  test('a small answer that unpacks to a large one is stopped as well', async () => {
    const packed = gzipSync(Buffer.alloc(300 * 1024 * 1024, 32));
    expect(packed.length).toBeLessThan(1024 * 1024);
    answer = (_request, response) =>
      void response.writeHead(200, { ...json, 'content-encoding': 'gzip' }).end(packed);
    await expect(call()).rejects.toMatchObject({
      code: 'service-error',
      message: expect.stringContaining('too large'),
    });
  });

  test('JSON has a quarter of the room that a picture has, for it is parsed in one go', async () => {
    const size = 17 * 1024 * 1024;
    answer = (request, response) =>
      void response
        .writeHead(200, {
          'content-type': request.url === '/media/a' ? 'image/png' : 'application/json',
          'content-encoding': 'gzip',
        })
        .end(gzipSync(`[${'{},'.repeat(size / 3)}{}]`));
    await expect(call()).rejects.toMatchObject({
      code: 'service-error',
      message: expect.stringContaining('too large'),
    });
    expect((await client.bytes('/media/a')).length).toBeGreaterThan(size);
  });

  test('nested deeper than a stack is high: a manifest is refused, an entry of a page is left out, and the rest goes on', async () => {
    const deep = '{"a":'.repeat(60_000) + '1' + '}'.repeat(60_000);
    const source = createPackageSource(
      client,
      (work) => work('token'),
      async () => [],
      () => 'key',
      () => undefined,
    );
    answer = (_request, response) =>
      void response.writeHead(200, json).end(`{"manifestVersion":1,"somethingNew":${deep}}`);
    await expect(source.manifest('pkg_1')).rejects.toMatchObject({ code: 'manifest-invalid' });
    answer = (_request, response) =>
      void response
        .writeHead(200, json)
        .end('{"manifestVersion":1,"files":[{"pieces":{"hashes":["aa"]}}]}');
    expect(await source.manifest('pkg_1')).toEqual({
      manifestVersion: 1,
      files: [{ pieces: { hashes: ['aa'] } }],
    });
    const at = '2026-01-01T00:00:00Z';
    const changes = `[{"op":"delete","id":"a_1","rev":${deep},"at":"${at}"},{"op":"delete","id":"a_2","rev":1,"at":"${at}","somethingNew":${deep}},${deep}]`;
    answer = (_request, response) =>
      void response
        .writeHead(200, json)
        .end(
          `{"changes":${changes},"cursor":"c","hasMore":false,"pollAfterSeconds":60,"somethingNew":${deep}}`,
        );
    const told: string[] = [];
    const assets = createServiceSource(
      origin,
      client,
      (work) => work(undefined),
      (message) => told.push(message),
    );
    for await (const step of assets.sync(null, new AbortController().signal))
      expect(step.changes).toEqual([{ op: 'delete', id: 'a_2', rev: 1 }]);
    const articles = createServiceArticles(origin, client, (message) => told.push(message));
    expect((await articles.changes(null)).changes).toEqual([{ op: 'delete', id: 'a_2', rev: 1 }]);
    expect(told).toHaveLength(2);
    answer = (_request, response) =>
      void response
        .writeHead(422, { 'content-type': 'application/problem+json' })
        .end(`{"type":${deep}}`);
    await expect(call()).rejects.toMatchObject({ code: 'service-error' });
  });

  test('a redirect is not followed, and the token stays with the service', async () => {
    const asked: string[] = [];
    answer = (request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(302, { location: 'http://127.0.0.1:9/elsewhere' }).end();
    };
    await expect(client.raw.getAccount({ token: 'secret' })).rejects.toMatchObject({
      code: 'service-error',
    });
    expect(asked).toEqual(['/v1/account']);
  });

  test('no token goes with the bytes of a picture, and an address that is no web address is refused', async () => {
    const headers: http.IncomingHttpHeaders[] = [];
    answer = (request, response) => {
      headers.push(request.headers);
      response
        .writeHead(200, { 'content-type': 'image/jpeg', date: 'Tue, 01 Jan 2030 00:00:00 GMT' })
        .end('x');
    };
    expect((await client.bytes('/media/a.jpg')).toString()).toBe('x');
    expect(seen).toEqual([]);
    expect(headers[0]?.authorization).toBeUndefined();
    for (const address of ['file:///etc/passwd', 'data:text/plain,x'])
      await expect(client.bytes(address)).rejects.toMatchObject({ code: 'service-error' });
    const secure = createServiceClient({
      origin: 'https://service.example',
      version: '0',
      language: () => 'en',
    });
    await expect(secure.bytes(`${origin}/media/a.jpg`)).rejects.toMatchObject({
      code: 'service-error',
      message: expect.stringContaining('https'),
    });
    await expect(secure.stream(`${origin}/media/a.jpg`, null)).rejects.toMatchObject({
      code: 'service-error',
    });
    secure.close();
    expect(headers).toHaveLength(1);
  });

  test.each([
    ['does not come', false, 30],
    ['does not end', true, 60],
  ] as const)('an answer that %s is given up', async (_, begins, seconds) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    answer = (_request, response) => void (begins && response.writeHead(200, json).write('{'));
    const ended: unknown[] = [];
    void client.raw
      .startReset({ body: { email: 'a@b.example' } })
      .catch((thrown: unknown) => ended.push(thrown));
    // Its timers are set one after the other, as the request gets on.
    for (let waited = 0; waited < seconds + 10 && ended.length === 0; waited += 1) {
      await vi.advanceTimersByTimeAsync(1000);
      for (let n = 0; n < 20; n += 1) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(ended).toMatchObject([{ code: 'timeout' }]);
  });

  test('a service that never answers does not hold up the end', async () => {
    const asked = new Promise<void>((resolve) => {
      answer = () => resolve();
    });
    const waiting = call();
    await asked;
    client.close();
    await expect(waiting).rejects.toMatchObject({ code: 'offline' });
    await expect(call()).rejects.toMatchObject({ code: 'offline' });
  });
});
