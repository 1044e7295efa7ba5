import { expect, test } from 'vitest';
import { openRange, type RangeRequest } from '../../../src/main/transfers/run/range-request.ts';
import type { BodyBlock, ByteRequest, ByteSource } from '../../../src/main/transfers/ports.ts';

type Head = { status: number; headers?: Record<string, string> };

/** Answers with these heads in turn; records requests and unread responses. */
function source(...heads: Head[]): ByteSource & { asked: ByteRequest[]; discarded: number } {
  const fake = {
    asked: [] as ByteRequest[],
    discarded: 0,
    drop: () => {},
    open: async (request: ByteRequest) => {
      fake.asked.push(request);
      const { status, headers = {} } = heads[fake.asked.length - 1] ?? { status: 500 };
      return {
        status,
        headers,
        body: (async function* (): AsyncGenerator<BodyBlock> {})(),
        discard: () => void fake.discarded++,
      };
    },
  };
  return fake;
}
const request = (more: Partial<RangeRequest> = {}): RangeRequest => ({
  url: 'https://origin.example/a.mov?sig=secret',
  headers: { 'X-Grant': 'g', Authorization: 'Bearer t' },
  ranges: true,
  from: 100,
  to: 200,
  totalBytes: 1000,
  etag: '"a"',
  expected: 'video/quicktime',
  isPublishers: false,
  signal: new AbortController().signal,
  ...more,
});
const PART = {
  'content-range': 'bytes 100-199/1000',
  'content-length': '100',
  etag: '"a"',
  'content-type': 'video/quicktime',
};
const open = (head: Head, more?: Partial<RangeRequest>) =>
  openRange(source(head), request(more), 0);

test('asks with Range and If-Range and exactly the headers it was given', async () => {
  const fake = source({ status: 206, headers: PART });
  expect(await openRange(fake, request(), 0)).toMatchObject({
    kind: 'partial',
    totalBytes: 1000,
    bytes: 100,
    etag: '"a"',
  });
  expect(fake.asked[0]?.headers).toEqual({
    'X-Grant': 'g',
    Authorization: 'Bearer t',
    range: 'bytes=100-199',
    'if-range': '"a"',
  });
});

test.each<[string, Head, Partial<RangeRequest>, string]>([
  [
    'another range',
    { status: 206, headers: { ...PART, 'content-range': 'bytes 101-199/1000' } },
    {},
    'origin-error',
  ],
  [
    'a shorter range',
    {
      status: 206,
      headers: { ...PART, 'content-range': 'bytes 100-198/1000', 'content-length': '99' },
    },
    {},
    'origin-error',
  ],
  ['no range', { status: 206, headers: { ...PART, 'content-range': '' } }, {}, 'origin-error'],
  [
    'an unknown length',
    { status: 206, headers: { ...PART, 'content-range': 'bytes 100-199/*' } },
    {},
    'origin-error',
  ],
  [
    'several ranges',
    { status: 206, headers: { 'content-type': 'multipart/byteranges; boundary=x' } },
    {},
    'origin-error',
  ],
  [
    'another complete length',
    { status: 206, headers: { ...PART, 'content-range': 'bytes 100-199/1001' } },
    {},
    'source-changed',
  ],
  ['another tag', { status: 206, headers: { ...PART, etag: '"b"' } }, {}, 'source-changed'],
  ['no tag any more', { status: 206, headers: { ...PART, etag: '' } }, {}, 'source-changed'],
  ['a weak tag', { status: 206, headers: { ...PART, etag: 'W/"a"' } }, {}, 'source-changed'],
  [
    'a body of another length',
    { status: 206, headers: { ...PART, 'content-length': '99' } },
    {},
    'origin-error',
  ],
  ['a coding', { status: 206, headers: { ...PART, 'content-encoding': 'br' } }, {}, 'origin-error'],
  [
    'the whole with another length',
    { status: 200, headers: { 'content-length': '999' } },
    {},
    'source-changed',
  ],
  [
    'a page',
    { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } },
    {},
    'captive-portal',
  ],
  [
    'JSON in place of media',
    { status: 206, headers: { ...PART, 'content-type': 'application/problem+json' } },
    {},
    'origin-error',
  ],
  [
    'an XML error with 200',
    { status: 200, headers: { 'content-type': 'application/xml' } },
    {},
    'captive-portal',
  ],
  [
    'a range beyond the end',
    { status: 416, headers: { 'content-range': 'bytes */50' } },
    {},
    'source-changed',
  ],
  ['too many requests', { status: 429, headers: { 'retry-after': '7' } }, {}, 'rate-limited'],
  ['a teapot', { status: 418 }, {}, 'origin-refused'],
  [
    'a part where the whole was asked for',
    { status: 206, headers: PART },
    { ranges: false, from: 0, to: null },
    'origin-error',
  ],
])('%s is refused and not read', async (_, head, more, code) => {
  const fake = source(head);
  await expect(openRange(fake, request(more), 0)).rejects.toMatchObject({ code });
  expect(fake.discarded).toBe(1);
});

