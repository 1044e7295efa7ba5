import { afterAll } from 'vitest';
import { hasKeyring, startKeyring } from './keyring.ts';

// A setup file: every test file has a keyring of its own, in its environment. Null where there can
// be none.
export const keyring = hasKeyring ? await startKeyring() : null;
Object.assign(process.env, keyring?.env);
afterAll(() => keyring?.stop());
