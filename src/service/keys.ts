import { createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { DEMO_MANIFEST_KEY } from '../shared/api/demo-key.ts';

/** Private half of the demo’s key. It is public, so it may only sign invented content. */
const DEMO_PRIVATE = 'v4slL9l1p3quD6tVdbLtvDUqhm96Ia6pcQa458FYCDU';

export type SigningKey = { keyId: string; publicKey: string; privateKey: KeyObject };

export function demoSigningKey(): SigningKey {
  const { keyId, publicKey } = DEMO_MANIFEST_KEY;
  return {
    keyId,
    publicKey,
    privateKey: createPrivateKey({
      format: 'jwk',
      key: { kty: 'OKP', crv: 'Ed25519', x: publicKey, d: DEMO_PRIVATE },
    }),
  };
}
