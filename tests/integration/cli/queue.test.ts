import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { desk } from '../../support/app/desk.ts';
import { Origin, content } from '../../support/engine/origin.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const home = temporaryFolder();
const to = temporaryFolder();
let origin: Origin;
beforeAll(async () => {
  origin = await Origin.start();
});
afterAll(() => origin.stop());
const run = (...args: string[]) => desk(args, { home });

test('a deadline that cannot be kept is told once, early, and the download goes on', async () => {
  origin.serve('/clip.mov', content(1_500_000, 1));
  const { code, lines } = await run(
    'get',
    `${origin.url}/clip.mov`,
    '--to',
    to,
    '--limit',
    '500K',
    '--deadline',
    new Date(Date.now() - 60_000).toISOString(),
  );
  expect(code).toBe(0);
  expect(lines.filter(({ type }) => type === 'late')).toEqual([
    { type: 'late', id: expect.any(String), deadlineAt: expect.any(String), expectedAt: null },
  ]);
  expect(
    await run('get', `${origin.url}/clip.mov`, '--to', to, '--deadline', 'tomorrow'),
  ).toMatchObject({ code: 2, result: { code: 'usage' } });
});

test('deadline, limit and urgency of what waits are set and listed; words find it', async () => {
  origin.serve('/late.mov', content(2_000_000, 2), { faults: [{ kind: 'status', status: 404 }] });
  await run('get', `${origin.url}/late.mov`, '--to', to);
  const [item] = (await run('queue', 'list', '--search', 'late')).lines;
  expect(item).toMatchObject({ type: 'item', title: 'late.mov' });
  const id = String(item?.['id']);
  const deadlineAt = '2036-11-24T18:00:00.000Z';
  expect(
    (await run('queue', 'set', id, '--deadline', deadlineAt, '--limit', '2M', '--urgent')).result,
  ).toEqual({
    type: 'result',
    ok: true,
    id,
    urgent: true,
    limitBytesPerSecond: 2 * 1024 ** 2,
    deadlineAt,
  });
  expect(await run('queue', 'set', id)).toMatchObject({ code: 2 });
  expect(await run('queue', 'set', 'trf_none', '--urgent')).toMatchObject({ code: 7 });
  expect((await run('queue', 'list', '--search', 'nothing has this')).result).toEqual({
    type: 'result',
    ok: true,
    count: 0,
  });
});

test('the queue goes out with all of one name, what is left out is named, and comes in again; a name that leads elsewhere is refused alone', async () => {
  const there = { home: temporaryFolder() };
  for (const name of ['/x/a.mov', '/y/a.mov', '/z/a.mov?key=SECRET'])
    await desk(['get', origin.url + name, '--to', temporaryFolder()], there);
  for (const [extension, count] of [
    ['meta4', 1],
    ['txt', 1],
    ['json', 2],
  ] as const) {
    const file = path.join(to, `queue.${extension}`);
    const given = await desk(['queue', 'export', '--to', file], there);
    expect([given.code, given.lines]).toEqual([
      0,
      [
        { type: 'left-out', name: 'a.mov', reason: 'secret' },
        { type: 'result', ok: true, path: file, count: 2, leftOut: 1 },
      ],
    ]);
    expect(
      await desk(['queue', 'import', file, '--to', to], { home: temporaryFolder() }),
    ).toMatchObject({ code: 0, result: { ok: true, count } });
  }
  const list = path.join(to, 'list.txt');
  writeFileSync(
    list,
    ['/..%2Fa', '/nul%20.mov', '/b.mov'].map((name) => `${origin.url}${name}\n`).join(''),
  );
  const strict = { home: temporaryFolder() };
  expect(await desk(['queue', 'import', list, '--to', to, '--strict'], strict)).toMatchObject({
    code: 5,
    result: { ok: false, code: 'unsafe-name' },
  });
  expect((await desk(['queue', 'list'], strict)).result).toMatchObject({ count: 0 });
  const { code, lines } = await desk(['queue', 'import', list, '--to', to], strict);
  expect([code, lines]).toMatchObject([
    5,
    [
      { type: 'renamed', given: 'nul .mov', path: '_nul .mov' },
      { type: 'error', code: 'unsafe-name' },
      { type: 'result', ok: false, code: 'unsafe-name', count: 1, refused: ['../a'] },
    ],
  ]);
});
