import { setImmediate } from 'node:timers/promises';
import { SaxesParser, type SaxesTagNS } from 'saxes';
import { AppError } from '../../shared/errors.ts';
import {
  STORED_MARK,
  MAX_ADDRESSES,
  MAX_ADDRESS_CHARACTERS,
  MAX_DOCUMENT_BYTES,
  MAX_ELEMENTS,
  MAX_FILES,
} from '../../shared/model/document-limits.ts';

/** Far above real documents, and low enough to reject a denial-of-service attempt early. */
const MAX = {
  elements: MAX_ELEMENTS,
  depth: 100,
  files: MAX_FILES,
  hashes: 20,
  pieces: 100_000,
  addresses: 100,
  addressesInAll: MAX_ADDRESSES,
  text: MAX_ADDRESS_CHARACTERS,
};
/** Characters parsed per step. */
const STEP_CHARACTERS = 32 * 1024;
/** Maximum of one text, tag or comment, which is parsed in a single step. */
const MAX_TOKEN = 64 * 1024;
/** Error messages quote at most this many characters. */
const MAX_REASON = 200;

const SHA256 = /^[0-9a-f]{64}$/iu;
const SIZE = /^\d{1,15}$/u;
const PRIORITY = /^[1-9]\d{0,5}$/u;
const PREFERENCE = /^(?:\d\d?|100)$/u;
const LAST_PRIORITY = 999_999;
const BEST_PREFERENCE = 100;
const MIN_PIECE_BYTES = 1024;

type Role = 'file' | 'size' | 'hash' | 'url' | 'metaurl' | 'pieces' | 'piece';
type Attributes = SaxesTagNS['attributes'];
/** One version of the format: the elements in use, by their path from the root. */
type Dialect = {
  roles: Readonly<Record<string, Role>>;
  /** Elements that may occur once in their parent. */
  single: ReadonlySet<string>;
  /** Required attributes. */
  required: Readonly<Record<string, string>>;
  isSha256(type: string): boolean;
  /** Lower is better, as in version 4; NaN for what the version forbids. */
  priorityOf(attributes: Attributes): number | null;
};

/** RFC 5854. */
const VERSION_4: Dialect = {
  roles: {
    'metalink/file': 'file',
    'metalink/file/size': 'size',
    'metalink/file/hash': 'hash',
    'metalink/file/url': 'url',
    'metalink/file/metaurl': 'metaurl',
    'metalink/file/pieces': 'pieces',
    'metalink/file/pieces/hash': 'piece',
  },
  single: new Set([
    ...['generator', 'origin', 'published', 'updated'].map((name) => `metalink/${name}`),
    ...['copyright', 'description', 'identity', 'logo', 'publisher', 'size', 'version'].map(
      (name) => `metalink/file/${name}`,
    ),
  ]),
  required: {
    'metalink/file/hash': 'type',
    'metalink/file/pieces': 'type',
    'metalink/file/metaurl': 'mediatype',
    'metalink/file/publisher': 'name',
    'metalink/file/signature': 'mediatype',
  },
  isSha256: (type) => type === 'sha-256',
  priorityOf(attributes) {
    const priority = valueOf(attributes, 'priority');
    return priority === null ? null : PRIORITY.test(priority) ? Number(priority) : NaN;
  },
};
/** Metalink 3 by metalinker.org: the same data in other places; the highest preference is best. */
const VERSION_3: Dialect = {
  roles: {
    'metalink/files/file': 'file',
    'metalink/files/file/size': 'size',
    'metalink/files/file/verification/hash': 'hash',
    'metalink/files/file/resources/url': 'url',
    'metalink/files/file/verification/pieces': 'pieces',
    'metalink/files/file/verification/pieces/hash': 'piece',
  },
  single: new Set(['metalink/files/file/size']),
  required: { 'metalink/files/file/verification/pieces': 'type' },
  isSha256: (type) => type === 'sha256' || type === 'sha-256',
  priorityOf(attributes) {
    const preference = valueOf(attributes, 'preference');
    return preference === null
      ? null
      : PREFERENCE.test(preference)
        ? BEST_PREFERENCE - Number(preference)
        : NaN;
  },
};
const DIALECTS: Readonly<Record<string, Dialect>> = {
  'urn:ietf:params:xml:ns:metalink': VERSION_4,
  'http://www.metalinker.org/': VERSION_3,
};

