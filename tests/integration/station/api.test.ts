import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { invoke } from '../../support/app/application.ts';
import { eventually } from '../../support/eventually.ts';
import { startDemo, type DemoService } from '../../support/service/demo.ts';
import { openStation, type OpenStation } from '../../support/station/desk-api.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const PLAIN = 'ast_aur261094';
const WITHDRAWN = 'ast_aur261092';
const EMBARGOED = 'ast_aur261145';
const home = temporaryFolder();
const ingest = temporaryFolder();
let service: DemoService;
let desk: OpenStation;

beforeAll(async () => {
  service = await startDemo({ testControls: true, limits: 'relaxed' });
  desk = await openStation(home, { serviceUrl: service.url });
  await invoke(desk.application, 'settings.set', { destination: ingest, houseFormat: 'preview' });
  await invoke(desk.application, 'account.sign-in', service.demoAccount);
  // What only this account may see comes with the first sync that is its own.
  await eventually(async () => {
    await invoke(desk.application, 'library.sync');
    await desk.ask('getAsset', { params: { id: EMBARGOED } });
  });
});
afterAll(async () => {
  await desk.close();
  await service.close();
});

async function edit(id: string, act: 'hold' | 'withdraw'): Promise<void> {
  const answer = await fetch(`${service.url}/test/assets/${id}/${act}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ reason: { en: 'One shot shows another village.' } }),
  });
  expect(answer.ok).toBe(true);
}
const done = (id: string) =>
  eventually(async () => {
    const { body } = await desk.ask('getDownload', { params: { id } });
    expect(body.state).toBe('done');
    return body;
  });
const ledger = async (
  kind: 'restriction-confirmed' | 'embargo-confirmed' | 'exported' | 'recall-acknowledged',
) =>
  (
    await desk.application.services.ledger.journal.list(
      { search: '', kinds: [kind], person: null, fromMs: null, toMs: null },
      { offset: 0, count: 100 },
    )
  ).items.flatMap(({ entry }) => entry ?? []);

const exportedArticles = async () =>
  (await ledger('exported')).filter(({ what }) => what.format?.startsWith('article-'));

describe('a system of the newsroom', () => {
  test('sees the state of the station and who it is itself', async () => {
    const { body } = await desk.ask('getStatus');
    expect(body).toMatchObject({
      token: { name: 'Everything', expiresAt: null },
      service: { connection: 'online' },
      account: 'signed-in',
      downloads: { isPaused: false },
    });
    expect(body.catalogue.assets).toBeGreaterThan(10);
    expect(body.disk?.freeBytes).toBeGreaterThan(0);
  });

  test('searches in pages with the query language, and is told what it doesn’t understand', async () => {
    const all = await desk.ask('searchAssets', { query: { q: 'format:hd', limit: '3' } });
    expect(all.body.items).toHaveLength(3);
    const next = await desk.ask('searchAssets', {
      query: { q: 'format:hd', limit: '3', offset: '3' },
    });
    const ids = [...all.body.items, ...next.body.items].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(next.body.total).toBe(all.body.total);
    expect(await desk.refused('searchAssets', { query: { q: 'formt:hd' } })).toMatchObject({
      status: 422,
      code: 'usage',
      detail: expect.stringContaining('Did you mean'),
    });
    const { body } = await desk.ask('getAsset', { params: { id: PLAIN } });
    expect(await desk.ask('getAsset', { params: { id: body.slug } })).toMatchObject({
      body: { id: PLAIN },
    });
    expect(body.packages.map(({ files }) => files.length)).not.toContain(0);
  });

  test('adds a package, which is complete on the disk, once, with evidence', async () => {
    const order = { asset: PLAIN, folder: 'sport/monday', deadline: '2026-12-24T18:00:00Z' };
    const first = await desk.ask('addDownload', { body: { ...order, urgent: true } });
    expect(first.status).toBe(201);
    expect(first.headers.get('location')).toBe(`/api/v1/downloads/${first.body.id}`);
    expect(first.body).toMatchObject({
      assetId: PLAIN,
      urgent: true,
      deadline: '2026-12-24T18:00:00.000Z',
    });
    // Never the folder that others are in too, which a system would take for the package's own.
    expect(first.body.folder).not.toBe(path.join(ingest, 'sport/monday'));
    const { id, folder, files } = await done(first.body.id);
    expect(folder?.startsWith(path.join(ingest, 'sport/monday') + path.sep)).toBe(true);
    expect(existsSync(path.join(folder ?? '', '.done'))).toBe(true);
    for (const { path: name, sha256, isVerified } of files) {
      const bytes = readFileSync(path.join(folder ?? '', name));
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
      expect(isVerified).toBe(true);
    }
    const again = await desk.ask('addDownload', { body: order });
    expect([again.status, again.body.id, again.body.state]).toEqual([200, id, 'done']);
    const byPackage = await desk.ask('addDownload', {
      body: { package: first.body.packageId, folder: 'sport/monday' },
    });
    expect([byPackage.status, byPackage.body.id]).toEqual([200, id]);

    const { body: report } = await desk.ask('getEvidence', { params: { id } });
    expect(report).toMatchObject({ id, folder, files: expect.arrayContaining([]) });
    const page = await desk.ask('getEvidence', {
      params: { id },
      query: { language: 'fr' },
      headers: { accept: 'text/html' },
    });
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain('sandbox');
    expect(page.text).toContain('<html lang="fr"');
    expect(await ledger('exported')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          what: expect.objectContaining({ format: 'evidence-html', system: 'Everything' }),
        }),
      ]),
    );
    const list = await desk.ask('listDownloads', { query: { state: 'done', q: 'AUR-26-1094' } });
    expect(list.body).toMatchObject({ total: 1, items: [{ id }] });
    expect((await desk.ask('removeDownload', { params: { id } })).status).toBe(204);
    expect((await desk.ask('listDownloads', { query: { state: 'done' } })).body.total).toBe(0);
    expect(existsSync(path.join(folder ?? '', '.done'))).toBe(true);
  });

  test('pauses, changes, resumes, cancels, retries and removes', async () => {
    const { services } = desk.application;
    await services.transfers.pauseAll(true);
    const { body: added } = await desk.ask('addDownload', { body: { asset: PLAIN, folder: 'b' } });
    const params = { id: added.id };
    expect((await desk.ask('pauseDownload', { params })).body.state).toBe('paused');
    const { body: changed } = await desk.ask('changeDownload', {
      params,
      body: { limitBytesPerSecond: 1_000_000, deadline: '2026-12-24T18:00:00Z', urgent: true },
    });
    expect(changed).toMatchObject({
      limitBytesPerSecond: 1_000_000,
      urgent: true,
      isLate: expect.any(Boolean),
    });
    expect(
      (await desk.ask('changeDownload', { params, body: { deadline: null } })).body,
    ).toMatchObject({ deadline: null, limitBytesPerSecond: 1_000_000, urgent: true });
    expect(await desk.refused('removeDownload', { params })).toMatchObject({ status: 422 });
    expect((await desk.ask('cancelDownload', { params })).body.state).toBe('cancelled');
    await services.transfers.pauseAll(false);
    await desk.ask('retryDownload', { params });
    await done(added.id);
    await desk.ask('removeDownload', { params });
    for (const name of ['getDownload', 'pauseDownload', 'removeDownload', 'getEvidence'] as const)
      expect(await desk.refused(name, { params: { id: 'trf_none' } })).toMatchObject({
        status: 404,
        code: 'not-found',
      });
  });

  test('adds a URL with its hash', async () => {
    const bytes = Buffer.from('a rundown');
    const server = http.createServer((_request, response) => response.end(bytes));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    try {
      const { body } = await desk.ask('addDownload', {
        body: {
          url: `http://127.0.0.1:${port}/rundown.txt`,
          sha256: createHash('sha256').update(bytes).digest('hex'),
        },
      });
      const { folder, files } = await done(body.id);
      expect(files).toMatchObject([{ path: 'rundown.txt', isVerified: true }]);
      expect(readFileSync(path.join(folder ?? '', 'rundown.txt'))).toEqual(bytes);
    } finally {
      server.close();
    }
    for (const url of ['file:///etc/passwd', '/etc/list.meta4', 'ftp://127.0.0.1/a'])
      expect(await desk.refused('addDownload', { body: { url } })).toMatchObject({
        code: 'validation-failed',
      });
  });

  test('is told what happens, at once where it waits, and no longer than its token holds', async () => {
    const { last } = (await desk.ask('listEvents')).body;
    const waiting = desk.ask('listEvents', { query: { after: String(last), wait: '50' } });
    const { body } = await desk.ask('addDownload', {
      body: { package: 'pkg_aur261094_preview', folder: 'told' },
    });
    await done(body.id);
    const told = (await waiting).body;
    expect(told.items).toMatchObject([
      { type: 'package.ready', data: { transferId: body.id, assetId: PLAIN } },
    ]);
    expect(told.last).toBe(told.items[0]?.number);
    const none = await desk.ask('listEvents', { query: { after: String(told.last) } });
    expect(none.body).toEqual({ items: [], last: told.last });
    const all = (await desk.ask('listEvents', { query: { after: '0' } })).body;
    expect(all.items.map(({ number }) => number)).toContain(told.last);
    expect((await desk.ask('listEvents', { query: { after: '0', limit: '1' } })).body.last).toBe(
      all.items[0]?.number,
    );
    const query = { after: String(told.last), wait: '50' };
    const brief = await desk.tokenOf('Brief', ['events:read'], Date.now() + 1500);
    expect((await desk.ask('listEvents', { query, token: brief })).body.items).toEqual([]);
    expect(await desk.refused('listEvents', { query, token: brief })).toMatchObject({
      status: 401,
    });
    for (const wrong of [{ after: '-1' }, { after: 'x' }, { after: '0', wait: '51' }])
      expect(await desk.refused('listEvents', { query: wrong })).toMatchObject({
        code: 'validation-failed',
      });
  });

  test('reads articles that may be copied, as data or as a page, which the ledger notes', async () => {
    const { body } = await desk.ask('searchArticles', { query: { limit: '1' } });
    const [first] = body.items;
    const params = { id: first?.id ?? '' };
    const { body: article, headers } = await desk.ask('getArticle', { params });
    expect(article).toMatchObject({ id: first?.id, headline: first?.headline });
    expect(article.bodyText.length).toBeGreaterThan(20);
    const page = await desk.ask('getArticle', { params, headers: { accept: 'text/html' } });
    expect(page.text).toContain('<!doctype html>');
    expect(
      (await exportedArticles()).map(({ what }) => [what.format, what.system, what.name]),
    ).toEqual([
      ['article-html', 'Everything', first?.headline],
      ['article-json', 'Everything', first?.headline],
    ]);
    // Nothing leaves that is there already.
    const none = await desk.ask('getArticle', {
      params,
      headers: { 'if-none-match': headers.get('etag') ?? '' },
    });
    expect(none.status).toBe(304);
    expect(await exportedArticles()).toHaveLength(2);
  });
});

