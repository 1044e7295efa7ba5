import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { nginxMissing, startNginx, type Nginx } from '../../support/engine/nginx.ts';
import { content, sha256 } from '../../support/engine/origin.ts';
import { get, received, type Bench } from '../../support/engine/bench.ts';
import { openBench } from '../../support/engine/per-test.ts';

const MIB = 1024 * 1024;

describe.skipIf(nginxMissing)(
  `with a real nginx${nginxMissing ? ` (skipped: ${nginxMissing})` : ''}`,
  () => {
    let nginx: Nginx;
    let bench: Bench;
    beforeEach(async () => {
      bench = await openBench();
      nginx = await startNginx(path.join(bench.folder, 'nginx'));
    });

    test('a large file over several connections, each byte asked for once', async () => {
      const bytes = content(70 * MIB + 123);
      await writeFile(path.join(nginx.root, 'a.mov'), bytes);
      const { state, files } = await get(bench, {
        url: `${nginx.url}/a.mov`,
        sha256: sha256(bytes),
      });
      expect(state).toEqual({ phase: 'done' });
      expect(files).toMatchObject([{ verified: true, downloadedBytes: bytes.length }]);
      const log = await nginx.log();
      expect(log.every((line) => line.startsWith('/a.mov|206|'))).toBe(true);
      expect(new Set(log.slice(1)).size).toBe(log.length - 1);
    });

    test('stopped and started again: only the rest is asked for', async () => {
      await bench.transfers.configure({ connectionsPerFile: 1, limitBytesPerSecond: 40 * MIB });
      const bytes = content(24 * MIB);
      await writeFile(path.join(nginx.root, 'a.mov'), bytes);
      const [id = ''] = await bench.transfers.enqueue(
        [
          {
            url: `${nginx.url}/a.mov`,
            metalink: false,
            destination: bench.to,
            sha256: null,
            hashAnyway: true,
          },
        ],
        { makeDestination: true },
      );
      await received(bench.transfers, id, 12 * MIB);
      await bench.restart();
      const { state, files } = await get(bench, { url: `${nginx.url}/a.mov`, hashAnyway: true });
      expect(state).toEqual({ phase: 'done' });
      expect(files).toMatchObject([{ sha256: sha256(bytes), verified: false }]);
      expect(files[0]?.downloadedBytes).toBeLessThanOrEqual(13 * MIB);
    });

    test('a server without ranges, redirects, refusals and portals', async () => {
      const bytes = content(3 * MIB);
      for (const name of ['a.mov', 'b.mov']) await writeFile(path.join(nginx.root, name), bytes);
      expect(
        (await get(bench, { url: `${nginx.url}/no-ranges/b.mov`, sha256: sha256(bytes) })).state,
      ).toEqual({ phase: 'done' });
      expect(
        (await get(bench, { url: `${nginx.url}/moved.mov`, sha256: sha256(bytes) })).state,
      ).toEqual({ phase: 'done' });
      expect((await get(bench, { url: `${nginx.url}/forbidden.mov` })).state).toMatchObject({
        phase: 'failed',
        code: 'origin-refused',
      });
      expect((await get(bench, { url: `${nginx.url}/portal.mov` })).state).toMatchObject({
        phase: 'failed',
        code: 'captive-portal',
      });
      expect((await readdir(bench.to)).toSorted()).toEqual(['b.mov', 'moved.mov']);
    });

    test('a Metalink: files under their names, pieces checked, a dead mirror passed by', async () => {
      const bytes = content(5 * MIB);
      await mkdir(path.join(nginx.root, 'deep'));
      await writeFile(path.join(nginx.root, 'deep', 'a.mov'), bytes);
      await writeFile(path.join(nginx.root, 'empty.txt'), '');
      const hashes = Array.from(
        { length: 5 },
        (_, i) => `<hash>${sha256(bytes.subarray(i * MIB, (i + 1) * MIB))}</hash>`,
      ).join('');
      await writeFile(
        path.join(nginx.root, 'all.meta4'),
        `<?xml version="1.0"?><metalink xmlns="urn:ietf:params:xml:ns:metalink">
      <file name="Harvest/master.mov"><size>${bytes.length}</size><pieces length="${MIB}" type="sha-256">${hashes}</pieces>
        <url priority="1">${nginx.url}/gone.mov</url><url priority="2">${nginx.url}/deep/a.mov</url></file>
      <file name="empty.txt"><size>0</size><hash type="sha-256">${sha256(new Uint8Array(0))}</hash><url>empty.txt</url></file></metalink>`,
      );
      const { state, files } = await get(bench, { url: `${nginx.url}/all.meta4`, metalink: true });
      expect(state).toEqual({ phase: 'done' });
      expect(files).toMatchObject([
        { path: path.join(bench.to, 'Harvest', 'master.mov'), verified: true },
        { path: path.join(bench.to, 'empty.txt'), bytes: 0, verified: true },
      ]);
      expect(sha256(await readFile(path.join(bench.to, 'Harvest', 'master.mov')))).toBe(
        sha256(bytes),
      );
    });

    test.each([
      ['../out.mov', 1],
      ['/etc/out.mov', 1],
      ['a/../../out.mov', 1],
      ['C:b', 1],
      ['CON', 2],
      ['ab:c', 2],
    ])(
      'of a Metalink with the name %j that file alone is refused, if at all; with strict all of it',
      async (name, fetched) => {
        await writeFile(path.join(nginx.root, 'a'), 'a');
        await writeFile(
          path.join(nginx.root, 'bad.meta4'),
          `<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="fine.txt"><url>${nginx.url}/a</url></file>
      <file name="${name}"><url>${nginx.url}/a</url></file></metalink>`,
        );
        const refused = { phase: 'failed', code: 'unsafe-name' };
        const done = { phase: 'done' };
        expect(
          (await get(bench, { url: `${nginx.url}/bad.meta4`, metalink: true, strict: true })).state,
        ).toMatchObject(fetched === 2 ? done : refused);
        expect(await readdir(bench.to)).toHaveLength(fetched === 2 ? 2 : 0);
        const { state, files } = await get(bench, {
          url: `${nginx.url}/bad.meta4`,
          metalink: true,
        });
        expect(state).toMatchObject(fetched === 2 ? done : refused);
        expect(await readdir(bench.to)).toHaveLength(fetched);
        expect(files).toMatchObject([
          { path: path.join(bench.to, 'fine.txt'), done: true },
          fetched === 2
            ? { given: name, done: true }
            : { path: name, error: { code: 'unsafe-name' } },
        ]);
      },
    );
  },
);
