import { describe, expect, test } from 'vitest';
import { cleanArticleHtml } from '../../../src/main/formats/article-html.ts';
import { extractPage } from '../../../src/main/formats/article-page.ts';
import { discoverFeeds } from '../../../src/main/formats/feed-discovery.ts';
import { dangersIn, shownText } from '../../support/hostile-html.ts';

const BASE = 'https://harbour.example/news/1';
const textOf = (html: string): string => clean(`<p>${html}</p>`).bodyText;
const clean = (html: string) => cleanArticleHtml(html, BASE, (url) => `pic-${url.length}`);

/** Ways to run something or to reach out that browsers have known, by what they make use of. */
const HOSTILE: readonly (readonly [string, string])[] = [
  ['script', '<script>alert(1)</script>'],
  ['script in capitals, split', '<SCR<script>IPT>alert(1)</SCR</script>IPT>'],
  ['script with a slash', '<script/src="https://e.example/x.js"></script>'],
  ['script that is not ended', 'a<script>alert(1)'],
  [
    'script of JSON',
    '<script type="application/ld+json">{"a":"</script><img src=x onerror=alert(1)>"}',
  ],
  ['event', '<img src=x onerror=alert(1)>'],
  ['event without a blank', '<img/src=x/onerror=alert(1)>'],
  ['event with a line break', '<p on\nclick=alert(1) onclick\n=alert(1)>x</p>'],
  ['event behind a NUL', '<p \0onclick=alert(1)>x</p>'],
  ['event on an unknown element', '<x onpointerenter=alert(1)>y</x>'],
  [
    'event of an animation',
    '<style>@keyframes x{}</style><b style="animation-name:x" onanimationstart=alert(1)>b</b>',
  ],
  ['focus', '<a id=x tabindex=1 autofocus onfocus=alert(1) href="#x">f</a>'],
  ['details', '<details open ontoggle=alert(1)>x</details>'],
  ['marquee', '<marquee onstart=alert(1)>x</marquee>'],
  ['body', '<body onload=alert(1)>x'],
  ['svg script', '<svg><script>alert(1)</script></svg>'],
  ['svg event', '<svg onload=alert(1)><p>x</p></svg>'],
  ['svg use', '<svg><use href="data:image/svg+xml;base64,PHN2Zz4="/></svg>'],
  [
    'svg animate',
    '<svg><a><animate attributeName=href values=javascript:alert(1) /><text>x</text></a></svg>',
  ],
  [
    'svg foreignObject',
    '<svg><foreignObject><iframe srcdoc="<script>alert(1)</script>"></iframe></foreignObject></svg>',
  ],
  ['svg style', '<svg><style><img src=x onerror=alert(1)></style></svg>'],
  ['svg title', '<svg><title><style><img src=x onerror=alert(1)></style></title></svg>'],
  ['svg desc', '<svg></p><desc><p>x</desc></svg><img src onerror=alert(1)>'],
  ['math href', '<math href="javascript:alert(1)">x</math>'],
  [
    'math maction',
    '<math><maction actiontype="statusline#https://e.example" xlink:href="javascript:alert(1)">x</maction></math>',
  ],
  [
    'math mtext',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
  ],
  [
    'math annotation',
    '<math><annotation-xml encoding="text/html"><svg><script>alert(1)</script></svg></annotation-xml></math>',
  ],
  [
    'form in math',
    '<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
  ],
  ['noscript', '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>'],
  ['noscript picture', '<noscript><img src="https://e.example/a.jpg" onerror=alert(1)></noscript>'],
  ['template', '<template><script>alert(1)</script><p>x</p></template>'],
  [
    'declared shadow root',
    '<div><template shadowrootmode=open><script>alert(1)</script></template></div>',
  ],
  ['comment', '<!--><img src=x onerror=alert(1)>-->'],
  ['comment that ends early', '<!--> <img src=x onerror=alert(1)> --!><p>x</p>'],
  ['conditional comment', '<!--[if gte IE 4]><script>alert(1)</script><![endif]-->'],
  ['CDATA', '<![CDATA[<script>alert(1)</script>]]>'],
  ['processing instruction', '<?xml-stylesheet href="javascript:alert(1)"?><p>x</p>'],
  ['xmp', '<xmp><p title="</xmp><img src=x onerror=alert(1)>"></xmp>'],
  ['textarea', '<textarea><p title="</textarea><img src=x onerror=alert(1)>"></textarea>'],
  ['title', '<title><p title="</title><img src=x onerror=alert(1)>"></title>'],
  ['noembed', '<noembed><p title="</noembed><img src=x onerror=alert(1)>"></noembed>'],
  ['plaintext', '<plaintext><script>alert(1)</script>'],
  ['select', '<select><option><style></option></select><img src=x onerror=alert(1)></style>'],
  [
    'table foster parent',
    '<table><td><img src=x onerror=alert(1)><table><script>alert(1)</script>',
  ],
  [
    'caption and nested table',
    '<table><caption><svg><title><table><caption></caption></table></title><style><a id="</style><img src=x onerror=alert(1)>"></a></style></svg>',
  ],
  ['attribute that ends early', '<a title="x"><img src=x onerror=alert(1)>">y</a>'],
  ['abbreviation with markup', '<abbr title="&quot;><img src=x onerror=alert(1)>">y</abbr>'],
  [
    'alternative text with markup',
    '<img src="/a.jpg" alt="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;">',
  ],
  ['back quotes', '<img src="/a.jpg" alt="`` onerror=alert(1)">'],
  [
    'style element',
    '<style>@import url(https://e.example/x.css); body{background:url(https://e.example/p)}</style>',
  ],
  [
    'style with an expression',
    '<p style="width:expression(alert(1));behavior:url(#x);-moz-binding:url(https://e.example)">x</p>',
  ],
  [
    'style that overlays',
    '<a href="https://e.example" style="position:fixed;inset:0;z-index:9999;opacity:0" class="modal" id="root">x</a>',
  ],
  [
    'link',
    '<link rel=stylesheet href="https://e.example/x.css"><link rel=prefetch href="https://e.example">',
  ],
  ['meta', '<meta http-equiv=refresh content="0;url=https://e.example">'],
  ['base', '<base href="javascript:alert(1)//"><a href="/x">x</a>'],
  ['base of another', '<a href="x">x</a><base href="https://u:p@e.example/">'],
  ['javascript', '<a href="javascript:alert(1)">x</a>'],
  ['javascript in capitals', '<a href="JaVaScRiPt:alert(1)">x</a>'],
  ['javascript with blanks', '<a href=" \t\n java\nscr\tipt\r:alert(1)">x</a>'],
  ['javascript with controls', '<a href="\x01\x02javascript:alert(1)">x</a>'],
  ['javascript as entities', '<a href="&#106;&#x61;vascript&colon;alert(1)">x</a>'],
  ['javascript as entities without end', '<a href="&#0000106avascript&#58alert(1)">x</a>'],
  ['javascript with entity blanks', '<a href="java&Tab;script&NewLine;:alert(1)">x</a>'],
  [
    'javascript behind a feed',
    '<a href="feed:javascript:alert(1)">x</a><a href="view-source:javascript:alert(1)">y</a>',
  ],
  [
    'javascript in a picture',
    '<img src="javascript:alert(1)" data-src="javascript:alert(1)" srcset="javascript:alert(1) 2x">',
  ],
  ['vbscript', '<a href="vbscript:msgbox(1)">x</a>'],
  ['data', '<a href="data:text/html,<script>alert(1)</script>">x</a>'],
  ['data in a picture', '<img src="data:image/svg+xml,<svg onload=alert(1)>">'],
  [
    'blob, file, about',
    '<a href="blob:https://e.example/x">x</a><a href="file:///etc/passwd">y</a><a href="about:blank">z</a>',
  ],
  [
    'our own schemes',
    '<a href="app://desk/">x</a><a href="media:pic-1">y</a><img src="media:pic-1">',
  ],
  [
    'credentials',
    '<a href="https://bank.example@e.example/">x</a><img src="https://u:p@e.example/a.jpg">',
  ],
  [
    'protocol-relative with a backslash',
    '<a href="\\\\e.example/x">x</a><a href="/\\e.example">y</a>',
  ],
  [
    'mail with headers',
    '<a href="mailto:a@e.example?subject=x&body=y">x</a><a href="mailto:a@e.example,b@e.example">y</a><a href="mailto:&quot;><script>@e.example">z</a>',
  ],
  ['iframe', '<iframe src="javascript:alert(1)" srcdoc="<script>alert(1)</script>"></iframe>'],
  ['iframe that closes itself', '<iframe/><img src=x onerror=alert(1)></iframe>'],
  ['object', '<object data="javascript:alert(1)"><embed src="javascript:alert(1)"></object>'],
  [
    'video',
    '<video src=x onerror=alert(1) poster="javascript:alert(1)"><source onerror=alert(1)></video>',
  ],
  [
    'form',
    '<form action="javascript:alert(1)"><button formaction="javascript:alert(1)">x</button><input type=image src=x onerror=alert(1)></form>',
  ],
  [
    'clobbering',
    '<a id=document name=cookie href="#document">x</a><span id="ref-1">y</span><form id=body></form>',
  ],
  ['is', '<p is="x-y" contenteditable nonce=1 slot=x part=y>z</p>'],
  [
    'xml namespace',
    '<html xmlns:x="http://www.w3.org/1999/xhtml"><x:script>alert(1)</x:script><svg:script>alert(1)</svg:script></html>',
  ],
  ['tag name with a quotation', '<a"onclick=alert(1)>x</a"><p"/onclick=alert(1)>y'],
  [
    'quotation from elsewhere',
    '<q cite="javascript:alert(1)">x</q><blockquote cite="javascript:alert(1)">y</blockquote>',
  ],
  ['date', '<time datetime="&quot; onclick=alert(1)">x</time>'],
  [
    'numbers',
    '<ol start="1 onclick=alert(1)"><li value=javascript:>x</ol><table><tr><td colspan="9999999" rowspan="-1">a<td>b<tr><td>c<td>d</table>',
  ],
  [
    'fragment',
    '<a href="#&quot;><script>alert(1)</script>">x</a><p id="&quot;><script>alert(1)</script>">y</p>',
  ],
  ['half of a pair', '<p>\ud800<script>\udc00alert(1)</script></p>'],
  ['bytes of UTF-7', '+ADw-script+AD4-alert(1)+ADw-/script+AD4-'],
];

