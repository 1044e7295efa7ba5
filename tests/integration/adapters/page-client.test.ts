import { brotliCompressSync, gzipSync } from 'node:zlib';
import type http from 'node:http';
import type { LookupFunction } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createPageClient,
  createPageOf,
  type PageClient,
} from '../../../src/main/adapters/sources/page-client.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { createPublisherMedia } from '../../../src/main/adapters/sources/media-client.ts';
import { FeedServer } from '../../support/sources/feed-server.ts';
import { DIRECT } from '../../support/network/ways.ts';

const HTML = { 'content-type': 'text/html; charset=utf-8' };
/** Every name leads to this computer, as one can that somebody else owns. */
const toThisComputer: LookupFunction = (_name, { all }, callback) =>
  all ? callback(null, [{ address: '127.0.0.1', family: 4 }]) : callback(null, '127.0.0.1', 4);

let server: FeedServer;
let client: PageClient;
/** Each sends one byte now and then, so that its connection is never idle. */
const drips: NodeJS.Timeout[] = [];
beforeEach(async () => {
  server = await FeedServer.start();
  client = createPageClient('0.1.0', { network: DIRECT, lookup: toThisComputer, maxMs: 60_000 });
});
afterEach(async () => {
  for (const one of drips.splice(0)) clearInterval(one);
  client.close();
  await server.stop();
});
const { signal } = new AbortController();
const get = (path: string) => client.get(server.url(path), '127.0.0.1', signal);
const redirect = (path: string, location: string): void =>
  server.on(path, (_request, response) => void response.writeHead(302, { location }).end());

test('a page comes decoded, with its Link header, and is asked for without a trace', async () => {
  server.serve('/a', '<p>é', { ...HTML, link: '</feed>; rel="alternate"' });
  redirect('/b', '/a');
  expect(await get('/b')).toEqual({
    html: '<p>é',
    url: server.url('/a'),
    link: '</feed>; rel="alternate"',
  });
  for (const { headers } of server.requests) {
    expect(headers['user-agent']).toBe('MultimediaDesk/0.1.0');
    expect(headers.accept).toContain('text/html');
    expect(headers).not.toHaveProperty('cookie');
    expect(headers).not.toHaveProperty('referer');
  }
});

test.each([
  ['the header', '<p>\xe9', 'text/html; charset=iso-8859-1', '<p>é'],
  [
    'a meta element',
    '<meta charset=windows-1251><p>\xe9',
    'text/html',
    '<meta charset=windows-1251><p>й',
  ],
  [
    'http-equiv',
    '<meta http-equiv=content-type content="text/html; charset=gb2312"><p>\xb0\xa1',
    'application/xhtml+xml',
    '<meta http-equiv=content-type content="text/html; charset=gb2312"><p>啊',
  ],
  [
    'its mark, before the header',
    '\xef\xbb\xbf<p>\xc3\xa9',
    'text/html; charset=windows-1252',
    '<p>é',
  ],
  ['nothing: UTF-8', '<p>\xc3\xa9', 'text/html', '<p>é'],
  ['a name that nobody knows', '<p>\xc3\xa9', 'text/html; charset=klingon', '<p>é'],
  [
    'meta of UTF-16, which it can’t be',
    '<meta charset=utf-16><p>\xc3\xa9',
    'text/html',
    '<meta charset=utf-16><p>é',
  ],
])('the encoding is taken from %s', async (_, body, type, html) => {
  server.serve('/a', Buffer.from(body, 'latin1'), { 'content-type': type });
  expect(await get('/a')).toMatchObject({ html });
});

