import { expect, test } from 'vitest';
import { isGranted, isOwnPage } from '../../../src/main/electron/app-page.ts';

test('only our page is ours: not what a service sent, not another scheme or host', () => {
  for (const url of [
    'app://bundle/index.html',
    'app://bundle/index.html#/articles',
    'app://bundle/index.html?x',
  ])
    expect(isOwnPage(url, undefined)).toBe(true);
  for (const url of [
    'app://bundle/media/proxy/ast_1',
    'app://bundle/media/article/med_1',
    'app://bundle/',
    'app://other/index.html',
    'https://bundle/index.html',
    'file:///index.html',
    'app://bundle.evil/index.html',
    'app://user@other/index.html',
    'data:text/html,x',
    'about:blank',
    '',
    'nonsense',
    'http://localhost:5173/',
  ])
    expect(isOwnPage(url, undefined), url).toBe(false);
  expect(isOwnPage('http://localhost:5173/', 'http://localhost:5173')).toBe(true);
});

test('our page may copy and fill the screen, and nothing else; another page may nothing', () => {
  expect(
    [
      'fullscreen',
      'clipboard-sanitized-write',
      'clipboard-read',
      'media',
      'geolocation',
      'notifications',
      'openExternal',
    ].map((name) => isGranted(name, true)),
  ).toEqual([true, true, false, false, false, false, false]);
  expect(isGranted('fullscreen', false)).toBe(false);
});
