/**
 * A server of generated feeds, in a process of its own: RSS, Atom and JSON Feed in turns, with
 * validators, and the pictures of their articles; under `/xml` those of JSON are RSS too. Tells its
 * address in its first line.
 */
import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { ARTICLES_EACH, FEEDS, generatedArticle, type GeneratedArticle } from './article-texts.ts';

const PICTURE_BYTES = 40_000;
const PNG_START = Buffer.from('89504e470d0a1a0a', 'hex');

const escaped = (html: string): string =>
  html.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

const rss = (title: string, articles: readonly GeneratedArticle[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>${title}</title><link>https://paper.example/</link><description>Generated</description>${articles
    .map(
      ({ id, title: headline, at, topic, html }) =>
        `<item><guid>${id}</guid><link>${id}</link><title>${headline}</title><category>${topic}</category><pubDate>${new Date(at).toUTCString()}</pubDate><content:encoded><![CDATA[${html}]]></content:encoded></item>`,
    )
    .join('')}</channel></rss>`;
const atom = (title: string, articles: readonly GeneratedArticle[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>${title}</title><id>urn:${title}</id><updated>2026-11-25T00:00:00Z</updated>${articles
    .map(
      ({ id, title: headline, at, topic, html }) =>
        `<entry><id>${id}</id><link href="${id}"/><title>${headline}</title><category term="${topic}"/><published>${at}</published><updated>${at}</updated><content type="html">${escaped(html)}</content></entry>`,
    )
    .join('')}</feed>`;
const json = (title: string, articles: readonly GeneratedArticle[]): string =>
  JSON.stringify({
    version: 'https://jsonfeed.org/version/1.1',
    title,
    items: articles.map(({ id, title: headline, at, topic, html }) => ({
      id,
      url: id,
      title: headline,
      date_published: at,
      tags: [topic],
      content_html: html,
    })),
  });
const JSON_FEED = 'application/feed+json';
const KINDS = [
  { write: rss, type: 'application/rss+xml' },
  { write: atom, type: 'application/atom+xml' },
  { write: json, type: JSON_FEED },
] as const;

const server = http.createServer((request, response) => {
  const [, folder, name = ''] = (request.url ?? '').split('/');
  if (folder === 'picture') {
    const bytes = Buffer.alloc(PICTURE_BYTES, createHash('sha256').update(name).digest());
    PNG_START.copy(bytes);
    response.writeHead(200, { 'content-type': 'image/png' }).end(bytes);
    return;
  }
  const feed = folder === 'xml' ? readable[Number(name)] : feeds[Number(name)];
  if ((folder !== 'feed' && folder !== 'xml') || !feed) {
    response.writeHead(404).end();
    return;
  }
  const headers = { etag: feed.etag, 'content-type': feed.type };
  if (request.headers['if-none-match'] === feed.etag) response.writeHead(304, headers).end();
  else response.writeHead(200, headers).end(feed.bytes);
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
function feedOf(number: number, { write, type }: (typeof KINDS)[number]) {
  const articles = Array.from({ length: ARTICLES_EACH }, (_, n) =>
    generatedArticle(number, n, url),
  );
  const bytes = Buffer.from(write(`Paper ${number}`, articles));
  return { bytes, type, etag: `"${createHash('sha256').update(bytes).digest('hex')}"` };
}
const [first] = KINDS;
const feeds = Array.from({ length: FEEDS }, (_, n) => feedOf(n, KINDS[n % KINDS.length] ?? first));
const readable = feeds.map((feed, n) => (feed.type === JSON_FEED ? feedOf(n, first) : feed));
console.log(JSON.stringify({ url }));
