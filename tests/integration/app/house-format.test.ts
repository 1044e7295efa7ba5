import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Application } from '../../../src/main/app/services.ts';
import type { CommandName, Received } from '../../../src/shared/contract/define.ts';
import type { AppContract } from '../../../src/shared/contract/index.ts';
import { OPEN_RULE, type FormatRule } from '../../../src/shared/model/house-format.ts';
import { CHOICE } from '../../support/auto-fetch.ts';
import { startDemo, type DemoService } from '../../support/service/demo.ts';
import { invoke, openApplication } from '../../support/app/application.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Its first package is HD 720p25; there is no other for broadcast. */
const PLAIN = 'ast_aur261094';
/** 1080i50 comes before 720p25. */
const BOTH = 'ast_aur261146';
const INTERLACED = { ...OPEN_RULE, size: '1080', scan: 'interlaced', frameRate: 25 } as const;
const SMALL = { ...OPEN_RULE, size: '1280x720', container: 'mov' } as const;

let service: DemoService;
let home: string;
let application: Application;

const call = <N extends CommandName<AppContract>>(
  name: N,
  ...input: undefined extends Received<AppContract, N> ? [] : [Received<AppContract, N>]
) => invoke(application, name, ...input);
const open = async (): Promise<void> => {
  application = await openApplication(home, { serviceUrl: service.url });
};
/** @returns its id */
const save = async (
  name: string,
  rules: FormatRule[],
  otherwise: 'closest' | 'leave-out' = 'leave-out',
): Promise<string> => {
  const { formatProfiles } = await call('settings.save-format', { name, rules, otherwise });
  return formatProfiles.at(-1)?.id ?? '';
};
const planned = async (profile?: string) => {
  const { items, totalBytes } = await call('transfers.plan', {
    assetIds: [BOTH, PLAIN],
    ...(profile !== undefined && { profile }),
  });
  return {
    totalBytes,
    items: items.map(({ packageId, packages, blocked }) => [
      packages.find((one) => one.packageId === packageId)?.label ?? null,
      blocked,
    ]),
  };
};

beforeEach(async () => {
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

test('a plan follows the house format that is asked for, else the one in use, also after a restart', async () => {
  expect((await planned()).items).toEqual([
    ['HD 1080i50', null],
    ['HD 720p25', null],
  ]);
  expect((await planned('web')).items).toEqual([
    ['Web 360p', null],
    ['Web 360p', null],
  ]);
  const small = await save('Small', [SMALL, INTERLACED]);
  expect((await planned(small)).items).toEqual([
    ['HD 720p25', null],
    ['HD 720p25', null],
  ]);
  const strict = await save('Playout', [INTERLACED]);
  await call('settings.set', { houseFormat: strict });
  await application.close();
  await open();
  const { items, totalBytes } = await planned();
  expect(items).toEqual([
    ['HD 1080i50', null],
    [null, 'no-fit'],
  ]);
  // What isn't queued has no size.
  expect(totalBytes).toBe((await planned(small)).totalBytes > 0 ? totalBytes : -1);
  const closest = await save('Playout, or else', [INTERLACED], 'closest');
  expect((await planned(closest)).items).toEqual([
    ['HD 1080i50', null],
    ['HD 720p25', null],
  ]);
  await expect(planned('gone')).rejects.toMatchObject({ code: 'not-found' });
});

test('rows say what is stated of each film, and what there is to choose from', async () => {
  const { items } = await call('catalogue.search', {
    query: { text: 'id:AUR-26-1146', sort: 'newest' },
    range: { offset: 0, count: 1 },
  });
  expect(items[0]?.packages.map(({ label, rendition }) => [label, rendition])).toEqual([
    [
      'HD 1080i50',
      {
        container: 'mov',
        videoCodec: 'v210',
        width: 1920,
        height: 1080,
        frameRate: '25/1',
        scan: 'interlaced-tff',
      },
    ],
    ['HD 720p25', expect.objectContaining({ height: 720, scan: 'progressive' })],
    ['Web 360p', expect.objectContaining({ container: 'mp4', videoCodec: 'h264' })],
    ['Preview and rights sheet', expect.objectContaining({ height: 360 })],
  ]);
  const detail = await call('catalogue.asset', { id: BOTH });
  expect(detail.packageContents.map(({ rendition }) => rendition)).toEqual(
    items[0]?.packages.map(({ rendition }) => rendition),
  );
  expect(await call('catalogue.rendition-values')).toEqual({
    container: ['mp4', 'mov'],
    codec: ['h264', 'v210'],
    size: ['640x360', '1920x1080', '1280x720'],
    frameRate: [25, 50, 29.97],
  });
});

test('auto-fetch takes what a rule of its house format fits, and says which one nothing fits', async () => {
  const profile = await save('Playout', [INTERLACED], 'closest');
  const { savedSearches } = await call('settings.save-search', {
    name: 'Two',
    text: 'id:AUR-26-1146 OR id:AUR-26-1094',
    sort: 'newest',
    seenAt: 0,
  });
  const id = savedSearches[0]?.id ?? '';
  const choice = {
    ...CHOICE,
    profile,
    destination: null,
    maxPackages: null,
    maxBytesPerDay: null,
    maxBytesPerPackage: null,
    catchUpDays: 30 as const,
  };
  for (const name of [BOTH, PLAIN]) {
    const { ok } = await fetch(`${service.url}/test/assets/${name}/hold`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ reason: { en: 'A shot is being checked' } }),
    });
    expect(ok).toBe(true);
  }
  await call('library.sync');
  await call('auto-fetch.set', { id, choice, words: [] });
  for (const name of [BOTH, PLAIN])
    await fetch(`${service.url}/test/assets/${name}/lift`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
  await call('library.sync');
  const preview = await call('auto-fetch.preview', { text: savedSearches[0]?.text ?? '', choice });
  expect(preview.left['no-rendition'] ?? 0).toBe(preview.total.count - preview.queued.count);
  await application.services.autoFetch.run(id);
  const { items } = await call('auto-fetch.log', {
    id,
    show: 'all',
    range: { offset: 0, count: 9 },
  });
  expect(
    items.flatMap(({ assetId, kind, reason, label, profile: named }) =>
      assetId === null ? [] : [[assetId, kind, reason, label, named]],
    ),
  ).toEqual(
    expect.arrayContaining([
      [BOTH, 'queued', null, 'HD 1080i50', null],
      [PLAIN, 'left', 'no-rendition', '', { id: profile, name: 'Playout' }],
    ]),
  );
  await expect(call('settings.remove-format', { id: profile })).rejects.toMatchObject({
    code: 'usage',
  });
  await expect(
    call('auto-fetch.set', { id, choice: { ...choice, profile: 'gone' }, words: [] }),
  ).rejects.toMatchObject({ code: 'not-found' });
});
