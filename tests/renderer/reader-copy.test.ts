import { expect, test } from 'vitest';
import { copyPlainly } from '../../src/renderer/features/articles/inside.ts';

const ADDRESS = 'media/article/boat?pass=5ecre7';

const dragged = (selector: string): boolean =>
  document
    .querySelector(selector)
    ?.dispatchEvent(new Event('dragstart', { bubbles: true, cancelable: true })) ?? false;

test('what is copied has the words of its pictures and not their addresses, which open what this computer serves', () => {
  document.body.innerHTML = `<p>The fer\u00adry <img alt="A boat" src="${ADDRESS}"> is back.</p>`;
  const stop = copyPlainly(document);
  document.getSelection()?.selectAllChildren(document.body);
  const copied = new Map<string, string>();
  const event = Object.assign(new Event('copy', { cancelable: true }), {
    clipboardData: { setData: (type: string, text: string) => copied.set(type, text) },
  });
  document.dispatchEvent(event);
  stop();
  expect(event.defaultPrevented).toBe(true);
  expect(copied.get('text/html')).toBe('<p>The ferry A boat is back.</p>');
  expect([...copied.values()].join('')).not.toContain('5ecre7');
});

test('what has a picture isn’t dragged out, but text is', () => {
  document.body.innerHTML = `<p id="text">Text</p><figure><img alt="A boat" src="${ADDRESS}"></figure>`;
  const stop = copyPlainly(document);
  document.getSelection()?.removeAllRanges();
  expect(dragged('img')).toBe(false);
  expect(dragged('#text')).toBe(true);
  document.getSelection()?.selectAllChildren(document.body);
  expect(dragged('#text')).toBe(false);
  stop();
});
