import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { clearFromDisk } from '../../../src/main/app/clear-away.ts';
import type { Application } from '../../../src/main/app/services.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { invoke, openApplication } from '../../support/app/application.ts';
import { eventually } from '../../support/eventually.ts';
import { startDemo, type DemoService } from '../../support/service/demo.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const PLAIN = 'ast_aur261094';
let service: DemoService;
let home: string;
let application: Application;

beforeEach(async () => {
  service = await startDemo({ testControls: true, limits: 'relaxed' });
  home = temporaryFolder();
  application = await openApplication(home, { serviceUrl: service.url });
  await invoke(application, 'settings.set', { destination: `${home}/to` });
  await invoke(application, 'account.sign-in', service.demoAccount);
  await invoke(application, 'library.sync');
});
afterEach(async () => {
  await application.close();
  await service.close();
});

const planned = async () =>
  (await invoke(application, 'transfers.plan', { assetIds: [PLAIN], profile: 'preview' })).items[0];

/** @returns the id of its transfer */
async function fetched(): Promise<string> {
  const item = await planned();
  const {
    ids: [id = ''],
  } = await invoke(application, 'transfers.enqueue', {
    packages: [{ assetId: PLAIN, packageId: item?.packageId ?? '' }],
    acknowledge: item?.restrictionIds ?? [],
  });
  await eventually(async () =>
    expect((await invoke(application, 'transfers.detail', { id })).state).toEqual({
      phase: 'done',
    }),
  );
  return id;
}
async function withdraw(): Promise<void> {
  const answer = await fetch(`${service.url}/test/assets/${PLAIN}/withdraw`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ reason: { en: 'One shot shows another village.' } }),
  });
  expect(answer.ok).toBe(true);
  await invoke(application, 'library.sync');
  await application.services.rights.check();
}
/** A package that is here, and was withdrawn since. */
async function withdrawn(
  meanwhile: (folder: string) => void = () => undefined,
): Promise<{ id: string; folder: string }> {
  const id = await fetched();
  const { folder } = await invoke(application, 'transfers.detail', { id });
  meanwhile(folder);
  await withdraw();
  await eventually(() => expect(readdirSync(folder)).toContain('RECALLED.txt'));
  return { id, folder };
}
const ledger = async () =>
  (
    await invoke(application, 'ledger.list', {
      query: { search: '', kinds: ['cleared-from-disk'], person: null, fromMs: null, toMs: null },
      range: { offset: 0, count: 9 },
    })
  ).items;

test('a row carries its recall, the tab has it, and clearing it away is in the ledger', async () => {
  const { id, folder } = await withdrawn();
  const recalled = await invoke(application, 'transfers.list', {
    tab: 'recalled',
    range: { offset: 0, count: 9 },
  });
  expect(recalled.rows).toMatchObject([
    { id, recall: { kind: 'withdrawn', phase: 'done', isToAcknowledge: true } },
  ]);
  expect((await invoke(application, 'transfers.totals')).counts.recalled).toBe(1);
  await invoke(application, 'recalls.acknowledge', { ids: [recalled.rows[0]?.recall?.id ?? ''] });
  const [acknowledged] = (
    await invoke(application, 'transfers.list', { tab: 'recalled', range: { offset: 0, count: 9 } })
  ).rows;
  expect(acknowledged?.recall?.isToAcknowledge).toBe(false);
  expect(
    (await invoke(application, 'recalls.list', { range: { offset: 0, count: 9 }, isOpen: true }))
      .items,
  ).toEqual([]);
  writeFileSync(path.join(folder, 'notes.txt'), 'mine');
  const { items } = await invoke(application, 'transfers.clearable');
  expect(items).toMatchObject([{ id, folder, kind: 'package', reason: 'withdrawn' }]);
  expect(await ledger()).toEqual([]);
  const done = await invoke(application, 'transfers.clear-from-disk', { places: [{ id, folder }] });
  expect(done).toMatchObject({
    items: [{ id, folder, files: items[0]?.files, left: 0 }],
    failed: [],
  });
  expect(readdirSync(folder)).toEqual(['notes.txt']);
  expect(await ledger()).toMatchObject([
    {
      entry: {
        kind: 'cleared-from-disk',
        subject: { assetId: PLAIN, rev: 1 },
        what: { transferId: id, folder, count: items[0]?.files, value: 'withdrawn' },
      },
    },
  ]);
  expect((await invoke(application, 'transfers.totals')).counts).toMatchObject({
    all: 0,
    recalled: 0,
  });
});

