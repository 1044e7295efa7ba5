import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { record, sample } from 'fast-check';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createLog } from '../../../src/main/adapters/log.ts';
import { createApiTokensFile } from '../../../src/main/adapters/fs/api-tokens-file.ts';
import { ApiTokens } from '../../../src/main/app/api-tokens.ts';
import { NO_POLICY } from '../../../src/main/settings/policy.ts';
import { apiEndpointNames, apiEndpointOf } from '../../../src/shared/desk-api/endpoints.ts';
import { API_SCOPES } from '../../../src/shared/desk-api/scopes.ts';
import { invoke } from '../../support/app/application.ts';
import { seed } from '../../support/seed.ts';
import { startDemo, type DemoService } from '../../support/service/demo.ts';
import { asText, valuesFor } from '../../support/service/json-schema-arbitrary.ts';
import { rawConnection } from '../../support/service/raw-connection.ts';
import { faultOf, openStation, type OpenStation } from '../../support/station/desk-api.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const home = temporaryFolder();
let service: DemoService;
let desk: OpenStation;

beforeAll(async () => {
  service = await startDemo({ limits: 'relaxed' });
  desk = await openStation(home, { serviceUrl: service.url });
  await invoke(desk.application, 'settings.set', { destination: temporaryFolder() });
  await invoke(desk.application, 'account.sign-in', service.demoAccount);
  await invoke(desk.application, 'library.sync');
});
afterAll(async () => {
  await desk.close();
  await service.close();
});

