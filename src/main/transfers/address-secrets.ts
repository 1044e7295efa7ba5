import * as z from 'zod';
import { AppError } from '../../shared/errors.ts';
import { storedDocument, type MetalinkFile } from '../formats/metalink.ts';
import type { AddressVault, StoredTransfer, TransferPorts } from './ports.ts';
import { redactUrl } from '../../shared/model/url.ts';

/** The ports, with the credentials of addresses as the engine manages them. */
export type EnginePorts = TransferPorts & { secrets: AddressSecrets };

/*
 * Credentials are not stored with an address: `https://user:password@host/a` becomes
 * `https://*1*@host/a`, and `user:password` is entry 1 of the transfer's credentials, in the
 * keychain. The same addresses get the same marks, whatever their passwords.
 */
const MARK = /^\*(\d{1,6})\*$/u;
const MARKED = /\/\/\*\d{1,6}\*@/u;
/** Some address of the Metalink may have a user, plain or escaped. */
const mayHaveUser = (text: string): boolean =>
  /@|&#|<!\[/u.test(text.replaceAll(/\/\/\*\d{1,6}\*@/gu, '//'));

/** Replaces credentials with marks and collects them. */
export class CredentialHider {
  readonly credentials: string[];
  /** Number of credentials that were not known before. */
  get added(): number {
    return this.credentials.length - this.#known;
  }
  readonly #known: number;
  readonly #areStored: boolean;

  /**
   * @param options.stored the addresses are from our own rows, where a mark is a mark. In a
   * document from outside it is a user of that name: treated as a mark it would send the password
   * of one origin to any other that the list names.
   */
  constructor(known: readonly string[] = [], { stored = false } = {}) {
    this.credentials = [...known];
    this.#known = known.length;
    this.#areStored = stored;
  }

  hide(address: string): string {
    const url = URL.parse(address, 'https://relative.invalid');
    if (
      !url ||
      (url.username === '' && url.password === '') ||
      (this.#areStored && url.password === '' && MARK.test(url.username))
    )
      return address;
    const credential = `${url.username}:${url.password}`;
    if (!this.credentials.includes(credential)) this.credentials.push(credential);
    url.username = `*${this.credentials.indexOf(credential) + 1}*`;
    url.password = '';
    return URL.canParse(address) ? url.href : url.href.slice(url.protocol.length);
  }

  /**
   * Keeps only the elements the program uses: comments and foreign elements may contain passwords.
   */
  document(files: readonly MetalinkFile[]): string {
    return storedDocument(
      files.map((file) => ({ ...file, urls: file.urls.map((url) => this.hide(url)) })),
    );
  }
}

/** Null if the credential of the mark is unknown. */
function restored(address: string, credentials: readonly string[]): string | null {
  const url = URL.parse(address);
  const mark = url?.password === '' ? MARK.exec(url.username) : null;
  if (!url || !mark) return address;
  const credential = credentials[Number(mark[1]) - 1];
  if (credential === undefined) return null;
  const [user = '', ...password] = credential.split(':');
  url.username = user;
  url.password = password.join(':');
  return url.href;
}

const credentialsText = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue('This is not JSON');
      return z.NEVER;
    }
  })
  .pipe(z.array(z.string()));

export const withoutMark = (address: string): string => address.replace(MARKED, '//');
const isMarked = ({ kind, source, manifest }: StoredTransfer): boolean =>
  kind !== 'package' && (MARKED.test(source) || (manifest !== null && MARKED.test(manifest)));
/**
 * A list with credentials is replaced by the one that is imported again, which has the current
 * ones.
 */
export const isMarkedList = ({ kind, manifest }: StoredTransfer): boolean =>
  kind === 'metalink' && manifest !== null && MARKED.test(manifest);

/** Credentials of each transfer's addresses, in the keychain; without a keychain in memory. */
export class AddressSecrets {
  readonly #vault: AddressVault | undefined;
  readonly #onBug: (thrown: unknown) => void;
  readonly #known = new Map<string, readonly string[]>();
  #writing: Promise<unknown> = Promise.resolve();

  constructor({ vault, onBug }: Pick<TransferPorts, 'vault' | 'onBug'>) {
    this.#vault = vault;
    this.#onBug = onBug;
  }

