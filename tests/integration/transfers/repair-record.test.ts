import { mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { metalinkOf } from '../../support/engine/metalink.ts';
import { type Origin, content, sha256 } from '../../support/engine/origin.ts';
import { startDesk } from '../../support/engine/process.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { openOrigin } from '../../support/engine/per-test.ts';

const MIB = 1024 * 1024;
const MASTER = content(4 * MIB + 5);
const SHOTS = content(3000, 2);
const STILL = content(2000, 3);
const PLAIN = content(1000, 4);
let origin: Origin;
let folder: string;
beforeEach(async () => {
  origin = await openOrigin();
  folder = temporaryFolder();
});

const to = (...names: string[]) => path.join(folder, 'to', ...names);
async function run(...args: string[]) {
  const desk = startDesk([...args, '--home', path.join(folder, 'home')]);
  return { code: await desk.ended, result: desk.result() };
}
async function flip(file: string, at: number): Promise<void> {
  const bytes = await readFile(file);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(file, bytes);
}
const asked = () =>
  Object.fromEntries([...origin.files].map(([name, file]) => [name, file.ranges.splice(0).length]));

/**
 * A list of two files with pieces and hashes, deleted afterwards, an address with a hash and one
 * without.
 */
async function fetched(): Promise<string> {
  origin.serve('/master', MASTER);
  origin.serve('/shots', SHOTS);
  origin.serve('/still.jpg', STILL);
  origin.serve('/plain.bin', PLAIN);
  const list = path.join(folder, 'a.meta4');
  const text = metalinkOf([
    { name: 'deep/master?.mov', bytes: MASTER, url: `${origin.url}/master`, pieceBytes: MIB },
    { name: 'deep/shots.xml', bytes: SHOTS, url: `${origin.url}/shots`, pieceBytes: null },
  ]);
  await writeFile(list, text);
  expect(await run('get', list, '--to', to())).toMatchObject({ code: 0 });
  expect(
    await run('get', `${origin.url}/still.jpg`, '--sha256', sha256(STILL), '--to', to('deep')),
  ).toMatchObject({ code: 0 });
  expect(await run('get', `${origin.url}/plain.bin`, '--to', to())).toMatchObject({ code: 0 });
  await rm(list);
  asked();
  return text;
}

const ok = { ok: true, badPieces: [] };
test('what came by address or Metalink is verified by its record: all under a folder, or one file', async () => {
  await fetched();
  expect(await run('verify', to())).toMatchObject({
    code: 0,
    result: {
      files: [
        { path: 'deep/master-.mov', ...ok },
        { path: 'deep/shots.xml', ...ok },
        { path: 'deep/still.jpg', ...ok },
        { path: 'plain.bin', ...ok, verified: false },
      ],
    },
  });
  await flip(to('deep', 'master-.mov'), 2 * MIB);
  await flip(to('deep', 'still.jpg'), 7);
  await rm(to('deep', 'shots.xml'));
  const wrong = [
    { path: 'master-.mov', ok: false, badPieces: [2] },
    { path: 'shots.xml', ok: false, badPieces: [] },
    { path: 'still.jpg', ok: false, badPieces: [] },
  ];
  expect(await run('verify', to('deep'))).toMatchObject({
    code: 5,
    result: { code: 'hash-mismatch', files: wrong },
  });
  expect((await run('verify', to('deep', 'still.jpg'))).result).toMatchObject({
    code: 'hash-mismatch',
    files: [wrong[2]],
  });
  expect((await run('verify', to('deep', 'shots.xml'))).result).toMatchObject({
    code: 'hash-mismatch',
    files: [wrong[1]],
  });
  await symlink(to('deep'), path.join(folder, 'link'));
  expect((await run('verify', path.join(folder, 'link'))).result).toMatchObject({ files: wrong });
  expect(asked()).toEqual({ '/master': 0, '/shots': 0, '/still.jpg': 0, '/plain.bin': 0 });
});

test('it is repaired by its record too: of a folder what lies in it, of a file that one, by its pieces', async () => {
  await fetched();
  await flip(to('deep', 'master-.mov'), 2 * MIB);
  await flip(to('deep', 'still.jpg'), 7);
  await rm(to('deep', 'shots.xml'));
  expect(await run('repair', to('deep', 'master-.mov'))).toMatchObject({
    code: 0,
    result: {
      files: [{ path: to('deep', 'master-.mov'), ok: true, badPieces: [2], downloadedBytes: MIB }],
    },
  });
  expect(await readFile(to('deep', 'master-.mov'))).toEqual(MASTER);
  // The other file was moved away and not asked for.
  expect([(await readdir(to('deep'))).toSorted(), asked()]).toEqual([
    ['master-.mov', 'still.jpg'],
    { '/master': 1, '/shots': 0, '/still.jpg': 0, '/plain.bin': 0 },
  ]);
  expect(await run('repair', to())).toMatchObject({ code: 0 });
  expect([
    await readFile(to('deep', 'still.jpg')),
    await readFile(to('deep', 'shots.xml')),
    asked(),
  ]).toEqual([STILL, SHOTS, { '/master': 0, '/shots': 1, '/still.jpg': 1, '/plain.bin': 0 }]);
  expect(await run('verify', to())).toMatchObject({ code: 0 });
});

test(
  'a Metalink tells of a folder that somebody else has filled; of what nobody knows nothing is told',
  { tags: ['long'] },
  async () => {
    const text = await fetched();
    const list = path.join(folder, 'again.meta4');
    await writeFile(list, text);
    const foreign = path.join(folder, 'foreign');
    await mkdir(path.join(foreign, 'deep'), { recursive: true });
    await writeFile(path.join(foreign, 'deep', 'master-.mov'), MASTER);
    await writeFile(path.join(foreign, 'deep', 'shots.xml'), 'other');
    for (const command of ['verify', 'repair'])
      expect(await run(command, foreign)).toMatchObject({ code: 7, result: { code: 'not-found' } });
    expect(await run('verify', path.join(folder, 'none'))).toMatchObject({
      code: 7,
      result: { code: 'not-found' },
    });
    const files = [
      { path: 'deep/master-.mov', ok: true },
      { path: 'deep/shots.xml', ok: false },
    ];
    expect(await run('verify', foreign, '--metalink', list)).toMatchObject({
      code: 5,
      result: { files },
    });
    await rm(path.join(foreign, 'deep', 'shots.xml'));
    expect(await run('repair', foreign, '--metalink', list)).toMatchObject({ code: 0 });
    expect(await run('verify', foreign, '--metalink', list)).toMatchObject({ code: 0 });
  },
);

test(
  'a file called manifest.json is one like another, and hides nothing that lies beside or under it',
  { tags: ['long'] },
  async () => {
    await fetched();
    origin.serve('/manifest.json', PLAIN);
    expect(
      await run('get', `${origin.url}/manifest.json`, '--sha256', sha256(PLAIN), '--to', to()),
    ).toMatchObject({ code: 0 });
    expect((await run('verify', to())).result).toMatchObject({ ok: true, files: { length: 5 } });
    await flip(to('manifest.json'), 3);
    await flip(to('deep', 'still.jpg'), 7);
    expect((await run('verify', to())).result).toMatchObject({
      code: 'hash-mismatch',
      files: [
        {},
        {},
        { path: 'deep/still.jpg', ok: false },
        {},
        { path: 'manifest.json', ok: false },
      ],
    });
    expect(await run('repair', to())).toMatchObject({ code: 0 });
    expect(await readFile(to('manifest.json'))).toEqual(PLAIN);
    // A foreign manifest is reported, and packages under it are verified all the same.
    await writeFile(path.join(folder, 'manifest.json'), '{}');
    await mkdir(to('pkg'));
    for (const name of ['manifest.json', '.done']) await writeFile(to('pkg', name), 'damaged');
    const { code, result } = await run('verify', folder);
    expect([code, result]).toMatchObject([5, { code: 'manifest-invalid', files: { length: 5 } }]);
    expect((await run('verify', to())).result).toMatchObject({
      code: 'manifest-invalid',
      message: expect.stringContaining(to('pkg')) as unknown,
      files: { length: 5 },
    });
  },
);
