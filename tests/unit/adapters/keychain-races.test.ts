import { beforeEach, expect, test, vi } from 'vitest';
import { createKeychainVault } from '../../../src/main/adapters/keychain.ts';
import { eventually } from '../../support/eventually.ts';

const keychain = vi.hoisted(() => ({
  entries: new Map<string, string>(),
  state: 'unlocked' as 'unlocked' | 'locked',
  pending: [] as (() => void)[],
  slow: false,
  fail: null as string | null,
  failures: 0,
  deletable: true,
}));
vi.mock('../../../src/main/adapters/secret-service.ts', () => ({
  collectionState: async () => keychain.state,
}));
vi.mock('keytar', () => ({
  AsyncEntry: class {
    readonly #user: string;
    constructor(_service: string, user: string) {
      this.#user = user;
    }
    async #turn(): Promise<void> {
      if (keychain.slow) await new Promise<void>((resolve) => void keychain.pending.push(resolve));
      if (keychain.fail === null) return;
      keychain.failures++;
      throw new Error(keychain.fail);
    }
    async getPassword(): Promise<string | null> {
      await this.#turn();
      return keychain.entries.get(this.#user) ?? null;
    }
    async setPassword(value: string): Promise<void> {
      await this.#turn();
      keychain.entries.set(this.#user, value);
    }
    async deletePassword(): Promise<void> {
      await this.#turn();
      if (!keychain.deletable) throw new Error('prompt dismissed');
      keychain.entries.delete(this.#user);
    }
  },
}));

const PROMPT_MS = 300;
beforeEach(() => {
  keychain.entries.clear();
  Object.assign(keychain, {
    state: 'unlocked',
    pending: [],
    slow: false,
    fail: null,
    failures: 0,
    deletable: true,
  });
});
const turn = () =>
  eventually(() => {
    const next = keychain.pending.shift();
    expect(next).toBeDefined();
    next?.();
  });

test('what is removed while it is still being written does not come back from memory when the write fails', async () => {
  const vault = createKeychainVault('home', new Set(), PROMPT_MS);
  keychain.fail = 'prompt dismissed';
  keychain.slow = true;
  const writing = vault.write('session', 'secret');
  await eventually(() => expect(keychain.pending).toHaveLength(1));
  const removing = vault.remove('session');
  await turn();
  await writing;
  keychain.slow = false;
  keychain.pending.splice(0).forEach((next) => next());
  await removing;
  keychain.fail = null;
  vault.allowPrompt();
  expect(await vault.flush()).toBe('ok');
  expect(await vault.read('session')).toMatchObject({ value: null });
  expect([...keychain.entries]).toEqual([]);
});

test('a removal that fails keeps its mark, although a write before it succeeded meanwhile', async () => {
  const marks = new Set<string>();
  const vault = createKeychainVault('home', marks, PROMPT_MS);
  keychain.slow = true;
  keychain.deletable = false;
  const writing = vault.write('session', 'secret');
  await eventually(() => expect(keychain.pending).toHaveLength(1));
  const removing = vault.remove('session');
  await turn();
  expect(await writing).toBe('ok');
  await turn();
  expect(await removing).toBe('locked');
  expect([...marks]).toEqual(['home:session']);
});

test('a write that was not answered is not tried again once the entry is removed', async () => {
  const vault = createKeychainVault('home', new Set(), 3_000);
  keychain.fail = 'did not receive a reply';
  const writing = vault.write('session', 'secret');
  await eventually(() => expect(keychain.failures).toBeGreaterThan(0));
  keychain.fail = null;
  expect(await vault.remove('session')).toBe('ok');
  await writing;
  expect([...keychain.entries]).toEqual([]);
  expect(await vault.flush()).toBe('ok');
  expect([...keychain.entries]).toEqual([]);
});

test('an older value that is left to be written does not replace a newer one that is on its way', async () => {
  const vault = createKeychainVault('home', new Set(), PROMPT_MS);
  keychain.fail = 'prompt dismissed';
  await vault.write('session', 'old');
  keychain.fail = null;
  keychain.slow = true;
  vault.allowPrompt();
  const writing = vault.write('session', 'new');
  const pending = vault.flush();
  await turn();
  await writing;
  keychain.slow = false;
  keychain.pending.splice(0).forEach((next) => next());
  await pending;
  expect([...keychain.entries]).toEqual([['home:session', 'new']]);
});

test('who signs in while the former entry is being removed keeps the new one', async () => {
  const marks = new Set<string>();
  const vault = createKeychainVault('home', marks, 3_000);
  keychain.entries.set('home:session', 'former');
  keychain.fail = 'did not receive a reply';
  const removing = vault.remove('session');
  await eventually(() => expect(keychain.failures).toBeGreaterThan(0));
  keychain.fail = null;
  expect(await vault.write('session', 'new')).toBe('ok');
  await removing;
  expect([[...keychain.entries], [...marks], (await vault.read('session')).value]).toEqual([
    [['home:session', 'new']],
    [],
    'new',
  ]);
});

test('an entry that is removed while it is being read is not there', async () => {
  const vault = createKeychainVault('home', new Set(), PROMPT_MS);
  keychain.entries.set('home:session', 'secret');
  keychain.slow = true;
  const reading = vault.read('session');
  await eventually(() => expect(keychain.pending).toHaveLength(1));
  const removing = vault.remove('session');
  keychain.slow = false;
  await turn();
  expect([(await reading).value, await removing]).toEqual([null, 'ok']);
});
