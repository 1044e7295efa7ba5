import { expect, test } from 'vitest';
import { parseManifest } from '../../../src/main/transfers/package/manifest.ts';
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
