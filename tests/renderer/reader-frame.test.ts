import { expect, test } from 'vitest';
import { framePolicy, shellHtml } from '../../src/renderer/features/articles/shell.ts';

test.each(['app://bundle/index.html', 'http://127.0.0.1:4000/?x=1#t=secret'])(
  'in a frame of %s nothing loads but pictures of main and the app’s own fonts',
  (base) => {
    const policy = Object.fromEntries(
      framePolicy(base, 'n')
        .split('; ')
        .map((part) => {
          const [name = '', ...sources] = part.split(' ');
          return [name, sources];
        }),
    );
    const origin = base.replace(/^(\w+:\/\/[^/]+).*$/u, '$1');
    expect(Object.keys(policy).toSorted()).toEqual([
      'base-uri',
      'default-src',
      'font-src',
      'form-action',
      'img-src',
      'style-src',
    ]);
    expect(policy).toMatchObject({
      'default-src': ["'none'"],
      'img-src': [`${origin}/media/`],
      'style-src': ["'nonce-n'"],
      'base-uri': ["'none'"],
      'form-action': ["'none'"],
    });
    expect(policy['font-src']).toHaveLength(3);
    for (const font of policy['font-src'] ?? []) {
      expect(font.startsWith(`${origin}/`)).toBe(true);
      expect(font).toMatch(/\.woff2$/u);
    }
  },
);

test('hosts of links aren’t looked up before somebody follows them', () => {
  const { head } = new DOMParser().parseFromString(
    shellHtml('http://127.0.0.1:4000/', 'n'),
    'text/html',
  );
  const told = head.querySelector('meta[http-equiv="x-dns-prefetch-control"]');
  expect(told?.getAttribute('content')).toBe('off');
});

test('the policy stands before anything it is about, and can’t be left early', () => {
  const shell = shellHtml('http://127.0.0.1:4000/"><script>', 'n');
  expect(shell).not.toContain('<script');
  const parsed = new DOMParser().parseFromString(shell, 'text/html');
  expect(parsed.head.children[1]?.getAttribute('http-equiv')).toBe('Content-Security-Policy');
  expect(parsed.body.children).toHaveLength(0);
});
