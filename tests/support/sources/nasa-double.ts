import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { bytesOf } from '../engine/generated-origin.ts';

/** Of a file: its bytes, so many that are made while they are sent, or a file on this disk. */
type Content = Uint8Array | { bytes: number } | { path: string };

/** An asset as NASA has it. What isn't given is missing from the answers, as it is at NASA. */
export type NasaEntry = {
  id: string;
  type?: 'video' | 'audio' | 'image';
  title?: string;
  /** A date, such as `2026-10-01T00:00:00Z`. */
  created?: string;
  /** More members of what lists say of it. */
  said?: Record<string, unknown>;
  /** By the end of their names, such as `~orig.mp4` and `.srt`. */
  files?: Record<string, Content>;
  /** What ExifTool has read of the original. */
  metadata?: Record<string, unknown>;
  /** Whether its list of files names `metadata.json`; else only `/metadata/` says where it is. */
  namesMetadata?: boolean;
};

export type NasaRequest = {
  /** As it was sent. */
  url: string;
  /** Its path decoded once. */
  path: string;
  parameters: URLSearchParams;
  headers: http.IncomingHttpHeaders;
};
type Broken = 'page' | 'cut' | 'blocked' | 'silent' | 'down';

const PAGE_SIZE = 100;
const MAX_LISTED = 10_000;
const TYPES: Record<string, string> = {
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  mp3: 'audio/mpeg',
  m4a: 'audio/mp4',
  jpg: 'image/jpeg',
  srt: 'application/x-subrip',
  json: 'application/json',
};

const sizeOf = (content: Content): number =>
  'path' in content
    ? statSync(content.path).size
    : 'bytes' in content
      ? content.bytes
      : content.length;
const partOf = (content: Content, from: number, to: number): Readable =>
  'path' in content
    ? createReadStream(content.path, { start: from, end: to - 1 })
    : Readable.from('bytes' in content ? bytesOf(from, to) : [content.subarray(from, to)]);
const tagOf = (text: string): string =>
  `"${createHash('sha256').update(text).digest('hex').slice(0, 16)}"`;
const inWords = (text: unknown): string =>
  typeof text === 'string' ? text : JSON.stringify(text ?? '');

/**
 * NASA's Image and Video Library on this computer, API and files at one address, with the ways of
 * the real one: http addresses with raw blanks, a `next` link that isn't encoded, an end after
 * 10,000 items, reasons with its refusals, metadata with rounded sizes.
 */
export class NasaDouble {
  readonly #server: http.Server;
  readonly #entries = new Map<string, NasaEntry>();
  readonly #delisted = new Set<string>();
  readonly #said = new Map<string, { status: number; body: string }>();
  readonly requests: NasaRequest[] = [];
  /** Leaves out the `next` links. */
  omitsNext = false;
  /** Leaves out how many items a list has. */
  omitsTotal = false;
  /** Longest page, whatever is asked for. */
  pageSize = PAGE_SIZE;
  /** Sends entity tags with lists of files, and answers 304 to them. */
  hasTags = true;
  /** All of its API answers like this. */
  broken: Broken | null = null;

  private constructor() {
    this.#server = http.createServer((request, response) => this.#answer(request, response));
  }

