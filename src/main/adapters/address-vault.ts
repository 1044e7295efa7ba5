import path from 'node:path';
import type { AddressVault } from '../transfers/ports.ts';
import { createKeychainVault, keychainScope } from './keychain.ts';
import { createFlagFiles } from './fs/flag-files.ts';

/** Keychain entries with what URLs must not show, one per transfer, source or proxy of this home. */
export function createAddressVault(
  home: string,
  of: 'addresses' | 'sources' | 'network' = 'addresses',
): AddressVault {
  const vault = createKeychainVault<string>(
    keychainScope(home, of),
    createFlagFiles(path.join(home, 'keychain-removed')),
  );
  return {
    async read(id) {
      const { state, value } = await vault.read(id);
      return { value, isLocked: state === 'locked' || state === 'unanswered' };
    },
    async write(id, value) {
      await vault.write(id, value);
    },
    async remove(id) {
      await vault.remove(id);
    },
  };
}
