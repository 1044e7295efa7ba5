import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { createDisk } from '../../../src/main/adapters/fs/disk.ts';
import type { Disk } from '../../../src/main/transfers/ports.ts';
import { type Origin, content, sha256, type Fault } from '../../support/engine/origin.ts';
import { get, received, type Bench } from '../../support/engine/bench.ts';
import { openBench, openOrigin } from '../../support/engine/per-test.ts';

const MIB = 1024 * 1024;
let origin: Origin;
let bench: Bench;
beforeEach(async () => {
  origin = await openOrigin();
  bench = await openBench();
});

test('an address lands whole under its name; its hash is told when it is known', async () => {
  const bytes = content(3 * MIB + 17);
  origin.serve('/clips/Evening news.mov', bytes);
  const { state, files } = await get(bench, {
    url: `${origin.url}/clips/Evening%20news.mov`,
    sha256: sha256(bytes).toUpperCase(),
  });
  const target = path.join(bench.to, 'Evening news.mov');
  expect(state).toEqual({ phase: 'done' });
  expect(files).toEqual([
    {
      path: target,
      bytes: bytes.length,
      sha256: sha256(bytes),
      verified: true,
      done: true,
      downloadedBytes: bytes.length,
    },
  ]);
  expect(sha256(await readFile(target))).toBe(sha256(bytes));
  expect(await readdir(bench.to)).toEqual(['Evening news.mov']);
});

test('without a hash it is told as unverified, and hashed if wanted', async () => {
  const bytes = content(100);
  origin.serve('/a.bin', bytes);
  origin.serve('/b.bin', bytes);
  expect((await get(bench, { url: `${origin.url}/a.bin` })).files[0]).toMatchObject({
    sha256: null,
    verified: false,
  });
  expect(
    (await get(bench, { url: `${origin.url}/b.bin`, hashAnyway: true })).files[0],
  ).toMatchObject({ sha256: sha256(bytes), verified: false });
  expect(
    (await get(bench, { url: `${origin.url}/a.bin`, hashAnyway: true })).files[0],
    'a file that is already there',
  ).toMatchObject({ sha256: sha256(bytes), verified: false, downloadedBytes: 0 });
});

test('an empty file is a file', async () => {
  origin.serve('/empty.srt', Buffer.alloc(0));
  const { state } = await get(bench, {
    url: `${origin.url}/empty.srt`,
    sha256: sha256(Buffer.alloc(0)),
  });
  expect(state).toEqual({ phase: 'done' });
  expect(await readFile(path.join(bench.to, 'empty.srt'))).toHaveLength(0);
});

test('the right file there already costs nothing, a different one is never overwritten', async () => {
  const bytes = content(MIB);
  const file = origin.serve('/a.mov', bytes);
  await get(bench, { url: `${origin.url}/a.mov`, sha256: sha256(bytes) });
  const before = file.ranges.length;
  expect(await get(bench, { url: `${origin.url}/a.mov`, sha256: sha256(bytes) })).toMatchObject({
    state: { phase: 'done' },
    files: [{ verified: true, downloadedBytes: 0 }],
  });
  expect(file.ranges).toHaveLength(before);
  expect(await get(bench, { url: `${origin.url}/a.mov`, sha256: '0'.repeat(64) })).toMatchObject({
    state: { phase: 'failed', code: 'exists' },
    files: [{ error: { code: 'exists' } }],
  });
  expect(sha256(await readFile(path.join(bench.to, 'a.mov')))).toBe(sha256(bytes));
});

test('without a hash the origin is asked whether it is still the same', async () => {
  const file = origin.serve('/a.mov', content(MIB));
  await get(bench, { url: `${origin.url}/a.mov` });
  // Any number of times: the first ETag is kept.
  for (let n = 0; n < 3; n++)
    expect(await get(bench, { url: `${origin.url}/a.mov` })).toMatchObject({
      state: { phase: 'done' },
      files: [{ verified: false, downloadedBytes: 0 }],
    });
  Object.assign(file, { content: content(MIB, 5), etag: '"new"' });
  expect((await get(bench, { url: `${origin.url}/a.mov` })).state).toMatchObject({
    phase: 'failed',
    code: 'exists',
  });
});

