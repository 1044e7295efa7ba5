import type { AgentOptions } from '../../../src/main/adapters/http/agents.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createByteSource,
  createHttpSource,
  type ClosableSource,
} from '../../../src/main/adapters/http/byte-source.ts';
import { FastSource } from '../../../src/main/adapters/http/fast/reader.ts';
import type { ByteAnswer } from '../../../src/main/transfers/ports.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { content, sha256 } from '../../support/engine/origin.ts';
import { END, RESET, Wire, type Step } from '../../support/engine/wire.ts';
import { DIRECT, trusting } from '../../support/network/ways.ts';

const MIB = 1024 * 1024;
const { signal } = new AbortController();

let wire: Wire;
let source: ClosableSource;
const ask = (path = '/a.mov', headers: Record<string, string> = {}, stop: AbortSignal = signal) =>
  source.open({ url: `${wire.url}${path}`, headers, signal: stop });
const ok = (length: number, more = '') =>
  `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n${more}\r\n`;

async function read(answer: ByteAnswer): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const { bytes, release } of answer.body) {
    chunks.push(Uint8Array.from(bytes));
    release();
  }
  return Buffer.concat(chunks);
}

/** The text received before an error, and the error. */
async function readFailing(answer: ByteAnswer): Promise<{ text: string; code: string }> {
  let text = '';
  try {
    for await (const { bytes, release } of answer.body) {
      text += Buffer.from(bytes).toString('latin1');
      release();
    }
  } catch (thrown) {
    if (thrown instanceof AppError) return { text, code: thrown.code };
    throw thrown;
  }
  return { text, code: 'none' };
}

const MAKERS: [string, (options: AgentOptions) => ClosableSource][] = [
  ['node:http', (options) => createHttpSource({ network: DIRECT, ...options })],
  [
    'the fast reader, and node:http where it falls back',
    (options) => createByteSource({ network: DIRECT, ...options }),
  ],
];

