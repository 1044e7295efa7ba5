import { expect, test } from 'vitest';
import { discoverFeeds } from '../../../src/main/formats/feed-discovery.ts';

const PAGE = 'https://harbour.example/news/';
const urls = (html: string, header: string | null = null): string[] =>
  discoverFeeds(html, PAGE, header).map(({ url }) => url);

test('feeds of the page, against its base, with their names and kinds', () => {
  expect(
    discoverFeeds(
      `<head><base href="https://static.harbour.example/x/"><link rel="alternate" type="application/rss+xml" title="All &amp; more" href="rss.xml">
       <LINK REL="home alternate" TYPE="Application/Atom+XML; charset=utf-8" HREF="/atom">
       <link rel=alternate type=application/rdf+xml href="//rdf.example/r"><link rel=alternate type=application/feed+json href="f.json">`,
      PAGE,
      null,
    ),
  ).toEqual([
    { url: 'https://static.harbour.example/x/rss.xml', title: 'All & more', kind: 'rss' },
    { url: 'https://static.harbour.example/atom', title: '', kind: 'atom' },
    { url: 'https://rdf.example/r', title: '', kind: 'rdf' },
    { url: 'https://static.harbour.example/x/f.json', title: '', kind: 'json' },
  ]);
});

test('those of the header come first, those of comments last, each once', () => {
  const page =
    '<link rel=alternate type=application/rss+xml title="Comments Feed" href="/comments/feed/"><link rel=alternate type=application/rss+xml href="/feed#top"><link rel=alternate type=application/rss+xml href="/b"><link rel=alternate type=application/rss+xml title="Harbour » Crane Comments" href="/crane/feed/">';
  expect(
    urls(
      page,
      '</x>; rel=next, </b>; rel="alternate"; type="application/rss+xml"; title="B, b; c", <https://harbour.example/c>;type=application/atom+xml;rel=alternate',
    ),
  ).toEqual(
    ['b', 'c', 'feed', 'comments/feed/', 'crane/feed/'].map(
      (path) => `https://harbour.example/${path}`,
    ),
  );
});

test('nothing else is taken for one', () => {
  const links = [
    'rel=alternate hreflang=fr href="/fr"',
    'rel=alternate type="text/html" href="/m"',
    'rel=stylesheet type="application/rss+xml" href="/s"',
    'rel=alternate type="application/json" href="/wp-json/wp/v2/posts/1"',
    'rel=alternate type="application/json+oembed" href="/wp-json/oembed"',
    'rel=alternate type="application/rss+xml" href=""',
    'rel=alternate type="application/rss+xml"',
    'rel=alternate type="application/rss+xml" href="javascript:alert(1)"',
    'rel=alternate type="application/rss+xml" href="file:///etc/passwd"',
    'rel=alternate type="application/rss+xml" href="https://a:b@harbour.example/f"',
  ];
  expect(urls(links.map((link) => `<link ${link}>`).join(''))).toEqual([]);
  expect(urls('<link rel=alternate type="application/json" href="/feed.json">')).toHaveLength(1);
  expect(urls('', '<javascript:alert(1)>; rel=alternate; type=application/rss+xml')).toEqual([]);
});