test('after a power loss, where nothing vouches for the bytes, only what was synced is believed', async () => {
  const bytes = content(4 * MIB);
  origin.serve('/a.mov', bytes, { faults: [{ kind: 'stall', afterBytes: 3 * MIB }] });
  const real = createDisk();
  let boot = 'one';
  /** Content of the file at its last fsync. */
  let medium = Buffer.alloc(0);
  const disk: Disk = {
    ...real,
    bootId: () => boot,
    open: async (name, mode) => {
      const file = await real.open(name, mode);
      const sync = async () => {
        const synced = await readFile(name);
        await file.sync();
        medium = synced;
      };
      return { ...file, sync };
    },
  };
  const other = await openBench({ ports: { disk } });
  await other.transfers.configure({ connectionsPerFile: 1 });
  const [id = ''] = await other.transfers.enqueue(
    [
      {
        url: `${origin.url}/a.mov`,
        metalink: false,
        destination: other.to,
        sha256: null,
        hashAnyway: true,
      },
    ],
    { makeDestination: true },
  );
  await received(other.transfers, id, 2.75 * MIB);
  await other.restart(async () => {
    boot = 'two';
    expect(sha256(medium.subarray(0, 3 * MIB))).not.toBe(sha256(bytes.subarray(0, 3 * MIB)));
    await writeFile(path.join(other.to, 'a.mov.part'), medium);
  });
  const { state, files } = await get(other, { url: `${origin.url}/a.mov`, hashAnyway: true });
  expect({ state, sha256: files[0]?.sha256 }).toEqual({
    state: { phase: 'done' },
    sha256: sha256(bytes),
  });
});

test('no room for it is told as soon as its length is known', async () => {
  const file = origin.serve('/a.mov', content(4 * MIB));
  const other = await openBench({
    ports: { disk: { ...createDisk(), freeBytes: async () => MIB } },
  });
  expect((await get(other, { url: `${origin.url}/a.mov` }, 'disk-full')).state).toMatchObject({
    phase: 'waiting',
    reason: 'disk-full',
    shortBytes: 3 * MIB,
  });
  expect(await readdir(other.to)).toEqual([]);
  expect(file.ranges).toHaveLength(1);
});

test('a wrong hash leaves nothing', async () => {
  origin.serve('/a.mov', content(MIB));
  const { state, files } = await get(bench, { url: `${origin.url}/a.mov`, sha256: '0'.repeat(64) });
  expect(state).toMatchObject({ phase: 'failed', code: 'hash-mismatch' });
  expect(files).toMatchObject([
    { sha256: null, verified: false, error: { code: 'hash-mismatch' } },
  ]);
  expect(await readdir(bench.to)).toEqual([]);
});

test('an empty file instead of the one with this hash is asked for no more often than a wrong one', async () => {
  const file = origin.serve('/a.mov', Buffer.alloc(0));
  const hash = sha256(content(MIB));
  const { state } = await get(bench, { url: `${origin.url}/a.mov`, sha256: hash });
  expect(state).toMatchObject({ phase: 'failed', code: 'hash-mismatch' });
  expect(file.ranges).toHaveLength(1);

  // A Metalink needn't say the size.
  const metalink = path.join(bench.folder, 'a.meta4');
  await writeFile(
    metalink,
    `<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="a.mov"><hash type="sha-256">${hash}</hash><url>${origin.url}/a.mov</url></file></metalink>`,
  );
  expect((await get(bench, { url: metalink, metalink: true })).state).toMatchObject({
    phase: 'failed',
    code: 'hash-mismatch',
  });
  expect(file.ranges, 'once more, in case it was the connection').toHaveLength(3);
  expect(await readdir(bench.to)).toEqual([]);
});

test('connections share a large file', async () => {
  const bytes = content(40 * MIB);
  const file = origin.serve('/large.mxf', bytes);
  const { files } = await get(bench, { url: `${origin.url}/large.mxf`, sha256: sha256(bytes) });
  expect(files).toMatchObject([{ verified: true }]);
  expect(file.ranges.length).toBeGreaterThan(2);
  expect(new Set(file.ranges).size).toBe(file.ranges.length);
});

const SURVIVED: [string, Fault[]][] = [
  [
    'the line breaks',
    [
      { kind: 'cut', afterBytes: MIB },
      { kind: 'cut', afterBytes: 300_000 },
      { kind: 'cut', afterBytes: 10 },
    ],
  ],
  ['the origin stalls', [{ kind: 'stall', afterBytes: MIB }]],
  ['a wrong range comes', [{ kind: 'cut', afterBytes: MIB }, { kind: 'wrong-range' }]],
  ['another length comes', [{ kind: 'cut', afterBytes: MIB }, { kind: 'wrong-total' }]],
  ['the whole comes instead of the rest', [{ kind: 'cut', afterBytes: MIB }, { kind: 'whole' }]],
  ['429 with Retry-After', [{ kind: 'status', status: 429, headers: { 'retry-after': '1' } }]],
  [
    '503 in the middle',
    [
      { kind: 'cut', afterBytes: MIB },
      { kind: 'status', status: 503 },
    ],
  ],
  ['the length is a lie', [{ kind: 'lie-long' }]],
  ['the body is longer than its range', [{ kind: 'cut', afterBytes: MIB }, { kind: 'too-long' }]],
  ['a web page comes once', [{ kind: 'page' }]],
];
test.each(SURVIVED)('survives it when %s', async (_, faults) => {
  await bench.transfers.configure({ stallMs: 300, connectionsPerFile: 1, maxAttempts: 5 });
  for (const hasHash of [true, false]) {
    const bytes = content(2 * MIB + 5, hasHash ? 1 : 2);
    const name = hasHash ? 'hash.mov' : 'no-hash.mov';
    origin.serve(`/${name}`, bytes, { faults: [...faults] });
    const { state } = await get(bench, {
      url: `${origin.url}/${name}`,
      sha256: hasHash ? sha256(bytes) : null,
    });
    expect(state).toEqual({ phase: 'done' });
    expect(sha256(await readFile(path.join(bench.to, name)))).toBe(sha256(bytes));
  }
});

