import { readFile } from 'node:fs/promises';
import nodePath from 'node:path';
import { readNewsMl } from '../../formats/newsml.ts';
import { readNinjs } from '../../formats/ninjs.ts';
import { joined, type SidecarFacts } from '../../formats/sidecar.ts';
import { plainText } from './asset-parts.ts';
import type { FolderFile } from './folder-scan.ts';

/** Longer ones are no texts about a film. */
const MAX_BYTES = 2 * 1024 * 1024;

/** Texts of older systems are in the encoding of Western Windows. */
function decoded(bytes: Uint8Array): string {
  const named = /^<\?xml[^>]*encoding=["']([\w-]+)["']/iu.exec(
    new TextDecoder('latin1').decode(bytes.subarray(0, 200)),
  )?.[1];
  for (const encoding of [...(named === undefined ? [] : [named]), 'utf-8'])
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      // Another one, or none that anybody knows.
    }
  return new TextDecoder('windows-1252').decode(bytes);
}

/** What it says of the rights is unknown: its film is on hold until it can be read. */
const UNREADABLE: SidecarFacts = { status: 'withheld' };

/** News standards first: what people write beside them is for people. */
const ORDER = ['xml', 'json', 'txt'];
const extensionOf = (path: string): string => nodePath.extname(path).slice(1).toLowerCase();

function factsOf(path: string, text: string): SidecarFacts | null {
  switch (extensionOf(path)) {
    case 'xml':
      return readNewsMl(text);
    case 'json':
      return readNinjs(text, plainText);
    default:
      return text.trim() === '' ? null : { script: text.trim() };
  }
}

/** What the texts beside a film say of it. */
export async function readSidecars(
  root: string,
  texts: readonly FolderFile[],
): Promise<SidecarFacts> {
  const ordered = texts
    .filter(({ bytes }) => bytes <= MAX_BYTES)
    .toSorted((a, b) => ORDER.indexOf(extensionOf(a.path)) - ORDER.indexOf(extensionOf(b.path)));
  const all: SidecarFacts[] = [];
  for (const { path } of ordered) {
    const bytes = await readFile(nodePath.join(root, path)).catch(() => null);
    const facts = bytes === null ? UNREADABLE : factsOf(path, decoded(bytes));
    if (facts) all.push(facts);
  }
  return joined(all);
}
