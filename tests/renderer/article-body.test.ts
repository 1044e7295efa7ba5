import { expect, test } from 'vitest';
import { cleanArticleHtml } from '../../src/main/formats/article-html.ts';
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

test('what is stored of a page or a feed is shown as it is', () => {
  const { bodyHtml } = cleanArticleHtml(
    '<h2>a</h2><p>b<sup><a href="#n">1</a></sup> <code>c</code> <kbd>d</kbd> <ins>e</ins></p><ol start="3"><li id="n">f</ol><dl><dt>g<dd>h</dl><pre>i\n j</pre><table><caption>k</caption><tr><th scope="row">l<td colspan="2">m</table><ruby>n<rt>o</rt></ruby>',
    'https://e.example/',
    String,
  );
  const holder = document.createElement('div');
  holder.innerHTML = bodyHtml;
  expect(all(bodyHtml)).toBe(holder.innerHTML);
});

test('a link within the text leads to its place, and no other id is taken over', () => {
  const shown = dom(
    '<p id="root"><a href="#ref-1">1</a><a href="#root">2</a><span id="ref-1">n</span></p>',
  );
  expect([...shown.querySelectorAll('a')].map((link) => link.getAttribute('href'))).toEqual([
    '#ref-1',
  ]);
  expect([...shown.querySelectorAll('[id]')].map(({ id }) => id)).toEqual(['ref-1']);
});
