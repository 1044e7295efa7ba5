import * as fc from 'fast-check';
import type { ElementContent } from 'hast';
import { expect, test } from 'vitest';
import { BODY_ELEMENTS } from '../../../src/shared/api/body-elements.ts';
import { bodyTree, picturesIn, withPictures, text } from '../../../src/main/formats/body-tree.ts';
import { markupOf } from '../../../src/main/formats/markup.ts';

const reduced = (html: string): string => markupOf(bodyTree(html), false);

test.each([
  ['a paragraph', '<p>One <em>two</em></p>', '<p>One <em>two</em></p>'],
  [
    'texts and phrases between blocks',
    'a <b>b</b><p>c</p>d',
    '<p>a <strong>b</strong></p><p>c</p><p>d</p>',
  ],
  ['blocks in a phrase', '<span><p>a</p><p>b</p></span>', '<p>a</p><p>b</p>'],
  ['blocks in a heading', '<h2><div>a</div><div>b</div></h2>', '<h2> a  b </h2>'],
  ['an item without a list', '<li>a', '<ul><li>a</li></ul>'],
  ['a text in a list', '<ol>a<li>b</ol>', '<ol><li>a</li><li>b</li></ol>'],
  ['an empty list, row and paragraph', '<ul> </ul><table><tr></tr></table><p> </p>', ''],
  [
    'a list in an item',
    '<ul><li>a<ul><li>b</ul></ul>',
    '<ul><li><p>a</p><ul><li>b</li></ul></li></ul>',
  ],
  [
    'a table without its parts and with a caption',
    '<table><caption>c</caption><tr><th scope="col" colspan="1">a<td rowspan="2">b</table>',
    '<table><caption>c</caption><tbody><tr><th scope="col">a</th><td rowspan="2">b</td></tr></tbody></table>',
  ],
  [
    'a figure of which the caption is first',
    '<figure><figcaption>c</figcaption><img src="media:m" alt="a"></figure>',
    '<figure><img src="media:m" alt="a"/><figcaption>c</figcaption></figure>',
  ],
  ['a caption that lost its figure', '<figcaption>c</figcaption>', '<p>c</p>'],
  ['a picture of another place', '<p>a<img src="https://e.example/1.png"></p>', '<p>a</p>'],
  [
    'script, style and frames',
    '<script>a()</script><style>b</style><iframe>c</iframe><p>d</p>',
    '<p>d</p>',
  ],
  ['a handler and a style', '<p onclick="a()" style="b" id="c">d</p>', '<p>d</p>'],
  ['a link that runs', '<p><a href="javascript:a()">b</a></p>', '<p>b</p>'],
  ['a link to this computer', '<p><a href="https://127.0.0.1/">b</a></p>', '<p>b</p>'],
  ['a day that there isn’t', '<p><time datetime="2026-02-31">a</time></p>', '<p>a</p>'],
  [
    'a day',
    '<p><time datetime="2026-02-28">a</time></p>',
    '<p><time datetime="2026-02-28">a</time></p>',
  ],
  ['a language that is none', '<p lang="!">a</p>', '<p>a</p>'],
  ['what XML can’t hold', '<p>a\u0001\ufffeb&#xb;</p>', '<p>ab</p>'],
  [
    'a list of terms',
    '<dl><dd>lost</dd><div><dt>a</dt><dd>b<dd>c</div>d<dt>e</dl>',
    '<p>lost</p><dl><dt>a</dt><dd>b</dd><dd>c</dd><dd>d</dd><dt>e</dt><dd></dd></dl>',
  ],
  [
    'annotations',
    '<p><ruby>a<rp>(</rp><rt>b</rt><rp>)</rp>c</ruby><rt>d</rt></p>',
    '<p><ruby>a<rt>b</rt></ruby>cd</p>',
  ],
  [
    'notes with links to and fro',
    '<p>a<sup><a href="#ref-1">1</a></sup><a href="#ref-9">b</a></p><ol><li><span id="ref-1"></span><p>c</p><span id="ref-1">d</span></li></ol>',
    '<p>a<sup><a href="#ref-1">1</a></sup>b</p><ol><li><p><span id="ref-1"></span>c</p><p>d</p></li></ol>',
  ],
  ['code', '<pre><code>a\n  b</code></pre>', '<pre><code>a\n  b</code></pre>'],
  ['a list that goes on', '<ol start="4"><li>a</ol>', '<ol start="4"><li>a</li></ol>'],
  ['no markup at all', 'a < b & c', '<p>a &#60; b &#38; c</p>'],
])('%s becomes what HTML allows there', (_what, html, expected) => {
  expect(reduced(html)).toBe(expected);
});

