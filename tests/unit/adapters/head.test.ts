import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_HEAD_BYTES, parseHead } from '../../../src/main/adapters/http/fast/head.ts';

const parse = (text: string) => parseHead(Buffer.from(text, 'latin1'));
const field = (line: string) => parse(`HTTP/1.1 200 OK\r\n${line}\r\n\r\n`);

test('a head: status, fields in lower case, length, and where the body starts', () => {
  const text =
    'HTTP/1.1 206 Partial Content\r\nContent-Length: 100\r\nETag:"a"\r\nContent-Range: \t bytes 0-99/1000 \t\r\nVary: a\r\nVary: b\r\n\r\n';
  expect(parse(`${text}body`)).toEqual({
    kind: 'head',
    bytes: text.length,
    head: {
      status: 206,
      contentLength: 100,
      persistent: true,
      headers: {
        'content-length': '100',
        etag: '"a"',
        'content-range': 'bytes 0-99/1000',
        vary: 'a, b',
      },
    },
  });
});

test.each([
  ['HTTP/1.1 200 \r\n\r\n', true],
  ['HTTP/1.0 200 OK\r\n\r\n', false],
  ['HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n', false],
  ['HTTP/1.1 200 OK\r\nConnection: Close\r\n\r\n', false],
  ['HTTP/1.1 200 OK\r\nConnection: x, close\r\n\r\n', false],
  ['HTTP/1.1 200 OK\r\nConnection: closed\r\n\r\n', true],
])('%j: persistent %s', (text, persistent) => {
  expect(parse(text)).toMatchObject({ kind: 'head', head: { persistent, contentLength: null } });
});

test.each([
  '\r\n\r\n',
  'HTTP/1.1 200\r\n\r\n',
  'HTTP/2 200 OK\r\n\r\n',
  'http/1.1 200 OK\r\n\r\n',
  'HTTP/1.1  200 OK\r\n\r\n',
  'HTTP/1.1 099 OK\r\n\r\n',
  'HTTP/1.1 600 OK\r\n\r\n',
  'HTTP/1.1 2000 OK\r\n\r\n',
  ' HTTP/1.1 200 OK\r\n\r\n',
  'HTTP/1.2 200 OK\r\n\r\n',
  'HTTP/1.1 200 O\nK\r\n\r\n',
  'HTTP/1.1 200 O\rK\r\n\r\n',
  '\r\nHTTP/1.1 200 OK\r\n\r\n',
])('the status line %j is refused', (text) => {
  expect(parse(text)).toMatchObject({ kind: 'refused' });
});

test.each([
  'X : a',
  ': a',
  'X',
  ' X: a',
  '\tX: a',
  'X: a\r\n b',
  'X: a\nY: b',
  'X: a\rY: b',
  'X: a\0',
  'X: a\x7f',
  'X\0: a',
  'Xé: a',
  'Content-Length: 1\r\nContent-Length: 1',
  'Content-Length: 1\r\nContent-Length: 2',
  'Content-Length: 1, 1',
  'Content-Length: +1',
  'Content-Length: 0x10',
  'Content-Length: 1.0',
  'Content-Length:',
  'Content-Length: 9999999999999999',
  'ETag: "a"\r\nETag: "a"',
  'Content-Range: bytes 0-1/2\r\nContent-Range: bytes 0-1/2',
  'Location: /a\r\nLocation: /b',
])('the field %j is refused', (line) => {
  expect(field(line)).toMatchObject({ kind: 'refused' });
});

test('a head that does not end is waited for, up to 16 KiB', () => {
  const start = 'HTTP/1.1 200 OK\r\nX: ';
  expect(parse(start + 'x'.repeat(MAX_HEAD_BYTES - start.length - 1))).toEqual({
    kind: 'incomplete',
  });
  expect(parse(start + 'x'.repeat(MAX_HEAD_BYTES - start.length))).toMatchObject({
    kind: 'refused',
  });
  const full = `${start}${'x'.repeat(MAX_HEAD_BYTES - start.length - 4)}\r\n\r\n`;
  expect(parse(`${full}body`)).toMatchObject({ kind: 'head', bytes: MAX_HEAD_BYTES });
});

const TOKEN = fc
  .stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,20}$/u)
  .filter(
    (name) =>
      !/^(content-|etag|location|retry-after|last-modified|connection|__proto__)/iu.test(name),
  );
const VALUE = fc.stringMatching(/^([\x21-\x7e]([\x20-\x7e]{0,30}[\x21-\x7e])?)?$/u);

test('what a server writes by the rules is read as it was meant, however it is cut into packets', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 100, max: 599 }),
      fc.dictionary(
        TOKEN.map((name) => name.toLowerCase()),
        VALUE,
      ),
      fc.option(fc.nat()),
      fc.uint8Array({ maxLength: 40 }),
      fc.nat(),
      (status, fields, length, body, cut) => {
        const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
        const head = Buffer.from(
          `HTTP/1.1 ${status} Reason\r\n${lines.join('')}${length === null ? '' : `Content-Length: ${length}\r\n`}\r\n`,
          'latin1',
        );
        const parsed = parseHead(Buffer.concat([head, body]));
        expect(parsed).toEqual({
          kind: 'head',
          bytes: head.byteLength,
          head: {
            status,
            contentLength: length,
            persistent: true,
            headers: {
              ...fields,
              ...(length === null ? {} : { 'content-length': String(length) }),
            },
          },
        });
        expect(parseHead(head.subarray(0, cut % head.byteLength))).toEqual({ kind: 'incomplete' });
      },
    ),
  );
});

test('no bytes at all make it throw, or read beyond what there is', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'HTTP/1.1 200 OK',
      '\r\n',
      '\n',
      '\r',
      ': ',
      'Content-Length',
      '7',
      ' ',
      '\t',
      '\0',
      ',',
      'ETag: "x"',
      '\r\n\r\n',
    ),
    fc.string({ maxLength: 4 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
      const bytes = Buffer.from(pieces.join(''), 'latin1');
      const parsed = parseHead(bytes);
      if (parsed.kind !== 'head') return;
      expect(bytes.toString('latin1', parsed.bytes - 4, parsed.bytes)).toBe('\r\n\r\n');
      // No bare CR, LF or NUL gets into a value or into the framing.
      expect(Object.entries(parsed.head.headers).flat().join('')).not.toMatch(/[\r\n\0]/u);
    }),
    { numRuns: 2000 },
  );
});
