import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { AccessTokens } from '../../../src/main/station/access.ts';
import { Station } from '../../../src/main/station/server.ts';
import { rawConnection } from '../../support/service/raw-connection.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const root = path.join(temporaryFolder(), 'renderer');
mkdirSync(root);
writeFileSync(path.join(root, 'index.html'), '<!doctype html><title>desk</title>');
/** More than the kernel takes of what nobody reads. */
const LARGE = 16 * 1024 * 1024;
writeFileSync(path.join(root, 'large.js'), Buffer.alloc(LARGE, 32));
writeFileSync(path.join(root, '..', 'secret.html'), 'not for you');
writeFileSync(path.join(root, 'index.js.map'), 'not for you either');

const asked: [string, boolean, unknown][] = [];
const bugs: unknown[] = [];
const used: [link: string, use: 'first' | 'second'][] = [];
let station: Station;
let origin: string;
beforeAll(async () => {
  station = new Station({
    root,
    port: 0,
    onBug: (_where, thrown) => bugs.push(thrown),
    onLinkUsed: (link, use) => used.push([link, use]),
    invoke: async (name, { isTrusted }, input) => {
      asked.push([name, isTrusted, input]);
      return { ok: true, value: 7 };
    },
    media: async (mediaPath, range) => {
      const headers = { 'content-type': 'text/plain', 'cache-control': 'private, max-age=3600' };
      if (mediaPath.startsWith('proxy/')) return { status: 200, headers, body: breaking() };
      return {
        status: range === null ? 200 : 206,
        headers,
        body: Buffer.from(`${mediaPath} ${range ?? 'whole'}`),
      };
    },
  });
  await station.listen();
  origin = new URL(station.link()).origin;
});
afterAll(() => station.close());

/** A body whose source goes away in the middle. */
function breaking(): Readable {
  return Readable.from(
    (async function* () {
      yield Buffer.alloc(1000);
      throw new Error('aborted');
    })(),
  );
}

