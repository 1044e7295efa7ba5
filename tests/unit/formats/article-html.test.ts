import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanArticleHtml } from '../../../src/main/formats/article-html.ts';
import { dangersIn, shownText } from '../../support/hostile-html.ts';

const BASE = 'https://harbour.example/news/1';
/** An id from which the address follows, so that what was cleaned can be given again. */
const idOf = (url: string): string => encodeURIComponent(url);
const clean = (html: string, base: string | null = BASE, language?: string) =>
  cleanArticleHtml(html, base, idOf, language);
const body = (html: string): string => clean(html).bodyHtml;
const again = (html: string): string =>
  html.replaceAll(
    /src="media:([^"]*)"/gu,
    (_, id: string) => `src="${decodeURIComponent(id).replaceAll('&', '&amp;')}"`,
  );
const picture = (html: string) => clean(html).pictures[0];

describe('blocks', () => {
  test.each([
    [
      'loose text and breaks become paragraphs',
      'a<br><br>b<br>c<div>d</div>e',
      '<p>a</p><p>b<br />c</p><p>d</p><p>e</p>',
    ],
    [
      'what is inline is put around the text of each block',
      '<b>a<div>b</div>c</b>',
      '<p><strong>a</strong></p><p><strong>b</strong></p><p><strong>c</strong></p>',
    ],
    [
      'a link around blocks leads from their text',
      '<a href="/x"><h3>t</h3><p>p</p></a>',
      '<h2><a href="https://harbour.example/x">t</a></h2><p><a href="https://harbour.example/x">p</a></p>',
    ],
    [
      'headings begin with the second level and leave none out',
      '<h1>a</h1><h4>b</h4><h6>c</h6><h4>d</h4>',
      '<h2>a</h2><h3>b</h3><h4>c</h4><h3>d</h3>',
    ],
    ['a heading that isn’t ended by its own tag', '<h2>a</h3><p>b</p>', '<h2>a</h2><p>b</p>'],
    [
      'lists in lists, with or without an entry',
      '<ul><li>a<ul><li>b</ul></li><ul><li>c</ul>d</ul>',
      '<ul><li>a<ul><li>b</li></ul><ul><li>c</li></ul></li><li>d</li></ul>',
    ],
    [
      'an ordered list begins where it did',
      '<ol start="7" reversed><li value=3>a</ol>',
      '<ol start="7"><li>a</li></ol>',
    ],
    [
      'a table of one cell is a frame',
      '<table><tr><td><p>a</p><p>b</p></td></tr></table>',
      '<p>a</p><p>b</p>',
    ],
    [
      'rows and columns are data',
      '<table><tr><td>a<td>b<tr><td colspan=2>c</table>',
      '<table><tbody><tr><td>a</td><td>b</td></tr><tr><td colspan="2">c</td></tr></tbody></table>',
    ],
    [
      'blanks count once, but in code',
      '<p>  a \n  b </p><pre>\n a\n  b </pre>',
      '<p>a b</p><pre> a\n  b</pre>',
    ],
    [
      'what is empty goes',
      '<p> </p><p>&nbsp;</p><ul><li></ul><em></em><blockquote><p></p></blockquote>',
      '',
    ],
    ['rules at the ends go', '<hr><p>a</p><hr><p>b</p><hr>', '<p>a</p><hr /><p>b</p>'],
    [
      'language and direction stay',
      '<div dir="rtl" lang="ar"><p>a <span lang="en" class="x">b</span></p></div>',
      '<p lang="ar" dir="rtl">a <span lang="en">b</span></p>',
    ],
    [
      'signs of the web are those of the text',
      '<p><b>a</b><i>b</i><tt>c</tt><strike>d</strike><u>e</u><font color=red>f</font></p>',
      '<p><strong>a</strong><em>b</em><code>c</code><s>d</s>ef</p>',
    ],
    [
      'how a word is read',
      '<p><ruby>東<rp>(</rp><rt>とう</rt><rp>)</rp></ruby></p>',
      '<p><ruby>東<rp>(</rp><rt>とう</rt><rp>)</rp></ruby></p>',
    ],
  ])('%s', (_, html, expected) => {
    expect(body(html)).toBe(expected);
  });

  test.each([
    '<div class="sharedaddy">Share</div>',
    '<p class="newsletter-box">Subscribe</p>',
    '<nav>Menu</nav>',
    '<div hidden>x</div>',
    '<div style="display: none">x</div>',
    '<p>The post <a href="/a">A</a> appeared first on <a href="/">B</a>.</p>',
    '<p><a href="/a">Continue reading “A” →</a></p>',
    '<p>[…]</p>',
    '<p><a href="/a">Lire la suite</a></p>',
    '<ins class="adsbygoogle"></ins>',
    '<button>Like</button><select><option>x</select>',
  ])('what is certainly no text goes: %s', (html) => {
    expect(body(`<p>a</p>${html}`)).toBe('<p>a</p>');
  });
  test('and what may be text stays', () => {
    const text = '<p>Read more books.</p><p>They continue reading.</p><p>shared</p>';
    expect(body(text)).toBe(text);
    expect(body('<p><a href="/a">Read more</a></p><p>b</p>')).toContain('Read more');
  });
});

