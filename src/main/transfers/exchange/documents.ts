import { KEPT } from '../../../shared/model/document-limits.ts';
import type { MetalinkFile } from '../../formats/metalink.ts';

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};
/** What XML has no way to write, escaped or not (XML 1.0, 2.2); in a list of aria2 it may stand. */
const NO_XML = /(?![\t\n\r\x7f-\x9f])[\p{Cc}\ufffe\uffff]/gu;
/** What is a control character there too, or would not be read as it is. */
function xml(text: string): string {
  return text.replaceAll(
    /[&<>"'\p{Cc}]/gu,
    (character) => ENTITIES[character] ?? `&#${character.charCodeAt(0)};`,
  );
}
/** As every such character in a name is replaced, so that the file has the name that was told. */
const nameText = (name: string): string => xml(name.replaceAll(NO_XML, '-'));
const addressText = (url: string): string => xml(url.replaceAll(NO_XML, encodeURIComponent));

function fileElement({ name, bytes, sha256, pieces, urls }: MetalinkFile): string {
  return [
    `  <file name="${nameText(name)}">`,
    ...(bytes === null ? [] : [`    <size>${bytes}</size>`]),
    ...(sha256 === null ? [] : [`    <hash type="sha-256">${sha256}</hash>`]),
    ...(pieces
      ? [
          `    <pieces type="sha-256" length="${pieces.pieceBytes}">`,
          ...pieces.hashes.map((hash) => `      <hash>${hash}</hash>`),
          '    </pieces>',
        ]
      : []),
    ...urls.map((url, index) => `    <url priority="${index + 1}">${addressText(url)}</url>`),
    '  </file>',
  ].join('\n');
}

const written = (attributes: string, head: string, files: readonly MetalinkFile[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<metalink xmlns="urn:ietf:params:xml:ns:metalink"${attributes}>\n  <generator>multimedia-desk</generator>\n${head}${files.map(fileElement).join('\n')}\n</metalink>\n`;

/** A Metalink 4 document (RFC 5854) of files with different names, each with an address. */
export const metalinkDocument = (files: readonly MetalinkFile[], published: string): string =>
  written('', `  <published>${published}</published>\n`, files);

/** As it is kept with a transfer, with the names it came with. */
export const keptDocument = (files: readonly MetalinkFile[]): string =>
  written(` xmlns:desk="${KEPT.namespace}" desk:${KEPT.attribute}="true"`, '', files);
