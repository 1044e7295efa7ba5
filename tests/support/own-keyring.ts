import { afterAll, beforeAll } from 'vitest';
import { hasKeyring, startKeyring, type Keyring } from './keyring.ts';

/** Null before the first hook of a test file, and where there can be none. */
export let keyring: Keyring | null = null;

// A setup file: every test file has a keyring of its own, in its environment. It is started by a
// hook: where all tests of a file are skipped no hook is run, and nothing would ever stop it.
beforeAll(async () => {
  if (!hasKeyring) return;
  keyring = await startKeyring();
  Object.assign(process.env, keyring.env);
});
afterAll(() => keyring?.stop());