describe('addresses', () => {
  test('links are absolute, to the web and to mail', () => {
    expect(
      body(
        '<a href="b?x=1&amp;y#z">a</a> <a href="mailto:desk@e.example?subject=x">b</a> <a href="ftp://e.example">c</a>',
      ),
    ).toBe(
      '<p><a href="https://harbour.example/news/b?x=1&amp;y#z">a</a> <a href="mailto:desk@e.example">b</a> c</p>',
    );
    expect(clean('<a href="/x">a</a><a href="https://e.example/">b</a>', null).bodyHtml).toBe(
      '<p>a<a href="https://e.example/">b</a></p>',
    );
  });
  test('those within the text lead to marks of ours, or nowhere', () => {
    expect(
      body(
        `<p>a<a href="#n">1</a> <a href="${BASE}#n">2</a> <a href="#none">3</a></p><ol><li id="n">b</ol>`,
      ),
    ).toBe(
      '<p>a<a href="#ref-1">1</a> <a href="#ref-1">2</a> 3</p><ol><li><span id="ref-1"></span>b</li></ol>',
    );
    expect(body('<p id="a">x</p><p name="b">y</p>')).toBe('<p>x</p><p>y</p>');
  });
  test('what is embedded is a link to its page, by its name', () => {
    expect(
      body('<iframe src="https://www.youtube-nocookie.com/embed/abcdefghijk?rel=0"></iframe>'),
    ).toBe('<p><a href="https://www.youtube.com/watch?v=abcdefghijk">Video at youtube.com</a></p>');
    expect(clean('<video src="/a.mp4?token=1"></video>', BASE, 'fr-CH').bodyHtml).toBe(
      '<p><a href="https://harbour.example/news/1">Vidéo sur harbour.example</a></p>',
    );
    expect(
      body(
        '<iframe src="https://maps.e.example/maps/x"></iframe><audio src=a.mp3></audio><object data="/b.html"></object>',
      ),
    ).toMatch(/Map at maps\.e\.example.*Audio at harbour\.example.*Page at harbour\.example/u);
    expect(
      body('<iframe src="https://ad.doubleclick.net/x"></iframe><iframe></iframe><video></video>'),
    ).toBe('');
  });
});

