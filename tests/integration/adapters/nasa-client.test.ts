import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  createNasaClient,
  type NasaClient,
} from '../../../src/main/adapters/sources/nasa-client.ts';
import { FakeClock, SkippingClock } from '../../support/fakes/clock.ts';
import { FeedServer } from '../../support/sources/feed-server.ts';

let server: FeedServer;
let client: NasaClient;
beforeEach(async () => {
  server = await FeedServer.start();
  client = createNasaClient('0.1.0', { clock: new SkippingClock(Date.now()) });
});
afterEach(async () => {
  client.close();
  await server.stop();
});
const { signal } = new AbortController();
const get = (path: string, etag?: string) => client.get(server.url(path), signal, etag);
const answer = (status: number, body: string, headers: Record<string, string> = {}): void =>
  server.on('/', (_request, response) => void response.writeHead(status, headers).end(body));

test('an answer is asked for with our name, and with its tag the next time', async () => {
  server.on('/', (request, response) => {
    if (request.headers['if-none-match'] === '"1"') response.writeHead(304).end();
    else response.writeHead(200, { etag: '"1"' }).end('\uFEFF{"a":1}');
  });
  expect(await get('/')).toEqual({ kind: 'json', value: { a: 1 }, etag: '"1"' });
  expect(await get('/', '"1"')).toEqual({ kind: 'unchanged' });
  const [first] = server.requests.map(({ headers }) => headers);
  expect(first).toMatchObject({ 'user-agent': 'MultimediaDesk/0.1.0', accept: 'application/json' });
  for (const name of ['cookie', 'referer', 'if-none-match']) expect(first).not.toHaveProperty(name);
});

test.each([
  [400, '{"reason":"Expected words"}', { status: 400, reason: 'Expected words' }],
  [404, '{"reason":"No AssetDB records"}', { status: 404, reason: 'No AssetDB records' }],
  [
    404,
    '{"reason":"at https://x.example/?key=hush"}',
    { status: 404, reason: 'at https://x.example/' },
  ],
  [404, '<html>Not here</html>', { status: 404, reason: null }],
  [404, '{"reason":5}', { status: 404, reason: null }],
  [404, 'null', { status: 404, reason: null }],
  [403, '<Error><Code>AccessDenied</Code></Error>', { status: 403, reason: null }],
  [410, '', { status: 410, reason: null }],
])(
  'a refusal says why, if the library itself has answered: %i %s',
  async (status, body, wanted) => {
    answer(status, body);
    expect(await get('/')).toEqual({ kind: 'refused', ...wanted });
  },
);

test.each([
  ['a web page', 200, '<html></html>', {}, 'source-blocked', undefined],
  ['a browser check', 202, '', {}, 'source-blocked', undefined],
  ['half of an answer', 200, '{"collection":{"it', {}, 'feed-invalid', undefined],
  ['a request for a pause', 429, '', { 'retry-after': '90' }, 'rate-limited', 90_000],
  ['a pause for maintenance', 503, '<html>', { 'retry-after': '60' }, 'origin-error', 60_000],
  ['a fault', 500, '<html>', {}, 'origin-error', undefined],
  ['a password', 401, '', {}, 'key-refused', undefined],
])('%s is an error', async (_, status, body, headers, code, retryAfterMs) => {
  answer(status, body, headers);
  await expect(get('/')).rejects.toMatchObject({
    code,
    detail: retryAfterMs === undefined ? {} : { retryAfterMs },
  });
});

test('five requests a second, however many ask', async () => {
  const clock = new SkippingClock(0);
  const askedAtMs: number[] = [];
  server.on('/', (_request, response) => {
    askedAtMs.push(clock.nowMs());
    response.end('1');
  });
  const paced = createNasaClient('0', { clock });
  const ask = () => paced.get(server.url('/'), signal);
  await Promise.all(Array.from({ length: 6 }, ask));
  expect(askedAtMs).toEqual([0, 200, 400, 600, 800, 1000]);
  clock.pass(150);
  await ask();
  expect(clock.slept.splice(0)).toEqual([200, 200, 200, 200, 200, 50]);
  clock.pass(8850);
  await ask();
  expect(clock.slept).toEqual([]);
  // The clock was ahead by a day, which isn't waited for.
  clock.pass(-86_400_000);
  await ask();
  expect(clock.slept).toEqual([200]);
  paced.close();
});

test('a stop ends the wait for a place, and a request that nobody answers', async () => {
  server.on('/', () => undefined);
  for (const clock of [new SkippingClock(Date.now()), new FakeClock()]) {
    const waiting = createNasaClient('0', { clock });
    const stop = new AbortController();
    const asked = [1, 2].map(() =>
      waiting.get(server.url('/'), stop.signal).catch((thrown: unknown) => thrown),
    );
    stop.abort();
    for (const one of await Promise.all(asked)) expect(one).toMatchObject({ code: 'cancelled' });
    waiting.close();
  }
});

test('an answer that doesn’t come in time, or is too large, is none', async () => {
  server.on('/', () => undefined);
  const hasty = createNasaClient('0', { clock: new SkippingClock(Date.now()), maxMs: 50 });
  await expect(hasty.get(server.url('/'), signal)).rejects.toMatchObject({ code: 'timeout' });
  hasty.close();
  const bomb = gzipSync(Buffer.alloc(11 * 2 ** 20, ' '));
  server.on(
    '/',
    (_request, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
  );
  await expect(get('/')).rejects.toMatchObject({
    code: 'origin-error',
    detail: { retryable: false },
  });
});

test('a redirect is followed, but not in circles or out of the web', async () => {
  const to = (path: string, location: string): void =>
    server.on(path, (_request, response) => void response.writeHead(301, { location }).end());
  to('/old', '/new');
  server.on('/new', (_request, response) => void response.end('1'));
  to('/loop', '/loop');
  to('/file', 'file:///etc/passwd');
  to('/inside', 'http://printer.local/');
  expect(await get('/old')).toMatchObject({ value: 1 });
  for (const path of ['/loop', '/file', '/inside'])
    await expect(get(path), path).rejects.toMatchObject({ code: 'redirect-refused' });
});
