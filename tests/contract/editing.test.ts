import { createHash, createPublicKey, verify } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import canonicalize from 'canonicalize';
import { describe, expect, test } from 'vitest';
import { DEMO_MANIFEST_KEY } from '../../src/shared/api/demo-key.ts';
import type { Manifest } from '../../src/shared/api/packages.ts';
import { createFeed } from '../../src/service/catalogue/feed.ts';
import { MINUTE } from '../../src/service/clock.ts';
import type { ContentBytes } from '../../src/service/content/library.ts';
import { openContent } from '../../src/service/content/open.ts';
import { createTimeline } from '../../src/service/content/view.ts';
import { DEMO_DAY } from '../../src/service/demo/day.ts';
import { generatedMaster } from '../../src/service/demo/generated-master.ts';
import { askService } from '../../src/service/editing/socket.ts';
import { noLimits } from '../../src/service/http/limits.ts';
import { createMaster } from '../../src/service/media/v210-master.ts';
import { demoDir } from '../support/service/demo.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { asset, fixtureContent } from './support/fixture.ts';
import { startTested, type Tested } from './support/service.ts';

const content = openContent('demo', demoDir);
const ROOFS = 'ast_aur261131';
const MASTER_PACKAGE = 'pkg_aur261131_1080p25';
const CORRECTION = DEMO_DAY[0]?.request;

