import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { HandoutRecorder } from '../../../src/main/app/ledger.ts';
import type { TransferRow } from '../../../src/main/transfers/api.ts';
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
  (await call('transfers.plan', { assetIds: [id], profile: 'preview' })).items[0];

/** An asset whose restrictions have to be confirmed. */
async function restrictedAsset(): Promise<string> {
  const { items } = await call('catalogue.search', {
    query: { text: '', sort: 'newest' },
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
  // The history outlives the list too.
  const query = { search: headline, fromMs: null, toMs: null, show: 'here' } as const;
  expect(await call('history.list', { query, range: { offset: 0, count: 10 } })).toMatchObject({
    total: 1,
    items: [
      { id: transfer, assetId: restricted, packageId, folder, place: 'here', isListed: false },
    ],
  });
  await call('history.look');
  await eventually(async () =>
    expect(await call('history.state')).toMatchObject({
      packages: 1,
      away: 0,
      isLooking: false,
      lookedAtMs: expect.any(Number),
    }),
  );
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

test('the words recorded are those that were shown, for what is asked and as the catalogue has them', async () => {
  await start();
  const id = await restrictedAsset();
  const item = await planOf(id);
  const asked = (item?.restrictions ?? []).filter((one) => item?.restrictionIds.includes(one.id));
  expect(asked).not.toEqual([]);
  const request = {
    packages: [{ assetId: id, packageId: item?.packageId ?? '' }],
    acknowledge: item?.restrictionIds ?? [],
  };
  const words = asked.map(({ id: restriction, kind, mode, values, note }) => ({
    id: restriction,
    text: `As it was shown: ${note}`,
    rule: { kind, mode, values, note },
  }));
  // Not shown, or shown before the publisher has changed them: nothing is queued or recorded.
  for (const other of [
    [],
    words.map((one) => ({ ...one, text: 'Something else' })),
    words.map((one) => ({ ...one, rule: { ...one.rule, values: ['AQ'] } })),
    words.map((one) => ({ ...one, rule: null })),
  ])
    await expect(call('transfers.enqueue', { ...request, words: other })).rejects.toMatchObject({
      code: 'restriction-unacknowledged',
    });
  expect(await entries()).toEqual([]);
  const { ids } = await call('transfers.enqueue', {
    ...request,
    words: [...words, { id: 'rst_unasked', text: 'Nobody asked for this', rule: null }],
  });
  const texts = words.map(({ id: restriction, text }) => ({ id: restriction, text }));
  const [confirmed] = (await entries()).filter(({ kind }) => kind === 'restriction-confirmed');
  expect(confirmed?.words).toEqual(texts);
  const evidence = await call('transfers.evidence', {
    id: ids[0] ?? '',
    format: 'json',
    language: 'en',
  });
  for (const { text } of texts) expect(evidence.text).toContain(text);
  expect(evidence.text).not.toContain('Nobody asked for this');
});

test('the plan has all that is shown and chosen from, and counts the room of another folder', async () => {
  await start();
  const id = await restrictedAsset();
  const assetIds = [id];
  const first = await call('transfers.plan', { assetIds, profile: 'preview' });
  const [row] = await application.services.library.catalogue.rows(assetIds);
  expect(first.items[0]).toMatchObject({
    source: row?.source,
    restrictions: row?.restrictions,
    reasons: row?.verdict.reasons,
    packages: row?.packages.map(({ packageId, label, purpose, bytes }) => ({
      packageId,
      label,
      purpose,
      bytes,
      isHere: false,
      finishedAtMs: null,
    })),
  });
  expect([first.bytesPerSecond, first.queue]).toEqual([
    null,
    { count: 0, remainingBytes: 0, isPaused: false },
  ]);
  const destination = path.join(home, 'other');
  const other = await call('transfers.plan', { assetIds, profile: 'preview', destination });
  expect(other.destination).toBe(destination);
  const request = {
    packages: [{ assetId: id, packageId: first.items[0]?.packageId ?? '' }],
    acknowledge: first.items[0]?.restrictionIds ?? [],
  };
  await expect(
    call('transfers.enqueue', { ...request, destination: 'not/absolute' }),
  ).rejects.toMatchObject({ code: 'usage' });
  const { ids } = await call('transfers.enqueue', { ...request, destination });
  expect((await call('transfers.detail', { id: ids[0] ?? '' })).folder).toContain(destination);
  // An asset that has gone is not in the plan.
  expect(
    (await call('transfers.plan', { assetIds: ['ast_gone'], profile: 'preview' })).items,
  ).toEqual([]);
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

test('what was recalled before it was complete is not handed out, until it is released', async () => {
  await start();
  const real = await fetchPackage(PLAIN);
  const { transfers, ledger, options } = application.services;
  let recall: TransferRow['recall'] = {
    id: 'rcl_1',
    kind: 'on-hold',
    atMs: 1,
    rev: { from: 1, to: null },
    phase: 'running',
    isToAcknowledge: true,
  };
  // Another transfer, which is as the real one but for its recall.
  const id = 'trf_other';
  const report = await transfers.evidence(real, 'json', 'en');
  const detail = async () => ({ ...(await transfers.detail(real)), id, recall });
  const recorder = new HandoutRecorder(
    {
      ...transfers,
      detail,
      packages: async () => (await transfers.packages()).map((one) => ({ ...one, id })),
      evidence: async () => report,
    },
    ledger,
    options.log,
    async () => undefined,
  );
  const recorded = async () =>
    (await handedOut()).filter(({ what }) => what.transferId === id).length;
  await recorder.changed([await detail()]);
  await recorder.catchUp({ isThorough: true });
  expect(await recorded()).toBe(0);
  recall = null;
  await recorder.upTo(id);
  expect(await recorded()).toBe(1);
  // Recalled after it was handed out: that stays true, and is not repeated.
  recall = {
    id: 'rcl_2',
    kind: 'withdrawn',
    atMs: 2,
    rev: { from: 1, to: null },
    phase: 'done',
    isToAcknowledge: true,
  };
  await recorder.changed([await detail()]);
  expect(await recorded()).toBe(1);
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

test('what couldn’t be recorded is by the next start of any kind, with when it was complete', async () => {
  await start();
  await application.close();
  const file = path.join(home, 'ledger.jsonl');
  const aside = path.join(home, 'aside');
  await open();
  renameSync(file, aside);
  // No entry can be written while a folder has its name.
  mkdirSync(file);
  const transfer = await fetchPackage(PLAIN);
  const { finishedAt } = await call('transfers.detail', { id: transfer });
  await application.close();
  rmSync(file, { recursive: true });
  renameSync(aside, file);
  // As a command opens it, which may end at once.
  await open();
  await application.close();
  await open();
  expect(await handedOut()).toMatchObject([
    { what: { transferId: transfer, completedAtMs: finishedAt } },
  ]);
});

test('what is released by a run that ends at once is recorded by that run', async () => {
  await start();
  const transfer = await fetchPackage(EMBARGOED);
  expect(await handedOut()).toEqual([]);
  const lifted = await fetch(`${service.url}/test/assets/${EMBARGOED}/lift`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  expect(lifted.status).toBe(200);
  // The service tells its time in whole seconds, so it may take one to have lifted.
  await eventually(async () => {
    await call('library.sync');
    await application.services.rights.check();
    expect((await call('transfers.detail', { id: transfer })).heldUntil).toBeNull();
  });
  await application.close();
  const lines = readFileSync(path.join(home, 'ledger.jsonl'), 'utf8');
  expect(lines.match(/handed-out/gu)).toHaveLength(1);
  await open();
  expect(await handedOut()).toMatchObject([{ what: { transferId: transfer } }]);
});

test('what is confirmed for a repair is recorded with the words, before it is queued', async () => {
  await start();
  const restricted = await restrictedAsset();
  const asset = await planOf(restricted);
  const id = await fetchPackage(restricted);
  const { folder } = await call('transfers.detail', { id });
  const before = await entries();
  const confirmed = before.filter(({ kind }) => kind === 'restriction-confirmed');
  expect(confirmed.map(({ termsVersion }) => termsVersion)).toEqual([expect.any(String)]);
  await application.services.transfers.repairFolder(folder, asset?.restrictionIds ?? []);
  const [newest] = (await entries()).filter(({ kind }) => kind === 'restriction-confirmed');
  expect(newest?.number).toBeGreaterThan(confirmed[0]?.number ?? Infinity);
  expect(confirmed[0]?.subject?.rev).toBe(newest?.subject?.rev);
  expect(newest).toMatchObject({
    subject: { assetId: restricted, rev: 1 },
    termsVersion: confirmed[0]?.termsVersion,
  });
  expect(newest?.words.map((one) => one.id).toSorted()).toEqual(asset?.restrictionIds.toSorted());
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
