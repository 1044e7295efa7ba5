import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { desk, startDesk } from '../support/app/desk.ts';
import { nginxMissing, startNginx } from '../support/engine/nginx.ts';
import { sha256 } from '../support/engine/origin.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const MIB = 1024 * 1024;
const BYTES = 48 * MIB + 7;

/** An address with a key that only this reader has. */
const feedOf = (url: string): string => `<?xml version="1.0"?>
<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Quay pictures</title>
<copyright>Credit Quay Trust</copyright>
<item><guid>tide-1</guid><title>The tide gauge at dusk</title><pubDate>Tue, 24 Nov 2026 16:20:00 GMT</pubDate>
<description>Two hours in one minute.</description><media:credit role="producer">Quay Trust</media:credit>
<media:group>
<media:content url="${url}/slow/tide-1080.mp4" type="video/mp4" height="1080" width="1920" duration="64" fileSize="12" isDefault="true"/>
<media:content url="${url}/tide-360.mp4" type="video/mp4" height="360" duration="64"/>
</media:group>
<media:subTitle type="text/vtt" lang="en" href="${url}/tide.vtt"/>
<media:thumbnail url="${url}/tide.jpg" width="640" height="360"/></item></channel></rss>`;

test.skipIf(nginxMissing)(
  `from nothing to a package of a feed that is verified, damaged and repaired, through a kill${nginxMissing ? ` (skipped: ${nginxMissing})` : ''}`,
  { tags: ['long'] },
  async () => {
    const nginx = await startNginx(temporaryFolder());
    const film = randomBytes(BYTES);
    await writeFile(path.join(nginx.root, 'tide-1080.mp4'), film);
    await writeFile(path.join(nginx.root, 'tide-360.mp4'), randomBytes(MIB));
    await writeFile(path.join(nginx.root, 'tide.vtt'), 'WEBVTT\n\n00:00.000 --> 00:02.000\nDusk\n');
    await writeFile(path.join(nginx.root, 'tide.jpg'), randomBytes(2000));
    await writeFile(path.join(nginx.root, 'feed.xml'), feedOf(nginx.url));
    const home = temporaryFolder();
    const to = temporaryFolder();
    const run = (...args: string[]) => desk(args, { home });

    const { result: seen } = await run('source', 'test', `${nginx.url}/feed.xml`);
    expect(seen).toMatchObject({ ok: true, count: 1, integrity: 'recorded', rights: 'general' });
    const { version } = seen['terms'] as { version: string };
    const added = await run('source', 'add', `${nginx.url}/feed.xml`, '--accept-terms', version);
    expect(added).toMatchObject({ code: 0, result: { count: 1 } });
    const { lines } = await run('catalogue', 'search', 'tide gauge');
    const [asset] = lines;
    expect(asset).toMatchObject({ headline: 'The tide gauge at dusk', integrity: 'recorded' });
    const id = asset?.['id'] as string;

    // The best rendition, killed once a third of it is here.
    const get = ['get', id, '--to', to];
    const killed = startDesk(get, { home });
    await killed.line(
      ({ type, receivedBytes }) => type === 'progress' && Number(receivedBytes) > BYTES / 3,
    );
    killed.child.kill('SIGKILL');
    await killed.end;
    const again = await run(...get);
    expect(again).toMatchObject({ code: 0, result: { ok: true } });
    const asked = (await nginx.log()).filter((line) => line.startsWith('/slow/tide-1080.mp4|'));
    const sent = asked.reduce((sum, line) => sum + Number(line.split('|')[3]), 0);
    // What was on disk was not asked for again, but for what was under way.
    expect(sent).toBeLessThan(BYTES + 12 * MIB);

    const [name = ''] = await readdir(to);
    const folder = path.join(to, name);
    const files = await readdir(folder, { recursive: true });
    expect(files).toContain('.done');
    const master = files.find((file) => file.endsWith('.mp4')) ?? '';
    expect(sha256(await readFile(path.join(folder, master)))).toBe(sha256(film));
    expect(files.some((file) => file.endsWith('.vtt'))).toBe(true);
    expect(files.some((file) => file.endsWith('.jpg'))).toBe(true);

    expect(await run('verify', folder)).toMatchObject({ code: 0 });
    const handle = await open(path.join(folder, master), 'r+');
    const at = 20 * MIB;
    await handle.write(Buffer.from([(film[at] ?? 0) ^ 1]), 0, 1, at);
    await handle.close();
    expect(await run('verify', folder)).toMatchObject({ code: 5 });
    const before = (await nginx.log()).length;
    expect(await run('repair', folder)).toMatchObject({ code: 0 });
    expect(sha256(await readFile(path.join(folder, master)))).toBe(sha256(film));
    const repaired = (await nginx.log())
      .slice(before)
      .filter((line) => line.startsWith('/slow/tide-1080.mp4|'))
      .reduce((sum, line) => sum + Number(line.split('|')[3]), 0);
    // Its piece only.
    expect(repaired).toBeLessThanOrEqual(8 * MIB);
    expect(await run('verify', folder)).toMatchObject({ code: 0 });

    const { lines: queue } = await run('queue', 'list');
    const transfer = queue.find(({ type }) => type === 'item')?.['id'] as string;
    const report = path.join(temporaryFolder(), 'report.json');
    expect(await run('queue', 'report', transfer, '--to', report)).toMatchObject({ code: 0 });
    const text = await readFile(report, 'utf8');
    expect(text).toContain('Credit Quay Trust');
    expect(text).toContain('recorded');

    // The source goes; what was downloaded stays, and is still verified.
    expect(await run('source', 'remove', 'Quay pictures')).toMatchObject({ code: 0 });
    expect(await run('verify', folder)).toMatchObject({ code: 0 });

    // Off the list and moved away: the history knows it, and where it is now.
    expect(await run('queue', 'clear', transfer)).toMatchObject({ code: 0 });
    expect((await run('queue', 'list')).result).toMatchObject({ count: 0 });
    const moved = path.join(to, 'archive', name);
    await mkdir(path.dirname(moved));
    await rename(folder, moved);
    const listed = async (...more: string[]) => (await run('history', 'list', ...more)).lines;
    expect(await listed('--look', '--search', 'tide gauge')).toMatchObject([
      { type: 'item', id: transfer, assetId: id, place: 'moved', folder: moved, movedFrom: folder },
      { type: 'result', ok: true, count: 1 },
    ]);
    expect(await listed('--show', 'gone')).toMatchObject([{ type: 'result', count: 0 }]);
    expect(await listed('--until', '2020-01-01')).toMatchObject([{ type: 'result', count: 0 }]);
    expect(await run('history', 'list', '--limit', '0')).toMatchObject({ code: 2 });
  },
);
