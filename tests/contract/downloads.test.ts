import { createHash, createPublicKey, verify } from 'node:crypto';
import canonicalize from 'canonicalize';
import { describe, expect, test } from 'vitest';
import { parseMetalink } from '../../src/main/formats/metalink.ts';
import { DEMO_MANIFEST_KEY } from '../../src/shared/api/demo-key.ts';
import { DAY, MINUTE } from '../../src/service/clock.ts';
import { asset, fixtureContent, MASTER, PIECE_BYTES } from './support/fixture.ts';
import { startTested } from './support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const EMAIL = 'ada@station.example';
const open = async (options = {}) => {
  const service = await startTested(options);
  const { accessToken: token } = await service.signUp(EMAIL, { country: 'NO' });
  return { service, token };
};
const contentOf = (rev: number) => ({
  ...fixtureContent(),
  assets: ['ast_open', 'ast_free'].map((id) =>
    asset(id, { packages: asset(id).packages.map((entry) => ({ ...entry, rev })) }),
  ),
});
const wanted = { packageId: 'pkg_ast_open', rev: 1, acknowledge: ['rst_ast_open'] };

describe('manifests', () => {
  test('are signed over their canonical form by the key the app ships, and never change', async () => {
    const { service, token } = await open();
    const { body, headers, text } = await service.ask('getManifest', {
      params: { id: 'pkg_ast_open' },
      query: { rev: '1' },
      token,
    });
    const { signature, ...rest } = body;
    const key = createPublicKey({
      format: 'jwk',
      key: { kty: 'OKP', crv: 'Ed25519', x: DEMO_MANIFEST_KEY.publicKey },
    });
    expect(
      verify(
        null,
        Buffer.from(canonicalize(rest) ?? ''),
        key,
        Buffer.from(signature.value, 'base64url'),
      ),
    ).toBe(true);
    expect(
      verify(
        null,
        Buffer.from(canonicalize({ ...rest, rootName: 'x' }) ?? ''),
        key,
        Buffer.from(signature.value, 'base64url'),
      ),
    ).toBe(false);
    expect((await service.ask('getMeta')).body.manifestKeys).toEqual([DEMO_MANIFEST_KEY]);
    expect(headers.get('cache-control')).toBe('private, max-age=31536000, immutable');
    expect(headers.get('repr-digest')).toBe(
      `sha-256=:${createHash('sha256').update(text).digest('base64')}:`,
    );
    service.clock.advance(DAY);
    const { accessToken: later } = (
      await service.ask('signIn', {
        body: {
          email: EMAIL,
          password: 'Correct-Horse-7',
          device: { name: 'x', platform: 'x', appVersion: '1' },
        },
      })
    ).body;
    expect(
      (await service.ask('getManifest', { params: { id: 'pkg_ast_open' }, token: later })).text,
    ).toBe(text);
  });

  test('list pieces of what is longer than one, and files of no bytes', async () => {
    const { service, token } = await open();
    const { body } = await service.ask('getManifest', { params: { id: 'pkg_ast_open' }, token });
    const [master, script, empty] = body.files;
    expect(master?.pieces).toMatchObject({ pieceBytes: PIECE_BYTES, hashes: { length: 4 } });
    const list = createHash('sha256');
    for (const hash of master?.pieces?.hashes ?? []) list.update(hash, 'hex');
    expect(master?.pieces?.sha256OfList).toBe(list.digest('hex'));
    expect(script?.pieces).toBeUndefined();
    expect(empty).toMatchObject({
      bytes: 0,
      required: false,
      sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    });
    expect(body.totalBytes).toBe(body.files.reduce((sum, { bytes }) => sum + bytes, 0));
  });

  test('need an account; another revision or package is not there', async () => {
    const { service, token } = await open();
    await service.refused('getManifest', { params: { id: 'pkg_ast_open' } }, 'invalid-token');
    await service.refused(
      'getManifest',
      { params: { id: 'pkg_ast_open' }, query: { rev: '2' }, token },
      'not-found',
    );
    const unknown = { params: { id: 'pkg_nobody' }, token };
    expect((await service.refused('getManifest', unknown, 'not-found')).status).toBe(404);
  });

  test('of what the country of an account bars can be read, addresses are for those it is cleared for', async () => {
    const { service, token } = await open();
    const params = { id: 'pkg_ast_barred' };
    expect((await service.ask('getManifest', { params, token })).status).toBe(200);
    const body = { packageId: 'pkg_ast_barred', rev: 1 };
    for (const answer of [
      await service.refused(
        'getManifest',
        { params, token, headers: { accept: 'application/metalink4+xml' } },
        'territory-restricted',
      ),
      await service.refused('authoriseDownload', { token, body }, 'territory-restricted'),
    ])
      expect(answer.status).toBe(403);
    const abroad = { territory: 'NZ', platforms: ['broadcast' as const] };
    const { body: download } = await service.ask('authoriseDownload', {
      token,
      body: { ...body, newsroom: abroad },
    });
    // The newsroom is named each time, so that a change of it counts at once.
    const renewed = await service.refused(
      'renewUrls',
      { params: { id: download.downloadId }, token, body: { fileIds: ['fil_x'] } },
      'territory-restricted',
    );
    expect(renewed.status).toBe(403);
  });

  test('of an earlier revision stay as they were for whoever had one, also after a restart with newer content', async () => {
    const dataDir = temporaryFolder();
    const first = await open({ dataDir, content: contentOf(1) });
    const given = await first.service.ask('getManifest', {
      params: { id: 'pkg_ast_open' },
      token: first.token,
    });
    await first.service.close();
    const service = await startTested({
      dataDir,
      content: contentOf(2),
      clock: first.service.clock,
    });
    const asked = (id: string, rev?: string, headers = {}) => ({
      params: { id },
      token: first.token,
      headers,
      ...(rev !== undefined && { query: { rev } }),
    });
    const again = await service.ask('getManifest', asked('pkg_ast_open', '1'));
    expect([again.text, again.headers.get('etag'), again.headers.get('repr-digest')]).toEqual([
      given.text,
      given.headers.get('etag'),
      given.headers.get('repr-digest'),
    ]);
    expect((await service.ask('getManifest', asked('pkg_ast_open'))).body).toMatchObject({
      rev: 2,
      supersedes: 1,
    });
    // Nobody was given that one, and addresses are those of the newest.
    await service.refused('getManifest', asked('pkg_ast_free', '1'), 'not-found');
    await service.refused(
      'getManifest',
      asked('pkg_ast_open', '1', { accept: 'application/metalink4+xml' }),
      'not-found',
    );
    await service.refused('getManifest', asked('pkg_ast_open', '3'), 'not-found');
  });

  test('as a Metalink where nothing is left to acknowledge', async () => {
    const { service, token } = await open();
    const headers = { accept: 'application/metalink4+xml' };
    const { restrictionIds } = await service.refused(
      'getManifest',
      { params: { id: 'pkg_ast_open' }, token, headers },
      'restriction-unacknowledged',
    );
    expect(restrictionIds).toEqual(['rst_ast_open']);
    const answer = await service.ask('getManifest', {
      params: { id: 'pkg_ast_free' },
      token,
      headers,
    });
    expect(answer.headers.get('content-type')).toBe('application/metalink4+xml');
    const [master] = await parseMetalink(answer.text);
    expect(master).toMatchObject({
      name: 'FERRIES-ast_free/ferries.mov',
      bytes: MASTER.length,
      sha256: createHash('sha256').update(MASTER).digest('hex'),
      pieces: { hashes: { length: 4 } },
    });
    const file = await fetch(master?.urls[0] ?? '');
    expect(Buffer.from(await file.arrayBuffer()).equals(MASTER)).toBe(true);
  });
});

