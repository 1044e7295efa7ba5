import { expect, test } from 'vitest';
import { parsePacAnswer, parseProxy, proxyName } from '../../../src/main/formats/proxy-route.ts';

test.each([
  ['proxy.example:3128', { kind: 'http', host: 'proxy.example', port: 3128 }],
  [' http://proxy.example ', { kind: 'http', host: 'proxy.example', port: 80 }],
  ['https://proxy.example', { kind: 'https', host: 'proxy.example', port: 443 }],
  ['socks5://proxy.example', { kind: 'socks5', host: 'proxy.example', port: 1080 }],
  ['socks5h://10.0.0.1:9', { kind: 'socks5', host: '10.0.0.1', port: 9 }],
  ['SOCKS://[fd00::1]:1080', { kind: 'socks5', host: 'fd00::1', port: 1080 }],
  ['socks4a://proxy.example', { kind: 'socks4', host: 'proxy.example', port: 1080 }],
  [
    'http://ann:p%40ss%3Aword@proxy.example:3128/',
    {
      kind: 'http',
      host: 'proxy.example',
      port: 3128,
      credentials: { user: 'ann', password: 'p@ss:word' },
    },
  ],
])('%s is a proxy', (text, proxy) => {
  expect(parseProxy(text)).toEqual({ credentials: null, ...proxy });
});
test.each([
  '',
  'http://',
  'ftp://proxy.example',
  'a b',
  'proxy.example:99999',
  'file:///etc/passwd',
])('“%s” is none', (text) => {
  expect(parseProxy(text)).toBeNull();
});
test('a proxy is known by host and port, without what is secret', () => {
  expect(proxyName({ host: 'fd00::1', port: 1080 })).toBe('[fd00::1]:1080');
});
test('what a script answers is read as browsers do', () => {
  expect(parsePacAnswer('')).toEqual([null]);
  expect(parsePacAnswer(' direct ;')).toEqual([null]);
  expect(parsePacAnswer('PROXY;HTTPS a:1 ;SOCKS4 b; WAT c')).toMatchObject([
    { kind: 'https', host: 'a', port: 1 },
    { kind: 'socks4', host: 'b', port: 1080 },
  ]);
});
