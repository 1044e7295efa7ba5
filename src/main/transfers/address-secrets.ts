import * as z from 'zod';
import { AppError } from '../../shared/errors.ts';
import { storedDocument, type MetalinkFile } from '../formats/metalink.ts';
import type { AddressVault, StoredTransfer, TransferPorts } from './ports.ts';
import { redactUrl } from '../../shared/model/url.ts';

/** The ports, with the credentials of addresses as the engine manages them. */
export type EnginePorts = TransferPorts & { secrets: AddressSecrets };

/**
 * The address as it is stored and used: absolute, http or https, in the one form of `URL`. Null for
 * any other text: it is never stored, since a text that can't be parsed may have a password anywhere.
 */
export function httpAddress(text: string, base?: string): string | null {
  const url = URL.parse(text, base);
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url.href : null;
}

/**
 * A user and password as in an address, escaped. It is sent to its origin only; those that an
 * earlier version has kept don't say which one that is.
 */
export type Credential = { origin: string | null; user: string; password: string };

/*
 * Credentials are not stored with an address: `https://user:password@host/a` becomes
 * `https://*1*@host/a`, and the user and password are entry 1 of the transfer's credentials, in the
 * keychain. The same addresses get the same marks, whatever their passwords.
 */
const MARK = /^https?:\/\/\*(\d{1,6})\*@/u;
const MARKED = /\/\/\*\d{1,6}\*@/u;
/**
 * True for an address of our own rows in which only a mark can stand for a user: earlier versions
 * stored relative addresses too, whose user is that of the list. Tested on the text, not on what is
 * parsed: other spellings were stored as they came.
 */
const isHidden = (text: string): boolean =>
  !text.includes('@') || /^(?:https?:)?\/\/\*\d{1,6}\*@/u.test(text);
/** Some address of the Metalink may have a user, plain or escaped. */
const mayHaveUser = (text: string): boolean =>
  /@|&#|<!\[/u.test(text.replaceAll(/\/\/\*\d{1,6}\*@/gu, '//'));

/** Replaces credentials with marks and collects them. */
export class CredentialHider {
  readonly credentials: Credential[];
  /** Number of credentials that were not known before. */
  get added(): number {
    return this.credentials.length - this.#known;
  }
  readonly #known: number;
  readonly #areStored: boolean;

  /**
   * @param options.stored the addresses are from our own rows, where a mark is a mark. In a
   * document from outside it is a user of that name.
   */
  constructor(known: readonly Credential[] = [], { stored = false } = {}) {
    this.credentials = [...known];
    this.#known = known.length;
    this.#areStored = stored;
  }

