import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createApiClient } from '../../../src/main/adapters/sources/api-client.ts';
import { createDvidsSource } from '../../../src/main/adapters/sources/dvids.ts';
import { dvidsTerms } from '../../../src/main/adapters/sources/dvids-terms.ts';
import { createPackages, ofPublisher } from '../../../src/main/adapters/sources/packages.ts';
import { sourceIdOf } from '../../../src/main/adapters/sources/publisher.ts';
import { sourceOf } from '../../../src/main/app/service-switch.ts';
import type { AssetDetail } from '../../../src/main/catalogue/asset.ts';
import type { Fault } from '../../support/engine/origin.ts';
import { content } from '../../support/engine/origin.ts';
import { settled } from '../../support/engine/bench.ts';
import { openBench } from '../../support/engine/per-test.ts';
import { signedOutSource } from '../../support/fakes/package-source.ts';
import { DvidsDouble } from '../../support/sources/dvids-double.ts';
import { libraryOf } from '../../support/sources/feed-packages.ts';
import { SkippingClock } from '../../support/fakes/clock.ts';
import { viewerAt } from '../../support/viewer.ts';

const KEY = 'key-hush/0+1';
const FILM = content(3 * 1024 * 1024 + 17);
const CAPTIONS = 'The harbour is quiet.';

/** An asset of DVIDS in the library, and the engine that downloads its best package. */
async function open({ hasCaptions = true } = {}) {
  const double = await DvidsDouble.start({ key: KEY });
  const asset = double.add({ title: 'Harbour drill, B-Roll', hasCaptions });
  const [best = ''] = double.serve(asset, FILM);
  const film = double.cdn.files.get(best);
  if (!film) throw new Error('No film');
  const client = createApiClient('0', { intervalMs: 1000, clock: new SkippingClock(Date.now()) });
  onTestFinished(async () => {
    client.close();
    await double.stop();
  });
  const id = sourceIdOf('dvids', double.url);
  const dvids = createDvidsSource(id, {
    api: double.url,
    key: async () => KEY,
    origin: null,
    client,
    follows: [{ by: 'unit', value: 'Natochannel' }],
    nowMs: Date.now,
    language: () => 'en',
    held: async () => [],
    downloaded: () => new Set(),
  });
  const assets: AssetDetail[] = [];
  for await (const { changes } of dvids.sync(null, new AbortController().signal))
    for (const change of changes)
      if (change.op === 'upsert' && change.detail) assets.push(change.detail);
  const { version, text } = dvidsTerms('en');
  const packages = createPackages({
    source: id,
    files: dvids.files,
    mayLeadTo: ofPublisher(async () => double.url),
    library: libraryOf(assets),
    viewer: () => viewerAt(Date.now()),
    accepted: () => ({ version, text, at: Date.UTC(2026, 10, 24) }),
  });
  const bench = await openBench({
    ports: {
      source: sourceOf(
        () => ({ scope: 'https://ours.example', source: signedOutSource }),
        async () => [],
        (wanted) => (wanted === id ? packages : null),
      ),
    },
  });
  double.requests.length = 0;
  return {
    double,
    asset,
    film,
    bench,
    async download() {
      const [detail] = assets;
      const web = detail?.packages.find(({ purpose }) => purpose === 'web');
      if (!detail || !web) throw new Error('No package');
      const [transfer = ''] = await bench.transfers.enqueue(
        [
          {
            assetId: detail.id,
            packageId: web.id,
            rev: null,
            title: detail.headline,
            label: web.label,
            purpose: web.purpose,
            destination: bench.to,
            acknowledge: [],
            ...(web.bytes === null ? {} : { bytes: web.bytes }),
          },
        ],
        { makeDestination: true },
      );
      return { transfer, ended: await settled(bench.transfers, transfer) };
    },
    async folder(): Promise<string> {
      const [name = ''] = await readdir(bench.to);
      return path.join(bench.to, name);
    },
    asked: () => double.requests.filter(({ path: asked }) => asked === '/asset').length,
  };
}

