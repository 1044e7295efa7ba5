import { setImmediate } from 'node:timers/promises';
import { SaxesParser } from 'saxes';
import type { SaxesTagNS } from 'saxes';
import { AppError } from '../../shared/errors.ts';
import { MAX_ADDRESSES, MAX_DOCUMENT_BYTES, MAX_FILES } from '../../shared/model/document-limits.ts';
import type { MetalinkFile } from '../transfers/ports.ts';

/** Far above what an honest document has, and low enough that one made to keep us busy is refused soon. */
const MAX = { elements: 300_000, depth: 100, files: MAX_FILES, hashes: 20, pieces: 100_000, addresses: 100, addressesInAll: MAX_ADDRESSES, text: 8_000 };
/** So much is read before others have their turn. */
const STEP_CHARACTERS = 32 * 1024;
/** Of one text, tag or comment; it is read in one go. */
const MAX_STRETCH = 64 * 1024;
/** What is said of a document repeats little of it. */
const MAX_WHY = 200;
const NAMESPACE = 'urn:ietf:params:xml:ns:metalink';
const FOLDERS = new Set(['metalink', 'metalink/file', 'metalink/file/pieces']);
const LEAVES = new Set(['metalink/file/size', 'metalink/file/hash', 'metalink/file/url', 'metalink/file/pieces/hash']);

const SHA256 = /^[0-9a-f]{64}$/iu;
const SIZE = /^\d{1,15}$/u;
const PRIORITY = /^\d{1,6}$/u;
const LAST_PRIORITY = '999999';
const MIN_PIECE_BYTES = 1024;

const invalid = (why: string, cause?: unknown) => new AppError('metalink-invalid', `Not a usable Metalink 4 document: ${why.slice(0, MAX_WHY)}`, { retryable: false, cause });
const tooMany = (most: number, what: string) => invalid(`it has more than ${most} ${what}`);

type Draft = Omit<MetalinkFile, 'urls'> & { hashes: number; urls: { url: string; priority: number }[] };
type Leaf = { text: string; attributes: SaxesTagNS['attributes'] };

function valueOf(attributes: Leaf['attributes'], name: string): string | null {
  const value = attributes[name]?.value ?? null;
  if (value !== null && value.length > MAX.text) throw invalid(`an attribute is longer than ${MAX.text} characters`);
  return value;
}

const isSha256 = (attributes: Leaf['attributes']): boolean => valueOf(attributes, 'type')?.toLowerCase() === 'sha-256';

function takeSize(file: Draft, text: string): void {
  if (file.bytes !== null || !SIZE.test(text)) throw invalid(`${file.name}: its size is not valid`);
  file.bytes = Number(text);
}

function takeHash(file: Draft, text: string, attributes: Leaf['attributes']): void {
  if (++file.hashes > MAX.hashes) throw tooMany(MAX.hashes, `hashes for ${file.name}`);
  if (!isSha256(attributes)) return;
  if (!SHA256.test(text)) throw invalid(`${file.name}: a SHA-256 has 64 hexadecimal digits`);
  file.sha256 ??= text.toLowerCase();
}

/** Makes files of elements as they begin and end; throws at the first thing that is wrong, or too much. */
class MetalinkReader {
  readonly files: MetalinkFile[] = [];
  /** Of each open element the path from the root; empty where nothing in it counts. */
  readonly #paths: string[] = [];
  #elements = 0;
  #addresses = 0;
  #file: Draft | null = null;
  /** Of the list that is open, if it is of use. */
  #pieces: MetalinkFile['pieces'] = null;
  #leaf: Leaf = { text: '', attributes: {} };

