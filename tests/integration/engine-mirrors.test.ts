import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nginxMissing, startNginx } from '../support/nginx.ts';
import type { Nginx } from '../support/nginx.ts';
import { Origin, content, sha256 } from '../support/origin.ts';
import { get, startBench } from '../support/transfers.ts';
import type { Bench } from '../support/transfers.ts';

const MIB = 1024 * 1024;
const MASTER = content(40 * MIB + 77);
/** The same but for one byte in piece 5. */
const LIE = Buffer.from(MASTER);
LIE[5 * MIB + 3] = (LIE[5 * MIB + 3] ?? 0) ^ 1;

type Told = { size?: boolean; hash?: boolean; pieces?: boolean };
function metalink(urls: string[], { size = true, hash = true, pieces = true }: Told = {}): string {
  const hashes = Array.from({ length: 41 }, (_, i) => `<hash>${sha256(MASTER.subarray(i * MIB, (i + 1) * MIB))}</hash>`).join('');
  return `<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="a.mov">${size ? `<size>${MASTER.length}</size>` : ''}${hash ? `<hash type="sha-256">${sha256(MASTER)}</hash>` : ''}
    ${pieces ? `<pieces type="sha-256" length="${MIB}">${hashes}</pieces>` : ''}${urls.map((url, i) => `<url priority="${i + 1}">${url}</url>`).join('')}</file></metalink>`;
}

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(async () => {
  await bench.end();
  if (bench.bugs.length > 0) throw bench.bugs[0];
});

const served = (origin: Origin) => origin.files.get('/a.mov')!;

async function fetched(text: string) {
  const file = path.join(bench.folder, 'a.meta4');
  await writeFile(file, text);
  return get(bench, { url: file, metalink: true });
}

/** By its bytes, whatever the program says. */
const isMaster = async () => sha256(await readFile(path.join(bench.to, 'a.mov'))) === sha256(MASTER);

describe.skipIf(nginxMissing)(`two real origins${nginxMissing ? ` (skipped: ${nginxMissing})` : ''}`, () => {
  let honest: Nginx;
  let liar: Nginx;
  beforeEach(async () => {
    for (const name of ['honest', 'liar']) await mkdir(path.join(bench.folder, name));
    honest = await startNginx(path.join(bench.folder, 'honest'));
    liar = await startNginx(path.join(bench.folder, 'liar'));
    await writeFile(path.join(honest.root, 'a.mov'), MASTER);
    await writeFile(path.join(liar.root, 'a.mov'), LIE);
  });
  afterEach(async () => {
    await honest.stop();
    await liar.stop();
  });

  test('with pieces both are used; the one that lies is not asked any more once its piece was wrong', async () => {
    const { state, id } = await fetched(metalink([`${liar.url}/a.mov`, `${honest.url}/a.mov`]));
    expect([state, await isMaster()]).toEqual([{ phase: 'done' }, true]);
    const [lies, truths] = [await liar.log(), await honest.log()];
    expect(lies.length).toBeGreaterThan(0);
    expect(truths.length).toBeGreaterThan(0);
    const { refetchedBytes } = await bench.transfers.detail(id);
    expect(refetchedBytes).toBeGreaterThanOrEqual(MIB);
    expect(refetchedBytes).toBeLessThan(MASTER.length);
  });

  test('with a hash of the whole only: the whole comes again, from the other', async () => {
    const { state } = await fetched(metalink([`${liar.url}/a.mov`, `${honest.url}/a.mov`], { pieces: false }));
    expect([state, await isMaster()]).toEqual([{ phase: 'done' }, true]);
  });

  test('a mirror with another length is passed by without a byte of it', async () => {
    await writeFile(path.join(liar.root, 'a.mov'), MASTER.subarray(0, 30 * MIB));
    const { state, files } = await fetched(metalink([`${liar.url}/a.mov`, `${honest.url}/a.mov`]));
    expect([state, await isMaster()]).toEqual([{ phase: 'done' }, true]);
    expect(files[0]?.downloadedBytes).toBe(MASTER.length);
  });
});

