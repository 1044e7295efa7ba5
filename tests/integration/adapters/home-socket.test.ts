import { createHmac } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import {
  connectToHome,
  frame,
  serveHomeSocket,
  type Message,
} from '../../../src/main/adapters/home-socket.ts';
import { startDesk, desk } from '../../support/app/desk.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const ABOUT = { version: '1' };
const about = z.object({ version: z.string() });
const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** Serves a home: each message is sent back. @returns what peers have said, after hello */
async function serve(home: string, { patienceMs = 60_000, maxBytes = 1000 } = {}) {
  const heard: unknown[] = [];
  const server = await serveHomeSocket(home, { about: ABOUT, patienceMs, maxBytes }, (peer) => ({
    onMessage({ head, body }) {
      heard.push(head);
      peer.send(head as object, body);
    },
    onClose: () => heard.push('closed'),
  }));
  stops.push(() => server.close());
  return heard;
}

/** Says one thing to whatever serves a home. @returns the answer; null if nothing of ours serves it */
async function say(home: string, head: object, body = Buffer.alloc(0)): Promise<Message | null> {
  const answer = Promise.withResolvers<Message | null>();
  const found = await connectToHome(home, about, {
    onMessage: answer.resolve,
    onClose: () => answer.resolve(null),
  });
  if (!found) return null;
  expect(found.about).toEqual(ABOUT);
  found.peer.send(head, body);
  const said = await answer.promise;
  found.peer.destroy();
  return said;
}

/** Talks to a socket in bytes. @returns what it said until it hung up */
function raw(file: string, ...parts: Buffer[]): Promise<string> {
  return new Promise((resolve) => {
    let heard = '';
    const socket = net.connect(file, () => parts.forEach((part) => socket.write(part)));
    socket.on('data', (part) => (heard += String(part)));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(heard));
  });
}

