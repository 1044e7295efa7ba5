import { setImmediate as nextTurn } from 'node:timers/promises';
import type * as z from 'zod';
import type { ledgerArea } from '../../shared/contract/ledger.ts';
import type { Cancel, Clock } from '../../shared/clock.ts';
import { AppError, toWire, type WireError } from '../../shared/errors.ts';
import { createMutex } from '../../shared/mutex.ts';
import {
  type ChainFault,
  createChainCheck,
  decodeLine,
  GENESIS,
  type Head,
  headLine,
  isSound,
  type LedgerEntry,
  readEntry,
  readSealed,
  sealEntry,
  toEntry,
} from './ledger.ts';
import { type IndexedLine, LedgerIndex, type LedgerQuery } from './ledger-index.ts';
import type { HeadStore, LedgerFile } from './ports.ts';

type Listed = z.infer<(typeof ledgerArea)['ledger.list']['output']>;
type LedgerRow = Listed['items'][number];
type Opened = z.infer<(typeof ledgerArea)['ledger.entry']['output']>;
export type LedgerState = z.infer<(typeof ledgerArea)['ledger.state']['output']>;

/** An entry before it has its number. */
export type LedgerDraft = Omit<LedgerEntry, 'number'>;

type JournalPorts = {
  file: LedgerFile;
  /** Keeps the head always and at once. */
  store: HeadStore;
  /** The keychain, which keeps it too when it can be reached. */
  vault: HeadStore;
  clock: Pick<Clock, 'nowMs' | 'after'>;
  onChanged(state: LedgerState): void;
  /** In English, for the log. */
  onError(message: string): void;
};

/** Pause after an entry before the keychain has its head, ms: a burst costs one write. */
const VAULT_DELAY_MS = 2_000;
/** Bytes read at once. */
const CHUNK_BYTES = 256 * 1024;
/** Longest time without letting other work run, ms. */
const STEP_MS = 10;
const MAX_OTHERS = 12;
const NEW_LINE = 0x0a;

type Line = { offset: number; bytes: number; text: string | null };
type Waiting = {
  drafts: readonly LedgerDraft[];
  resolve(numbers: number[]): void;
  reject(thrown: unknown): void;
};

/**
 * The ledger on its file. Entries are durable once `append` resolves; those that come while others
 * are being written share one write. Nothing is ever repaired: a break that was found stays
 * reported, and what comes after it continues from the last line as it is.
 */
export class Journal {
  readonly #ports: JournalPorts;
  readonly #mutex = createMutex();
  #isOpen = false;
  #waiting: Waiting[] = [];
  /** Where the next line begins. */
  #bytes = 0;
  /** The file doesn't end with a line end, and the head claims what is there. */
  #isTorn = false;
  #entries = 0;
  #lastHash = GENESIS;
  /** As it was last written, or found. */
  #head: Head | null = null;
  /** Number and hash of the last entry when the file was opened. */
  #atStart: Pick<Head, 'entries' | 'hash'> = { entries: 0, hash: GENESIS };
  #broken: ChainFault | null = null;
  /** Of the whole file; null until it is first needed. */
  #index: LedgerIndex | null = null;
  #sinceMs: number | null = null;
  #checkedAtMs: number | null = null;
  #isChecking = false;
  #fault: WireError | null = null;
  #rev = 0;
  /** The keychain's head was compared with the file. */
  #isVaultKnown = false;
  /** The keychain has an older head. */
  #isVaultDue = false;
  #cancelVault: Cancel | null = null;

  constructor(ports: JournalPorts) {
    this.#ports = ports;
  }

  get view(): LedgerState {
    return {
      rev: this.#rev,
      entries: this.#entries,
      sinceMs: this.#sinceMs,
      broken: this.#broken,
      checkedAtMs: this.#checkedAtMs,
      isChecking: this.#isChecking,
      fault: this.#fault,
    };
  }

  async state(): Promise<LedgerState> {
    await this.#open();
    return this.view;
  }