const ticketOf = (link: string): string => new URL(link).hash.slice(3);
const exchange = (
  ticket: string,
  headers: Record<string, string> = { origin },
): Promise<Response> => fetch(`${origin}/session`, { method: 'POST', body: ticket, headers });
/** fetch will not send another Host; a rebinding browser does. */
const statusWithHost = (host: string, requestPath = '/'): Promise<number> =>
  new Promise((resolve, reject) => {
    http
      .get(`${origin}${requestPath}`, { headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
      .on('error', reject);
  });

function socketOutcome(
  protocols: string[],
  headers: Record<string, string> = { origin },
): Promise<'open' | 'refused'> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/ipc`, protocols, { headers });
    socket.on('open', () => {
      socket.close();
      resolve('open');
    });
    socket.on('error', () => resolve('refused'));
  });
}

describe('the station lets in who holds a link, and nobody else', () => {
  test('listens on 127.0.0.1 only, and its link carries the ticket where no server sees it', () => {
    expect(station.link()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#t=[\w-]{43}$/);
  });

  test('a ticket works once', async () => {
    const ticket = ticketOf(station.link());
    const first = await exchange(ticket);
    expect(first.status).toBe(200);
    expect(await first.text()).toMatch(/^[\w-]{12}\.[\w-]{43}$/);
    expect((await exchange(ticket)).status).toBe(410);
    expect((await exchange('made-up')).status).toBe(410);
  });

  test('a ticket that is used a second time ends the session it began, and that is told', async () => {
    used.length = 0;
    const [link, other] = [station.link(), station.link()];
    const token = await (await exchange(ticketOf(link))).text();
    const kept = await (await exchange(ticketOf(other))).text();
    const pages = [token, kept].map(
      (session) =>
        new WebSocket(`${origin.replace('http', 'ws')}/ipc`, ['desk.v1', session], {
          headers: { origin },
        }),
    );
    onTestFinished(() => pages.forEach((page) => page.terminate()));
    await Promise.all(pages.map((page) => once(page, 'open')));
    const cut = once(pages[0] as WebSocket, 'close');
    expect((await exchange(ticketOf(link))).status).toBe(410);
    await cut;
    expect(await socketOutcome(['desk.v1', token])).toBe('refused');
    expect(await socketOutcome(['desk.v1', kept])).toBe('open');
    expect(pages[1]?.readyState).toBe(WebSocket.OPEN);
    expect(used).toEqual([
      [link, 'first'],
      [other, 'first'],
      [link, 'second'],
    ]);
    expect((await exchange(ticketOf(link))).status).toBe(410);
    expect(used).toHaveLength(3);
  });

  test('a ticket dies after ten minutes', () => {
    let now = 0;
    const passes = new AccessTokens({ nowMs: () => now });
    const [early, late] = [passes.ticket(), passes.ticket()];
    now = 10 * 60_000 - 1;
    expect(passes.redeem(early, { userAgent: '', from: null })).not.toBeNull();
    now = 10 * 60_000;
    expect(passes.redeem(late, { userAgent: '', from: null })).toBeNull();
  });

  test('another site’s page gets neither a session nor a socket', async () => {
    const ticket = ticketOf(station.link());
    expect((await exchange(ticket, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await exchange(ticket, {})).status).toBe(403);
    const token = await (await exchange(ticket)).text();
    expect(await socketOutcome(['desk.v1', token])).toBe('open');
    expect(await socketOutcome(['desk.v1', token], { origin: 'https://evil.example' })).toBe(
      'refused',
    );
    expect(await socketOutcome(['desk.v1', token], {})).toBe('refused');
    expect(await socketOutcome(['desk.v1', token], { origin, host: 'evil.example' })).toBe(
      'refused',
    );
    expect(await socketOutcome(['desk.v1', 'made-up'])).toBe('refused');
    expect(await socketOutcome(['desk.v1'])).toBe('refused');
  });

  test('a name that was rebound to this machine is refused', async () => {
    const { port } = new URL(origin);
    expect(await statusWithHost(`127.0.0.1:${port}`)).toBe(200);
    for (const host of ['evil.example', `evil.example:${port}`, `localhost:${port}`, '127.0.0.1'])
      expect(await statusWithHost(host)).toBe(403);
  });

  test('nothing outside the page’s folder can be named', async () => {
    const { port } = new URL(origin);
    for (const name of [
      '/../secret.html',
      '/..%2fsecret.html',
      '/%2e%2e/secret.html',
      '/..%5csecret.html',
      '//etc/passwd',
      '/%00.html',
      '/%E0%A4%A.html',
      '/index.js.map',
      '//',
      '/\\:x',
    ]) {
      expect([400, 403, 404]).toContain(await statusWithHost(`127.0.0.1:${port}`, name));
    }
    expect(bugs).toEqual([]);
  });

  test('a path that a proxy in front would take for another one is refused', async () => {
    const { host } = new URL(origin);
    for (const name of [
      '/api/\\..\\index.html',
      '/api/../index.html',
      '/api/%2e%2e/index.html',
      '/api/.\t./index.html',
      '/api/v1/..\\..\\..\\session',
      '//api/index.html',
      `http://other.example/index.html`,
    ]) {
      const connection = await rawConnection(
        origin,
        `GET ${name} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`,
      );
      await expect.poll(connection.text, { message: name }).toMatch(/^HTTP\/1\.1 400 /u);
    }
    for (const name of ['/index.html?x=\\..\\', `${origin}/index.html`]) {
      const connection = await rawConnection(
        origin,
        `GET ${name} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`,
      );
      await expect.poll(connection.text, { message: name }).toMatch(/^HTTP\/1\.1 200 /u);
    }
    expect(bugs).toEqual([]);
  });

  test('pictures need a pass, and a forged or expired one is none', async () => {
    const suffix = station.mediaSuffix();
    const good = await fetch(`${origin}/media/thumb/ast_1${suffix}`, {
      headers: { range: 'bytes=0-1' },
    });
    expect([good.status, await good.text(), good.headers.get('cache-control')]).toEqual([
      206,
      'thumb/ast_1 bytes=0-1',
      'private, max-age=3600',
    ]);
    for (const wrong of ['', '?m=', `${suffix}x`, suffix.replace(/=\d/, '=9'), '?m=1.x'])
      expect((await fetch(`${origin}/media/thumb/ast_1${wrong}`)).status).toBe(403);
    let now = 0;
    const passes = new AccessTokens({ nowMs: () => now });
    const pass = passes.mediaSuffix().slice(3);
    expect(passes.isMediaPass(pass)).toBe(true);
    now = 30 * 24 * 60 * 60_000 - 1;
    expect(passes.isMediaPass(pass)).toBe(true);
    now += 1;
    expect(passes.isMediaPass(pass)).toBe(false);
    expect(new AccessTokens({ nowMs: () => 0 }).isMediaPass(pass)).toBe(false);
  });

  test('a preview whose source breaks off ends that answer, and nothing else', async () => {
    const broken = await fetch(`${origin}/media/proxy/ast_1${station.mediaSuffix()}`);
    await expect(broken.arrayBuffer()).rejects.toThrow('terminated');
    expect((await fetch(origin)).status).toBe(200);
    expect(bugs).toEqual([]);
  });

  test('every answer forbids framing, sniffing, storing and use by other sites, and sets no cookie', async () => {
    for (const address of ['/', '/nothing', '/media/thumb/x']) {
      const { headers } = await fetch(`${origin}${address}`);
      expect(
        Object.fromEntries(
          [
            'x-content-type-options',
            'x-frame-options',
            'cross-origin-resource-policy',
            'referrer-policy',
            'cache-control',
            'set-cookie',
          ].map((name) => [name, headers.get(name)]),
        ),
      ).toEqual({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
        'set-cookie': null,
      });
    }
  });

  test('a page with a session calls commands and hears pushes; rubbish ends its connection only', async () => {
    const token = await (await exchange(ticketOf(station.link()))).text();
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/ipc`, ['desk.v1', token], {
      headers: { origin },
    });
    await new Promise((resolve) => socket.once('open', resolve));
    const next = (): Promise<unknown> =>
      new Promise((resolve) =>
        socket.once('message', (data: Buffer) => resolve(JSON.parse(data.toString()))),
      );
    let message = next();
    socket.send(JSON.stringify({ id: 3, name: 'catalogue.search', input: { text: 'x' } }));
    expect(await message).toEqual({ id: 3, result: { ok: true, value: 7 } });
    expect(asked.at(-1)).toEqual(['catalogue.search', true, { text: 'x' }]);
    message = next();
    station.send('library.changed', { rev: 1 });
    expect(await message).toEqual({ name: 'library.changed', payload: { rev: 1 } });
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.send('{');
    expect(await closed).toBe(1007);
    expect((await fetch(origin)).status).toBe(200);
  });

  test('a peer that resets its connection, or sends what is no message, ends that connection and nothing else', async () => {
    const { port } = new URL(origin);
    for (let attempt = 0; attempt < 20; attempt += 1) {
      await new Promise<void>((resolve) => {
        // Before the refusal is written, and after it was.
        const reset = (when: 0 | 1) => (): void =>
          void (attempt % 2 === when && peer.resetAndDestroy());
        const peer = net.connect(Number(port), '127.0.0.1', () =>
          peer.write(
            `GET /ipc HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n`,
            reset(0),
          ),
        );
        peer.once('data', reset(1));
        peer.once('close', () => resolve());
      });
    }
    const token = await (await exchange(ticketOf(station.link()))).text();
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/ipc`, ['desk.v1', token], {
      headers: { origin },
    });
    await new Promise((resolve) => socket.once('open', resolve));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.send('x'.repeat(9 * 1024 * 1024));
    expect(await closed).toBe(1009);
    expect((await fetch(origin)).status).toBe(200);
  });

  test('a body that is longer than any ticket is refused, however right its end', async () => {
    const ticket = ticketOf(station.link());
    expect((await exchange('x'.repeat(2000) + ticket)).status).toBe(400);
    expect((await exchange(ticket)).status).toBe(200);
  });

  test('what another user of this computer sends wrongly is not logged, or it would push out what is', async () => {
    const { host } = new URL(origin);
    const ends = `host: ${host}\r\norigin: ${origin}\r\nconnection: close\r\n`;
    for (const sent of [
      `GET // HTTP/1.1\r\n${ends}\r\n`,
      `GET http:// HTTP/1.1\r\n${ends}\r\n`,
      `POST /session HTTP/1.1\r\n${ends}content-length: 5000\r\n\r\n${'x'.repeat(5000)}`,
    ]) {
      const connection = await rawConnection(origin, sent);
      await expect.poll(connection.text).toMatch(/^HTTP\/1\.1 400 /u);
    }
    const cut = net.connect(Number(new URL(origin).port), '127.0.0.1');
    cut.write(`POST /session HTTP/1.1\r\n${ends}content-length: 100\r\n\r\nx`);
    await once(cut, 'connect');
    cut.resetAndDestroy();
    expect((await fetch(origin)).status).toBe(200);
    expect(bugs).toEqual([]);
  });

  test('the largest order a command takes fits in one message', async () => {
    const token = await (await exchange(ticketOf(station.link()))).text();
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/ipc`, ['desk.v1', token], {
      headers: { origin },
    });
    await new Promise((resolve) => socket.once('open', resolve));
    const id = 'i'.repeat(128);
    const packages = Array.from({ length: 10_000 }, () => ({ assetId: id, packageId: id }));
    const answer = new Promise((resolve) =>
      socket.once('message', (data: Buffer) => resolve(JSON.parse(data.toString()))),
    );
    socket.send(
      JSON.stringify({ id: 4, name: 'transfers.enqueue', input: { packages, acknowledge: [] } }),
    );
    expect(await answer).toEqual({ id: 4, result: { ok: true, value: 7 } });
    socket.close();
  });
});

const started = async (limits: { requestMs?: number; maxConnections?: number }): Promise<string> =>
  new URL((await startedStation(limits)).link()).origin;

const startedStation = async (limits: {
  requestMs?: number;
  maxConnections?: number;
}): Promise<Station> => {
  const other = new Station({
    root,
    port: 0,
    onBug: (_where, thrown) => bugs.push(thrown),
    invoke: async () => ({ ok: true, value: 7 }),
    media: async () => ({ status: 404, headers: {}, body: null }),
    ...limits,
  });
  await other.listen();
  onTestFinished(() => other.close());
  return other;
};

const get = (url: string, asked: string): string =>
  `GET ${asked} HTTP/1.1\r\nhost: ${new URL(url).host}\r\n\r\n`;
const unfinished = (url: string): string =>
  `POST /session HTTP/1.1\r\nhost: ${new URL(url).host}\r\norigin: ${url}\r\ncontent-length: 100\r\n\r\nx`;

describe('connections that are held open', () => {
  test.each([
    '',
    'GET / HTTP/1.1\r\nhost: a',
    'POST /session HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n',
  ])('one that sends %j is closed from both sides', async (sent) => {
    const connection = await rawConnection(await started({ requestMs: 300 }), sent);
    await expect.poll(connection.isClosed).toBe(true);
  });

  test('one whose upgrade is refused is closed from both sides', async () => {
    const url = await started({});
    const connection = await rawConnection(
      url,
      'GET /ipc HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
    );
    await expect.poll(connection.isClosed).toBe(true);
    expect(connection.text()).toMatch(/^HTTP\/1\.1 403 /u);
  });

  test.each([2, undefined])(
    'silent ones at the limit (%s) do not keep the page out',
    async (maxConnections) => {
      const url = await started({
        requestMs: 60_000,
        ...(maxConnections === undefined ? {} : { maxConnections }),
      });
      const oldest = await rawConnection(url);
      const connect = async (count: number): Promise<void> => {
        const others = Array.from({ length: count }, () =>
          net.connect(Number(new URL(url).port), '127.0.0.1'),
        );
        onTestFinished(() => others.forEach((socket) => socket.destroy()));
        await Promise.all(others.map((socket) => once(socket, 'connect')));
      };
      const limit = maxConnections ?? 256;
      // Half of them first: this port may be one where a program beside this test still looks for
      // a server that is gone.
      await connect(Math.floor((limit - 1) / 2));
      expect(oldest.isClosed()).toBe(false);
      await connect(limit);
      expect((await fetch(url)).status).toBe(200);
      await expect.poll(oldest.isClosed).toBe(true);
    },
  );

  test('one that asks again before it was answered is closed, and no answer is kept for it', async () => {
    const url = await started({});
    const connection = await rawConnection(url, get(url, '/').repeat(40));
    await expect.poll(connection.isClosed).toBe(true);
    expect(connection.text().match(/HTTP\/1\.1/gu)?.length ?? 0).toBeLessThan(2);
    const patient = await rawConnection(url);
    for (const answers of [1, 2, 3]) {
      patient.send(get(url, '/'));
      await expect.poll(() => patient.text().match(/<title>/gu)?.length).toBe(answers);
    }
  });

  test('answers that nobody reads share one copy of the file', async () => {
    const url = await started({});
    const before = process.memoryUsage().arrayBuffers;
    const unread = Array.from({ length: 30 }, () =>
      net.connect(Number(new URL(url).port), '127.0.0.1').pause(),
    );
    onTestFinished(() => unread.forEach((socket) => socket.destroy()));
    for (const socket of unread) socket.write(get(url, '/large.js'));
    // The next answer comes after those before it were begun.
    expect((await fetch(url)).status).toBe(200);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * LARGE);
  });

  test('one that is not read at all is closed from both sides', async () => {
    const url = await started({ requestMs: 300 });
    const silent = await rawConnection(url);
    silent.stopReading();
    silent.send(get(url, '/large.js'));
    await expect.poll(silent.isClosed).toBe(true);
    expect(silent.text()).toBe('');
  });

  test.each([3, undefined])(
    'busy ones at the limit (%s) keep out neither the page nor whoever has a session',
    async (maxConnections) => {
      const other = await startedStation({
        requestMs: 60_000,
        ...(maxConnections === undefined ? {} : { maxConnections }),
      });
      const url = new URL(other.link()).origin;
      const ticket = ticketOf(other.link());
      const token = await (
        await fetch(`${url}/session`, { method: 'POST', body: ticket, headers: { origin: url } })
      ).text();
      const page = new WebSocket(`${url.replace('http', 'ws')}/ipc`, ['desk.v1', token], {
        headers: { origin: url },
      });
      onTestFinished(() => page.terminate());
      await once(page, 'open');
      const oldest = await rawConnection(url, unfinished(url));
      const others = Array.from({ length: (maxConnections ?? 256) + 20 }, () =>
        net.connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined),
      );
      onTestFinished(() => others.forEach((socket) => socket.destroy()));
      for (const socket of others) socket.write(unfinished(url));
      await Promise.all(others.map((socket) => once(socket, 'connect')));
      await expect.poll(oldest.isClosed).toBe(true);
      expect((await fetch(url)).status).toBe(200);
      page.send(JSON.stringify({ id: 1, name: 'app.info' }));
      const [answer] = (await once(page, 'message')) as [Buffer];
      expect(JSON.parse(answer.toString())).toEqual({ id: 1, result: { ok: true, value: 7 } });
    },
  );
});
