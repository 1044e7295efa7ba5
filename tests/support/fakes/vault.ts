import type { AddressVault } from '../../../src/main/transfers/ports.ts';
import type { KeychainState, SecretName, TokenVault } from '../../../src/main/account/ports.ts';

export type MemoryVault = TokenVault & { values: Map<SecretName, string>; disowned: SecretName[] };

/**
 * A keychain in memory with a fixed state. Written values can be read, as from the memory of the
 * program.
 */
export function memoryVault(state: KeychainState = 'ok'): MemoryVault {
  const values = new Map<SecretName, string>();
  const disowned: SecretName[] = [];
  return {
    values,
    disowned,
    allowPrompt: () => undefined,
    read: async (name) => ({
      state: values.has(name) ? 'ok' : state,
      value: values.get(name) ?? null,
    }),
    write: async (name, value) => (values.set(name, value), state),
    remove: async (name) => (values.delete(name), state),
    flush: async () => state,
    markRemoved: (name) => void disowned.push(name),
    quarantine: async () => undefined,
    takeOrphan: async () => null,
  };
}

/** The same for addresses; it outlives the engine. */
export function addressVault(stored = new Map<string, string>()): AddressVault {
  return {
    read: async (id) => ({ value: stored.get(id) ?? null, isLocked: false }),
    write: async (id, value) => (stored.set(id, value), 'kept'),
    remove: async (id) => void stored.delete(id),
  };
}
