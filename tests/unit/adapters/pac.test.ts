import { afterEach, expect, test } from 'vitest';
import { readPac, type PacScript } from '../../../src/main/adapters/http/pac.ts';

let script: PacScript | null = null;
afterEach(() => {
  script?.close();
  script = null;
});
async function routes(body: string, url = 'https://media.example/a?b'): Promise<unknown> {
  script = await readPac(`function FindProxyForURL(url, host) { ${body} }`);
  return script.routes(new URL(url));
}

test('a script names the ways in their order', async () => {
  expect(await routes('return "PROXY a.example:3128; SOCKS5 b.example; DIRECT";')).toEqual([
    { kind: 'http', host: 'a.example', port: 3128, credentials: null },
    { kind: 'socks5', host: 'b.example', port: 1080, credentials: null },
    null,
  ]);
});
test('it learns the site, not the path', async () => {
  expect(
    await routes('return "PROXY p:1; PROXY " + (url + host).replace(/[^a-z]/g, "-") + ":2";'),
  ).toMatchObject([{ host: 'p' }, { host: 'https---media-example-media-example' }]);
});
test('the functions of the format are there, also those that look names up', async () => {
  expect(
    await routes(
      'if (dnsDomainIs(host, ".example") && !isPlainHostName(host) && shExpMatch(url, "https:*") && isInNet(dnsResolve("127.0.0.1"), "127.0.0.0", "255.0.0.0")) return "PROXY yes:1"; return "DIRECT";',
    ),
  ).toMatchObject([{ host: 'yes' }]);
});
test('nothing understood is the way without a proxy', async () => {
  expect(await routes('return null;')).toEqual([null]);
  expect(await routes('return "TELEPATHY a:1";')).toEqual([null]);
});
test('a script without the function, or that isn’t one, is refused', async () => {
  for (const text of ['', '<html>', 'var a = 1;', 'function FindProxyForURL('])
    await expect(readPac(text), text).rejects.toMatchObject({ code: 'usage' });
});
test('one that never ends, throws, or takes all memory ends with what it does', async () => {
  await expect(routes('for (;;) {}')).rejects.toMatchObject({ code: 'usage' });
  await expect(routes('throw new Error("no");')).rejects.toThrow(
    'The proxy script (PAC) fails: no',
  );
  await expect(
    routes('var a = []; for (;;) a.push(new Array(1000).fill("x"));'),
  ).rejects.toMatchObject({ code: 'usage' });
  await expect(readPac('for (;;) {}')).rejects.toMatchObject({ code: 'usage' });
});
test('it reaches nothing of the program', async () => {
  expect(
    await routes(
      'return "PROXY " + [typeof process, typeof require, typeof fetch, typeof globalThis.Buffer].join(".") + ":1";',
    ),
  ).toMatchObject([{ host: 'undefined.undefined.undefined.undefined' }]);
});
