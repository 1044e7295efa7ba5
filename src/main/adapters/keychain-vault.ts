import { AsyncEntry } from 'keytar';
import type { KeychainState, SecretName, TokenVault } from '../account/ports.ts';

const SERVICE = 'Multimedia Desk';
/** An unlock prompt waits for a person; after this long we say "locked" and go on. */
const LIMIT_MS = 30_000;

/** The library gives every failure one code, so the text decides, here and nowhere else. */
function stateOf(thrown: unknown): KeychainState {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  if (/prompt|dismissed|locked|abort|user (?:canceled|interaction)/i.test(text)) return 'locked';
  if (/no result found|DBus error|not provided by any|ServiceUnknown|no such (?:interface|object)|platform secure storage/i.test(text)) return 'absent';
  return 'unreadable';
}

/**
 * Secrets in the operating system's keychain, one entry a name, keyed by `scope` (home folder and service origin).
 * Linux is pinned to the Secret Service: the library would otherwise fall back to the kernel keyring, which a reboot empties.
 */
export function createKeychainVault(scope: string): TokenVault {
  const memory = new Map<SecretName, string>();
  /** Removed while the keychain was locked: not there any more for us, and gone from it as soon as it can be. */
  const removed = new Set<SecretName>();
  const user = (name: string): string => `${scope}:${name}`;

  async function attempt<T>(name: string, work: (entry: AsyncEntry, signal: AbortSignal) => Promise<T>): Promise<{ state: 'ok'; result: T } | { state: Exclude<KeychainState, 'ok'>; result: null }> {
    try {
      // Without a session bus the constructor itself throws.
      const entry = new AsyncEntry(SERVICE, user(name), { linux: { store: 'secret-service' } });
      return { state: 'ok', result: await work(entry, AbortSignal.timeout(LIMIT_MS)) };
    } catch (thrown) {
      const state = stateOf(thrown);
      return { state: state === 'ok' ? 'unreadable' : state, result: null };
    }
  }

  return {
    async read(name) {
      const kept = memory.get(name);
      if (kept !== undefined) return { state: 'ok', value: kept };
      if (removed.has(name)) return { state: await this.remove(name), value: null };
      const { state, result } = await attempt(name, (entry, signal) => entry.getPassword(signal));
      return { state, value: result ?? null };
    },
    async write(name, value) {
      removed.delete(name);
      const { state } = await attempt(name, (entry, signal) => entry.setPassword(value, signal));
      if (state === 'ok') memory.delete(name);
      else memory.set(name, value);
      return state;
    },
    async remove(name) {
      memory.delete(name);
      removed.delete(name);
      const { state } = await attempt(name, (entry, signal) => entry.deletePassword(signal));
      if (state === 'locked') removed.add(name);
      return state;
    },
    async setAside(name) {
      memory.delete(name);
      await attempt(name, async (entry, signal) => {
        const value = await entry.getPassword(signal);
        if (value === null) return;
        await new AsyncEntry(SERVICE, user(`${name}-set-aside`), { linux: { store: 'secret-service' } }).setPassword(value, signal);
        await entry.deletePassword(signal);
      });
    },
  };
}
