import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Application } from '../../../src/main/app/services.ts';
import { loadDemo } from '../../../src/service/demo/index.ts';
import type { CommandName, Received } from '../../../src/shared/contract/define.ts';
import type { AppContract } from '../../../src/shared/contract/index.ts';
import { invoke, openApplication } from '../../support/app/application.ts';
import { content } from '../../support/engine/origin.ts';
import { startDesk } from '../../support/engine/process.ts';
import { eventually } from '../../support/eventually.ts';
import { demoDir, startDemo, type DemoService } from '../../support/service/demo.ts';
import { FeedServer, film, mediaRss } from '../../support/sources/feed-server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const demo = loadDemo(demoDir);
const assetOf = (slug: string) => {
  const asset = demo.assets.find((one) => one.slug === slug);
  if (!asset) throw new Error(`No ${slug}`);
  return asset;
};
/** Nothing restricts it. */
const PLAIN = assetOf('AUR-26-1094');
/** Restricted on one shot. */
const RESTRICTED = assetOf('AUR-26-1147');
const EMBARGOED = assetOf('AUR-26-1145');

let service: DemoService;
let home: string;
let application: Application;
beforeEach(async () => {
  service = await startDemo({ testControls: true, limits: 'relaxed' });
  home = temporaryFolder();
  application = await openApplication(home, { serviceUrl: service.url });
  await call('settings.set', { destination: `${home}/to` });
});
afterEach(async () => {
  await application.close();
  await service.close();
});