test('a plan says when what it leaves out was downloaded and withdrawn', async () => {
  const id = await fetched();
  const { finishedAt } = await invoke(application, 'transfers.detail', { id });
  const here = expect.objectContaining({ isHere: true, finishedAtMs: finishedAt }) as unknown;
  expect(await planned()).toMatchObject({ alreadyHere: true, withdrawnAt: null });
  expect((await planned())?.packages).toContainEqual(here);
  // After a start too.
  await application.close();
  application = await openApplication(home, { serviceUrl: service.url });
  await invoke(application, 'library.sync');
  expect((await planned())?.packages).toContainEqual(here);
  const before = Date.now();
  await withdraw();
  const { blocked, withdrawnAt } = (await planned()) ?? {};
  expect(blocked).toBe('withdrawn');
  // By the service's clock, which is this computer's; whole minutes.
  expect(withdrawnAt).toBeGreaterThan(before - 60_000);
  expect(withdrawnAt).toBeLessThanOrEqual(Date.now());
});

test('what can’t be recorded keeps its manifest, and can be cleared again', async () => {
  const { id, folder } = await withdrawn();
  const { transfers, clearings } = application.services;
  const full = {
    append: () => Promise.reject(new AppError('disk-full', 'No space for the ledger')),
  };
  expect(
    await clearFromDisk({ transfers, ledger: full, clearings }, [{ id, folder }]),
  ).toMatchObject({
    items: [],
    failed: [{ id, folder, error: { code: 'disk-full' } }],
  });
  expect(readdirSync(folder)).toContain('manifest.json');
  expect((await transfers.clearable()).items).toMatchObject([{ id, folder, files: 0 }]);
  expect(await clearFromDisk(application.services, [{ id, folder }])).toMatchObject({
    failed: [],
  });
  expect(readdirSync(home + '/to')).toEqual([]);
});

test('a copy that is gone before it could be recorded is recorded by the next start', async () => {
  const copies = path.join(home, 'to', 'edit');
  const { id } = await withdrawn((folder) => {
    const film = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((name) =>
      name.endsWith('.mp4'),
    );
    mkdirSync(copies);
    copyFileSync(path.join(folder, film ?? ''), path.join(copies, 'clip.mp4'));
  });
  await eventually(async () =>
    expect((await application.services.transfers.clearable()).items).toContainEqual(
      expect.objectContaining({ id, folder: copies, kind: 'copy' }),
    ),
  );
  const reopened = async () => {
    await application.close();
    application = await openApplication(home, { serviceUrl: service.url });
  };
  const { transfers, clearings } = application.services;
  const killed = { append: () => Promise.reject(new AppError('cancelled', 'Killed')) };
  await clearFromDisk({ transfers, ledger: killed, clearings }, [{ id, folder: copies }]);
  expect(existsSync(path.join(copies, 'clip.mp4'))).toBe(false);
  expect(await ledger()).toEqual([]);
  await reopened();
  expect(await ledger()).toMatchObject([
    {
      entry: {
        subject: { assetId: PLAIN, rev: 1 },
        what: { transferId: id, folder: copies },
      },
    },
  ]);
  await reopened();
  expect(await ledger()).toHaveLength(1);
});

test('nothing is deleted that isn’t to be cleared away, and the others are', async () => {
  const { id, folder } = await withdrawn();
  const outcome = await clearFromDisk(application.services, [
    { id, folder: home },
    { id, folder },
  ]);
  expect(outcome).toMatchObject({
    items: [{ id, folder }],
    failed: [{ id, folder: home, error: { code: 'not-found' } }],
  });
  expect(readdirSync(home)).toContain('to');
});