  static async start(entries: readonly NasaEntry[] = []): Promise<NasaDouble> {
    const double = new NasaDouble();
    for (const entry of entries) double.put(entry);
    await new Promise<void>((resolve) => double.#server.listen(0, '127.0.0.1', resolve));
    return double;
  }

  /** Address of its API. */
  get api(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  put(entry: NasaEntry): void {
    this.#entries.set(entry.id, entry);
    this.#delisted.delete(entry.id);
  }

  /** Knows an asset no more. */
  remove(id: string): void {
    this.#entries.delete(id);
  }

  /** Has an asset as before, but in no list. */
  delist(id: string): void {
    this.#delisted.add(id);
  }

  /** Answers a path, decoded, such as `/asset/Pad 5 walk`, in another way; null for as before. */
  say(
    path: string,
    status: number | null,
    body = '<Error><Code>AccessDenied</Code></Error>',
  ): void {
    if (status === null) this.#said.delete(path);
    else this.#said.set(path, { status, body });
  }

  /** Paths that were asked for since the last call, decoded, with what tells pages apart. */
  asked(): string[] {
    return this.requests.splice(0).map(({ path, parameters }) => {
      const shown = ['media_type', 'year_start', 'year_end', 'page'].flatMap((name) =>
        parameters.has(name) ? `${name}=${parameters.get(name)}` : [],
      );
      return shown.length === 0 ? path : `${path}?${shown.join('&')}`;
    });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    const url = request.url ?? '';
    const { pathname, searchParams: parameters } = new URL(url, this.api);
    const parts = pathname.slice(1).split('/').map(decodeURIComponent);
    const path = `/${parts.join('/')}`;
    this.requests.push({ url, path, parameters, headers: request.headers });
    const said = this.#said.get(path);
    const [first = '', second = '', ...rest] = parts;
    const isFile = first === 'video' || first === 'audio' || first === 'image';
    if (!isFile && this.broken !== null) this.#breakDown(response);
    else if (said) response.writeHead(said.status).end(said.body);
    else if (first === 'search') this.#search(parameters, response);
    else if (first === 'album') this.#album(second, parameters, response);
    else if (first === 'asset') this.#asset(second, response);
    else if (first === 'metadata') this.#locate(second, 'metadata.json', response);
    else if (first === 'captions') this.#locate(second, `${second}.srt`, response);
    else if (isFile) this.#file(second, rest.join('/'), request, response);
    else response.writeHead(404).end('<html>Not found</html>');
  }

  #breakDown(response: http.ServerResponse): void {
    if (this.broken === 'page') response.writeHead(200).end('<html><body>Gate</body></html>');
    else if (this.broken === 'cut') response.writeHead(200).end('{"collection":{"items":[{"hr');
    else if (this.broken === 'blocked') response.writeHead(403).end('<html>Refused</html>');
    else if (this.broken === 'down') response.writeHead(503).end('<html>Back soon</html>');
  }

  /** Where a file is, with all characters of its name as they are. */
  #href(entry: NasaEntry, name: string): string {
    return `${this.api}/${entry.type ?? 'video'}/${entry.id}/${name}`;
  }