const invalid = (why: string, cause?: unknown) =>
  new AppError('metalink-invalid', `This isn’t a valid Metalink: ${why.slice(0, MAX_REASON)}`, {
    retryable: false,
    cause,
  });
const tooMany = (most: number, what: string) => invalid(`it has more than ${most} ${what}`);

type Draft = Omit<MetalinkFile, 'urls'> & {
  hashes: number;
  hasMetaurl: boolean;
  pieceTypes: Set<string>;
  urls: { url: string; priority: number }[];
};
type Leaf = { text: string; attributes: Attributes };

function valueOf(attributes: Attributes, name: string): string | null {
  const value = attributes[name]?.value ?? null;
  if (value !== null && value.length > MAX.text)
    throw invalid(`an attribute is longer than ${MAX.text} characters`);
  return value;
}

function takeSize(file: Draft, text: string): void {
  if (!SIZE.test(text)) throw invalid(`${file.name}: its size isn’t valid`);
  file.bytes = Number(text);
}

/** In version 3 such a URL leads to a torrent, not to the file. */
const isTorrent = (attributes: Attributes): boolean => valueOf(attributes, 'type') === 'bittorrent';

/** Builds the files from parser events; throws at the first violation. */
class MetalinkReader {
  readonly files: MetalinkFile[] = [];
  /** Path of each open element from the root; empty inside ignored elements. */
  readonly #paths: string[] = [];
  /** Paths of single-occurrence elements seen so far. */
  readonly #seen = new Set<string>();
  readonly #names = new Set<string>();
  #dialect: Dialect = VERSION_4;
  #namespace = '';
  /** Written by this program: with names as received, and only the addresses that it uses. */
  #isStored = false;
  #elements = 0;
  #addresses = 0;
  #file: Draft | null = null;
  /** The open list of pieces, if its hash type is supported. */
  #pieces: MetalinkFile['pieces'] = null;
  #leaf: Leaf = { text: '', attributes: {} };

  open({ uri, local, attributes }: SaxesTagNS): void {
    if (++this.#elements > MAX.elements) throw tooMany(MAX.elements, 'elements');
    if (this.#paths.length >= MAX.depth)
      throw invalid(`its elements are nested more than ${MAX.depth} deep`);
    if (this.#paths.length === 0) this.#openRoot(uri, local, attributes);
    const above = this.#paths.at(-1);
    const path =
      above === undefined
        ? local
        : above === '' || uri !== this.#namespace
          ? ''
          : `${above}/${local}`;
    this.#paths.push(path);
    if (path === '') return;
    this.#check(path, attributes);
    const role = this.#role;
    if (role === 'file') this.#openFile(attributes);
    else if (role === 'pieces') this.#openPieces(attributes);
    else if (role) this.#leaf = { text: '', attributes };
  }

  text(text: string): void {
    const role = this.#role;
    if (!role || role === 'file' || role === 'pieces') return;
    this.#leaf.text += text;
    if (this.#leaf.text.length > MAX.text)
      throw invalid(`a text is longer than ${MAX.text} characters`);
  }

  close(): void {
    const role = this.#role;
    this.#paths.pop();
    const file = this.#file;
    if (!file || !role) return;
    const { attributes } = this.#leaf;
    const text = this.#leaf.text.trim();
    if (role === 'size') takeSize(file, text);
    if (role === 'hash') this.#takeHash(file, text, attributes);
    if (role === 'url') this.#takeAddress(file, text, attributes);
    if (role === 'metaurl') this.#takeMetaurl(file, attributes);
    if (role === 'piece') this.#takePiece(file, text, attributes);
    if (role === 'pieces') this.#pieces = null;
    if (role === 'file') this.#finish(file);
  }

  /** Version 4 has distinct names, each with an address. */
  get #isStrict(): boolean {
    return this.#dialect === VERSION_4 && !this.#isStored;
  }

  get #role(): Role | undefined {
    return this.#dialect.roles[this.#paths.at(-1) ?? ''];
  }

  #openRoot(uri: string, local: string, attributes: Attributes): void {
    const dialect = DIALECTS[uri];
    if (!dialect || local !== 'metalink')
      throw invalid(`its root isn’t metalink of ${Object.keys(DIALECTS).join(' or ')}`);
    this.#dialect = dialect;
    this.#namespace = uri;
    this.#isStored = Object.values(attributes).some(
      (one) => one.uri === STORED_MARK.namespace && one.local === STORED_MARK.attribute,
    );
  }