test('a package has film, captions, picture, what is stated and the terms, and the key is nowhere', async () => {
  const { bench, download, folder } = await open();
  const { transfer, ended } = await download();
  expect(ended).toEqual({ phase: 'done' });
  const root = await folder();
  const files = (await readdir(root, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .toSorted();
  expect(files).toEqual([
    '.done',
    'Harbour drill, B-Roll.mp4',
    'Harbour drill, B-Roll_metadata.json',
    'Harbour drill, B-Roll_ninjs.json',
    'Harbour drill, B-Roll_rights.txt',
    'captions/Harbour drill, B-Roll_und.srt',
    'captions/Harbour drill, B-Roll_und_2.vtt',
    'manifest.json',
    'stills/Harbour drill, B-Roll_01.jpg',
  ]);
  const [check] = await bench.transfers.verifyFolder(bench.to);
  expect([check?.error, check?.files.every(({ ok }) => ok)]).toEqual([null, true]);
  expect(await readFile(path.join(root, 'Harbour drill, B-Roll.mp4'))).toEqual(FILM);
  const texts = await Promise.all(
    files
      .filter((name) => !name.endsWith('.mp4'))
      .map((name) => readFile(path.join(root, name), 'utf8')),
  );
  expect(texts.filter((text) => text.includes(CAPTIONS))).toHaveLength(2);
  const rights = texts[files.indexOf('Harbour drill, B-Roll_rights.txt') - 1];
  for (const line of [
    'Credit: Mara Veldt, Natochannel, DVIDS',
    'Terms of use: Footage of NATO, under NATO’s conditions',
    'Accepted: 2026-11-24',
    'Identifier: virin 261102-O-AB123-1001',
    'Page: https://www.dvidshub.example/video/900001/harbour-drill',
  ])
    expect(rights).toContain(line);
  expect((await bench.transfers.evidence(transfer, 'json', 'en')).text).not.toContain('hush');
  // Neither in the package nor in what the engine keeps of it.
  const kept = await readdir(bench.folder, { recursive: true, withFileTypes: true });
  for (const entry of kept.filter((one) => one.isFile()))
    expect(
      (await readFile(path.join(entry.parentPath, entry.name))).includes('hush'),
      entry.name,
    ).toBe(false);
});

test('an address that its server refuses is asked for again', async () => {
  const { film, download, asked } = await open();
  film.faults.push({ kind: 'status', status: 403 });
  expect((await download()).ended).toEqual({ phase: 'done' });
  // Once for the captions, whose addresses aren’t stored, and once for the film.
  expect(asked()).toBe(2);
});

test('one that stays refused ends it, and DVIDS isn’t asked without end', async () => {
  const { film, download, asked } = await open();
  film.faults.push(...Array.from({ length: 50 }, (): Fault => ({ kind: 'status', status: 403 })));
  expect((await download()).ended).toMatchObject({ phase: 'failed', code: 'origin-refused' });
  expect(asked()).toBeLessThan(8);
});

test.each([true, false])(
  'what was taken back since it was listed says so, with addresses that aren’t stored (%s) or are',
  async (hasCaptions) => {
    const { double, asset, film, download } = await open({ hasCaptions });
    film.faults.push({ kind: 'status', status: 403 });
    double.edit(asset.id, { state: 'unpublished' });
    expect((await download()).ended).toMatchObject({ phase: 'failed', code: 'withdrawn' });
    expect(film.requests).toHaveLength(hasCaptions ? 0 : 1);
  },
);

test('a film that is shorter than it was stated is as long as its server has it', async () => {
  const { film, download, folder } = await open();
  film.content = FILM.subarray(0, 2 * 1024 * 1024);
  expect((await download()).ended).toEqual({ phase: 'done' });
  expect(await readFile(path.join(await folder(), 'Harbour drill, B-Roll.mp4'))).toEqual(
    FILM.subarray(0, 2 * 1024 * 1024),
  );
});

test('a film that breaks off goes on where it was, and one that always does ends as such', async () => {
  const { film, download } = await open();
  film.faults.push({ kind: 'cut', afterBytes: 1024 * 1024 });
  expect((await download()).ended).toEqual({ phase: 'done' });
  const other = await open();
  other.film.faults.push(
    ...Array.from({ length: 200 }, (): Fault => ({ kind: 'cut', afterBytes: 0 })),
  );
  expect((await other.download()).ended).toMatchObject({ phase: 'failed', code: 'short-body' });
});
