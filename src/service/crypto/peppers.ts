import { createHmac, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DamagedData } from '../store/damage.ts';
import { keyLine, keyOfLine, readKeyFile, writeKeyFile } from './key-file.ts';

/** A secret key applied to passwords before hashing; kept outside the database. */
export type Pepper = {
  /** Stored with each hash; derived one-way from the key. */ id: string;
  apply(password: string): Buffer;
};
export type Peppers = {
  current: Pepper;
  /** The current one or an earlier one. */ find(id: string): Pepper | undefined;
};

function createPepper(key: Buffer): Pepper {
  const mac = (...parts: string[]) =>
    parts.reduce((hmac, part) => hmac.update(part), createHmac('sha256', key)).digest();
  return {
    id: mac('id').toString('base64url').slice(0, 8),
    apply: (password) => mac('password:', password),
  };
}

/** @param keys oldest first; the last one is used for new hashes */
export function createPeppers(keys: readonly Buffer[]): Peppers {
  const peppers = keys.map(createPepper);
  const current = peppers.at(-1);
  if (!current) throw new Error('No pepper');
  return { current, find: (id) => peppers.find((pepper) => pepper.id === id) };
}

/**
 * Reads the keys, one per line, or creates the first one. An account moves to the newest key at its
 * next sign-in; removing a line forces a password reset on accounts still hashed with it.
 * @param rotate appends a new key
 * @param isNew whether the file may be absent
 * @throws DamagedData
 */
export async function loadPeppers(
  dataDir: string,
  rotate: boolean,
  isNew: boolean,
): Promise<Peppers> {
  const file = join(dataDir, 'password-peppers');
  const text = (await readKeyFile(file))?.toString('latin1').trimEnd() ?? '';
  if (text === '' && !isNew) throw new DamagedData(file, 'is missing or empty');
  const keys = text === '' ? [] : text.split('\n').map((line) => keyOfLine(line, file));
  if (keys.length === 0 || rotate) {
    keys.push(randomBytes(32));
    await writeKeyFile(file, keys.map(keyLine).join(''));
  }
  return createPeppers(keys);
}
