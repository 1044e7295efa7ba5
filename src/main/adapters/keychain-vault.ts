import { createHash } from 'node:crypto';
import path from 'node:path';
import { AsyncEntry } from 'keytar';
import type { Marks } from './marks.ts';
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

/** Names the entries of one home and one service: short, and without a path that others could read. */
export const keychainScope = (home: string, service: string): string => `${createHash('sha256').update(path.resolve(home)).digest('hex').slice(0, 16)}:${service}`;

const entryOf = (user: string): AsyncEntry => new AsyncEntry(SERVICE, user, { linux: { store: 'secret-service' } });

async function attempt<T>(user: string, work: (entry: AsyncEntry, signal: AbortSignal) => Promise<T>): Promise<{ state: 'ok'; result: T } | { state: Exclude<KeychainState, 'ok'>; result: null }> {
  try {
    // Without a session bus the constructor itself throws.
    return { state: 'ok', result: await work(entryOf(user), AbortSignal.timeout(LIMIT_MS)) };
  } catch (thrown) {
    const state = stateOf(thrown);
    return { state: state === 'ok' ? 'unreadable' : state, result: null };
  }
}

/**
 * Secrets in the operating system's keychain, one entry a name, keyed by `scope` (home folder and service origin).
 * @param removed entries removed while the keychain was locked: not there any more for us, and gone from it as soon as it can be.
 *   Where it outlives the program, so does that.
 * Linux is pinned to the Secret Service: the library would otherwise fall back to the kernel keyring, which a reboot empties.
 */
export function createKeychainVault<Name extends string = SecretName>(scope: string, removed: Marks = new Set()): TokenVault<Name> {
  const memory = new Map<Name, string>();
  const userOf = (name: Name): string => `${scope}:${name}`;

  return {
    async read(name) {
      const kept = memory.get(name);
      if (kept !== undefined) return { state: 'ok', value: kept };
      if (removed.has(userOf(name))) return { state: await this.remove(name), value: null };
      const { state, result } = await attempt(userOf(name), (entry, signal) => entry.getPassword(signal));
      return { state, value: result ?? null };
    },
    async write(name, value) {
      const { state } = await attempt(userOf(name), (entry, signal) => entry.setPassword(value, signal));
      // The mark goes once there is a new value: one that is only in memory leaves the old entry where it is, to be removed.
      if (state === 'ok') {
        removed.delete(userOf(name));
        memory.delete(name);
      } else memory.set(name, value);
      return state;
    },
    async remove(name) {
      memory.delete(name);
      // Before it is tried: an end of the program in between must not bring the entry back.
      removed.add(userOf(name));
      const { state } = await attempt(userOf(name), (entry, signal) => entry.deletePassword(signal));
      if (state === 'ok') removed.delete(userOf(name));
      return state;
    },
    async writePending() {
      for (const [name, value] of memory) {
        const state = await this.write(name, value);
        if (state !== 'ok') return state;
      }
      return 'ok';
    },
    disown(name) {
      removed.add(userOf(name));
    },
    async takeRemoved(name) {
      if (!removed.has(userOf(name)) || memory.has(name)) return null;
      const { result } = await attempt(userOf(name), (entry, signal) => entry.getPassword(signal));
      await this.remove(name);
      return result ?? null;
    },
    async setAside(name) {
      memory.delete(name);
      await attempt(userOf(name), async (entry, signal) => {
        const value = await entry.getPassword(signal);
        if (value === null) return;
        await entryOf(`${userOf(name)}-set-aside`).setPassword(value, signal);
        await entry.deletePassword(signal);
      });
    },
  };
}
