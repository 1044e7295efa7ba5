import { readFileSync } from 'node:fs';

/** What the page loads before it shows: its script, what that imports, and their styles. */
const firstLoad = () =>
  [
    ...readFileSync('out/renderer/index.html', 'utf8').matchAll(
      /"\.\/(assets\/[^"]+\.(?:js|css))"/gu,
    ),
  ].map(([, file]) => `out/renderer/${file}`);

/** What `desk` reads before it does anything: its program, and what that imports at once. */
function commandLine() {
  const [program] = readFileSync('out/main/desk.js', 'utf8').match(/chunks\/program-[^"]+/u);
  const files = new Set();
  const add = (file) => {
    if (files.has(file)) return;
    files.add(file);
    const code = readFileSync(file, 'utf8');
    for (const [, next] of code.matchAll(/^import (?:[^"]* from )?"\.\/([^"]+)";$/gmu))
      add(`out/main/chunks/${next}`);
  };
  add(`out/main/${program}`);
  return [...files];
}

export default [
  { name: 'renderer, first load', path: firstLoad(), limit: '350 kB', gzip: true },
  // Two thirds of it are the names of the contract, which grow with what the program can do.
  { name: 'preload', path: 'out/preload/preload.cjs', limit: '1250 B', gzip: true },
  // Every call waits for it first, so what few commands need is imported by these.
  {
    name: 'command line, at its start',
    path: commandLine(),
    limit: '1600 kB',
    gzip: false,
    brotli: false,
  },
];
