/**
 * A file beside the built program; null when run from sources.
 *
 * @param moduleUrl of the module that asks
 */
export function builtFile(name: string, moduleUrl: string): URL | null {
  if (moduleUrl.endsWith('.ts')) return null;
  // In a package the workers and the demo's files are unpacked beside the archive: a thread needs a
  // real file.
  const out = moduleUrl
    .slice(0, moduleUrl.lastIndexOf('/out/main/') + '/out/main/'.length)
    .replace('/app.asar/', '/app.asar.unpacked/');
  return new URL(name, out);
}