test('markup is right where markup is expected', async () => {
  expect(
    await open(
      { status: 206, headers: { ...PART, 'content-type': 'text/xml' } },
      { expected: 'application/xml' },
    ),
  ).toMatchObject({ kind: 'partial' });
  expect(
    await open(
      { status: 206, headers: { ...PART, 'content-type': 'text/html' } },
      { expected: 'page.html' },
    ),
  ).toMatchObject({ kind: 'partial' });
  expect(
    await open(
      { status: 206, headers: { ...PART, 'content-type': 'application/json' } },
      { expected: 'application/json' },
    ),
  ).toMatchObject({ kind: 'partial' });
});

test('an empty content has no range at all', async () => {
  expect(
    await open(
      { status: 416, headers: { 'content-range': 'bytes */0' } },
      { from: 0, to: null, totalBytes: null, etag: null },
    ),
  ).toEqual({ kind: 'empty' });
});

test.each([401, 403, 410])('%d asks for a fresh address', async (status) => {
  expect(await open({ status })).toMatchObject({ kind: 'expired' });
});

test('a redirect to another origin loses all that was given for the first, the query is never shown', async () => {
  const fake = source(
    { status: 302, headers: { location: 'https://mirror.example/b.mov' } },
    { status: 206, headers: PART },
  );
  await openRange(fake, request(), 0);
  expect([fake.asked[1]?.url, fake.asked[1]?.headers]).toEqual([
    'https://mirror.example/b.mov',
    { range: 'bytes=100-199', 'if-range': '"a"' },
  ]);
  await expect(open({ status: 500 })).rejects.toThrow(
    /^https:\/\/origin\.example\/a\.mov answered 500$/u,
  );
});

test('never from https to http, nor six times', async () => {
  await expect(
    open({ status: 301, headers: { location: 'http://origin.example/a.mov' } }),
  ).rejects.toMatchObject({ code: 'redirect-refused' });
  const hops = Array.from({ length: 6 }, (_, i) => ({
    status: 307,
    headers: { location: `/${i}` },
  }));
  await expect(
    openRange(source(...hops, { status: 206, headers: PART }), request(), 0),
  ).rejects.toMatchObject({ code: 'redirect-refused' });
  await expect(
    openRange(source(...hops.slice(1), { status: 206, headers: PART }), request(), 0),
  ).resolves.toMatchObject({ kind: 'partial' });
});

test.each([
  ['http://192.168.1.1/reboot', 'redirect-refused'],
  ['http://127.0.0.1:631/', 'redirect-refused'],
  ['http://router/', 'redirect-refused'],
  ['http://other.example/a.mov', null],
])('a publisher’s redirect to %s', async (location, code) => {
  const asked = (url: string, isPublishers: boolean) => {
    const fake = source({ status: 302, headers: { location } }, { status: 206, headers: PART });
    const answer = openRange(fake, request({ url, isPublishers }), 0);
    return answer.then(
      () => ({ code: null, asked: fake.asked.length }),
      (thrown: { code: string }) => ({ code: thrown.code, asked: fake.asked.length }),
    );
  };
  expect(await asked('http://origin.example/a.mov', true)).toEqual({
    code,
    asked: code === null ? 2 : 1,
  });
  // Our own service may be there, and what is there may stay there.
  expect(await asked('http://origin.example/a.mov', false)).toEqual({ code: null, asked: 2 });
  expect(await asked(new URL('/b.mov', location).href, true)).toEqual({ code: null, asked: 2 });
});
