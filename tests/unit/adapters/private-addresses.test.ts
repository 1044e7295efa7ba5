import type { LookupFunction } from 'node:net';
import { describe, expect, test } from 'vitest';
import {
  isPrivateAddress,
  isPrivateLiteral,
  publicLookup,
} from '../../../src/main/adapters/http/private-addresses.ts';

test.each([
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::127.0.0.1',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '::ffff:a9fe:a9fe',
  '64:ff9b::10.0.0.1',
  '64:ff9b::1',
  '64:ff9b:1::1',
  '2002:7f00:1::1',
  '2002:a00:1::',
  '2002:7f00::1',
  '2002:c0a8::',
  '2002::1',
  '3fff:1::1',
  '2001:0:1::1',
  '2001:db8::1',
  'fc00::1',
  'fd12:3456::1',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
  'harbour.example',
  '',
])('%s is not of the public internet', (address) => {
  expect(isPrivateAddress(address)).toBe(true);
});
test.each([
  '9.255.255.255',
  '11.0.0.1',
  '100.63.255.255',
  '100.128.0.1',
  '172.15.0.1',
  '172.32.0.1',
  '192.169.0.1',
  '223.255.255.255',
  '::ffff:9.9.9.9',
  '64:ff9b::9.9.9.9',
  '2002:909:909::1',
  '2620:fe::fe',
  '2a00:1450::1',
])('%s is', (address) => {
  expect(isPrivateAddress(address)).toBe(false);
});

test('hosts of addresses, in every spelling that an address can have', () => {
  const hosts = [
    'http://2130706433/',
    'http://0x7f.1/',
    'http://017700000001/',
    'http://127.1/',
    'http://[::ffff:7f00:1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://１２７.0.0.1/',
    'http://0/',
    'http://0xa9fea9fe/',
  ].map((url) => new URL(url).hostname);
  expect(hosts.filter((host) => !isPrivateLiteral(host))).toEqual([]);
  expect(['harbour.example', '9.9.9.9', '[2620:fe::fe]'].filter(isPrivateLiteral)).toEqual([]);
});

const answering =
  (...addresses: string[]): LookupFunction =>
  (_name, _options, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
const look = (name: string, lookup: LookupFunction): Promise<unknown> =>
  new Promise((resolve) => {
    lookup(name, { all: true }, (error, found) => resolve(error ?? found));
  });

const one: LookupFunction = (_name, _options, callback) => callback(null, '10.0.0.1', 4);
const unknown: LookupFunction = (_name, _options, callback) =>
  callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), []);

describe('names', () => {
  test('lead where the system says, if all of it is public', async () => {
    expect(await look('a.example', publicLookup(answering('9.9.9.9', '2620:fe::fe')))).toHaveLength(
      2,
    );
  });
  test('are refused if one of their addresses is not', async () => {
    for (const address of ['127.0.0.1', '10.0.0.1', '::1', 'fd00::1', '::ffff:192.168.0.1'])
      expect(await look('a.example', publicLookup(answering('9.9.9.9', address)))).toMatchObject({
        code: 'EPRIVATE',
        message: 'a.example leads into the local network',
      });
  });
  test('one address by itself, and an unknown name', async () => {
    expect(await look('a.example', publicLookup(one))).toMatchObject({ code: 'EPRIVATE' });
    expect(await look('a.example', publicLookup(unknown))).toMatchObject({ code: 'ENOTFOUND' });
  });
});
