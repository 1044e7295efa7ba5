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
  // Two thirds of it are the names of the contract, which grow with what the program can do.
  { name: 'preload', path: 'out/preload/preload.cjs', limit: '1250 B', gzip: true },
];