describe('rights hold for a system as for a person', () => {
  test('what is asked is said in words, and confirmed by ids, by those who may', async () => {
    const order = { asset: EMBARGOED, folder: 'embargo' };
    const { body: asset } = await desk.ask('getAsset', { params: { id: EMBARGOED } });
    expect(asset.rights.decision).toBe('ask');
    const refusal = await desk.refused('addDownload', { body: order });
    expect(refusal).toMatchObject({ status: 403, code: 'embargoed' });
    expect(refusal.restrictions).toEqual(expect.arrayContaining(asset.confirm));
    expect(refusal.restrictions?.every(({ id, text }) => text !== id)).toBe(true);
    const acknowledge = asset.confirm.map(({ id }) => id);
    expect(acknowledge).toEqual(asset.rights.confirm);
    const careful = await desk.tokenOf('Careful', ['downloads:write']);
    expect(
      await desk.refused('addDownload', { token: careful, body: { ...order, acknowledge } }),
    ).toMatchObject({ status: 403, code: 'insufficient-scope' });
    expect(
      await desk.refused('addDownload', { body: { ...order, acknowledge: acknowledge.slice(1) } }),
    ).toMatchObject({ status: 403 });
    expect((await desk.ask('listDownloads', { query: { q: 'embargo' } })).body.total).toBe(0);
    const mam = await desk.tokenOf('Avid MAM', ['downloads:write', 'downloads:confirm']);
    const { body } = await desk.ask('addDownload', {
      token: mam,
      body: { ...order, acknowledge },
    });
    const entries = [
      ...(await ledger('embargo-confirmed')),
      ...(await ledger('restriction-confirmed')),
    ];
    expect(entries.map(({ what, subject }) => [what.system, subject?.assetId])).toEqual([
      ['Avid MAM', EMBARGOED],
      ['Avid MAM', EMBARGOED],
    ]);
    expect(entries.flatMap(({ words }) => words)).toEqual(expect.arrayContaining(asset.confirm));
    await done(body.id);
  });

  test('what is withdrawn or unknown is refused with its code', async () => {
    await edit(WITHDRAWN, 'withdraw');
    await invoke(desk.application, 'library.sync');
    expect(await desk.refused('addDownload', { body: { asset: WITHDRAWN } })).toMatchObject({
      status: 410,
      code: 'withdrawn',
    });
    expect(await desk.refused('addDownload', { body: { asset: 'AUR-nothing' } })).toMatchObject({
      status: 404,
    });
    expect(await desk.refused('addDownload', { body: { package: 'pkg_nothing' } })).toMatchObject({
      status: 404,
    });
    expect(await desk.refused('addDownload', { body: { package: PLAIN } })).toMatchObject({
      status: 404,
    });
    expect(
      await desk.refused('addDownload', { body: { asset: PLAIN, format: 'nothing' } }),
    ).toMatchObject({ status: 422, code: 'usage' });
  });

  test('a recall hides the folder until the system has acknowledged it, in its name', async () => {
    const { body: added } = await desk.ask('addDownload', {
      body: { asset: PLAIN, folder: 'recalled' },
    });
    const { id, folder } = await done(added.id);
    await edit(PLAIN, 'hold');
    await invoke(desk.application, 'library.sync');
    await desk.application.services.rights.check();
    const recall = await eventually(async () => {
      const { body } = await desk.ask('listRecalls', { query: { open: 'true' } });
      const found = body.items.find(({ downloadId }) => downloadId === id);
      expect(found?.words).toBe('One shot shows another village.');
      return found;
    });
    expect(recall).toMatchObject({ kind: 'on-hold', isToAcknowledge: true, places: [{ folder }] });
    expect((await desk.ask('getDownload', { params: { id } })).body).toMatchObject({
      folder: null,
      recall: 'on-hold',
      rights: 'on-hold',
    });
    const { body: acknowledged } = await desk.ask('acknowledgeRecall', {
      params: { id: recall?.id ?? '' },
    });
    expect(acknowledged).toMatchObject({
      isToAcknowledge: false,
      acknowledged: { who: 'Everything' },
    });
    expect((await desk.ask('getDownload', { params: { id } })).body.folder).toBe(folder);
    await eventually(async () =>
      expect((await ledger('recall-acknowledged')).map(({ what }) => what.system)).toContain(
        'Everything',
      ),
    );
    expect(await desk.refused('acknowledgeRecall', { params: { id: 'rcl_none' } })).toMatchObject({
      status: 404,
    });
  });
});