const STATUS = '/api/v1/status';
const withToken = (token = desk.token) => ({ authorization: `Bearer ${token}` });
/** fetch sends no Host and no Origin of another. */
const raw = (
  url: string,
  options: http.RequestOptions,
  body = '',
): Promise<{ status: number; headers: http.IncomingHttpHeaders; text: string }> =>
  new Promise((resolve, reject) => {
    const request = http.request(url, options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    request.on('error', reject).end(body);
  });
/** The beginning of a request whose body is still to come. */
const orderHead = (origin: string, token: string): string =>
  `POST /api/v1/downloads HTTP/1.1\r\nHost: ${new URL(origin).host}\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n`;
const statusOf = async (token: string): Promise<number> =>
  (await fetch(`${desk.origin}${STATUS}`, { headers: withToken(token) })).status;

describe('scopes: every operation with every one of them', () => {
  const scoped = apiEndpointNames.filter((name) => apiEndpointOf(name).scope !== 'none');
  test.each(API_SCOPES)('%s', async (scope) => {
    const token = await desk.tokenOf(`With ${scope}`, [scope]);
    for (const name of scoped) {
      const { scope: needed, body, method, path: template } = apiEndpointOf(name);
      const response = await fetch(`${desk.origin}${template.replace('{id}', 'trf_none')}`, {
        method,
        headers: { ...withToken(token), 'content-type': 'application/json' },
        ...(body ? { body: '{}' } : {}),
      });
      const text = await response.text();
      const isRefused = needed !== 'any' && needed !== scope;
      expect(text.includes('"insufficient-scope"'), `${name} with ${scope}`).toBe(isRefused);
      if (!isRefused) continue;
      expect(response.status).toBe(403);
      expect(response.headers.get('www-authenticate')).toBe(
        `Bearer realm="Multimedia Desk", error="insufficient_scope", scope="${needed}"`,
      );
    }
  });

  test('no operation but the document works without a token', async () => {
    for (const name of scoped) {
      const refusal = await desk.refused(name, { token: null });
      expect(refusal).toMatchObject({ status: 401, code: 'invalid-token' });
      expect(refusal.headers.get('www-authenticate')).toBe('Bearer realm="Multimedia Desk"');
    }
  });
});

describe('tokens', () => {
  test('one that is unknown, cut, changed, revoked, expired or in a URL opens nothing', async () => {
    const { apiTokens } = desk.application.services;
    const { token, id } = await apiTokens.add({
      name: 'Short',
      scopes: ['catalogue:read'],
      expiresAt: null,
    });
    expect(token).toMatch(/^mmd_[\w-]{43}$/u);
    expect(await statusOf(token)).toBe(200);
    const last = token.endsWith('A') ? 'B' : 'A';
    for (const wrong of [
      `mmd_${'A'.repeat(43)}`,
      token.slice(0, -1),
      `${token.slice(0, -1)}${last}`,
      `${token}x`,
      token.toUpperCase(),
    ]) {
      const refusal = await desk.refused('getStatus', { token: wrong });
      expect(refusal).toMatchObject({ status: 401, code: 'invalid-token' });
      expect(refusal.headers.get('www-authenticate')).toContain('error="invalid_token"');
      expect(JSON.stringify(refusal)).not.toContain(wrong);
    }
    for (const authorization of ['', 'Bearer', `Basic ${token}`, token, `Bearer ${token} x`])
      expect(
        (await raw(`${desk.origin}${STATUS}`, { headers: { authorization } })).status,
        authorization,
      ).toBe(401);
    expect((await fetch(`${desk.origin}${STATUS}?access_token=${token}`)).status).toBe(401);
    await apiTokens.revoke('short');
    expect(await statusOf(token)).toBe(401);
    await expect(apiTokens.revoke(id)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('one expires by the clock; its last use is written once a minute', async () => {
    const folder = temporaryFolder();
    const store = createApiTokensFile(folder);
    let nowMs = 1_000_000;
    let writes = 0;
    const tokens = new ApiTokens({
      store: {
        read: () => store.read(),
        write: (...given) => {
          writes += 1;
          store.write(...given);
        },
      },
      clock: { nowMs: () => nowMs },
      policy: NO_POLICY,
      ledger: { note: async () => undefined },
      log: createLog(folder),
      onDamaged: () => expect.fail('It is whole'),
      onChanged: () => undefined,
    });
    const { token } = await tokens.add({
      name: 'Ingest',
      scopes: ['downloads:read', 'downloads:read'],
      expiresAt: 1_200_000,
    });
    expect(writes).toBe(1);
    expect(tokens.check(token)).toMatchObject({ name: 'Ingest', scopes: ['downloads:read'] });
    for (let n = 0; n < 50; n++) tokens.check(token);
    nowMs += 59_999;
    tokens.check(token);
    expect(writes).toBe(2);
    nowMs += 1;
    tokens.check(token);
    expect(writes).toBe(3);
    expect(store.read().items[0]?.lastUsedAtMs).toBe(nowMs);
    nowMs = 1_199_999;
    expect(tokens.check(token)).not.toBeNull();
    nowMs = 1_200_000;
    expect(tokens.check(token)).toBeNull();
    tokens.close();
    expect(store.read().items[0]?.lastUsedAtMs).toBe(1_199_999);
    await expect(
      tokens.add({ name: 'Late', scopes: ['downloads:read'], expiresAt: nowMs }),
    ).rejects.toMatchObject({ code: 'usage' });
    await expect(
      tokens.add({ name: 'INGEST', scopes: ['downloads:read'], expiresAt: null }),
    ).rejects.toMatchObject({ code: 'exists' });
  });

  test('who tries wrong ones is slowed down, and nobody else', async () => {
    const codes: number[] = [];
    for (let n = 0; n < 60; n++) codes.push(await statusOf(`mmd_wrong-${n}`));
    expect(new Set(codes.slice(-20))).toEqual(new Set([429]));
    expect(await statusOf(desk.token)).toBe(200);
    const refusal = await desk.refused('getStatus', { token: 'mmd_wrong' });
    expect(refusal).toMatchObject({ status: 429, code: 'rate-limited' });
    expect(Number(refusal.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test.each([
    ['no JSON', '{"version":1,'],
    ['another shape', '{"version":1,"tokens":[{"name":"a"}]}'],
    [
      'a scope that nobody knows',
      JSON.stringify({
        version: 1,
        tokens: [
          {
            id: 'a',
            name: 'a',
            scopes: ['all'],
            sha256: 'a'.repeat(64),
            createdAtMs: 1,
            expiresAtMs: null,
            lastUsedAtMs: null,
          },
        ],
      }),
    ],
  ])('a file with %s opens nothing, is set aside, and is reported', async (_what, text) => {
    const own = temporaryFolder();
    const file = path.join(own, 'api-tokens.json');
    writeFileSync(file, text, { mode: 0o600 });
    const opened = await openStation(own, { connect: false });
    onTestFinished(() => opened.close());
    const { items } = opened.application.services.recoveries.view;
    expect(items).toMatchObject([{ kind: 'api-tokens-reset' }]);
    expect(readFileSync(items[0]?.file ?? '', 'utf8')).toBe(text);
    expect(opened.application.services.apiTokens.view.items).toHaveLength(1);
  });

  test('revoking ends what is under way', async () => {
    const token = await desk.tokenOf('Slow', ['downloads:write']);
    const connection = await rawConnection(
      desk.origin,
      `${orderHead(desk.origin, token)}Content-Length: 500\r\n\r\n{`,
    );
    const { apiTokens } = desk.application.services;
    await expect
      .poll(() => apiTokens.view.items.find(({ name }) => name === 'Slow')?.lastUsedAt)
      .not.toBeNull();
    await apiTokens.revoke('Slow');
    await expect.poll(connection.isClosed).toBe(true);
    expect(connection.text()).toBe('');
  });
});

describe('requests that are none of a system’s', () => {
  test('pages of other sites and rebound names are refused, whatever they show', async () => {
    for (const origin of ['https://news.example', 'null', `http://localhost:1`]) {
      const { status, headers, text } = await raw(`${desk.origin}${STATUS}`, {
        headers: { ...withToken(), origin },
      });
      expect([status, headers['content-type']]).toEqual([403, 'application/problem+json']);
      expect(text).toContain('"forbidden"');
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
    expect(
      (await raw(`${desk.origin}${STATUS}`, { headers: { ...withToken(), origin: desk.origin } }))
        .status,
    ).toBe(200);
    for (const host of ['news.example', 'localhost', `127.0.0.1`])
      expect(
        (await raw(`${desk.origin}${STATUS}`, { headers: { ...withToken(), host } })).status,
      ).toBe(403);
    const preflight = await raw(`${desk.origin}${STATUS}`, {
      method: 'OPTIONS',
      headers: { origin: 'https://news.example', 'access-control-request-method': 'GET' },
    });
    expect(preflight.status).toBe(403);
  });

  test('methods, paths, media types and conditions as HTTP has them', async () => {
    const put = await raw(`${desk.origin}/api/v1/downloads/trf_a`, {
      method: 'PUT',
      headers: withToken(),
    });
    expect([put.status, put.headers.allow]).toEqual([405, 'GET, HEAD, PATCH, DELETE']);
    const options = await raw(`${desk.origin}${STATUS}`, {
      method: 'OPTIONS',
      headers: withToken(),
    });
    expect([options.status, options.headers.allow]).toEqual([405, 'GET, HEAD']);
    for (const where of [
      '/api',
      '/api/',
      '/api/v2/status',
      '/api/v1/status/',
      '/api/v1/%2e%2e/status',
      '/api/v1/downloads/%ff',
    ])
      expect([404, 400]).toContain(
        (await raw(`${desk.origin}${where}`, { headers: withToken() })).status,
      );
    const head = await raw(`${desk.origin}/api/v1/recalls`, {
      method: 'HEAD',
      headers: withToken(),
    });
    const get = await raw(`${desk.origin}/api/v1/recalls`, { headers: withToken() });
    expect([head.status, head.text, head.headers['content-length']]).toEqual([
      200,
      '',
      String(get.text.length),
    ]);
    expect(head.headers.etag).toBe(get.headers.etag);
    for (const tag of [get.headers.etag, `W/${get.headers.etag}`, '*', `"a", ${get.headers.etag}`])
      expect(
        (
          await raw(`${desk.origin}/api/v1/recalls`, {
            headers: { ...withToken(), 'if-none-match': tag },
          })
        ).status,
      ).toBe(304);
    for (const [accept, status] of [
      ['text/html', 406],
      ['application/xml, */*;q=0', 406],
      ['application/*;q=0.5, text/html', 200],
      ['*/*', 200],
      ['', 200],
    ] as const)
      expect(
        (await raw(`${desk.origin}${STATUS}`, { headers: { ...withToken(), accept } })).status,
        accept,
      ).toBe(status);
    const post = (headers: Record<string, string>, body: string) =>
      raw(
        `${desk.origin}/api/v1/downloads`,
        { method: 'POST', headers: { ...withToken(), ...headers } },
        body,
      );
    expect((await post({ 'content-type': 'text/plain' }, '{}')).status).toBe(415);
    expect((await post({}, '{}')).status).toBe(415);
    expect((await post({ 'content-type': 'application/json' }, '{')).status).toBe(400);
    expect((await post({ 'content-type': 'application/json' }, '\u00ff')).status).toBe(400);
    expect(
      (await raw(`${desk.origin}/api/v1/assets?q=a&q=b`, { headers: withToken() })).status,
    ).toBe(422);
    expect((await raw(`${desk.origin}${STATUS}?x=1`, { headers: withToken() })).status).toBe(422);
  });

  test('a body that is too large is refused before it is read', async () => {
    for (const [head, body] of [
      ['Content-Length: 100000000', ''],
      ['Transfer-Encoding: chunked', `20000\r\n${'a'.repeat(0x20000)}\r\n`],
    ] as const) {
      const connection = await rawConnection(
        desk.origin,
        `${orderHead(desk.origin, desk.token)}${head}\r\n\r\n${body}`,
      );
      await expect.poll(connection.isClosed).toBe(true);
      expect(connection.text()).toMatch(/^HTTP\/1\.1 413 /u);
    }
  });

  test('a body that goes on and on is cut off', async () => {
    const connection = await rawConnection(
      desk.origin,
      `${orderHead(desk.origin, desk.token)}Transfer-Encoding: chunked\r\n\r\n`,
    );
    const timer = setInterval(() => connection.send(`4000\r\n${'a'.repeat(0x4000)}\r\n`), 5);
    onTestFinished(() => clearInterval(timer));
    await expect.poll(connection.isClosed).toBe(true);
    expect(connection.text()).toMatch(/^HTTP\/1\.1 413 /u);
  });

  test('connections of others at the limit do not keep a system out', async () => {
    const own = await openStation(
      temporaryFolder(),
      { connect: false },
      { requestMs: 60_000, maxConnections: 8 },
    );
    onTestFinished(() => own.close());
    const system = await rawConnection(
      own.origin,
      `${orderHead(own.origin, own.token)}Content-Length: 500\r\n\r\n{`,
    );
    const { apiTokens } = own.application.services;
    await expect.poll(() => apiTokens.view.items[0]?.lastUsedAt).not.toBeNull();
    const stranger = await rawConnection(own.origin, orderHead(own.origin, 'mmd_wrong'));
    for (let n = 0; n < 12; n++) await rawConnection(own.origin, 'GET /');
    await expect.poll(stranger.isClosed).toBe(true);
    expect(system.isClosed()).toBe(false);
    expect(
      (await raw(`${own.origin}${STATUS}`, { headers: withToken(own.token), agent: false })).status,
    ).toBe(200);
  });

  test('a body that comes too slowly ends its connection', async () => {
    const own = await openStation(temporaryFolder(), { connect: false }, { requestMs: 300 });
    onTestFinished(() => own.close());
    const connection = await rawConnection(
      own.origin,
      `${orderHead(own.origin, own.token)}Content-Length: 500\r\n\r\n{`,
    );
    await expect.poll(connection.isClosed).toBe(true);
    expect(connection.text()).not.toContain(' 20');
  });

  test('a connection is kept longer than proxies keep it, so that none is closed under a request', async () => {
    const { headers } = await fetch(`${desk.origin}${STATUS}`, { headers: withToken() });
    const [, seconds] = /^timeout=(\d+)$/u.exec(headers.get('keep-alive') ?? '') ?? [];
    expect(Number(seconds)).toBeGreaterThan(60);
  });

  test('generated requests find no answer that is not declared', async () => {
    // What is made up is queued, and asked of nobody.
    await desk.application.services.transfers.pauseAll(true);
    for (const name of apiEndpointNames) {
      const endpoint = apiEndpointOf(name);
      const made = sample(
        record({
          params: valuesFor(endpoint.params),
          query: valuesFor(endpoint.query),
          body: valuesFor(endpoint.body),
        }),
        { numRuns: 25, seed },
      );
      for (const { params, query, body } of made) {
        const { id = 'x' }: { id?: unknown } = params ?? {};
        const search = new URLSearchParams(
          Object.entries(query ?? {}).map(([key, value]) => [
            key,
            // Waiting for as long as it says would take the whole day.
            key === 'wait' ? asText(value).replace(/\d+/u, '0') : asText(value),
          ]),
        ).toString();
        const url = `${desk.origin}${endpoint.path.replace('{id}', encodeURIComponent(asText(id).toWellFormed()))}?${search}`;
        const response = await fetch(url, {
          method: endpoint.method,
          headers: { ...withToken(), 'content-type': 'application/json' },
          ...(endpoint.body ? { body: JSON.stringify(body) ?? '' } : {}),
        });
        const text = await response.text();
        expect(
          faultOf(endpoint, response, text),
          `SEED=${seed} ${name} ${url} ${JSON.stringify(body)} ${text}`,
        ).toBeNull();
        expect(
          response.status,
          `SEED=${seed} ${name} ${url} ${JSON.stringify(body)} ${text}`,
        ).not.toBe(500);
      }
    }
  });
});

test('where the administrator has switched it off, no token is made and none works', async () => {
  const own = temporaryFolder();
  const before = await openStation(own, { connect: false });
  const { token } = before;
  await before.close();
  writeFileSync(
    path.join(own, 'policy.json'),
    JSON.stringify({ organisation: 'Channel Nine IT', disabled: ['api'] }),
  );
  const opened = await openStation(own, { connect: false }, { token });
  onTestFinished(() => opened.close());
  expect(await opened.refused('getStatus', {})).toMatchObject({
    status: 403,
    code: 'managed',
    organisation: 'Channel Nine IT',
  });
  expect(await opened.refused('getDocument', { token: null })).toMatchObject({ code: 'managed' });
  await expect(
    invoke(opened.application, 'api-tokens.add', {
      name: 'MAM',
      scopes: ['catalogue:read'],
      expiresAt: null,
    }),
  ).rejects.toMatchObject({ code: 'managed' });
  // What is there is seen, and can be taken away.
  const [listed] = (await invoke(opened.application, 'api-tokens.list')).items;
  expect(listed).toMatchObject({ name: 'Everything', lastUsedAt: null });
  await invoke(opened.application, 'api-tokens.revoke', { id: listed?.id ?? '' });
});

test('none of this was a fault of the station', () => {
  expect(desk.bugs).toEqual([]);
});
