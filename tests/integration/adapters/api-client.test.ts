import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createApiClient, type ApiClient } from '../../../src/main/adapters/sources/api-client.ts';
import { createDvidsClient } from '../../../src/main/adapters/sources/dvids-client.ts';
import { createNasaClient } from '../../../src/main/adapters/sources/nasa-client.ts';
import { AppError } from '../../../src/shared/errors.ts';

const KEY = 'key-5f00aa11bb22cc33';
const { signal } = new AbortController();
const SEARCH = { follow: { by: 'unit', value: 'N' }, sort: 'publishdate', page: 1 } as const;

let answer: (url: string, response: http.ServerResponse) => void;
let server: http.Server;
let base: string;
let slept: number[];
let api: ApiClient;
const clock = {
  nowMs: () => 0,
  sleep: async (ms: number) => {
    slept.push(ms);
  },
};
beforeEach(async () => {
  slept = [];
  server = http.createServer((request, response) => answer(request.url ?? '', response));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  api = createApiClient('1', { intervalMs: 1000, clock });
});
afterEach(() => {
  api.close();
  server.close();
});
const dvids = () => createDvidsClient(api, { base, key: async () => KEY, origin: null });
const json = (response: http.ServerResponse, status: number, value: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
};
const redirect = (response: http.ServerResponse, location: string): void => {
  response.writeHead(302, { location });
  response.end();
};
/** To itself three times, then an answer. */
const around = (url: string, response: http.ServerResponse): void => {
  const round = Number(new URL(url, base).searchParams.get('round') ?? 0);
  if (round < 3) redirect(response, `/?round=${round + 1}`);
  else json(response, 200, { results: [] });
};
async function failureOf(work: Promise<unknown>): Promise<AppError> {
  const thrown: unknown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(thrown instanceof AppError)) throw new Error('It didn’t fail as it should');
  return thrown;
}

describe('a key that the server repeats', () => {
  test.each([
    ['in the path of a redirect that fails', 500, `/x/${KEY}/y`],
    ['there, in capitals', 502, `/x/${KEY.toUpperCase()}`],
    ['in a host that isn’t there', 500, `http://${KEY}.invalid/`],
  ])('%s is in no error', async (_where, status, location) => {
    answer = (url, response) =>
      url.startsWith('/x/') ? json(response, status, 'no') : redirect(response, location);
    const error = await failureOf(dvids().search(SEARCH, signal));
    expect(error.message).toContain('…');
    expect(
      `${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`.toLowerCase(),
    ).not.toContain(KEY);
  });

  test('in the texts of an answer is in none of them', async () => {
    answer = (_url, response) =>
      json(response, 200, { results: { id: 'video:1', title: `About ${KEY}` } });
    expect(await dvids().asset('video:1', signal)).toEqual({
      kind: 'found',
      json: { id: 'video:1', title: 'About …' },
    });
  });
});

describe('what is said of an asset', () => {
  test.each([
    [400, 'The method was not found'],
    [400, 'Asset video:2 was not found'],
    [403, 'Asset video:2 was found, but is not published.'],
  ])('takes no other one back: %i, %s', async (status, words) => {
    answer = (_url, response) => json(response, status, { errors: [words] });
    expect(await failureOf(dvids().asset('video:1', signal))).toMatchObject({
      code: 'feed-invalid',
    });
  });

  test('is shown in a few words, however many there are', async () => {
    answer = (_url, response) =>
      json(response, 400, { errors: ['http://a.example/?k=1 '.repeat(200_000)] });
    const { message } = await failureOf(dvids().search(SEARCH, signal));
    expect(message.length).toBeLessThan(500);
  });
});

describe('each request has its place, also one that a redirect leads to', () => {
  test('of an API', async () => {
    answer = around;
    await api.get(base, signal);
    expect(slept).toEqual([1000, 1000, 1000]);
  });

  test('of NASA’s library', async () => {
    answer = around;
    const nasa = createNasaClient('1', { clock });
    await nasa.get(base, signal);
    nasa.close();
    expect(slept).toEqual([200, 200, 200]);
  });
});