describe('what is no page is said to be none', () => {
  test.each([
    ['image/png', 'is not a web page, but image/png'],
    ['application/pdf', 'is not a web page, but application/pdf'],
    ['application/rss+xml', 'is not a web page, but application/rss+xml'],
    ['text/plain; charset=utf-8', 'is not a web page, but text/plain'],
    ['<script>', 'is not a web page, but a file'],
  ])('%s', async (type, message) => {
    server.serve('/a', 'x', { 'content-type': type });
    await expect(get('/a')).rejects.toMatchObject({
      code: 'page-unreadable',
      message: expect.stringContaining(message),
    });
  });
  test('without a type it counts how it begins', async () => {
    server.on('/a', (_request, response) => void response.end(' <!doctype html>'));
    server.on('/b', (_request, response) => void response.end('%PDF-1.7'));
    expect(await get('/a')).toMatchObject({ html: ' <!doctype html>' });
    await expect(get('/b')).rejects.toMatchObject({ code: 'page-unreadable' });
  });
});

test.each([
  [401, {}, 'key-refused', 'requires a password'],
  [402, {}, 'origin-refused', 'asks for payment'],
  [403, {}, 'origin-refused', 'refuses access'],
  [404, {}, 'not-found', 'Nothing is published'],
  [410, {}, 'source-gone', 'gone for good'],
  [429, { 'retry-after': '90' }, 'rate-limited', 'asks for a pause'],
  [500, {}, 'origin-error', 'status 500'],
  [202, {}, 'source-blocked', 'browser check'],
])('status %i is respected', async (status, headers, code, message) => {
  server.on(
    '/a',
    (_request, response) => void response.writeHead(status, { ...HTML, ...headers }).end('<p>x'),
  );
  const refused = expect.objectContaining({ code, message: expect.stringContaining(message) });
  await expect(get('/a')).rejects.toEqual(refused);
  expect(server.requests).toHaveLength(1);
});
test('how long a pause is, is told', async () => {
  server.on(
    '/a',
    (_request, response) => void response.writeHead(429, { 'retry-after': '90' }).end(),
  );
  await expect(get('/a')).rejects.toMatchObject({ detail: { retryAfterMs: 90_000 } });
});

describe('a page that is too much', () => {
  const MiB = 2 ** 20;
  test.each([
    ['plain', Buffer.alloc(6 * MiB), undefined],
    ['gzip', gzipSync(Buffer.alloc(200 * MiB)), 'gzip'],
    ['br', brotliCompressSync(Buffer.alloc(200 * MiB)), 'br'],
  ])('%s: it is given up after 5 MiB', async (_, body, encoding) => {
    server.serve('/a', body, { ...HTML, ...(encoding && { 'content-encoding': encoding }) });
    await expect(get('/a')).rejects.toMatchObject({
      code: 'origin-error',
      message: expect.stringContaining('more than 5 MiB'),
    });
  });
  test('packed twice is unpacked once at most', async () => {
    const nested = gzipSync(gzipSync(Buffer.alloc(50 * MiB)));
    server.serve('/a', nested, { ...HTML, 'content-encoding': 'gzip, gzip' });
    const { length } = await get('/a').then(
      ({ html }) => html,
      () => '',
    );
    expect(length).toBeLessThan(MiB);
  });
  test('not even the sizes that it names are believed', async () => {
    server.on('/a', (_request, response) => {
      response.writeHead(200, { ...HTML, 'content-length': '9999999999' });
      response.write('x');
    });
    await expect(get('/a')).rejects.toMatchObject({ code: 'origin-error' });
  });
  test('a body without end ends at the limit', async () => {
    const chunk = Buffer.alloc(65_536, 'a');
    server.on('/a', (_request, response) => {
      response.writeHead(200, HTML);
      const more = (): void => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', more);
      more();
    });
    await expect(get('/a')).rejects.toMatchObject({ code: 'origin-error' });
  });
  test('one that trickles ends in time', async () => {
    const hasty = createPageClient('0.1.0', { network: DIRECT, maxMs: 200 });
    server.on('/a', (_request: http.IncomingMessage, response) => {
      response.writeHead(200, HTML);
      drips.push(setInterval(() => void response.write('a'), 20));
    });
    await expect(hasty.get(server.url('/a'), '127.0.0.1', signal)).rejects.toMatchObject({
      code: 'timeout',
    });
    hasty.close();
  });
  test('redirects in a circle end', async () => {
    redirect('/a', '/b');
    redirect('/b', '/a');
    await expect(get('/a')).rejects.toMatchObject({
      code: 'redirect-refused',
      message: expect.stringContaining('too often'),
    });
    expect(server.requests).toHaveLength(6);
  });
});

