import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { createLog } from '../../../src/main/adapters/log.ts';
import { SpaceReserve } from '../../../src/main/adapters/fs/space-reserve.ts';
import { fileDocuments } from '../../../src/main/cli/documents.ts';
import { runImport } from '../../../src/main/cli/queue.ts';
import { Output } from '../../../src/main/cli/output.ts';
import { ownTerminal } from '../../../src/main/cli/terminal.ts';
import { type Origin, content, sha256 } from '../../support/engine/origin.ts';
import { get, received, settled, type Bench } from '../../support/engine/bench.ts';
import { PackageService } from '../../support/engine/package.ts';
import { openBench, openOrigin } from '../../support/engine/per-test.ts';

const MIB = 1024 * 1024;
const ONE = content(6 * MIB);
const TWO = Buffer.from(ONE).fill(7, 0, 5 * MIB);
let origin: Origin;
let bench: Bench;
beforeEach(async () => {
  origin = await openOrigin();
  bench = await openBench({ settings: { connectionsPerFile: 1, activeTransfers: 4 } });
});

const metalink = (name: string, url: string) =>
  `<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="${name}"><url>${url}</url></file></metalink>`;
const given = (text: string) => ({
  url: 'drop.meta4',
  metalink: true,
  metalinkText: text,
  destination: bench.to,
  sha256: null,
  hashAnyway: false,
});
const list = (...items: object[]) =>
  JSON.stringify({ format: 'multimedia-desk-queue', version: 1, exportedAt: '', items });
const queueOnly = () => bench.transfers.configure({ scope: 'started-here', activeTransfers: 0 });

/** An item with a known length and hash, so that local content is searched. */
const wanted = (name: string, url: string, bytes: Buffer) =>
  `<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="${name}"><size>${bytes.length}</size><hash type="sha-256">${sha256(bytes)}</hash><url>${url}</url></file></metalink>`;
const getWanted = (name: string, bytes: Buffer, destination = bench.to) =>
  get(bench, { ...given(wanted(name, `${origin.url}/${name}`, bytes)), destination });

test('content that is here already is not copied over a part file that another transfer writes', async () => {
  origin.serve('/two.mov', TWO);
  origin.serve('/slow/same.mov', ONE).faults.push({ kind: 'stall', afterBytes: 4 * MIB });
  expect((await getWanted('two.mov', TWO, path.join(bench.folder, 'elsewhere'))).state).toEqual({
    phase: 'done',
  });
  const [id = ''] = await bench.transfers.enqueue(
    [given(wanted('same.mov', `${origin.url}/slow/same.mov`, ONE))],
    { makeDestination: true },
  );
  await received(bench.transfers, id, 3 * MIB);
  const { state } = await getWanted('same.mov', TWO);
  expect(state).toMatchObject({ phase: 'failed', code: 'exists' });
  expect(
    (await readFile(path.join(bench.to, 'same.mov.part')))
      .subarray(0, 3 * MIB)
      .equals(ONE.subarray(0, 3 * MIB)),
  ).toBe(true);
});

test('content is not copied through a link that lies where its part file will be', async () => {
  origin.serve('/one.mov', ONE);
  await getWanted('one.mov', ONE);
  const outside = path.join(bench.folder, 'outside.txt');
  await writeFile(outside, 'mine');
  const second = path.join(bench.folder, 'second');
  await mkdir(second);
  await symlink(outside, path.join(second, 'one.mov.part'));
  expect((await getWanted('one.mov', ONE, second)).state).toMatchObject({
    phase: 'failed',
    code: 'exists',
  });
  expect([await readFile(outside, 'utf8'), await readdir(second)]).toEqual([
    'mine',
    ['one.mov.part'],
  ]);
});

