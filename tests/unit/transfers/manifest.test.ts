import { expect, test } from 'vitest';
import { parseManifest, verifyManifest } from '../../../src/main/transfers/package/manifest.ts';
import type { ServiceKey } from '../../../src/main/transfers/ports.ts';
import { turnsDuring } from '../../support/turns.ts';

const manifestOf = (paths: readonly string[]) => ({
  manifestVersion: 1,
  packageId: 'pkg_1',
  assetId: 'ast_1',
  rev: 1,
  rootName: 'Harvest',
  totalBytes: paths.length,
  signature: { alg: 'Ed25519', keyId: 'key_1', value: '' },
  files: paths.map((path, n) => ({
    fileId: `fil_${n}`,
    path,
    bytes: 1,
    mediaType: 'video/quicktime',
    sha256: 'a'.repeat(64),
  })),
});

test('the loop goes on turning while ten thousand deep names of a manifest are looked at', async () => {
  const paths = Array.from(
    { length: 10_000 },
    (_, n) => `${`${String.fromCharCode(0x61 + (n % 26))}/`.repeat(84)}${n}.mov`,
  );
  const {
    turns,
    result: { files },
  } = await turnsDuring(() => parseManifest(manifestOf(paths)));
  expect(files).toHaveLength(10_000);
  expect(turns).toBeGreaterThan(200);
});

test.each([['nul .mov'], ['CON .mov'], ['Д'.repeat(61)], ['../a'], ['a', 'A'], ['ß', 'ẞ']])(
  'one name that is not safe refuses all of it: %j',
  async (...paths) => {
    await expect(parseManifest(manifestOf(['fine.mov', ...paths]))).rejects.toMatchObject({
      code: 'unsafe-name',
    });
  },
);

const FEED = 'feed:0a1b2c3d4e5f0a1b2c3d4e5f0a1b2c3d';
const OURS = 'https://ours.example';
const unsigned = (more: object = {}, file: object = {}) => ({
  ...manifestOf([]),
  packageId: `${FEED}/0123456789abcdef/web`,
  assetId: `${FEED}/0123456789abcdef`,
  totalBytes: null,
  recordedAt: null,
  signature: null,
  files: [
    { fileId: 'media', path: 'a.mp4', bytes: null, mediaType: 'video/mp4', sha256: null, ...file },
  ],
  ...more,
});
const asked = (json: { packageId: string }, service: string | null) => ({
  packageId: json.packageId,
  rev: null,
  service,
});

test('a manifest without a signature is taken of a foreign source that signs nothing, and of nothing else', async () => {
  const foreign = unsigned();
  expect(await verifyManifest(foreign, null, asked(foreign, FEED))).toMatchObject({
    signer: null,
    manifest: { signature: null, totalBytes: null, files: [{ bytes: null, sha256: null }] },
  });
  const refused: [
    json: { packageId: string },
    keys: ServiceKey[] | null,
    service: string | null,
  ][] = [
    // One of our services delivers it, with keys or without.
    [foreign, [], OURS],
    [foreign, [], FEED],
    [foreign, null, OURS],
    [foreign, null, null],
    [foreign, null, 'feed:ffffffffffffffffffffffffffffffff'],
    // A package of our service has no signature, whoever says that it signs nothing.
    [{ ...manifestOf(['a.mov']), signature: null } as never, null, OURS],
    [{ ...unsigned(), packageId: 'pkg_1', assetId: 'ast_1' }, null, FEED],
    [{ ...unsigned(), packageId: 'pkg_1', assetId: 'ast_1' }, null, 'pkg_1'],
  ];
  for (const [json, keys, service] of refused)
    await expect(verifyManifest(json, keys, asked(json, service))).rejects.toMatchObject({
      code: 'manifest-invalid',
    });
});

test('one that is signed under a foreign id is refused too: nobody could have signed it', async () => {
  const json = unsigned({ signature: { alg: 'Ed25519', keyId: 'key_1', value: '' } });
  await expect(verifyManifest(json, null, asked(json, FEED))).rejects.toMatchObject({
    code: 'manifest-invalid',
  });
});

test('manifests of our services stay as strict as they were', async () => {
  const ours = manifestOf(['a.mov']);
  await parseManifest(ours);
  const [file] = ours.files;
  for (const wrong of [
    { ...ours, totalBytes: null },
    { ...ours, files: [{ ...file, bytes: null }] },
    { ...ours, files: [{ ...file, sha256: null }] },
    { ...ours, signature: null },
    { ...ours, signature: undefined },
  ])
    await expect(parseManifest(wrong)).rejects.toMatchObject({ code: 'manifest-invalid' });
  // What only ours may not say of themselves is dropped.
  expect(
    await parseManifest({
      ...ours,
      recordedAt: '2026-11-25T00:00:00Z',
      files: [{ ...file, text: 'x', hash: { algorithm: 'md5', hex: 'aa' } }],
    }),
  ).toMatchObject({ recordedAt: null, files: [{ text: null, hash: null }] });
});

test('a record agrees with itself', async () => {
  const hash = 'a'.repeat(64);
  const recordedAt = '2026-11-25T00:00:00.000Z';
  const complete = { recordedAt, totalBytes: 5 };
  await parseManifest(unsigned(complete, { bytes: 5, sha256: hash }));
  for (const wrong of [
    unsigned(complete),
    unsigned({ recordedAt }, {}),
    unsigned({ totalBytes: 6, recordedAt }, { bytes: 5, sha256: hash }),
    unsigned({}, { bytes: 5 }),
    unsigned({}, { sha256: hash }),
    unsigned({}, { bytes: 5, sha256: hash, text: 'hello' }),
    unsigned({}, { text: 'hello' }),
    unsigned(
      {},
      { pieces: { algorithm: 'sha256', pieceBytes: 2 ** 20, hashes: [hash], sha256OfList: hash } },
    ),
    unsigned({ assetId: 'feed:ffffffffffffffffffffffffffffffff/0123456789abcdef' }),
    unsigned({}, { path: '../a.mp4' }),
    unsigned({}, { path: 'manifest.json' }),
  ])
    await expect(parseManifest(wrong)).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:manifest-invalid|unsafe-name)$/u),
    });
});
