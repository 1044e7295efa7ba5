import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import type { ServiceClient } from '../../../src/main/adapters/service/client.ts';
import { DEMO_MANIFEST_KEY } from '../../../src/shared/api/demo-key.ts';
import { AppError } from '../../../src/shared/errors.ts';
import {
  acceptKeys,
  keyChange,
  trustedKeys,
} from '../../../src/main/adapters/service/trusted-keys.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** A service that names these keys, and counts how often it is asked. */
function serviceWith(
  keys: { keyId: string; publicKey: string }[],
): ServiceClient & { asked: number } {
  const getMeta = async () => ((client.asked += 1), { manifestKeys: keys });
  const client = { asked: 0, api: { getMeta } };
  return client as unknown as ServiceClient & { asked: number };
}
const [first, changed] = [
  { keyId: 'key_1', publicKey: 'AAAA' },
  { keyId: 'key_2', publicKey: 'BBBB' },
];

test('keys are pinned when a service is first met; changed ones are not taken over', async () => {
  const home = temporaryFolder();
  expect(await trustedKeys(serviceWith([first]), home, 'https://one.example')).toEqual([first]);
  const later = serviceWith([changed]);
  expect(await trustedKeys(later, home, 'https://one.example')).toEqual([first]);
  expect(later.asked).toBe(0);
  expect(await trustedKeys(later, home, 'https://two.example')).toEqual([changed]);
  expect(JSON.parse(readFileSync(path.join(home, 'trusted-keys.json'), 'utf8'))).toMatchObject({
    keys: { 'https://one.example': [first], 'https://two.example': [changed] },
  });
});

test('pins of the first version, which had no checksum, still hold', async () => {
  const home = temporaryFolder();
  writeFileSync(
    path.join(home, 'trusted-keys.json'),
    JSON.stringify({ 'https://one.example': [first] }),
  );
  expect(await trustedKeys(serviceWith([changed]), home, 'https://one.example')).toEqual([first]);
});

test('one flipped bit anywhere trusts nobody: it never makes room for a new pin', async () => {
  const home = temporaryFolder();
  const file = path.join(home, 'trusted-keys.json');
  await trustedKeys(serviceWith([first]), home, 'https://one.example');
  const sound = readFileSync(file);
  for (let bit = 0; bit < sound.length * 8; bit += 1) {
    const bytes = Buffer.from(sound);
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    writeFileSync(file, bytes);
    const trusted = await trustedKeys(serviceWith([changed]), home, 'https://one.example').catch(
      (thrown: unknown) => thrown,
    );
    // White space between the members means nothing.
    expect(trusted, `bit ${bit}`).toSatisfy(
      (value) =>
        isDeepStrictEqual(value, [first]) ||
        (value instanceof AppError && value.code === 'untrusted-key'),
    );
  }
});

test('the demo’s key is shipped, and no service can name another for it', async () => {
  const service = serviceWith([changed]);
  expect(await trustedKeys(service, temporaryFolder(), 'demo')).toEqual([DEMO_MANIFEST_KEY]);
  expect(service.asked).toBe(0);
});

test.each(['{', '[]', '{"https://one.example":[{"keyId":7}]}'])(
  'a damaged file (%s) trusts nobody and stays as it is',
  async (text) => {
    const home = temporaryFolder();
    const file = path.join(home, 'trusted-keys.json');
    writeFileSync(file, text);
    await expect(
      trustedKeys(serviceWith([changed]), home, 'https://one.example'),
    ).rejects.toMatchObject({ code: 'untrusted-key' });
    expect(readFileSync(file, 'utf8')).toBe(text);
  },
);

test('several transfers that ask at once see one and the same pin', async () => {
  const home = temporaryFolder();
  const service = serviceWith([first]);
  const all = await Promise.all(
    Array.from({ length: 5 }, () => trustedKeys(service, home, 'https://one.example')),
  );
  expect(all).toEqual(Array.from({ length: 5 }, () => [first]));
  expect(service.asked).toBe(1);
});

test('a service that names no key yet is asked again', async () => {
  const home = temporaryFolder();
  expect(await trustedKeys(serviceWith([]), home, 'https://one.example')).toEqual([]);
  expect(await trustedKeys(serviceWith([first]), home, 'https://one.example')).toEqual([first]);
});

test('a changed key is taken over only when it is the one that was looked at; other services keep theirs', async () => {
  const [home, scope] = [temporaryFolder(), 'https://one.example'];
  await trustedKeys(serviceWith([first]), home, scope);
  await trustedKeys(serviceWith([first]), home, 'https://two.example');
  const service = serviceWith([changed]);
  expect(await keyChange(service, home, scope)).toEqual({
    origin: scope,
    pinned: [first],
    offered: [changed],
  });
  const swapped = { keyId: changed.keyId, publicKey: 'CCCC' };
  for (const seen of [[], [first], [swapped], [changed, first]])
    await expect(acceptKeys(service, home, scope, seen)).rejects.toMatchObject({
      code: 'untrusted-key',
    });
  expect(await trustedKeys(service, home, scope)).toEqual([first]);
  await acceptKeys(service, home, scope, [changed]);
  expect(await trustedKeys(service, home, scope)).toEqual([changed]);
  expect(await trustedKeys(service, home, 'https://two.example')).toEqual([first]);
  await expect(acceptKeys(service, home, 'demo', [changed])).rejects.toMatchObject({
    code: 'forbidden',
  });
});
