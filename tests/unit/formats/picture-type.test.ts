import { expect, test } from 'vitest';
import { pictureType } from '../../../src/main/formats/picture-type.ts';

test.each([
  ['image/jpeg', 'ffd8ffe000104a46'],
  ['image/png', '89504e470d0a1a0a0000'],
  ['image/gif', Buffer.from('GIF89a..').toString('hex')],
  ['image/webp', Buffer.from('RIFF....WEBPVP8 ').toString('hex')],
  ['image/avif', Buffer.from('\0\0\0\u001cftypavif').toString('hex')],
  [null, Buffer.from('<svg xmlns="http://www.w3.org/2000/svg">').toString('hex')],
  [null, Buffer.from('<!doctype html>').toString('hex')],
  [null, Buffer.from('RIFF....WAVEfmt ').toString('hex')],
  [null, Buffer.from('\0\0\0\u001cftypisom').toString('hex')],
  [null, ''],
])('%s: %s', (type, hex) => {
  expect(pictureType(Buffer.from(hex, 'hex'))).toBe(type);
});
