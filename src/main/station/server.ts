import { readdir, readFile } from 'node:fs/promises';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { isIP, type AddressInfo } from 'node:net';
import path from 'node:path';
import { Readable, type Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { WebSocketServer, type WebSocket } from 'ws';
import type { MediaHandler } from '../adapters/service/media.ts';
import type { Invoke } from '../app/contract/serve.ts';
import type { StationView } from '../../shared/contract/station.ts';
import type { StationApi } from './api.ts';
import { AppError } from '../../shared/errors.ts';
import { systemClock } from '../../shared/clock.ts';
import type { ListFile } from '../adapters/fs/list-file.ts';
import type { StoredSession } from '../adapters/fs/station-sessions-file.ts';
import { AccessTokens, type Client, type Session } from './access.ts';
import { browserOf } from './user-agent.ts';

type StationOptions = {
  /** Folder of the built renderer. */
  root: string;
  port: number;
  /**
   * Origin of the reverse proxy in front of it, such as `https://desk.example`: the only one that is
   * answered, and that of the links. Without it, that of the port.
   */
  publicOrigin?: string | undefined;
  invoke(...args: Parameters<Invoke>): ReturnType<Invoke>;
  media(...args: Parameters<MediaHandler>): ReturnType<MediaHandler>;
  /** Answers what is below `/api/`; nothing is there without it. */
  api?: Pick<StationApi, 'answer'>;
  onBug(where: string, thrown: unknown): void;
  /** Called with a link when it has begun a session, and when a second use has ended that. */
  onLinkUsed?(link: string, use: 'first' | 'second'): void;
  /** Keeps sessions for the next station, where its address is the same then. */
  sessions?: ListFile<StoredSession>;
  /** Called when a session has begun, ended, or has opened or closed its last page. */
  onSessions?(view: StationView): void;
  /** Called once, with the Host of a request that was refused for it, if a proxy is in front. */
  onWrongHost?(host: string): void;
  /** Time for a request to arrive completely, and for a client to read some of the answer. */
  requestMs?: number;
  /** Maximum of open connections. */
  maxConnections?: number;
};

/** No framing, sniffing, caching, reading by other sites or referrers. */
const HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'x-frame-options': 'DENY',
  'cache-control': 'no-store',
};
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.jpg': 'image/jpeg',
};
/** A browser keeps to https for this host, for a year (RFC 6797). */
const HTTPS_ONLY = { 'strict-transport-security': 'max-age=31536000' };
const PROTOCOL = 'desk.v1';
/** Close code of a page whose session has ended; 4000 to 4999 are an application's (RFC 6455, 7.4.2). */
const SESSION_ENDED = 4001;
const MAX_BODY = 1024;
const REQUEST_MS = 10_000;
/**
 * A request that arrives while its connection is being closed fails, and one that changes something
 * isn't sent again by a proxy. So those end first who send requests: nginx after 60 s.
 */
const KEEP_ALIVE_MS = 75_000;
/** A preview that is paused is not read. */
const PREVIEW_MS = 5 * 60_000;
/** A page needs one for its WebSocket and a few for its files. */
const MAX_CONNECTIONS = 256;
/** Well above the largest command, which queues ten thousand packages. */
const MAX_MESSAGE = 8 * 1024 * 1024;

/** Null for a body that is too long or breaks off. */
async function textOf(request: IncomingMessage): Promise<string | null> {
  let text = '';
  try {
    for await (const chunk of request) {
      text += String(chunk);
      if (text.length > MAX_BODY) return null;
    }
    return text;
  } catch {
    return null;
  }
}

/**
 * Other users of this computer may open connections too, and the page must still get through. At
 * the limit the oldest that has shown neither session nor media pass makes room for a new one,
 * whether it is busy or not: a new one is not busy yet. A second request before the first is
 * answered ends its connection, because the answers would pile up; browsers send none.
 *
 * @returns exempts a connection that has shown a session or media pass
 */
