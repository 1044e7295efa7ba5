import { describe, expect, test } from 'vitest';
import { MASTER } from './support/fixture.ts';
import { startTested } from './support/service.ts';

const SIZE = MASTER.length;

async function opened() {
  const service = await startTested();
  const { accessToken: token } = await service.signUp('ada@station.example');
  const { body } = await service.ask('authoriseDownload', {
    body: { packageId: 'pkg_ast_open', rev: 1, acknowledge: ['rst_ast_open'] },
    token,
  });
  const [master, , empty] = body.urls;
  const get = (headers: Record<string, string> = {}, method = 'GET') =>
    fetch(master?.url ?? '', { headers, method, redirect: 'manual' });
  const spoil = async (kind: string, change: object = {}) => {
    const response = await fetch(`${service.url}/test/faults`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ fileId: 'fil_master', kind, times: 1, ...change }),
    });
    expect(response.status).toBe(204);
  };
  return {
    service,
    url: master?.url ?? '',
    etag: master?.etag ?? '',
    emptyUrl: empty?.url ?? '',
    get,
    spoil,
  };
}
const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

describe('ranges', () => {
  test.each([
    ['bytes=0-0', 0, 0],
    ['bytes=10-19', 10, 19],
    [`bytes=${SIZE - 5}-`, SIZE - 5, SIZE - 1],
    ['bytes=-7', SIZE - 7, SIZE - 1],
    [`bytes=100-${SIZE * 2}`, 100, SIZE - 1],
    [`bytes=-${SIZE * 2}`, 0, SIZE - 1],
    ['BYTES=1048570-1048585', 1_048_570, 1_048_585],
  ])('%s is exactly that part', async (range, first, last) => {
    const { get, etag } = await opened();
    const response = await get({ range });
    expect([
      response.status,
      response.headers.get('content-range'),
      response.headers.get('content-length'),
      response.headers.get('etag'),
      response.headers.get('content-encoding'),
    ]).toEqual([206, `bytes ${first}-${last}/${SIZE}`, String(last - first + 1), etag, null]);
    expect((await bytesOf(response)).equals(MASTER.subarray(first, last + 1))).toBe(true);
  });

  test.each([
    'bytes=5-2',
    'bytes=a-b',
    'bytes=',
    'bytes=-',
    'items=0-1',
    'bytes=0-1,bytes=4-5',
    'bytes=0-9,5-20',
    `bytes=${Array.from({ length: 9 }, (_, i) => `${i * 10}-${i * 10 + 1}`).join()}`,
  ])('%s is ignored', async (range) => {
    const { get } = await opened();
    const response = await get({ range });
    expect([
      response.status,
      response.headers.get('content-length'),
      response.headers.get('accept-ranges'),
    ]).toEqual([200, String(SIZE), 'bytes']);
    await response.body?.cancel();
  });

  test.each([`bytes=${SIZE}-`, `bytes=${SIZE + 5}-${SIZE + 9}`, 'bytes=-0'])(
    '%s can’t be satisfied',
    async (range) => {
      const { get } = await opened();
      const response = await get({ range });
      expect([response.status, response.headers.get('content-range')]).toEqual([
        416,
        `bytes */${SIZE}`,
      ]);
      expect(await response.text()).toContain('<Error>');
    },
  );

  test('several parts come as multipart', async () => {
    const { get } = await opened();
    const response = await get({ range: 'bytes=0-4, 100-104' });
    const boundary = /boundary=(.+)/.exec(response.headers.get('content-type') ?? '')?.[1] ?? '';
    const body = await bytesOf(response);
    expect([response.status, Number(response.headers.get('content-length'))]).toEqual([
      206,
      body.length,
    ]);
    expect(
      body
        .toString('latin1')
        .split(`--${boundary}`)
        .slice(1, 3)
        .map((part) => part.split('\r\n\r\n')[1]?.slice(0, 5)),
    ).toEqual([MASTER.toString('latin1', 0, 5), MASTER.toString('latin1', 100, 105)]);
  });

  test('If-Range gives the part only for the same strong tag or date', async () => {
    const { get, etag } = await opened();
    const status = async (validator: string) => {
      const response = await get({ range: 'bytes=0-1', 'if-range': validator });
      await response.body?.cancel();
      return response.status;
    };
    const date = (await get({ range: 'bytes=0-1' })).headers.get('last-modified') ?? '';
    expect([
      await status(etag),
      await status('"other"'),
      await status(`W/${etag}`),
      await status(date),
      await status('Thu, 01 Jan 2025 00:00:00 GMT'),
    ]).toEqual([206, 200, 200, 206, 200]);
  });

  test('conditions and empty files', async () => {
    const { get, etag, emptyUrl } = await opened();
    expect((await get({ 'if-none-match': etag })).status).toBe(304);
    expect((await get({ 'if-match': '"other"' })).status).toBe(412);
    const empty = await fetch(emptyUrl);
    expect([empty.status, empty.headers.get('content-length'), await empty.text()]).toEqual([
      200,
      '0',
      '',
    ]);
    expect((await fetch(emptyUrl, { headers: { range: 'bytes=0-0' } })).status).toBe(416);
  });
});

