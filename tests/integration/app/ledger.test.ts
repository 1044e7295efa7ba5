import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import type { Application } from '../../../src/main/app/services.ts';
import type { CommandName, Received } from '../../../src/shared/contract/define.ts';
import type { AppContract } from '../../../src/shared/contract/index.ts';
import { invoke, openApplication } from '../../support/app/application.ts';
import { eventually } from '../../support/eventually.ts';
import { ANYTHING } from '../../support/ledger.ts';
import { startDemo, type DemoService } from '../../support/service/demo.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const EMBARGOED = 'ast_aur261145';
/** Without restrictions. */
const PLAIN = 'ast_aur261094';

let service: DemoService;
let home: string;
let application: Application;
const open = async (background = false): Promise<void> => {
  application = await openApplication(home, { serviceUrl: service.url, background });
};
const call = <N extends CommandName<AppContract>>(
  name: N,
  ...input: undefined extends Received<AppContract, N> ? [] : [Received<AppContract, N>]
) => invoke(application, name, ...input);
/** The newest entries, without what setting up the home has left. */
const entries = async () =>
  (await call('ledger.list', { query: ANYTHING, range: { offset: 0, count: 100 } })).items.flatMap(
    ({ entry }) =>
      entry && !['setting-changed', 'terms-accepted'].includes(entry.kind) ? [entry] : [],
  );
const handedOut = async () => (await entries()).filter(({ kind }) => kind === 'handed-out');
const planOf = async (id: string) =>
  (await call('transfers.plan', { assetIds: [id], purpose: 'preview' })).items[0];

/** An asset whose restrictions have to be confirmed. */
async function restrictedAsset(): Promise<string> {
  const { items } = await call('catalogue.search', {
    query: { text: '', facets: {}, publishedAfter: null, sort: 'newest' },
    range: { offset: 0, count: 100 },
  });
  const plans = await Promise.all(
    items
      .filter(({ restrictions, embargoUntil }) => restrictions.length > 0 && embargoUntil === null)
      .map(({ id }) => planOf(id)),
  );
  return plans.find((plan) => plan?.blocked === null)?.assetId ?? '';
}

async function enqueue(id: string): Promise<string> {
  const item = await planOf(id);
  const { ids } = await call('transfers.enqueue', {
    packages: [{ assetId: id, packageId: item?.packageId ?? '' }],
    acknowledge: item?.restrictionIds ?? [],
  });
  return ids[0] ?? '';
}
async function fetchPackage(id: string): Promise<string> {
  const transfer = await enqueue(id);
  await eventually(async () =>
    expect((await call('transfers.detail', { id: transfer })).state).toEqual({ phase: 'done' }),
  );
  return transfer;
}

beforeEach(async () => {
  service = await startDemo({ testControls: true, limits: 'relaxed' });
  home = temporaryFolder();
});
afterEach(async () => {
  await application.close();
  await service.close();
});
async function start(): Promise<void> {
  await open();
  await call('settings.set', { destination: path.join(home, 'to'), deskName: 'Ingest 2' });
  await call('account.sign-in', service.demoAccount);
  await call('library.sync');
}

test('what is confirmed, handed out, shown and exported is recorded with who and when, and outlives the list', async () => {
  await start();
  const restricted = await restrictedAsset();
  const transfer = await fetchPackage(restricted);
  const { restrictions, headline } = await call('catalogue.asset', { id: restricted });
  await call('transfers.reveal', { id: transfer });
  await call('transfers.evidence', { id: transfer, format: 'html', language: 'en' });
  await eventually(async () => expect(await entries()).toHaveLength(4));
  await call('transfers.clear', { ids: [transfer] });
  const [exported, revealed, done, confirmed] = await entries();
  const { packageId, folder } = await call('transfers.detail', { id: transfer });
  expect(confirmed).toMatchObject({
    kind: 'restriction-confirmed',
    who: { account: service.demoAccount.email, desk: 'Ingest 2', user: expect.any(String) },
    subject: { assetId: restricted, packageId, title: headline },
    isServiceTime: true,
    language: 'en',
    what: { count: 1 },
  });
  const asked = (await planOf(restricted))?.restrictionIds ?? [];
  expect(confirmed?.words.map(({ id }) => id).toSorted()).toEqual(asked.toSorted());
  for (const { id, text } of confirmed?.words ?? [])
    expect(text).toContain(restrictions.find((one) => one.id === id)?.note);
  expect(done).toMatchObject({
    kind: 'handed-out',
    subject: { packageId, rev: expect.any(Number), title: headline },
    what: { transferId: transfer, folder, completedAtMs: expect.any(Number) },
  });
  expect(revealed).toMatchObject({ kind: 'revealed', what: { folder } });
  expect(exported).toMatchObject({
    kind: 'exported',
    what: { format: 'evidence-html', name: expect.stringMatching(/\.html$/u) },
  });
  expect((await call('ledger.state')).broken).toBeNull();
});