const port = (): string => new URL(server.url('/')).port;
/** The picture at another name of this computer. */
const pictureAt = (host: string): string => `http://${host}:${port()}/a.jpg`;

describe('the local network is only reached where somebody typed its host', () => {
  const LOCAL = [
    'http://127.0.0.1:PORT/x',
    'http://localhost:PORT/x',
    'http://LOCALHOST.:PORT/x',
    'http://a.localhost:PORT/x',
    'http://127.1:PORT/x',
    'http://2130706433:PORT/x',
    'http://0x7f000001:PORT/x',
    'http://0177.0.0.1:PORT/x',
    'http://0:PORT/x',
    'http://[::1]:PORT/x',
    'http://[::ffff:127.0.0.1]:PORT/x',
    'http://[::ffff:7f00:1]:PORT/x',
    'http://[64:ff9b::7f00:1]:PORT/x',
    'http://10.0.0.1/x',
    'http://172.16.9.9/x',
    'http://192.168.0.1/x',
    'http://169.254.169.254/latest/meta-data/',
    'http://100.64.0.1/x',
    'http://[fd00::1]/x',
    'http://[fe80::1]/x',
    'http://printer/x',
    'http://nas.local/x',
    // By what the name resolves to.
    'http://public.example:PORT/x',
    'http://127.0.0.1.rebind.example:PORT/x',
  ];
  test.each(LOCAL)('%s: neither as an address nor by a redirect', async (address) => {
    server.serve('/x', '<p>secret', HTML);
    const url = address.replace('PORT', port());
    const refused = { code: 'redirect-refused', detail: { retryable: false } };
    await expect(client.get(url, null, signal)).rejects.toMatchObject(refused);
    await expect(client.get(url, 'other.example', signal)).rejects.toMatchObject(refused);
    expect(server.requests).toEqual([]);
    // From a host that was typed, another one of the local network is not.
    redirect('/start', url);
    const typed = `http://intranet.example:${port()}/start`;
    await expect(client.get(typed, 'intranet.example', signal)).rejects.toMatchObject(refused);
    expect(server.requests.map((request) => request.url)).toEqual(['/start']);
  });

  test('a connection that was allowed is not used for what isn’t', async () => {
    server.serve('/x', '<p>x', HTML);
    const url = `http://intranet.example:${port()}/x`;
    expect(await client.get(url, 'intranet.example', signal)).toMatchObject({ html: '<p>x' });
    await expect(client.get(url, null, signal)).rejects.toMatchObject({ code: 'redirect-refused' });
    expect(await client.get(url, 'intranet.example', signal)).toMatchObject({ html: '<p>x' });
  });

  test('and so it is with pictures', async () => {
    const media = createPublisherMedia('0.1.0', { network: DIRECT, lookup: toThisComputer });
    server.serve('/a.jpg', 'x', { 'content-type': 'image/jpeg' });
    const page = media.of('http://harbour.invalid/feed');
    for (const host of ['127.0.0.1', 'public.example', '[::1]', '2130706433'])
      await expect(page.bytes(pictureAt(host)), host).rejects.toBeInstanceOf(Error);
    expect(server.requests).toEqual([]);
    expect(await media.of(server.url('/feed')).bytes(server.url('/a.jpg'))).toHaveLength(1);
    expect(
      await media.of(pictureAt('intranet.example')).bytes(pictureAt('intranet.example')),
    ).toHaveLength(1);
    media.close();
  });
});

test('the article of a page, as a source has it read', async () => {
  server.serve('/a', '<article><h1>Ferry</h1><p>x</p></article>', HTML);
  const pageOf = createPageOf({
    client,
    readPage: async (page, source) => {
      throw new AppError('page-unreadable', `${source}: ${page.html.length}`);
    },
    source: 'feed:1',
    typedHost: '127.0.0.1',
  });
  await expect(pageOf(server.url('/a'), signal)).rejects.toMatchObject({ message: 'feed:1: 41' });
});
