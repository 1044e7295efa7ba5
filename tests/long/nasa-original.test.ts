import { createHash } from 'node:crypto';
import { createReadStream, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { desk, startDesk } from '../support/app/desk.ts';
import { bytesOf } from '../support/engine/generated-origin.ts';
import { isLong } from '../support/seed.ts';
import { NasaDouble } from '../support/sources/nasa-double.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** With LONG=1 it is as large as NASA’s are. */
const BYTES = (isLong ? 3 * 1024 : 96) * 1024 ** 2 + 7;

async function digestOf(stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of stream) hash.update(chunk);
  return hash.digest('hex');
}

test('a large original of NASA’s, whose size nobody knew, comes whole through two kills and is verified', async () => {
  const name = "Pad 5 walk, day one's end";
  const double = await NasaDouble.start([
    {
      id: name,
      title: 'Walk to the pad',
      created: '2026-11-20T09:00:00Z',
      files: { '~orig.mov': { bytes: BYTES }, '~small.mp4': Buffer.from('a film') },
      metadata: { 'Composite:ImageSize': '1920x1080', 'File:FileSize': '3.2 GB' },
    },
  ]);
  const options = {
    home: temporaryFolder(),
    env: { ...process.env, MULTIMEDIA_DESK_NASA: double.api },
  };
  const to = temporaryFolder();
  const run = (...args: string[]) => desk(args, options);
  const { result: seen } = await run('source', 'test', 'nasa', '--search', 'walk');
  expect(seen).toMatchObject({ ok: true, kind: 'nasa', count: 1 });
  const { version } = seen['terms'] as { version: string };
  await run('source', 'add', 'nasa', '--search', 'walk', '--accept-terms', version);
  const [asset] = (await run('catalogue', 'search', 'walk')).lines;
  const id = asset?.['id'] as string;
  expect(asset).toMatchObject({ headline: 'Walk to the pad' });

  const get = ['get', id, '--to', to];
  for (const part of [0.3, 0.7]) {
    const killed = startDesk(get, options);
    await killed.line(
      ({ type, receivedBytes }) => type === 'progress' && Number(receivedBytes) > BYTES * part,
    );
    killed.child.kill('SIGKILL');
    await killed.end;
  }
  expect(await run(...get)).toMatchObject({ code: 0, result: { ok: true } });
  const [folder = ''] = readdirSync(to);
  const file = readdirSync(path.join(to, folder)).find((one) => one.endsWith('.mov')) ?? '';
  const whole = path.join(to, folder, file);
  expect(await digestOf(createReadStream(whole))).toBe(await digestOf(bytesOf(0, BYTES)));
  expect(await run('verify', path.join(to, folder))).toMatchObject({ code: 0 });
  // Little of it was asked for twice.
  const sent = double.requests
    .filter(({ path: asked }) => asked.endsWith('~orig.mov'))
    .map(({ headers }) => headers.range);
  expect(sent.filter((range) => range === undefined)).toEqual([]);
  await double.stop();
});
