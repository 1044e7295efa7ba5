import { expect, test } from 'vitest';
import { bodyParts } from '../../src/renderer/features/articles/reader.tsx';

const all = (html: string): string => {
  const { opening, rest } = bodyParts(html, (mediaId) => `media/article/${mediaId}?pass`);
  return opening + rest;
};
const dom = (html: string): HTMLElement => {
  const holder = document.createElement('div');
  holder.innerHTML = all(html);
  return holder;
};

test('nothing that runs or reaches out survives, whatever was stored', () => {
  const shown = dom(
    '<p onclick="x()">a<script>x()</script><iframe src="https://e.example"></iframe></p><img src="https://e.example/p.png" onerror="x()"><img src="media:m1" srcset="https://e.example/q.png"><svg><a href="javascript:x()">s</a></svg><a href="javascript:x()">j</a><a href="data:text/html,x">d</a><a href="http://e.example">h</a><a href="//e.example">r</a><a href="https://127.0.0.1:9/">l</a><a href="https://u:p@e.example">p</a><form action="https://e.example"><input></form><p style="background:url(https://e.example)">b</p><div id="root">c</div>',
  );
  expect(
    shown.querySelectorAll(
      'script, iframe, svg, form, input, [onclick], [onerror], [style], [srcset], [id]',
    ),
  ).toHaveLength(0);
  expect([...shown.querySelectorAll('img')].map((image) => image.getAttribute('src'))).toEqual([
    'media/article/m1?pass',
  ]);
  expect([...shown.querySelectorAll('a')].map((link) => link.getAttribute('href'))).toEqual([]);
  expect(shown.textContent).toContain('j');
});

test('links lead out and give nothing away', () => {
  const link = dom('<p><a href="https://e.example/a">e</a></p>').querySelector('a');
  expect(link?.getAttribute('target')).toBe('_blank');
  expect(link?.getAttribute('rel')).toBe('noopener noreferrer');
  expect(
    dom('<a href="mailto:desk@e.example">m</a>').querySelector('a')?.getAttribute('href'),
  ).toBe('mailto:desk@e.example');
});

test('the text is cut after its first paragraph, for the video beside it', () => {
  expect(bodyParts('<h2>h</h2><p>one</p><p>two</p>', String)).toEqual({
    opening: '<h2>h</h2><p>one</p>',
    rest: '<p>two</p>',
  });
  expect(bodyParts('<ul><li>x</li></ul>', String)).toEqual({
    opening: '',
    rest: '<ul><li>x</li></ul>',
  });
});