const PHRASING = new Set(
  'a em strong small s ins del mark sup sub code kbd samp br img cite q time abbr bdi ruby rt span'.split(
    ' ',
  ),
);
/** They hold elements alone. */
const BARE = new Set(' blockquote ul ol dl table tbody thead tfoot tr'.split(' '));
/** What stands where HTML doesn't allow it (the WHATWG's content models, for the subset). */
function faults(nodes: readonly ElementContent[], parent: string): string[] {
  return nodes.flatMap((node) => {
    if (node.type === 'text') return BARE.has(parent) ? [`text in ${parent}`] : [];
    if (node.type !== 'element') return [node.type];
    const { tagName, children } = node;
    const allowed: Record<string, string> = {
      li: 'ul ol',
      dt: 'dl',
      dd: 'dl',
      caption: 'table',
      tfoot: 'table',
      rt: 'ruby',
      thead: 'table',
      tbody: 'table',
      tr: 'thead tbody tfoot',
      td: 'tr',
      th: 'tr',
      figcaption: 'figure',
    };
    const isPhrase = PHRASING.has(tagName);
    const isFine = allowed[tagName]
      ? allowed[tagName].split(' ').includes(parent)
      : isPhrase
        ? !BARE.has(parent)
        : ['', 'blockquote', 'li', 'dd', 'td', 'th', 'figure'].includes(parent);
    return [
      ...(isFine ? [] : [`${tagName} in ${parent || 'the body'}`]),
      ...faults(children, tagName),
    ];
  });
}

const words = (given: string): number => given.match(/word/gu)?.length ?? 0;

test('whatever comes, what is left is nested as HTML allows and keeps its words', () => {
  const tags = [...BODY_ELEMENTS, 'div', 'b', 'section', 'center'];
  const nested = fc.letrec<{ html: string }>((tie) => ({
    html: fc.oneof(
      { maxDepth: 6, depthSize: 'large' },
      fc.constantFrom('word', ' ', 'two words'),
      fc
        .tuple(fc.constantFrom(...tags), fc.array(tie('html'), { maxLength: 4 }))
        .map(([tag, inner]) =>
          ['br', 'hr'].includes(tag)
            ? `<${tag}>`
            : tag === 'img'
              ? '<img src="media:m">'
              : `<${tag}>${inner.join('')}</${tag}>`,
        ),
    ),
  })).html;
  fc.assert(
    fc.property(fc.array(nested, { maxLength: 5 }), (parts) => {
      const html = parts.join('');
      const tree = bodyTree(html);
      expect(faults(tree, '')).toEqual([]);
      expect(words(markupOf(tree, false))).toBe(words(html));
    }),
    { numRuns: 2000 },
  );
});

const deep = (levels: number): string =>
  reduced(`<p>before</p>${'<em>'.repeat(levels)}word${'</em>'.repeat(levels)}`);

test('a text in a thousand elements is still a text, and of a hundred thousand what is before them', () => {
  expect(deep(1000)).toContain('word');
  expect(deep(100_000)).toBe('<p>before</p>');
});

test('pictures are found in their order and replaced in place', () => {
  const tree = bodyTree('<p>a<img src="media:one"></p><figure><img src="media:two"></figure>');
  expect(picturesIn(tree)).toEqual(['one', 'two']);
  expect(
    markupOf(
      withPictures(tree, (id) => text(`[${id}]`)),
      false,
    ),
  ).toBe('<p>a[one]</p><figure>[two]</figure>');
});
