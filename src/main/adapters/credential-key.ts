import { hkdfSync, scrypt } from 'node:crypto';
import { existsSync, readFileSync, statSync, type Stats } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '../../shared/errors.ts';
import { fsError } from './fs/errors.ts';

/** Name of systemd's credential with the key. */
export const SYSTEMD_CREDENTIAL = 'multimedia-desk-key';
/** Length of a random key, bytes. */
const KEY_BYTES = 32;
/** A shorter passphrase is a mistake, such as an empty file. Characters. */
const MIN_PASSPHRASE = 12;
const MAX_KEY_FILE_BYTES = 4096;
/** Permission bits of group and others. */
const OTHERS_MASK = 0o077;
/** 32 MiB and some 0.2 s for each passphrase that is tried. */
const SCRYPT = { N: 2 ** 15, r: 8, p: 3, maxmem: 2 ** 26 };
const HKDF_INFO = 'multimedia-desk credential file 1';

/** `file` null: systemd's credential. */
export type KeySource = { file: string | null };
/** Random bytes are a key already; a passphrase has to be stretched. */
export type CredentialKey = { kind: 'random' | 'passphrase'; secret: Buffer };

/** In words for a person: where the key comes from. */
export const keySourceText = ({ file }: KeySource): string =>
  file === null ? `systemd (${SYSTEMD_CREDENTIAL})` : file;

const closed = (message: string): AppError => new AppError('credentials-closed', message);

/** @throws `credentials-closed` if this program wasn't started with the credential */
function systemdFile(): string {
  const folder = process.env['CREDENTIALS_DIRECTORY'];
  const file = folder === undefined ? null : path.join(folder, SYSTEMD_CREDENTIAL);
  if (file !== null && existsSync(file)) return file;
  throw closed(
    `The key of the credential file comes from systemd’s credential ${SYSTEMD_CREDENTIAL}, and the app wasn’t started with it. Start it by its unit or with systemd-run (see docs/server.md), or name a key file with --credential-key.`,
  );
}

/** @throws `not-permitted` if others than its owner and root can read or replace the file */
function requirePrivate(file: string, { mode, uid }: Stats): void {
  if (process.platform === 'win32') return;
  if ((mode & OTHERS_MASK) !== 0)
    throw new AppError(
      'not-permitted',
      `${file} can be read by others, so it can’t be used as a key. Run: chmod 600 ${file}`,
    );
  if (uid !== 0 && uid !== process.getuid?.())
    throw new AppError(
      'not-permitted',
      `${file} belongs to another user, so it can’t be used as a key. Change its owner.`,
    );
}

/** The text of the file without its line end; null if it is no text. */
function passphraseOf(bytes: Buffer): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r?\n$/u, '');
    return /\p{Cc}/u.test(text) ? null : text;
  } catch {
    return null;
  }
}

/**
 * Reads the key: 32 random bytes, or a passphrase as text. 32 bytes that are text are a passphrase;
 * that random ones are is as good as impossible.
 *
 * @throws `credentials-closed` if there is none or it is no key, `not-permitted` if others can read
 * it
 */
export function readCredentialKey({ file }: KeySource): CredentialKey {
  const place = file ?? systemdFile();
  let bytes: Buffer;
  try {
    const stats = statSync(place);
    // Reading a FIFO or a device would wait.
    if (!stats.isFile() || stats.size > MAX_KEY_FILE_BYTES)
      throw closed(`${place} is no key file. Use 32 random bytes or a passphrase.`);
    // Who reads systemd's is set by an access list, which shows as bits of the group.
    if (file !== null) requirePrivate(place, stats);
    bytes = readFileSync(place);
  } catch (thrown) {
    const error = fsError(thrown, place);
    throw error instanceof AppError && error.code === 'destination-missing'
      ? closed(`The key file ${place} isn’t there.`)
      : error;
  }
  const passphrase = passphraseOf(bytes);
  if (passphrase === null && bytes.length === KEY_BYTES) return { kind: 'random', secret: bytes };
  if (passphrase === null || passphrase.length < MIN_PASSPHRASE)
    throw closed(
      `${place} is no key: use 32 random bytes, or a passphrase of at least ${MIN_PASSPHRASE} characters on one line.`,
    );
  return { kind: 'passphrase', secret: Buffer.from(passphrase.normalize('NFC')) };
}

const stretch = promisify<Buffer, Buffer, number, typeof SCRYPT, Buffer>(scrypt);

/** The AES key of one file, by the salt in it. */
export const deriveKey = async ({ kind, secret }: CredentialKey, salt: Buffer): Promise<Buffer> =>
  kind === 'random'
    ? Buffer.from(hkdfSync('sha256', secret, salt, HKDF_INFO, KEY_BYTES))
    : stretch(secret, salt, KEY_BYTES, SCRYPT);
