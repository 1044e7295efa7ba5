import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import type { Plugin } from 'vite';
import { contract } from './src/shared/contract/index.ts';

/**
 * The preload gets names and kinds only: no schema, no zod, some 1 kB. So the names of a kind are
 * one text, `app info disk;settings get set`: each area with what is after its dot.
 */
function namesOf(kind: 'command' | 'push'): string {
  const names = Object.entries(contract).flatMap(([name, entry]) =>
    entry.kind === kind ? [name.split('.')] : [],
  );
  return [...Map.groupBy(names, ([area]) => area)]
    .map(([area, own]) => [area, ...own.map(([, name]) => name)].join(' '))
    .join(';');
}

/**
 * `import 'node:http'` reads every export of it, and three of them load Node's WebSocket client: 14
 * MiB and 30 ms in every thread, for nothing. Asked for in this way they are not touched.
 */
const leanHttp: Plugin = {
  name: 'lean-http',
  renderChunk: (code) =>
    code.replace(
      /^import (?:\* as )?([\w$]+)(?:, \{([^}]*)\})? from "(?:node:)?http";$/gmu,
      (_, name: string, names: string | undefined) => {
        const taken =
          names === undefined ? '' : ` const {${names.replaceAll(' as ', ': ')}} = ${name};`;
        return `const ${name} = process.getBuiltinModule("node:http");${taken}`;
      },
    ),
};

/**
 * Settings are checked with zod. Conf brings a checker of its own (13 MiB, 40 ms at every start)
 * for a schema that it is never given.
 */
const noAjv: Plugin = {
  name: 'no-ajv',
  enforce: 'pre',
  resolveId: (id) => (id === 'ajv/dist/2020.js' || id === 'ajv-formats' ? '\0no-ajv' : null),
  load: (id) =>
    id === '\0no-ajv'
      ? `export class Ajv2020 { constructor() { throw new Error('No settings are checked by ajv here'); } }\nexport default { default: () => undefined };`
      : null,
};

/** The engine that runs proxy scripts (`src/main/adapters/http/pac.ts`): a file beside the program. */
const pacEngine: Plugin = {
  name: 'pac-engine',
  generateBundle() {
    this.emitFile({
      type: 'asset',
      fileName: 'quickjs.wasm',
      source: readFileSync(createRequire(import.meta.url).resolve('quickjs-wasi/quickjs.wasm')),
    });
  },
};

export default defineConfig({
  main: {
    plugins: [leanHttp, noAjv, pacEngine],
    build: {
      sourcemap: true,
      // Everything is bundled but what has native code, so that the package holds one native module
      // and no tree of dependencies.
      externalizeDeps: {
        include: ['keytar'],
        exclude: ['electron-store', 'conf', 'zod', 'got', 'ws'],
      },
      rollupOptions: {
        input: {
          entry: 'src/main/electron/entry.ts',
          desk: 'src/main/cli/main.ts',
          'service-cli': 'src/service/cli.ts',
          'worker-transfers': 'src/main/threads/transfers.worker.ts',
          'worker-hashing': 'src/main/threads/hashing.worker.ts',
          'worker-library': 'src/main/threads/library.worker.ts',
          'worker-demo-service': 'src/main/threads/demo-service.worker.ts',
          'worker-database-check': 'src/main/threads/database-check.worker.ts',
          'worker-document-reader': 'src/main/threads/document-reader.worker.ts',
        },
        output: { format: 'es' },
      },
    },
  },
  preload: {
    define: {
      __CONTRACT_NAMES__: JSON.stringify({ command: namesOf('command'), push: namesOf('push') }),
    },
    build: {
      externalizeDeps: false,
      isolatedEntries: true,
      minify: true,
      rollupOptions: {
        input: { preload: 'src/preload/preload.ts' },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src/renderer',
    plugins: [react()],
    build: { sourcemap: true, minify: true, rollupOptions: { input: 'src/renderer/index.html' } },
  },
});