describe('scripted origins', () => {
  let first: Origin;
  let second: Origin;
  beforeEach(async () => {
    first = await Origin.start();
    second = await Origin.start();
    for (const origin of [first, second]) origin.serve('/a.mov', MASTER);
  });
  afterEach(async () => {
    await first.stop();
    await second.stop();
  });
  const both = () => [`${first.url}/a.mov`, `${second.url}/a.mov`];

  test('connections take turns among two mirrors, and each byte comes once', async () => {
    const { state, files } = await fetched(metalink(both()));
    expect([state, await isMaster()]).toEqual([{ phase: 'done' }, true]);
    expect(files[0]?.downloadedBytes).toBe(MASTER.length);
    expect([served(first).ranges.length > 0, served(second).ranges.length > 0]).toEqual([true, true]);
  });

  test.each([{ kind: 'status' as const, status: 503 }, { kind: 'status' as const, status: 404 }, { kind: 'page' as const }, { kind: 'wrong-range' as const }, { kind: 'wrong-total' as const }])('a mirror that always fails (%j) leaves all to the other', async (fault) => {
    served(first).faults.push(...Array.from({ length: 50 }, () => fault));
    const { state } = await fetched(metalink(both()));
    expect([state, await isMaster()]).toEqual([{ phase: 'done' }, true]);
  });

  test('a mirror that breaks in the middle: what came of it counts', async () => {
    served(first).faults.push({ kind: 'cut', afterBytes: 3 * MIB }, ...Array.from({ length: 50 }, () => ({ kind: 'status' as const, status: 503 })));
    const { state, files } = await fetched(metalink(both()));
    expect([state, await isMaster()]).toEqual([{ phase: 'done' }, true]);
    expect(files[0]?.downloadedBytes).toBeLessThan(MASTER.length + 2 * MIB);
  });

  test('two addresses of one host are two mirrors', async () => {
    first.serve('/b.mov', MASTER, { etag: '"other"' });
    expect((await fetched(metalink([`${first.url}/a.mov`, `${first.url}/b.mov`], { pieces: false }))).state).toEqual({ phase: 'done' });
  });

  test('many mirrors with another length are passed by one after the other', async () => {
    const wrong = Array.from({ length: 6 }, (_, i) => `/wrong-${i}.mov`);
    for (const name of wrong) first.serve(name, MASTER.subarray(0, 20 * MIB));
    const { state } = await fetched(metalink([...wrong.map((name) => first.url + name), `${second.url}/a.mov`], { pieces: false }));
    expect([state, await isMaster()]).toEqual([{ phase: 'done' }, true]);
  });

  test('when all lie it fails with what is wrong, and nothing is published', async () => {
    for (const origin of [first, second]) served(origin).content = LIE;
    expect((await fetched(metalink(both()))).state).toMatchObject({ phase: 'failed', code: 'hash-mismatch' });
    await expect(readFile(path.join(bench.to, 'a.mov'))).rejects.toThrow('ENOENT');
  });

  test('pieces alone tell that the file is there already, and that another one is', async () => {
    const text = metalink(both(), { hash: false });
    expect((await fetched(text)).state).toEqual({ phase: 'done' });
    const again = await fetched(text);
    expect([again.state, again.files.map(({ verified, downloadedBytes }) => ({ verified, downloadedBytes }))]).toEqual([{ phase: 'done' }, [{ verified: true, downloadedBytes: 0 }]]);
    await writeFile(path.join(bench.to, 'a.mov'), LIE);
    expect((await fetched(text)).state).toMatchObject({ phase: 'failed', code: 'exists' });
    expect(Buffer.compare(await readFile(path.join(bench.to, 'a.mov')), LIE)).toBe(0);
  });
});
