import { createHmac, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readKeyFile, writeKeyFile } from './key-file.ts';

const KEY_BYTES = 32;

/** A secret key that passwords go through before they are hashed: without it, hashes from a copy of the database cannot be guessed at. */
export type Pepper = { /** Stands in the hash; says nothing of the key. */ id: string; apply(password: string): Buffer };
export type Peppers = { current: Pepper; /** Also of those before. */ find(id: string): Pepper | undefined };

function pepperOf(key: Buffer): Pepper {
  const mac = (...parts: string[]) => parts.reduce((hmac, part) => hmac.update(part), createHmac('sha256', key)).digest();
  return { id: mac('id').toString('base64url').slice(0, 8), apply: (password) => mac('password:', password) };
}

/** @param keys oldest first; the last one is used for new hashes */
export function peppersOf(keys: readonly Buffer[]): Peppers {
  const peppers = keys.map(pepperOf);
  const current = peppers.at(-1);
  if (!current) throw new Error('No pepper');
  return { current, find: (id) => peppers.find((pepper) => pepper.id === id) };
}

/**
 * Reads the keys, one a line, or makes the first one. Accounts move to the newest as they sign in; a line that is taken out leaves those that did not
 * with a reset of their password.
 * @param rotate adds a new key
 */
export async function loadPeppers(dataDir: string, rotate: boolean): Promise<Peppers> {
  const file = join(dataDir, 'password-peppers');
  const lines = (await readKeyFile(file))?.toString('latin1').trimEnd().split('\n') ?? [];
  const keys = lines.map((line) => Buffer.from(line, 'base64url'));
  if (keys.some(({ length }) => length !== KEY_BYTES)) throw new Error(`${file} holds a line that is not a key`);
  if (keys.length === 0 || rotate) {
    keys.push(randomBytes(KEY_BYTES));
    await writeKeyFile(file, keys.map((key) => `${key.toString('base64url')}\n`).join(''));
  }
  return peppersOf(keys);
}
