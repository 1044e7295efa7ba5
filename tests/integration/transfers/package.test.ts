import { cp, mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { createDisk } from '../../../src/main/adapters/fs/disk.ts';
import { createByteSource } from '../../../src/main/adapters/http/byte-source.ts';
import { SqliteTransferStore } from '../../../src/main/adapters/sqlite/transfer-store.ts';
import { startTransferWorker } from '../../../src/main/threads/transfers.ts';
import type { PackageItem } from '../../../src/main/transfers/api.ts';
import type { ByteSource, Disk } from '../../../src/main/transfers/ports.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { type Origin, content, sha256 } from '../../support/engine/origin.ts';
import { received, settled, type Bench } from '../../support/engine/bench.ts';
import { PackageService, type TestFile } from '../../support/engine/package.ts';
import { openBench, openOrigin } from '../../support/engine/per-test.ts';

const MIB = 1024 * 1024;
const FILES: TestFile[] = [
  { path: 'master/harvest.mov', bytes: content(6 * MIB + 333), mediaType: 'video/quicktime' },
  { path: 'shotlist.xml', bytes: Buffer.from('<shots/>'), mediaType: 'application/xml' },
  { path: 'captions/en.srt', bytes: Buffer.alloc(0), mediaType: 'application/x-subrip' },
  { path: 'stills/01.jpg', bytes: content(50_000, 3), mediaType: 'image/jpeg' },
];
let origin: Origin;
let service: PackageService;
let bench: Bench;
beforeEach(async () => {
  origin = await openOrigin();
  service = new PackageService(origin, FILES);
  bench = await openBench({ ports: { source: service } });
  await mkdir(bench.to);
});

const item = (more: Partial<PackageItem> = {}): PackageItem => ({
  assetId: 'ast_1',
  packageId: 'pkg_1',
  rev: 1,
  title: 'Harvest',
  label: 'Broadcast',
  purpose: 'broadcast',
  destination: bench.to,
  acknowledge: [],
  ...more,
});
const run = async (...also: string[]) => {
  const [id = ''] = await bench.transfers.enqueue([item()]);
  return { id, state: await settled(bench.transfers, id, ...also) };
};
const root = () => path.join(bench.to, 'Harvest_2026');
const master = () => origin.files.get('/pkg_1/master/harvest.mov')!;
const tree = async (): Promise<string[]> =>
  (await readdir(bench.to, { recursive: true })).toSorted();
const WHOLE = [
  'Harvest_2026',
  'Harvest_2026/.done',
  'Harvest_2026/captions',
  'Harvest_2026/captions/en.srt',
  'Harvest_2026/manifest.json',
  'Harvest_2026/master',
  'Harvest_2026/master/harvest.mov',
  'Harvest_2026/shotlist.xml',
  'Harvest_2026/stills',
  'Harvest_2026/stills/01.jpg',
];

async function expectWhole(): Promise<void> {
  expect(await tree()).toEqual(WHOLE);
  for (const file of FILES)
    expect(sha256(await readFile(path.join(root(), file.path)))).toBe(sha256(file.bytes));
  expect(JSON.parse(await readFile(path.join(root(), 'manifest.json'), 'utf8'))).toEqual(
    service.json,
  );
  expect(await readFile(path.join(root(), '.done'))).toHaveLength(0);
}

test('a package lands in its folder, verified, with its manifest and its marker', async () => {
  const { id, state } = await run();
  expect(state).toEqual({ phase: 'done' });
  await expectWhole();
  expect(await bench.transfers.detail(id)).toMatchObject({
    filesDone: 4,
    filesTotal: 4,
    receivedBytes: 6 * MIB + 333 + 8 + 50_000,
    refetchedBytes: 0,
    resumes: 0,
    folder: root(),
  });
  expect((await bench.transfers.report(id)).every(({ verified }) => verified)).toBe(true);
  expect(await bench.transfers.verifyFolder(root())).toEqual([
    {
      id: null,
      recorded: null,
      signed: {
        packageId: 'pkg_1',
        rev: 1,
        service: 'https://service.example',
        keyId: 'key_1',
      },
      folder: root(),
      error: null,
      files: FILES.map(({ path }) => ({ path, ok: true, missing: false, badPieces: [] })),
    },
  ]);
});

test('queued again it costs nothing; a file that is gone is fetched again and the marker is written anew', async () => {
  await run();
  const asked = service.authorised.length;
  expect((await run()).state).toEqual({ phase: 'done' });
  expect(service.authorised).toHaveLength(asked);
  await rm(path.join(root(), 'stills/01.jpg'));
  expect((await run()).state).toEqual({ phase: 'done' });
  expect(service.authorised.at(-1)).toEqual(['fil_3']);
  await expectWhole();
});

test('one damaged byte costs one piece', async () => {
  master().faults.push({ kind: 'corrupt', at: 3 * MIB + 5 });
  await bench.transfers.configure({ connectionsPerFile: 1 });
  const { id, state } = await run();
  expect(state).toEqual({ phase: 'done' });
  await expectWhole();
  const { refetchedBytes } = await bench.transfers.detail(id);
  const [, second] = master().ranges;
  expect(refetchedBytes).toBe(MIB);
  expect(second).toMatch(/^bytes=3145728-/u);
});

test('a piece that stays wrong fails with what is right kept', async () => {
  Object.assign(master(), {
    content: Buffer.concat([FILES[0]!.bytes.subarray(0, 5 * MIB), content(MIB + 333, 77)]),
  });
  expect((await run()).state).toMatchObject({ phase: 'failed', code: 'hash-mismatch' });
  expect(await tree()).not.toContain('Harvest_2026/.done');
  expect(await tree()).toContain('Harvest_2026/master/harvest.mov.part');
  Object.assign(master(), { content: FILES[0]!.bytes });
  const { id, state } = await run();
  expect(state).toEqual({ phase: 'done' });
  expect((await bench.transfers.detail(id)).resumes).toBe(1);
  await expectWhole();
});

test('damage on the disk between two runs is found and only its piece fetched again', async () => {
  master().faults.push({ kind: 'stall', afterBytes: 5 * MIB });
  await bench.transfers.configure({ connectionsPerFile: 1 });
  const [id = ''] = await bench.transfers.enqueue([item()]);
  await received(bench.transfers, id, 4.75 * MIB);
  await bench.transfers.pause([id]);
  await bench.restart();
  const part = path.join(root(), 'master/harvest.mov.part');
  const bytes = await readFile(part);
  bytes.fill(0, 100, 5000);
  await writeFile(part, bytes);
  await bench.transfers.resume([id]);
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  await expectWhole();
  expect((await bench.transfers.detail(id)).refetchedBytes).toBe(MIB);
});

test('the record lost with the home, the pieces on disk still count', async () => {
  master().faults.push({ kind: 'stall', afterBytes: 5 * MIB });
  await bench.transfers.configure({ connectionsPerFile: 1 });
  const [id = ''] = await bench.transfers.enqueue([item()]);
  await received(bench.transfers, id, 4.75 * MIB);
  const other = await openBench({ ports: { source: service } });
  await bench.transfers.pause([id]);
  await cp(bench.to, other.to, { recursive: true });
  const [again = ''] = await other.transfers.enqueue([item({ destination: other.to })]);
  expect(await settled(other.transfers, again)).toEqual({ phase: 'done' });
  expect((await other.transfers.report(again))[0]?.downloadedBytes).toBeLessThanOrEqual(3 * MIB);
});

test('a different file under a name is never overwritten, and nothing is fetched', async () => {
  await mkdir(root());
  await writeFile(path.join(root(), 'shotlist.xml'), 'mine');
  const { id, state } = await run();
  expect(state).toMatchObject({ phase: 'failed', code: 'exists' });
  expect(await readFile(path.join(root(), 'shotlist.xml'), 'utf8')).toBe('mine');
  expect(service.authorised).toEqual([]);
  expect((await bench.transfers.report(id)).find(({ error }) => error)).toMatchObject({
    path: path.join(root(), 'shotlist.xml'),
    error: { code: 'exists' },
  });
});

test('an address that expires is renewed, one that is refused for good is not renewed for ever', async () => {
  master().faults.push(
    { kind: 'cut', afterBytes: MIB },
    { kind: 'status', status: 403 },
    { kind: 'status', status: 410 },
  );
  expect((await run()).state).toEqual({ phase: 'done' });
  expect(service.renewals).toBe(2);
  await rm(root(), { recursive: true });
  master().faults.push(
    ...Array.from({ length: 20 }, () => ({ kind: 'status' as const, status: 403 })),
  );
  expect((await run()).state).toMatchObject({ phase: 'failed', code: 'origin-refused' });
  // Three times for the same origin, once for another one.
  expect(service.renewals).toBe(6);
});

test('an address about to expire is renewed before it is used', async () => {
  service.expiresInMs = 30_000;
  expect((await run()).state).toEqual({ phase: 'done' });
  expect(service.renewals).toBeGreaterThan(0);
});

test.each<
  [
    string,
    (json: Record<string, unknown>, service: PackageService) => Record<string, unknown>,
    string,
  ]
>([
  ['changed after it was signed', (json) => ({ ...json, rootName: 'Other' }), 'manifest-invalid'],
  ['an unknown member changed', (json) => ({ ...json, somethingNew: 1 }), 'manifest-invalid'],
  [
    'of another package',
    (json, service) => service.signed({ ...json, packageId: 'pkg_2' }),
    'manifest-invalid',
  ],
  [
    'of an older revision',
    (json, service) => service.signed({ ...json, rev: 0 }),
    'manifest-invalid',
  ],
  [
    'signed by a stranger',
    (json) => ({ ...json, signature: { alg: 'Ed25519', keyId: 'key_9', value: 'AAAA' } }),
    'untrusted-key',
  ],
  [
    'a name that leaves the folder',
    (json, service) => service.signed({ ...json, rootName: '..' }),
    'unsafe-name',
  ],
  [
    'a text that is no Unicode',
    (json) => ({ ...json, somethingNew: '\ud800' }),
    'manifest-invalid',
  ],
  ['no manifest at all', () => ({ hello: 1 }), 'manifest-invalid'],
])('a manifest is refused whole: %s', async (_, change, code) => {
  service.json = change(service.json, service);
  expect((await run()).state).toMatchObject({ phase: 'failed', code });
  expect(await tree()).toEqual([]);
});

test('a link in the destination does not lead files elsewhere', async () => {
  const elsewhere = path.join(bench.folder, 'elsewhere');
  await mkdir(elsewhere);
  await symlink(elsewhere, root());
  expect((await run()).state).toMatchObject({ phase: 'failed', code: 'not-permitted' });
  expect(
    await readdir(elsewhere, { recursive: true }).then((names) =>
      names.filter((name) => name.includes('.')),
    ),
  ).toEqual([]);
});

test('a destination that is away is waited for, never made', async () => {
  await rm(bench.to, { recursive: true });
  const { id, state } = await run('destination-missing');
  expect(state).toMatchObject({ phase: 'waiting', reason: 'destination-missing' });
  await mkdir(bench.to);
  await bench.transfers.wake(['destination-missing']);
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
});

test('no room before or in the middle: it waits, says how much is missing, and goes on', async () => {
  const disk = createDisk();
  let room = MIB;
  let writable = Infinity;
  const small: Disk = {
    ...disk,
    freeBytes: async () => room,
    open: async (name, mode) => {
      const file = await disk.open(name, mode);
      const write = async (chunks: Uint8Array[], at: number) => {
        writable -= chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
        if (writable < 0) throw new AppError('disk-full', 'ENOSPC');
        await file.write(chunks, at);
      };
      return { ...file, write };
    },
  };
  await bench.end();
  bench = await openBench({ ports: { source: service, disk: small } });
  await mkdir(bench.to);
  const { id, state } = await run('disk-full');
  expect(state).toMatchObject({
    phase: 'waiting',
    reason: 'disk-full',
    shortBytes: 5 * MIB + 333 + 8 + 50_000,
    untilMs: expect.any(Number),
  });
  room = 100 * MIB;
  writable = 3 * MIB;
  await bench.transfers.wake(['disk-full']);
  expect(await settled(bench.transfers, id, 'disk-full')).toMatchObject({
    phase: 'waiting',
    reason: 'disk-full',
  });
  writable = Infinity;
  await bench.transfers.wake(['disk-full']);
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  await expectWhole();
});

test('rights and account: it waits or fails with the code of the service', async () => {
  for (const [code, word] of [
    ['signed-out', 'signed-out'],
    ['embargoed', 'embargo'],
    ['superseded', 'superseded'],
  ] as const) {
    service.authorise = () => Promise.reject(new AppError(code, code));
    const { id, state } = await run(word);
    expect(state).toMatchObject({ phase: 'waiting', reason: word });
    await bench.transfers.cancel([id]);
  }
  service.authorise = () =>
    Promise.reject(
      new AppError('restriction-unacknowledged', 'Acknowledge', { restrictionIds: ['rst_1'] }),
    );
  expect((await run()).state).toMatchObject({
    phase: 'failed',
    code: 'restriction-unacknowledged',
  });
});

test('pause, cancel and clear: what was fetched stays until it is cleared', async () => {
  master().faults.push({ kind: 'stall', afterBytes: 4 * MIB });
  const [id = ''] = await bench.transfers.enqueue([item()]);
  await received(bench.transfers, id, 2 * MIB);
  await bench.transfers.pause([id]);
  expect((await bench.transfers.detail(id)).state).toEqual({ phase: 'paused' });
  await bench.transfers.cancel([id]);
  expect(await tree()).toContain('Harvest_2026/master/harvest.mov.part');
  await bench.transfers.clear([id]);
  expect((await tree()).filter((name) => name.endsWith('.part'))).toEqual([]);
  expect(await bench.transfers.list('all', { offset: 0, count: 10 })).toMatchObject({
    total: 0,
    rows: [],
  });
});

test('in a worker thread: the same, with the service asked through the wire', async () => {
  const traces: string[] = [];
  const client = await startTransferWorker({
    home: path.join(bench.folder, 'other-home'),
    source: service,
    onBug: (trace) => traces.push(trace),
  });
  try {
    const done = new Promise<void>((resolve) => {
      client.onChanged(({ rows }) => rows.some(({ state }) => state.phase === 'done') && resolve());
    });
    await client.enqueue([item()]);
    await done;
    await expectWhole();
    expect(await client.totals()).toMatchObject({
      counts: { all: 1, active: 0, waiting: 0, done: 1, failed: 0 },
      remainingBytes: 0,
    });
    await expect(client.detail('nothing')).rejects.toMatchObject({ code: 'not-found' });
    expect(await client.verifyFolder(root())).toMatchObject([
      { files: FILES.map(() => ({ ok: true })) },
    ]);
  } finally {
    await client.close();
  }
  await expect(client.totals()).rejects.toMatchObject({ code: 'bug' });
  expect(traces).toEqual([]);
});

test('the record of a new file is written once, with its part file claimed, once the service has agreed and before a byte is asked for; of one that is there, before it is read', async () => {
  const saved: [boolean, number][][] = [];
  class WatchedStore extends SqliteTransferStore {
    override saveFiles(...given: Parameters<SqliteTransferStore['saveFiles']>): void {
      saved.push(given[1].map(({ ownsPart, index }) => [ownsPart, index]));
      super.saveFiles(...given);
    }
  }
  const watched = new WatchedStore(
    path.join(bench.folder, 'watched', 'transfers.sqlite'),
    (damage) => bench.bugs.push(damage),
  );
  const before: unknown[] = [];
  const http = createByteSource();
  const { authorise } = service;
  service.authorise = (...request) => {
    before.push(saved.splice(0));
    return authorise.apply(service, request);
  };
  const bytes: ByteSource = {
    open: (request) => {
      before.push(saved.splice(0));
      return http.open(request);
    },
    drop: () => http.drop(),
  };
  const other = await openBench({ ports: { source: service, store: watched, bytes } });
  const [id = ''] = await other.transfers.enqueue([item()]);
  expect(await settled(other.transfers, id)).toEqual({ phase: 'done' });
  expect(before.slice(0, 2)).toEqual([[], [FILES.map((_, index) => [true, index])]]);
  await rm(path.join(root(), 'stills/01.jpg'));
  await other.transfers.clear([id]);
  await writeFile(path.join(root(), 'stills/01.jpg'), 'another');
  saved.length = 0;
  const [again = ''] = await other.transfers.enqueue([item()]);
  expect(await settled(other.transfers, again)).toMatchObject({
    phase: 'failed',
    code: 'exists',
  });
  expect(saved[0]).toEqual(FILES.map((_, index) => [false, index]));
  http.close();
});
