import type { ManifestKey } from './meta.ts';

/**
 * Signs the manifests of the demo. Shipped with the app, so that the demo needs no trust at first
 * use.
 */
export const DEMO_MANIFEST_KEY: ManifestKey = {
  keyId: 'key_demo_1',
  alg: 'Ed25519',
  publicKey: 'r_Qek0zV2h9gtsJELOHldRQuSbOFplIX4AeoB8yfokU',
};