describe('pictures', () => {
  test.each([
    [
      'the smallest that is wide enough',
      '<img srcset="a.jpg 300w, b.jpg 1200w, c.jpg 2400w" src="d.jpg">',
      'b.jpg',
      1200,
    ],
    ['else the largest', '<img srcset="a.jpg 300w, b.jpg 900w" src="d.jpg">', 'b.jpg', 900],
    ['by density', '<img srcset="a.jpg, b.jpg 2x" src="d.jpg" width="400">', 'b.jpg', 800],
    [
      'of a source',
      '<picture><source srcset="w.webp 1300w" type="image/webp"><img src="d.jpg"></picture>',
      'w.webp',
      1300,
    ],
    [
      'not of one that the reader can’t show',
      '<picture><source srcset="w.jxl 1300w" type="image/jxl"><img src="d.jpg"></picture>',
      'd.jpg',
      null,
    ],
    [
      'with a comma in it',
      '<img srcset="a,w_300.jpg 300w, a,w_1300.jpg 1300w">',
      'a,w_1300.jpg',
      1300,
    ],
    ['of data-src', '<img src="data:image/gif;base64,AAAA" data-src="a.jpg">', 'a.jpg', null],
    [
      'of data-lazy-src beside a stand-in',
      '<img src="/i/spacer.gif" data-lazy-src="a.jpg" width="600">',
      'a.jpg',
      600,
    ],
    [
      'of data-original',
      '<img src="/i/placeholder-16x9.svg" data-original="a.jpg">',
      'a.jpg',
      null,
    ],
    ['of data-srcset', '<img src="/i/lazy.png" data-srcset="a.jpg 500w">', 'a.jpg', 500],
    ['of noscript', '<img class="lazy"><noscript><img src="a.jpg"></noscript>', 'a.jpg', null],
  ])('%s', (_, html, file, width) => {
    expect(clean(html).pictures.map(({ url, width: wide }) => [url, wide])).toEqual([
      [`https://harbour.example/news/${file}`, width],
    ]);
  });

  test('one that counts readers, is hidden, or stands in is none', () => {
    const none = [
      '<img src="a.gif" width="1" height="1">',
      '<img src="a.gif" style="width:1px;height:1px">',
      '<img src="a.gif" style="display:none">',
      '<img src="https://feeds.feedburner.com/~r/x/1.gif">',
      '<img src="https://www.facebook.com/tr?id=1">',
      '<img src="https://e.example/pixel.gif?u=1">',
      '<img src="data:image/png;base64,AAAA">',
      '<img src="sign.svg">',
      '<img>',
    ];
    expect(clean(none.join(''))).toMatchObject({ bodyHtml: '', pictures: [] });
  });

  test('each is there once, whatever its size', () => {
    const { pictures } = clean(
      '<img src="a.jpg?w=300"><img src="a.jpg?w=600"><img src="b-300x200.jpg"><img src="b.jpg"><img src="c.jpg?id=1"><img src="c.jpg?id=2">',
    );
    expect(pictures.map(({ url }) => new URL(url).pathname + new URL(url).search)).toEqual([
      '/news/a.jpg?w=300',
      '/news/b-300x200.jpg',
      '/news/c.jpg?id=1',
      '/news/c.jpg?id=2',
    ]);
  });

  test.each([
    ['A boat. Photo: Ann Hill', 'A boat.', 'Photo: Ann Hill'],
    ['A boat (Photo by Ann Hill)', 'A boat', 'Photo by Ann Hill'],
    ['A boat. © Harbour Press', 'A boat.', '© Harbour Press'],
    ['Un bateau. Crédit : Anne Roux', 'Un bateau.', 'Crédit : Anne Roux'],
    ['Un bateau | Crédits photo : Anne Roux', 'Un bateau', 'Crédits photo : Anne Roux'],
    ['Ein Boot. Foto: Anna Berg', 'Ein Boot.', 'Foto: Anna Berg'],
    ['Photo: Ann Hill', '', 'Photo: Ann Hill'],
    ['A boat <span class="photo-credit">Ann Hill</span>', 'A boat', 'Ann Hill'],
    ['A boat <cite>Ann Hill</cite>', 'A boat', 'Ann Hill'],
    ['The photo: a boat that nobody knew', 'The photo: a boat that nobody knew', ''],
    ['A copyright dispute', 'A copyright dispute', ''],
  ])('caption and credit: %s', (html, caption, credit) => {
    const figure = `<figure><img src="a.jpg"><figcaption>${html}</figcaption></figure>`;
    expect(picture(figure)).toMatchObject({ caption, credit });
    expect(picture(again(body(figure)))).toMatchObject({ caption, credit });
  });

  test('figures in figures, a caption without one, and one of several pictures', () => {
    expect(
      body(
        '<figure><figure><img src=a.jpg><figcaption>A</figcaption></figure><figure><img src=b.jpg></figure><figcaption>Both</figcaption></figure>',
      ),
    ).toMatch(
      /^<figure><img [^>]*><figcaption>A<\/figcaption><\/figure><figure><img [^>]*><\/figure><p>Both<\/p>$/u,
    );
    expect(
      picture('<div class="wp-caption"><img src=a.jpg><p class="wp-caption-text">C</p></div>')
        ?.caption,
    ).toBe('C');
    expect(
      clean(
        '<figure><img src=a.jpg><img src=b.jpg><figcaption>C</figcaption></figure>',
      ).pictures.map(({ caption }) => caption),
    ).toEqual(['C', 'C']);
    expect(body('<figure><figcaption>of what?</figcaption></figure>')).toBe('');
  });

  test('an emoticon is a letter, a small one stays in its line', () => {
    expect(
      body(
        '<p>a <img class="emoji" alt="🙂" src="/e.png"> b <img src="/s.png" width="16" height="16" alt="c"></p>',
      ),
    ).toMatch(/^<p>a 🙂 b <img [^>]*><\/p>$/u);
  });
});

