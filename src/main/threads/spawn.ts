import { builtFile } from '../built-file.ts';

/**
 * URL of a worker's code: the source itself when run from sources, in `out/main` when built.
 *
 * @param name of the entry in this folder: `<name>.worker.ts`
 */
export function workerFile(
  name: 'library' | 'transfers' | 'hashing' | 'demo-service' | 'database-check' | 'document-reader',
): URL {
  return (
    builtFile(`worker-${name}.js`, import.meta.url) ??
    new URL(`./${name}.worker.ts`, import.meta.url)
  );
}