describe.skipIf(process.platform === 'win32')('the socket is for the owner of the home', () => {
  test('also in a home that others may enter, with a lax umask', async () => {
    const home = temporaryFolder();
    chmodSync(home, 0o777);
    const before = process.umask(0);
    try {
      await serve(home);
    } finally {
      process.umask(before);
    }
    for (const name of ['station.sock', 'station.sock-at'])
      expect(statSync(path.join(home, name)).mode & 0o777).toBe(0o600);
    expect(await say(home, { one: 1 }, Buffer.from('body'))).toEqual({
      head: { one: 1 },
      body: Buffer.from('body'),
    });
  });

  test('in a home whose path is too long for a socket, in a folder that others can neither enter nor foresee', async () => {
    const home = path.join(temporaryFolder(), 'long'.repeat(30));
    mkdirSync(home);
    const placeOf = (): string =>
      (JSON.parse(readFileSync(path.join(home, 'station.sock-at'), 'utf8')) as { socket: string })
        .socket;
    await serve(home);
    const at = placeOf();
    expect([path.dirname(at), at].map((name) => statSync(name).mode & 0o777)).toEqual([
      0o700, 0o600,
    ]);
    expect(await say(home, {})).not.toBeNull();
    for (const stop of stops.splice(0)) stop();
    expect(existsSync(path.dirname(at))).toBe(false);
    expect(readdirSync(home)).toEqual([]);
    expect(await say(home, {})).toBeNull();
    await serve(home);
    expect(path.dirname(placeOf())).not.toBe(path.dirname(at));
  });

  test('a folder in the place of the socket, or of the note that says where it is, is set aside by the station', async () => {
    const home = temporaryFolder();
    const names = ['station.sock', 'station.sock-at'];
    for (const name of names) mkdirSync(path.join(home, name, 'mine'), { recursive: true });
    const station = startDesk(['station'], { home });
    try {
      await station.line(({ type }) => type === 'station');
      expect(await desk(['station', 'link'], { home })).toMatchObject({
        code: 0,
        result: { url: expect.stringMatching(/^http:/u) as string },
      });
    } finally {
      station.child.kill();
    }
    await station.end;
    for (const name of names)
      expect(
        readdirSync(home).filter(
          (other) =>
            other.startsWith(`${name}.damaged-`) && existsSync(path.join(home, other, 'mine')),
        ),
      ).toHaveLength(1);
  });

  test('who only listens hears nothing; who says something else, too much or too little is cut off, and ends nothing', async () => {
    const home = temporaryFolder();
    const heard = await serve(home, { patienceMs: 500 });
    const file = path.join(home, 'station.sock');
    const nonce = 'n'.repeat(22);
    const { key } = JSON.parse(readFileSync(path.join(home, 'station.sock-at'), 'utf8')) as {
      key: string;
    };
    const proof = createHmac('sha256', key).update(`client ${nonce}`).digest('base64url');
    const hello = frame({ type: 'hello', nonce, proof });
    const huge = Buffer.alloc(8);
    huge.writeUInt32BE(0xff_ff_ff_ff, 0);
    expect(
      await Promise.all([
        raw(file),
        raw(file, Buffer.from('GET / HTTP/1.1\r\n\r\n')),
        raw(file, hello.subarray(0, 20)),
        raw(file, huge),
        raw(file, frame({ type: 'hello', nonce: 'n'.repeat(900), proof })),
        raw(file, frame({ type: 'hello', nonce: `${nonce}n`, proof })),
        raw(file, frame({ type: 'run' })),
        raw(file, frame([])),
        raw(file, Buffer.from([0, 0, 0, 9, 0, 0, 0, 200, 1, 2, 3, 4, 5])),
      ]),
    ).toEqual(Array.from({ length: 9 }, () => ''));
    // Said hello, and then nothing, or more than is taken.
    for (const more of [[], [frame({}, Buffer.alloc(2000))], [Buffer.from('{}\n{}\n{}\n{}\n')]]) {
      const answer = await raw(file, hello, ...more);
      expect(answer).toContain('"proof"');
    }
    for (let attempt = 0; attempt < 20; attempt += 1) {
      await new Promise<void>((resolve) => {
        const peer = net.connect(file, () => peer.write(hello, () => peer.destroy()));
        peer.once('close', () => resolve()).on('error', () => undefined);
      });
    }
    expect(heard.filter((said) => said !== 'closed')).toEqual([]);
    expect(await say(home, { last: true })).toMatchObject({ head: { last: true } });
  });

  test('a socket that hasn’t the home’s secret is told nothing', async () => {
    const home = temporaryFolder();
    await serve(home);
    const note = path.join(home, 'station.sock-at');
    const { socket } = JSON.parse(readFileSync(note, 'utf8')) as { socket: string };
    writeFileSync(note, JSON.stringify({ socket, key: 'k'.repeat(43) }));
    expect(await say(home, { password: 'secret' })).toBeNull();
    for (const text of ['', 'null', '{}', socket, JSON.stringify({ socket })]) {
      writeFileSync(note, text);
      expect(await say(home, {})).toBeNull();
    }
  });

  test('one that was left behind by a kill is none', async () => {
    const home = temporaryFolder();
    const station = startDesk(['station'], { home });
    await station.line(({ type }) => type === 'station');
    station.child.kill('SIGKILL');
    await station.end;
    expect(existsSync(path.join(home, 'station.sock'))).toBe(true);
    expect(await say(home, {})).toBeNull();
    expect(await desk(['queue', 'list'], { home })).toMatchObject({ code: 0 });
  });
});

test('a link that is none of ours is not printed', async () => {
  const home = temporaryFolder();
  const server = await serveHomeSocket(
    home,
    { about: { version: '1', kind: 'station' }, patienceMs: 60_000, maxBytes: 1000 },
    (peer) => ({
      onMessage: () => peer.send({ link: 'https://evil.example/?#t=x' }),
      onClose: () => undefined,
    }),
  );
  stops.push(() => server.close());
  expect(await desk(['station', 'link'], { home })).toMatchObject({
    code: 7,
    result: { code: 'not-found' },
  });
});