describe('text', () => {
  test('a line for each block, without what tells how to read it', () => {
    expect(
      clean(
        '<h2>a</h2><p>b<br>c</p><ul><li>d<ul><li>e</ul></ul><table><tr><th>f<td>g<tr><th>h<td>i</table><p><ruby>東<rt>とう</rt></ruby></p>',
      ).bodyText,
    ).toBe('a\nb\nc\nd\ne\nf g\nh i\n東');
  });
});

const NAMES = [
  'p',
  'div',
  'span',
  'b',
  'em',
  'a',
  'ul',
  'ol',
  'li',
  'h1',
  'h3',
  'h5',
  'blockquote',
  'figure',
  'figcaption',
  'table',
  'tr',
  'td',
  'th',
  'caption',
  'thead',
  'pre',
  'code',
  'dl',
  'dt',
  'dd',
  'br',
  'hr',
  'section',
  'aside',
  'footer',
  'q',
  'time',
  'sup',
  'ruby',
  'rt',
  'noscript',
  'svg',
  'script',
  'template',
  'select',
  'style',
  'form',
  'img',
];
const ATTRIBUTES = [
  'href="/x"',
  'href="#n"',
  'id="n"',
  'id=m',
  'href="#m"',
  'class="caption"',
  'class="credit"',
  'src="a.jpg"',
  'src="b.jpg?w=3"',
  'width=90',
  'width="700"',
  'alt="&lt;x"',
  'lang=fr',
  'dir=rtl',
  'start=3',
  'colspan=2',
  'onclick="x()"',
  'style="color:red"',
  'hidden',
  'title="a>b"',
  'href="javascript:x()"',
  'datetime="2026-11-27"',
  'srcset="a-1.jpg 1x, a-2.jpg 2x"',
];
const WORDS = [
  'a',
  ' ',
  'Photo: ',
  '© b',
  '\n',
  '&amp;',
  '&lt;p&gt;',
  '&nbsp;',
  '<',
  '>',
  '"',
  '\u202e',
  '\u2067',
  'ש',
  'é',
  '\ud800',
  '<!--',
  '-->',
  '…',
  '&#0;',
  '. ',
];
const tag = fc
  .tuple(
    fc.constantFrom(...NAMES),
    fc.array(fc.constantFrom(...ATTRIBUTES), { maxLength: 3 }),
    fc.boolean(),
  )
  .map(([name, attributes, isEnd]) =>
    isEnd ? `</${name}>` : `<${[name, ...attributes].join(' ')}>`,
  );
const markup = fc
  .array(
    fc.oneof({ weight: 3, arbitrary: tag }, { weight: 2, arbitrary: fc.constantFrom(...WORDS) }),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''));

const letters = (text: string): string => text.replaceAll(/\s/gu, '');

describe('of any markup', () => {
  test('only the subset comes out, and the text is no longer than what it was made of', () => {
    fc.assert(
      fc.property(markup, (html) => {
        const { bodyHtml, bodyText, pictures } = clean(html);
        expect(dangersIn(bodyHtml)).toEqual([]);
        expect(bodyText.length).toBeLessThanOrEqual(html.length);
        expect(bodyText.isWellFormed()).toBe(true);
        const used = Array.from(bodyHtml.matchAll(/src="media:([^"]*)"/gu), ([, id]) => id);
        expect(pictures.map(({ mediaId }) => mediaId)).toEqual(used);
      }),
      { numRuns: 400 },
    );
  });

  test('what is clean stays as it is', () => {
    fc.assert(
      fc.property(markup, (html) => {
        const once = clean(html);
        const twice = clean(again(once.bodyHtml));
        expect(twice).toEqual(once);
      }),
      { numRuns: 400 },
    );
  });

  test('a browser has the same text as is stored', () => {
    fc.assert(
      fc.property(markup, (html) => {
        const { bodyHtml, bodyText } = clean(html);
        const shown = bodyHtml.replaceAll(/<rt>[^<]*<\/rt>|<rp>[^<]*<\/rp>/gu, '');
        expect(letters(shownText(shown))).toBe(letters(bodyText));
      }),
      { numRuns: 200 },
    );
  });
});
