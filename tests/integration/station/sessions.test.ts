import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { createStationSessionsFile } from '../../../src/main/adapters/fs/station-sessions-file.ts';
import { AccessTokens } from '../../../src/main/station/access.ts';
import { Station } from '../../../src/main/station/server.ts';
import type { StationView } from '../../../src/shared/contract/station.ts';
import { freePort } from '../../support/free-port.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const PUBLIC = 'https://desk.example';

async function start(publicOrigin?: string, home?: string, fixed?: number) {
  const root = path.join(temporaryFolder(), 'renderer');
  mkdirSync(root);
  writeFileSync(path.join(root, 'index.html'), '<!doctype html><title>desk</title>');
  const port = fixed ?? (await freePort());
  const asked: string[] = [];
  const views: StationView[] = [];
  const wrongHosts: string[] = [];
  const station = new Station({
    root,
    port,
    publicOrigin,
    ...(home !== undefined && { sessions: createStationSessionsFile(home) }),
    onBug: (where, thrown) => expect.soft([where, thrown]).toBeNull(),
    invoke: async (name) => {
      asked.push(name);
      return { ok: true, value: 7 };
    },
    media: async () => ({ status: 404, headers: {}, body: null }),
    onSessions: (view) => views.push(view),
    onWrongHost: (host) => wrongHosts.push(host),
  });
  await station.listen();
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (isOpen) await station.close();
    isOpen = false;
  };
  onTestFinished(close);
  const own = publicOrigin ?? `http://127.0.0.1:${port}`;
  /** As the browser or the proxy sends it, to the port. */
  const send = (
    method: string,
    target: string,
    headers: Record<string, string> = {},
    body = '',
  ): Promise<{ status: number; headers: IncomingMessage['headers']; text: string }> =>
    new Promise((resolve, reject) => {
      const request = http.request(
        {
          port,
          host: '127.0.0.1',
          method,
          path: target,
          headers: { host: new URL(own).host, ...headers },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (part: string) => (text += part));
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
          );
        },
      );
      request.on('error', reject);
      request.end(body);
    });
  const exchange = (link: string, headers: Record<string, string> = {}) =>
    send(
      'POST',
      '/session',
      { origin: own, 'user-agent': FIREFOX, ...headers },
      new URL(link).hash.slice(3),
    );
  const connect = async (token: string): Promise<WebSocket> => {
    const page = new WebSocket(`ws://127.0.0.1:${port}/ipc`, ['desk.v1', token], {
      origin: own,
      headers: { host: new URL(own).host },
    });
    onTestFinished(() => page.terminate());
    await once(page, 'open');
    return page;
  };
  return { station, port, close, own, asked, views, wrongHosts, send, exchange, connect };
}

const idOf = (token: string): string => token.split('.', 1)[0] ?? '';

test('says which browsers have it open, since when, and when they have gone', async () => {
  const { station, exchange, connect, views } = await start();
  const { text: token } = await exchange(station.link());
  expect(station.sessions().sessions).toEqual([
    {
      id: idOf(token),
      browser: 'Firefox',
      system: 'Linux',
      from: null,
      beganAtMs: expect.any(Number),
      seenAtMs: expect.any(Number),
      isOpen: false,
    },
  ]);
  const [page, again] = [await connect(token), await connect(token)];
  const isOpen = (): boolean | undefined => views.at(-1)?.sessions[0]?.isOpen;
  expect(isOpen()).toBe(true);
  page.close();
  await once(page, 'close');
  await expect.poll(() => views.length).toBe(4);
  expect(isOpen()).toBe(true);
  again.close();
  await expect.poll(isOpen).toBe(false);
  expect(JSON.stringify(views)).not.toContain(token.slice(13));
});

test('a session that is ended is told, hears nothing more and is not obeyed', async () => {
  const { station, exchange, connect, asked } = await start();
  const { text: token } = await exchange(station.link());
  const { text: other } = await exchange(station.link());
  const [page, kept] = [await connect(token), await connect(other)];
  const heard: string[] = [];
  page.on('message', (data: Buffer) => heard.push(data.toString()));
  const closed = once(page, 'close');
  station.endSession(idOf(token));
  station.send('library.changed', { rev: 1 });
  // Before it has read that it was closed.
  page.send(JSON.stringify({ id: 1, name: 'transfers.pause-all' }));
  const [code] = (await closed) as [number];
  expect([code, heard, asked]).toEqual([4001, [], []]);
  await expect(connect(token)).rejects.toThrow('403');
  expect(station.sessions().sessions.map(({ id }) => id)).toEqual([idOf(other)]);
  kept.send(JSON.stringify({ id: 2, name: 'app.info' }));
  await once(kept, 'message');
  expect(asked).toEqual(['app.info']);
});