describe('nothing of a text runs or reaches out', () => {
  test.each(HOSTILE)('%s', (_, html) => {
    for (const around of [
      html,
      `<p>before ${html} after</p>`,
      `<ul><li>${html}</ul>`,
      `<table><tr><td>a<td>${html}<tr><td>c<td>d</table>`,
    ]) {
      const { bodyHtml } = clean(around);
      expect(dangersIn(bodyHtml)).toEqual([]);
      expect(dangersIn(clean(bodyHtml).bodyHtml)).toEqual([]);
      expect(dangersIn(clean(bodyHtml.replaceAll('&lt;', '<')).bodyHtml)).toEqual([]);
    }
  });

  test.each(HOSTILE)('also of a page: %s', (_, html) => {
    const paragraph =
      '<p>The ferry of Auren runs again since Monday, as it did before the flood.</p>';
    const page = extractPage(
      `<article><h1>Ferry</h1>${paragraph}${paragraph}${html}${paragraph}</article>`,
      BASE,
      (url) => `pic-${url.length}`,
    );
    expect(dangersIn(page.bodyHtml)).toEqual([]);
    expect(page.canonicalUrl).toBe(BASE);
    expect([page.headline, page.summary, ...page.byline].join('')).not.toMatch(/\p{Cc}|\p{Cs}/u);
  });

  test('what is text stays text', () => {
    const { bodyHtml, bodyText } = clean(
      '<p>1 &lt; 2 &amp;&amp; 3 &gt; 2, &lt;script&gt;alert(1)&lt;/script&gt;</p>',
    );
    expect(bodyText).toBe('1 < 2 && 3 > 2, <script>alert(1)</script>');
    expect(shownText(bodyHtml)).toBe(bodyText);
  });

  test('marks that turn the direction end where they began, and nothing is invisible', () => {
    expect(textOf('a\u202eexe.cod\u202c b')).toBe('aexe.cod b');
    expect(textOf('a\u2067b\u2069c')).toBe('a\u2067b\u2069c');
    expect(textOf('a\u2067b')).toBe('ab');
    expect(textOf('a\u2069b\u202cc\u202a')).toBe('abc');
    expect(textOf('\u2067a\u202ab\u2069')).toBe('ab');
    expect(textOf('a\0b\u0007c\ufeffd\u00ade\ud800f')).toBe('abcde\ufffdf');
    expect(textOf('قال\u200f: “نعم”')).toBe('قال\u200f: “نعم”');
  });
});

