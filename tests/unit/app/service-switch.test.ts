import { expect, test } from 'vitest';
import { sourceOf } from '../../../src/main/app/service-switch.ts';
import type { SourcePackages } from '../../../src/main/transfers/ports.ts';
import { newTransfer } from '../../../src/main/transfers/queue/enqueue.ts';
import { AppError } from '../../../src/shared/errors.ts';

const FEED = 'feed:0a1b2c3d4e5f0a1b2c3d4e5f0a1b2c3d';
const packagesOf = (name: string, signs: boolean): SourcePackages => ({
  manifest: async () => name,
  trustedKeys: async () => (signs ? [] : null),
  authorise: async () => ({ downloadId: name, maxParallel: 1, urls: [] }),
  renew: async () => [],
});
const all = sourceOf(
  () => ({ scope: 'https://ours.example', source: packagesOf('ours', true) }),
  async () => [],
  (id) => (id === FEED ? packagesOf('feed', false) : null),
);

test('the packages of a foreign source are asked of it, signed in or not, and of no other', async () => {
  expect(await all.manifest(FEED, `${FEED}/1/2`)).toBe('feed');
  expect(await all.trustedKeys(FEED)).toBe(null);
  expect([
    await all.manifest(null, 'pkg_1'),
    await all.trustedKeys('https://ours.example'),
  ]).toEqual(['ours', []]);
  const signedOut = sourceOf(
    () => {
      throw new AppError('offline', 'No service is set up');
    },
    async () => [],
    () => packagesOf('feed', false),
  );
  expect(await signedOut.manifest(FEED, `${FEED}/1/2`)).toBe('feed');
});

test('those of a source that isn’t set up wait, as those of another service do', async () => {
  const elsewhere = 'feed:ffffffffffffffffffffffffffffffff';
  for (const asked of [all.manifest(elsewhere, `${elsewhere}/1/2`), all.trustedKeys(elsewhere)])
    await expect(asked).rejects.toMatchObject({ code: 'other-service' });
});

test.each([
  [`${FEED}/1/2`, 'https://ours.example', FEED],
  [`${FEED}/1/2`, null, FEED],
  ['pkg_1', 'https://ours.example', 'https://ours.example'],
  ['pkg_1', null, null],
])('%s, queued with %s, is of %s', (packageId, service, expected) => {
  const item = {
    assetId: 'ast_1',
    packageId,
    rev: null,
    title: '',
    label: '',
    purpose: 'web',
    destination: '/to',
    acknowledge: [],
    ...(service === null ? {} : { terms: { service, account: null, texts: [] } }),
  };
  expect(newTransfer(item, { id: 'trf_1', position: 1, nowMs: 0 }).evidence.service).toBe(expected);
});
