import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { desk, type Line, type Run } from '../../support/app/desk.ts';
import { startDemo, type DemoService } from '../../support/service/demo.ts';
import { hasKeyring, whyNoKeyring } from '../../support/keyring.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const PLAIN = 'ast_aur261094';
const WITHDRAWN = 'ast_aur261092';
const EMBARGOED = 'ast_aur261145';
const home = temporaryFolder();
const folder = temporaryFolder();
let service: DemoService;
let embargoIds: string[] = [];
const run = (args: string[], input?: string): Promise<Run> =>
  desk(args, { home, service: service.url, ...(input === undefined ? {} : { input }) });
const items = ({ lines }: Run): Line[] => lines.filter(({ type }) => type === 'item');
const get = (id: string, ...more: string[]) =>
  run(['get', id, '--format', 'preview', '--to', folder, ...more]);
async function edit(id: string, act: 'hold' | 'lift' | 'withdraw'): Promise<void> {
  const { status } = await fetch(`${service.url}/test/assets/${id}/${act}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(act === 'lift' ? {} : { reason: { en: 'one shot is being checked' } }),
  });
  expect(status).toBe(200);
}

beforeAll(async () => {
  service = await startDemo({ testControls: true, limits: 'relaxed' });
});
afterAll(() => service.close());

describe.skipIf(!hasKeyring)(
  `rights on the command line${whyNoKeyring}`,
  { tags: ['long'] },
  () => {
    test('an embargo is confirmed with its time, as restrictions are by their ids', async () => {
      const { email, password } = service.demoAccount;
      expect(
        await run(['account', 'login', '--email', email, '--password-stdin'], `${password}\n`),
      ).toMatchObject({ code: 0 });
      const refused = await get(EMBARGOED);
      expect(refused).toMatchObject({
        code: 8,
        result: {
          ok: false,
          code: 'embargoed',
          restrictionIds: [expect.stringMatching(/^embargo:\d{4}-\d\d-\d\dT/u), 'rst_aur261145_1'],
        },
      });
      expect(refused.lines.find(({ type }) => type === 'error')?.['message']).toMatch(
        /^Under embargo until \d+ \w+ \d{4}, \d\d:\d\d UTC/u,
      );
      expect(items(await run(['queue', 'list']))).toEqual([]);
      const ids = refused.result['restrictionIds'] as string[];
      expect(await get(EMBARGOED, '--acknowledge', 'rst_aur261145_1')).toMatchObject({
        code: 8,
        result: { code: 'embargoed', restrictionIds: ids.slice(0, 1) },
      });
      const list = path.join(home, 'list.json');
      const item = {
        kind: 'package',
        packageId: 'pkg_aur261145_preview',
        assetId: EMBARGOED,
        rev: null,
        purpose: 'preview',
        title: 'Lights',
        label: '',
        bytes: null,
        fileCount: 0,
      };
      writeFileSync(
        list,
        JSON.stringify({
          format: 'multimedia-desk-queue',
          version: 1,
          exportedAt: '',
          items: [item],
        }),
      );
      expect(await run(['queue', 'import', list, '--to', folder])).toMatchObject({ code: 0 });
      // Nobody has confirmed what a list brings: the call ends and does not wait for the hour.
      expect(await run(['queue', 'run'])).toMatchObject({ code: 8, result: { code: 'embargoed' } });
      embargoIds = ids;
      expect(await get(EMBARGOED, '--acknowledge', ids.join(','))).toMatchObject({
        code: 0,
        result: { ok: true },
      });
    });

    test('what is on hold, withdrawn or expired is refused with its own code, and the row of a copy says it', async () => {
      for (const id of [PLAIN, WITHDRAWN]) expect(await get(id)).toMatchObject({ code: 0 });
      const told: unknown[] = [];
      for (const [id, act] of [
        [PLAIN, 'hold'],
        [WITHDRAWN, 'withdraw'],
        [PLAIN, 'lift'],
      ] as const) {
        await edit(id, act);
        await run(['catalogue', 'sync']);
        const row = items(await run(['queue', 'list'])).find(({ assetId }) => assetId === id);
        const { code, result } = await get(id);
        told.push([code, result['code'], (row?.['rights'] as { state: string } | null)?.state]);
      }
      expect(told).toEqual([
        [8, 'on-hold', 'on-hold'],
        [7, 'withdrawn', 'withdrawn'],
        [0, undefined, undefined],
      ]);
    });

    test('recalls are listed with where the files are, acknowledged by name or all, and verifying says them', async () => {
      await edit(PLAIN, 'hold');
      await run(['catalogue', 'sync']);
      const listed = await run(['recall', 'list']);
      const recall = listed.lines.find(({ type, kind }) => type === 'recall' && kind === 'on-hold');
      expect(recall).toMatchObject({
        assetId: PLAIN,
        words: 'one shot is being checked',
        acknowledged: null,
        places: [{ kind: 'package', notice: 'written', done: 'set-aside' }],
      });
      const [place] = (recall?.['places'] ?? []) as { folder: string }[];
      expect(await run(['verify', place?.folder ?? ''])).toMatchObject({
        code: 0,
        result: { ok: true, packages: [{ recalled: 'on-hold' }] },
      });
      // On hold: it may be released.
      expect(await run(['recall', 'clear', String(recall?.['id'])])).toMatchObject({
        code: 0,
        result: { count: 0, isDeleted: false },
      });
      expect(await run(['recall', 'acknowledge'])).toMatchObject({ code: 2 });
      expect(await run(['recall', 'acknowledge', 'rcl_none'])).toMatchObject({ code: 7 });
      expect((await run(['recall', 'acknowledge', '--all'])).result['ids']).toContain(
        recall?.['id'],
      );
      expect((await run(['recall', 'list'])).result).toMatchObject({ toAcknowledge: 0 });
      await edit(PLAIN, 'lift');
      await run(['catalogue', 'sync']);
      expect((await run(['recall', 'list'])).lines[0]).toMatchObject({
        kind: 'lifted',
        places: [{ notice: 'removed', done: 'released' }],
      });
    });

    test('what is withdrawn is listed before it is cleared from disk, and deleted with --yes alone', async () => {
      const listed = await run(['recall', 'list']);
      const recall = listed.lines.find(
        ({ assetId, kind }) => assetId === WITHDRAWN && kind === 'withdrawn',
      );
      const id = String(recall?.['id']);
      const [place] = (recall?.['places'] ?? []) as { folder: string }[];
      const folder = place?.folder ?? '';
      expect(await run(['recall', 'clear', 'rcl_none', '--yes'])).toMatchObject({ code: 7 });
      const asked = await run(['recall', 'clear', id]);
      expect(asked).toMatchObject({ code: 0, result: { count: 1, isDeleted: false } });
      expect(asked.lines.find(({ type }) => type === 'clearable')).toMatchObject({
        kind: 'package',
        reason: 'withdrawn',
        folder,
      });
      expect(existsSync(path.join(folder, 'manifest.json'))).toBe(true);
      const isClearedIn = async () =>
        (await run(['recall', 'list'])).lines
          .filter((line) => line['id'] === id)
          .map(({ places }) =>
            (places as { isCleared: boolean }[]).map(({ isCleared }) => isCleared),
          );
      expect(await isClearedIn()).toEqual([[false]]);
      expect(await run(['recall', 'clear', id, '--yes'])).toMatchObject({
        code: 0,
        result: { count: 1, isDeleted: true },
      });
      expect(existsSync(folder)).toBe(false);
      expect(await isClearedIn()).toEqual([[true]]);
      const recorded = (await run(['ledger', 'list'])).lines.filter(
        ({ kind }) => kind === 'cleared-from-disk',
      );
      expect(recorded).toHaveLength(1);
    });

    test('cleared from the list it is still there to verify, report on and find again', async () => {
      const row = items(await run(['queue', 'list'])).find(({ assetId }) => assetId === PLAIN);
      const id = String(row?.['id']);
      expect(await run(['queue', 'clear'])).toMatchObject({ code: 0 });
      expect(items(await run(['queue', 'list']))).toEqual([]);
      expect(items(await run(['queue', 'list', '--removed'])).map((item) => item['id'])).toContain(
        id,
      );
      const report = path.join(home, 'report.json');
      expect(await run(['queue', 'report', id, '--to', report])).toMatchObject({ code: 0 });
      expect(readFileSync(report, 'utf8')).toContain(PLAIN);
      const { lines } = await run(['catalogue', 'search', '']);
      expect(lines.find((line) => line['id'] === PLAIN)?.['badges']).toContain('here');
      const again = await get(PLAIN);
      expect([
        again.code,
        (again.result['files'] as { downloadedBytes: number }[])
          .map(({ downloadedBytes }) => downloadedBytes)
          .filter((bytes) => bytes > 0),
      ]).toEqual([0, []]);
    });

    test('what the newsroom says of itself decides what has to be confirmed', async () => {
      const DUNES = 'ast_aur261108';
      expect(await run(['newsroom', '--platforms', 'radio'])).toMatchObject({ code: 2 });
      expect(await run(['newsroom', '--territory', 'nowhere'])).toMatchObject({ code: 2 });
      const asked = await get(DUNES);
      expect(asked).toMatchObject({ code: 8, result: { code: 'restriction-unacknowledged' } });
      expect(asked.lines.find(({ type }) => type === 'error')?.['reasons']).toMatchObject([
        { effect: 'ask', kind: 'platform', barred: ['social'] },
      ]);
      expect((await run(['newsroom', '--platforms', 'Broadcast, web'])).result).toMatchObject({
        ok: true,
        platforms: ['broadcast', 'web'],
        holdUnderEmbargo: true,
      });
      expect(await get(DUNES)).toMatchObject({ code: 0 });
      await run(['newsroom', '--platforms', 'social']);
      expect(await get(DUNES, '--acknowledge', 'rst_none')).toMatchObject({
        code: 8,
        result: { code: 'platform-restricted' },
      });
      await run(['newsroom', '--platforms', 'broadcast,web,social']);
      const changed = items(await run(['ledger', 'list', '--kind', 'setting-changed']));
      expect(changed.map(({ what }) => (what as { value: string }).value)).toContain(
        'broadcast,web',
      );
    });

    test('what was taken under embargo is complete, and handed over when it has lifted by the service’s clock', async () => {
      const row = items(await run(['queue', 'list', '--removed'])).find(
        ({ assetId }) => assetId === EMBARGOED,
      );
      expect(row).toMatchObject({ state: { phase: 'done' }, heldUntil: expect.any(Number) });
      const again = await get(EMBARGOED, '--acknowledge', embargoIds.join(','));
      expect(again).toMatchObject({
        code: 0,
        result: { ok: true, embargoUntil: new Date(Number(row?.['heldUntil'])).toISOString() },
      });
      const [file] = again.result['files'] as { path: string }[];
      const root = path.dirname(file?.path ?? '');
      const marker = path.join(root, '.done');
      expect([existsSync(path.join(root, 'manifest.json')), existsSync(marker)]).toEqual([
        true,
        false,
      ]);
      const kinds = async () =>
        items(await run(['ledger', 'list', '--search', EMBARGOED])).map(({ kind }) => kind);
      expect(await kinds()).toContain('embargo-confirmed');
      expect(await kinds()).not.toContain('handed-out');
      // What doesn't hear the service's time writes nothing, whatever the clock here says.
      await run(['queue', 'list']);
      await run(['catalogue', 'sync']);
      expect(existsSync(marker)).toBe(false);
      await fetch(`${service.url}/test/clock`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ advanceSeconds: 7 * 3600 }),
      });
      await run(['queue', 'list']);
      expect(existsSync(marker)).toBe(false);
      expect(await run(['catalogue', 'sync'])).toMatchObject({ code: 0 });
      expect(existsSync(marker)).toBe(true);
      expect(await kinds()).toContain('handed-out');
    });
  },
);