describe('signed addresses', () => {
  test('work for their file, method and time only', async () => {
    const { service, url, get } = await opened();
    const changed = (edit: (url: URL) => void) => {
      const other = new URL(url);
      edit(other);
      return fetch(other);
    };
    const refused = [
      await changed((other) =>
        other.searchParams.set('exp', String(Number(other.searchParams.get('exp')) + 60)),
      ),
      await changed((other) => other.searchParams.delete('sig')),
      await changed(
        (other) => (other.pathname = other.pathname.replace('fil_master', 'fil_proxy')),
      ),
      await changed((other) => (other.pathname = other.pathname.replace('/local/', '/mirror/'))),
    ];
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    expect(refused[0]?.headers.get('content-type')).toBe('application/xml');
    expect((await get({}, 'HEAD')).status).toBe(405);
    service.clock.advance(15 * 60_000);
    expect((await get()).status).toBe(403);
  });
});

describe('fault switches', () => {
  test.each([
    ['403', 403],
    ['410', 410],
    ['429', 429],
    ['503', 503],
  ])('%s answers so as often as asked', async (kind, status) => {
    const { get, spoil } = await opened();
    await spoil(kind, { times: 2 });
    expect([
      (await get()).status,
      (await get()).status,
      (await get({ range: 'bytes=0-0' })).status,
    ]).toEqual([status, status, 206]);
  });

  test('drop ends the connection after so many bytes', async () => {
    const { get, spoil } = await opened();
    await spoil('drop', { at: 1_500_000 });
    const response = await get();
    let received = 0;
    const reading = (async () => {
      for await (const chunk of response.body ?? []) received += chunk.length;
    })();
    await expect(reading).rejects.toThrow('terminated');
    expect(received).toBe(1_500_000);
    expect((await bytesOf(await get())).equals(MASTER)).toBe(true);
  });

  test('stall sends so many bytes and then nothing', async () => {
    const { get, spoil } = await opened();
    await spoil('stall', { at: 1000 });
    const reader = (await get()).body?.getReader();
    expect((await reader?.read())?.value?.length).toBe(1000);
    const next = reader?.read().then(
      () => 'more',
      () => 'ended',
    );
    expect(
      await Promise.race([
        next,
        new Promise((resolve) => setImmediate(() => resolve('nothing yet'))),
      ]),
    ).toBe('nothing yet');
    await reader?.cancel();
  });

  test('ignore-range, wrong-range, weak-tag, redirect', async () => {
    const { get, spoil, etag, url } = await opened();
    const range = { range: 'bytes=10-19' };
    const seen = async (kind: string) => {
      await spoil(kind);
      const response = await get(range);
      await response.body?.cancel();
      return [
        response.status,
        response.headers.get('content-range'),
        response.headers.get('etag'),
        response.headers.get('location'),
      ];
    };
    const { pathname, search } = new URL(url);
    expect(await seen('ignore-range')).toEqual([200, null, etag, null]);
    expect(await seen('wrong-range')).toEqual([206, `bytes 11-19/${SIZE}`, etag, null]);
    expect(await seen('weak-tag')).toEqual([206, `bytes 10-19/${SIZE}`, `W/${etag}`, null]);
    expect(await seen('redirect')).toEqual([302, null, null, pathname + search]);
  });

  test('corrupt flips one byte of answers that cover it; changed is another file', async () => {
    const { get, spoil, etag } = await opened();
    await spoil('corrupt', { at: 2_000_000 });
    expect(
      (await bytesOf(await get({ range: 'bytes=0-99' }))).equals(MASTER.subarray(0, 100)),
    ).toBe(true);
    const body = await bytesOf(await get());
    expect([...body.entries()].filter(([i, byte]) => byte !== MASTER[i]).map(([i]) => i)).toEqual([
      2_000_000,
    ]);
    await spoil('changed', { times: 2 });
    const resumed = await get({ range: 'bytes=100-199', 'if-range': etag });
    expect([resumed.status, resumed.headers.get('etag') === etag]).toEqual([200, false]);
    expect((await bytesOf(resumed)).subarray(0, 100).equals(MASTER.subarray(0, 100))).toBe(false);
    expect((await get({ range: 'bytes=100-199' })).status).toBe(206);
  });

  test('can be taken back, and are not there without test controls', async () => {
    const { get, spoil } = await opened();
    await spoil('503', { times: 9 });
    await spoil('503', { times: 0 });
    expect((await get({ range: 'bytes=0-0' })).status).toBe(206);
    const plain = await startTested({ testControls: false });
    expect(
      (
        await fetch(`${plain.url}/test/clock`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{"advanceSeconds":1}',
        })
      ).status,
    ).toBe(404);
  });

  test('the clock moves by request', async () => {
    const { service } = await opened();
    const before = service.clock.now();
    await fetch(`${service.url}/test/clock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"advanceSeconds":90}',
    });
    expect(service.clock.now() - before).toBe(90_000);
  });
});