const times = (n: number, text: string): string => text.repeat(n);
/** Documents of some megabytes whose reading must take no longer than that of ordinary ones. */
const LARGE: readonly (readonly [string, () => string])[] = [
  ['a hundred thousand levels', () => times(100_000, '<div>') + 'x'],
  ['a hundred thousand levels of what is left out', () => times(100_000, '<svg>') + 'x'],
  ['a hundred thousand levels of text', () => times(100_000, '<b>') + 'x' + times(100_000, '</b>')],
  ['levels of lists', () => times(100_000, '<ul><li>') + 'x'],
  ['levels of tables', () => times(50_000, '<table><tr><td>') + 'x'],
  ['levels of quotations', () => times(50_000, '<blockquote><p>') + 'x'],
  ['ends without a beginning', () => times(100_000, '</p></b>') + 'x'],
  ['a million attributes', () => `<p ${times(200_000, 'onclick=a b="c" ')}>x</p>`],
  [
    'one attribute of megabytes',
    () => `<p title="${times(2_900_000, 'a')}">x</p><img src="${times(100_000, 'a')}">`,
  ],
  ['entities', () => `<p>${times(200_000, '&amp;')}</p>`],
  ['a million blanks', () => `<p>${times(1_000_000, ' ')}x${times(1_000_000, ' ')}</p>`],
  ['breaks', () => `<p>x${times(200_000, '<br>')}y</p>`],
  ['empty paragraphs', () => times(200_000, '<p></p>')],
  ['fifty megabytes', () => times(50_000_000, 'a')],
  ['a tag that isn’t ended', () => `<p>x</p><a ${times(2_000_000, 'a')}`],
  ['a comment that isn’t ended', () => `<p>x</p><!--${times(1_000_000, '--')}`],
  ['a thousand tags that aren’t ended', () => times(500_000, '<a <')],
  ['headings that end in others', () => times(40_000, '<h1>x</h2>')],
  ['headings that don’t end', () => times(300_000, '<h1')],
  [
    'a set of sizes',
    () =>
      `<img srcset="${times(4000, 'a 1w,')}"><img srcset="${times(16_000, ',')}"><img srcset="${times(8000, 'a ')}">`,
  ],
  [
    'a caption with many credits',
    () =>
      `<figure><img src=/a.jpg><figcaption>${times(50_000, 'Photo: a. ')}</figcaption></figure>`,
  ],
  ['a style with many blanks', () => `<p style="${times(16_000, ' ')}display">x</p>`],
  [
    'marks of direction',
    () => `<p>${times(100_000, '\u2067')}x${times(80_000, '\u2069\u202c')}</p>`,
  ],
  [
    'many pictures',
    () => Array.from({ length: 5000 }, (_, at) => `<img src="/${at}.jpg">`).join(''),
  ],
  ['many frames', () => times(5000, '<iframe src="https://e.example/x"></iframe>')],
  [
    'many links within',
    () => Array.from({ length: 5000 }, (_, at) => `<a href="#x${at}" id="x${at}">x</a>`).join(''),
  ],
];

