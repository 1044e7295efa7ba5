import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { rawConnection } from '../support/service/raw-connection.ts';
import { asset, fixtureContent } from './support/fixture.ts';
import { inDatabase } from '../support/changed-database.ts';
import { DEVICE, PASSWORD, startTested } from './support/service.ts';
import type { Tested } from './support/service.ts';

const EMAIL = 'desk@news.example';
const order = (packageId: string, acknowledge: string[] = []) => ({
  packageId,
  rev: 1,
  acknowledge,
});
const free = (service: Tested, token: string) =>
  service.ask('authoriseDownload', { token, body: order('pkg_ast_free') });

test('health, and measures that name routes but nobody and nothing', async () => {
  const events: [string, Record<string, unknown>][] = [];
  const service = await startTested({
    metricsPort: 0,
    log: (event, facts = {}) => void events.push([event, facts]),
  });
  const { accessToken: token } = await service.signUp(EMAIL);
  await service.ask('getAsset', { params: { id: 'ast_open' }, token });
  expect(await (await fetch(`${service.url}/health`)).json()).toEqual({ status: 'ok' });
  const measures = await (await fetch(service.metricsUrl ?? '')).text();
  expect(measures).toContain(
    'multimedia_requests_total{method="GET",route="/v1/catalogue/assets/:id",status="200"} 1\n',
  );
  expect(measures).toMatch(/^multimedia_mail_server_up 1$/mu);
  expect(measures).not.toMatch(/ast_open|desk@/u);
  const answered = events.filter(([event]) => event === 'answered');
  expect(answered.map(([, facts]) => facts)).toContainEqual(
    expect.objectContaining({
      method: 'GET',
      route: '/v1/catalogue/assets/:id',
      status: 200,
      requestId: expect.stringMatching(/^[\da-f-]{36}$/u),
    }),
  );
  expect(JSON.stringify(events)).not.toMatch(new RegExp(`${EMAIL}|${PASSWORD}|${token}`, 'u'));
});

test('measures are not on the service’s own address, and nowhere unless asked for', async () => {
  const service = await startTested();
  expect([(await fetch(`${service.url}/metrics`)).status, service.metricsUrl]).toEqual([404, null]);
});

test('measures are for this machine: a page of another name gets none', async () => {
  const { metricsUrl } = await startTested({ metricsPort: 0 });
  const url = new URL(metricsUrl ?? '');
  const connection = await rawConnection(
    url.href,
    `GET /metrics HTTP/1.1\r\nhost: rebound.example:${url.port}\r\nconnection: close\r\n\r\n`,
  );
  await expect.poll(connection.text).toMatch(/^HTTP\/1\.1 404 /u);
});

test.each(['with a mail server', 'without one'])(
  'a look at the measures after a reset does not tell whether the address has an account, %s',
  async (kind) => {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'service-measures-'));
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
    const first = await startTested({ dataDir });
    await first.signUp(EMAIL);
    await first.close();
    const looked = await startTested({
      dataDir,
      metricsPort: 0,
      ...(kind === 'without one' ? { smtpUrl: 'smtp://127.0.0.1:9' } : {}),
    });
    const look = async () =>
      (await (await fetch(looked.metricsUrl ?? '')).text()).replaceAll(
        /^multimedia_(?:request|up)_seconds.*\n/gmu,
        '',
      );
    const changes: string[][] = [];
    for (const email of [EMAIL, 'nobody@news.example', EMAIL, 'nobody@news.example']) {
      const before = new Map(
        (await look())
          .split('\n')
          .map((line) => [line.replace(/ \S+$/u, ''), Number(/\S+$/u.exec(line)?.[0])]),
      );
      await looked.ask('startReset', { body: { email } });
      const after = (await look())
        .split('\n')
        .map(
          (line) =>
            `${line.replace(/ \S+$/u, '')} +${Number(/\S+$/u.exec(line)?.[0]) - (before.get(line.replace(/ \S+$/u, '')) ?? 0)}`,
        );
      changes.push(after);
    }
    expect(changes[0]).toContain(
      'multimedia_requests_total{method="POST",route="/v1/password-resets",status="202"} +1',
    );
    expect(new Set(changes.map((change) => change.join('\n'))).size).toBe(1);
  },
);

test('what is left of a limit is told before it is used up', async () => {
  const service = await startTested({ limits: 'normal' });
  const first = await service.ask('getMeta');
  expect(first.headers.get('ratelimit-policy')).toBe('"read";q=600;w=60');
  expect(first.headers.get('ratelimit')).toBe('"read";r=599;t=1');
  expect((await service.ask('getMeta')).headers.get('ratelimit')).toBe('"read";r=598;t=1');
});

test('a day’s quota counts each package once and is new at midnight', async () => {
  const bytes = 4_000_000;
  const service = await startTested({ quotaBytesPerDay: bytes });
  const { accessToken: token } = await service.signUp(EMAIL);
  expect((await free(service, token)).status).toBe(201);
  expect((await free(service, token)).status).toBe(201);
  const refused = await service.refused(
    'authoriseDownload',
    { token, body: order('pkg_ast_open', ['rst_ast_open']) },
    'quota-exceeded',
  );
  expect([refused.resetsAt, refused.headers.get('retry-after')]).toEqual([
    '2026-03-02T00:00:00.000Z',
    '43200',
  ]);
  service.clock.advance(12 * 3_600_000);
  const later = (
    await service.ask('signIn', { body: { email: EMAIL, password: PASSWORD, device: DEVICE } })
  ).body.accessToken;
  expect(
    (
      await service.ask('authoriseDownload', {
        token: later,
        body: order('pkg_ast_open', ['rst_ast_open']),
      })
    ).status,
  ).toBe(201);
});

