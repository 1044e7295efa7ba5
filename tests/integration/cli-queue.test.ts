import { afterAll, beforeAll, expect, test } from 'vitest';
import { desk } from '../support/desk.ts';
import { temporaryFolder } from '../support/demo.ts';
import { Origin, content } from '../support/origin.ts';

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
  const { code, lines } = await run('get', `${origin.url}/clip.mov`, '--to', to, '--limit', '500K', '--deadline', new Date(Date.now() - 60_000).toISOString());
  expect(code).toBe(0);
  expect(lines.filter(({ type }) => type === 'late')).toEqual([{ type: 'late', id: expect.any(String), deadlineAt: expect.any(String), expectedAt: null }]);
  expect(await run('get', `${origin.url}/clip.mov`, '--to', to, '--deadline', 'tomorrow')).toMatchObject({ code: 2, result: { code: 'usage' } });
});

test('deadline, limit and urgency of what waits are set and listed; words find it', async () => {
  origin.serve('/late.mov', content(2_000_000, 2), { faults: [{ kind: 'status', status: 404 }] });
  await run('get', `${origin.url}/late.mov`, '--to', to);
  const [item] = (await run('queue', 'list', '--search', 'late')).lines;
  expect(item).toMatchObject({ type: 'item', title: 'late.mov' });
  const id = String(item?.['id']);
  const deadlineAt = '2036-11-24T18:00:00.000Z';
  expect((await run('queue', 'set', id, '--deadline', deadlineAt, '--limit', '2M', '--urgent')).result).toEqual({ type: 'result', ok: true, id, urgent: true, limitBytesPerSecond: 2 * 1024 ** 2, deadlineAt });
  expect(await run('queue', 'set', id)).toMatchObject({ code: 2 });
  expect(await run('queue', 'set', 'trf_none', '--urgent')).toMatchObject({ code: 7 });
  expect((await run('queue', 'list', '--search', 'nothing has this')).result).toEqual({ type: 'result', ok: true, count: 0 });
});