  open({ uri, local, attributes }: SaxesTagNS): void {
    if (++this.#elements > MAX.elements) throw tooMany(MAX.elements, 'elements');
    if (this.#paths.length >= MAX.depth) throw invalid(`its elements lie more than ${MAX.depth} deep in each other`);
    const isRoot = this.#paths.length === 0;
    if (isRoot && (uri !== NAMESPACE || local !== 'metalink')) throw invalid(`its root is not metalink of ${NAMESPACE}`);
    const path = isRoot ? local : `${this.#path}/${local}`;
    this.#paths.push(uri === NAMESPACE && (FOLDERS.has(path) || LEAVES.has(path)) ? path : '');
    if (LEAVES.has(this.#path)) this.#leaf = { text: '', attributes };
    if (this.#path === 'metalink/file') this.#openFile(attributes);
    if (this.#path === 'metalink/file/pieces') this.#openPieces(attributes);
  }

  text(text: string): void {
    if (!LEAVES.has(this.#path)) return;
    this.#leaf.text += text;
    if (this.#leaf.text.length > MAX.text) throw invalid(`a text is longer than ${MAX.text} characters`);
  }

  close(): void {
    const path = this.#paths.pop() ?? '';
    const file = this.#file;
    if (!file) return;
    const { attributes } = this.#leaf;
    const text = this.#leaf.text.trim();
    if (path === 'metalink/file/size') takeSize(file, text);
    if (path === 'metalink/file/url') this.#takeAddress(file, text, attributes);
    if (path === 'metalink/file/hash') takeHash(file, text, attributes);
    if (path === 'metalink/file/pieces/hash') this.#takePiece(file, text);
    if (path === 'metalink/file/pieces') this.#pieces = null;
    if (path === 'metalink/file') this.#finish(file);
  }

  get #path(): string { return this.#paths.at(-1) ?? ''; }

  #openFile(attributes: Leaf['attributes']): void {
    if (this.files.length >= MAX.files) throw tooMany(MAX.files, 'files');
    const name = valueOf(attributes, 'name');
    if (name === null) throw invalid('a file has no name');
    this.#file = { name, bytes: null, sha256: null, pieces: null, hashes: 0, urls: [] };
  }

  #openPieces(attributes: Leaf['attributes']): void {
    const file = this.#file;
    if (!file || file.pieces || !isSha256(attributes)) return;
    const length = valueOf(attributes, 'length') ?? '';
    if (!SIZE.test(length) || Number(length) < MIN_PIECE_BYTES) throw invalid(`${file.name}: its pieces are not valid`);
    this.#pieces = file.pieces = { pieceBytes: Number(length), hashes: [] };
  }

  #takeAddress(file: Draft, url: string, attributes: Leaf['attributes']): void {
    if (file.urls.length >= MAX.addresses) throw tooMany(MAX.addresses, `addresses for ${file.name}`);
    if (++this.#addresses > MAX.addressesInAll) throw tooMany(MAX.addressesInAll, 'addresses');
    const priority = valueOf(attributes, 'priority') ?? LAST_PRIORITY;
    if (!PRIORITY.test(priority)) throw invalid(`${file.name}: a priority is not a number`);
    file.urls.push({ url, priority: Number(priority) });
  }

  #takePiece(file: Draft, text: string): void {
    if (!this.#pieces) return;
    if (this.#pieces.hashes.length >= MAX.pieces) throw tooMany(MAX.pieces, `pieces for ${file.name}`);
    if (!SHA256.test(text)) throw invalid(`${file.name}: its pieces are not valid`);
    this.#pieces.hashes.push(text.toLowerCase());
  }

  #finish({ name, bytes, sha256, pieces, urls }: Draft): void {
    this.files.push({ name, bytes, sha256, pieces, urls: urls.toSorted((a, b) => a.priority - b.priority).map(({ url }) => url) });
    this.#file = null;
  }
}

/** Cuts before a tag, so that no step is much longer than it should be. */
function* stepsOf(source: string): Generator<string> {
  for (let at = 0; at < source.length; ) {
    const tag = source.indexOf('<', at + STEP_CHARACTERS);
    const end = tag === -1 ? source.length : tag;
    if (end - at > STEP_CHARACTERS + MAX_STRETCH) throw invalid(`one of its parts is longer than ${MAX_STRETCH} characters`);
    yield source.slice(at, end);
    at = end;
  }
}

/**
 * Reads a Metalink 4 document (RFC 5854), step by step, so that the downloads of this thread go on meanwhile. No DOCTYPE, so no entities
 * of its own and nothing fetched; bounded in all that it may have. Rejects with `metalink-invalid`, which names the bound.
 */
export async function parseMetalink(xml: string): Promise<MetalinkFile[]> {
  if (Buffer.byteLength(xml) > MAX_DOCUMENT_BYTES) throw invalid(`it has more than ${MAX_DOCUMENT_BYTES} bytes`);
  const reader = new MetalinkReader();
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', (error) => {
    throw invalid(error.message, error);
  });
  parser.on('doctype', () => {
    throw invalid('it has a DOCTYPE');
  });
  parser.on('opentag', (tag) => reader.open(tag));
  parser.on('text', (text) => reader.text(text));
  parser.on('cdata', (text) => reader.text(text));
  parser.on('closetag', () => reader.close());
  for (const step of stepsOf(xml)) {
    parser.write(step);
    await setImmediate();
  }
  parser.close();
  if (reader.files.length === 0) throw invalid('it has no file');
  return reader.files;
}
