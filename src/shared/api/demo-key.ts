import type { ManifestKey } from './meta.ts';

/** Key that signs the demo's manifests; built in, so that the demo needs no trust on first use. */
export const DEMO_MANIFEST_KEY: ManifestKey = {
  keyId: 'key_demo_1',
  alg: 'Ed25519',
  publicKey: 'r_Qek0zV2h9gtsJELOHldRQuSbOFplIX4AeoB8yfokU',
};
