import nodePath from 'node:path';
import { decodedText } from '../../formats/decode-text.ts';
import { readNewsMl } from '../../formats/newsml.ts';
import { readNinjs } from '../../formats/ninjs.ts';
import { joined, UNREADABLE, type SidecarFacts } from '../../formats/sidecar.ts';
import { readBounded } from '../fs/file-source.ts';
import { plainText } from './asset-parts.ts';
import type { FolderFile } from './folder-scan.ts';

/** By the endings of their names. What is longer can’t be read in a time that anybody waits for. */
const MAX_BYTES = { xml: 2 * 2 ** 20, json: 2 * 2 ** 20, txt: 2 ** 19 } as const;
type Extension = keyof typeof MAX_BYTES;
/** Texts beside one film; more of them are as one that can’t be read. */
const MAX_TEXTS = 50;

/** News standards first: what people write beside them is for people. */
const ORDER: readonly Extension[] = ['xml', 'json', 'txt'];
const extensionOf = (path: string): Extension => {
  const ending = nodePath.extname(path).slice(1).toLowerCase();
  return ORDER.find((one) => one === ending) ?? 'txt';
};

function factsOf(path: string, text: string): SidecarFacts | null {
  // In an encoding that isn’t known, or not yet written.
  if (text.includes('\0') || (text.trim() === '' && extensionOf(path) !== 'txt')) return UNREADABLE;
  const extension = extensionOf(path);
  if (extension === 'xml') return readNewsMl(text);
  if (extension === 'json') return readNinjs(text, plainText);
  return text.trim() === '' ? null : { script: text.trim() };
}

/** What the texts beside a film say of it. */
export async function readSidecars(
  root: string,
  texts: readonly FolderFile[],
): Promise<SidecarFacts> {
  const ordered = texts
    .toSorted((a, b) => ORDER.indexOf(extensionOf(a.path)) - ORDER.indexOf(extensionOf(b.path)))
    .slice(0, MAX_TEXTS);
  const all: SidecarFacts[] = ordered.length < texts.length ? [UNREADABLE] : [];
  for (const { path } of ordered) {
    const bytes = await readBounded(nodePath.join(root, path), MAX_BYTES[extensionOf(path)]);
    const facts = bytes === null ? UNREADABLE : factsOf(path, decodedText(bytes));
    if (facts) all.push(facts);
  }
  return joined(all);
}