test('no password and no signature of an address is in reports, errors, titles or the log', async () => {
  origin.serve('/a.mov', ONE);
  const keyed = (name: string) => `${origin.url.replace('//', '//user:HUSH@')}/${name}?sig=HUSH`;
  const ended = [
    await get(bench, { url: keyed('a.mov') }),
    await get(bench, { url: keyed('none.mov') }),
    await get(bench, { url: keyed('') }),
  ];
  expect(ended.map(({ state }) => state.phase)).toEqual(['done', 'failed', 'failed']);
  const told = JSON.stringify([
    ended,
    await Promise.all(
      ended.flatMap(({ id }) =>
        (['json', 'html'] as const).map((format) => bench.transfers.evidence(id, format, 'en')),
      ),
    ),
    await bench.transfers.list('all', { offset: 0, count: 9 }),
    await bench.transfers.exportQueue(null, 'queue'),
    await bench.transfers.exportQueue(null, 'metalink'),
    await bench.transfers.exportQueue(null, 'aria2'),
  ]);
  expect(told).not.toContain('HUSH');
  const log = createLog(bench.folder);
  log.info(`failed: ${keyed('a.mov')}`);
  const line = await readFile(log.file, 'utf8');
  expect(line).toContain('/a.mov');
  expect(line).not.toContain('HUSH');
});

test('a Metalink with a name that leaves the folder, and no other, is not queued', async () => {
  await expect(
    bench.transfers.enqueue([given(metalink('../../x.mov', 'http://127.0.0.1/a'))]),
  ).rejects.toMatchObject({ code: 'unsafe-name' });
  expect((await bench.transfers.totals()).counts.all).toBe(0);
});

const imported = (to: Bench, text: string) =>
  to.transfers.importDocument({ name: 'list.json', text }, to.to);

test('what an address hides in its name does not reach the documents of other tools', async () => {
  await queueOnly();
  const { ids, renamed, refused } = await imported(
    bench,
    list(
      { kind: 'url', url: `${origin.url}/a%0A%20%20dir%3D%2Fetc`, sha256: null },
      { kind: 'url', url: `${origin.url}/..%2F..%2Fx`, sha256: null },
      { kind: 'url', url: `${origin.url}/good.mov`, sha256: null },
    ),
  );
  expect([ids.length, renamed, refused]).toEqual([
    2,
    [{ given: 'a\n  dir=/etc', path: 'a-  dir=-etc' }],
    [{ given: '../../x', fault: 'dots' }],
  ]);
  await bench.transfers.enqueue([
    {
      url: `${origin.url}/..%2Fy`,
      metalink: false,
      destination: bench.to,
      sha256: null,
      hashAnyway: false,
    },
  ]);
  for (const format of ['aria2', 'metalink'] as const) {
    const { text, count, leftOut } = await bench.transfers.exportQueue(null, format);
    expect({ count, leftOut }).toEqual({ count: 2, leftOut: [{ name: '../y', reason: 'name' }] });
    expect(text).toContain('good.mov');
    expect(text).toContain('a-  dir=-etc');
    expect(text).not.toMatch(/^ *dir=|\.\.\/|name="[^"]*\n/mu);
  }
});

test('a list that knows no hash takes none away', async () => {
  origin.serve('/one.mov', ONE);
  await queueOnly();
  const url = `${origin.url}/one.mov`;
  const [id = ''] = await bench.transfers.enqueue(
    [{ url, metalink: false, destination: bench.to, sha256: sha256(TWO), hashAnyway: false }],
    { makeDestination: true },
  );
  expect((await imported(bench, list({ kind: 'url', url, sha256: null }))).ids).toEqual([id]);
  await bench.transfers.configure({ activeTransfers: 2 });
  expect(await settled(bench.transfers, id)).toMatchObject({
    phase: 'failed',
    code: 'hash-mismatch',
  });
  // A later request without a hash removes the expected one.
  expect((await get(bench, { url })).state).toEqual({ phase: 'done' });
});

test('a list that knows no consent takes none away', async () => {
  const service = new PackageService(origin, [{ path: 'one.mov', bytes: ONE }]);
  const other = await openBench({ ports: { source: service } });
  await other.transfers.configure({ scope: 'started-here', activeTransfers: 0 });
  const item = {
    packageId: 'pkg_1',
    assetId: 'ast_1',
    rev: 1,
    purpose: 'broadcast',
    title: 'T',
    label: 'HD',
    destination: other.to,
  };
  const [id = ''] = await other.transfers.enqueue([{ ...item, acknowledge: ['rst_1'] }], {
    makeDestination: true,
  });
  const { text } = await other.transfers.exportQueue(null, 'queue');
  expect((await imported(other, text)).ids).toEqual([id]);
  await other.transfers.configure({ activeTransfers: 2 });
  expect(await settled(other.transfers, id)).toEqual({ phase: 'done' });
  expect(service.acknowledged).toEqual([['rst_1']]);
});