  /** Effective at once; in the keychain when `settled` resolves. */
  keep(id: string, credentials: readonly string[]): void {
    if (credentials.length === 0) return;
    this.#known.set(id, credentials);
    this.#write(this.#vault?.write(id, JSON.stringify(credentials)));
  }

  async settled(): Promise<void> {
    await this.#writing;
  }

  async of(id: string): Promise<readonly string[]> {
    return (await this.#read(id)).credentials;
  }

  /**
   * Addresses with their credentials; those whose credentials are unknown are left out.
   * @throws `password-needed` if none is left
   */
  async restore(id: string, addresses: readonly string[]): Promise<string[]> {
    if (!addresses.some((address) => MARKED.test(address))) return [...addresses];
    const { credentials, isLocked } = await this.#read(id);
    const usable = addresses.flatMap((address) => restored(address, credentials) ?? []);
    const [first = ''] = addresses;
    if (usable.length > 0) return usable;
    throw new AppError(
      'password-needed',
      `${redactUrl(first)}: ${isLocked ? 'its password is in the keychain, which is locked or not responding' : 'its password is no longer saved. Add the URL with its password again'}`,
      { retryable: isLocked },
    );
  }

  /** Deletes the credentials of these transfers. */
  forget(transfers: readonly StoredTransfer[]): void {
    for (const { id } of transfers.filter(isMarked)) {
      this.#known.delete(id);
      this.#write(this.#vault?.remove(id));
    }
  }

  async #read(id: string): Promise<{ credentials: readonly string[]; isLocked: boolean }> {
    const known = this.#known.get(id);
    if (known) return { credentials: known, isLocked: false };
    const { value, isLocked } = (await this.#vault?.read(id)) ?? { value: null, isLocked: false };
    const credentials = value === null ? null : (credentialsText.safeParse(value).data ?? null);
    // Not remembered: the keychain may answer later.
    if (credentials) this.#known.set(id, credentials);
    return { credentials: credentials ?? [], isLocked };
  }

  #write(written: Promise<void> | undefined): void {
    this.#writing = Promise.all([this.#writing, written?.catch(this.#onBug)]);
  }
}

/** An address of it contains a password. */
export const hasPlainCredentials = ({ kind, source, manifest }: StoredTransfer): boolean =>
  kind !== 'package' &&
  (new CredentialHider([], { stored: true }).hide(source) !== source ||
    (manifest !== null && mayHaveUser(manifest)));
/** Null for an invalid list. */
async function hiddenList(
  text: string,
  hider: CredentialHider,
  parse: TransferPorts['parseMetalink'],
): Promise<string | null> {
  try {
    return hider.document(await parse(text));
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'metalink-invalid') return null;
    throw thrown;
  }
}

type Rows = {
  all(): StoredTransfer[];
  cleared: StoredTransfer[];
  get(id: string): StoredTransfer;
  put(transfers: StoredTransfer[]): void;
};

/**
 * Moves passwords in rows of earlier versions to the keychain, and erases the old bytes from the
 * files.
 * @param finish deletes what was cleared before
 */
export async function hideStored(
  rows: Rows,
  { secrets, store, parseMetalink, eraseOld }: EnginePorts,
  finish: () => Promise<void>,
): Promise<void> {
  // Durable before the first row is replaced: afterwards no row shows that old bytes remain.
  const markEraseDue = (): void => {
    if (!store.eraseDue()) store.setEraseDue(true);
  };
  if (rows.cleared.some(hasPlainCredentials)) markEraseDue();
  for (const transfer of rows.all().filter(hasPlainCredentials)) {
    const { id, source, manifest } = transfer;
    const hider = new CredentialHider(isMarked(transfer) ? await secrets.of(id) : [], {
      stored: true,
    });
    const hidden = {
      source: hider.hide(source),
      manifest: manifest === null ? null : await hiddenList(manifest, hider, parseMetalink),
    };
    if (hidden.source === source && hidden.manifest === manifest) continue;
    if (hider.added > 0) secrets.keep(id, hider.credentials);
    await secrets.settled();
    markEraseDue();
    rows.put([{ ...rows.get(id), ...hidden }]);
  }
  await finish();
  if (!store.eraseDue()) return;
  eraseOld?.();
  store.setEraseDue(false);
}
