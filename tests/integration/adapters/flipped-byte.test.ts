import { expect, test } from 'vitest';
import { flippedByte } from '../../support/engine/flipped-byte.ts';
import { hasKeyring, whyNoKeyring } from '../../support/keyring.ts';

const MIB = 1024 * 1024;

// The same with 10 GiB is in tests/long.
test.skipIf(!hasKeyring)(
  `one byte flipped in a master of 64 MiB: verify names it, repair fetches its piece only${whyNoKeyring}`,
  { tags: ['long'] },
  async () => {
    expect.hasAssertions();
    await flippedByte(64 * MIB, MIB, 41 * MIB + 12_345);
  },
);
