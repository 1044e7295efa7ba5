import { KEPT } from '../../../shared/model/document-limits.ts';
import type { MetalinkFile } from '../ports.ts';

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
/** XML knows no other control characters than tab and line ends, escaped or not (XML 1.0, 2.2). */
function xml(text: string): string {
  return text.replaceAll(/[&<>"'\p{Cc}\ufffe\uffff]/gu, (character) => ENTITIES[character] ?? ('\t\n\r'.includes(character) ? `&#${character.charCodeAt(0)};` : ''));
}

function fileElement({ name, bytes, sha256, pieces, urls }: MetalinkFile): string {
  return [
    `  <file name="${xml(name)}">`,
    ...(bytes === null ? [] : [`    <size>${bytes}</size>`]),
    ...(sha256 === null ? [] : [`    <hash type="sha-256">${sha256}</hash>`]),
    ...(pieces ? [`    <pieces type="sha-256" length="${pieces.pieceBytes}">`, ...pieces.hashes.map((hash) => `      <hash>${hash}</hash>`), '    </pieces>'] : []),
    ...urls.map((url, index) => `    <url priority="${index + 1}">${xml(url)}</url>`),
    '  </file>',
  ].join('\n');
}

const written = (attributes: string, head: string, files: readonly MetalinkFile[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<metalink xmlns="urn:ietf:params:xml:ns:metalink"${attributes}>\n  <generator>multimedia-desk</generator>\n${head}${files.map(fileElement).join('\n')}\n</metalink>\n`;

/** A Metalink 4 document (RFC 5854) of files with different names, each with an address. */
export const metalinkDocument = (files: readonly MetalinkFile[], published: string): string => written('', `  <published>${published}</published>\n`, files);

/** As it is kept with a transfer, with the names it came with. */
export const keptDocument = (files: readonly MetalinkFile[]): string => written(` xmlns:desk="${KEPT.namespace}" desk:${KEPT.attribute}="true"`, '', files);
