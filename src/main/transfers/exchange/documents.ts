import type { MetalinkFile } from '../ports.ts';

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
/** XML knows no other control characters than tab and line ends, escaped or not (XML 1.0, 2.2). */
function xml(text: string): string {
  return text.replaceAll(/[&<>"'\p{Cc}\ufffe\uffff]/gu, (character) => ENTITIES[character] ?? ('\t\n\r'.includes(character) ? `&#${character.charCodeAt(0)};` : ''));
}

/** A Metalink 4 document (RFC 5854). A file that no address leads to is one of descriptions that we do not read: the standard wants one or the other. */
export function metalinkDocument(files: readonly MetalinkFile[], published: string): string {
  const lines = files.map(({ name, bytes, sha256, pieces, urls }) => [
    `  <file name="${xml(name)}">`,
    ...(bytes === null ? [] : [`    <size>${bytes}</size>`]),
    ...(sha256 === null ? [] : [`    <hash type="sha-256">${sha256}</hash>`]),
    ...(pieces ? [`    <pieces type="sha-256" length="${pieces.pieceBytes}">`, ...pieces.hashes.map((hash) => `      <hash>${hash}</hash>`), '    </pieces>'] : []),
    ...urls.map((url, index) => `    <url priority="${index + 1}">${xml(url)}</url>`),
    '  </file>',
  ].join('\n'));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<metalink xmlns="urn:ietf:params:xml:ns:metalink">\n  <generator>multimedia-desk</generator>\n  <published>${published}</published>\n${lines.join('\n')}\n</metalink>\n`;
}