describe('authorising', () => {
  test('gives an address for every file, which needs nothing else', async () => {
    const { service, token } = await open();
    const { status, body } = await service.ask('authoriseDownload', { body: wanted, token });
    expect([status, body.maxParallel, body.urls.map(({ fileId }) => fileId)]).toEqual([
      201,
      8,
      ['fil_master', 'fil_script', 'fil_empty'],
    ]);
    const [url] = body.urls;
    expect(Date.parse(url?.expiresAt ?? '') - service.clock.now()).toBe(15 * MINUTE);
    const response = await fetch(url?.url ?? '', { headers: url?.headers ?? {} });
    expect(response.headers.get('etag')).toBe(url?.etag);
    expect(Buffer.from(await response.arrayBuffer()).equals(MASTER)).toBe(true);
  });

  test('asks for the restrictions first, knows revisions and files', async () => {
    const { service, token } = await open({
      content: {
        ...fixtureContent(),
        assets: [
          asset('ast_open', {
            packages: asset('ast_open').packages.map((entry) => ({ ...entry, rev: 2 })),
          }),
          asset('ast_gone', { expiresMin: 1, restrictions: [] }),
        ],
      },
    });
    expect(
      (
        await service.refused(
          'authoriseDownload',
          { body: { packageId: 'pkg_ast_open', rev: 2 }, token },
          'restriction-unacknowledged',
        )
      ).restrictionIds,
    ).toEqual(['rst_ast_open']);
    expect(
      (await service.refused('authoriseDownload', { body: wanted, token }, 'package-superseded'))
        .currentRev,
    ).toBe(2);
    await service.refused('authoriseDownload', { body: { ...wanted, rev: 3 }, token }, 'not-found');
    await service.refused(
      'authoriseDownload',
      { body: { ...wanted, rev: 2, fileIds: ['fil_proxy'] }, token },
      'not-found',
    );
    const some = await service.ask('authoriseDownload', {
      body: { ...wanted, rev: 2, fileIds: ['fil_script'] },
      token,
    });
    expect(some.body.urls).toHaveLength(1);
    expect(
      (
        await service.ask('authoriseDownload', {
          body: { packageId: 'pkg_ast_gone', rev: 1 },
          token,
        })
      ).status,
    ).toBe(201);
    service.clock.advance(MINUTE);
    await service.refused(
      'authoriseDownload',
      { body: { packageId: 'pkg_ast_gone', rev: 1 }, token },
      'asset-withdrawn',
    );
  });

  test('renews addresses, at another origin where one is excluded', async () => {
    const { service, token } = await open();
    const { body } = await service.ask('authoriseDownload', { body: wanted, token });
    const params = { id: body.downloadId };
    service.clock.advance(14 * MINUTE);
    const renewed = await service.ask('renewUrls', {
      params,
      body: { fileIds: ['fil_master'], excludeOriginIds: ['local'] },
      token,
    });
    const [url] = renewed.body.urls;
    expect(url).toMatchObject({ originId: 'mirror', fileId: 'fil_master' });
    expect(url?.etag).not.toBe(body.urls[0]?.etag);
    service.clock.advance(MINUTE);
    expect((await fetch(body.urls[0]?.url ?? '')).status).toBe(403);
    expect((await fetch(url?.url ?? '', { headers: { range: 'bytes=0-0' } })).status).toBe(206);
  });

  test('is a record of the account’s own that ends by receipt or by cancelling', async () => {
    const { service, token } = await open();
    const theirs = (await service.signUp('eve@station.example')).accessToken;
    const { body } = await service.ask('authoriseDownload', { body: wanted, token });
    const params = { id: body.downloadId };
    await service.refused('getDownload', { params, token: theirs }, 'not-found');
    await service.refused('cancelDownload', { params, token: theirs }, 'not-found');
    expect((await service.ask('getDownload', { params, token })).body).toMatchObject({
      state: 'open',
      acknowledged: ['rst_ast_open'],
    });
    const files = [
      {
        fileId: 'fil_script',
        bytes: 24,
        sha256: null,
        originId: 'local',
        seconds: 0.1,
        outcome: 'unverified',
      },
    ];
    expect(
      (await service.ask('sendReceipt', { params, body: { files, outcome: 'finished' }, token }))
        .status,
    ).toBe(204);
    expect((await service.ask('getDownload', { params, token })).body.state).toBe('finished');
    expect((await service.ask('cancelDownload', { params, token })).status).toBe(204);
    await service.refused(
      'renewUrls',
      { params, body: { fileIds: ['fil_master'] }, token },
      'not-found',
    );
  });

  test('points elsewhere when told so', async () => {
    const { service, token } = await open({ origin: 'http://files.example/base' });
    const { body } = await service.ask('authoriseDownload', { body: wanted, token });
    expect(body.urls[1]).toMatchObject({
      originId: 'external',
      url: 'http://files.example/base/pkg_ast_open/ferries%20script.txt',
    });
  });
});
