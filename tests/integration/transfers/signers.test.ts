import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { runVerify } from '../../../src/main/cli/verify.ts';
import { Output } from '../../../src/main/cli/output.ts';
import { ownTerminal } from '../../../src/main/cli/terminal.ts';
import type { VerificationView } from '../../../src/main/transfers/api.ts';
import type { ServiceKey } from '../../../src/main/transfers/ports.ts';
import { settled, type Bench } from '../../support/engine/bench.ts';
import { type Origin, sha256 } from '../../support/engine/origin.ts';
import { PackageService } from '../../support/engine/package.ts';
import { openBench, openOrigin } from '../../support/engine/per-test.ts';

const RIGHT = Buffer.from('the corrected captions');
const WRONG = Buffer.from('wrong names in captions');
let origin: Origin;
let bench: Bench;
let ours: PackageService;
let theirs: PackageService;
let pinned: ServiceKey[];
beforeEach(async () => {
  origin = await openOrigin();
  ours = new PackageService(origin, [{ path: 'a.srt', bytes: RIGHT }]);
  ours.json = ours.signed({ ...ours.json, rev: 2 });
  theirs = new PackageService(origin, [{ path: 'b.srt', bytes: WRONG }], { packageId: 'other' });
  theirs.name = 'https://theirs.example';
  pinned = [...(await theirs.trustedKeys()), ...(await ours.trustedKeys())];
  bench = await openBench({
    ports: {
      source: {
        manifest: () => ours.manifest(),
        trustedKeys: () => ours.trustedKeys(),
        pinnedKeys: async () => pinned,
        authorise: (...args) => ours.authorise(...args),
        renew: (service, id, fileIds) => ours.renew(service, id, fileIds),
      },
    },
  });
});
const root = (): string => path.join(bench.to, 'Harvest_2026');
const at = (name: string): string => path.join(root(), name);
async function fetched(): Promise<string> {
  const [id = ''] = await bench.transfers.enqueue(
    [
      {
        assetId: 'ast_1',
        packageId: 'pkg_1',
        rev: 2,
        title: 'Harvest',
        label: 'Broadcast',
        purpose: 'broadcast',
        destination: bench.to,
        acknowledge: [],
      },
    ],
    { makeDestination: true },
  );
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  return id;
}
/** Whole and validly signed, in place of what was fetched. */
async function put(by: PackageService, more: Record<string, unknown> = {}): Promise<void> {
  const [file] = ours.json['files'] as object[];
  await writeFile(at('a.srt'), WRONG);
  await writeFile(
    at('manifest.json'),
    JSON.stringify(
      by.signed({
        ...ours.json,
        totalBytes: WRONG.length,
        files: [{ ...file, bytes: WRONG.length, sha256: sha256(WRONG) }],
        ...more,
      }),
    ),
  );
}
async function verified(id: string): Promise<VerificationView> {
  await bench.transfers.verify([id]);
  return new Promise((resolve) => {
    const stop = bench.transfers.onVerification((view) => {
      if (view.isRunning) return;
      stop();
      resolve(view);
    });
  });
}

describe.each([
  ['its earlier version', { rev: 1 }, { packageId: 'pkg_1', rev: 1 }],
  ['another package', { packageId: 'pkg_9' }, { packageId: 'pkg_9', rev: 2 }],
])('%s of the same service in the folder of a finished package', (_, more, found) => {
  test('is not it: verifying says what it is, and a repair brings it back', async () => {
    const id = await fetched();
    await put(ours, more);
    const error = {
      code: 'other-package',
      message: `${root()} contains ${found.packageId}, version ${found.rev}, instead of pkg_1, version 2`,
      found,
    };
    expect(await verified(id)).toMatchObject({ faulty: 1, faults: [{ id, error }] });
    expect(await bench.transfers.verifyFolder(root())).toMatchObject([{ error, files: [] }]);
    const [repair] = await bench.transfers.repairFolder(root(), []);
    expect(repair).toMatchObject({ id });
    expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
    expect(await readFile(at('a.srt'))).toEqual(RIGHT);
    expect(await bench.transfers.verifyFolder(root())).toMatchObject([
      { error: null, signed: { packageId: 'pkg_1', rev: 2 }, files: [{ ok: true }] },
    ]);
  });
});

describe('keys of several services', () => {
  test('that have one name are all tried', async () => {
    const id = await fetched();
    const signed = {
      packageId: 'pkg_1',
      rev: 2,
      service: 'https://service.example',
      keyId: 'key_1',
    };
    for (const keys of [
      pinned,
      pinned.toReversed(),
      [{ ...pinned[0]!, publicKey: '' }, pinned[1]!],
    ]) {
      pinned = keys;
      expect(await bench.transfers.verifyFolder(root())).toMatchObject([
        { error: null, signed, files: [{ ok: true }] },
      ]);
    }
    expect(await verified(id)).toMatchObject({ faulty: 0 });
  });

  test.each([
    ['key_1', 'manifest-invalid', 'its signature doesn’t match its content'],
    ['key_2', 'untrusted-key', 'key_2, which isn’t a trusted key of https://service.example'],
  ])(
    'sign only for their own where the record says whose package it is (%s)',
    async (keyId, code, message) => {
      const id = await fetched();
      theirs.keyId = keyId;
      pinned = [...(await theirs.trustedKeys()), ...(await ours.trustedKeys())];
      await put(theirs);
      const error = { code, message: expect.stringContaining(message) };
      expect(await verified(id)).toMatchObject({ faulty: 1, faults: [{ id, error }] });
      expect(await bench.transfers.verifyFolder(root())).toMatchObject([{ error }]);
      await bench.transfers.repair([id]);
      expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
      expect(await readFile(at('a.srt'))).toEqual(RIGHT);
    },
  );

  test('are told apart in what is said of a folder that no record knows', async () => {
    await fetched();
    await put(theirs);
    const elsewhere = path.join(bench.to, 'elsewhere');
    await rename(root(), elsewhere);
    const out = new Output(true, ownTerminal());
    const lines: string[] = [];
    const write = process.stdout.write.bind(process.stdout);
    process.stdout.write = ((text: string) => lines.push(text)) as never;
    const code = await runVerify({ transfers: bench.transfers, out }, elsewhere).finally(() => {
      process.stdout.write = write;
    });
    expect(code).toBe(0);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      ok: true,
      packages: [
        {
          folder: elsewhere,
          packageId: 'pkg_1',
          rev: 2,
          service: 'https://theirs.example',
          keyId: 'key_1',
        },
      ],
    });
  });

  test('the service that has signed a package is in its evidence, whoever queued it', async () => {
    const id = await fetched();
    expect(JSON.parse((await bench.transfers.evidence(id, 'json', 'en')).text)).toMatchObject({
      service: 'https://service.example',
      keyId: 'key_1',
    });
  });
});
