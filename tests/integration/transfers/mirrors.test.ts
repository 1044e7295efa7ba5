import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { nginxMissing, startNginx, type Nginx } from '../../support/engine/nginx.ts';
import { type Origin, content, sha256 } from '../../support/engine/origin.ts';
import { get, received, settled, type Bench } from '../../support/engine/bench.ts';
import { openBench, openOrigin } from '../../support/engine/per-test.ts';

const MIB = 1024 * 1024;
const MASTER = content(40 * MIB + 77);
/** Differs from MASTER in one byte of piece 5. */
const LIE = Buffer.from(MASTER);
LIE[5 * MIB + 3] = (LIE[5 * MIB + 3] ?? 0) ^ 1;

type Told = { size?: boolean; hash?: boolean; pieces?: boolean };
function metalink(urls: string[], { size = true, hash = true, pieces = true }: Told = {}): string {
  const hashes = Array.from(
    { length: 41 },
    (_, i) => `<hash>${sha256(MASTER.subarray(i * MIB, (i + 1) * MIB))}</hash>`,
  ).join('');
  return `<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="a.mov">${size ? `<size>${MASTER.length}</size>` : ''}${hash ? `<hash type="sha-256">${sha256(MASTER)}</hash>` : ''}
    ${pieces ? `<pieces type="sha-256" length="${MIB}">${hashes}</pieces>` : ''}${urls.map((url, i) => `<url priority="${i + 1}">${url}</url>`).join('')}</file></metalink>`;
}

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});

const served = (origin: Origin) => origin.files.get('/a.mov')!;

async function fetched(text: string) {
  const file = path.join(bench.folder, 'a.meta4');
  await writeFile(file, text);
  return get(bench, { url: file, metalink: true });
}

const found = async () => sha256(await readFile(path.join(bench.to, 'a.mov')));
/** By the bytes on disk, whatever the program reports. */
const isMaster = async () => (await found()) === sha256(MASTER);
const always = (status: number) =>
  Array.from({ length: 500 }, () => ({ kind: 'status' as const, status }));

describe.skipIf(nginxMissing)(
  `two real origins${nginxMissing ? ` (skipped: ${nginxMissing})` : ''}`,
  () => {
    let honest: Nginx;
    let liar: Nginx;
    beforeEach(async () => {
      for (const name of ['honest', 'liar']) await mkdir(path.join(bench.folder, name));
      honest = await startNginx(path.join(bench.folder, 'honest'));
      liar = await startNginx(path.join(bench.folder, 'liar'));
      await writeFile(path.join(honest.root, 'a.mov'), MASTER);
      await writeFile(path.join(liar.root, 'a.mov'), LIE);
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
      const { state } = await fetched(
        metalink([`${liar.url}/a.mov`, `${honest.url}/a.mov`], { pieces: false }),
      );
      expect([state, await isMaster()]).toEqual([{ phase: 'done' }, true]);
    });

    test('a mirror with another length is passed by without a byte of it', async () => {
      await writeFile(path.join(liar.root, 'a.mov'), MASTER.subarray(0, 30 * MIB));
      const { state, files } = await fetched(
        metalink([`${liar.url}/a.mov`, `${honest.url}/a.mov`]),
      );
      expect([state, await isMaster()]).toEqual([{ phase: 'done' }, true]);
      expect(files[0]?.downloadedBytes).toBe(MASTER.length);
    });
  },
);

describe('scripted origins', () => {
  let first: Origin;
  let second: Origin;
  beforeEach(async () => {
    first = await openOrigin();
    second = await openOrigin();
    for (const origin of [first, second]) origin.serve('/a.mov', MASTER);
  });
  const both = () => [`${first.url}/a.mov`, `${second.url}/a.mov`];

  test('connections take turns among two mirrors, and each byte comes once', async () => {
    const { state, files } = await fetched(metalink(both()));
    expect([state, await isMaster()]).toEqual([{ phase: 'done' }, true]);
    expect(files[0]?.downloadedBytes).toBe(MASTER.length);
    expect([served(first).ranges.length > 0, served(second).ranges.length > 0]).toEqual([
      true,
      true,
    ]);
  });

  test.each([
    { kind: 'status' as const, status: 503 },
    { kind: 'status' as const, status: 404 },
    { kind: 'page' as const },
    { kind: 'wrong-range' as const },
    { kind: 'wrong-total' as const },
  ])('a mirror that always fails (%j) leaves all to the other', async (fault) => {
    served(first).faults.push(...Array.from({ length: 50 }, () => fault));
    const { state } = await fetched(metalink(both()));
    expect([state, await isMaster()]).toEqual([{ phase: 'done' }, true]);
  });

  test('a mirror that breaks in the middle: what came of it counts', async () => {
    served(first).faults.push(
      { kind: 'cut', afterBytes: 3 * MIB },
      ...Array.from({ length: 50 }, () => ({ kind: 'status' as const, status: 503 })),
    );
    const { state, files } = await fetched(metalink(both()));
    expect([state, await isMaster()]).toEqual([{ phase: 'done' }, true]);
    expect(files[0]?.downloadedBytes).toBeLessThan(MASTER.length + 2 * MIB);
  });

  test('two addresses of one host are two mirrors', async () => {
    first.serve('/b.mov', MASTER, { etag: '"other"' });
    expect(
      (await fetched(metalink([`${first.url}/a.mov`, `${first.url}/b.mov`], { pieces: false })))
        .state,
    ).toEqual({ phase: 'done' });
  });

  test('many mirrors with another length are passed by one after the other', async () => {
    const wrong = Array.from({ length: 6 }, (_, i) => `/wrong-${i}.mov`);
    for (const name of wrong) first.serve(name, MASTER.subarray(0, 20 * MIB));
    const { state } = await fetched(
      metalink([...wrong.map((name) => first.url + name), `${second.url}/a.mov`], {
        pieces: false,
      }),
    );
    expect([state, await isMaster()]).toEqual([{ phase: 'done' }, true]);
  });

  test('when all lie it fails with what is wrong, and nothing is published', async () => {
    for (const origin of [first, second]) served(origin).content = LIE;
    expect((await fetched(metalink(both()))).state).toMatchObject({
      phase: 'failed',
      code: 'hash-mismatch',
    });
    await expect(readFile(path.join(bench.to, 'a.mov'))).rejects.toThrow('ENOENT');
  });

  test('pieces alone tell that the file is there already, and that another one is', async () => {
    const text = metalink(both(), { hash: false });
    expect((await fetched(text)).state).toEqual({ phase: 'done' });
    const again = await fetched(text);
    expect([
      again.state,
      again.files.map(({ verified, downloadedBytes }) => ({ verified, downloadedBytes })),
    ]).toEqual([{ phase: 'done' }, [{ verified: true, downloadedBytes: 0 }]]);
    await writeFile(path.join(bench.to, 'a.mov'), LIE);
    expect((await fetched(text)).state).toMatchObject({ phase: 'failed', code: 'exists' });
    expect(Buffer.compare(await readFile(path.join(bench.to, 'a.mov')), LIE)).toBe(0);
  });
});

