import { readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Application } from '../../../src/main/app/services.ts';
import { RecallDesk } from '../../../src/main/app/recalls.ts';
import type { RecallEvent } from '../../../src/main/transfers/api.ts';
import type { CommandName, Received } from '../../../src/shared/contract/define.ts';
import type { AppContract } from '../../../src/shared/contract/index.ts';
import { startDemo, type DemoService } from '../../support/service/demo.ts';
import { eventually } from '../../support/eventually.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { invoke, openApplication } from '../../support/app/application.ts';

const PLAIN = 'ast_aur261094';
const REASON = 'One shot shows another village.';

let service: DemoService;
let home: string;
let application: Application;
let pushed: { recalls: number }[];

async function open(): Promise<void> {
  application = await openApplication(home, {
    serviceUrl: service.url,
    send: (name, payload) =>
      void (name === 'recalls.changed' && pushed.push(payload as { recalls: number })),
  });
}

beforeEach(async () => {
  pushed = [];
  service = await startDemo({ testControls: true, limits: 'relaxed' });
  home = temporaryFolder();
  await open();
  await call('settings.set', { destination: `${home}/to` });
  await call('account.sign-in', service.demoAccount);
  await call('library.sync');
});
afterEach(async () => {
  await application.close();
  await service.close();
});

