import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { desk, startDesk } from '../support/app/desk.ts';
import { sha256 } from '../support/engine/origin.ts';
import { DvidsDouble } from '../support/sources/dvids-double.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const MIB = 1024 * 1024;
const KEY = 'key-0123456789abcdef7f3a';

/** Every file of a folder as text, for what must be in none of them. */
function textsOf(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}

/** Started again and again with `get`, killed once so much of a file is here. */
async function getThroughKill(
  id: string,
  bytes: number,
  { to, format, ...options }: Parameters<typeof startDesk>[1] & { to: string; format: string },
): Promise<{ folder: string; master: string }> {
  const get = ['get', id, '--format', format, '--to', to];
  const killed = startDesk([...get, '--limit', '16M'], options);
  await killed.line(
    ({ type, receivedBytes }) => type === 'progress' && Number(receivedBytes) > bytes / 3,
  );
  killed.child.kill('SIGKILL');
  await killed.end;
  expect(await desk(get, options)).toMatchObject({ code: 0, result: { ok: true } });
  const [name = ''] = readdirSync(to);
  const folder = path.join(to, name);
  const files = readdirSync(folder);
  expect(files).toContain('.done');
  return { folder, master: path.join(folder, files.find((file) => file.endsWith('.mp4')) ?? '') };
}

// What these go through is also tested part by part in every run.
test(
  'from a key to a film of DVIDS: followed, found, fetched through a kill, verified, taken back',
  { tags: ['long'] },
  async () => {
    const double = await DvidsDouble.start({ key: KEY, nowMs: Date.now() });
    const film = randomBytes(24 * MIB + 5);
    const [rescue, ...others] = double.addNato();
    if (!rescue) throw new Error('No film');
    rescue.files = [{ height: 720, bitrate: 9173, size: film.length }];
    double.serve(rescue, film);
    for (const asset of others) double.serve(asset);
    const home = temporaryFolder();
    const to = temporaryFolder();
    const options = {
      home,
      env: {
        ...process.env,
        MULTIMEDIA_DESK_DVIDS: double.url,
        MULTIMEDIA_DESK_DVIDS_KEY: KEY,
      },
    };
    const run = (...args: string[]) => desk(args, options);
    const follow = ['dvids', '--unit', 'Natochannel'];

    // A wrong key is told apart from a service that is down and from what a firewall answers.
    const wrong = await desk(['source', 'test', ...follow, '--key-stdin'], {
      ...options,
      input: 'key-ffffffffffffffff0000\n',
    });
    expect(wrong.result).toMatchObject({ ok: false, code: 'key-refused' });
    for (const [fault, code] of [
      ['down', 'origin-error'],
      ['challenge', 'source-blocked'],
    ] as const) {
      double.fault = fault;
      expect((await run('source', 'test', ...follow)).result, fault).toMatchObject({
        code,
      });
    }
    double.fault = null;

    const { result: seen } = await run('source', 'test', ...follow);
    expect(seen).toMatchObject({ ok: true, kind: 'dvids', count: 3, rights: 'general' });
    const { version } = seen['terms'] as { version: string };
    const added = await run('source', 'add', ...follow, '--accept-terms', version);
    expect(added).toMatchObject({ code: 0, result: { count: 3 } });
    const { lines } = await run('catalogue', 'search', 'ferry');
    const id = lines[0]?.['id'] as string;
    expect(lines[0]).toMatchObject({ headline: rescue.title });

    const { folder, master } = await getThroughKill(id, film.length, {
      ...options,
      to,
      format: 'web',
    });
    expect(sha256(await readFile(master))).toBe(sha256(film));
    expect(await run('verify', folder)).toMatchObject({ code: 0 });
    const handle = await open(master, 'r+');
    await handle.write(Buffer.from([(film[9 * MIB] ?? 0) ^ 1]), 0, 1, 9 * MIB);
    await handle.close();
    expect(await run('verify', folder)).toMatchObject({ code: 5 });
    expect(await run('repair', folder)).toMatchObject({ code: 0 });
    expect(sha256(await readFile(master))).toBe(sha256(film));
    const { lines: queue } = await run('queue', 'list');
    const transfer = queue.find(({ type }) => type === 'item')?.['id'] as string;
    const report = path.join(temporaryFolder(), 'report.json');
    expect(await run('queue', 'report', transfer, '--to', report)).toMatchObject({ code: 0 });
    expect(await readFile(report, 'utf8')).toContain('Credit NATO');

    // Taken back while it is on disk, and not by a refusal of the key.
    double.key = 'key-of-somebody-else-0000';
    expect((await run('source', 'check', 'DVIDS')).result).toMatchObject({
      code: 'key-refused',
    });
    expect((await run('catalogue', 'search', 'ferry')).lines[0]).toMatchObject({
      badges: ['here'],
    });
    double.key = KEY;
    double.edit(rescue.id, { state: 'unpublished' });
    expect(await run('source', 'check', 'DVIDS')).toMatchObject({ code: 0 });
    expect((await run('catalogue', 'search', 'ferry')).lines[0]).toMatchObject({
      badges: expect.arrayContaining(['withdrawn']),
    });
    const { lines: after } = await run('queue', 'list');
    expect(after.find(({ type }) => type === 'item')).toMatchObject({
      rights: { state: 'withdrawn' },
    });
    expect(textsOf(home) + textsOf(folder) + (await readFile(report, 'latin1'))).not.toContain(KEY);
    await double.stop();
  },
);

