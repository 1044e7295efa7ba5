import { foldText } from '../../shared/api/text.ts';
import type { LedgerKind } from '../../shared/model/ledger-kinds.ts';
import type { LedgerEntry } from './ledger.ts';

export type LedgerQuery = {
  /** All these words have to be in an entry's texts. */
  search: string;
  /** Empty for all. */
  kinds: readonly LedgerKind[];
  person: string | null;
  fromMs: number | null;
  toMs: number | null;
};

/** Where the line of an entry is, and what is asked of it; texts by their number. */
type IndexRow = {
  number: number;
  offset: number;
  bytes: number;
  kind: LedgerKind | null;
  atMs: number;
  texts: readonly number[];
  people: readonly number[];
  packageId: number | null;
};
export type IndexedLine = Pick<IndexRow, 'number' | 'offset' | 'bytes'>;

const NONE: readonly number[] = [];

/**
 * What can be asked of the entries without reading their lines: filters, search, the entries of a
 * package, and which revisions a transfer has handed out.
 */
export class LedgerIndex {
  readonly #rows: IndexRow[] = [];
  readonly #texts: string[] = [];
  /** Without accents and case, for searching; the same text is kept once. */
  readonly #folded: string[] = [];
  readonly #ids = new Map<string, number>();
  readonly #people = new Set<number>();
  readonly #byNumber = new Map<number, number>();
  readonly #byPackage = new Map<number, number[]>();
  readonly #handedOut = new Map<string, Set<number | null>>();
  #last: { key: string; found: readonly number[] } | null = null;

  get size(): number {
    return this.#rows.length;
  }

  /** Time of the first entry that can be read. */
  get sinceMs(): number | null {
    return this.#rows.find(({ kind }) => kind !== null)?.atMs ?? null;
  }

  /** All accounts, users and desks. */
  get people(): string[] {
    return Array.from(this.#people, (id) => this.#texts[id] ?? '').toSorted((a, b) =>
      a.localeCompare(b),
    );
  }

  /** @param entry null for a line that can't be read */
  add(line: IndexedLine, entry: LedgerEntry | null): void {
    this.#last = null;
    const row = this.#rows.push({ ...line, ...this.#facts(entry) }) - 1;
    // Of two lines with one number the first counts.
    if (!this.#byNumber.has(line.number)) this.#byNumber.set(line.number, row);
    const { packageId = null } = this.#rows[row] ?? {};
    const siblings = packageId === null ? undefined : this.#byPackage.get(packageId);
    if (siblings) siblings.push(row);
    else if (packageId !== null) this.#byPackage.set(packageId, [row]);
    if (entry?.kind === 'handed-out' && entry.what.transferId !== undefined) {
      const revs = this.#handedOut.get(entry.what.transferId) ?? new Set();
      this.#handedOut.set(entry.what.transferId, revs.add(entry.subject?.rev ?? null));
    }
  }

  /** @param rev undefined for any */
  isHandedOut(transferId: string, rev?: number | null): boolean {
    const revs = this.#handedOut.get(transferId);
    return revs !== undefined && (rev === undefined || revs.has(rev));
  }

  find(number: number): IndexedLine | null {
    return this.#rows[this.#byNumber.get(number) ?? -1] ?? null;
  }

  /** Other entries of the same package, newest first. */
  othersOf(number: number, most: number): { number: number; atMs: number; kind: LedgerKind }[] {
    const own = this.#byNumber.get(number) ?? -1;
    const { packageId = null } = this.#rows[own] ?? {};
    const rows = packageId === null ? [] : (this.#byPackage.get(packageId) ?? []);
    return rows
      .filter((row) => row !== own)
      .slice(-most)
      .toReversed()
      .flatMap((row) => {
        const { number: other = 0, atMs = 0, kind = null } = this.#rows[row] ?? {};
        return kind === null ? [] : [{ number: other, atMs, kind }];
      });
  }

  /** The lines that match, newest first. */
  search(
    query: LedgerQuery,
    { offset, count }: { offset: number; count: number },
  ): { total: number; lines: IndexedLine[] } {
    const key = JSON.stringify(query);
    // Paging asks the same again and again.
    if (this.#last?.key !== key) this.#last = { key, found: this.#find(query) };
    const { found } = this.#last;
    const end = found.length - offset;
    return {
      total: found.length,
      lines: found
        .slice(Math.max(0, end - count), Math.max(0, end))
        .toReversed()
        .flatMap((row) => this.#rows[row] ?? []),
    };
  }

  #find({ search, kinds, person, fromMs, toMs }: LedgerQuery): number[] {
    const words = foldText(search).split(/\s+/u).filter(Boolean);
    /** For each word the texts that have it. */
    const having = words.map((word) => {
      const has = new Uint8Array(this.#folded.length);
      for (let at = 0; at < has.length; at++) if (this.#folded[at]?.includes(word)) has[at] = 1;
      return has;
    });
    const wanted = person === null ? null : (this.#ids.get(person) ?? -1);
    const found: number[] = [];
    this.#rows.forEach((row, index) => {
      if (
        (kinds.length === 0 || (row.kind !== null && kinds.includes(row.kind))) &&
        (wanted === null || row.people.includes(wanted)) &&
        (fromMs === null || row.atMs >= fromMs) &&
        (toMs === null || row.atMs < toMs) &&
        having.every((texts) => row.texts.some((text) => texts[text] === 1))
      )
        found.push(index);
    });
    return found;
  }

  #facts(entry: LedgerEntry | null): Omit<IndexRow, keyof IndexedLine> {
    if (entry === null) return { kind: null, atMs: 0, texts: NONE, people: NONE, packageId: null };
    const { kind, atMs, who, subject, what, words, termsVersion } = entry;
    const people = [who.account, who.user, who.desk].flatMap((name) =>
      name === null || name === '' ? [] : [this.#idOf(name)],
    );
    for (const id of people) this.#people.add(id);
    const texts = [
      subject?.title,
      subject?.assetId,
      subject?.packageId,
      what.folder,
      what.name,
      what.setting,
      what.value,
      what.system,
      termsVersion,
      ...words.map(({ text }) => text),
    ].flatMap((text) => (text === null || text === undefined ? [] : [this.#idOf(text)]));
    const packageId = subject?.packageId ?? null;
    return {
      kind,
      atMs,
      texts: [...texts, ...people],
      people,
      packageId: packageId === null ? null : this.#idOf(packageId),
    };
  }

  #idOf(text: string): number {
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const id = this.#texts.push(text) - 1;
    this.#folded.push(foldText(text));
    this.#ids.set(text, id);
    return id;
  }
}
