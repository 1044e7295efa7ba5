import { headLine, readHead } from '../ledger/ledger.ts';
import type { HeadStore } from '../ledger/ports.ts';
import { createVault } from './vault.ts';

/** A keychain that doesn't answer holds nothing up for longer, ms. */
const ANSWER_MS = 3_000;

/**
 * The ledger's head in the keychain, where someone who edits files doesn't find it. Never opens a
 * prompt: the ledger does without a locked keychain.
 */
export function createLedgerVault(home: string): HeadStore {
  const vault = createVault<'head'>(home, 'ledger', { promptMs: ANSWER_MS, mayPrompt: false });
  return {
    async read() {
      const { state, value } = await vault.read('head');
      return { head: value === null ? null : readHead(value), isReachable: state === 'ok' };
    },
    async write(head) {
      return (await vault.write('head', headLine(head))) === 'ok';
    },
  };
}
