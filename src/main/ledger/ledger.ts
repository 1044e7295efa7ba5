import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import * as z from 'zod';
import { chainFault, ledgerEntry, MAX_ENTRY_NUMBER, moment } from '../../shared/contract/ledger.ts';

export type LedgerEntry = z.infer<typeof ledgerEntry>;
export type ChainFault = z.infer<typeof chainFault>;

/** What the first entry has in the place of a hash before it. */
export const GENESIS = '0'.repeat(64);

/** A line of the file, taken apart; the hashes are as it states them. */
export type SealedLine = { content: string; hash: string; previous: string };

/*
 * A line is the canonical JSON (RFC 8785) of an object with these three members, so their order is
 * fixed. The hash is of the bytes of `entry` as they stand: a line is checked without being parsed.
 */
const OPENING = '{"entry":';
const CLOSING = /,"hash":"([0-9a-f]{64})","previous":"([0-9a-f]{64})"\}$/u;
/** Length of what `CLOSING` matches. */
const CLOSING_CHARACTERS = ',"hash":"","previous":""}'.length + 2 * 64;

const hashOf = (previous: string, content: string): string =>
  createHash('sha256').update(previous).update('\n').update(content).digest('hex');

/** Text from elsewhere may hold lone surrogates, which have no canonical form. */
const wellFormed = (_: string, value: unknown): unknown =>
  typeof value === 'string' ? value.toWellFormed() : value;

/** The line of an entry, without its line end, and its hash. */
export function sealEntry(entry: LedgerEntry, previous: string): { line: string; hash: string } {
  const clean: unknown = JSON.parse(JSON.stringify(ledgerEntry.parse(entry), wellFormed));
  const content = canonicalize(clean) ?? '';
  const hash = hashOf(previous, content);
  return { line: `${OPENING}${content},"hash":"${hash}","previous":"${previous}"}`, hash };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/**
 * The text of a line; null for bytes that are no UTF-8. A lenient decoder would turn different
 * bytes into the same text, and a change would go unseen.
 */
export function decodeLine(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

/** Null for what is no line of a ledger. */
export function readSealed(line: string): SealedLine | null {
  if (!line.startsWith(OPENING)) return null;
  const [, hash, previous] = CLOSING.exec(line.slice(-CLOSING_CHARACTERS)) ?? [];
  return hash === undefined || previous === undefined
    ? null
    : { content: line.slice(OPENING.length, -CLOSING_CHARACTERS), hash, previous };
}

/** The hash that the line states is that of its content. */
export const isSound = ({ content, hash, previous }: SealedLine): boolean =>
  hashOf(previous, content) === hash;

function parsed({ content }: SealedLine): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return null;
  }
}
/** Null for content that is no entry, or one of a newer program. */
export const toEntry = (content: unknown): LedgerEntry | null =>
  ledgerEntry.safeParse(content).data ?? null;
export const readEntry = (sealed: SealedLine): LedgerEntry | null => toEntry(parsed(sealed));

/** The number alone, also of an entry that a newer program wrote; null for none. */
function numberOf(content: unknown): number | null {
  const number: unknown =
    typeof content === 'object' && content !== null ? Reflect.get(content, 'number') : null;
  const isNumber =
    typeof number === 'number' &&
    Number.isInteger(number) &&
    number > 0 &&
    number <= MAX_ENTRY_NUMBER;
  return isNumber ? number : null;
}

const times = z.object({ atMs: moment, localAtMs: moment });
/** Every program writes these: without them it is no entry of ours, whatever its hash says. */
const hasTimes = (content: unknown): boolean => times.safeParse(content).success;

/** A line as the check has seen it. */
export type CheckedLine = {
  sealed: SealedLine | null;
  /** The line is as it was written. */
  isSound: boolean;
  /** The entry's own number, or for a line without one that of its place. */
  number: number;
  /** Its JSON; null for what is none. */
  content: unknown;
};

export type ChainResult = {
  fault: ChainFault | null;
  /** The highest number seen. */
  entries: number;
  /** Hash of the last line, as it states it or, if it can't be read, of the line itself. */
  lastHash: string;
};

/**
 * Checks a chain line by line, in any portions, and names the first entry that isn't as it was
 * written.
 *
 * @param heads what is known of the newest entry; none of them may claim what isn't there
 */
export function createChainCheck(heads: readonly Head[]): {
  /** @param line null for one that can't be decoded */
  take(line: string | null): CheckedLine;
  end(): ChainResult;
} {
  let place = 0;
  let entries = 0;
  let lastHash = GENESIS;
  let fault: ChainFault | null = null;
  /** The number that another entry has taken the place of: found later, it was only moved. */
  let missing: number | null = null;
  const claimed = new Set(heads.map((head) => head.entries));
  const hashes = new Map<number, string>();

  const judge = ({ sealed, isSound: sound, number }: CheckedLine): void => {
    if (missing !== null) {
      if (sound && number === missing) {
        fault = { how: 'reordered', entry: missing };
        missing = null;
      }
      return;
    }
    if (fault) return;
    if (!sealed || !sound) fault = { how: 'changed', entry: place };
    else if (number > place) missing = place;
    else if (number < place) fault = { how: 'reordered', entry: place };
    // The entry before has another hash than when this one was written.
    else if (sealed.previous !== lastHash)
      fault = { how: 'changed', entry: Math.max(1, place - 1) };
  };

  return {
    take(line) {
      place += 1;
      const sealed = line === null ? null : readSealed(line);
      const content = sealed && parsed(sealed);
      const own = numberOf(content);
      const checked = {
        sealed,
        isSound: sealed !== null && own !== null && hasTimes(content) && isSound(sealed),
        number: own ?? place,
        content,
      };
      judge(checked);
      entries = Math.max(entries, checked.number);
      lastHash = sealed?.hash ?? hashOf(lastHash, line ?? '');
      if (checked.isSound && claimed.has(checked.number)) hashes.set(checked.number, lastHash);
      return checked;
    },
    end() {
      if (missing !== null) fault ??= { how: 'removed', entry: missing };
      for (const head of heads) {
        if (head.entries > entries) fault ??= { how: 'cut', entry: entries + 1 };
        else if (head.entries > 0 && hashes.get(head.entries) !== head.hash)
          fault ??= { how: 'rewritten', entry: head.entries };
      }
      if (heads.length === 0 && place > 0) fault ??= { how: 'head-missing', entry: null };
      fault ??= heads.find(({ broken }) => broken !== null)?.broken ?? null;
      return { fault, entries, lastHash };
    },
  };
}

/** Checks a whole chain at once. */
export function checkChain(lines: Iterable<string | null>, heads: readonly Head[]): ChainResult {
  const check = createChainCheck(heads);
  for (const line of lines) check.take(line);
  return check.end();
}

const head = z.object({
  entries: z.number().int().nonnegative().max(MAX_ENTRY_NUMBER),
  hash: z.string(),
  /** A break that was found once; it stays with every later head. */
  broken: chainFault.nullable(),
});
/** Number and hash of the newest entry, kept outside the file. */
export type Head = z.infer<typeof head>;

/** The head as text, and as the last line of an exported ledger. */
export const headLine = (own: Head): string => canonicalize({ head: own }) ?? '';

/** Null for any other text. */
export function readHead(text: string): Head | null {
  try {
    return z.object({ head }).safeParse(JSON.parse(text)).data?.head ?? null;
  } catch {
    return null;
  }
}
