import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { BlockPool, BlockQueue, PAGE_BYTES } from '../../../src/main/adapters/http/fast/blocks.ts';

const BLOCK = 32 * 1024;
const KIB = 1024;

/** Fills the rest of the current block and hands it out. */
function fill(ring: BlockQueue): { bytes: Uint8Array; release: () => void } {
  ring.filled(ring.room.byteLength);
  const handed = ring.handOut(ring.pendingBytes);
  ring.advance();
  return handed;
}

test('a connection gets four blocks at most, and goes on when one is released', () => {
  const pool = new BlockPool({ blockBytes: BLOCK, capBytes: 1024 * KIB });
  let resumed = 0;
  const ring = new BlockQueue(pool, () => void resumed++);
  const handed = [fill(ring), fill(ring)];
  expect([ring.hasRoom, pool.allocatedBytes]).toEqual([true, 4 * BLOCK]);
  handed.push(fill(ring));
  expect([ring.hasRoom, resumed]).toEqual([false, 0]);
  const [first] = handed;
  first?.release();
  expect([ring.hasRoom, resumed, pool.allocatedBytes]).toEqual([true, 1, 4 * BLOCK]);
  expect(() => first?.release()).toThrow(/twice/u);
});

test('beyond the cap each connection still has the two it needs', () => {
  const pool = new BlockPool({ blockBytes: BLOCK, capBytes: 3 * BLOCK });
  const rings = [new BlockQueue(pool, () => {}), new BlockQueue(pool, () => {})];
  expect(pool.allocatedBytes).toBe(4 * BLOCK);
  const handed = rings.map((ring) => fill(ring));
  expect(rings.map((ring) => ring.hasRoom)).toEqual([false, false]);
  for (const { release } of handed) release();
  expect(rings.map((ring) => ring.hasRoom)).toEqual([true, true]);
  for (const ring of rings) ring.close();
  expect(pool.allocatedBytes).toBeLessThanOrEqual(3 * BLOCK);
});

test('memory that is read is not written to: slices of one block keep it until the last is released', () => {
  const pool = new BlockPool({ blockBytes: BLOCK, capBytes: 1024 * KIB });
  const ring = new BlockQueue(pool, () => {});
  ring.filled(10 * KIB);
  const [one, two] = [ring.handOut(4 * KIB), ring.handOut(6 * KIB)];
  ring.filled(ring.room.byteLength);
  const three = ring.handOut(ring.pendingBytes);
  ring.advance();
  const inUse = one.bytes.buffer;
  one.release();
  three.release();
  for (let i = 0; i < 6; i++) {
    expect(ring.room.buffer).not.toBe(inUse);
    fill(ring).release();
  }
  two.release();
  ring.close();
  expect(new BlockQueue(pool, () => {}).hasRoom).toBe(true);
  expect(pool.allocatedBytes).toBeLessThanOrEqual(4 * BLOCK);
});

test('a ring that is closed while its bytes are read gives their blocks back later', () => {
  const pool = new BlockPool({ blockBytes: BLOCK, capBytes: 1024 * KIB });
  const ring = new BlockQueue(pool, () => {});
  const handed = fill(ring);
  ring.filled(100);
  const rest = ring.handOut(100);
  ring.close();
  const other = new BlockQueue(pool, () => {});
  const taken = [other.room.buffer, handed.bytes.buffer, rest.bytes.buffer];
  expect(new Set(taken).size).toBe(3);
  handed.release();
  rest.release();
  const third = new BlockQueue(pool, () => {});
  expect([handed.bytes.buffer, rest.bytes.buffer]).toContain(third.room.buffer);
});

test('a body lies in memory as it will lie in the file: aligned after the head, and through every turn', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 20, max: 2000 }),
      fc.integer({ min: 0, max: 20_000 }),
      fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 20, maxLength: 60 }),
      (headBytes, bodyAt, reads) => {
        const ring = new BlockQueue(
          new BlockPool({ blockBytes: BLOCK, capBytes: 1024 * KIB }),
          () => {},
        );
        ring.filled(headBytes + 100);
        ring.room.set([7], 0);
        ring.skip(headBytes);
        const early = Uint8Array.from(ring.peek());
        ring.align(bodyAt % PAGE_BYTES);
        expect(Uint8Array.from(ring.peek())).toEqual(early);
        let at = bodyAt;
        for (const bytes of reads) {
          ring.filled(Math.min(bytes, ring.room.byteLength));
          const handed = ring.handOut(ring.wholePages);
          expect(handed.bytes.byteOffset % PAGE_BYTES).toBe(at % PAGE_BYTES);
          at += handed.bytes.byteLength;
          expect(at === bodyAt || at % PAGE_BYTES === 0).toBe(true);
          handed.release();
          if (ring.room.byteLength < PAGE_BYTES) ring.advance();
        }
        ring.close();
      },
    ),
  );
});

test('a first read that nearly fills the block leaves the next one for what comes after it', () => {
  const ring = new BlockQueue(new BlockPool({ blockBytes: BLOCK, capBytes: 2 * BLOCK }), () => {});
  ring.filled(26_300);
  ring.skip(300);
  ring.align(0);
  expect([ring.hasRoom, ring.pendingBytes, ring.peek().byteOffset]).toEqual([true, 26_000, 300]);
  ring.handOut(ring.pendingBytes);
  ring.advance();
  expect(ring.room.byteLength).toBeGreaterThan(BLOCK / 2);
});