test('a Metalink counts against the day’s quota like an authorisation', async () => {
  const headers = { accept: 'application/metalink4+xml' };
  const metalink = async (quotaBytesPerDay: number) => {
    const service = await startTested({ quotaBytesPerDay });
    const { accessToken: token } = await service.signUp(EMAIL);
    return { service, token, asked: { params: { id: 'pkg_ast_free' }, token, headers } };
  };
  const small = await metalink(1000);
  expect((await small.service.refused('getManifest', small.asked, 'quota-exceeded')).resetsAt).toBe(
    '2026-03-02T00:00:00.000Z',
  );
  const { service, token, asked } = await metalink(4_000_000);
  for (let i = 0; i < 3; i += 1) expect((await service.ask('getManifest', asked)).status).toBe(200);
  expect((await service.ask('exportAccount', { token })).body.downloads).toMatchObject([
    { packageId: 'pkg_ast_free', state: 'open' },
  ]);
  await service.refused(
    'authoriseDownload',
    { token, body: order('pkg_ast_open', ['rst_ast_open']) },
    'quota-exceeded',
  );
});

test('a client that is too old is told which version it needs', async () => {
  const service = await startTested();
  await service.signUp(EMAIL);
  const signIn = (appVersion: string) => ({
    body: { email: EMAIL, password: PASSWORD, device: { ...DEVICE, appVersion } },
  });
  for (const old of ['0.0.9', '0.0.99-beta.1', '0']) {
    expect((await service.refused('signIn', signIn(old), 'client-too-old')).minClientVersion).toBe(
      '0.1.0',
    );
  }
  for (const good of ['0.1.0', '0.1.0-rc.1', '0.10.0', '1', 'unheard of'])
    expect((await service.ask('signIn', signIn(good))).status).toBe(201);
});

test('newsroom systems get ninjs 3.1: the same facts, public renditions only, longitude first', async () => {
  const service = await startTested();
  const asset = (await service.ask('assetNinjs', { params: { id: 'ast_open' } })).body;
  expect(asset).toMatchObject({
    standard: { name: 'ninjs', version: '3.1' },
    type: 'video',
    version: '1',
    pubStatus: 'usable',
    slugline: 'FERRIES-ast_open',
    edNote: 'Credit the agency',
    headlines: [{ role: 'main', contentType: 'text/plain', value: 'Ferries sail again' }],
    places: [{ name: 'Lorvik', geoJSON: { type: 'Point', coordinates: [5.2, 60.1] } }],
    altIds: [{ role: 'package', value: 'pkg_ast_open' }],
  });
  for (const { href } of asset.renditions) expect((await fetch(href)).status).toBe(200);
  expect(
    (
      await service.ask('assetNinjs', {
        params: { id: 'ast_open' },
        headers: { 'accept-language': 'fr' },
      })
    ).body.headlines[0]?.value,
  ).toBe('Les ferries reprennent la mer');
  const article = (await service.ask('articleNinjs', { params: { id: 'art_1' } })).body;
  expect(article).toMatchObject({
    type: 'text',
    language: 'en',
    by: 'Ada Berg',
    bodies: [{ role: 'main', contentType: 'text/html', wordCount: 3 }],
    associations: [{ uri: 'urn:multimedia:ast_open' }],
  });
  await service.refused('assetNinjs', { params: { id: 'ast_embargoed' } }, 'not-found');
  await service.refused('articleNinjs', { params: { id: 'art_none' } }, 'not-found');
});

test('past its end an item is badged, has nothing to fetch, and its package is withdrawn', async () => {
  const content = fixtureContent();
  const service = await startTested({
    content: {
      ...content,
      assets: [...content.assets, asset('ast_ending', { expiresMin: 60, restrictions: [] })],
    },
  });
  const { accessToken: token } = await service.signUp(EMAIL);
  const seen = async () => (await service.ask('getAsset', { params: { id: 'ast_ending' } })).body;
  expect(await seen()).toMatchObject({ badges: [], packages: [{ id: 'pkg_ast_ending' }] });
  service.clock.advance(60 * 60_000 - 1);
  const before = await service.ask('signIn', {
    body: { email: EMAIL, password: PASSWORD, device: DEVICE },
  });
  expect(
    (
      await service.ask('authoriseDownload', {
        token: before.body.accessToken,
        body: order('pkg_ast_ending'),
      })
    ).status,
  ).toBe(201);
  service.clock.advance(1);
  expect(await seen()).toMatchObject({ badges: ['withdrawn'], packages: [], packageSizes: [] });
  expect(
    await service.refused(
      'authoriseDownload',
      { token: before.body.accessToken, body: order('pkg_ast_ending') },
      'asset-withdrawn',
    ),
  ).toMatchObject({ unavailable: 'expired' });
  expect(token).not.toBe(before.body.accessToken);
});

test('an account without the right to download is told so', async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'service-rights-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const first = await startTested({ dataDir });
  await first.signUp(EMAIL);
  await first.close();
  inDatabase(path.join(dataDir, 'service.sqlite'), (db) =>
    db.exec(`UPDATE accounts SET json = json_set(json, '$.entitlements', json('[]'))`),
  );
  const service = await startTested({ dataDir });
  const {
    body: { accessToken: token },
  } = await service.ask('signIn', { body: { email: EMAIL, password: PASSWORD, device: DEVICE } });
  await service.refused(
    'authoriseDownload',
    { token, body: order('pkg_ast_free') },
    'entitlement-missing',
  );
  expect(
    (
      await service.refused(
        'getManifest',
        { token, params: { id: 'pkg_ast_free' } },
        'entitlement-missing',
      )
    ).status,
  ).toBe(403);
});
