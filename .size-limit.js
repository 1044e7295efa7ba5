import { readFileSync } from 'node:fs';

/** What the page loads before it shows: its script, what that imports, and their styles. */
const firstLoad = () =>
  [
    ...readFileSync('out/renderer/index.html', 'utf8').matchAll(
      /"\.\/(assets\/[^"]+\.(?:js|css))"/gu,
    ),
  ].map(([, file]) => `out/renderer/${file}`);

export default [
  { name: 'renderer, first load', path: firstLoad(), limit: '350 kB', gzip: true },
  { name: 'preload', path: 'out/preload/preload.cjs', limit: '1 kB', gzip: true },
];
