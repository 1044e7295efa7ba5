import { mkdir, readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { DEMO_MANIFEST_KEY } from '../../../src/shared/api/demo-key.ts';
import type { SignedUrl } from '../../../src/shared/api/common.ts';
import type { AuthorisedUrl, PackageSource } from '../../../src/main/transfers/ports.ts';
import type { AdvancingClock } from '../../../src/service/clock.ts';
import { MASTER } from '../../contract/support/fixture.ts';
import { startTested, type Tested } from '../../contract/support/service.ts';
import { settled } from '../../support/engine/bench.ts';
import { openBench } from '../../support/engine/per-test.ts';

function realClock(): AdvancingClock {
  let offsetMs = 0;
  return { now: () => Date.now() + offsetMs, advance: (byMs) => void (offsetMs += byMs) };
}

const toUrl = ({ expiresAt, ...url }: SignedUrl): AuthorisedUrl => ({
  ...url,
  expiresAtMs: Date.parse(expiresAt),
});

function sourceOf(service: Tested, token: string): PackageSource {
  return {
    manifest: async (_service, id) =>
      (await service.ask('getManifest', { params: { id }, token })).body,
    trustedKeys: async () => [{ ...DEMO_MANIFEST_KEY, service: 'demo' }],
    pinnedKeys: async () => [],
    authorise: async (_service, { packageId, rev, fileIds, acknowledge }) => {
      const body = { packageId, rev, fileIds, acknowledge };
      const answer = await service.ask('authoriseDownload', {
        body,
        token,
        key: crypto.randomUUID(),
      });
      return { ...answer.body, urls: answer.body.urls.map(toUrl) };
    },
    renew: async (_service, id, fileIds, excludeOriginIds = []) =>
      (
        await service.ask('renewUrls', {
          params: { id },
          body: { fileIds, excludeOriginIds },
          token,
        })
      ).body.urls.map(toUrl),
  };
}

/** Fetches the open package of the fixture with this fault on its master. */
async function fetchWith(fault: object | null): Promise<{ folder: string; state: unknown }> {
  const service = await startTested({ clock: realClock() });
  const { accessToken } = await service.signUp('ada@station.example', { country: 'NO' });
  if (fault)
    await fetch(`${service.url}/test/faults`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ fileId: 'fil_master', ...fault }),
    });
  const bench = await openBench({
    ports: { source: sourceOf(service, accessToken) },
    settings: { stallMs: 400, maxAttempts: 5 },
  });
  await mkdir(bench.to);
  const [id = ''] = await bench.transfers.enqueue([
    {
      assetId: 'ast_open',
      packageId: 'pkg_ast_open',
      rev: 1,
      title: 'Ferries',
      label: 'Broadcast',
      purpose: 'broadcast',
      destination: bench.to,
      acknowledge: ['rst_ast_open'],
    },
  ]);
  const state = await settled(bench.transfers, id);
  return { folder: path.join(bench.to, 'FERRIES-ast_open'), state };
}

async function expectWhole(folder: string): Promise<void> {
  expect((await readdir(folder)).toSorted()).toEqual([
    '.done',
    'ferries script.txt',
    'ferries.mov',
    'manifest.json',
    'notes',
  ]);
  expect((await readFile(path.join(folder, 'ferries.mov'))).equals(MASTER)).toBe(true);
}

test('a package of the reference service lands whole', async () => {
  const { folder, state } = await fetchWith(null);
  expect(state).toEqual({ phase: 'done' });
  await expectWhole(folder);
});

const at = 1_500_000;
test.each([
  { kind: 'drop', at, times: 2 },
  { kind: 'stall', at },
  { kind: 'corrupt', at },
  { kind: 'changed' },
  { kind: 'ignore-range' },
  { kind: 'wrong-range' },
  { kind: 'weak-tag' },
  { kind: 'redirect' },
  { kind: '403' },
  { kind: '410' },
  { kind: '429' },
  { kind: '503' },
])('and does so through %j', async (fault) => {
  const { folder, state } = await fetchWith(fault);
  expect(state).toEqual({ phase: 'done' });
  await expectWhole(folder);
});

test.each(['corrupt', '503', '403', 'wrong-range', 'changed'])(
  'an origin that is always wrong (%s): its mirror is asked',
  async (kind) => {
    const { folder, state } = await fetchWith({ kind, at: 0, times: 1000, originId: 'local' });
    expect(state).toEqual({ phase: 'done' });
    await expectWhole(folder);
  },
);