  /**
   * The break that is known or that the end of the file shows; null for none. Cheap: neither reads
   * all of a sound file nor asks the keychain where there is no ledger.
   *
   * @throws what the file system throws
   */
  knownBreak(): Promise<ChainFault | null> {
    return this.#mutex(async () => {
      const { file, store } = this.#ports;
      const isUnused =
        !this.#isOpen && (await file.size()) === 0 && (await store.read()).head === null;
      if (!isUnused) await this.#requireOpen();
      return this.#broken;
    });
  }

  /**
   * Appends entries in order; they are on the medium when it resolves.
   *
   * @returns their numbers
   * @throws `disk-full`, `disk-error`, `not-permitted`; none of them is in the ledger then
   */
  append(drafts: readonly LedgerDraft[]): Promise<number[]> {
    if (drafts.length === 0) return Promise.resolve([]);
    const result = new Promise<number[]>((resolve, reject) => {
      this.#waiting.push({ drafts, resolve, reject });
    });
    void this.#mutex(() => this.#flush());
    return result;
  }

  /** Checks every line against the heads. Resolves once the result is in the state. */
  async check(): Promise<LedgerState> {
    await this.#open();
    await this.#mutex(() => this.#scan());
    return this.view;
  }

  async list(query: LedgerQuery, range: { offset: number; count: number }): Promise<Listed> {
    const index = await this.#indexed();
    const { total, lines } = index.search(query, range);
    return {
      total,
      items: await Promise.all(lines.map((line) => this.#read(line))),
      people: index.people,
    };
  }

  /** @throws `not-found` */
  async entry(number: number): Promise<Opened> {
    const index = await this.#indexed();
    const line = index.find(number);
    if (!line) throw new AppError('not-found', `The ledger has no entry ${number}`);
    return { row: await this.#read(line), others: index.othersOf(number, MAX_OTHERS) };
  }

  /** @param rev undefined for any */
  async isHandedOut(transferId: string, rev?: number | null): Promise<boolean> {
    return (await this.#indexed()).isHandedOut(transferId, rev);
  }

  /**
   * All lines and a last one with the head.
   *
   * @throws `usage` beyond `maxBytes`
   */
  async exportText(maxBytes: number): Promise<string> {
    await this.#open();
    if (this.#bytes > maxBytes)
      throw new AppError(
        'usage',
        'The ledger is too large for this. Use: desk ledger export --to FILE',
      );
    return this.#mutex(async () => {
      const parts: Buffer[] = [];
      for (let at = 0; at < this.#bytes; at += parts.at(-1)?.byteLength ?? 0) {
        parts.push(await this.#ports.file.read(at, Math.min(4 * CHUNK_BYTES, this.#bytes - at)));
        if (parts.at(-1)?.byteLength === 0) break;
      }
      const lines = Buffer.concat(parts).toString('utf8');
      const separator = lines === '' || lines.endsWith('\n') ? '' : '\n';
      return `${lines}${separator}${headLine(this.#newHead())}\n`;
    });
  }

  async close(): Promise<void> {
    await this.#mutex(async () => {
      await this.#keepInVault();
      await this.#ports.file.close();
    });
  }

  #open(): Promise<void> {
    return this.#mutex(() => this.#requireOpen());
  }

  /** Only within the mutex. A failure, e.g. a home on a disk that is away, is tried again. */
  async #requireOpen(): Promise<void> {
    if (this.#isOpen) return;
    await this.#openFile();
    this.#isOpen = true;
  }

  async #openFile(): Promise<void> {
    const { file, store, vault } = this.#ports;
    const size = await file.size();
    const own = await store.read();
    // Without one in the home the keychain is asked at once: the file may have gone with it.
    this.#head = own.head ?? (await vault.read()).head;
    const { last, end } = await this.#lastLine(size);
    const sealed = last === null ? null : readSealed(last);
    const entry = sealed && readEntry(sealed);
    const entries = entry?.number ?? 0;
    this.#bytes = end;
    if (end < size) {
      // A write that was cut off was never acknowledged, unless the head says so.
      if (this.#head && this.#head.entries > entries) {
        this.#isTorn = true;
        this.#bytes = size;
      } else await file.cut(end);
    }
    this.#entries = Math.max(entries, this.#head?.entries ?? 0);
    this.#lastHash = sealed?.hash ?? GENESIS;
    this.#broken = this.#head?.broken ?? null;
    const isAsNoted =
      !this.#isTorn &&
      (last === null
        ? (this.#head?.entries ?? 0) === 0
        : sealed !== null &&
          entry !== null &&
          this.#head?.entries === entries &&
          this.#head.hash === sealed.hash &&
          isSound(sealed));
    const first = await this.#firstLine();
    this.#sinceMs = first?.atMs ?? null;
    if (!isAsNoted) await this.#scan();
    this.#atStart = { entries: this.#entries, hash: this.#lastHash };
    this.#changed();
  }

  /** The last whole line, null for none, and where it ends. */
  async #lastLine(size: number): Promise<{ last: string | null; end: number }> {
    let tail: Buffer = Buffer.alloc(0);
    for (let from = size; ;) {
      const lineEnd = tail.lastIndexOf(NEW_LINE);
      const before = lineEnd <= 0 ? -1 : tail.lastIndexOf(NEW_LINE, lineEnd - 1);
      if (lineEnd !== -1 && (before !== -1 || from === 0))
        return {
          last: decodeLine(tail.subarray(before + 1, lineEnd)) ?? '',
          end: from + lineEnd + 1,
        };
      if (from === 0) return { last: null, end: 0 };
      const next = Math.max(0, from - CHUNK_BYTES);
      tail = Buffer.concat([await this.#ports.file.read(next, from - next), tail]);
      from = next;
    }
  }

  async #firstLine(): Promise<LedgerEntry | null> {
    for await (const { text } of this.#lines(this.#bytes)) {
      const sealed = text === null ? null : readSealed(text);
      return sealed && readEntry(sealed);
    }
    return null;
  }

  async #flush(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    if (waiting.length === 0) return;
    try {
      await this.#requireOpen();
      const numbers = await this.#write(waiting.flatMap(({ drafts }) => drafts));
      this.#setFault(null);
      let at = 0;
      for (const { drafts, resolve } of waiting) resolve(numbers.slice(at, (at += drafts.length)));
    } catch (thrown) {
      this.#setFault(toWire(thrown));
      for (const { reject } of waiting) reject(thrown);
    }
  }

  async #write(drafts: readonly LedgerDraft[]): Promise<number[]> {
    const { file } = this.#ports;
    try {
      return await this.#writeOnce(drafts);
    } catch (thrown) {
      if (!(thrown instanceof AppError && thrown.code === 'exists')) throw thrown;
      // Another program has changed the file: the chain goes on from its last line as it is now.
      this.#ports.onError('ledger: the file was changed by another app');
      const size = await file.size();
      const { end } = await this.#lastLine(size);
      this.#isTorn = end < size;
      this.#bytes = size;
      await this.#scan();
      return this.#writeOnce(drafts);
    }
  }

  async #writeOnce(drafts: readonly LedgerDraft[]): Promise<number[]> {
    const prefix = this.#isTorn ? '\n' : '';
    let [number, hash] = [this.#entries, this.#lastHash];
    let offset = this.#bytes + prefix.length;
    const lines: string[] = [];
    const written: { line: IndexedLine; entry: LedgerEntry }[] = [];
    const step = this.#steps();
    for (const draft of drafts) {
      await step();
      number += 1;
      const entry = { ...draft, number };
      const sealed = sealEntry(entry, hash);
      ({ hash } = sealed);
      const bytes = Buffer.byteLength(sealed.line);
      lines.push(sealed.line);
      written.push({ line: { number, offset, bytes }, entry });
      offset += bytes + 1;
    }
    await this.#ports.file.append(this.#bytes, `${prefix}${lines.join('\n')}\n`);
    this.#isTorn = false;
    this.#bytes = offset;
    this.#entries = number;
    this.#lastHash = hash;
    this.#sinceMs ??= drafts[0]?.atMs ?? null;
    for (const { line, entry } of written) this.#index?.add(line, entry);
    await this.#noteHead();
    this.#changed();
    return written.map(({ line }) => line.number);
  }

  #newHead(): Head {
    return { entries: this.#entries, hash: this.#lastHash, broken: this.#broken };
  }

  async #noteHead(): Promise<void> {
    this.#head = this.#newHead();
    if (!(await this.#ports.store.write(this.#head)))
      this.#ports.onError('ledger: the head can’t be written');
    this.#isVaultDue = true;
    this.#cancelVault ??= this.#ports.clock.after(
      VAULT_DELAY_MS,
      () => void this.#mutex(() => this.#keepInVault()),
    );
  }

  /** Writes the keychain's head, once what it said before was compared with the file. */
  async #keepInVault(): Promise<void> {
    if (!this.#isVaultDue) return;
    this.#cancelVault?.();
    this.#cancelVault = null;
    if (!this.#isVaultKnown) {
      const { head: kept, isReachable } = await this.#ports.vault.read();
      // What it says can't be compared yet, so it must not be overwritten either.
      if (!isReachable) return;
      const { entries, hash } = this.#atStart;
      if (kept && (kept.entries !== entries || kept.hash !== hash || kept.broken))
        await this.#scan();
      this.#isVaultKnown = true;
    }
    if (await this.#ports.vault.write(this.#newHead())) this.#isVaultDue = false;
  }

  /** Reads and checks all lines, and indexes them. */
  async #scan(): Promise<void> {
    const { store, vault, clock, onError } = this.#ports;
    this.#isChecking = true;
    this.#changed();
    try {
      const { head: kept, isReachable } = await vault.read();
      const heads = [this.#head, kept].filter((head) => head !== null);
      const check = createChainCheck(heads);
      const index = new LedgerIndex();
      const step = this.#steps();
      for await (const { text, ...line } of this.#lines(this.#bytes)) {
        await step();
        const { isSound: sound, number, content } = check.take(text);
        index.add({ number, ...line }, sound ? toEntry(content) : null);
      }
      const { fault, entries, lastHash } = check.end();
      this.#index = index;
      this.#lastHash = lastHash;
      // A number that was given once is not given again, also where its entry is gone.
      this.#entries = Math.max(entries, ...heads.map((head) => head.entries));
      this.#sinceMs = index.sinceMs;
      this.#checkedAtMs = clock.nowMs();
      this.#isVaultKnown ||= isReachable;
      if (fault && JSON.stringify(fault) !== JSON.stringify(this.#broken)) {
        this.#broken = fault;
        onError(`ledger: the chain is broken: ${faultText(fault)}`);
      }
      // Kept with the head, so that a later head doesn't hide it.
      if (fault && JSON.stringify(this.#head?.broken) !== JSON.stringify(fault)) {
        this.#head = { ...(this.#head ?? { entries, hash: lastHash }), broken: fault };
        await store.write(this.#head);
      }
    } finally {
      this.#isChecking = false;
      this.#changed();
    }
  }

  async #indexed(): Promise<LedgerIndex> {
    await this.#open();
    if (!this.#index)
      await this.#mutex(async () => {
        if (!this.#index) await this.#scan();
      });
    return this.#index ?? new LedgerIndex();
  }

  /** Called once a line: lets other work run when enough time has passed. */
  #steps(): () => Promise<void> {
    const { clock } = this.#ports;
    let since = clock.nowMs();
    return async () => {
      if (Math.abs(clock.nowMs() - since) < STEP_MS) return;
      await nextTurn();
      since = clock.nowMs();
    };
  }

  async *#lines(end: number): AsyncGenerator<Line> {
    let rest: Buffer = Buffer.alloc(0);
    let offset = 0;
    for (let at = 0; at < end;) {
      const read = await this.#ports.file.read(at, Math.min(CHUNK_BYTES, end - at));
      if (read.byteLength === 0) break;
      at += read.byteLength;
      const chunk = rest.byteLength === 0 ? read : Buffer.concat([rest, read]);
      let from = 0;
      for (let to = chunk.indexOf(NEW_LINE); to !== -1; to = chunk.indexOf(NEW_LINE, from)) {
        const bytes = chunk.subarray(from, to);
        yield { offset, bytes: bytes.byteLength, text: decodeLine(bytes) };
        offset += bytes.byteLength + 1;
        from = to + 1;
      }
      rest = chunk.subarray(from);
    }
    if (rest.byteLength > 0) yield { offset, bytes: rest.byteLength, text: decodeLine(rest) };
  }

  async #read({ number, offset, bytes }: IndexedLine): Promise<LedgerRow> {
    const text = decodeLine(await this.#ports.file.read(offset, bytes));
    const sealed = text === null ? null : readSealed(text);
    return {
      number,
      entry: sealed && readEntry(sealed),
      hash: sealed?.hash ?? null,
      previous: sealed?.previous ?? null,
      isSound: sealed !== null && isSound(sealed),
    };
  }

  #setFault(fault: WireError | null): void {
    if (fault === null && this.#fault === null) return;
    this.#fault = fault;
    this.#changed();
  }

  #changed(): void {
    this.#rev += 1;
    this.#ports.onChanged(this.view);
  }
}

const HOW: Record<ChainFault['how'], (entry: number) => string> = {
  changed: (n) => `entry ${n} was changed after it was written`,
  removed: (n) => `entry ${n} was removed`,
  reordered: (n) => `another entry is in the place of entry ${n}`,
  cut: (n) => `entry ${n} and all later ones are missing`,
  rewritten: (n) => `entry ${n} is not the one that this computer noted as the newest`,
  'head-missing': () => 'nothing says how many entries there were',
};
/** In English, for the log and the command line. */
export const faultText = ({ how, entry }: ChainFault): string => HOW[how](entry ?? 0);
