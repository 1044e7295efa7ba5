import type { KeychainState } from '../account/ports.ts';
import type { AddressVault } from '../transfers/ports.ts';
import { createVault } from './vault.ts';

/** It may be there and can be read later. */
const isLocked = (state: KeychainState): boolean => state === 'locked' || state === 'unanswered';

/** Secrets with what URLs must not show, one per transfer, source, proxy or webhook of this home. */
export function createAddressVault(
  home: string,
  of: 'addresses' | 'sources' | 'network' | 'webhooks' = 'addresses',
): AddressVault {
  const vault = createVault<string>(home, of);
  return {
    async read(id) {
      const { state, value } = await vault.read(id);
      return { value, isLocked: isLocked(state) };
    },
    async write(id, value) {
      const state = await vault.write(id, value);
      return state === 'ok' ? 'kept' : isLocked(state) ? 'locked' : 'absent';
    },
    async remove(id) {
      await vault.remove(id);
    },
  };
}
