import type { Manifest } from '../../shared/api/packages.ts';

const escaped = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

/** RFC 5854. `urlOf` gives a file's address; names include the package's folder. */
export function metalinkOf(manifest: Manifest, urlOf: (fileId: string) => string): string {
  const files = manifest.files.map((file) => {
    const hashes = file.pieces?.hashes.map((hash) => `<hash>${hash}</hash>`).join('') ?? '';
    const pieces = file.pieces
      ? `<pieces type="sha-256" length="${file.pieces.pieceBytes}">${hashes}</pieces>`
      : '';
    return (
      `<file name="${escaped(`${manifest.rootName}/${file.path}`)}"><size>${file.bytes}</size><hash type="sha-256">${file.sha256}</hash>${pieces}` +
      `<url priority="1">${escaped(urlOf(file.fileId))}</url></file>`
    );
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<metalink xmlns="urn:ietf:params:xml:ns:metalink"><published>${manifest.createdAt}</published>${files.join('')}</metalink>\n`;
}