function limitConnections(server: http.Server, maxConnections: number): (socket: Duplex) => void {
  /** In the order of their opening; true for those that are exempt. */
  const open = new Map<Duplex, boolean>();
  const busy = new WeakSet<Duplex>();
  server.on('connection', (socket) => {
    const isFull = open.size >= maxConnections;
    const place = isFull ? ([...open].find(([, isExempt]) => !isExempt)?.[0] ?? socket) : null;
    if (place) {
      open.delete(place);
      place.destroy();
    }
    if (place === socket) return;
    open.set(socket, false);
    socket.once('close', () => open.delete(socket));
  });
  server.on('request', ({ socket }, response) => {
    if (busy.has(socket)) socket.destroy();
    busy.add(socket);
    response.once('close', () => busy.delete(socket));
  });
  return (socket) => {
    if (open.has(socket)) open.set(socket, true);
  };
}

type Page = { type: string; body: Buffer };

/** Reads the renderer's files, by their path in an address. They are few megabytes. */
async function readPages(root: string): Promise<Map<string, Page>> {
  const pages = new Map<string, Page>();
  for (const name of await readdir(root, { recursive: true })) {
    const type = TYPES[path.extname(name)];
    if (type === undefined) continue;
    const page = { type, body: await readFile(path.join(root, name)) };
    pages.set(`/${name.replaceAll(path.sep, '/')}`, page);
  }
  const index = pages.get('/index.html');
  if (index) pages.set('/', index);
  return pages;
}

/** Why a port can't be had, and what to do, by code of the system. */
const NO_PORT: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use already. Choose another one with --port, or stop what uses it.',
  EACCES: 'needs rights that this user doesn’t have. Choose one above 1023 with --port.',
};

/** Names no address: whoever reads it may be a page of another site. */
const WRONG_HOST =
  'desk station isn’t reached by this address. For a link with the right one, run: desk station link\nA reverse proxy must pass the address on, in nginx: proxy_set_header Host $http_host;\n';

const refuse = (response: ServerResponse, status: number): void =>
  void response.writeHead(status).end();

/**
 * Serves the renderer and the contract over HTTP and WebSocket on 127.0.0.1. Host and Origin must
 * match exactly, against DNS rebinding and other sites. No cookies, because they aren't bound to a
 * port.
 */