const gallery = (count: number) =>
  cleanArticleHtml(
    Array.from({ length: count }, (_, at) => `<p>${at}</p><img src="/${at}.jpg">`).join(''),
    BASE,
    (url) => url,
  );

describe('no text takes the program along', () => {
  // Each ends, or the test does at its limit, which is far above what a slow machine takes.
  test.each(LARGE)('%s', (_, html) => {
    const given = html();
    const { bodyHtml, bodyText } = clean(given);
    expect(bodyText.length).toBeLessThanOrEqual(given.length);
    expect(bodyHtml.length).toBeLessThan(16 * 1024 * 1024);
  });

  test.each(LARGE.filter(([name]) => !/^(?:fifty|many)/u.test(name)))('a page: %s', (_, html) => {
    const read = (): string => {
      try {
        return extractPage(html(), BASE, (url) => `pic-${url.length}`).headline;
      } catch (thrown) {
        return String((thrown as { code?: unknown }).code);
      }
    };
    expect(read()).toMatch(/^(?:page-unreadable|x?)$/u);
  });

  test('of pictures without end so many stay, and the text says that it isn’t whole', () => {
    const cut = gallery(5000);
    expect(cut.pictures).toHaveLength(300);
    expect(cut.bodyHtml.match(/<img /gu)).toHaveLength(300);
    expect(cut).toMatchObject({ isCut: true, bodyText: expect.stringMatching(/4999$/u) });
    expect(gallery(300).isCut).toBe(false);
  });

  test('a page of fifty megabytes is refused', () => {
    expect(() => extractPage(times(50_000_000, 'a'), BASE, String)).toThrow('more than 3 MB');
  });

  test.each([
    ['a large one', () => `{"@type":"NewsArticle","headline":"${times(2_000_000, 'a')}"}`],
    [
      'many',
      () =>
        times(
          5000,
          '{"@type":"NewsArticle","headline":"a"}</script><script type="application/ld+json">',
        ),
    ],
    ['a deep one', () => `${times(200_000, '[')}1${times(200_000, ']')}`],
    ['deep objects', () => `${times(50_000, '{"a":')}1${times(50_000, '}')}`],
    ['a wide one', () => `[${times(100_000, '{"@id":"a"},')}{}]`],
    [
      'authors that name each other',
      () => '[{"@type":"Article","author":{"@id":"a"}},{"@id":"a","author":{"@id":"a"}}]',
    ],
    [
      'a prototype',
      () => '{"@type":"Article","__proto__":{"headline":"a"},"constructor":{"prototype":{"x":1}}}',
    ],
    [
      'other types',
      () =>
        '{"@type":{"a":1},"headline":[[{"name":{"name":1}}]],"author":[null,1,{"name":[{}]}],"image":[{"url":{}},null],"datePublished":{},"keywords":{"a":1},"isAccessibleForFree":{}}',
    ],
  ])('JSON-LD: %s', (_, json) => {
    const text =
      '<p>The ferry of Auren runs again since Monday, as it did before the flood of March.</p>';
    const page = extractPage(
      `<script type="application/ld+json">${json()}</script><article><h1>Ferry</h1>${text}</article>`,
      BASE,
      String,
    );
    expect(page.bodyText).toContain('The ferry of Auren');
    expect(page.byline).toEqual([]);
    expect(Object.hasOwn(Object.prototype, 'headline')).toBe(false);
  });

  test('feeds: a header and a page without end', () => {
    const feeds = discoverFeeds(
      Array.from(
        { length: 5000 },
        (_, at) => `<link rel=alternate type=application/rss+xml href=/${at}>`,
      ).join(''),
      BASE,
      `${times(100_000, '<a>;')}${times(100_000, '<https://e.example/f>; rel="alternate')}`,
    );
    expect(feeds).toHaveLength(20);
  });
});