test('who opens a used link is told who had it', async () => {
  const { station, exchange } = await start();
  const link = station.link();
  await exchange(link);
  const { status, text } = await exchange(link, { 'user-agent': 'curl/8' });
  expect([status, JSON.parse(text)]).toEqual([
    410,
    { browser: 'Firefox', system: 'Linux', beganAtMs: expect.any(Number) },
  ]);
  expect((await exchange(link)).text).toBe('');
});

test('a session whose page was not there for 30 days has ended, one that is open has not', () => {
  let now = 0;
  const passes = new AccessTokens({ nowMs: () => now });
  const began = () => {
    const redeemed = passes.redeem(passes.ticket(), { userAgent: '', from: null });
    if (!redeemed || !('token' in redeemed)) throw new Error('no session began');
    const session = passes.session(redeemed.token);
    if (!session) throw new Error('no session began');
    return { token: redeemed.token, session };
  };
  const [closed, open] = [began(), began()];
  passes.countPage(closed.session, 1);
  passes.countPage(open.session, 1);
  passes.countPage(closed.session, -1);
  now = 30 * 24 * 60 * 60_000;
  expect(passes.session(closed.token)).toBe(closed.session);
  now += 1;
  expect(passes.session(closed.token)).toBeNull();
  expect(passes.session(open.token)).toBe(open.session);
  passes.countPage(open.session, -1);
  expect(passes.session(open.token)).toBe(open.session);
});

test('a restart ends no session, and what was ended stays ended; the home has no token', async () => {
  const home = temporaryFolder();
  const first = await start(undefined, home);
  const tokens: string[] = [];
  for (const _ of ['kept', 'ended']) tokens.push((await first.exchange(first.station.link())).text);
  const [kept = '', ended = ''] = tokens;
  await first.connect(kept);
  first.station.endSession(idOf(ended));
  await first.close();
  const file = path.join(home, 'station-sessions.json');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  for (const token of tokens) expect(readFileSync(file, 'utf8')).not.toContain(token.slice(13));
  const second = await start(undefined, home, first.port);
  expect(second.station.sessions().sessions).toMatchObject([
    { id: idOf(kept), browser: 'Firefox', isOpen: false },
  ]);
  await second.connect(kept);
  await expect(second.connect(ended)).rejects.toThrow('403');
  await second.close();
  // What isn't understood lets nobody in.
  writeFileSync(file, '{"version":1,"sessions":[{}]}');
  const third = await start(undefined, home, first.port);
  await expect(third.connect(kept)).rejects.toThrow('403');
  expect(readdirSync(home).filter((name) => name.includes('damaged'))).toHaveLength(1);
});

test('behind a proxy only its address is answered, and links have it', async () => {
  const { station, own, send, exchange, connect, wrongHosts } = await start(PUBLIC);
  const link = station.link();
  expect(link).toMatch(/^https:\/\/desk\.example\/#t=[\w-]{43}$/u);
  expect((await send('GET', '/')).headers['strict-transport-security']).toBe('max-age=31536000');
  for (const host of ['127.0.0.1:4780', 'desk.example:443', 'evil.example'])
    expect(await send('GET', '/', { host })).toMatchObject({
      status: 403,
      text: expect.stringContaining('desk station link'),
    });
  expect(wrongHosts).toEqual(['127.0.0.1:4780']);
  for (const origin of ['http://desk.example', 'https://evil.example', 'http://127.0.0.1:4780'])
    expect((await exchange(link, { origin })).status).toBe(403);
  const { status, text } = await exchange(link);
  expect(status).toBe(200);
  await connect(text);
  expect(own).toBe(PUBLIC);
});

test.each([
  ['10.1.2.3', '10.1.2.3'],
  // What the client has sent itself comes before what the proxy adds.
  ['203.0.113.9, 10.1.2.3', '10.1.2.3'],
  ['2001:db8::7', '2001:db8::7'],
  ['<script>', null],
  ['', null],
])('behind a proxy a browser is where the proxy says: %s', async (forwarded, from) => {
  const { station, exchange } = await start(PUBLIC);
  await exchange(station.link(), { 'x-forwarded-for': forwarded });
  expect(station.sessions().sessions[0]?.from).toBe(from);
});

test('without a proxy nobody says where a browser is', async () => {
  const { station, exchange, send } = await start();
  await exchange(station.link(), { 'x-forwarded-for': '10.1.2.3' });
  expect(station.sessions().sessions[0]?.from).toBeNull();
  expect((await send('GET', '/')).headers['strict-transport-security']).toBeUndefined();
});
