import { describe, expect, test } from 'vitest';
import {
  checkChain,
  decodeLine,
  GENESIS,
  type Head,
  headLine,
  type LedgerEntry,
  readEntry,
  readHead,
  readSealed,
  sealEntry,
} from '../../../src/main/ledger/ledger.ts';

const entryOf = (number: number, more: Partial<LedgerEntry> = {}): LedgerEntry => ({
  number,
  atMs: Date.parse('2026-11-25T16:12:44Z') + number * 1000,
  localAtMs: Date.parse('2026-11-25T16:12:44Z') + number * 1000,
  isServiceTime: true,
  kind: 'restriction-confirmed',
  who: { account: 'ingest@lorvik.example', user: 'ingest', desk: 'Ingest 2' },
  subject: {
    assetId: 'a1',
    packageId: `p${number}`,
    rev: 1,
    title: 'Tide gauge room: “the night shift” – marée',
    source: 'demo',
  },
  what: { count: 11 },
  words: [{ id: 'r1', text: 'Broadcast only, no social media.' }],
  language: 'en',
  termsVersion: null,
  ...more,
});

function chainOf(count: number): { lines: string[]; head: Head } {
  const lines: string[] = [];
  let hash = GENESIS;
  for (let number = 1; number <= count; number++) {
    const sealed = sealEntry(entryOf(number), hash);
    lines.push(sealed.line);
    ({ hash } = sealed);
  }
  return { lines, head: { entries: count, hash, broken: null } };
}

/** What a file holds, as the check reads it. */
const linesOf = (bytes: Buffer): (string | null)[] => {
  const lines: (string | null)[] = [];
  let from = 0;
  for (let to = bytes.indexOf(10); to !== -1; to = bytes.indexOf(10, from)) {
    lines.push(decodeLine(bytes.subarray(from, to)));
    from = to + 1;
  }
  if (from < bytes.byteLength) lines.push(decodeLine(bytes.subarray(from)));
  return lines;
};
const fileOf = (lines: readonly string[]): Buffer =>
  Buffer.from(lines.map((line) => `${line}\n`).join(''));

/** The same sequence in every run, so that a failure can be repeated. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test('a line is canonical, and reads as what was written', () => {
  const { line, hash } = sealEntry(entryOf(1), GENESIS);
  const sealed = readSealed(line);
  expect(sealed).toMatchObject({ hash, previous: GENESIS });
  expect(sealed && readEntry(sealed)).toEqual(entryOf(1));
  // The members of every object in the order of RFC 8785.
  const keys = Object.keys(JSON.parse(line).entry);
  expect(keys).toEqual(keys.toSorted());
  expect(line).not.toContain('\n');
});

test('text without a canonical form is written in one that has', () => {
  const { line } = sealEntry(entryOf(1, { words: [{ id: 'r', text: 'half \ud83d' }] }), GENESIS);
  expect(
    checkChain([line], [{ entries: 1, hash: readSealed(line)?.hash ?? '', broken: null }]).fault,
  ).toBeNull();
});

test('a whole chain is whole, also ahead of its head', () => {
  const { lines, head } = chainOf(20);
  expect(checkChain(lines, [head])).toEqual({ fault: null, entries: 20, lastHash: head.hash });
  const earlier = { entries: 12, hash: readSealed(lines[11] ?? '')?.hash ?? '', broken: null };
  expect(checkChain(lines, [earlier]).fault).toBeNull();
  expect(checkChain([], []).fault).toBeNull();
});

describe('what is named', () => {
  const { lines, head } = chainOf(12);

  test('any other byte in the place of any byte of any entry', () => {
    const file = fileOf(lines);
    const random = randomOf(7);
    let entry = 1;
    for (let at = 0; at < file.byteLength; at++) {
      const changed = Buffer.from(file);
      changed[at] = ((file[at] ?? 0) + 1 + random(255)) % 256;
      const { fault } = checkChain(linesOf(changed), [head]);
      expect(fault, `byte ${at} as ${changed[at]}`).toEqual({ how: 'changed', entry });
      if (file[at] === 10) entry += 1;
    }
  });

  test('an entry that is missing', () => {
    for (let index = 0; index < 11; index++)
      expect(checkChain(lines.toSpliced(index, 1), [head]).fault).toEqual({
        how: 'removed',
        entry: index + 1,
      });
  });

  test('two entries that changed places', () => {
    for (let one = 0; one < 12; one++)
      for (let other = one + 1; other < 12; other++) {
        const swapped = lines.with(one, lines[other] ?? '').with(other, lines[one] ?? '');
        expect(checkChain(swapped, [head]).fault).toEqual({ how: 'reordered', entry: one + 1 });
      }
  });

  test('an entry that is there twice', () => {
    expect(checkChain(lines.toSpliced(6, 0, lines[2] ?? ''), [head]).fault).toEqual({
      how: 'reordered',
      entry: 7,
    });
  });

  test('an end that is missing', () => {
    for (let left = 0; left < 12; left++)
      expect(checkChain(lines.slice(0, left), [head]).fault).toEqual({
        how: 'cut',
        entry: left + 1,
      });
  });

  test('an entry that was written anew with a hash that fits', () => {
    const { line } = sealEntry(entryOf(5, { words: [] }), readSealed(lines[3] ?? '')?.hash ?? '');
    expect(checkChain(lines.with(4, line), [head]).fault).toEqual({ how: 'changed', entry: 5 });
  });

  test('a chain that was written anew from an entry on, with hashes that all fit', () => {
    const forged = lines.slice(0, 7);
    let hash = readSealed(lines[6] ?? '')?.hash ?? '';
    for (let number = 8; number <= 14; number++) {
      const sealed = sealEntry(entryOf(number, { words: [] }), hash);
      forged.push(sealed.line);
      ({ hash } = sealed);
    }
    expect(checkChain(forged, [head]).fault).toEqual({ how: 'rewritten', entry: 12 });
    // A head that was changed with it tells nothing; the one in the keychain does.
    const changed = { entries: 14, hash, broken: null };
    expect(checkChain(forged, [changed]).fault).toBeNull();
    expect(checkChain(forged, [changed, head]).fault).toEqual({ how: 'rewritten', entry: 12 });
  });

  test('a head that is missing', () => {
    expect(checkChain(lines, []).fault).toEqual({ how: 'head-missing', entry: null });
  });

  test('a break that was found before, whatever the chain looks like now', () => {
    const broken = { how: 'cut' as const, entry: 3 };
    expect(checkChain(lines, [{ ...head, broken }]).fault).toEqual(broken);
  });

  test('the first of several breaks', () => {
    const cut = lines.toSpliced(8, 1).with(2, 'nonsense');
    expect(checkChain(cut, [head]).fault).toEqual({ how: 'changed', entry: 3 });
  });
});

test('a head is read back from its line, and from nothing else', () => {
  const { lines, head } = chainOf(2);
  expect(readHead(headLine(head))).toEqual(head);
  for (const text of ['', 'null', '{}', '{"head":{"entries":"2"}}', lines[0] ?? ''])
    expect(readHead(text)).toBeNull();
});