export class Station {
  readonly #options: StationOptions;
  readonly #passes: AccessTokens;
  /** The connections of pages, each with its session. */
  readonly #clients = new Map<WebSocket, Session>();
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE,
    perMessageDeflate: false,
    handleProtocols: () => PROTOCOL,
  });
  readonly #server: http.Server;
  readonly #trust: (socket: Duplex) => void;
  #pages = new Map<string, Page>();
  #rev = 0;
  #hasToldHost = false;

  constructor(options: StationOptions) {
    this.#options = options;
    this.#passes = new AccessTokens(systemClock, options.sessions);
    const { requestMs = REQUEST_MS, maxConnections = MAX_CONNECTIONS } = options;
    this.#server = http.createServer({
      headersTimeout: requestMs,
      requestTimeout: requestMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: Math.min(1000, requestMs),
    });
    this.#server.timeout = requestMs;
    this.#trust = limitConnections(this.#server, maxConnections);
    this.#server.on('request', (request, response) => {
      if (request.socket.destroyed) return;
      for (const [name, value] of Object.entries(this.#headers)) response.setHeader(name, value);
      this.#answer(request, response).catch((thrown: unknown) => {
        options.onBug('station', thrown);
        if (!response.headersSent) refuse(response, 400);
      });
    });
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** @throws `usage` for a port that can't be had; else what `listen` fails with */
  async listen(): Promise<void> {
    this.#pages = await readPages(this.#options.root);
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (thrown: NodeJS.ErrnoException) => {
        const why = NO_PORT[thrown.code ?? ''];
        reject(
          why === undefined
            ? thrown
            : new AppError('usage', `Port ${this.#options.port} ${why}`, { cause: thrown }),
        );
      });
      this.#server.listen(this.#options.port, '127.0.0.1', resolve);
    });
  }

  /** A fresh link: works once, within ten minutes. */
  link(): string {
    return this.#linkOf(this.#passes.ticket());
  }

  #linkOf(ticket: string): string {
    return `${this.#origin}/#t=${ticket}`;
  }

  mediaSuffix(): string {
    return this.#passes.mediaSuffix();
  }

  sessions(): StationView {
    const sessions = this.#passes.sessions();
    return {
      rev: this.#rev,
      sessions: sessions.map(({ id, userAgent, from, beganAtMs, seenAtMs, pages }) => ({
        id,
        ...browserOf(userAgent),
        from,
        beganAtMs,
        seenAtMs,
        isOpen: pages > 0,
      })),
    };
  }

  /**
   * Its pages are disconnected, and told why.
   *
   * @throws `disk-full`, `disk-error`, `not-permitted`: it is ended, but the next station may have it
   */
  endSession(id: string): void {
    this.#passes.endSession(id);
    for (const [client, session] of this.#clients) {
      if (session.id !== id) continue;
      // Nothing is heard of it any more, however long it takes to close.
      this.#clients.delete(client);
      client.close(SESSION_ENDED);
    }
    this.#tellSessions();
    this.#passes.save(true);
  }

  #sessionsChanged(): void {
    this.#tellSessions();
    this.#trying(() => this.#passes.save());
  }

  #tellSessions(): void {
    this.#rev += 1;
    this.#options.onSessions?.(this.sessions());
  }

  #trying(work: () => void): void {
    try {
      work();
    } catch (thrown) {
      this.#options.onBug('station sessions', thrown);
    }
  }

  send(name: string, payload: unknown): void {
    const text = JSON.stringify({ name, payload });
    for (const client of this.#clients.keys()) client.send(text);
  }

  async close(): Promise<void> {
    for (const client of this.#clients.keys()) client.terminate();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get #host(): string {
    return new URL(this.#origin).host;
  }

  get #origin(): string {
    const { port } = this.#server.address() as AddressInfo;
    return this.#options.publicOrigin ?? `http://127.0.0.1:${port}`;
  }

  get #headers(): Record<string, string> {
    return this.#options.publicOrigin === undefined ? HEADERS : { ...HEADERS, ...HTTPS_ONLY };
  }

  /** What a proxy in front adds is the last of the addresses; those before are the client's word. */
  #clientOf({ headers }: IncomingMessage): Client {
    const forwarded =
      String(headers['x-forwarded-for'] ?? '')
        .split(',')
        .at(-1)
        ?.trim() ?? '';
    const isNamed = this.#options.publicOrigin !== undefined && isIP(forwarded) !== 0;
    return { userAgent: headers['user-agent'] ?? '', from: isNamed ? forwarded : null };
  }

  #tellHost(host: string): void {
    if (this.#options.publicOrigin === undefined || this.#hasToldHost) return;
    this.#hasToldHost = true;
    this.#options.onWrongHost?.(host);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers.host !== this.#host) {
      this.#tellHost(request.headers.host ?? '');
      response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8' }).end(WRONG_HOST);
      return;
    }
    const url = URL.parse(request.url ?? '/', this.#origin);
    // What a proxy in front went by must be what is answered: `/api/\..\session` is below `/api/` to it.
    if (!url || url.pathname !== this.#pathOf(request)) return refuse(response, 400);
    if (url.pathname.startsWith('/api/') && this.#options.api)
      await this.#options.api.answer(request, response, {
        url,
        origin: this.#origin,
        headers: this.#headers,
        trust: () => this.#trust(request.socket),
      });
    else if (request.method === 'POST' && url.pathname === '/session')
      await this.#openSession(request, response);
    else if (request.method !== 'GET' && request.method !== 'HEAD') refuse(response, 405);
    else if (url.pathname.startsWith('/media/')) await this.#answerMedia(url, request, response);
    else this.#answerFile(url, response);
  }

  /** As it was sent, also in the absolute form (RFC 9112 §3.2.2). */
  #pathOf({ url = '/' }: IncomingMessage): string {
    const target = url.startsWith(`${this.#origin}/`) ? url.slice(this.#origin.length) : url;
    return target.split('?', 1)[0] ?? '';
  }

  async #openSession(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers.origin !== this.#origin) return refuse(response, 403);
    const ticket = await textOf(request);
    if (ticket === null) return refuse(response, 400);
    const used = this.#passes.redeem(ticket, this.#clientOf(request));
    if (used === null) return refuse(response, 410);
    if ('ended' in used) {
      const { id, userAgent, beganAtMs } = used.ended;
      this.#trying(() => this.endSession(id));
      const by = JSON.stringify({ ...browserOf(userAgent), beganAtMs });
      response.writeHead(410, { 'content-type': 'application/json' }).end(by);
      return this.#options.onLinkUsed?.(this.#linkOf(ticket), 'second');
    }
    response.writeHead(200, { 'content-type': 'text/plain' }).end(used.token);
    this.#options.onLinkUsed?.(this.#linkOf(ticket), 'first');
    this.#sessionsChanged();
  }

  async #answerMedia(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.#passes.isMediaPass(url.searchParams.get('m') ?? '')) return refuse(response, 403);
    this.#trust(request.socket);
    request.socket.setTimeout(PREVIEW_MS);
    const { status, headers, body } = await this.#options.media(
      url.pathname.slice('/media/'.length),
      request.headers.range ?? null,
    );
    // The pass is part of the URL, so the browser may cache the response as long as its headers
    // allow.
    response.writeHead(status, headers);
    // The page or the service may close the connection; the page requests again if it needs to.
    if (body instanceof Readable) await pipeline(body, response).catch(() => response.destroy());
    else response.end(body);
  }

  #answerFile({ pathname }: URL, response: ServerResponse): void {
    const page = this.#pages.get(pathname);
    if (!page) return refuse(response, 404);
    response.writeHead(200, { 'content-type': page.type }).end(page.body);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Node removes its own error listener on upgrade: a reset connection would crash the process.
    socket.on('error', () => socket.destroy());
    const [protocol, token = ''] = (request.headers['sec-websocket-protocol'] ?? '').split(/,\s*/);
    const isOurs =
      request.url === '/ipc' &&
      request.headers.host === this.#host &&
      request.headers.origin === this.#origin;
    const session = isOurs && protocol === PROTOCOL ? this.#passes.session(token) : null;
    if (session === null) {
      // Destroyed after the response: a peer that doesn't close its side would keep the connection.
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n', () => socket.destroy());
      return;
    }
    this.#trust(socket);
    this.#sockets.handleUpgrade(request, socket, head, (client) => {
      this.#clients.set(client, session);
      this.#passes.countPage(session, 1);
      this.#sessionsChanged();
      client.on('close', () => {
        this.#clients.delete(client);
        this.#passes.countPage(session, -1);
        this.#sessionsChanged();
      });
      // An invalid or oversized frame: `ws` closes the connection itself.
      client.on('error', () => undefined);
      client.on('message', (data: Buffer) => {
        if (this.#clients.has(client)) void this.#call(client, data.toString('utf8'));
      });
    });
  }

  async #call(client: WebSocket, text: string): Promise<void> {
    try {
      const { id, name, input } = JSON.parse(text) as { id: number; name: string; input?: unknown };
      client.send(
        JSON.stringify({
          id,
          result: await this.#options.invoke(name, { isTrusted: true }, input),
        }),
      );
    } catch (thrown) {
      if (!(thrown instanceof SyntaxError)) this.#options.onBug('station call', thrown);
      client.close(1007);
    }
  }
}