describe.each(MAKERS)('%s', (_, make) => {
  beforeEach(async () => {
    wire = await Wire.start();
    source = make({});
  });
  afterEach(async () => {
    source.close();
    await wire.stop();
  });

  test('asks as it is told to, and for nothing to be encoded', async () => {
    wire.answers = [[ok(3), 'abc']];
    const answer = await ask('/a%20b.mov?sig=1', { Range: 'bytes=0-', 'X-Grant': 'g' });
    expect({
      status: answer.status,
      length: answer.headers['content-length'],
      body: (await read(answer)).toString(),
    }).toEqual({ status: 200, length: '3', body: 'abc' });
    const [first, ...fields] = (wire.requests[0] ?? '').split('\r\n');
    expect(first).toBe('GET /a%20b.mov?sig=1 HTTP/1.1');
    expect(fields.map((field) => field.toLowerCase())).toEqual(
      expect.arrayContaining([
        `host: ${wire.url.slice(7)}`,
        'accept-encoding: identity',
        'range: bytes=0-',
        'x-grant: g',
      ]),
    );
    expect(wire.requests[0]?.toLowerCase()).not.toMatch(/cookie|authorization|referer/u);
  });

  test.each([0, 1, 65_536, 524_288, 3 * MIB + 7])(
    'a body of %d bytes comes as it is',
    async (length) => {
      const bytes = content(length);
      wire.answers = [[ok(length, 'ETag: "a"\r\n'), bytes]];
      const answer = await ask();
      expect(answer.headers['etag']).toBe('"a"');
      expect(sha256(await read(answer))).toBe(sha256(bytes));
    },
  );

  test('a head in many packets, and a body that begins in the last one', async () => {
    wire.answers = [[...ok(4, `X: ${'y'.repeat(40)}\r\n`).split(''), 'ab', 'cd']];
    expect((await read(await ask())).toString()).toBe('abcd');
  });

  test('interim answers are passed over', async () => {
    wire.answers = [
      [`HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n${ok(2)}ok`],
    ];
    expect((await read(await ask())).toString()).toBe('ok');
  });

  test('an answer that changes the protocol is an error, and keeps nobody waiting', async () => {
    const switching =
      'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nmore';
    wire.answers = [[switching], [switching], [ok(2), 'ok']];
    await expect(ask()).rejects.toMatchObject({ code: 'origin-error' });
  });

  test('nothing is lost or mixed while the reader is slow', async () => {
    const bytes = content(9 * MIB);
    wire.answers = [[ok(bytes.length), bytes]];
    const kept: { bytes: Uint8Array; release(): void }[] = [];
    const seen: string[] = [];
    let at = 0;
    for await (const block of (await ask()).body) {
      kept.push(block);
      // Two blocks are always held while the next one is read.
      if (kept.length < 3) continue;
      const { bytes: oldest, release } = kept.shift() ?? block;
      seen.push(
        sha256(oldest) === sha256(bytes.subarray(at, at + oldest.byteLength))
          ? 'same'
          : 'different',
      );
      at += oldest.byteLength;
      release();
    }
    for (const { bytes: rest } of kept) at += rest.byteLength;
    expect({ at, different: seen.includes('different') }).toEqual({
      at: bytes.length,
      different: false,
    });
  });

  test('a slow body comes as it does, not when its block is full', async () => {
    const { promise, resolve: goOn } = Promise.withResolvers<void>();
    wire.answers = [[ok(6), 'abc', () => promise, 'def']];
    const body = (await ask()).body[Symbol.asyncIterator]();
    const first = await body.next();
    expect(Buffer.from((first.value as { bytes: Uint8Array }).bytes).toString()).toBe('abc');
    goOn();
    expect(Buffer.from(((await body.next()).value as { bytes: Uint8Array }).bytes).toString()).toBe(
      'def',
    );
    expect((await body.next()).done).toBe(true);
  });

  test.each<[string, Step]>([
    ['ends', END],
    ['breaks', RESET],
  ])('a body that %s early fails after what had come', async (_name, step) => {
    wire.answers = [[ok(100), 'abc', () => new Promise((resolve) => setImmediate(resolve)), step]];
    const { text, code } = await readFailing(await ask());
    // A TCP reset may overtake bytes in flight.
    expect({ code, text: step === RESET ? 'abc' : text }).toEqual({
      code: 'short-body',
      text: 'abc',
    });
  });

  test('of a body longer than announced only that much comes, and the connection is not used again', async () => {
    wire.answers = [[`${ok(3)}abcHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`], [ok(2), 'ok']];
    expect((await read(await ask())).toString()).toBe('abc');
    expect((await read(await ask('/b.mov'))).toString()).toBe('ok');
    expect(wire.connectionOf).toEqual([0, 1]);
  });

  test('a chunked body comes whole, and is known to be cut short', async () => {
    const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
    wire.answers = [[head, '3\r\nabc\r\n', '2\r\nde\r\n0\r\n\r\n']];
    expect((await read(await ask())).toString()).toBe('abcde');
    wire.answers = [[head, '3\r\nabc\r\n', END]];
    expect(await readFailing(await ask('/b.mov'))).toEqual({ text: 'abc', code: 'short-body' });
  });

  test('a body that ends with its connection comes whole', async () => {
    wire.answers = [['HTTP/1.1 200 OK\r\n\r\n', 'abc', END]];
    expect((await read(await ask())).toString()).toBe('abc');
  });

  test('one connection for one after the other, a new one where the server says so or the body was left', async () => {
    wire.answers = [
      [ok(3), 'abc'],
      [ok(2), 'de'],
      [ok(1, 'Connection: close\r\n'), 'f', END],
      [ok(1000), 'g'],
      [ok(1), 'h'],
    ];
    const texts: string[] = [];
    for (const path of ['/1', '/2', '/3']) texts.push((await read(await ask(path))).toString());
    (await ask('/4')).discard();
    texts.push((await read(await ask('/5'))).toString());
    expect({ texts, connections: wire.connectionOf }).toEqual({
      texts: ['abc', 'de', 'f', 'h'],
      connections: [0, 0, 0, 1, 2],
    });
  });

  test('other answers tell their head, and their body is dropped', async () => {
    wire.answers = [
      ['HTTP/1.1 302 Found\r\nLocation: /b.mov\r\nContent-Length: 0\r\n\r\n'],
      ['HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n', '2\r\nno\r\n0\r\n\r\n'],
      [
        'HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */7\r\nContent-Length: 0\r\n\r\n',
      ],
      [ok(2), 'ok'],
    ];
    const heads: [number, string | undefined][] = [];
    for (const path of ['/1', '/2', '/3']) {
      const { status, headers, discard } = await ask(path);
      heads.push([status, headers['location'] ?? headers['content-range']]);
      discard();
    }
    expect(heads).toEqual([
      [302, '/b.mov'],
      [404, undefined],
      [416, 'bytes */7'],
    ]);
    expect((await read(await ask())).toString()).toBe('ok');
    expect(wire.requests).toHaveLength(4);
  });

  const GARBAGE: [string, string][] = [
    ['no HTTP at all', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['no status', 'HTTP/1.1 OK\r\nContent-Length: 3\r\n\r\nabc'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd'],
    ['a length that is no number', 'HTTP/1.1 200 OK\r\nContent-Length: 3x\r\n\r\nabc'],
    ['a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\nabc'],
    [
      'a length and a transfer coding',
      'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
    ],
    ['a NUL in a field', 'HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 3\r\n\r\nabc'],
    [
      'a head of 20 KiB',
      `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(20_000)}\r\nContent-Length: 3\r\n\r\nabc`,
    ],
    ['nothing at all', ''],
  ];
  test.each(GARBAGE)('%s is an error of the origin', async (_name, text) => {
    wire.answers = [[text, END]];
    const asked = ask().then(async (answer) => {
      throw new Error(`${answer.status} ${JSON.stringify(await readFailing(answer))}`);
    });
    await expect(asked).rejects.toMatchObject({
      code: 'origin-error',
      detail: { retryable: true },
    });
  });

  test('a request that is stopped fails with why, before the head and in the body', async () => {
    const before = new AbortController();
    wire.answers = [
      [() => before.abort(new AppError('stalled', 'Nothing came'))],
      [ok(100), 'abc'],
    ];
    await expect(ask('/1', {}, before.signal)).rejects.toMatchObject({ code: 'stalled' });
    const during = new AbortController();
    const body = (await ask('/2', {}, during.signal)).body[Symbol.asyncIterator]();
    expect((await body.next()).done).toBe(false);
    const next = body.next();
    during.abort(new AppError('cancelled', 'Stopped'));
    await expect(next).rejects.toMatchObject({ code: 'cancelled' });
    await expect(ask('/3', {}, during.signal)).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('nobody there, a name that is none', async () => {
    await expect(
      source.open({ url: 'http://127.0.0.1:9/a', headers: {}, signal }),
    ).rejects.toMatchObject({ code: 'origin-error' });
    await expect(
      source.open({ url: 'http://origin.invalid/a', headers: {}, signal }),
    ).rejects.toMatchObject({ code: 'offline' });
  });

  test('an idle connection that the server has closed in the meantime is replaced', async () => {
    wire.answers = [[ok(3), 'abc'], [RESET], [ok(2), 'ok']];
    expect((await read(await ask('/1'))).toString()).toBe('abc');
    const second = await ask('/2')
      .then(read)
      .catch((thrown: unknown) => thrown);
    // node:http reports the error and leaves the retry to the caller.
    expect(second instanceof AppError ? second.code : String(second)).toMatch(
      /^(origin-error|ok)$/u,
    );
  });

  test('https: bodies over one connection; a certificate nobody vouches for is refused', async () => {
    const secure = await Wire.start({ secure: true });
    const trustful = make({ network: trusting(secure.ca) });
    try {
      const bytes = content(2 * MIB + 3);
      secure.answers = [[ok(bytes.length), bytes]];
      for (const path of ['/1', '/2'])
        expect(
          sha256(
            await read(await trustful.open({ url: `${secure.url}${path}`, headers: {}, signal })),
          ),
        ).toBe(sha256(bytes));
      expect(secure.connectionOf).toEqual([0, 0]);
      await expect(
        source.open({ url: `${secure.url}/3`, headers: {}, signal }),
      ).rejects.toMatchObject({ code: 'tls', detail: { retryable: false } });
    } finally {
      trustful.close();
      await secure.stop();
    }
  });
});

describe('the fast reader alone', () => {
  let direct: FastSource;
  beforeEach(async () => {
    wire = await Wire.start();
    direct = new FastSource();
  });
  afterEach(async () => {
    direct.close();
    await wire.stop();
  });
  const open = (headers: Record<string, string> = {}, url = `${wire.url}/a.mov`) =>
    direct.open({ url, headers, signal });

  test.each<[string, string]>([
    ['a transfer coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['no length', 'HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-2/3\r\n\r\nabc'],
    ['a folded line', 'HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n'],
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'],
    ['interim answers without end', `${'HTTP/1.1 102 Processing\r\n\r\n'.repeat(20)}${ok(0)}`],
  ])('%s is declined and the connection closed', async (_, text) => {
    wire.answers = [[text]];
    expect(await open()).toBeNull();
  });

  test('a request that needs more than to be written down is declined unasked', async () => {
    expect(await open({ 'X-Grant': 'a\r\nHost: elsewhere' })).toBeNull();
    expect(await open({}, wire.url.replace('//', '//user:secret@'))).toBeNull();
    expect(wire.requests).toEqual([]);
  });

  test('what is declined once at an address is not asked twice again', async () => {
    source = createByteSource({ network: DIRECT });
    wire.answers = [['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n']];
    for (const path of ['/a.mov?1', '/a.mov?2'])
      expect((await read(await ask(path))).toString()).toBe('ok');
    expect(wire.requests).toHaveLength(3);
    source.close();
  });
});
