import * as z from 'zod';
import { AppError } from '../../shared/errors.ts';
import { keptDocument, type MetalinkFile } from '../formats/metalink.ts';
import type { AddressVault, StoredTransfer, TransferPorts } from './ports.ts';
import { redactUrl } from '../../shared/model/url.ts';

/** The ports with what the engine makes of them. */
export type EnginePorts = TransferPorts & { secrets: AddressSecrets };

/*
 * A user and password of an address are not kept with it: `https://user:password@host/a` becomes `https://*1*@host/a`, and the first entry of
 * the transfer's credentials is `user:password`, in the keychain. The same addresses give the same marks, whatever their passwords are.
 */
const MARK = /^\*(\d{1,6})\*$/u;
const MARKED = /\/\/\*\d{1,6}\*@/u;
/** There may be a user in some address of a Metalink, as it is or escaped. */
const mayHaveUser = (text: string): boolean =>
  /@|&#|<!\[/u.test(text.replaceAll(/\/\/\*\d{1,6}\*@/gu, '//'));

/** Puts marks in place of users and passwords, and collects them. */
export class CredentialHider {
  readonly credentials: string[];
  /** How many more there are than were known. */
  get added(): number {
    return this.credentials.length - this.#known;
  }
  readonly #known: number;
  readonly #areStored: boolean;

  /**
   * @param options.stored the addresses are rows of ours, where a mark is one. In what comes from
   * outside it is a user of that name: taken for a mark it would give the password of one origin to
   * whichever other a list names.
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
   * Only what the program uses of a Metalink: in comments and elements of other uses there may be
   * passwords as well.
   */
  document(files: readonly MetalinkFile[]): string {
    return keptDocument(
      files.map((file) => ({ ...file, urls: file.urls.map((url) => this.hide(url)) })),
    );
  }
}

/** Null where the mark's password is not among them. */
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
/** A list of files whose passwords came with it comes anew, with those that are right now. */
export const isMarkedList = ({ kind, manifest }: StoredTransfer): boolean =>
  kind === 'metalink' && manifest !== null && MARKED.test(manifest);

/**
 * Users and passwords of the addresses of each transfer: in the keychain, or where there is none
 * for as long as the program runs.
 */
export class AddressSecrets {
  readonly #vault: AddressVault | undefined;
  readonly #onBug: (thrown: unknown) => void;
  readonly #known = new Map<string, readonly string[]>();
  #writing: Promise<unknown> = Promise.resolve();

  constructor({ vault, onBug }: Pick<TransferPorts, 'vault' | 'onBug'>) {
    this.#vault = vault;
    this.#onBug = onBug;
  }

  /** Known at once; in the keychain when `settled` resolves. */
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
   * The addresses as they are to be asked; of several those whose passwords are known. @throws
   * `password-needed` where none of them is.
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

  /** These transfers are gone. */
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
    // What could not be read now may be read later.
    if (credentials) this.#known.set(id, credentials);
    return { credentials: credentials ?? [], isLocked };
  }

  #write(written: Promise<void> | undefined): void {
    this.#writing = Promise.all([this.#writing, written?.catch(this.#onBug)]);
  }
}

/** Its address, or one of its list, has a password in it. */
export const hasPlainCredentials = ({ kind, source, manifest }: StoredTransfer): boolean =>
  kind !== 'package' &&
  (new CredentialHider([], { stored: true }).hide(source) !== source ||
    (manifest !== null && mayHaveUser(manifest)));
/** Null for one of which nothing can be fetched. */
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
 * Rows of earlier versions have passwords in their addresses: they go to the keychain, and the old
 * bytes from the files.
 * @param finish removes what was cleared before
 */
export async function hideStored(
  rows: Rows,
  { secrets, store, parseMetalink, eraseOld }: EnginePorts,
  finish: () => Promise<void>,
): Promise<void> {
  // On the medium before the first row is replaced: afterwards nothing in the rows tells that bytes
  // are left of them.
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
