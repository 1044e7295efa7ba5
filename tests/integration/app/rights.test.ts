import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import type { Application } from '../../../src/main/app/services.ts';
import type { CommandName, Received } from '../../../src/shared/contract/define.ts';
import type { AppContract } from '../../../src/shared/contract/index.ts';
import type { TransferChange } from '../../../src/main/transfers/api.ts';
import { startDemo, type DemoService } from '../../support/service/demo.ts';
import { eventually } from '../../support/eventually.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { invoke, openApplication } from '../../support/app/application.ts';

const PLAIN = 'ast_aur261094';
const EMBARGOED = 'ast_aur261145';
const EXPIRING = 'ast_aur261119';
/** Not for Canada, for one. */
const CLEARED_FOR_SOME = 'ast_aur261101';
const HOUR_S = 3600;

let service: DemoService;
let home: string;
let application: Application;
let pushes: TransferChange[];

async function open(): Promise<void> {
  pushes = [];
  application = await openApplication(home, {
    serviceUrl: service.url,
    send: (name, payload) =>
      void (name === 'transfers.changed' && pushes.push(payload as TransferChange)),
  });
}

beforeEach(async () => {
  service = await startDemo({ testControls: true, limits: 'relaxed' });
  home = temporaryFolder();
  await open();
  await call('settings.set', { destination: `${home}/to` });
  await signIn(service.demoAccount);
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
const signIn = (account: { email: string; password: string }) => call('account.sign-in', account);
/** A poll, and what the queue makes of it. */
async function poll(): Promise<void> {
  await call('library.sync');
  await application.services.rights.check();
}
const control = async (name: string, body: object): Promise<void> => {
  expect(
    (
      await fetch(`${service.url}/test/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    ).ok,
  ).toBe(true);
};
const edit = (id: string, act: 'hold' | 'lift' | 'withdraw') =>
  control(
    `assets/${id}/${act}`,
    act === 'lift' ? {} : { reason: { en: 'A shot is being checked' } },
  );
const advance = (advanceSeconds: number) => control('clock', { advanceSeconds });

const planOf = async (id: string) =>
  (await call('transfers.plan', { assetIds: [id], profile: 'preview' })).items[0];
const badgesOf = async (id: string) =>
  (await application.services.library.catalogue.rows([id]))[0]?.badges;
const find = (id: string) => call('transfers.find', { assetId: id, packageId: null });
const stateOf = async (id: string) => (await find(id))?.rights?.state ?? null;

async function fetchPackage(id: string): Promise<string> {
  const item = await planOf(id);
  const {
    ids: [transfer = ''],
  } = await call('transfers.enqueue', {
    packages: [{ assetId: id, packageId: item?.packageId ?? '' }],
    acknowledge: item?.restrictionIds ?? [],
  });
  await eventually(async () =>
    expect((await call('transfers.detail', { id: transfer })).state).toEqual({ phase: 'done' }),
  );
  return transfer;
}

test('what is withdrawn, held or expired after it came says so in its row, once, and stays known as here', async () => {
  const id = await fetchPackage(PLAIN);
  await poll();
  expect([await stateOf(PLAIN), await badgesOf(PLAIN), (await planOf(PLAIN))?.alreadyHere]).toEqual(
    [null, ['here'], true],
  );
  const seen: unknown[] = [];
  // What a row says until then may be pushed again meanwhile: its files are seen to.
  let before: string | null = null;
  for (const [act, state] of [
    ['hold', 'on-hold'],
    ['lift', null],
    ['withdraw', 'withdrawn'],
  ] as const) {
    await edit(PLAIN, act);
    pushes = [];
    await poll();
    await poll();
    // A push may have totals alone.
    const rows = () => pushes.flatMap((push) => push.rows);
    const states = () => rows().map(({ rights }) => rights?.state ?? null);
    await eventually(() => expect(states().at(-1)).toBe(state));
    expect(states().filter((now, at, all) => now !== (at === 0 ? before : all[at - 1]))).toEqual([
      state,
    ]);
    expect(new Set(rows().map((row) => row.id))).toEqual(new Set([id]));
    before = state;
    seen.push([
      await badgesOf(PLAIN),
      (await planOf(PLAIN))?.blocked,
      (await planOf(PLAIN))?.alreadyHere,
    ]);
    const asset = await call('catalogue.asset', { id: PLAIN });
    expect([asset.badges, asset.packageContents.length > 0]).toEqual([
      await badgesOf(PLAIN),
      state === null,
    ]);
  }
  expect(seen).toEqual([
    [['on-hold', 'here', 'updated'], 'on-hold', true],
    [['updated', 'here'], null, true],
    [['withdrawn', 'here', 'updated'], 'withdrawn', true],
  ]);
});

test('a change of the newsroom in Settings stops what it bars at once, with the reason', async () => {
  await call('settings.set', { limitBytesPerSecond: 16 * 1024 });
  const [item] = (
    await call('transfers.plan', { assetIds: [CLEARED_FOR_SOME], profile: 'broadcast' })
  ).items;
  const {
    ids: [id = ''],
  } = await call('transfers.enqueue', {
    packages: [{ assetId: CLEARED_FOR_SOME, packageId: item?.packageId ?? '' }],
    acknowledge: item?.restrictionIds ?? [],
  });
  await eventually(async () =>
    expect((await call('transfers.detail', { id })).receivedBytes).toBeGreaterThan(0),
  );
  await call('settings.set', { territory: 'CA' });
  await eventually(async () =>
    expect((await call('transfers.detail', { id })).state).toMatchObject({
      phase: 'failed',
      code: 'territory-restricted',
    }),
  );
});

test('without a connection what lies here is judged when the newsroom changes, and when it is listed', async () => {
  const barred = await fetchPackage(CLEARED_FOR_SOME);
  const held = await fetchPackage(PLAIN);
  await poll();
  await edit(PLAIN, 'hold');
  // As a sync that ended before the rights were looked at.
  const { assets } = application.services.current() ?? {};
  if (assets)
    await application.services.library.catalogue.sync(assets, new AbortController().signal);
  await application.close();
  const openAlone = async () => {
    application = await openApplication(home, { serviceUrl: service.url, connect: false });
  };
  const marked = async () => {
    const query = { search: '', fromMs: null, toMs: null, show: 'marked' } as const;
    const { items } = await application.services.transfers.history(query, { offset: 0, count: 9 });
    return items.map(({ id }) => id).toSorted();
  };
  await openAlone();
  expect(await marked()).toEqual([]);
  await application.services.rights.judge();
  expect(await marked()).toEqual([held]);
  await call('settings.set', { territory: 'CA' });
  // A command ends right after that.
  await application.close();
  await openAlone();
  expect(await marked()).toEqual([barred, held].toSorted());
});

test('while the account isn’t known its country still counts', async () => {
  const territory = () => application.services.viewer().profile.territory;
  const country = territory();
  expect(country).toMatch(/^[A-Z]{2}$/u);
  await call('account.sign-out');
  expect(application.services.current()?.account.view.profile).toBeNull();
  expect(territory()).toBe(country);
  await application.close();
  // As with a locked keychain, or without any service.
  application = await openApplication(home, { connect: false });
  expect(territory()).toBe(country);
});

test('expiry is by the service’s clock alone: today is said before, and then that it is over', async () => {
  await fetchPackage(EXPIRING);
  const before = await planOf(EXPIRING);
  await advance(19 * HOUR_S);
  const item = { assetId: EXPIRING, packageId: before?.packageId ?? '' };
  await poll();
  const { expiresAt } = await call('catalogue.asset', { id: EXPIRING });
  const isToday =
    new Date(expiresAt ?? 0).toDateString() ===
    new Date(application.services.connection.serviceNow()).toDateString();
  expect([await stateOf(EXPIRING), (await planOf(EXPIRING))?.blocked]).toEqual([
    isToday ? 'expires-today' : null,
    null,
  ]);
  await advance(2 * HOUR_S);
  await poll();
  expect([
    await stateOf(EXPIRING),
    (await planOf(EXPIRING))?.blocked,
    (await badgesOf(EXPIRING))?.[0],
  ]).toEqual(['expired', 'expired', 'expired']);
  await expect(
    call('transfers.enqueue', { packages: [item], acknowledge: before?.restrictionIds ?? [] }),
  ).rejects.toMatchObject({ code: 'expired' });
});

test('under embargo everything asks, naming the time; nothing of it is fetched without that', async () => {
  const item = await planOf(EMBARGOED);
  const until = item?.embargoUntil ?? 0;
  const consent = `embargo:${new Date(until).toISOString()}`;
  expect(item).toMatchObject({
    blocked: null,
    restrictionIds: expect.arrayContaining([consent]) as unknown,
  });
  const packages = [{ assetId: EMBARGOED, packageId: item?.packageId ?? '' }];
  const others = item?.restrictionIds.filter((id) => id !== consent) ?? [];
  await expect(call('transfers.enqueue', { packages, acknowledge: others })).rejects.toMatchObject({
    code: 'embargoed',
    restrictionIds: [consent],
  });
  await expect(
    call('transfers.enqueue', {
      packages,
      acknowledge: [...others, `embargo:${new Date(until - 1000).toISOString()}`],
    }),
  ).rejects.toMatchObject({ code: 'embargoed' });
  // A list of another desk has no consent in it: it waits, and says until when.
  const text = JSON.stringify({
    format: 'multimedia-desk-queue',
    version: 1,
    exportedAt: '',
    items: [
      {
        kind: 'package',
        packageId: packages[0]?.packageId,
        assetId: EMBARGOED,
        rev: null,
        purpose: 'preview',
        title: 'Lights',
        label: '',
        bytes: null,
        fileCount: 0,
      },
    ],
  });
  const {
    ids: [listed = ''],
  } = await call('transfers.import', { name: 'list.json', text });
  await eventually(async () =>
    expect((await call('transfers.detail', { id: listed })).state).toMatchObject({
      phase: 'waiting',
      reason: 'embargo',
    }),
  );
  const { state } = await call('transfers.detail', { id: listed });
  expect(Math.abs((state.phase === 'waiting' ? (state.untilMs ?? 0) : 0) - until)).toBeLessThan(
    60_000,
  );
  await fetchPackage(EMBARGOED);
  const { text: evidence } = await call('transfers.evidence', {
    id: listed,
    format: 'json',
    language: 'en',
  });
  expect(evidence).toContain(consent);
  expect(evidence).toContain('Under embargo until');
});

test('what waited for an embargo goes on when that has lifted', async () => {
  const packageId = (await planOf(EMBARGOED))?.packageId;
  const text = JSON.stringify({
    format: 'multimedia-desk-queue',
    version: 1,
    exportedAt: '',
    items: [
      {
        kind: 'package',
        packageId,
        assetId: EMBARGOED,
        rev: null,
        purpose: 'preview',
        title: 'Lights',
        label: '',
        bytes: null,
        fileCount: 0,
      },
    ],
  });
  const {
    ids: [id = ''],
  } = await call('transfers.import', { name: 'list.json', text });
  await eventually(async () =>
    expect((await call('transfers.detail', { id })).state).toMatchObject({
      phase: 'waiting',
      reason: 'embargo',
    }),
  );
  await advance(7 * HOUR_S);
  await poll();
  expect((await planOf(EMBARGOED))?.embargoUntil).toBeNull();
  await eventually(async () =>
    expect((await call('transfers.detail', { id })).state.phase).not.toBe('waiting'),
  );
});

test.each(['to', 'other'])(
  'a list hands over nothing that is here under embargo, into the folder %s',
  async (place) => {
    const id = await fetchPackage(EMBARGOED);
    const held = (await call('transfers.reveal', { id })).folder;
    expect(readdirSync(held)).not.toContain('.done');
    await call('settings.set', { destination: path.join(home, place) });
    const text = JSON.stringify({
      format: 'multimedia-desk-queue',
      version: 1,
      exportedAt: '',
      items: [
        {
          kind: 'package',
          packageId: (await planOf(EMBARGOED))?.packageId,
          assetId: EMBARGOED,
          rev: null,
          purpose: 'preview',
          title: 'Lights',
          label: '',
          bytes: null,
          fileCount: 0,
        },
      ],
    });
    const {
      ids: [listed = ''],
    } = await call('transfers.import', { name: 'list.json', text });
    await eventually(async () =>
      expect((await call('transfers.detail', { id: listed })).state).toMatchObject({
        phase: 'waiting',
        reason: 'embargo',
      }),
    );
    const folder = path.join(home, place, path.basename(held));
    expect([held, folder].map((one) => existsSync(path.join(one, '.done')))).toEqual([
      false,
      false,
    ]);
  },
);

test('an embargo isn’t lifted by the clock of another service', async () => {
  const id = await fetchPackage(EMBARGOED);
  const marker = path.join((await call('transfers.reveal', { id })).folder, '.done');
  const other = await startDemo({ testControls: true, limits: 'relaxed' });
  onTestFinished(() => other.close());
  await fetch(`${other.url}/test/clock`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ advanceSeconds: 9 * HOUR_S }),
  });
  await call('settings.use-service', { url: other.url });
  await poll();
  expect(application.services.connection.knownServiceNow()).toBeGreaterThan(
    (await call('transfers.detail', { id })).heldUntil ?? Infinity,
  );
  expect(existsSync(marker)).toBe(false);
  await advance(9 * HOUR_S);
  await call('settings.use-service', { url: service.url });
  await poll();
  expect(existsSync(marker)).toBe(true);
});

test('a list that names another asset, which is free, gets no package of one under embargo', async () => {
  const packageId = (await planOf(EMBARGOED))?.packageId;
  const text = JSON.stringify({
    format: 'multimedia-desk-queue',
    version: 1,
    exportedAt: '',
    items: [
      {
        kind: 'package',
        packageId,
        assetId: PLAIN,
        rev: null,
        purpose: 'preview',
        title: 'Lights',
        label: '',
        bytes: null,
        fileCount: 0,
      },
    ],
  });
  const {
    ids: [id = ''],
  } = await call('transfers.import', { name: 'list.json', text });
  await eventually(async () =>
    expect((await call('transfers.detail', { id })).state).toMatchObject({
      phase: 'failed',
      code: 'manifest-invalid',
    }),
  );
  expect(existsSync(`${home}/to`) ? readdirSync(`${home}/to`) : []).toEqual([]);
});

test('an account without access is refused with the time, wherever it asks', async () => {
  const item = await planOf(EMBARGOED);
  await call('account.sign-out');
  const email = 'reporter@station.example';
  await call('account.register', {
    email,
    password: 'Quiet-Harbour7',
    displayName: 'R',
    organisation: 'S',
    country: 'CH',
    newsletter: false,
    language: 'en',
  });
  await call('account.verify', { code: (await service.nextMail(email)).code ?? '' });
  expect((await planOf(EMBARGOED))?.blocked).toBe('embargoed');
  await expect(
    call('transfers.enqueue', {
      packages: [{ assetId: EMBARGOED, packageId: item?.packageId ?? '' }],
      acknowledge: item?.restrictionIds ?? [],
    }),
  ).rejects.toMatchObject({
    code: 'embargoed',
    message: expect.stringMatching(/until .* UTC/u) as unknown,
  });
});

test('removed from the list it is still known: here, with its evidence, verified and mended, also after a new start', async () => {
  const id = await fetchPackage(PLAIN);
  const { folder } = await call('transfers.reveal', { id });
  await application.services.transfers.clear([id]);
  const look = async () => {
    expect(
      (await call('transfers.list', { tab: 'all', range: { offset: 0, count: 9 } })).total,
    ).toBe(0);
    expect([
      await badgesOf(PLAIN),
      (await planOf(PLAIN))?.alreadyHere,
      (await find(PLAIN))?.id,
      existsSync(folder),
    ]).toEqual([['here'], true, id, true]);
    expect((await call('transfers.reveal', { id })).folder).toBe(folder);
    expect(
      (await call('transfers.evidence', { id, format: 'json', language: 'en' })).text,
    ).toContain(PLAIN);
    await call('transfers.verify', { ids: [id] });
    await eventually(async () =>
      expect(await call('transfers.verification')).toMatchObject({
        isRunning: false,
        packagesDone: 1,
        faulty: 0,
      }),
    );
    await call('transfers.verification-dismiss');
  };
  await look();
  await application.close();
  await open();
  await look();
  await edit(PLAIN, 'hold');
  await poll();
  expect(await stateOf(PLAIN)).toBe('on-hold');
  await edit(PLAIN, 'lift');
  await poll();
  await call('transfers.repair', { ids: [id] });
  await eventually(async () =>
    expect((await call('transfers.detail', { id })).state).toEqual({ phase: 'done' }),
  );
  expect(
    (await call('transfers.list', { tab: 'done', range: { offset: 0, count: 9 } })).rows.map(
      (row) => row.id,
    ),
  ).toEqual([id]);
});