test('a document says little of what is wrong with it', async () => {
  const thrown = await bench.transfers
    .enqueue([given(`<metalink xmlns="urn:ietf:params:xml:ns:metalink">${'<'.repeat(100_000)}`)])
    .catch((error: unknown) => error);
  expect(thrown).toMatchObject({ code: 'metalink-invalid' });
  expect((thrown as Error).message.length).toBeLessThan(300);
});

test('a file that never ends is no list of downloads', async () => {
  await expect(
    runImport(
      { transfers: bench.transfers, out: new Output(true, ownTerminal()) },
      '/dev/zero',
      {},
      bench.to,
    ),
  ).rejects.toMatchObject({ code: 'usage' });
});

test('a document that does not fit leaves the one before it', async ({ skip }) => {
  const small = await mkdtemp(path.join(bench.folder, 'small-'));
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', small]).status !== 0)
    skip('no volumes may be mounted here');
  try {
    const file = path.join(small, 'report.json');
    expect(await fileDocuments.write(file, 'before')).toBe(file);
    await expect(fileDocuments.write(file, 'x'.repeat(100_000))).rejects.toMatchObject({
      code: 'disk-full',
    });
    expect(await readFile(file, 'utf8')).toBe('before');
    expect(await readdir(small)).toEqual(['report.json']);
  } finally {
    spawnSync('umount', [small]);
  }
});

test('a document to a folder that is not there says so', async () => {
  await expect(
    fileDocuments.write(path.join(bench.folder, 'none', 'a.json'), ''),
  ).rejects.toMatchObject({
    code: 'destination-missing',
  });
});

test('a reserve that was cut off while it was made is made again', async () => {
  const file = path.join(bench.folder, 'reserve');
  await writeFile(file, 'short');
  new SpaceReserve(file).refill();
  expect((await readFile(file)).byteLength).toBe(4 * MIB);
});

test('a part file that was there before is somebody else’s: not written to, not removed, and told before a byte is asked for', async () => {
  const part = path.join(bench.to, 'a.mov.part');
  await mkdir(bench.to, { recursive: true });
  await writeFile(part, 'a browser is writing here');
  const file = origin.serve('/a.mov', ONE);
  origin.serve('/gone.mov', ONE, { faults: [{ kind: 'status', status: 404 }] });
  const { id, state } = await get(bench, { url: `${origin.url}/a.mov` });
  expect(state).toMatchObject({
    phase: 'failed',
    code: 'exists',
    message: expect.stringContaining(part),
  });
  await bench.transfers.clear([id]);
  expect([await readFile(part, 'utf8'), file.requests.length]).toEqual([
    'a browser is writing here',
    0,
  ]);
  expect((await getWanted('a.mov', ONE)).state).toMatchObject({ phase: 'failed', code: 'exists' });
  expect(await readFile(part, 'utf8')).toBe('a browser is writing here');
});

test('of ours it is known, through kills and clearing: gone on with, or removed', async () => {
  origin.serve('/a.mov', ONE, { faults: [{ kind: 'stall', afterBytes: 2 * MIB }] });
  const [id = ''] = await bench.transfers.enqueue(
    [
      {
        url: `${origin.url}/a.mov`,
        metalink: false,
        destination: bench.to,
        sha256: null,
        hashAnyway: false,
      },
    ],
    { makeDestination: true },
  );
  await received(bench.transfers, id, MIB);
  await bench.transfers.pause([id]);
  expect(await readdir(bench.to)).toEqual(['a.mov.part']);
  await bench.restart();
  await bench.transfers.resume([id]);
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  expect(await readdir(bench.to)).toEqual(['a.mov']);
});