  #check(path: string, attributes: Attributes): void {
    const { single, required, roles } = this.#dialect;
    if (single.has(path)) {
      if (this.#seen.has(path)) throw invalid(`it has more than one ${path}`);
      this.#seen.add(path);
    }
    const needed = required[path];
    if (needed !== undefined && valueOf(attributes, needed) === null)
      throw invalid(`${path} has no ${needed}`);
    if (
      this.#dialect === VERSION_4 &&
      roles[path] === 'piece' &&
      valueOf(attributes, 'type') !== null
    )
      throw invalid(`${path} has a type`);
  }

  #openFile(attributes: Attributes): void {
    if (this.files.length >= MAX.files) throw tooMany(MAX.files, 'files');
    const name = valueOf(attributes, 'name');
    if (name === null) throw invalid('a file has no name');
    if (this.#isStrict && this.#names.has(name)) throw invalid(`${name}: two files have this name`);
    this.#names.add(name);
    for (const path of this.#seen) if (path.includes('/file/')) this.#seen.delete(path);
    this.#file = {
      name,
      bytes: null,
      sha256: null,
      pieces: null,
      hashes: 0,
      hasMetaurl: false,
      pieceTypes: new Set(),
      urls: [],
    };
  }

  #isSha256(attributes: Attributes): boolean {
    return this.#dialect.isSha256(valueOf(attributes, 'type')?.toLowerCase() ?? '');
  }

  #openPieces(attributes: Attributes): void {
    const file = this.#file;
    if (!file) return;
    const type = valueOf(attributes, 'type')?.toLowerCase() ?? '';
    const length = valueOf(attributes, 'length') ?? '';
    if (!SIZE.test(length) || Number(length) === 0)
      throw invalid(`${file.name}: its pieces have no valid length`);
    if (file.pieceTypes.has(type))
      throw invalid(`${file.name}: two lists of pieces have the same type`);
    file.pieceTypes.add(type);
    if (!this.#isSha256(attributes)) return;
    if (Number(length) < MIN_PIECE_BYTES)
      throw invalid(`${file.name}: its pieces are shorter than ${MIN_PIECE_BYTES} bytes`);
    this.#pieces = file.pieces = { pieceBytes: Number(length), hashes: [] };
  }

  #takeHash(file: Draft, text: string, attributes: Attributes): void {
    if (++file.hashes > MAX.hashes) throw tooMany(MAX.hashes, `hashes for ${file.name}`);
    if (!this.#isSha256(attributes)) return;
    if (!SHA256.test(text)) throw invalid(`${file.name}: a SHA-256 has 64 hexadecimal digits`);
    file.sha256 ??= text.toLowerCase();
  }

  #priorityOf(file: Draft, attributes: Attributes): number {
    const priority = this.#dialect.priorityOf(attributes);
    if (Number.isNaN(priority))
      throw invalid(`${file.name}: the priority or preference of a URL is out of range`);
    return priority ?? LAST_PRIORITY;
  }

  #takeAddress(file: Draft, url: string, attributes: Attributes): void {
    if (this.#dialect === VERSION_3 && isTorrent(attributes)) return;
    if (file.urls.length >= MAX.addresses) throw tooMany(MAX.addresses, `URLs for ${file.name}`);
    if (++this.#addresses > MAX.addressesInAll) throw tooMany(MAX.addressesInAll, 'addresses');
    if (url === '') throw invalid(`${file.name}: a URL is empty`);
    file.urls.push({ url, priority: this.#priorityOf(file, attributes) });
  }

  #takeMetaurl(file: Draft, attributes: Attributes): void {
    this.#priorityOf(file, attributes);
    file.hasMetaurl = true;
  }

  #takePiece(file: Draft, text: string, attributes: Attributes): void {
    if (!this.#pieces) return;
    if (this.#pieces.hashes.length >= MAX.pieces)
      throw tooMany(MAX.pieces, `pieces for ${file.name}`);
    const isInOrder =
      this.#dialect === VERSION_4 ||
      (valueOf(attributes, 'piece') ?? String(this.#pieces.hashes.length)) ===
        String(this.#pieces.hashes.length);
    if (!SHA256.test(text) || !isInOrder) throw invalid(`${file.name}: its pieces aren’t valid`);
    this.#pieces.hashes.push(text.toLowerCase());
  }

  #finish({ name, bytes, sha256, pieces, urls, hasMetaurl }: Draft): void {
    if (this.#isStrict && urls.length === 0 && !hasMetaurl) throw invalid(`${name} has no URL`);
    this.files.push({
      name,
      bytes,
      sha256,
      pieces,
      urls: urls.toSorted((a, b) => a.priority - b.priority).map(({ url }) => url),
    });
    this.#file = null;
  }
}

/** Splits the source before tags, to bound the length of a step. */
function* stepsOf(source: string): Generator<string> {
  for (let at = 0; at < source.length;) {
    const tag = source.indexOf('<', at + STEP_CHARACTERS);
    const end = tag === -1 ? source.length : tag;
    if (end - at > STEP_CHARACTERS + MAX_TOKEN)
      throw invalid(`one of its parts is longer than ${MAX_TOKEN} characters`);
    yield source.slice(at, end);
    at = end;
  }
}

/**
 * Parses a Metalink of version 4 (RFC 5854) or 3 (metalinker.org) in steps, so that transfers of
 * this thread continue meanwhile. A DOCTYPE is rejected, so there are no custom entities and
 * nothing is fetched.
 *
 * @throws `metalink-invalid`, also beyond the limits, naming the limit
 */
export async function parseMetalink(xml: string): Promise<MetalinkFile[]> {
  if (Buffer.byteLength(xml) > MAX_DOCUMENT_BYTES)
    throw invalid(`it’s larger than ${MAX_DOCUMENT_BYTES / 2 ** 20} MiB`);
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
  if (reader.files.length === 0) throw invalid('it has no files');
  return reader.files;
}
export type MetalinkFile = {
  name: string;
  bytes: number | null;
  sha256: string | null;
  pieces: { pieceBytes: number; hashes: string[] } | null;
  /** Best URL first. */
  urls: string[];
};

/**
 * Parses a Metalink without blocking the thread.
 *
 * @throws `metalink-invalid` for anything that is not valid or not safe
 */
export type ParseMetalink = (xml: string) => Promise<MetalinkFile[]>;

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};
/**
 * Characters that XML cannot represent, even escaped (XML 1.0 §2.2), but that a list of aria2 may
 * contain.
 */
const INVALID_XML = /(?![\t\n\r\x7f-\x9f])[\p{Cc}\ufffe\uffff]/gu;
/** Escapes markup, and the control characters that XML allows but a parser would normalise. */
function xml(text: string): string {
  return text.replaceAll(
    /[&<>"'\p{Cc}]/gu,
    (character) => ENTITIES[character] ?? `&#${character.charCodeAt(0)};`,
  );
}
/** Same replacement as in safe names, so that the file keeps the reported name. */
const nameText = (name: string): string => xml(name.replaceAll(INVALID_XML, '-'));
const addressText = (url: string): string => xml(url.replaceAll(INVALID_XML, encodeURIComponent));

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

const serialise = (attributes: string, head: string, files: readonly MetalinkFile[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<metalink xmlns="urn:ietf:params:xml:ns:metalink"${attributes}>\n  <generator>multimedia-desk</generator>\n${head}${files.map(fileElement).join('\n')}\n</metalink>\n`;

/**
 * A Metalink 4 document (RFC 5854). The files must have distinct names and at least one URL each.
 */
export const metalinkDocument = (files: readonly MetalinkFile[], published: string): string =>
  serialise('', `  <published>${published}</published>\n`, files);

/**
 * The form stored with a transfer, with the names as received, even if not unique, and even without
 * an address.
 */
export const storedDocument = (files: readonly MetalinkFile[]): string =>
  serialise(
    ` xmlns:desk="${STORED_MARK.namespace}" desk:${STORED_MARK.attribute}="true"`,
    '',
    files,
  );
