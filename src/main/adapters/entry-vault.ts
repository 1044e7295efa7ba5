import type { FlagSet } from './fs/flag-files.ts';
import type { KeychainState, SecretName, TokenVault } from '../account/ports.ts';

/** One secret where secrets are kept; the interface of keytar's entries. */
export interface SecretEntry {
  getPassword(): Promise<string | null | undefined>;
  setPassword(value: string): Promise<void>;
  deletePassword(): Promise<boolean>;
}

export type Outcome<T> =
  | { state: 'ok'; result: T }
  | { state: Exclude<KeychainState, 'ok'>; result: null };

/** Where secrets are kept. */
export type SecretEntries = {
  entryOf(user: string): SecretEntry;
  /** Runs `work` on an entry. Never throws. */
  attempt<T>(user: string, work: (entry: SecretEntry) => Promise<T>): Promise<Outcome<T>>;
  allowPrompt(): void;
};

/** Of concurrent changes of one entry only the last counts; `begin` returns a check for that. */
function createChangeTracker<Name>() {
  const last = new Map<Name, symbol>();
  return {
    last: (name: Name): symbol | undefined => last.get(name),
    begin(name: Name): () => boolean {
      const change = Symbol('change');
      last.set(name, change);
      return () => last.get(name) === change;
    },
  };
}

/**
 * A vault over entries that may be out of reach for a while: what can't be written is held in
 * memory, what can't be removed counts as removed.
 *
 * @param scope prefix of its entries
 * @param removed entries removed while they were out of reach: reported as absent, and deleted as
 * soon as possible. If the set is persistent, so is the removal.
 */
export function createEntryVault<Name extends string = SecretName>(
  { entryOf, attempt, allowPrompt }: SecretEntries,
  scope: string,
  removed: FlagSet,
): TokenVault<Name> {
  const memory = new Map<Name, string>();
  const changes = createChangeTracker<Name>();
  const userOf = (name: Name): string => `${scope}:${name}`;

  return {
    allowPrompt,
    async read(name) {
      const cached = memory.get(name);
      if (cached !== undefined) return { state: 'ok', value: cached };
      if (removed.has(userOf(name))) return { state: await this.remove(name), value: null };
      const before = changes.last(name);
      const { state, result } = await attempt(userOf(name), (entry) => entry.getPassword());
      return changes.last(name) === before ? { state, value: result ?? null } : this.read(name);
    },
    async write(name, value) {
      const isLatest = changes.begin(name);
      // Visible to readers at once, and to `flush` if this write fails.
      memory.set(name, value);
      const { state } = await attempt(userOf(name), async (entry) =>
        isLatest() ? entry.setPassword(value) : undefined,
      );
      // Unmark only once the new value is stored: while it is in memory only, the old entry still
      // has to be removed.
      if (state === 'ok' && isLatest()) {
        removed.delete(userOf(name));
        memory.delete(name);
      }
      return state;
    },
    async remove(name) {
      const isLatest = changes.begin(name);
      memory.delete(name);
      // Marked before the attempt: a crash in between must not bring the entry back.
      removed.add(userOf(name));
      const { state } = await attempt(userOf(name), async (entry) =>
        isLatest() ? entry.deletePassword() : undefined,
      );
      if (state === 'ok' && isLatest()) removed.delete(userOf(name));
      return state;
    },
    async flush() {
      for (const [name, value] of memory) {
        const state = await this.write(name, value);
        if (state !== 'ok') return state;
      }
      return 'ok';
    },
    markRemoved(name) {
      removed.add(userOf(name));
    },
    async takeOrphan(name) {
      const isLeft = (): boolean => removed.has(userOf(name)) && !memory.has(name);
      if (!isLeft()) return null;
      const { result } = await attempt(userOf(name), (entry) => entry.getPassword());
      // A sign-in meanwhile has taken over the entry.
      if (!isLeft()) return null;
      await this.remove(name);
      return result ?? null;
    },
    async quarantine(name) {
      memory.delete(name);
      await attempt(userOf(name), (entry) => moveTo(entry, entryOf(`${userOf(name)}-set-aside`)));
    },
  };
}

async function moveTo(from: SecretEntry, to: SecretEntry): Promise<void> {
  const value = await from.getPassword();
  if (typeof value !== 'string') return;
  await to.setPassword(value);
  await from.deletePassword();
}
