import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { sourceOf } from '../../../src/main/app/service-switch.ts';
import { settled, type Bench } from '../../support/engine/bench.ts';
import type { Origin } from '../../support/engine/origin.ts';
import { PackageService } from '../../support/engine/package.ts';
import { openBench, openOrigin } from '../../support/engine/per-test.ts';

const RIGHT = Buffer.from('the captions of the service it was queued from');
const WRONG = Buffer.from('what another service has under the same ids');

/** Counts what is asked of it. */
class Asked extends PackageService {
  questions = 0;
  override async manifest(): Promise<unknown> {
    this.questions++;
    return super.manifest();
  }
  override async trustedKeys() {
    this.questions++;
    return super.trustedKeys();
  }
  override async authorise(...args: Parameters<PackageService['authorise']>) {
    this.questions++;
    return super.authorise(...args);
  }
  override async renew(...args: Parameters<PackageService['renew']>) {
    this.questions++;
    return super.renew(...args);
  }
}

let origin: Origin;
let bench: Bench;
let ours: Asked;
let theirs: Asked;
let inUse: Asked | null;
beforeEach(async () => {
  origin = await openOrigin();
  ours = new Asked(origin, [{ path: 'a.srt', bytes: RIGHT }]);
  const elsewhere = await openOrigin();
  theirs = new Asked(elsewhere, [{ path: 'a.srt', bytes: WRONG }]);
  theirs.name = 'https://theirs.example';
  inUse = ours;
  bench = await openBench({
    ports: {
      source: sourceOf(
        () => {
          const now = inUse;
          return (
            now && {
              scope: now.name,
              source: {
                manifest: () => now.manifest(),
                trustedKeys: () => now.trustedKeys(),
                authorise: (request) => now.authorise(null, request),
                renew: (id, fileIds) => now.renew(null, id, fileIds),
              },
            }
          );
        },
        async () => [],
        () => null,
      ),
    },
  });
});

async function queued(terms: { service: string } | null): Promise<string> {
  const [id = ''] = await bench.transfers.enqueue(
    [
      {
        assetId: 'ast_1',
        packageId: 'pkg_1',
        rev: null,
        title: 'Harvest',
        label: 'Broadcast',
        purpose: 'broadcast',
        destination: bench.to,
        acknowledge: [],
        ...(terms === null ? {} : { terms: { ...terms, account: null, texts: [] } }),
      },
    ],
    { makeDestination: true },
  );
  return id;
}
const file = (): Promise<Buffer> => readFile(path.join(bench.to, 'Harvest_2026', 'a.srt'));

test('a package waits while another service is in use, which is asked nothing, and goes on with its own', async () => {
  inUse = theirs;
  const id = await queued({ service: ours.name });
  expect(await settled(bench.transfers, id, 'other-service')).toMatchObject({
    phase: 'waiting',
    reason: 'other-service',
    untilMs: null,
  });
  expect(theirs.questions).toBe(0);
  await expect(file()).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await bench.transfers.detail(id)).toMatchObject({ service: ours.name });
  inUse = ours;
  await bench.transfers.wake(['other-service']);
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  expect(await file()).toEqual(RIGHT);
});

test('a package waits for its service where none is in use, without being tried again', async () => {
  inUse = null;
  const id = await queued({ service: ours.name });
  expect(await settled(bench.transfers, id, 'other-service')).toMatchObject({
    reason: 'other-service',
    untilMs: null,
  });
  inUse = ours;
  await bench.transfers.wake(['other-service']);
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
});

test('a package whose service is not recorded is of the one in use, from then on', async () => {
  const id = await queued(null);
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  expect(await bench.transfers.detail(id)).toMatchObject({ service: ours.name });
  inUse = theirs;
  await writeFile(path.join(bench.to, 'Harvest_2026', 'a.srt'), WRONG);
  await bench.transfers.repair([id]);
  expect(await settled(bench.transfers, id, 'other-service')).toMatchObject({
    reason: 'other-service',
  });
  expect(theirs.questions).toBe(0);
});

test('a service that is switched to during a run is not asked to renew addresses', async () => {
  ours.expiresInMs = 1;
  const { authorise } = ours;
  ours.authorise = async (...args) => {
    const given = await authorise.apply(ours, args);
    inUse = theirs;
    return given;
  };
  const id = await queued({ service: ours.name });
  expect(await settled(bench.transfers, id, 'other-service')).toMatchObject({
    reason: 'other-service',
  });
  expect(theirs.questions).toBe(0);
  ours.expiresInMs = 900_000;
  inUse = ours;
  ours.authorise = authorise;
  await bench.transfers.wake(['other-service']);
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  expect(await file()).toEqual(RIGHT);
});

test('rights to an asset of another service with the same id say nothing about a package', async () => {
  inUse = theirs;
  const id = await queued({ service: ours.name });
  const withdrawn = {
    assetId: 'ast_1',
    state: 'withdrawn',
    embargoUntil: null,
    embargoEndsMs: null,
    refusal: null,
  } as const;
  const rights = async () => (await bench.transfers.detail(id)).rights?.state ?? null;
  await bench.transfers.setRights([{ ...withdrawn, source: theirs.name, packages: [] }], 0);
  expect(await rights()).toBeNull();
  await bench.transfers.setRights([{ ...withdrawn, source: ours.name, packages: [] }], 0);
  expect(await rights()).toBe('withdrawn');
});