  #hrefs(entry: NasaEntry): string[] {
    const files = Object.keys(entry.files ?? {}).map((end) => this.#href(entry, entry.id + end));
    return (entry.namesMetadata ?? true) && entry.metadata
      ? [...files, this.#href(entry, 'metadata.json')]
      : files;
  }

  #item(entry: NasaEntry): object {
    const { id, type = 'video', title = id, created = '2026-01-01T00:00:00Z', said } = entry;
    const ends = Object.keys(entry.files ?? {});
    const links = [
      ...ends
        .filter((end) => end.endsWith('~thumb.jpg'))
        .map((end) => ({ href: this.#href(entry, id + end), rel: 'preview', render: 'image' })),
      ...ends
        .filter((end) => end.endsWith('.srt'))
        .map((end) => ({ href: this.#href(entry, id + end), rel: 'captions' })),
    ];
    return {
      href: this.#href(entry, 'collection.json'),
      data: [{ nasa_id: id, title, media_type: type, date_created: created, ...said }],
      ...(links.length > 0 ? { links } : {}),
    };
  }

  #json(response: http.ServerResponse, value: unknown, status = 200): void {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  }

  #list(
    found: readonly NasaEntry[],
    parameters: URLSearchParams,
    here: string,
    response: http.ServerResponse,
  ): void {
    const page = Number(parameters.get('page') ?? 1);
    const size = Math.min(Number(parameters.get('page_size') ?? PAGE_SIZE), this.pageSize);
    if (page * size > MAX_LISTED)
      return this.#json(
        response,
        {
          reason:
            'Maximum number of search results have been displayed. Please refine your search.',
        },
        400,
      );
    const items = found.slice((page - 1) * size, page * size);
    const next = `${this.api}${here}page=${page + 1}`;
    this.#json(response, {
      collection: {
        version: '1.1',
        href: `${this.api}${here}`,
        items: items.map((entry) => this.#item(entry)),
        ...(this.omitsTotal ? {} : { metadata: { total_hits: found.length } }),
        ...(page * size < found.length && !this.omitsNext
          ? { links: [{ rel: 'next', prompt: 'Next', href: next }] }
          : {}),
      },
    });
  }

  #search(parameters: URLSearchParams, response: http.ServerResponse): void {
    const words = parameters.get('q');
    if (words === null)
      return this.#json(
        response,
        { reason: "Expected 'q' text search parameter or other keywords." },
        400,
      );
    const types = parameters.get('media_type')?.split(',') ?? ['video', 'audio', 'image'];
    const from = Number(parameters.get('year_start') ?? 0);
    const to = Number(parameters.get('year_end') ?? 9999);
    const found = this.#listed().filter((entry) => {
      const year = Number((entry.created ?? '2026').slice(0, 4));
      const text = [entry.title ?? entry.id, ...Object.values(entry.said ?? {}).map(inWords)];
      return (
        types.includes(entry.type ?? 'video') &&
        year >= from &&
        year <= to &&
        words
          .toLowerCase()
          .split(' ')
          .every((word) => text.join(' ').toLowerCase().includes(word))
      );
    });
    // As it is typed, not as it would have to be sent.
    const here = `/search?q=${words}&media_type=${types.join(',')}&`;
    this.#list(found, parameters, here, response);
  }

  #album(name: string, parameters: URLSearchParams, response: http.ServerResponse): void {
    const found = this.#listed().filter(({ said }) =>
      [said?.['album'] ?? []].flat().includes(name),
    );
    const page = Number(parameters.get('page') ?? 1);
    if ((page - 1) * this.pageSize >= found.length)
      return this.#json(
        response,
        { reason: `No assets found for album="${name}" page=${page}` },
        404,
      );
    this.#list(found, parameters, `/album/${name}?`, response);
  }

  #listed(): NasaEntry[] {
    return [...this.#entries.values()].filter(({ id }) => !this.#delisted.has(id));
  }

  #unknown(id: string, response: http.ServerResponse): void {
    this.#json(response, { reason: `No AssetDB records for nasaid=${id}` }, 404);
  }

  #asset(id: string, response: http.ServerResponse): void {
    const entry = this.#entries.get(id);
    if (!entry) return this.#unknown(id, response);
    const items = this.#hrefs(entry).map((href) => ({ href }));
    this.#json(response, {
      collection: { version: '1.1', href: `${this.api}/asset/${id}`, items },
    });
  }

  #locate(id: string, name: string, response: http.ServerResponse): void {
    const entry = this.#entries.get(id);
    const isThere =
      name === 'metadata.json' ? entry?.metadata : entry?.files?.[name.slice(id.length)];
    if (!entry || !isThere) return this.#unknown(id, response);
    this.#json(response, { location: this.#href(entry, name) });
  }

  #file(
    id: string,
    name: string,
    request: http.IncomingMessage,
    response: http.ServerResponse,
  ): void {
    const entry = this.#entries.get(id);
    const content: Content | undefined =
      entry && name === 'collection.json'
        ? Buffer.from(JSON.stringify(this.#hrefs(entry)))
        : name === 'metadata.json' && entry?.metadata
          ? Buffer.from(JSON.stringify(entry.metadata))
          : name.startsWith(id)
            ? entry?.files?.[name.slice(id.length)]
            : undefined;
    if (content === undefined) {
      response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
      return;
    }
    const bytes = sizeOf(content);
    const etag = tagOf(
      content instanceof Uint8Array ? Buffer.from(content).toString('latin1') : `${name} ${bytes}`,
    );
    const tags = this.hasTags ? { etag } : {};
    if (this.hasTags && request.headers['if-none-match'] === etag) {
      response.writeHead(304, tags).end();
      return;
    }
    const isSame = [undefined, etag].includes(request.headers['if-range']?.toString());
    const range = isSame ? /^bytes=(\d+)-(\d*)$/u.exec(request.headers.range ?? '') : null;
    const from = Number(range?.[1] ?? 0);
    const to = Math.min(bytes, range?.[2] ? Number(range[2]) + 1 : bytes);
    if (range && from >= bytes) {
      response.writeHead(416, { 'content-range': `bytes */${bytes}` }).end();
      return;
    }
    response.writeHead(range ? 206 : 200, {
      'content-type': TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream',
      'content-length': to - from,
      'accept-ranges': 'bytes',
      ...tags,
      ...(range ? { 'content-range': `bytes ${from}-${to - 1}/${bytes}` } : {}),
    });
    // Who leaves early is no fault of the library.
    pipeline(partOf(content, from, to), response).catch(() => {});
  }
}
