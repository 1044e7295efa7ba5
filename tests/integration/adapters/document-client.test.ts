import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createDocumentClient,
  type DocumentClient,
  type Validators,
} from '../../../src/main/adapters/sources/document-client.ts';
import { faultOf } from '../../../src/main/catalogue/sync-fault.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { FeedServer } from '../../support/sources/feed-server.ts';

const IN_A_DAY = new Date(Date.now() + 86_000_000).toUTCString();

let server: FeedServer;
let client: DocumentClient;
beforeEach(async () => {
  server = await FeedServer.start();
  client = createDocumentClient('0.1.0');
});
afterEach(async () => {
  client.close();
  await server.stop();
});
const get = (path: string, validators: Validators | null = null) =>
  client.get(server.url(path), validators, new AbortController().signal);

test('a document comes with its validators as they were sent, and is asked for with both', async () => {
  const etag = 'W/"a, b"';
  const lastModified = 'Tue, 24 Nov 2026 10:05:00 +0000';
  const date = 'Tue, 24 Nov 2026 12:00:00 GMT';
  server.on('/feed', (request, response) => {
    response.setHeader('date', date);
    if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
    else
      response
        .writeHead(200, {
          etag,
          'last-modified': lastModified,
          'cache-control': 'public, max-age=1800',
        })
        .end('<rss/>');
  });
  const fetched = await get('/feed');
  expect(fetched).toMatchObject({
    kind: 'document',
    text: '<rss/>',
    url: server.url('/feed'),
    movedTo: null,
    validators: { etag, lastModified },
    maxAgeSeconds: 1800,
    atMs: Date.parse(date),
  });
  expect(await get('/feed', { etag, lastModified })).toEqual({
    kind: 'unchanged',
    validators: { etag, lastModified },
    movedTo: null,
    maxAgeSeconds: null,
    atMs: Date.parse(date),
  });
  const [first, second] = server.requests.map(({ headers }) => headers);
  expect(second).toMatchObject({ 'if-none-match': etag, 'if-modified-since': lastModified });
  expect(first?.['user-agent']).toBe('MultimediaDesk/0.1.0');
  expect(first).not.toHaveProperty('cookie');
  expect(first).not.toHaveProperty('referer');
});

test('a feed that has moved for good says where to, one that is elsewhere for now does not', async () => {
  server.serve('/new', 'here');
  const to = (path: string, status: number, location: string): void =>
    server.on(path, (_request, response) => void response.writeHead(status, { location }).end());
  to('/old', 301, '/middle');
  to('/middle', 308, '/new');
  to('/away', 302, '/new');
  to('/mixed', 301, '/away');
  expect(await get('/old')).toMatchObject({ text: 'here', movedTo: server.url('/new') });
  expect(await get('/away')).toMatchObject({ url: server.url('/new'), movedTo: null });
  expect(await get('/mixed')).toMatchObject({ movedTo: null });
  to('/loop', 301, '/loop');
  to('/file', 302, 'file:///etc/passwd');
  to('/nowhere', 302, 'http://');
  for (const path of ['/loop', '/file', '/nowhere'])
    await expect(get(path), path).rejects.toMatchObject({ code: 'redirect-refused' });
});

test.each([
  ['the header', Buffer.from('caf\xe9', 'latin1'), 'text/xml; charset=ISO-8859-1', 'café'],
  [
    'the prolog',
    Buffer.from('<?xml version="1.0" encoding="windows-1252"?>\x80', 'latin1'),
    'text/xml',
    '<?xml version="1.0" encoding="windows-1252"?>€',
  ],
  ['neither', Buffer.from('été'), 'text/xml', 'été'],
  ['a name that nobody knows', Buffer.from('été'), 'text/xml; charset=klingon', 'été'],
])('the encoding is taken from %s', async (_, body, type, text) => {
  server.serve('/feed', body, { 'content-type': type });
  expect(await get('/feed')).toMatchObject({ text });
});

describe('what a publisher answers instead', () => {
  test.each([
    [202, {}, 'blocked', { code: 'source-blocked' }],
    [401, {}, 'key-refused', { code: 'key-refused' }],
    [403, {}, 'origin-refused', { code: 'origin-refused' }],
    [404, {}, 'offline', { code: 'not-found' }],
    [410, {}, 'gone', { code: 'source-gone' }],
    [429, { 'retry-after': '120' }, 'limited', { detail: { retryAfterMs: 120_000 } }],
    [429, { 'retry-after': IN_A_DAY }, 'limited', { code: 'rate-limited' }],
    [
      503,
      { 'retry-after': '30' },
      'limited',
      { detail: { retryable: true, retryAfterMs: 30_000 } },
    ],
    [503, {}, 'offline', { code: 'origin-error', detail: { retryable: true } }],
    [400, {}, 'offline', { code: 'origin-error', detail: { retryable: false } }],
  ])('%i %j: %s', async (status, headers, fault, error) => {
    server.on('/feed', (_request, response) => void response.writeHead(status, headers).end('no'));
    const thrown: unknown = await get('/feed').catch((refused: unknown) => refused);
    expect(thrown).toMatchObject(error);
    expect(thrown instanceof AppError && faultOf(thrown)).toBe(fault);
  });

  test('more than anybody reads, also packed, is given up', async () => {
    server.serve('/bomb', gzipSync(Buffer.alloc(40 * 1024 * 1024)), { 'content-encoding': 'gzip' });
    server.serve('/large', Buffer.alloc(11 * 1024 * 1024));
    for (const path of ['/bomb', '/large'])
      await expect(get(path), path).rejects.toMatchObject({
        code: 'origin-error',
        message: expect.stringContaining('more than 10 MiB'),
      });
  });

  test('a secret in the address is in no message', async () => {
    await expect(get('/gone?token=hush')).rejects.toMatchObject({
      message: expect.not.stringContaining('hush'),
    });
  });

  test('nothing: stopped within the moment', async () => {
    server.on('/silent', () => undefined);
    const stop = new AbortController();
    const asked = client.get(server.url('/silent'), null, stop.signal);
    stop.abort();
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('a connection that is reset', () => {
  test('once it had been idle, is opened anew: the server has closed it meanwhile', async () => {
    server.resetIdle = true;
    server.serve('/feed', '<rss/>');
    for (let times = 0; times < 3; times += 1)
      expect(await get('/feed')).toMatchObject({ text: '<rss/>' });
  });

  test('while it is new, fails, and is not asked again', async () => {
    server.on('/feed', ({ socket }) => void socket.resetAndDestroy());
    await expect(get('/feed')).rejects.toMatchObject({ code: 'origin-error' });
    expect(server.requests).toHaveLength(1);
  });
});
