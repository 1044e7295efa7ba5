import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { DEMO_DAY } from '../../../src/service/demo/day.ts';
import { startDemo } from '../../support/service/demo.ts';
import { program } from '../../support/built.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const CLI = program('service-cli');
const NODE_ARGS = ['--disable-warning=ExperimentalWarning', CLI];
const LAKE = 'AUR-26-1121';

type Started = { child: ChildProcess; url: string };

async function start(...args: string[]): Promise<Started> {
  const child = spawn(process.execPath, [...NODE_ARGS, '--limits', 'relaxed', ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => kill({ child }));
  for await (const line of createInterface({ input: child.stdout }))
    return { child, url: (JSON.parse(line) as { url: string }).url };
  throw new Error('The service ended');
}

async function kill({ child }: Pick<Started, 'child'>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** A command for editors, as a process. */
async function service(
  ...args: string[]
): Promise<{ code: number | null; lines: unknown[]; stderr: string }> {
  const child = spawn(process.execPath, [...NODE_ARGS, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (part: Buffer) => (stdout += part.toString()));
  child.stderr.on('data', (part: Buffer) => (stderr += part.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  const lines = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
  return { code, lines, stderr };
}

type Detail = { rev: number; headline: string; history: unknown[]; packages: { rev: number }[] };
async function detailOf(url: string, id: string): Promise<Detail> {
  return (await (await fetch(`${url}/v1/catalogue/assets/${id}`)).json()) as Detail;
}

function patchFile(patch: object): string {
  const file = join(temporaryFolder(), 'patch.json');
  writeFileSync(file, JSON.stringify(patch));
  return file;
}

describe.skipIf(process.platform === 'win32')('the commands for editors', () => {
  test('edit what a running service publishes, and say what was made', async () => {
    const data = temporaryFolder();
    const { url } = await start('--data', data, '--no-demo-day');
    const patch = patchFile({ headline: { en: 'The lower valley, from the air' } });
    const args = ['--data', data, '--note', 'A shorter headline.', '--note-fr', 'Titre abrégé.'];
    expect(await service('correct', LAKE, '--patch', patch, ...args)).toEqual({
      code: 0,
      lines: [
        expect.objectContaining({ type: 'edit', asset: 'ast_aur261121', act: 'correct', rev: 2 }),
      ],
      stderr: '',
    });
    expect((await detailOf(url, 'ast_aur261121')).headline).toBe('The lower valley, from the air');
    const withdraw = ['withdraw', LAKE, '--data', data, '--reason', 'Wrong valley'];
    expect((await service(...withdraw)).code).toBe(0);
    expect(await service(...withdraw)).toEqual({
      code: 1,
      lines: [],
      stderr: 'service: It is withdrawn, and that is final\n',
    });
    expect((await service('edits', '--data', data)).lines).toMatchObject([
      { act: 'correct', slug: LAKE, rev: 2 },
      { act: 'withdraw', slug: LAKE, rev: 3 },
    ]);
  });

  test('refuse wrong arguments, wrong patches and a folder without a service with 2', async () => {
    const data = temporaryFolder();
    const correct = (file: string) =>
      service('correct', LAKE, '--data', data, '--note', 'x', '--patch', file);
    const broken = join(data, 'broken.json');
    writeFileSync(broken, '{');
    for (const [answer, reason] of [
      [await service('hold', LAKE, '--data', data), '--reason'],
      [await service('correct', LAKE, '--note', 'x', '--patch', broken), '--data'],
      [await correct(broken), 'isn’t JSON'],
      [await correct(join(data, 'none.json')), 'can’t be read'],
      [await correct(patchFile({ colour: 'red' })), 'Unrecognized key'],
      [await service('lift', LAKE, '--data', data), 'no service runs on'],
      [await service('edits', '--data', data), 'no service runs on'],
      [await service('erase', LAKE, '--data', data), 'erase'],
    ] as const)
      expect(answer).toEqual({ code: 2, lines: [], stderr: expect.stringContaining(reason) });
  });

  test(
    'an edit is whole or not there, whenever the service is killed',
    { tags: ['long'] },
    async () => {
      const data = temporaryFolder();
      const told: number[] = [];
      for (let round = 0; round < 3; round += 1) {
        const running = await start('--data', data, '--no-demo-day');
        const edits = Promise.all(
          [0, 1].map((n) =>
            service(
              'correct',
              LAKE,
              '--data',
              data,
              '--note',
              `Round ${round}, ${n}`,
              '--patch',
              patchFile({ headline: { en: `Round ${round}, ${n}` } }),
            ),
          ),
        );
        // At another moment of the edits in each round: before, between or after them.
        const before = (await detailOf(running.url, 'ast_aur261121')).rev;
        for (let rev = before; rev < before + round;)
          ({ rev } = await detailOf(running.url, 'ast_aur261121'));
        await kill(running);
        for (const { code, lines } of await edits)
          if (code === 0) told.push((lines[0] as { rev: number }).rev);
      }
      const { url } = await start('--data', data, '--no-demo-day');
      const { lines } = await service('edits', '--data', data);
      const detail = await detailOf(url, 'ast_aur261121');
      const revs = lines.map((line) => (line as { rev: number }).rev);
      expect(revs).toEqual(revs.map((_rev, n) => n + 2));
      expect([detail.rev, detail.history.length]).toEqual([revs.length + 1, revs.length + 1]);
      expect(new Set(detail.packages.map(({ rev }) => rev))).toEqual(new Set([revs.length + 1]));
      expect(revs).toEqual(expect.arrayContaining(told));
    },
  );
});

test('ffprobe sees the same film in a corrected master, with the new line in its picture', async () => {
  const running = await startDemo({ testControls: true, limits: 'relaxed' });
  onTestFinished(() => running.close());
  const [planned] = DEMO_DAY;
  const { act, ...fields } = planned?.request ?? { act: 'correct' };
  const session = (await (
    await fetch(`${running.url}/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        ...running.demoAccount,
        device: { name: 'x', platform: 'x', appVersion: '1' },
      }),
    })
  ).json()) as { accessToken: string };
  const addressOf = async (rev: number, acknowledge: string[]): Promise<string> => {
    const response = await fetch(`${running.url}/v1/downloads`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': crypto.randomUUID(),
        authorization: `Bearer ${session.accessToken}`,
      },
      body: JSON.stringify({ packageId: 'pkg_aur261131_1080p25', rev, acknowledge }),
    });
    expect(response.status).toBe(201);
    return ((await response.json()) as { urls: { url: string }[] }).urls[0]?.url ?? '';
  };
  const before = await addressOf(1, []);
  const { status } = await fetch(`${running.url}/test/assets/${planned?.slug}/${act}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fields),
  });
  expect(status).toBe(200);
  const after = await addressOf(2, ['rst_aur261131_r2_1']);
  const run = promisify(execFile);
  const probe = async (url: string): Promise<unknown> =>
    JSON.parse((await run('ffprobe', ['-v', 'error', '-show_streams', '-of', 'json', url])).stdout);
  const probed = await probe(after);
  expect(probed).toEqual(await probe(before));
  expect(probed).toMatchObject({ streams: [{ codec_name: 'v210', nb_frames: '212' }, {}] });
  /** MD5 of one decoded frame. */
  const frame = async (url: string, seconds: string) =>
    (
      await run('ffmpeg', [
        '-v',
        'error',
        '-ss',
        seconds,
        '-i',
        url,
        '-frames:v',
        '1',
        '-map',
        '0:v',
        '-f',
        'md5',
        '-',
      ])
    ).stdout;
  // Shot 3 is frames 71 to 93.
  const [changed, same] = await Promise.all(
    ['3.2', '1.0'].map(async (at) => [await frame(before, at), await frame(after, at)]),
  );
  expect(changed?.[0]).not.toBe(changed?.[1]);
  expect(same?.[0]).toBe(same?.[1]);
});