const call = <N extends CommandName<AppContract>>(
  name: N,
  ...input: undefined extends Received<AppContract, N> ? [] : [Received<AppContract, N>]
) => invoke(application, name, ...input);
async function poll(): Promise<void> {
  await call('library.sync');
  await application.services.rights.check();
}
const CORRECTION = {
  note: { en: 'Corrected while on hold.' },
  patch: { headline: { en: 'Another headline' } },
};
async function edit(act: 'hold' | 'lift' | 'correct'): Promise<void> {
  const bodies = { hold: { reason: { en: REASON } }, lift: {}, correct: CORRECTION };
  const answer = await fetch(`${service.url}/test/assets/${PLAIN}/${act}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(bodies[act]),
  });
  expect(answer.ok).toBe(true);
}
const recalls = async () => (await call('recalls.list', { range: { offset: 0, count: 9 } })).items;
const alreadyHere = async () =>
  (await call('transfers.plan', { assetIds: [PLAIN], profile: 'preview' })).items[0]?.alreadyHere;

async function fetchPackage(): Promise<{ id: string; folder: string }> {
  const [item] = (await call('transfers.plan', { assetIds: [PLAIN], profile: 'preview' })).items;
  const {
    ids: [id = ''],
  } = await call('transfers.enqueue', {
    packages: [{ assetId: PLAIN, packageId: item?.packageId ?? '' }],
    acknowledge: item?.restrictionIds ?? [],
  });
  await eventually(async () =>
    expect((await call('transfers.detail', { id })).state).toEqual({ phase: 'done' }),
  );
  return { id, folder: (await call('transfers.detail', { id })).folder };
}

test('a hold is on the disk with the publisher’s words, pushed, listed, acknowledged, and compared', async () => {
  await call('catalogue.asset', { id: PLAIN });
  const { id, folder } = await fetchPackage();
  await edit('hold');
  await poll();
  await eventually(async () => {
    expect(readdirSync(folder)).toContain('RECALLED.txt');
    expect(readFileSync(path.join(folder, 'RECALLED.txt'), 'utf8')).toContain(REASON);
  });
  expect(readdirSync(folder)).not.toContain('.done');
  const [recall] = await recalls();
  expect(recall).toMatchObject({
    transferId: id,
    assetId: PLAIN,
    kind: 'on-hold',
    words: REASON,
    phase: 'done',
    places: [{ folder, done: 'set-aside' }],
  });
  expect(Math.abs((recall?.atMs ?? 0) - application.services.connection.serviceNow())).toBeLessThan(
    3_600_000,
  );
  await eventually(() => expect(pushed.at(-1)).toMatchObject({ recalls: 1 }));
  expect(
    (await call('recalls.list', { range: { offset: 0, count: 9 }, transferIds: ['trf_other'] }))
      .items,
  ).toEqual([]);
  // Its folder is shown to whoever insists, or has acknowledged the recall.
  await expect(call('transfers.reveal', { id })).rejects.toMatchObject({
    code: 'restriction-unacknowledged',
    restrictionIds: ['state:on-hold'],
  });
  expect(await call('transfers.reveal', { id, acknowledge: ['state:on-hold'] })).toEqual({
    folder,
  });
  expect(await call('recalls.acknowledge', { ids: [recall?.id ?? ''] })).toMatchObject({
    recalls: 0,
    total: 1,
  });
  expect((await recalls())[0]?.acknowledged).toMatchObject({ who: service.demoAccount.email });
  expect(await call('transfers.reveal', { id })).toEqual({ folder });
  // What it said when it was fetched was kept; its packages are not told any more.
  await eventually(async () =>
    expect(await call('recalls.diff', { id: recall?.id ?? '' })).toMatchObject({
      isBlind: false,
      headline: null,
      restrictions: [],
      shots: [],
    }),
  );
  await expect(call('recalls.diff', { id: 'rcl_none' })).rejects.toMatchObject({
    code: 'not-found',
  });
  await edit('lift');
  await poll();
  await eventually(() => expect(readdirSync(folder)).toContain('.done'));
  expect(readdirSync(folder)).not.toContain('RECALLED.txt');
});

test('a correction made while it was on hold is told with its own note', async () => {
  const { folder } = await fetchPackage();
  await edit('hold');
  await edit('correct');
  await edit('lift');
  await poll();
  await eventually(async () =>
    expect(await recalls()).toMatchObject([
      { kind: 'corrected', rev: { from: 1, to: 2 }, words: CORRECTION.note.en },
    ]),
  );
  await eventually(() =>
    expect(readFileSync(path.join(folder, 'CORRECTED.txt'), 'utf8')).toContain(
      `Editor’s note: “${CORRECTION.note.en}”`,
    ),
  );
});

test('what was deleted is not taken for here, on no card and in no plan', async () => {
  const { id, folder } = await fetchPackage();
  expect(await alreadyHere()).toBe(true);
  rmSync(folder, { recursive: true });
  // Somebody looks where it is.
  await call('transfers.reveal', { id });
  await eventually(async () => expect(await alreadyHere()).toBe(false));
  expect((await call('catalogue.asset', { id: PLAIN })).badges).not.toContain('here');
  expect(await call('transfers.find', { assetId: PLAIN, packageId: null })).toBeNull();
  await application.close();
  await open();
  expect(await alreadyHere()).toBe(false);
});

test('each recall and acknowledgement is handed on once, and again if that has failed', async () => {
  await fetchPackage();
  const told: string[] = [];
  let isFailing = true;
  const { transfers, options, connection } = application.services;
  const desk = new RecallDesk({
    transfers: {
      ...transfers,
      unreportedRecalls: async () => events,
      recallsReported: async ([reported]) =>
        void (events = events.filter(({ type }) => type !== reported?.type)),
    },
    record: async ({ type, recall }) => {
      if (isFailing) throw new Error('the ledger is locked');
      told.push(`${type} ${recall.kind}`);
    },
    detail: (id) => application.services.library.catalogue.detail(id),
    manifest: () => Promise.reject(new Error('not asked')),
    serviceNow: () => connection.serviceNow(),
    who: () => 'desk',
    onChanged: () => undefined,
    log: { ...options.log, error: () => undefined },
  });
  let events: RecallEvent[] = [];
  await edit('hold');
  await poll();
  const [recall] = await recalls();
  if (!recall) throw new Error('no recall');
  events = [
    { type: 'recalled', recall },
    { type: 'acknowledged', recall },
  ];
  await desk.report();
  expect([told, events.length]).toEqual([[], 2]);
  isFailing = false;
  await desk.report();
  await desk.report();
  expect([told, events]).toEqual([['recalled on-hold', 'acknowledged on-hold'], []]);
});
