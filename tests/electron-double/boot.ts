import { readFileSync, statSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createElectron } from './electron.ts';
import type { Manifest } from './app.ts';

const args = process.argv.slice(2);
/** Playwright preloads a loader with `-r`, as it does with the real executable. */
const loaders: string[] = [];
while (args[0] === '-r') loaders.push(...args.splice(0, 2).slice(1));
const target = path.resolve(args.find((arg) => !arg.startsWith('-')) ?? '.');
const root = statSync(target).isDirectory() ? target : path.dirname(target);
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Manifest & {
  main?: string;
};
const entry = root === target ? path.join(root, manifest.main ?? 'index.js') : target;

process.argv = [
  path.join(import.meta.dirname, 'electron'),
  ...loaders.flatMap((loader) => ['-r', loader]),
  ...args,
];
Object.defineProperty(process.versions, 'electron', {
  value: readFileSync(path.join(import.meta.dirname, 'version'), 'utf8').trim(),
  enumerable: true,
});
Object.assign(process, { type: 'browser' });

const electron = createElectron(manifest, root, args);
const NAME = Symbol.for('multimedia-desk.electron-double');
Object.assign(globalThis, { [NAME]: electron });
const lookUp = "globalThis[Symbol.for('multimedia-desk.electron-double')]";
const require = createRequire(import.meta.url);

/** Answers `import 'electron'` and `require('electron')` from memory. */
registerHooks({
  resolve(specifier, context, next) {
    if (specifier !== 'electron') return next(specifier, context);
    const isImport = context.conditions?.includes('import') ?? false;
    return {
      url: isImport ? 'electron-double:module' : 'electron-double:commonjs',
      format: isImport ? 'module' : 'commonjs',
      shortCircuit: true,
    };
  },
  load(url, context, next) {
    if (url === 'electron-double:commonjs')
      return { format: 'commonjs', shortCircuit: true, source: `module.exports = ${lookUp}` };
    if (url !== 'electron-double:module') return next(url, context);
    const names = Object.keys(electron)
      .map((name) => `export const ${name} = electron.${name};`)
      .join('\n');
    return {
      format: 'module',
      shortCircuit: true,
      source: `const electron = ${lookUp};\nexport default electron;\n${names}`,
    };
  },
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0));
for (const loader of loaders) require(loader);

// Electron is ready only after the entry module has been evaluated: a top-level await on readiness
// never ends there. Say so here.
const deadlock = setTimeout(() => {
  console.error(
    'electron-double: the entry module is still evaluating after 60 s; in Electron a top-level await on app.whenReady() never ends',
  );
  process.exit(1);
}, 60_000);
import(pathToFileURL(entry).href).then(
  () => {
    clearTimeout(deadlock);
    (electron['app'] as { start(): void }).start();
  },
  (thrown: unknown) => {
    console.error('App threw an error during load\n', thrown);
    process.exit(1);
  },
);
