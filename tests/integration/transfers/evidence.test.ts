import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { Output } from '../../../src/main/cli/output.ts';
import { ownTerminal } from '../../../src/main/cli/terminal.ts';
import { runReport } from '../../../src/main/cli/queue.ts';
import type { PackageItem } from '../../../src/main/transfers/api.ts';
import { type Origin, content, sha256 } from '../../support/engine/origin.ts';
import { get, received, settled, type Bench } from '../../support/engine/bench.ts';
import { PackageService } from '../../support/engine/package.ts';
import { openBench, openOrigin } from '../../support/engine/per-test.ts';

const MIB = 1024 * 1024;
const EMBARGO = 'embargo:2026-11-24T17:00:00.000Z';
const FILES = [
  { path: 'master/harvest.mov', bytes: content(6 * MIB + 333) },
  { path: 'shotlist.xml', bytes: Buffer.from('<shots/>') },
];
let origin: Origin;
let service: PackageService;
let bench: Bench;
beforeEach(async () => {
  origin = await openOrigin();
  service = new PackageService(origin, FILES);
  service.name = 'https://media.example';
  bench = await openBench({ ports: { source: service }, settings: { connectionsPerFile: 1 } });
  await mkdir(bench.to);
});

const host = () => new URL(origin.url).host;
const master = () => origin.files.get('/pkg_1/master/harvest.mov')!;
const item = (): PackageItem => ({
  assetId: 'ast_1',
  packageId: 'pkg_1',
  rev: 1,
  title: 'Harvest <script>alert(1)</script>',
  label: 'HD',
  purpose: 'broadcast',
  destination: bench.to,
  acknowledge: ['rst_1', EMBARGO],
  terms: {
    service: 'https://media.example',
    account: 'ada@station.example',
    texts: [
      { id: 'rst_1', text: 'Not in Canada (territory deny CA)' },
      { id: EMBARGO, text: 'Under embargo until 24 Nov 2026, 17:00 UTC' },
      { id: 'rst_2', text: 'Not asked' },
    ],
  },
});
const report = async (id: string) =>
  JSON.parse((await bench.transfers.evidence(id, 'json', 'en')).text);

async function run(): Promise<string> {
  const [id = ''] = await bench.transfers.enqueue([item()]);
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  return id;
}

test('a package: service, account, terms, key, every file with its hash, its origin and how it was verified', async () => {
  const id = await run();
  expect(await report(id)).toMatchObject({
    format: 'multimedia-desk-evidence',
    version: 1,
    kind: 'package',
    state: 'done',
    source: null,
    packageId: 'pkg_1',
    assetId: 'ast_1',
    rev: 1,
    service: 'https://media.example',
    account: 'ada@station.example',
    keyId: 'key_1',
    acknowledged: [
      {
        id: 'rst_1',
        text: 'Not in Canada (territory deny CA)',
        at: expect.stringMatching(/^\d{4}-.*Z$/u),
      },
      { id: EMBARGO, text: 'Under embargo until 24 Nov 2026, 17:00 UTC' },
    ],
    runs: [{ end: 'finished' }],
    resumes: 0,
    refetchedBytes: 0,
    files: FILES.map(({ path: name, bytes }, index) => ({
      path: name,
      bytes: bytes.length,
      sha256: sha256(bytes),
      state: 'verified',
      error: null,
      evidence: {
        verifiedBy: index === 0 ? 'pieces and whole' : 'whole',
        copiedFrom: null,
        repairedPieces: [],
        refetchedBytes: 0,
        origins: [
          {
            originId: 'local',
            host: host(),
            redirectedTo: null,
            route: { by: 'socket', why: 'plain' },
            bytes: bytes.length,
            faults: [],
            dropped: false,
          },
        ],
      },
    })),
  });
});

test('names that were made safe have the ones they came with, and a refused one is named', async () => {
  origin.serve('/a.mov', content(1000));
  const listed = (name: string) => `<file name="${name}"><url>${origin.url}/a.mov</url></file>`;
  const { id } = await get(bench, {
    url: 'a.meta4',
    metalink: true,
    metalinkText: `<metalink xmlns="urn:ietf:params:xml:ns:metalink">${listed('nul .&lt;b&gt;')}${listed('../x')}</metalink>`,
  });
  await bench.restart();
  expect((await report(id)).files).toMatchObject([
    { path: '_nul .-b-', given: 'nul .<b>', state: 'unverified' },
    { path: '../x', given: null, state: 'failed', error: 'unsafe-name' },
  ]);
  const page = (await bench.transfers.evidence(id, 'html', 'fr')).text;
  expect(page).toContain('nom d’origine\u00a0: nul .&#60;b&#62;');
  expect(page).not.toContain('<b>');
});