describe('without a hash', () => {
  let first: Origin;
  let second: Origin;
  beforeEach(async () => {
    first = await openOrigin();
    second = await openOrigin();
    // Same length, and the same bytes at the point of resume.
    first.serve('/a.mov', LIE);
    second.serve('/a.mov', MASTER);
    await bench.transfers.configure({ maxAttempts: null });
  });
  const unverifiable = () =>
    metalink([`${first.url}/a.mov`, `${second.url}/a.mov`], { hash: false, pieces: false });

  const TAGS: [string, string[], string | null, string | null][] = [
    ['no tags', [], null, null],
    ['tags of their own', ['long'], '"one"', '"two"'],
    ['the same tag, each its own', [], '"same"', '"same"'],
    ['weak tags', ['long'], 'W/"same"', 'W/"same"'],
  ];
  for (const [what, tags, one, two] of TAGS)
    describe(`two mirrors: ${what}`, { tags }, () => {
      beforeEach(async () => {
        served(first).etag = one;
        served(second).etag = two;
      });

      test('what began at one mirror is never ended at another: all comes again', async () => {
        served(first).faults.push({ kind: 'cut', afterBytes: 8 * MIB }, ...always(404));
        const { state, files } = await fetched(unverifiable());
        expect([state, files[0]?.verified, await found()]).toEqual([
          { phase: 'done' },
          false,
          sha256(MASTER),
        ]);
        expect(served(second).ranges[0]).toMatch(/^bytes=0-/u);
      });

      test('a mirror that fails now and then is gone on with, and the other is left alone', async () => {
        served(first).faults.push(
          { kind: 'cut', afterBytes: 8 * MIB },
          { kind: 'status', status: 503 },
          { kind: 'status', status: 503 },
        );
        expect([(await fetched(unverifiable())).state, await found()]).toEqual([
          { phase: 'done' },
          sha256(LIE),
        ]);
        expect(served(second).requests).toEqual([]);
      });

      test('one that stays away is given up in the end', async () => {
        served(first).faults.push({ kind: 'cut', afterBytes: 8 * MIB }, ...always(503));
        expect([(await fetched(unverifiable())).state, await found()]).toEqual([
          { phase: 'done' },
          sha256(MASTER),
        ]);
      });

      test('after a restart it goes on where it came from', async () => {
        served(first).faults.push(...always(404));
        served(second).faults.push({ kind: 'stall', afterBytes: 8 * MIB });
        await bench.transfers.configure({ connectionsPerFile: 1 });
        const file = path.join(bench.folder, 'a.meta4');
        await writeFile(file, unverifiable());
        const item = {
          url: file,
          metalink: true,
          destination: bench.to,
          sha256: null,
          hashAnyway: false,
        };
        const [id = ''] = await bench.transfers.enqueue([item], { makeDestination: true });
        await received(bench.transfers, id, 7 * MIB);
        const [asked, askedHere] = [served(first).requests.length, served(second).requests.length];
        await bench.restart();
        await bench.transfers.configure({ connectionsPerFile: 1 });
        expect([await settled(bench.transfers, id), await found()]).toEqual([
          { phase: 'done' },
          sha256(MASTER),
        ]);
        expect([served(first).requests.length, served(second).ranges[askedHere]]).toEqual([
          asked,
          expect.stringMatching(/^bytes=[1-9]/u),
        ]);
      });
    });

  test.each<[string, string | null, string | null, Buffer]>([
    ['without a tag: all of it comes from one', null, null, MASTER],
    ['with tags of their own: all of it comes from one', '"one"', '"two"', MASTER],
    ['with one strong tag: it goes on', '"same"', '"same"', LIE],
  ])('one address that leads to two hosts, %s', async (_, one, two, expected) => {
    await bench.transfers.configure({ connectionsPerFile: 1 });
    served(first).etag = one;
    served(second).etag = two;
    served(first).faults.push({ kind: 'cut', afterBytes: 8 * MIB });
    const both = await openOrigin();
    both.serve('/a.mov', MASTER, {
      faults: [first, ...Array.from({ length: 20 }, () => second)].map(({ url }) => ({
        kind: 'redirect' as const,
        to: `${url}/a.mov`,
      })),
    });
    expect([(await get(bench, { url: `${both.url}/a.mov` })).state, await found()]).toEqual([
      { phase: 'done' },
      sha256(expected),
    ]);
  });
});