test('a package is handed out once, also after a restart and a repair', async () => {
  await start();
  const transfer = await fetchPackage(PLAIN);
  await eventually(async () => expect(await handedOut()).toHaveLength(1));
  await application.close();
  await open(true);
  await eventually(async () => expect((await call('ledger.state')).checkedAtMs).not.toBeNull());
  const { folder } = await call('transfers.detail', { id: transfer });
  const damaged = (await call('transfers.detail', { id: transfer })).files[0]?.path ?? '';
  writeFileSync(path.join(folder, damaged), 'damage');
  await call('transfers.repair', { ids: [transfer] });
  await eventually(async () =>
    expect((await call('transfers.detail', { id: transfer })).state).toEqual({ phase: 'done' }),
  );
  await call('transfers.reveal', { id: transfer });
  expect(await handedOut()).toHaveLength(1);
});

test('what an earlier run completed and could not record is recorded by the next one', async () => {
  await start();
  const transfer = await fetchPackage(PLAIN);
  await application.close();
  // As of a home from before there was a ledger.
  for (const name of ['ledger.jsonl', 'ledger-head.json']) rmSync(path.join(home, name));
  await open(true);
  await eventually(async () => expect(await entries()).toHaveLength(1));
  expect(await entries()).toMatchObject([
    { kind: 'handed-out', what: { transferId: transfer, completedAtMs: expect.any(Number) } },
  ]);
});

test('an embargo is confirmed with the time it lifts', async () => {
  await start();
  await call('settings.set', { activeTransfers: 1 });
  const item = await planOf(EMBARGOED);
  await enqueue(EMBARGOED);
  const found = (await entries()).find(({ kind }) => kind === 'embargo-confirmed');
  expect(found?.what.untilMs).toBe(item?.embargoUntil);
  expect(found?.words[0]?.text).toContain('Under embargo until');
});

test('settings that matter and accepted terms are recorded', async () => {
  await start();
  await call('settings.set', { theme: 'light' });
  const { items } = await call('ledger.list', {
    query: { ...ANYTHING, kinds: ['setting-changed'] },
    range: { offset: 0, count: 10 },
  });
  expect(items.map(({ entry }) => entry?.what.setting)).toEqual(['deskName', 'destination']);
});

const BLOCK = 4096;
const add = (text: string): Promise<void> =>
  application.services.ledger.append([{ kind: 'exported', what: { name: text } }]);
/** Adds entries until no other fits into the file's last block. */
async function fillLastBlock(file: string): Promise<void> {
  const before = statSync(file).size;
  await add('');
  const { size } = statSync(file);
  // A few bytes for a number with a digit more.
  await add('x'.repeat(2 * BLOCK - ((2 * size - before) % BLOCK) - 8));
}

test('without room for the confirmation nothing is queued, and it says so', async ({ skip }) => {
  await start();
  const restricted = await restrictedAsset();
  const file = path.join(home, 'ledger.jsonl');
  await fillLastBlock(file);
  // The ledger alone on a full volume: its file is there, as a mount of its own.
  const small = path.join(home, 'small');
  mkdirSync(small);
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', small]).status !== 0)
    skip('no volumes may be mounted here');
  onTestFinished(() => void spawnSync('umount', ['-l', small]));
  writeFileSync(path.join(small, 'ledger.jsonl'), readFileSync(file));
  expect(spawnSync('mount', ['--bind', path.join(small, 'ledger.jsonl'), file]).status).toBe(0);
  onTestFinished(() => void spawnSync('umount', ['-l', file]));
  try {
    writeFileSync(path.join(small, 'ballast'), Buffer.alloc(128 * 1024));
  } catch {
    // The volume is full, as it has to be.
  }
  await expect(enqueue(restricted)).rejects.toMatchObject({ code: 'disk-full' });
  expect(await call('transfers.find', { assetId: restricted, packageId: null })).toBeNull();
});
