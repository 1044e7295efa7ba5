import { describe, expect, test } from 'vitest';
import { environmentRoute, exceptions } from '../../../src/main/adapters/http/exceptions.ts';

describe('exceptions', () => {
  const cases: [pattern: string, matching: string[], others: string[]][] = [
    [
      'example.org',
      ['http://example.org', 'https://a.b.example.org'],
      ['http://myexample.org', 'http://example.org.evil'],
    ],
    ['*.example.org', ['http://a.example.org', 'http://example.org'], ['http://other']],
    ['.Example.org:8443', ['https://a.example.org:8443'], ['https://a.example.org']],
    ['example.org:443', ['https://example.org'], ['http://example.org']],
    ['10.0.0.0/8', ['http://10.9.8.7:81'], ['http://11.0.0.1', 'http://ten.example']],
    ['192.168.1.1-192.168.1.9', ['http://192.168.1.5'], ['http://192.168.1.10']],
    ['fd00::/8', ['http://[fd12::1]'], ['http://[2620:fe::fe]']],
    ['[fd00::1]:81', ['http://[fd00::1]:81'], ['http://[fd00::1]']],
    ['fd00::1', ['http://[fd00::1]:81'], ['http://[fd00::2]']],
    ['<local>', ['http://intranet'], ['http://a.b', 'http://10.0.0.1']],
    ['*', ['http://whatever.example'], []],
    ['10.0.0.0/99', [], ['http://10.0.0.1']],
    ['  ', [], ['http://a']],
  ];
  test.each(cases)('%s', (pattern, matching, others) => {
    const isExcepted = exceptions([pattern]);
    for (const url of matching) expect(isExcepted(new URL(url)), url).toBe(true);
    for (const url of others) expect(isExcepted(new URL(url)), url).toBe(false);
  });
});

const route = (env: NodeJS.ProcessEnv, url: string) => environmentRoute(env, new URL(url))?.host;

test('the environment: by scheme, small letters first, ALL_PROXY for the rest, NO_PROXY', () => {
  const env = { HTTPS_PROXY: 'upper:1', https_proxy: 'lower:1', ALL_PROXY: 'socks5://all:2' };
  expect(route(env, 'https://a.example')).toBe('lower');
  expect(route(env, 'http://a.example')).toBe('all');
  expect(route({ ...env, NO_PROXY: 'b.example, a.example' }, 'https://a.example')).toBeUndefined();
  expect(route({ HTTPS_PROXY: '' }, 'https://a.example')).toBeUndefined();
});