  /** Null for a text that is no http or https address. */
  hide(text: string, base?: string): string | null {
    const href = httpAddress(text, base);
    if (href === null || (this.#areStored && isHidden(text))) return href;
    const url = new URL(href);
    const { origin, username: user, password } = url;
    if (user === '' && password === '') return href;
    const isSame = (one: Credential): boolean =>
      one.origin === origin && one.user === user && one.password === password;
    if (!this.credentials.some(isSame)) this.credentials.push({ origin, user, password });
    url.username = `*${this.credentials.findIndex(isSame) + 1}*`;
    url.password = '';
    return url.href;
  }

  /**
   * Keeps only the elements the program uses, and addresses it can use: comments, foreign elements
   * and other texts may contain passwords.
   * @param base address of the list, for relative addresses
   */
  document(files: readonly MetalinkFile[], base?: string): string {
    return storedDocument(
      files.map((file) => ({
        ...file,
        urls: file.urls.flatMap((url) => this.hide(url, base) ?? []),
      })),
    );
  }
}

/** Null if the credential of the mark is unknown, or another origin's. */
function restored(address: string, credentials: readonly Credential[]): string | null {
  const mark = MARK.exec(address);
  if (!mark) return address;
  const url = new URL(address);
  const known = credentials[Number(mark[1]) - 1];
  if (!known || (known.origin !== null && known.origin !== url.origin)) return null;
  url.username = known.user;
  url.password = known.password;
  return url.href;
}

/** Earlier versions have kept `user:password`. */
const credential = z.union([
  z.object({ origin: z.string().nullable(), user: z.string(), password: z.string() }),
  z.string().transform((text): Credential => {
    const [user = '', ...password] = text.split(':');
    return { origin: null, user, password: password.join(':') };
  }),
]);
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
  .pipe(z.array(credential));

export const withoutMark = (address: string): string => address.replace(MARKED, '//');
const isMarked = ({ kind, source, manifest }: StoredTransfer): boolean =>
  kind !== 'package' && (MARKED.test(source) || (manifest !== null && MARKED.test(manifest)));
/**
 * A list with credentials is replaced by the one that is imported again, which has the current
 * ones.
 */
export const isMarkedList = ({ kind, manifest }: StoredTransfer): boolean =>
  kind === 'metalink' && manifest !== null && MARKED.test(manifest);

const passwordNeeded = (address: string, isLocked: boolean) =>
  new AppError(
    'password-needed',
    `${redactUrl(address)}: ${isLocked ? 'its password is in the keychain, which is locked or not responding' : 'its password is no longer saved. Add the URL with its password again'}`,
    { retryable: isLocked },
  );

/** Credentials of each transfer's addresses, in the keychain; without a keychain in memory. */
export class AddressSecrets {
  readonly #vault: AddressVault | undefined;
  readonly #onBug: (thrown: unknown) => void;
  readonly #known = new Map<string, readonly Credential[]>();
  #writing: Promise<unknown> = Promise.resolve();

  constructor({ vault, onBug }: Pick<TransferPorts, 'vault' | 'onBug'>) {
    this.#vault = vault;
    this.#onBug = onBug;
  }

  /** Effective at once; in the keychain when `settled` resolves. */
  keep(id: string, credentials: readonly Credential[]): void {
    if (credentials.length === 0) return;
    this.#known.set(id, credentials);
    this.#write(this.#vault?.write(id, JSON.stringify(credentials)));
  }

  async settled(): Promise<void> {
    await this.#writing;
  }

  /**
   * Hides what its addresses still have, beside what is hidden.
   * @throws `password-needed` while the keychain that has the others is locked
   */
  async hiderOf(transfer: StoredTransfer, stored: boolean): Promise<CredentialHider> {
    if (!isMarked(transfer)) return new CredentialHider([], { stored });
    const { credentials, isLocked } = await this.#read(transfer.id);
    if (isLocked) throw passwordNeeded(transfer.source, isLocked);
    return new CredentialHider(credentials, { stored });
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
    throw passwordNeeded(first, isLocked);
  }

  /** Deletes the credentials of these transfers. */
  forget(transfers: readonly StoredTransfer[]): void {
    for (const { id } of transfers.filter(isMarked)) {
      this.#known.delete(id);
      this.#write(this.#vault?.remove(id));
    }
  }

  async #read(id: string): Promise<{ credentials: readonly Credential[]; isLocked: boolean }> {
    const known = this.#known.get(id);
    if (known) return { credentials: known, isLocked: false };
    const { value, isLocked } = (await this.#vault?.read(id)) ?? { value: null, isLocked: false };
    const credentials = value === null ? null : (credentialsText.safeParse(value).data ?? null);
    // Not remembered: the keychain may answer later.
    if (credentials) this.#known.set(id, credentials);
    return { credentials: credentials ?? [], isLocked };
  }

  #write(written: Promise<unknown> | undefined): void {
    this.#writing = Promise.all([this.#writing, written?.catch(this.#onBug)]);
  }
}

/** An address of it may contain a password. */
export const hasPlainCredentials = ({ kind, source, manifest }: StoredTransfer): boolean =>
  kind !== 'package' &&
  ((new CredentialHider([], { stored: true }).hide(source) ?? source) !== source ||
    (manifest !== null && mayHaveUser(manifest)));

/** Null for an invalid list. */
async function parsed(
  text: string,
  parse: TransferPorts['parseMetalink'],
): Promise<MetalinkFile[] | null> {
  try {
    return await parse(text);
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'metalink-invalid') return null;
    throw thrown;
  }
}

/**
 * Address and list of a row of an earlier version with marks in place of credentials, which are in
 * the keychain when it resolves.
 * @throws `password-needed` while the keychain that has its others is locked
 */
export async function withoutCredentials(
  transfer: StoredTransfer,
  { secrets, parseMetalink }: Pick<EnginePorts, 'secrets' | 'parseMetalink'>,
): Promise<Pick<StoredTransfer, 'source' | 'manifest'>> {
  const { id, manifest } = transfer;
  const hider = await secrets.hiderOf(transfer, true);
  const address = hider.hide(transfer.source);
  const files = manifest === null ? null : await parsed(manifest, parseMetalink);
  const hidden = {
    source: address ?? transfer.source,
    manifest: files && hider.document(files, address ?? undefined),
  };
  if (hider.added > 0) secrets.keep(id, hider.credentials);
  await secrets.settled();
  return hidden;
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
  ports: EnginePorts,
  finish: () => Promise<void>,
): Promise<void> {
  const { store, eraseOld } = ports;
  // Durable before the first row is replaced: afterwards no row shows that old bytes remain.
  const markEraseDue = (): void => {
    if (!store.eraseDue()) store.setEraseDue(true);
  };
  if (rows.cleared.some(hasPlainCredentials)) markEraseDue();
  for (const transfer of rows.all().filter(hasPlainCredentials)) {
    const { id, source, manifest } = transfer;
    const hidden = await withoutCredentials(transfer, ports).catch((thrown: unknown) => {
      // A later start does it.
      if (thrown instanceof AppError && thrown.code === 'password-needed') return null;
      throw thrown;
    });
    if (!hidden || (hidden.source === source && hidden.manifest === manifest)) continue;
    markEraseDue();
    rows.put([{ ...rows.get(id), ...hidden }]);
  }
  await finish();
  if (!store.eraseDue()) return;
  eraseOld?.();
  store.setEraseDue(false);
}
