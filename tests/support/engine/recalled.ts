import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import type { AssetRights, KnownClocks } from '../../../src/main/transfers/api.ts';
import type { Recall } from '../../../src/shared/model/recall.ts';
import { eventually } from '../eventually.ts';
import { settled, type Bench } from './bench.ts';

/** Noon, by the service's clock. */
export const NOON = Date.parse('2026-11-24T12:00:00Z');

const NOT_CLEARED = {
  code: 'territory-restricted',
  message: 'HARVEST isn’t cleared for your territory (FR)',
} as const;

export const packageItem = (to: string, more: object = {}) => ({
  assetId: 'ast_1',
  packageId: 'pkg_1',
  rev: 1,
  title: 'Harvest',
  label: 'Broadcast',
  purpose: 'broadcast',
  destination: to,
  acknowledge: [],
  ...more,
});

/** What the clock of a service shows. */
export const told = (nowMs: number, name: string): KnownClocks => ({
  service: { name, nowMs },
  sources: {},
});

/** Queues the package and waits until it is there. */
export async function fetched(bench: Bench, more: object = {}): Promise<string> {
  const [id = ''] = await bench.transfers.enqueue([packageItem(bench.to, more)], {
    makeDestination: true,
  });
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  return id;
}

/** What a poll of the catalogue has found. */
export const polled = (
  bench: Bench,
  state: AssetRights['state'],
  {
    rev = 1,
    atMs = NOON,
    ...others
  }: { rev?: number; atMs?: number } & Partial<
    Pick<AssetRights, 'embargoUntil' | 'embargoEndsMs'>
  > = {},
): Promise<void> =>
  bench.transfers.setRights(
    [
      {
        assetId: 'ast_1',
        source: 'https://service.example',
        state,
        embargoUntil: null,
        embargoEndsMs: null,
        refusal: state === 'barred' ? NOT_CLEARED : null,
        ...others,
        packages: [{ packageId: 'pkg_1', rev }],
      },
    ],
    atMs,
  );

export const recallsOf = async ({ transfers }: Bench): Promise<Recall[]> =>
  (await transfers.recalls({ offset: 0, count: 100 })).items;

/** The newest recall once every place has its notice, or what else is expected of it. */
export async function marked(
  bench: Bench,
  notice: Recall['places'][number]['notice'] = 'written',
): Promise<Recall> {
  let newest: Recall | undefined;
  await eventually(async () => {
    [newest] = await recallsOf(bench);
    expect(newest?.places.map((place) => place.notice)).toEqual(newest?.places.map(() => notice));
    expect(newest?.places.length).toBeGreaterThan(0);
  });
  if (!newest) throw new Error('no recall');
  return newest;
}

export const namesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder)).toSorted();
export const textIn = (folder: string, name: string): Promise<string> =>
  readFile(path.join(folder, name), 'utf8');