test(
  'a folder that another program fills: found where it is, copied through a kill, gone',
  { tags: ['long'] },
  async () => {
    const delivered = temporaryFolder();
    const home = temporaryFolder();
    const to = temporaryFolder();
    const film = randomBytes(24 * MIB + 5);
    writeFileSync(path.join(delivered, 'ice.mp4'), film);
    writeFileSync(
      path.join(delivered, 'ice.json'),
      JSON.stringify({
        uri: 'urn:quay:1',
        headline: 'Ice leaves the harbour',
        description_text: 'Ferries run again.',
        usageterms: 'Editorial use',
        pubstatus: 'usable',
        firstcreated: '2026-11-20T10:00:00Z',
      }),
    );
    const before = statSync(path.join(delivered, 'ice.mp4'));
    const run = (...args: string[]) => desk(args, { home });
    expect((await run('source', 'test', delivered)).result).toMatchObject({ ok: true, count: 1 });
    expect((await run('source', 'test', path.join(delivered, 'none'))).result).toMatchObject({
      code: 'destination-missing',
    });
    expect(await run('source', 'add', delivered, '--name', 'Deliveries')).toMatchObject({
      code: 0,
    });
    // It has to rest for ten seconds before it counts.
    const found = async (words: string) => {
      await run('source', 'check', 'Deliveries');
      return (await run('catalogue', 'search', words)).lines[0];
    };
    await expect
      .poll(() => found('ferries'), { interval: 1000 })
      .toMatchObject({ headline: 'Ice leaves the harbour' });
    const id = (await run('catalogue', 'search', 'ferries')).lines[0]?.['id'] as string;
    const { folder, master } = await getThroughKill(id, film.length, {
      home,
      to,
      format: 'broadcast',
    });
    expect(sha256(await readFile(master))).toBe(sha256(film));
    expect(await run('verify', folder)).toMatchObject({ code: 0 });
    const after = statSync(path.join(delivered, 'ice.mp4'));
    expect([after.mtimeMs, after.size, after.ino]).toEqual([
      before.mtimeMs,
      before.size,
      before.ino,
    ]);
    expect(readdirSync(delivered).toSorted()).toEqual(['ice.json', 'ice.mp4']);
    const { lines: queue } = await run('queue', 'list');
    const transfer = queue.find(({ type }) => type === 'item')?.['id'] as string;
    const report = path.join(temporaryFolder(), 'report.json');
    expect(await run('queue', 'report', transfer, '--to', report)).toMatchObject({ code: 0 });
    const told = await readFile(report, 'utf8');
    expect(told).toContain(sha256(film));
    expect(told).toContain('recorded');
    // Where it was is nobody’s business.
    expect(told).not.toContain(delivered);
    // Its agency takes it back.
    writeFileSync(
      path.join(delivered, 'ice.json'),
      JSON.stringify({ uri: 'urn:quay:1', headline: 'Ice', pubstatus: 'canceled' }),
    );
    await expect
      .poll(() => found('ice'), { interval: 1000 })
      .toMatchObject({ badges: expect.arrayContaining(['withdrawn']) });
    rmSync(path.join(delivered, 'ice.mp4'));
    rmSync(path.join(delivered, 'ice.json'));
    writeFileSync(path.join(delivered, 'other.txt'), 'x');
    await run('source', 'check', 'Deliveries');
    expect(
      (await run('catalogue', 'search', 'ice')).lines.filter(({ id: one }) => one === id),
    ).toEqual([]);
    expect(await run('verify', folder)).toMatchObject({ code: 0 });
  },
);