const call = <N extends CommandName<AppContract>>(
  name: N,
  ...input: undefined extends Received<AppContract, N> ? [] : [Received<AppContract, N>]
) => invoke(application, name, ...input);
async function signIn(): Promise<void> {
  await call('account.sign-in', service.demoAccount);
  await call('library.sync');
}
const control = async (name: string, body: object): Promise<void> => {
  const { ok } = await fetch(`${service.url}/test/${name}`, {
    method: name === 'faults' ? 'PUT' : 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(ok).toBe(true);
};
const packageOf = (asset: typeof PLAIN) => {
  const found = asset.packages.find(({ purpose }) => purpose === 'web');
  if (!found) throw new Error('No package for the web');
  return found;
};
const fileOf = (asset: typeof PLAIN, ending: string) => {
  const file = packageOf(asset).files.find((one) => one.path.endsWith(ending));
  if (!file) throw new Error(`No ${ending}`);
  return file;
};
const bytesOf = async (fileId: string): Promise<string> => {
  const file = demo.file(fileId);
  return file ? (await file.read(0, file.bytes)).toString() : '';
};
type Confirmed = Received<AppContract, 'catalogue.file-text'>['confirmed'];
const read = (asset: typeof PLAIN, ending: string, confirmed: Confirmed = []) =>
  call('catalogue.file-text', {
    assetId: asset.id,
    packageId: packageOf(asset).id,
    fileId: fileOf(asset, ending).id,
    confirmed,
  });
const entries = async () => {
  const { items } = await call('ledger.list', {
    query: { search: '', kinds: ['restriction-confirmed'], person: null, fromMs: null, toMs: null },
    range: { offset: 0, count: 50 },
  });
  return items.map(({ entry }) => entry?.subject?.packageId);
};

async function fetchPackage(assetId: string, packageId: string): Promise<string> {
  const {
    ids: [id = ''],
  } = await call('transfers.enqueue', { packages: [{ assetId, packageId }], acknowledge: [] });
  await eventually(async () =>
    expect((await call('transfers.detail', { id })).state).toEqual({ phase: 'done' }),
  );
  return id;
}

describe('of a service', () => {
  test('the list says each file with its size, and which are read', async () => {
    await signIn();
    const { packageContents } = await call('catalogue.asset', { id: PLAIN.id });
    for (const { packageId, components, fileCount } of packageContents) {
      const { files } = PLAIN.packages.find(({ id }) => id === packageId) ?? { files: [] };
      expect(components.map(({ path: name, bytes }) => [name, bytes])).toEqual(
        files.map(({ path: name, bytes }) => [name, bytes]),
      );
      expect(fileCount).toBe(files.length);
      expect(
        components
          .filter(({ isText }) => !isText)
          .every(({ role }) => /video|thumbnail/u.test(role)),
      ).toBe(true);
    }
  });

  test('each kind of text is read as it is, by the signed hash', async () => {
    await signIn();
    for (const ending of [
      '_script_EN.txt',
      '_shotlist.xml',
      '_EN.vtt',
      '_EN.srt',
      '_rights.html',
      '_metadata.json',
      '_ninjs_EN.json',
    ]) {
      const text = await bytesOf(fileOf(PLAIN, ending).id);
      expect(await read(PLAIN, ending), ending).toEqual({
        kind: 'text',
        text,
        bytes: Buffer.byteLength(text),
        from: 'source',
        vouched: 'signed',
      });
    }
  });

  test('of a package that is here the text is on the disk, also without a network; damage is said', async () => {
    await signIn();
    await fetchPackage(PLAIN.id, packageOf(PLAIN).id);
    await call('catalogue.asset', { id: PLAIN.id });
    await service.close();
    const text = await bytesOf(fileOf(PLAIN, '_rights.txt').id);
    expect(await read(PLAIN, '_rights.txt')).toMatchObject({
      text,
      from: 'disk',
      vouched: 'signed',
    });
    const [root = ''] = await readdir(`${home}/to`);
    const file = path.join(home, 'to', root, fileOf(PLAIN, '_rights.txt').path);
    writeFileSync(file, readFileSync(file, 'utf8').replace('Credit', 'Debit.'));
    await expect(read(PLAIN, '_rights.txt')).rejects.toMatchObject({ code: 'hash-mismatch' });
    service = await startDemo();
  });

  test('another text with a manifest that fits, which the key didn’t sign, isn’t shown as signed', async () => {
    await signIn();
    await fetchPackage(PLAIN.id, packageOf(PLAIN).id);
    const [root = ''] = await readdir(`${home}/to`);
    const signed = fileOf(PLAIN, '_rights.txt');
    const other = 'RIGHTS SHEET\nFree for all.\n'.padEnd(signed.bytes);
    writeFileSync(path.join(home, 'to', root, signed.path), other);
    const manifest = path.join(home, 'to', root, 'manifest.json');
    const hash = createHash('sha256');
    writeFileSync(
      manifest,
      readFileSync(manifest, 'utf8').replace(signed.sha256, hash.update(other).digest('hex')),
    );
    // What isn't the package on the disk is asked for where it came from.
    expect(await read(PLAIN, '_rights.txt')).toMatchObject({
      text: await bytesOf(signed.id),
      from: 'source',
      vouched: 'signed',
    });
  });

  test('where this computer knows the names, another list of them leads nowhere', async () => {
    await signIn();
    await call('settings.set', { fileTemplate: '{id}_{role}_{number}' });
    await fetchPackage(PLAIN.id, packageOf(PLAIN).id);
    const [root = ''] = await readdir(`${home}/to`);
    const list = path.join(home, 'to', root, 'manifest.names.json');
    writeFileSync(list, readFileSync(list, 'utf8').replaceAll('AUR-26', 'aur-27'));
    expect(await read(PLAIN, '_rights.txt')).toMatchObject({ from: 'disk', vouched: 'signed' });
  });

  test('it is found under the name that a template has given it', async () => {
    await signIn();
    await call('settings.set', { fileTemplate: '{date}_{id}_{role}' });
    await fetchPackage(PLAIN.id, packageOf(PLAIN).id);
    const [root = ''] = await readdir(`${home}/to`);
    const names = await readdir(path.join(home, 'to', root));
    expect(names).not.toContain(fileOf(PLAIN, '_rights.txt').path);
    expect(await read(PLAIN, '_rights.txt')).toMatchObject({
      text: await bytesOf(fileOf(PLAIN, '_rights.txt').id),
      from: 'disk',
      vouched: 'signed',
    });
  });

  test('film is no text, an unknown file is not found', async () => {
    await signIn();
    expect(await read(PLAIN, '_proxy.mp4')).toEqual({ kind: 'not-text' });
    const unknown = {
      assetId: PLAIN.id,
      packageId: packageOf(PLAIN).id,
      fileId: 'fil_none',
      confirmed: [],
    };
    await expect(call('catalogue.file-text', unknown)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('a text that came damaged isn’t shown', async () => {
    await signIn();
    await control('faults', {
      fileId: fileOf(PLAIN, '_script_EN.txt').id,
      kind: 'corrupt',
      at: 3,
    });
    await expect(read(PLAIN, '_script_EN.txt')).rejects.toMatchObject({ code: 'hash-mismatch' });
  });

  test('signed out, and offline, it says so', async () => {
    await call('library.sync');
    await expect(read(PLAIN, '_script_EN.txt')).rejects.toMatchObject({ code: 'signed-out' });
    await signIn();
    await service.close();
    await expect(read(PLAIN, '_script_EN.txt')).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:offline|service-unreachable)$/u),
    });
    service = await startDemo();
  });
});

describe('rights', () => {
  test('what has to be confirmed is confirmed first, and recorded once', async () => {
    await signIn();
    const refused = await read(RESTRICTED, '_script_EN.txt').catch((thrown: unknown) => thrown);
    expect(refused).toMatchObject({ code: 'restriction-unacknowledged' });
    const { restrictionIds } = refused as { restrictionIds: string[] };
    const { restrictions } = await call('catalogue.asset', { id: RESTRICTED.id });
    const confirmed = restrictionIds.map((id): Confirmed[number] => {
      const restriction = restrictions.find((one) => one.id === id);
      if (!restriction) throw new Error(`No ${id}`);
      const { kind, mode, values, note } = restriction;
      return { id, text: `Shown: ${note}`, rule: { kind, mode, values, note } };
    });
    expect(confirmed.length).toBeGreaterThan(0);
    for (const ending of ['_script_EN.txt', '_rights.txt'])
      expect(await read(RESTRICTED, ending, confirmed)).toMatchObject({ kind: 'text' });
    expect(await entries()).toEqual([packageOf(RESTRICTED).id]);
    const other = confirmed.map((one) => ({ ...one, text: 'Something else' }));
    await expect(read(RESTRICTED, '_EN.vtt', other)).rejects.toMatchObject({
      code: 'restriction-unacknowledged',
    });
  });

  test('what is under embargo isn’t fetched, whatever is confirmed', async () => {
    await signIn();
    const embargo = (await call('catalogue.asset', { id: EMBARGOED.id })).embargoUntil ?? 0;
    const ids = [
      { id: `embargo:${new Date(embargo).toISOString()}`, text: 'Under embargo', rule: null },
    ];
    await expect(read(EMBARGOED, '_script_EN.txt', ids)).rejects.toMatchObject({
      code: 'embargoed',
    });
  });

  test.each([
    ['hold', 'on-hold'],
    ['withdraw', 'withdrawn'],
  ] as const)('after a %s nothing is read, not on the disk either', async (act, code) => {
    await signIn();
    await fetchPackage(PLAIN.id, packageOf(PLAIN).id);
    await control(`assets/${PLAIN.id}/${act}`, { reason: { en: 'A shot is being checked' } });
    await call('library.sync');
    await expect(read(PLAIN, '_script_EN.txt')).rejects.toMatchObject({ code });
    await expect(read(RESTRICTED, '_script_EN.txt')).rejects.toMatchObject({
      code: 'restriction-unacknowledged',
    });
  });

  test('not cleared for this newsroom', async () => {
    await signIn();
    await call('settings.set', { territory: 'CA' });
    const barred = assetOf('AUR-26-1101');
    await expect(read(barred, '_script_EN.txt')).rejects.toMatchObject({
      code: 'territory-restricted',
    });
  });
});

/** The first asset of a source that was added, its first package, and what reads of it. */
const foreign = async () => {
  const { items } = await call('catalogue.search', {
    query: { text: '', sort: 'newest' },
    range: { offset: 0, count: 100 },
  });
  const row = items.find(({ source }) => /^(?:feed|folder):/u.test(source));
  const asset = await call('catalogue.asset', { id: row?.id ?? '' });
  const [offer] = asset.packageContents;
  if (!offer) throw new Error('No package');
  const text = (name: string) =>
    call('catalogue.file-text', {
      assetId: asset.id,
      packageId: offer.packageId,
      fileId: offer.components.find((one) => one.path?.endsWith(name))?.fileId ?? '',
      confirmed: [],
    });
  return { asset, offer, text };
};

describe('of other sources', () => {
  test('a feed: captions from its server within the limit, what is written here as it would be', async () => {
    const feed = await FeedServer.start();
    try {
      const captions =
        'WEBVTT\r\n\r\n00:00.000 --> 00:01.000\r\nLow \u001b[31mcloud \u202e\u200fdwolc\r\n';
      const huge = 'x'.repeat(512 * 1024 + 1);
      feed.serve(
        '/feed.xml',
        mediaRss(
          film(1, {
            media: `<media:content url="${feed.url('/a.mp4')}" type="video/mp4"/>`,
            more: `<media:subTitle type="text/vtt" lang="en" href="${feed.url('/a.vtt')}"/><media:subTitle type="text/vtt" lang="fr" href="${feed.url('/b.vtt')}"/>`,
          }),
        ),
      );
      feed.serve('/a.vtt', captions, { 'content-type': 'text/vtt' });
      feed.serve('/b.vtt', huge, { 'content-type': 'text/vtt' });
      const { items } = await call('sources.add', {
        input: { kind: 'feed', address: feed.url('/feed.xml') },
        accepted: null,
      });
      await application.services.sources.check(items.at(-1)?.id ?? '');
      const { text, offer } = await foreign();
      expect(await text('_en.vtt')).toMatchObject({
        kind: 'text',
        text: 'WEBVTT\n\n00:00.000 --> 00:01.000\nLow \ufffd[31mcloud \ufffd\u200fdwolc\n',
        from: 'source',
        vouched: 'none',
      });
      expect(await text('_fr_2.vtt')).toEqual({ kind: 'too-large', bytes: null });
      expect(await text('_rights.txt')).toMatchObject({
        text: expect.stringContaining('RIGHTS SHEET\n'),
        from: 'program',
      });
      expect(offer.components.filter(({ isMade }) => isMade).map(({ bytes }) => bytes)).toEqual([
        null,
        null,
        null,
      ]);
    } finally {
      await feed.stop();
    }
  });

  test(
    'a folder: its own texts are read in place and stay its own in a copy, which desk verify finds whole',
    { tags: ['long'] },
    async () => {
      const folder = path.join(home, 'ingest');
      mkdirSync(folder);
      writeFileSync(path.join(folder, 'quay.mp4'), content(300_000));
      const shotlist =
        'SHOTLIST\n\n1. 0:00 Wide of the quay\n2. 0:05 Close of the gauge\n3. 0:09 Boats\n';
      writeFileSync(path.join(folder, 'quay_shotlist.txt'), shotlist);
      const own = JSON.stringify({
        uri: 'urn:quay:1',
        headlines: [{ role: 'main', value: 'quay' }],
      });
      writeFileSync(path.join(folder, 'quay.json'), own);
      const { items } = await call('sources.add', {
        input: { kind: 'folder', path: folder },
        accepted: null,
      });
      const id = items.at(-1)?.id ?? '';
      await eventually(async () => {
        await application.services.sources.check(id);
        expect((await foreign()).asset.source).toBe(id);
      });
      const { asset, offer, text } = await foreign();
      expect(offer.components.map(({ path: name, role, isMade }) => [name, role, isMade])).toEqual([
        ['quay.mp4', 'video', false],
        ['quay_ninjs.json', 'metadata', false],
        ['quay_shotlist.txt', 'shotlist', false],
        ['quay_metadata.json', 'metadata', true],
        ['quay_rights.txt', 'licence', true],
      ]);
      expect(await text('_shotlist.txt')).toMatchObject({ text: shotlist, from: 'source' });
      await fetchPackage(asset.id, offer.packageId);
      const [root = ''] = await readdir(`${home}/to`);
      const copied = path.join(home, 'to', root);
      expect(await readFile(path.join(copied, 'quay_ninjs.json'), 'utf8')).toBe(own);
      expect(await readFile(path.join(copied, 'quay_shotlist.txt'), 'utf8')).toBe(shotlist);
      expect(await text('_shotlist.txt')).toMatchObject({ from: 'disk', vouched: 'recorded' });
      const verify = startDesk(['verify', `${home}/to`, '--home', path.join(home, 'other')]);
      expect(await verify.ended).toBe(0);
      expect(verify.result()).toMatchObject({ ok: true });
    },
  );
});