describe('nothing is written outside of the download folder', () => {
  test.each([
    '/etc',
    '../up',
    'a/../../up',
    '..',
    '.',
    '',
    'a//b',
    'C:\\up',
    'a\\..\\..\\up',
    'con',
    'a\u0000b',
    'x'.repeat(300),
  ])('%j is refused', async (folder) => {
    expect(await desk.refused('addDownload', { body: { asset: PLAIN, folder } })).toMatchObject({
      status: 422,
      code: 'validation-failed',
      errors: [{ field: 'folder' }],
    });
  });

  test('also where its name ends with a slash', async () => {
    await invoke(desk.application, 'settings.set', { destination: `${ingest}/` });
    const { body } = await desk.ask('addDownload', {
      body: { asset: 'ast_aur261146', folder: 'slash' },
    });
    await invoke(desk.application, 'settings.set', { destination: ingest });
    expect((await desk.ask('cancelDownload', { params: { id: body.id } })).body.state).toMatch(
      /cancelled|done/u,
    );
  });

  test('nor through a link that leads out of it', async () => {
    const outside = temporaryFolder();
    mkdirSync(path.join(ingest, 'inside'));
    symlinkSync(outside, path.join(ingest, 'out'));
    symlinkSync(path.join(ingest, 'inside'), path.join(ingest, 'in'));
    for (const folder of ['out', 'out/deeper/still'])
      expect(
        await desk.refused('addDownload', { body: { asset: 'ast_aur261146', folder } }),
      ).toMatchObject({ errors: [{ field: 'folder' }] });
    expect(readdirSync(outside)).toEqual([]);
  });
});

test('the API is described where it is, and by the command line, without a token', async () => {
  const { body } = await desk.ask('getDocument', { token: null });
  expect(body.openapi).toBe('3.1.0');
});

test('no token is in the home or the log, but its hash', async () => {
  const { token } = desk;
  const files = readdirSync(home, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(home, name))
    .filter((file) => statSync(file).isFile());
  expect(files.some((file) => file.endsWith('api-tokens.json'))).toBe(true);
  expect(statSync(path.join(home, 'api-tokens.json')).mode & 0o077).toBe(0);
  for (const file of files)
    expect(readFileSync(file).includes(token.slice('mmd_'.length)), file).toBe(false);
});

test('none of this was a fault of the station', () => {
  expect(desk.bugs).toEqual([]);
});
