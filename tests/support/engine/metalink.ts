import { sha256 } from './origin.ts';

/** `pieceBytes` null: only the hash of the file; `hasHash` false: no hash at all. */
export type MetalinkEntry = {
  name: string;
  bytes: Buffer;
  url: string;
  pieceBytes: number | null;
  hasHash?: boolean;
};

function entryOf({ name, bytes, url, pieceBytes, hasHash = true }: MetalinkEntry): string {
  const hashes =
    pieceBytes === null
      ? []
      : Array.from(
          { length: Math.ceil(bytes.length / pieceBytes) },
          (_, i) => `<hash>${sha256(bytes.subarray(i * pieceBytes, (i + 1) * pieceBytes))}</hash>`,
        );
  const pieces =
    pieceBytes === null
      ? ''
      : `<pieces length="${pieceBytes}" type="sha-256">${hashes.join('')}</pieces>`;
  return `<file name="${name}"><size>${bytes.length}</size>${hasHash ? `<hash type="sha-256">${sha256(bytes)}</hash>` : ''}${pieces}<url priority="1">${url}</url></file>`;
}

/** A Metalink 4 document (RFC 5854). */
export const metalinkOf = (files: MetalinkEntry[]): string =>
  `<?xml version="1.0"?><metalink xmlns="urn:ietf:params:xml:ns:metalink">${files.map(entryOf).join('')}</metalink>`;
