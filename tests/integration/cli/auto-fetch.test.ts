import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { desk, startDesk, type Line, type Run } from '../../support/app/desk.ts';
import { startDemo, type DemoService } from '../../support/service/demo.ts';
import { hasKeyring, whyNoKeyring } from '../../support/keyring.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const home = temporaryFolder();
const folder = temporaryFolder();
let service: DemoService;
const run = (args: string[], input?: string): Promise<Run> =>
  desk(args, { home, service: service.url, ...(input === undefined ? {} : { input }) });
const items = ({ lines }: Run): Line[] => lines.filter(({ type }) => type === 'item');
async function edit(id: string, act: 'hold' | 'lift'): Promise<void> {
  const { ok } = await fetch(`${service.url}/test/assets/${id}/${act}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(act === 'lift' ? {} : { reason: { en: 'one shot is being checked' } }),
  });
  expect(ok).toBe(true);
}
const add = (...more: string[]) => run(['auto-fetch', 'add', 'All', ...more]);
const packagesOf = async (): Promise<string[]> =>
  items(await run(['queue', 'list'])).map(({ packageId }) => String(packageId));
/** What a run has begun to queue, read anew: a program that opens the file replaces its index. */
function begun(): number {
  const record = new DatabaseSync(path.join(home, 'auto-fetch.sqlite'), { readOnly: true });
  try {
    const row = record
      .prepare("SELECT count(*) AS count FROM seen WHERE outcome IN ('intended', 'queued')")
      .get();
    return Number(row?.['count']);
  } catch {
    // Being opened.
    return 0;
  } finally {
    record.close();
  }
}
/** Packages of the demo that anybody may have without confirming anything. */
async function freeAssets(): Promise<string[]> {
  return items(await run(['catalogue', 'search', 'rights:none'])).flatMap(
    ({ id, verdict, packages }) =>
      (verdict as { decision: string }).decision === 'allow' &&
      (packages as { purpose: string }[]).some(({ purpose }) => purpose === 'preview')
        ? [String(id)]
        : [],
  );
}

beforeAll(async () => {
  service = await startDemo({ testControls: true, limits: 'relaxed' });
});
afterAll(() => service.close());

describe.skipIf(!hasKeyring)(`auto-fetch on the command line${whyNoKeyring}`, () => {
  test(
    'a rule is previewed, added with what it confirms read, changed, listed and removed',
    { tags: ['long'] },
    async () => {
      await run(['catalogue', 'sync']);
      expect(await add('--query', 'duraton:<60')).toMatchObject({ code: 2 });
      expect(await add()).toMatchObject({ code: 7 });
      expect(await add('--query', '', '--preview', '--format', 'preview')).toMatchObject({
        code: 0,
        result: { id: null, isOn: false, preview: { total: { count: expect.any(Number) } } },
      });
      expect(await add('--query', 'otters', '--confirm', 'editorial')).toMatchObject({
        code: 8,
        result: { code: 'restriction-unacknowledged', words: [{ id: 'editorial' }] },
      });
      expect(items(await run(['auto-fetch', 'list']))).toEqual([]);
      const given =
        '--to|FOLDER|--format|web|--confirm|editorial|--yes|--hours|22:00-06:30|--packages|5|--gb|1.5|--gb-each|none';
      const added = await add(
        '--query',
        'otters',
        ...given.split('|').map((one) => (one === 'FOLDER' ? folder : one)),
      );
      expect(added).toMatchObject({
        code: 0,
        result: {
          rule: {
            isOn: true,
            profile: 'web',
            destination: folder,
            hours: { fromMinute: 1320, toMinute: 390 },
            maxPackages: 5,
            maxBytesPerDay: 1_500_000_000,
            maxBytesPerPackage: null,
            confirm: ['editorial'],
          },
        },
      });
      expect(await add('--off', '--embargo', 'wait')).toMatchObject({
        code: 0,
        result: { rule: { isOn: false, embargo: 'wait', profile: 'web', confirm: ['editorial'] } },
      });
      const [folderTemplate, fileTemplate] = ['{date}/{id}', '{id}_{name}'];
      const names = await add(
        '--folder-name',
        folderTemplate,
        '--file-name',
        fileTemplate,
        '--off',
      );
      expect(names).toMatchObject({ code: 0, result: { rule: { folderTemplate, fileTemplate } } });
      expect(await add('--file-name', 'settings', '--off')).toMatchObject({
        code: 0,
        result: { rule: { folderTemplate, fileTemplate: null } },
      });
      expect(await run(['auto-fetch', 'run'])).toMatchObject({ code: 7 });
      for (const [option, value] of [
        ['--hours', '25:00-26:00'],
        ['--packages', '0'],
        ['--packages', '1.5'],
        ['--gb', 'much'],
        ['--catch-up', '2'],
        ['--format', 'nothing like it'],
        ['--confirm', 'embargo'],
        ['--file-name', '{slug}'],
        ['--folder-name', '{date}'],
      ] as const)
        expect(await add(option, value)).toMatchObject({ code: 2, result: { code: 'usage' } });
      expect(items(await run(['auto-fetch', 'list']))).toMatchObject([
        { name: 'All', text: 'otters', rule: { isOn: false } },
      ]);
      // A search that another desk has saved, with a field that isn't understood, would find all.
      const shared = path.join(temporaryFolder(), 'given.json');
      const search = { name: 'Short', text: 'duraton:<60', sort: 'newest' };
      writeFileSync(
        shared,
        JSON.stringify({ format: 'multimedia-desk-searches', version: 1, searches: [search] }),
      );
      expect(await run(['saved', 'import', shared])).toMatchObject({ code: 0 });
      expect(await run(['auto-fetch', 'add', 'Short'])).toMatchObject({
        code: 2,
        result: { message: expect.stringContaining('Did you mean duration?') },
      });
      expect(await run(['auto-fetch', 'add', 'Short', '--off'])).toMatchObject({ code: 0 });
      expect(await run(['auto-fetch', 'remove', 'Short'])).toMatchObject({ code: 0 });
      expect(await run(['auto-fetch', 'remove', 'All'])).toMatchObject({ code: 0 });
      expect(await run(['auto-fetch', 'remove', 'All'])).toMatchObject({ code: 7 });
    },
  );

  test(
    'kills at any moment of a run queue nothing twice and miss nothing',
    { tags: ['long'] },
    async () => {
      await run(['catalogue', 'sync']);
      const free = await freeAssets();
      expect(free.length).toBeGreaterThan(4);
      for (const id of free) await edit(id, 'hold');
      await run(['catalogue', 'sync']);
      const rule = ['--format', 'preview', '--to', folder, '--packages', 'none', '--gb', 'none'];
      const name = ['auto-fetch', 'add', 'Free', '--query', '', '--catch-up', '30', ...rule];
      expect(await run(name)).toMatchObject({ code: 0 });
      for (const id of free) await edit(id, 'lift');
      // Nobody is signed in: nothing is lost by that.
      expect(await run(['auto-fetch', 'run'])).toMatchObject({
        code: 3,
        result: { code: 'signed-out' },
      });
      expect(await packagesOf()).toEqual([]);
      const { email, password } = service.demoAccount;
      expect(
        await run(['account', 'login', '--email', email, '--password-stdin'], `${password}\n`),
      ).toMatchObject({ code: 0 });
      for (const target of [3, 8]) {
        const started = startDesk(['auto-fetch', 'run'], { home, service: service.url });
        while (begun() < target && started.child.exitCode === null) await setImmediate();
        started.child.kill('SIGKILL');
        expect(await started.end).toMatchObject({ code: null });
      }
      const before = (await packagesOf()).length;
      expect(before > 2 && before < free.length, `${before} queued by then`).toBe(true);
      expect(await run(['auto-fetch', 'run'])).toMatchObject({ code: 0 });
      const queued = await packagesOf();
      expect(queued.toSorted()).toEqual(
        free.map((id) => `${id.replace('ast_', 'pkg_')}_preview`).toSorted(),
      );
      const lines = items(await run(['auto-fetch', 'log', 'Free', '--show', 'queued']));
      const logged = lines
        .filter(({ kind }) => kind === 'queued')
        .map(({ assetId }) => String(assetId));
      expect(logged.toSorted()).toEqual(free.toSorted());
      expect(await run(['auto-fetch', 'run'])).toMatchObject({ code: 0, result: { queued: 0 } });
      expect(await packagesOf()).toHaveLength(free.length);
    },
  );
});