test('faults, pieces that came again, copies and repairs are told', async () => {
  master().faults.push({ kind: 'cut', afterBytes: 2 * MIB }, { kind: 'corrupt', at: 4 * MIB });
  const id = await run();
  const [first] = (await report(id)).files;
  expect(first.evidence).toMatchObject({
    refetchedBytes: MIB,
    origins: [{ faults: ['short-body', 'hash-mismatch'] }],
  });
  const file = path.join(bench.to, 'Harvest_2026', 'master/harvest.mov');
  const bytes = await readFile(file);
  bytes[MIB] = (bytes[MIB] ?? 0) ^ 1;
  await writeFile(file, bytes);
  await bench.transfers.repair([id]);
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  expect((await report(id)).files[0].evidence.repairedPieces).toEqual([1]);
  expect((await report(id)).runs).toMatchObject([{ end: 'finished' }, { end: 'finished' }]);
  await rename(path.join(bench.to, 'Harvest_2026'), path.join(bench.to, 'kept'));
  const again = await run();
  expect((await report(again)).files[0].evidence).toMatchObject({
    copiedFrom: path.join(bench.to, 'kept', 'master/harvest.mov'),
    origins: [],
  });
});

test('a mirror that lied and one that redirects are named, without what may be a signature', async () => {
  const bytes = FILES[0]!.bytes;
  const elsewhere = await openOrigin();
  elsewhere.serve('/real.mov', bytes);
  origin.serve('/lie.mov', Buffer.concat([bytes.subarray(0, bytes.length - 1), Buffer.from('!')]));
  origin.serve('/moved.mov', bytes, {
    faults: Array.from({ length: 20 }, () => ({
      kind: 'redirect' as const,
      to: `${elsewhere.url}/real.mov?sig=SECRET`,
    })),
  });
  const file = path.join(bench.folder, 'a.meta4');
  await writeFile(
    file,
    `<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="a.mov"><size>${bytes.length}</size><hash type="sha-256">${sha256(bytes)}</hash>
    <url priority="1">${origin.url}/lie.mov?sig=SECRET</url><url priority="2">${origin.url}/moved.mov?sig=SECRET</url></file></metalink>`,
  );
  const { id, state } = await get(bench, { url: file, metalink: true });
  expect(state).toEqual({ phase: 'done' });
  const documents = await Promise.all([
    bench.transfers.evidence(id, 'json', 'en'),
    bench.transfers.evidence(id, 'html', 'fr'),
  ]);
  for (const { text } of documents) expect(text).not.toContain('SECRET');
  expect((await report(id)).files[0].evidence.origins).toMatchObject([
    { originId: `${origin.url}/lie.mov`, faults: ['hash-mismatch'], dropped: true },
    {
      originId: `${origin.url}/moved.mov`,
      redirectedTo: new URL(elsewhere.url).host,
      dropped: false,
    },
  ]);
});

test('what was recorded before the program was cut off is in the report', async () => {
  master().faults.push({ kind: 'stall', afterBytes: 4 * MIB });
  const [id = ''] = await bench.transfers.enqueue([item()]);
  await received(bench.transfers, id, 3 * MIB);
  await bench.restart();
  const { files, runs } = await report(id);
  expect(files[0].evidence.origins[0].bytes).toBeGreaterThanOrEqual(2 * MIB);
  expect(runs[0].startedAt).toMatch(/Z$/u);
});

test('the page runs nothing, loads nothing, and says nothing that a title makes it say', async () => {
  const id = await run();
  for (const language of ['en', 'fr'] as const) {
    const { name, text } = await bench.transfers.evidence(id, 'html', language);
    expect(name).toBe('evidence-pkg_1.html');
    expect(text).toContain("default-src 'none'");
    expect(text).toContain('Harvest &#60;script&#62;alert(1)&#60;/script&#62;');
    expect(text).not.toMatch(/<script|<img|<link|https?:\/\/(?!media\.example)|generation=/u);
    for (const file of FILES) expect(text).toContain(sha256(file.bytes));
    expect(text).toContain(`<html lang="${language}">`);
    expect(text).toContain(
      language === 'en'
        ? 'Under embargo until 24 Nov 2026, 17:00:00 UTC'
        : 'Sous embargo. Levée\u00a0: 24 nov. 2026, 17:00:00 UTC',
    );
  }
});

test('the command writes it where it is told', async () => {
  const id = await run();
  const to = path.join(bench.folder, 'report.html');
  const out = new Output(true, ownTerminal());
  expect(await runReport({ transfers: bench.transfers, out }, id, { to, language: 'fr' })).toBe(0);
  expect(await readFile(to, 'utf8')).toMatch(/^<!doctype html>[^]*Justificatif[^]*<\/html>\n$/u);
  await expect(
    runReport({ transfers: bench.transfers, out }, id, { to: 'report.doc', language: 'en' }),
  ).rejects.toMatchObject({ code: 'usage' });
  await expect(
    runReport({ transfers: bench.transfers, out }, 'nothing', { to, language: 'en' }),
  ).rejects.toMatchObject({ code: 'not-found' });
});
