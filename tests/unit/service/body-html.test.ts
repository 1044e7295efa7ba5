import { expect, test } from 'vitest';
import { bodyHtml } from '../../../src/service/content/body-html.ts';

test.each<[string, string]>([
  ['<p>Water <em>rose</em><br />twice.</p>', '<p>Water <em>rose</em><br />twice.</p>'],
  ['<p onclick="x()" style="color:red" class="y">One</p>', '<p>One</p>'],
  ['<script>alert(1)</script><p>Two</p>', '<p>Two</p>'],
  ['<p>Three</p><style>p{}</style><iframe src="https://evil.example"></iframe>', '<p>Three</p>'],
  [
    '<figure><img src="media:med_1" alt="A boat" width="9" height="6" onerror="x()" /><figcaption>Boat</figcaption></figure>',
    '<figure><img src="media:med_1" alt="A boat" width="9" height="6" /><figcaption>Boat</figcaption></figure>',
  ],
  ['<img src="https://evil.example/pixel.gif" /><img src="data:image/png;base64,AA" /><img />', ''],
  [
    '<a href="javascript:alert(1)">a</a><a href="http://plain.example">b</a><a href="//evil.example">c</a>',
    '<a>a</a><a>b</a><a>c</a>',
  ],
  [
    '<a href="https://station.example/x" target="_top">d</a><a href="mailto:desk@station.example">e</a>',
    '<a href="https://station.example/x">d</a><a href="mailto:desk@station.example">e</a>',
  ],
  ['<svg><a xlink:href="javascript:x"><p>Four</p></a></svg>', '<a><p>Four</p></a>'],
  [
    '<p>a<sup id="r"><a href="#n" name="x">1</a></sup></p><ol><li id="n">b</li></ol>',
    '<p>a<sup id="r"><a href="#n">1</a></sup></p><ol><li id="n">b</li></ol>',
  ],
  ['<span lang="fr" dir="ltr" id="x">Cinq</span>', '<span lang="fr" dir="ltr">Cinq</span>'],
])('%s is served as %s', (given, served) => {
  expect(bodyHtml(given)).toBe(served);
});
