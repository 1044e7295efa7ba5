import {
  array,
  assert,
  dictionary,
  jsonValue,
  nat,
  property,
  record,
  string,
  uint8Array,
} from 'fast-check';
import { expect, test } from 'vitest';
import { frame, FrameReader, type Message } from '../../../src/main/adapters/home-socket.ts';

const MAX_BYTES = 10_000;

/** Reads a stream in parts that are cut at these places. */
function readIn(stream: Buffer, cuts: readonly number[]): Message[] {
  const reader = new FrameReader(MAX_BYTES);
  const places = [...new Set([0, ...cuts, stream.byteLength])]
    .filter((at) => at <= stream.byteLength)
    .toSorted((one, other) => one - other);
  return places.flatMap((at, n) => [...reader.read(stream.subarray(at, places[n + 1]))]);
}

test('messages come out as they went in, however they are cut', () => {
  const message = record({
    head: dictionary(string(), jsonValue()),
    body: uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  });
  assert(
    property(array(message, { maxLength: 6 }), array(nat(3000)), (messages, cuts) => {
      const stream = Buffer.concat(messages.map(({ head, body }) => frame(head, body)));
      const read = readIn(stream, cuts);
      expect(read.map(({ body }) => body)).toEqual(messages.map(({ body }) => body));
      expect(read.map(({ head }) => head)).toEqual(
        messages.map(({ head }) => JSON.parse(JSON.stringify(head)) as unknown),
      );
    }),
  );
});

test('a message that is too large is refused by its first bytes', () => {
  const large = frame({}, Buffer.alloc(MAX_BYTES));
  expect(() => readIn(large.subarray(0, 8), [])).toThrow(RangeError);
  const fits = frame({}, Buffer.alloc(MAX_BYTES - 10));
  expect(readIn(fits, [8])).toHaveLength(1);
});

test.each<[string, Buffer]>([
  ['a head that is longer than its message', Buffer.from([0, 0, 0, 6, 0, 0, 0, 3, 0x7b, 0x7d])],
  ['a head that is no JSON', Buffer.from([0, 0, 0, 6, 0, 0, 0, 2, 0x7b, 0x7b])],
  ['no head', Buffer.from([0, 0, 0, 4, 0, 0, 0, 0])],
  ['a size below its own', Buffer.from([0, 0, 0, 0, 0, 0, 0, 0])],
])('%s is no message', (_what, stream) => {
  expect(() => readIn(stream, [])).toThrow(SyntaxError);
});

test('garbage never comes out as a message of more than it has', () => {
  assert(
    property(uint8Array({ maxLength: 200 }), (bytes) => {
      const reader = new FrameReader(MAX_BYTES);
      let [taken, fault]: [number, unknown] = [0, new SyntaxError('none')];
      try {
        for (const { body } of reader.read(Buffer.from(bytes))) taken += body.byteLength;
      } catch (thrown) {
        fault = thrown;
      }
      expect([RangeError, SyntaxError].some((kind) => fault instanceof kind)).toBe(true);
      expect(taken).toBeLessThanOrEqual(bytes.byteLength);
    }),
  );
});
