import path from 'node:path';
import { desk, deskText, startDesk } from '../support/app/desk.ts';
import { Origin, content } from '../support/engine/origin.ts';
import { expect, test, wordsOf } from './fixtures.ts';

test('commands of desk work while the app is open, and its pages follow', async ({
  folder,
  launch,
  shell,
}) => {
  const words = wordsOf('en');
  const origin = await Origin.start();
  for (const name of ['one', 'two']) origin.serve(`/${name}.mov`, content(3_000_000));
  const { page, close } = await launch({}, 'demo');
  const home = path.join(folder, 'home');
  const to = path.join(folder, 'ingest');
  await page.getByRole('link', { name: words.common.downloads }).click();

  expect(await desk(['get', `${origin.url}/one.mov`, '--to', to], { home })).toMatchObject({
    code: 0,
    result: { ok: true },
  });
  await expect(page.getByText('one.mov').first()).toBeVisible();
  const get = startDesk(['get', `${origin.url}/two.mov`, '--to', to, '--limit', '200K'], { home });
  await get.line(({ type, receivedBytes }) => type === 'progress' && Number(receivedBytes) > 0);
  await expect(page.getByText('two.mov').first()).toBeVisible();
  get.child.kill('SIGINT');
  const name = shell === 'window' ? 'The app' : 'desk station';
  const listed = await desk(['queue', 'list', '--search', 'two'], { home });
  const id = String(listed.lines[0]?.['id']);
  expect(await get.end).toMatchObject({
    code: 130,
    result: {
      message: `Interrupted. ${name} continues downloading. Pause it with: desk queue pause ${id}`,
    },
  });
  expect((await deskText(['queue', 'pause', id], { home })).out).toBe('1 download paused\n');
  expect((await deskText(['queue', 'resume', id], { home })).out).toBe('1 download resumed\n');
  expect(await desk(['queue', 'set', id, '--limit', 'none'], { home })).toMatchObject({ code: 0 });
  await expect
    .poll(async () => (await desk(['queue', 'list', '--search', 'two'], { home })).lines[0])
    .toMatchObject({ state: { phase: 'done' } });
  expect(await desk(['account', 'status'], { home })).toMatchObject({
    code: 0,
    result: { signedIn: false },
  });
  expect(await desk(['newsroom', '--territory', 'FR'], { home })).toMatchObject({
    result: { territory: 'FR' },
  });
  const link = await desk(['station', 'link'], { home });
  expect(link).toMatchObject(
    shell === 'window' ? { code: 7, result: { code: 'not-found' } } : { code: 0 },
  );
  expect(await desk(['station'], { home })).toMatchObject({
    code: 2,
    result: { code: 'home-in-use' },
  });
  await close();
  // Alone again, with what the app has left.
  expect(await desk(['queue', 'list'], { home })).toMatchObject({ code: 0, result: { count: 2 } });
  await origin.stop();
});
