import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Hasher } from '../../../src/main/transfers/ports.ts';
import { PieceHashes, PrefixHash } from '../../../src/main/transfers/hashing.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const PIECE = 10;
const content = Uint8Array.from({ length: 35 }, (_, i) => (i * 37) & 0xff);
const pieceOf = (index: number) => content.subarray(index * PIECE, (index + 1) * PIECE);
/** Hashes synchronously, in this thread. */
const hasher: Hasher = {
  start: () => {
    const hash = createHash('sha256');
    return {
      update: async (bytes) => void hash.update(bytes),
      digest: async () => hash.digest('hex'),
      drop: () => {},
    };
  },
};
const fresh = () => new PieceHashes(hasher, PIECE, content.length);
const taken = (hashes: PieceHashes, ...indexes: number[]) =>
  Promise.all(indexes.map(async (index) => hashes.take(index)));
const feed = (hashes: PieceHashes, from: number, to: number) =>
  void hashes.add(content.subarray(from, to), from);

describe('pieces', () => {
  test('a piece is known once all of it came in order, and is told once', async () => {
    const hashes = fresh();
    feed(hashes, 0, 4);
    expect(hashes.take(0)).toBeUndefined();
    feed(hashes, 4, 25);
    expect([...(await taken(hashes, 0, 1, 2)), hashes.take(0)]).toEqual([
      sha256(pieceOf(0)),
      sha256(pieceOf(1)),
      undefined,
      undefined,
    ]);
    feed(hashes, 25, 35);
    expect(await taken(hashes, 2, 3)).toEqual([sha256(pieceOf(2)), sha256(pieceOf(3))]);
  });

  test('several connections at once; one that starts inside a piece knows only the next ones', async () => {
    const hashes = fresh();
    feed(hashes, 20, 24);
    feed(hashes, 5, 10);
    feed(hashes, 0, 5);
    feed(hashes, 24, 35);
    feed(hashes, 10, 20);
    expect(await taken(hashes, 0, 1, 2, 3)).toEqual([
      undefined,
      sha256(pieceOf(1)),
      sha256(pieceOf(2)),
      sha256(pieceOf(3)),
    ]);
  });

  test('what was taken back or is written over is not known any more', async () => {
    const hashes = fresh();
    feed(hashes, 0, 20);
    hashes.forget([19, 20]);
    expect(await taken(hashes, 0, 1)).toEqual([sha256(pieceOf(0)), undefined]);
    feed(hashes, 0, 10);
    void hashes.add(Uint8Array.of(1), 3);
    expect(hashes.take(0)).toBeUndefined();
    feed(hashes, 10, 15);
    void hashes.add(Uint8Array.of(1), 12);
    feed(hashes, 15, 20);
    expect(hashes.take(1)).toBeUndefined();
  });

  test('bytes beyond the end belong to no piece', async () => {
    const hashes = fresh();
    void hashes.add(Uint8Array.from([...content, 1, 2, 3]), 0);
    expect(await hashes.take(3)).toBe(sha256(pieceOf(3)));
  });

  test('whatever order writes come in, a digest is never that of other bytes than lie there', async () => {
    const step = fc.record({
      at: fc.nat(34),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 15 }),
      lost: fc.boolean(),
    });
    const inOrder = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 3, maxLength: 8 });
    expect.hasAssertions();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(step, inOrder), { maxLength: 12 }), async (steps) => {
        const hashes = fresh();
        const there = new Uint8Array(content.length);
        const write = (bytes: Uint8Array, at: number) => {
          there.set(bytes.subarray(0, content.length - at), at);
          void hashes.add(bytes.subarray(0, content.length - at), at);
        };
        for (const one of steps) {
          if (Array.isArray(one))
            one.reduce(
              (at, length) => (
                write(content.subarray(at, at + length), at),
                Math.min(34, at + length)
              ),
              0,
            );
          else if (one.lost) hashes.forget([one.at, one.at + one.bytes.length]);
          else write(one.bytes, one.at);
        }
        const digests = await taken(hashes, 0, 1, 2, 3);
        const wrong = digests.filter(
          (digest, index) =>
            ![undefined, sha256(there.subarray(index * PIECE, (index + 1) * PIECE))].includes(
              digest,
            ),
        );
        expect(wrong).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the whole', () => {
  test('as far as it came in order', () => {
    const prefix = new PrefixHash();
    prefix.add(content.subarray(0, 7), 0);
    prefix.add(content.subarray(20, 30), 20);
    expect(prefix.at).toBe(7);
    prefix.add(content.subarray(7), 7);
    expect([prefix.at, prefix.digest(), prefix.digest()]).toEqual([
      35,
      sha256(content),
      sha256(content),
    ]);
  });

  test('from the start again when something before its end changes', () => {
    const prefix = new PrefixHash();
    prefix.add(content, 0);
    prefix.forget(35);
    expect(prefix.at).toBe(35);
    prefix.add(content.subarray(34), 34);
    expect(prefix.at).toBe(0);
    prefix.add(content, 0);
    expect(prefix.digest()).toBe(sha256(content));
  });
});
