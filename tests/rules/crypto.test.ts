import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../src');
const sources = ['main', 'service', 'shared', 'preload'].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.join(root, folder, name)),
);

/**
 * What BoringSSL, which Electron's `node:crypto` stands on, has of what Node's has. Nothing on a
 * machine with Node alone would tell.
 */
const KNOWN = /^(?:sha(?:1|256|384|512)|hmac|aes-(?:128|256)-gcm|ed25519)$/i;
const CALLS =
  /\b(?:createHash|createHmac|createCipheriv|createDecipheriv|generateKeyPairSync|generateKeyPair|hash|hkdfSync|hkdf)\(\s*(['"`])(?<name>[^'"`]+)\1/g;
const ABSENT = /\b(?:argon2|argon2Sync|createECDH|diffieHellman)\(/;

const findings = (text: string): string[] => [
  ...Array.from(text.matchAll(CALLS), (match) => match.groups?.['name'] ?? '').filter(
    (name) => !KNOWN.test(name),
  ),
  ...(ABSENT.test(text) ? ['a primitive that BoringSSL lacks'] : []),
];

test('code that runs in the app keeps to the crypto that Electron has', () => {
  expect(sources.length).toBeGreaterThan(50);
  expect(
    Object.fromEntries(
      sources
        .map((name) => [path.relative(root, name), findings(readFileSync(name, 'utf8'))] as const)
        .filter(([, found]) => found.length > 0),
    ),
  ).toEqual({});
});

test.each([
  "createHash('sha3-256')",
  'createHash("blake2b512")',
  "createCipheriv('chacha20-poly1305', k, n)",
  "argon2('argon2id', o)",
])('%s would be caught', (text) => {
  expect(findings(text)).not.toEqual([]);
});
