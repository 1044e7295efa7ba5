/**
 * URL of a worker's code: the source itself when run from sources, in `out/main` when built.
 *
 * @param name of the entry in this folder: `<name>.worker.ts`
 */
export function workerFile(
  name: 'library' | 'transfers' | 'hashing' | 'demo-service' | 'database-check' | 'document-reader',
): URL {
  const moduleUrl = import.meta.url;
  if (moduleUrl.endsWith('.ts')) return new URL(`./${name}.worker.ts`, moduleUrl);
  // In a package the workers and the demo's files are unpacked beside the archive: a thread needs a
  // real file.
  const out = moduleUrl
    .slice(0, moduleUrl.lastIndexOf('/out/main/') + '/out/main/'.length)
    .replace('/app.asar/', '/app.asar.unpacked/');
  return new URL(`worker-${name}.js`, out);
}
