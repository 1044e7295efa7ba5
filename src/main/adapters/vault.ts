import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { AppError } from '../../shared/errors.ts';
import type { SecretName, TokenVault } from '../account/ports.ts';
import { CredentialFile, DamagedCredentials } from './credential-file.ts';
import { keySourceText } from './credential-key.ts';
import { createEntryVault, type SecretEntries } from './entry-vault.ts';
import { writeFileAtomicSync } from './fs/atomic-write.ts';
import { createFlagFiles } from './fs/flag-files.ts';
import { errnoOf, fsError, hasErrno } from './fs/errors.ts';
import { clearPath, quarantine } from './fs/quarantine.ts';
import { createKeychainVault, keychainScope } from './keychain.ts';

const credentialStore = z.discriminatedUnion('store', [
  z.strictObject({ store: z.literal('keychain') }),
  /** `keyFile` null: the key is a credential of systemd. */
  z.strictObject({ store: z.literal('file'), keyFile: z.string().nullable() }),
]);
/** Where the secrets of a home are kept; remembered in it. */
type CredentialStore = z.infer<typeof credentialStore>;
/** As an administrator asks for it; without `keyFile` it is the one remembered, or systemd's. */
export type CredentialChoice =
  | { store: 'keychain' }
  | { store: 'file'; keyFile?: string | undefined };

const choiceFile = (home: string): string => path.join(home, 'credentials.json');
const credentialFileOf = (home: string): string => path.join(home, 'credentials.enc');

/**
 * Where the secrets of a home are kept. Without a choice it is the keychain, unless there is a
 * credential file: then somebody has chosen it, and the keychain would be a silent way back.
 *
 * @throws `credentials-closed` if what was chosen can't be told
 */
function rememberedStore(home: string): CredentialStore {
  const file = choiceFile(home);
  try {
    return credentialStore.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (thrown) {
    if (hasErrno(thrown, 'ENOENT') && !existsSync(credentialFileOf(home)))
      return { store: 'keychain' };
    if (errnoOf(thrown) !== null && !hasErrno(thrown, 'ENOENT')) throw fsError(thrown, file);
    throw new AppError(
      'credentials-closed',
      `${file} doesn’t say where tokens are kept. Choose it again, with --credentials file or --credentials keychain.`,
    );
  }
}

function storeOf(home: string, choice: CredentialChoice | undefined): CredentialStore {
  if (choice === undefined) return rememberedStore(home);
  if (choice.store === 'keychain') return choice;
  if (choice.keyFile !== undefined) return { store: 'file', keyFile: path.resolve(choice.keyFile) };
  let before: CredentialStore = { store: 'keychain' };
  try {
    before = rememberedStore(home);
  } catch {
    // This choice replaces it.
  }
  return before.store === 'file' ? before : { store: 'file', keyFile: null };
}

const fileOf = (home: string, keyFile: string | null): CredentialFile =>
  new CredentialFile(credentialFileOf(home), { file: keyFile });

/** The file of each home: all its vaults share it, since it is written whole. */
const files = new Map<string, CredentialFile>();
function sharedFile(home: string, keyFile: string | null): CredentialFile {
  const place = path.resolve(home);
  const file = files.get(place) ?? fileOf(place, keyFile);
  files.set(place, file);
  return file;
}

/**
 * Opens the credential file of a home, if that is where its secrets are, before any vault does. A
 * damaged one is set aside. `choice` is remembered once it is known to work. For the holder of the
 * home's lock.
 *
 * @returns the new path of a file that was set aside
 * @throws `credentials-closed` without the right key: then nothing was changed
 */
export async function openCredentials(
  home: string,
  choice?: CredentialChoice,
): Promise<{ aside: string | null }> {
  const store = storeOf(home, choice);
  files.delete(path.resolve(home));
  let aside: string | null = null;
  if (store.store === 'file') {
    aside = clearPath(credentialFileOf(home));
    const file = sharedFile(home, store.keyFile);
    try {
      await file.open();
    } catch (thrown) {
      if (!(thrown instanceof DamagedCredentials)) throw thrown;
      aside = quarantine(credentialFileOf(home));
      await file.open();
    }
  }
  if (choice !== undefined)
    try {
      writeFileAtomicSync(choiceFile(home), JSON.stringify(store), { durable: true });
    } catch (thrown) {
      throw fsError(thrown, choiceFile(home));
    }
  return { aside };
}

/**
 * Where the secrets of a home are kept, in words, without opening the keychain; of the credential
 * file whether it can be opened. Changes nothing.
 *
 * @throws what `CredentialFile.open` throws, `credentials-closed`
 */
export async function checkCredentials(
  home: string,
  choice?: CredentialChoice,
): Promise<{ store: CredentialStore['store']; text: string }> {
  const store = storeOf(home, choice);
  if (store.store === 'keychain') return { store: 'keychain', text: 'keychain' };
  await fileOf(home, store.keyFile).open();
  return {
    store: 'file',
    text: `credential file, encrypted with the key from ${keySourceText({ file: store.keyFile })}`,
  };
}

/** Whether a choice is what the home has already. @throws `credentials-closed` if that can't be told */
export const isCredentialChoice = (home: string, choice: CredentialChoice): boolean =>
  isDeepStrictEqual(storeOf(home, choice), rememberedStore(home));

/** Where the secrets of a home are kept. @throws `credentials-closed` if that can't be told */
export const secretStoreOf = (home: string): CredentialStore['store'] =>
  rememberedStore(home).store;

const unreachable = { state: 'unanswered', result: null } as const;
const never = async (): Promise<never> => {
  throw new Error('out of reach');
};
const OUT_OF_REACH: SecretEntries = {
  entryOf: () => ({ getPassword: never, setPassword: never, deletePassword: never }),
  attempt: async () => unreachable,
  allowPrompt: () => undefined,
};

/** A file that can't be opened or written is out of reach for a while, as a silent keychain is. */
function entriesOf(file: CredentialFile): SecretEntries {
  const entryOf: SecretEntries['entryOf'] = (user) => ({
    getPassword: () => file.read(user),
    setPassword: (value) => file.set(user, value),
    deletePassword: async () => {
      await file.set(user, null);
      return true;
    },
  });
  return {
    entryOf,
    allowPrompt: () => undefined,
    async attempt(user, work) {
      try {
        return { state: 'ok', result: await work(entryOf(user)) };
      } catch {
        return unreachable;
      }
    },
  };
}

/**
 * Secrets of a home: in the system's keychain, or in the credential file where an administrator has
 * chosen that. If what was chosen can't be told, they are out of reach.
 *
 * @param of what they are of: a service, or a part of the program
 * @param promptMs, mayPrompt see `createKeychainVault`
 */
export function createVault<Name extends string = SecretName>(
  home: string,
  of: string,
  { promptMs, mayPrompt }: { promptMs?: number | undefined; mayPrompt?: boolean } = {},
): TokenVault<Name> {
  const removed = createFlagFiles(path.join(home, 'keychain-removed'));
  let store: CredentialStore;
  try {
    store = rememberedStore(home);
  } catch {
    // `openCredentials` says so to whoever opens the home.
    return createEntryVault(OUT_OF_REACH, of, removed);
  }
  return store.store === 'file'
    ? // The home isn't part of the name: the file moves with it.
      createEntryVault(entriesOf(sharedFile(home, store.keyFile)), of, removed)
    : createKeychainVault(keychainScope(home, of), removed, promptMs, mayPrompt);
}