const REFUSED: [string, Fault, string][] = [
  ['404', { kind: 'status', status: 404 }, 'not-found'],
  ['403', { kind: 'status', status: 403 }, 'origin-refused'],
  ['500', { kind: 'status', status: 500 }, 'origin-error'],
  ['a web page', { kind: 'page' }, 'captive-portal'],
  ['a coding nobody asked for', { kind: 'encoded' }, 'origin-error'],
  [
    'a redirect to another scheme',
    { kind: 'redirect', to: 'ftp://127.0.0.1/a.mov' },
    'redirect-refused',
  ],
  ['redirects in a circle', { kind: 'redirect', to: '/a.mov' }, 'redirect-refused'],
  ['a wrong range', { kind: 'wrong-range' }, 'origin-error'],
];
test.each(REFUSED)(
  '%s again and again: the right code and nothing there',
  async (_, fault, code) => {
    origin.serve('/a.mov', content(1000), { faults: Array.from({ length: 50 }, () => fault) });
    const { state } = await get(bench, { url: `${origin.url}/a.mov` });
    expect(state).toMatchObject({ phase: 'failed', code });
    expect(await readdir(bench.to)).toEqual([]);
  },
);

test('a file that changes on the origin is never spliced, even if the origin ignores If-Range', async () => {
  await bench.transfers.configure({ connectionsPerFile: 1 });
  for (const [index, etags] of [
    ['"one"', '"two"'],
    [null, null],
  ].entries()) {
    const [old, fresh] = [content(2 * MIB, 1), content(2 * MIB, 9)];
    const name = `changes-${index}.mov`;
    const file = origin.serve(`/${name}`, old, {
      etag: etags[0] ?? null,
      ignoresIfRange: true,
      faults: [{ kind: 'stall', afterBytes: MIB }],
    });
    origin.onStall = () => Object.assign(file, { content: fresh, etag: etags[1] });
    await bench.transfers.configure({ stallMs: 300 });
    const { state } = await get(bench, { url: `${origin.url}/${name}` });
    expect(state).toEqual({ phase: 'done' });
    expect(sha256(await readFile(path.join(bench.to, name)))).toBe(sha256(fresh));
  }
});

test('redirects are followed; personal headers go to nobody else', async () => {
  const bytes = content(1000);
  const elsewhere = await openOrigin();
  elsewhere.serve('/real.mov', bytes);
  origin.serve('/a.mov', bytes, {
    faults: [{ kind: 'redirect', to: `${elsewhere.url}/real.mov` }],
  });
  expect(
    (
      await get(bench, {
        url: origin.url.replace('//', '//user:secret@') + '/a.mov',
        sha256: sha256(bytes),
      })
    ).state,
  ).toEqual({ phase: 'done' });
  expect(origin.files.get('/a.mov')?.requests[0]).toHaveProperty('authorization');
  expect(elsewhere.files.get('/real.mov')?.requests[0]).not.toHaveProperty('authorization');
});

test.each([
  '/..%2fescape.mov',
  '/a%5C..%5Cb.mov',
  '/%2Fetc%2Fpasswd',
  '/C:%5Ca',
  '/..'.replace('..', '..%5C'),
])('the name of %s is refused', async (name) => {
  expect((await get(bench, { url: `${origin.url}${name}` })).state).toMatchObject({
    phase: 'failed',
    code: 'unsafe-name',
  });
  expect(await readdir(bench.to)).toEqual([]);
});

test('after a stop in the middle the next start asks only for the rest', async () => {
  await bench.transfers.configure({ connectionsPerFile: 1 });
  const bytes = content(4 * MIB);
  const file = origin.serve('/a.mov', bytes, { faults: [{ kind: 'stall', afterBytes: 3 * MIB }] });
  const [id = ''] = await bench.transfers.enqueue(
    [
      {
        url: `${origin.url}/a.mov`,
        metalink: false,
        destination: bench.to,
        sha256: sha256(bytes),
        hashAnyway: false,
      },
    ],
    { makeDestination: true },
  );
  await received(bench.transfers, id, 2.75 * MIB);
  await bench.restart();
  const { state, files } = await get(bench, { url: `${origin.url}/a.mov`, sha256: sha256(bytes) });
  expect(state).toEqual({ phase: 'done' });
  expect(files[0]?.downloadedBytes).toBeLessThanOrEqual(1.25 * MIB);
  expect(file.ranges.at(-1)).toMatch(/^bytes=[1-9]/u);
});
