/**
 * Ed25519 keys that sign releases, the 32 bytes in base64. The publisher of a build puts its own here
 * ([docs/updates.md]); of several, any one may have signed, so that a key can be replaced. Without
 * one the program takes no updates, and asks nobody for any.
 */
export const UPDATE_KEYS: readonly string[] = [];
