import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { AppError } from '../../shared/errors.ts';
import {
  deriveKey,
  keySourceText,
  readCredentialKey,
  type CredentialKey,
  type KeySource,
} from './credential-key.ts';
import { writeFileAtomic } from './fs/atomic-write.ts';
import { fsError, hasErrno } from './fs/errors.ts';

// The file: MAGIC, version (1 byte), kind of key (1), salt (16), nonce (12): its header, which is
// also the associated data; then the ciphertext, the tag of AES-256-GCM (16), and the SHA-256 of all
// before it (32). By the last, which needs no key, damage is told from a wrong key: GCM can't.
const MAGIC = Buffer.from('MMDESKCR');
const VERSION = 1;
const KINDS = { random: 1, passphrase: 2 } as const;
const [SALT_BYTES, NONCE_BYTES, TAG_BYTES, DIGEST_BYTES] = [16, 12, 16, 32];
const SALT_AT = MAGIC.length + 2;
const NONCE_AT = SALT_AT + SALT_BYTES;
const HEADER_BYTES = NONCE_AT + NONCE_BYTES;

const digestOf = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();

/** The secrets by name, once they are decrypted. */
type Entries = Readonly<Record<string, string>>;
type Opened = { kind: CredentialKey['kind']; key: Buffer; salt: Buffer; entries: Entries };

/** Whole, and of a version that this program knows. */
type Sealed = { kind: number; salt: Buffer; nonce: Buffer; header: Buffer; sealed: Buffer };

/** @returns `damaged` if it isn't as this program wrote it, `newer` if a later version wrote it */
function parse(bytes: Buffer): Sealed | 'damaged' | 'newer' {
  const body = bytes.subarray(0, -DIGEST_BYTES);
  if (
    body.length < HEADER_BYTES + TAG_BYTES ||
    !body.subarray(0, MAGIC.length).equals(MAGIC) ||
    !digestOf(body).equals(bytes.subarray(-DIGEST_BYTES))
  )
    return 'damaged';
  if (body[MAGIC.length] !== VERSION) return 'newer';
  return {
    kind: body[MAGIC.length + 1] ?? 0,
    salt: body.subarray(SALT_AT, NONCE_AT),
    nonce: body.subarray(NONCE_AT, HEADER_BYTES),
    header: body.subarray(0, HEADER_BYTES),
    sealed: body.subarray(HEADER_BYTES),
  };
}

/** @returns null if the key is another one */
function decrypt(key: Buffer, { nonce, header, sealed }: Sealed): Entries | null {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
    .setAAD(header)
    .setAuthTag(sealed.subarray(-TAG_BYTES));
  let text: Buffer;
  try {
    text = Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]);
  } catch {
    return null;
  }
  return z.record(z.string(), z.string()).parse(JSON.parse(text.toString()));
}

function encrypt({ kind, key, salt }: Opened, entries: Entries): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const header = Buffer.concat([MAGIC, Buffer.from([VERSION, KINDS[kind]]), salt, nonce]);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, {
    authTagLength: TAG_BYTES,
  }).setAAD(header);
  const body = Buffer.concat([
    header,
    cipher.update(JSON.stringify(entries)),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
  return Buffer.concat([body, digestOf(body)]);
}

/** The file isn't as it was written. It is set aside by the one who holds the home, nobody else. */
export class DamagedCredentials extends AppError {
  constructor(file: string) {
    super('keychain-unreadable', `${file} is damaged.`);
  }
}

/**
 * Secrets in one encrypted file, read once and written whole at every change. One process at a time
 * may write, which the lock of the home ensures.
 */
export class CredentialFile {
  readonly #file: string;
  readonly #source: KeySource;
  #opened: Promise<Opened> | null = null;
  /** The last change; the next one waits for it. */
  #mutex: Promise<unknown> = Promise.resolve();

  constructor(file: string, source: KeySource) {
    this.#file = file;
    this.#source = source;
  }

  /**
   * Reads and decrypts the file; a missing one is empty. After a failure the next call tries again.
   *
   * @throws `credentials-closed` without the right key, `DamagedCredentials`, and what `fsError`
   * makes of the file system's errors
   */
  async open(): Promise<void> {
    await this.#open();
  }

  async read(name: string): Promise<string | null> {
    const { entries } = await this.#open();
    return Object.hasOwn(entries, name) ? (entries[name] ?? null) : null;
  }

  /**
   * Writes or, with null, removes one secret. It is on the medium once this returns.
   *
   * @throws what `open` throws; then nothing was written
   */
  async set(name: string, value: string | null): Promise<void> {
    const change = this.#mutex.then(async () => {
      const opened = await this.#open();
      const { [name]: before, ...others } = opened.entries;
      if (before === (value ?? undefined)) return;
      const entries = value === null ? others : { ...others, [name]: value };
      try {
        await writeFileAtomic(this.#file, encrypt(opened, entries), { durable: true });
      } catch (thrown) {
        throw fsError(thrown, this.#file);
      }
      this.#opened = Promise.resolve({ ...opened, entries });
    });
    this.#mutex = change.catch(() => undefined);
    await change;
  }

  #open(): Promise<Opened> {
    this.#opened ??= this.#load().catch((thrown: unknown) => {
      this.#opened = null;
      throw thrown;
    });
    return this.#opened;
  }

  async #load(): Promise<Opened> {
    const key = readCredentialKey(this.#source);
    let bytes: Buffer;
    try {
      bytes = await readFile(this.#file);
    } catch (thrown) {
      if (!hasErrno(thrown, 'ENOENT')) throw fsError(thrown, this.#file);
      const salt = randomBytes(SALT_BYTES);
      return { kind: key.kind, key: await deriveKey(key, salt), salt, entries: {} };
    }
    const found = parse(bytes);
    if (found === 'damaged') throw new DamagedCredentials(this.#file);
    if (found === 'newer')
      throw new AppError(
        'credentials-closed',
        `${this.#file} was written by a newer version of this app. Nothing was changed. Use that version.`,
      );
    const derived = found.kind === KINDS[key.kind] ? await deriveKey(key, found.salt) : null;
    const entries = derived && decrypt(derived, found);
    if (!derived || !entries)
      throw new AppError(
        'credentials-closed',
        `${this.#file} was encrypted with another key than the one from ${keySourceText(this.#source)}. Nothing was changed. Use the key it was written with; if that is lost, move the file away and sign in again.`,
      );
    return { kind: key.kind, key: derived, salt: found.salt, entries };
  }
}