const sha256 = (data: Buffer) => createHash('sha256').update(data).digest('hex');
const edit = async (service: Tested, id: string, act: string, fields: object = {}) => {
  const response = await fetch(`${service.url}/test/assets/${id}/${act}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fields),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const correct = (service: Tested, id: string, patch: object) =>
  edit(service, id, 'correct', { note: { en: 'Corrected.' }, patch });
const demoToken = async (service: Tested) => {
  const { body } = await service.ask('signIn', {
    body: { ...service.demoAccount, device: { name: 'x', platform: 'x', appVersion: '1' } },
  });
  return body.accessToken;
};
/** Follows the feed: each call says what is new since the last one. */
function follow(service: Tested, token?: string): () => Promise<[string, string, number][]> {
  let since: string | undefined;
  return async () => {
    const query = { limit: '500', ...(since === undefined ? {} : { since }) };
    const { body } = await service.ask('assetChanges', { query, token });
    since = body.cursor;
    return body.changes.map(({ op, id, rev }) => [op, id, rev]);
  };
}
const detailOf = async (service: Tested, id: string, language = 'en') =>
  (
    await service.ask('getAsset', {
      params: { id },
      headers: { 'accept-language': language },
    })
  ).body;
const manifestOf = async (service: Tested, id: string, rev: number, token: string) =>
  (await service.ask('getManifest', { params: { id }, query: { rev: String(rev) }, token })).body;

function isSigned({ signature, ...rest }: Manifest): boolean {
  const key = createPublicKey({
    format: 'jwk',
    key: { kty: 'OKP', crv: 'Ed25519', x: DEMO_MANIFEST_KEY.publicKey },
  });
  const signed = Buffer.from(canonicalize(rest) ?? '');
  return verify(null, signed, key, Buffer.from(signature.value, 'base64url'));
}

describe('a correction', () => {
  test('is announced, and the detail has it in both languages', async () => {
    const service = await startTested({ content });
    const news = follow(service);
    await news();
    const { act: _, ...fields } = CORRECTION ?? { act: '' };
    expect((await edit(service, ROOFS, 'correct', fields)).body).toMatchObject({
      asset: ROOFS,
      slug: 'AUR-26-1131',
      act: 'correct',
      rev: 2,
      packages: content.assets
        .find(({ id }) => id === ROOFS)
        ?.packages.map(({ id }) => ({ id, rev: 2 })),
    });
    expect(await news()).toEqual([['upsert', ROOFS, 2]]);
    expect(await news()).toEqual([]);
    const english = await detailOf(service, ROOFS);
    const french = await detailOf(service, ROOFS, 'fr');
    expect(english).toMatchObject({
      rev: 2,
      badges: ['restricted', 'updated'],
      restrictions: [
        {
          id: 'rst_aur261131_r2_1',
          kind: 'platform',
          mode: 'deny',
          values: ['social'],
          shots: [3],
        },
      ],
      updatedAt: english.history.at(-1)?.at,
    });
    expect(english.shotlist[2]).toMatchObject({
      text: 'Parapet and outlet of the first roof, fitted in 2006',
      restrictionIds: ['rst_aur261131_r2_1'],
    });
    expect(english.script?.html).toContain('fitted in 2006.');
    expect(english.searchText).toContain('équipé en 2006');
    expect(JSON.stringify(english.script)).not.toContain('1996');
    expect(english.searchText).not.toContain('1996');
    expect(french.shotlist[2]?.text).toContain('équipé en 2006');
    expect(french.script?.text).toContain('Le premier toit a été équipé en 2006.');
    expect(french.history.map(({ rev, note }) => [rev, note.slice(0, 25)])).toEqual([
      [1, 'Première version.'],
      [2, 'Correction\u00a0: le premier t'],
    ]);
    expect(english.history.map(({ packages }) => packages)).toEqual(
      [1, 2].map((rev) => english.packages.map(({ id }) => ({ packageId: id, rev }))),
    );
    const { body: found } = await service.ask('searchAssets', { query: { q: '2006' } });
    expect(found.items.map(({ id }) => id)).toEqual([ROOFS]);
  });

  test('changes only the files it concerns, and of the master only the pieces of the shot', async () => {
    const service = await startTested({ content });
    const token = await demoToken(service);
    const order = { packageId: MASTER_PACKAGE, rev: 1 };
    const { body: opened } = await service.ask('authoriseDownload', { body: order, token });
    const { act: _, ...fields } = CORRECTION ?? { act: '' };
    await edit(service, ROOFS, 'correct', fields);
    // Nobody had asked for the manifest of the first revision.
    const [first, second] = [
      await manifestOf(service, MASTER_PACKAGE, 1, token),
      await manifestOf(service, MASTER_PACKAGE, 2, token),
    ];
    expect([isSigned(first), isSigned(second)]).toEqual([true, true]);
    expect([second.rev, second.supersedes, second.rootName]).toEqual([2, 1, first.rootName]);
    expect(second.files.map((file) => file.path)).toEqual(first.files.map((file) => file.path));
    const changed = second.files.filter(({ fileId }, i) => fileId !== first.files[i]?.fileId);
    expect(changed.map(({ path }) => path.replace('AUR-26-1131', '')).toSorted()).toEqual([
      '_1080p25.mov',
      '_metadata.json',
      '_ninjs_EN.json',
      '_ninjs_FR.json',
      '_rights.html',
      '_rights.txt',
      '_script_EN.html',
      '_script_EN.txt',
      '_script_FR.html',
      '_script_FR.txt',
      '_shotlist.xml',
      '_shotlist_EN.txt',
      '_shotlist_FR.txt',
      'captions/_EN.srt',
      'captions/_EN.vtt',
      'captions/_FR.srt',
      'captions/_FR.vtt',
    ]);
    expect(second.files.filter((file) => !changed.includes(file))).toEqual(
      first.files.filter(({ path }) => !changed.some((file) => file.path === path)),
    );
    const [before, after] = [first, second].map(({ files }) => files[0]);
    const hashes = before?.pieces?.hashes ?? [];
    const differing = hashes.flatMap((hash, i) => (hash === after?.pieces?.hashes[i] ? [] : [i]));
    expect([before?.bytes, hashes.length]).toEqual([after?.bytes, after?.pieces?.hashes.length]);
    expect(differing.length).toBeGreaterThan(0);
    expect(differing.length).toBeLessThan(hashes.length / 7);
    expect(differing).toEqual(differing.map((_piece, i) => (differing[0] ?? 0) + i));

    // The earlier addresses deliver what they were made for until they end; they are not renewed.
    const earlier = opened.urls.find(({ fileId }) => fileId === before?.fileId)?.url ?? '';
    await service.refused('authoriseDownload', { body: order, token }, 'package-superseded');
    await service.refused(
      'renewUrls',
      { params: { id: opened.downloadId }, body: { fileIds: [before?.fileId] }, token },
      'package-superseded',
    );
    const acknowledge = ['rst_aur261131_r2_1'];
    await service.refused(
      'authoriseDownload',
      { body: { ...order, rev: 2 }, token },
      'restriction-unacknowledged',
    );
    const { body: again } = await service.ask('authoriseDownload', {
      body: { ...order, rev: 2, acknowledge },
      token,
    });
    const later = again.urls.find(({ fileId }) => fileId === after?.fileId)?.url ?? '';
    const [piece = 0] = differing;
    const pieceBytes = after?.pieces?.pieceBytes ?? 0;
    const range = `bytes=${piece * pieceBytes}-${(piece + 1) * pieceBytes - 1}`;
    for (const [url, hash] of [
      [earlier, hashes[piece]],
      [later, after?.pieces?.hashes[piece]],
    ] as const) {
      const response = await fetch(url, { headers: { range } });
      const bytes = Buffer.from(await response.arrayBuffer());
      expect(sha256(bytes)).toBe(hash);
    }
    for (const { url, fileId } of again.urls) {
      const file = changed.find((one) => one.fileId === fileId);
      if (!file || file.pieces) continue;
      const bytes = Buffer.from(await (await fetch(url)).arrayBuffer());
      expect(sha256(bytes)).toBe(file.sha256);
      expect([file.path, bytes.includes('1996')]).toEqual([file.path, false]);
    }
  });

  test('a changed restriction has a new id, one that goes leaves its shots, and a second correction its own files', async () => {
    const service = await startTested({ content });
    const token = await demoToken(service);
    const id = 'ast_aur261106';
    const note = { en: 'Shots 4 and 5: ask first' };
    const to = { kind: 'editorial', mode: 'deny', note, shots: [4, 5] };
    await correct(service, id, {
      restrictions: { change: [{ id: 'rst_aur261106_1', to }] },
    });
    const changed = await detailOf(service, id);
    expect(changed.restrictions).toEqual([
      { ...to, id: 'rst_aur261106_r2_1', note: note.en, values: [] },
    ]);
    expect(changed.shotlist.map(({ restrictionIds }) => restrictionIds.length)).toEqual([
      0, 0, 0, 1, 1, 0, 0,
    ]);
    await correct(service, id, { restrictions: { remove: ['rst_aur261106_r2_1'] } });
    const free = await detailOf(service, id);
    expect([free.restrictions, free.shotlist.flatMap((shot) => shot.restrictionIds)]).toEqual([
      [],
      [],
    ]);
    const rights = await Promise.all(
      [1, 2, 3].map(async (rev) => {
        const { files } = await manifestOf(service, 'pkg_aur261106_preview', rev, token);
        return files.find(({ role }) => role === 'licence')?.fileId;
      }),
    );
    expect(new Set(rights).size).toBe(3);
  });

  test('hashes a master whose new picture nobody knows, once', async () => {
    const options = {
      width: 1280,
      height: 720,
      frameRate: '25/1',
      scan: 'progressive' as const,
      frames: 6,
      timecodeStart: '10:00:00:00',
      reelName: 'FERRIES',
    };
    const { bytes, read: readAll } = createMaster(options);
    const pieceBytes = 1024 * 1024;
    const piecesOf = (all: Buffer) =>
      Array.from({ length: Math.ceil(bytes / pieceBytes) }, (_, i) =>
        sha256(all.subarray(i * pieceBytes, (i + 1) * pieceBytes)),
      );
    const before = readAll(0, bytes);
    let reads = 0;
    const { relined, ...generated } = generatedMaster(options);
    const master: ContentBytes = {
      id: 'fil_made',
      mediaType: 'video/quicktime',
      bytes,
      sha256: sha256(before),
      pieces: () => ({ pieceBytes, hashes: piecesOf(before) }),
      ...generated,
      relined: (...line) => {
        const made = relined?.(...line);
        if (!made) throw new Error('It can be relined');
        return { ...made, read: (...at) => ((reads += 1), made.read(...at)) };
      },
    };
    const fixture = fixtureContent();
    const model = asset('ast_made', { restrictions: [] });
    const [entry] = model.packages;
    const [file] = entry?.files ?? [];
    if (!entry || !file) throw new Error('The fixture has a package');
    const [shot] = model.shotlist;
    if (!shot) throw new Error('The fixture has a shot');
    const made = {
      ...fixture,
      assets: [
        {
          ...model,
          // Frames 2 and 3.
          shotlist: [{ ...shot, inMs: 80, outMs: 160 }],
          packages: [
            { ...entry, files: [{ ...file, id: master.id, bytes, sha256: master.sha256 }] },
          ],
        },
      ],
      file: (id: string) => (id === master.id ? master : fixture.file(id)),
    };
    const dataDir = temporaryFolder();
    const service = await startTested({ content: made, dataDir });
    await correct(service, 'ast_made', { shots: [{ n: 1, line: 'FERRY 7' }] });
    const token = await demoToken(service);
    const first = await manifestOf(service, entry.id, 1, token);
    const second = await manifestOf(service, entry.id, 2, token);
    const lines = [{ from: 2, to: 4, text: 'FERRY 7' }];
    const after = createMaster({ ...options, lines }).read(0, bytes);
    expect(second.files[0]).toMatchObject({
      sha256: sha256(after),
      pieces: { pieceBytes, hashes: piecesOf(after) },
    });
    expect(first.files[0]?.pieces?.hashes).toEqual(piecesOf(before));
    expect(reads).toBe(Math.ceil(bytes / pieceBytes));
    await service.close();
    const again = await startTested({ content: made, dataDir, clock: service.clock });
    expect(await manifestOf(again, entry.id, 2, await demoToken(again))).toEqual(second);
    expect(reads).toBe(Math.ceil(bytes / pieceBytes));
  });

  test.each([
    ['an unknown asset', 'ast_nobody', {}, 'There is no asset ast_nobody'],
    ['nothing', ROOFS, {}, 'is empty'],
    ['a member nobody knows', ROOFS, { colour: 'red' }, 'Unrecognized key'],
    ['words that don’t occur', ROOFS, { script: { en: [{ from: '1066', to: '' }] } }, '“1066”'],
    [
      'captions that don’t occur',
      ROOFS,
      { captions: { fr: [{ from: '1066', to: '' }] } },
      '“1066”',
    ],
    ['an unknown shot', ROOFS, { shots: [{ n: 99, text: { en: 'x' } }] }, 'no shot 99'],
    [
      'what is so already',
      ROOFS,
      { headline: { fr: 'Première neige : les toits de la ville, réservoirs à l’essai' } },
      'changes nothing',
    ],
    [
      'a line in a picture that is none',
      'ast_aur261124',
      { shots: [{ n: 1, line: 'X' }] },
      'final',
    ],
    ['letters without dots', ROOFS, { shots: [{ n: 3, line: 'été' }] }, 'a line has at most 24'],
    [
      'an unknown restriction',
      ROOFS,
      { restrictions: { remove: ['rst_x'] } },
      'no restriction rst_x',
    ],
    [
      'a country that is none',
      ROOFS,
      {
        restrictions: {
          add: [{ kind: 'territory', mode: 'deny', values: ['Mars'], note: { en: 'x' } }],
        },
      },
      'country codes',
    ],
    [
      'a time without its moment',
      ROOFS,
      { restrictions: { add: [{ kind: 'time', mode: 'deny', note: { en: 'x' } }] } },
      'notAfter',
    ],
  ])('is refused for %s, and nothing has changed', async (_, id, patch, reason) => {
    const service = await startTested({ content });
    const news = follow(service);
    await news();
    const { status, body } = await correct(service, id, patch);
    expect([status, body['refused']]).toEqual([409, expect.stringContaining(reason)]);
    expect(await news()).toEqual([]);
    expect((await detailOf(service, ROOFS)).rev).toBe(1);
  });
});

describe('publishing, holding, lifting and withdrawing', () => {
  test('what was for later is there now, for everyone who follows', async () => {
    const service = await startTested();
    const news = follow(service);
    await news();
    await service.refused('getAsset', { params: { id: 'ast_later' } }, 'not-found');
    expect((await edit(service, 'ast_later', 'publish')).status).toBe(200);
    expect(await news()).toEqual([['upsert', 'ast_later', 2]]);
    const asset = await detailOf(service, 'ast_later', 'fr');
    expect([asset.publishedAt, asset.updatedAt]).toEqual([
      asset.history.at(-1)?.at,
      asset.publishedAt,
    ]);
    expect(asset.history.at(-1)?.note).toBe('Publié.');
    expect((await edit(service, 'ast_later', 'publish')).body).toEqual({
      refused: 'It is published already',
    });
  });

  test('an embargo that is lifted early is over for everyone; a hold under it is lifted first', async () => {
    const service = await startTested();
    const news = follow(service);
    await news();
    const insider = follow(service, await demoToken(service));
    await insider();
    expect((await edit(service, 'ast_embargoed', 'hold', { reason: { en: 'Wait' } })).status).toBe(
      200,
    );
    expect([await news(), await insider()]).toEqual([[], [['withdraw', 'ast_embargoed', 2]]]);
    await edit(service, 'ast_embargoed', 'lift');
    expect([await news(), await insider()]).toEqual([[], [['upsert', 'ast_embargoed', 3]]]);
    await edit(service, 'ast_embargoed', 'lift', { note: { en: 'Now.', fr: 'Maintenant.' } });
    expect(await news()).toEqual([['upsert', 'ast_embargoed', 4]]);
    const asset = await detailOf(service, 'ast_embargoed', 'fr');
    expect([asset.badges, asset.embargoUntil, asset.history.at(-1)?.note]).toEqual([
      ['updated'],
      asset.updatedAt,
      'Maintenant.',
    ]);
    expect((await edit(service, 'ast_embargoed', 'lift')).body).toEqual({
      refused: 'It is neither on hold nor under embargo',
    });
  });

  test('a hold gives its reason and takes the packages until it is lifted; a withdrawal is final', async () => {
    const service = await startTested();
    const reason = { en: 'One shot is being checked', fr: 'Un plan est en cours de vérification' };
    expect((await edit(service, 'ast_free', 'hold')).body['refused']).toContain('reason');
    await edit(service, 'ast_free', 'hold', { reason });
    expect(await detailOf(service, 'ast_free', 'fr')).toMatchObject({
      pubStatus: 'withheld',
      statusNote: reason.fr,
      packages: [],
    });
    expect((await edit(service, 'ast_free', 'hold', { reason })).status).toBe(409);
    await edit(service, 'ast_free', 'lift');
    expect(await detailOf(service, 'ast_free')).toMatchObject({
      pubStatus: 'usable',
      statusNote: null,
      packages: [{ rev: 1 }],
    });
    await edit(service, 'ast_free', 'withdraw', { reason });
    for (const [act, fields] of [
      ['lift', {}],
      ['hold', { reason }],
      ['withdraw', { reason }],
      ['correct', { note: reason, patch: { headline: { en: 'New' } } }],
    ] as const)
      expect((await edit(service, 'ast_free', act, fields)).body).toEqual({
        refused: 'It is withdrawn, and that is final',
      });
  });

  test('what the demo has on hold can be released, with what there is of it', async () => {
    const service = await startTested({ content });
    await edit(service, 'AUR-26-1088', 'lift');
    expect(
      (await detailOf(service, 'ast_aur261088')).packages.map(({ purpose }) => purpose),
    ).toEqual(['web', 'preview']);
  });
});

describe('edits last', () => {
  test('a service that starts again has them all, and tells those who were away', async () => {
    const dataDir = temporaryFolder();
    const before = await startTested({ content, dataDir });
    const { clock } = before;
    const away = follow(before);
    await away();
    const token = await demoToken(before);
    const { act: _, ...fields } = CORRECTION ?? { act: '' };
    await edit(before, ROOFS, 'correct', fields);
    await edit(before, 'AUR-26-1096', 'withdraw', { reason: { en: 'Wrong place' } });
    const expected = await Promise.all([
      detailOf(before, ROOFS, 'fr'),
      manifestOf(before, MASTER_PACKAGE, 1, token),
      manifestOf(before, MASTER_PACKAGE, 2, token),
    ]);
    const { body: page } = await before.ask('assetChanges', { query: { limit: '500' } });
    await before.close();

    clock.advance(5 * MINUTE);
    const after = await startTested({ content, dataDir, clock });
    const again = await Promise.all([
      detailOf(after, ROOFS, 'fr'),
      manifestOf(after, MASTER_PACKAGE, 1, token),
      manifestOf(after, MASTER_PACKAGE, 2, token),
    ]);
    expect(again).toEqual(expected);
    const since = page.cursor;
    expect((await after.ask('assetChanges', { query: { since } })).body.changes).toEqual([]);
    await edit(after, ROOFS, 'hold', { reason: { en: 'Wait' } });
    const { body } = await after.ask('assetChanges', { query: { since } });
    expect(body.changes.map(({ op, id, rev }) => [op, id, rev])).toEqual([['withdraw', ROOFS, 3]]);
  });

  test('those who were away when they were made get them from the service that starts again', async () => {
    const dataDir = temporaryFolder();
    const before = await startTested({ dataDir });
    const { body: page } = await before.ask('assetChanges', { query: { limit: '500' } });
    await edit(before, 'ast_free', 'hold', { reason: { en: 'Wait' } });
    await before.close();
    const after = await startTested({ dataDir, clock: before.clock });
    const { body } = await after.ask('assetChanges', { query: { since: page.cursor } });
    expect(body.changes.map(({ op, id, rev }) => [op, id, rev])).toEqual([
      ['withdraw', 'ast_free', 2],
    ]);
  });

  test('an edit whose asset is another now is left out and reported; no revision is given twice', async () => {
    const dataDir = temporaryFolder();
    const before = await startTested({ dataDir });
    await correct(before, 'ast_open', { headline: { en: 'Ferries sail' } });
    await edit(before, 'ast_free', 'hold', { reason: { en: 'Wait' } });
    await edit(before, 'ast_free', 'lift');
    await before.close();
    const events: string[] = [];
    const { assets, ...rest } = fixtureContent();
    const after = await startTested({
      dataDir,
      clock: before.clock,
      log: (event) => void events.push(event),
      content: {
        ...rest,
        assets: assets
          .filter(({ id }) => id !== 'ast_open')
          .map((one) => (one.id === 'ast_free' ? { ...one, pubStatus: 'withheld' as const } : one)),
      },
    });
    expect(events.filter((event) => event.startsWith('edit-'))).toEqual([
      'edit-without-asset',
      'edit-left-out',
    ]);
    expect(await detailOf(after, 'ast_free')).toMatchObject({ rev: 3, pubStatus: 'usable' });
  });
});

test('an edit under way is not lost on those who start to follow meanwhile', async () => {
  const item = { id: 'ast_1', rev: 1, publishedMin: -1, updatedMin: -1 };
  const feed = createFeed([item], createTimeline(0), 'content');
  const viewer = { now: 1000, language: 'en', seesEmbargoed: false } as const;
  const page = (since?: string) =>
    feed.page({ since, limit: 10 }, { ...viewer, now: 5000 }, noLimits, 'client');
  const cursors = await feed.announcing(viewer.now, async (at) => {
    const begun = page().cursor;
    const waited = page(begun).cursor;
    item.rev = 2;
    feed.announce(item, at);
    return [begun, waited];
  });
  for (const since of cursors)
    expect(page(since).items.map(({ item: { rev } }) => rev)).toEqual([2]);
});

/** Revision and status of the assets of the demo’s day. */
const dayOf = (service: Tested) =>
  Promise.all(
    DEMO_DAY.map(async ({ slug }) => {
      const id = `ast_${slug.toLowerCase().replaceAll('-', '')}`;
      const { rev, pubStatus } = await detailOf(service, id);
      return [rev, pubStatus];
    }),
  );

describe('the demo’s day', () => {
  test('has a correction after three minutes and a withdrawal after six, once', async () => {
    const dataDir = temporaryFolder();
    const service = await startTested({ content, dataDir, demoDay: true });
    const { clock } = service;
    expect(await dayOf(service)).toEqual([
      [1, 'usable'],
      [1, 'usable'],
    ]);
    clock.advance(3 * MINUTE);
    await expect
      .poll(() => dayOf(service))
      .toEqual([
        [2, 'usable'],
        [1, 'usable'],
      ]);
    clock.advance(3 * MINUTE);
    await expect
      .poll(() => dayOf(service))
      .toEqual([
        [2, 'usable'],
        [2, 'canceled'],
      ]);
    await service.close();
    clock.advance(24 * 60 * MINUTE);
    const nextDay = await startTested({ content, dataDir, clock, demoDay: true });
    clock.advance(60 * MINUTE);
    expect(await dayOf(nextDay)).toEqual([
      [2, 'usable'],
      [2, 'canceled'],
    ]);
  });

  test('is left out unless it is asked for', async () => {
    const service = await startTested({ content });
    service.clock.advance(24 * 60 * MINUTE);
    expect(await dayOf(service)).toEqual([
      [1, 'usable'],
      [1, 'usable'],
    ]);
  });
});

describe.skipIf(process.platform === 'win32')('the socket for editors', () => {
  test('takes edits from the owner of the folder, lists them, and is gone with the service', async () => {
    const dataDir = temporaryFolder();
    expect(await askService(dataDir, { list: true })).toBeNull();
    const service = await startTested({ dataDir, editors: true });
    expect(statSync(join(dataDir, 'editor.sock')).mode & 0o777).toBe(0o600);
    const hold = { act: 'hold', reason: { en: 'Wait' } };
    expect(await askService(dataDir, { asset: 'ferries-AST_free', edit: hold })).toMatchObject({
      ok: { asset: 'ast_free', act: 'hold', rev: 2 },
    });
    expect(await askService(dataDir, { asset: 'ast_free', edit: hold })).toEqual({
      refused: 'It is on hold already',
    });
    expect(await askService(dataDir, { list: true })).toMatchObject({
      ok: [{ asset: 'ast_free', slug: 'FERRIES-ast_free', act: 'hold', rev: 2 }],
    });
    await service.close();
    expect(readdirSync(dataDir).filter((name) => name.startsWith('editor'))).toEqual([]);
    expect(await askService(dataDir, { list: true })).toBeNull();
  });

  test('works in a folder whose path is too long for one', async () => {
    const dataDir = join(temporaryFolder(), 'd'.repeat(120));
    const service = await startTested({ dataDir, editors: true });
    expect(await askService(dataDir, { list: true })).toEqual({ ok: [] });
    await service.close();
    expect(readdirSync(dataDir).filter((name) => name.startsWith('editor'))).toEqual([]);
  });
});
