import { expect, test, vi } from 'vitest';
import { bodyOf } from '../../src/renderer/features/articles/body.ts';

const WORDS = { enlarge: 'Enlarge', table: 'Table', back: 'Back' };
const dom = (html: string): HTMLElement => {
  const fragment = bodyOf(html, (mediaId) => `media/article/${mediaId}?pass`, WORDS);
  const holder = fragment.ownerDocument.createElement('div');
  holder.append(fragment);
  return holder;
};

test('nothing that runs or reaches out survives, whatever was stored', () => {
  const shown = dom(
    '<p onclick="x()">a<script>x()</script><iframe src="https://e.example"></iframe></p><img src="https://e.example/p.png" onerror="x()"><img src="media:m1" srcset="https://e.example/q.png"><svg><a href="javascript:x()">s</a></svg><a href="javascript:x()">j</a><a href="data:text/html,x">d</a><a href="http://e.example">h</a><a href="//e.example">r</a><a href="https://127.0.0.1:9/">l</a><a href="https://u:p@e.example">p</a><form action="https://e.example"><input></form><p style="background:url(https://e.example)" class="own" data-open-asset="a">b</p><div id="root">c</div><meta http-equiv="refresh" content="0;url=https://e.example"><base href="https://e.example/">',
  );
  expect(
    shown.querySelectorAll(
      'script, iframe, svg, form, input, meta, base, [onclick], [onerror], [style], [srcset], [id], .own, [data-open-asset]',
    ),
  ).toHaveLength(0);
  expect([...shown.querySelectorAll('img')].map((image) => image.getAttribute('src'))).toEqual([
    'media/article/m1?pass',
  ]);
  expect([...shown.querySelectorAll('a')].map((link) => link.getAttribute('href'))).toEqual([]);
  expect(shown.textContent).toContain('j');
});

test('what is made of a body loads nothing: its document shows nothing', () => {
  expect(bodyOf('<img src="media:m1">', String, WORDS).ownerDocument.defaultView).toBeNull();
});

test('links lead out, name their host and give nothing away', () => {
  const link = dom('<p><a href="https://e.example/a" target="_self">e</a></p>').querySelector('a');
  expect(link?.getAttribute('target')).toBeNull();
  expect(link?.getAttribute('rel')).toBe('noopener noreferrer');
  expect(link?.getAttribute('aria-description')).toBe('e.example');
  expect(
    dom('<a href="mailto:desk@e.example">m</a>').querySelector('a')?.getAttribute('href'),
  ).toBe('mailto:desk@e.example');
});

test('a reference leads to its note and back, by ids that meet no other', () => {
  const shown = dom(
    '<p>Counted<sup><a href="#fn1">1</a></sup> and<sup><a href="#none">2</a></sup></p><ol><li id="fn1">Twice.</li><li id="unused">x</li></ol>',
  );
  const [reference, back] = shown.querySelectorAll('a');
  expect(shown.querySelectorAll('a')).toHaveLength(2);
  expect(reference?.getAttribute('href')).toBe('#note-fn1');
  expect(shown.querySelector('li')?.id).toBe('note-fn1');
  expect(back?.closest('li')?.id).toBe('note-fn1');
  expect(back?.getAttribute('href')).toBe(`#${reference?.id}`);
  expect(back?.getAttribute('aria-label')).toBe('Back');
  expect(shown.querySelectorAll('[id]')).toHaveLength(2);
});

test('a note that leads back by itself gets no second link', () => {
  const shown = dom(
    '<p><sup><a href="#n" id="r">1</a></sup></p><p id="n">Twice. <a href="#r">↑</a></p>',
  );
  expect([...shown.querySelectorAll('a')].map((link) => link.getAttribute('href'))).toEqual([
    '#note-n',
    '#note-r',
  ]);
});

test('however many notes there are, the text is looked through as often', () => {
  const looked = vi.spyOn(DocumentFragment.prototype, 'querySelectorAll');
  const looks = (count: number): number => {
    looked.mockClear();
    const notes = Array.from({ length: count }, (_, n) => n);
    const shown = dom(
      `${notes.map((n) => `<p>x<sup><a href="#n${n}">${n}</a></sup></p>`).join('')}<ol>${notes.map((n) => `<li id="n${n}">y</li>`).join('')}</ol>`,
    );
    const { length } = looked.mock.calls;
    expect(shown.querySelectorAll('li a')).toHaveLength(count);
    return length;
  };
  expect(looks(50)).toBe(looks(1));
  expect(looks(1)).toBeGreaterThan(0);
  looked.mockRestore();
});

test('a note that several references lead to leads back to the first', () => {
  const shown = dom(
    '<p>a<sup><a href="#n">1</a></sup> b<sup><a href="#n">1</a></sup></p><ol><li id="n">y</li></ol>',
  );
  expect(shown.querySelectorAll('li a')).toHaveLength(1);
  expect(shown.querySelector('li a')?.getAttribute('href')).toBe(
    `#${shown.querySelector('sup a')?.id}`,
  );
});

test('a picture that isn’t here leaves its alternative text, and nothing where it has none', () => {
  const shown = dom(
    '<figure><img src="https://e.example/a.jpg" alt="A gauge in the lake"></figure><img src="https://e.example/b.jpg">',
  );
  expect(shown.querySelector('[role="img"]')?.textContent).toBe('A gauge in the lake');
  expect(shown.querySelector('img')).toBeNull();
});

test('sizes, spans and directions survive', () => {
  const shown = dom(
    '<img src="media:a" width="640" height="360"><p><span lang="ar" dir="rtl">x</span> <time datetime="2026-11-24">today</time></p><table><tr><td colspan="2">b</td></tr></table>',
  );
  expect(shown.querySelector('img[width="640"][height="360"]')).not.toBeNull();
  expect(shown.querySelector('span[lang="ar"][dir="rtl"]')).not.toBeNull();
  expect(shown.querySelector('time[datetime]')).not.toBeNull();
  expect(shown.querySelector('td[colspan="2"]')).not.toBeNull();
});

test('pictures can be enlarged, but not those of a link', () => {
  const shown = dom(
    '<img src="media:a" alt="Lake"><img src="media:b"><a href="https://e.example/"><img src="media:c" alt=""></a>',
  );
  const buttons = [...shown.querySelectorAll('button')];
  expect(buttons.map((button) => button.getAttribute('aria-label'))).toEqual([null, 'Enlarge']);
  expect(shown.querySelectorAll('button img')).toHaveLength(2);
});

test('a table scrolls in a box of its own; a simple row of headers stays', () => {
  const simple = dom(
    '<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>',
  );
  expect(simple.querySelector('.wide.sticky > table')).not.toBeNull();
  const spanned = dom('<table><thead><tr><th colspan="2">a</th></tr></thead></table>');
  expect(spanned.querySelector('.wide:not(.sticky) > table')).not.toBeNull();
});
