import { statfs } from 'node:fs/promises';
import os from 'node:os';
import { expect, test } from 'vitest';
import { flippedByte } from '../support/engine/flipped-byte.ts';
import { hasKeyring } from '../support/keyring.ts';

const MIB = 1024 * 1024;
const BYTES = 10 * 1024 * MIB;

// `npm test` has the same with a small one.
test(
  'one byte flipped in a master of 10 GiB: verify names it, repair fetches its piece only',
  { tags: ['long'] },
  async () => {
    expect(hasKeyring, 'it needs a keyring').toBe(true);
    const { bavail, bsize } = await statfs(os.tmpdir());
    expect(bavail * bsize, 'the file and its copy need 21 GiB').toBeGreaterThan(2.1 * BYTES);
    await flippedByte(BYTES, 4 * MIB, 7_654_321_098);
  },
);
