import { readFile } from 'node:fs/promises';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { Readable, type Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { WebSocketServer, type WebSocket } from 'ws';
import type { MediaHandler } from '../adapters/service/media.ts';
import type { Invoke } from '../app/contract/serve.ts';
import { AccessTokens } from './access.ts';
import { systemClock } from '../../shared/clock.ts';

type StationOptions = {
  /** Folder of the built renderer. */
  root: string;
  port: number;
  invoke(...args: Parameters<Invoke>): ReturnType<Invoke>;
  media(...args: Parameters<MediaHandler>): ReturnType<MediaHandler>;
  onBug(where: string, thrown: unknown): void;
  /** Time for a request to arrive completely. */
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
const PROTOCOL = 'desk.v1';
const MAX_BODY = 1024;
const REQUEST_MS = 10_000;
/** A page needs one for its WebSocket and a few for its files. */
const MAX_CONNECTIONS = 256;
/** Well above the largest command, which queues ten thousand packages. */
const MAX_MESSAGE = 8 * 1024 * 1024;

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > MAX_BODY) throw new Error('body too large');
  }
  return text;
}

/**
 * At the limit, the oldest connection without a request makes room for the new one: another user of
 * this computer may hold idle connections open, and the page must still get through.
 */
function keepOutIdle(server: http.Server, maxConnections: number): void {
  const requests = new Map<Duplex, number>();
  server.on('connection', (socket) => {
    const [idle] =
      requests.size < maxConnections
        ? []
        : ([...requests].find(([, underWay]) => underWay === 0) ?? [socket]);
    if (idle) {
      requests.delete(idle);
      idle.destroy();
    }
    if (idle === socket) return;
    requests.set(socket, 0);
    socket.once('close', () => requests.delete(socket));
  });
  const count = (socket: Duplex, change: 1 | -1) => {
    const underWay = requests.get(socket);
    if (underWay !== undefined) requests.set(socket, underWay + change);
  };
  server.on('request', ({ socket }, response) => {
    count(socket, 1);
    response.once('close', () => count(socket, -1));
  });
  server.on('upgrade', (_request, socket) => count(socket, 1));
}

const refuse = (response: ServerResponse, status: number): void =>
  void response.writeHead(status, HEADERS).end();

/**
 * Serves the renderer and the contract over HTTP and WebSocket on 127.0.0.1. Host and Origin must
 * match exactly, against DNS rebinding and other sites. No cookies, because they aren't bound to a
 * port.
 */
export class Station {
  readonly #options: StationOptions;
  readonly #passes = new AccessTokens(systemClock);
  readonly #clients = new Set<WebSocket>();
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE,
    perMessageDeflate: false,
    handleProtocols: () => PROTOCOL,
  });
  readonly #server: http.Server;

  constructor(options: StationOptions) {
    this.#options = options;
    const { requestMs = REQUEST_MS, maxConnections = MAX_CONNECTIONS } = options;
    this.#server = http.createServer({
      headersTimeout: requestMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: Math.min(1000, requestMs),
    });
    keepOutIdle(this.#server, maxConnections);
    this.#server.on('request', (request, response) => {
      this.#answer(request, response).catch((thrown: unknown) => {
        if (!(thrown instanceof URIError)) options.onBug('station', thrown);
        if (!response.headersSent) refuse(response, 400);
      });
    });
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** @throws what `listen` fails with, e.g. EADDRINUSE */
  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#options.port, '127.0.0.1', resolve);
    });
  }

  /** A fresh link: works once, within ten minutes. */
  link(): string {
    return `${this.#origin}/#t=${this.#passes.ticket()}`;
  }

  mediaSuffix(): string {
    return this.#passes.mediaSuffix();
  }

  send(name: string, payload: unknown): void {
    const text = JSON.stringify({ name, payload });
    for (const client of this.#clients) client.send(text);
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.terminate();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get #host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get #origin(): string {
    return `http://${this.#host}`;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers.host !== this.#host) return refuse(response, 403);
    const url = new URL(request.url ?? '/', this.#origin);
    if (request.method === 'POST' && url.pathname === '/session')
      await this.#openSession(request, response);
    else if (request.method !== 'GET' && request.method !== 'HEAD') refuse(response, 405);
    else if (url.pathname.startsWith('/media/')) await this.#answerMedia(url, request, response);
    else await this.#answerFile(url, response);
  }

  async #openSession(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers.origin !== this.#origin) return refuse(response, 403);
    const token = this.#passes.redeem(await textOf(request));
    if (token === null) return refuse(response, 410);
    response.writeHead(200, { ...HEADERS, 'content-type': 'text/plain' }).end(token);
  }

  async #answerMedia(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.#passes.isMediaPass(url.searchParams.get('m') ?? '')) return refuse(response, 403);
    const { status, headers, body } = await this.#options.media(
      url.pathname.slice('/media/'.length),
      request.headers.range ?? null,
    );
    // The pass is part of the URL, so the browser may cache the response as long as its headers
    // allow.
    response.writeHead(status, { ...HEADERS, ...headers });
    // The page or the service may close the connection; the page requests again if it needs to.
    if (body instanceof Readable) await pipeline(body, response).catch(() => response.destroy());
    else response.end(body);
  }

  async #answerFile(url: URL, response: ServerResponse): Promise<void> {
    const { root } = this.#options;
    const file = path.resolve(
      root,
      `.${path.posix.normalize(decodeURIComponent(url.pathname === '/' ? '/index.html' : url.pathname))}`,
    );
    const type = TYPES[path.extname(file)];
    const body =
      file.startsWith(root + path.sep) && type ? await readFile(file).catch(() => null) : null;
    if (!body) return refuse(response, 404);
    response.writeHead(200, { ...HEADERS, 'content-type': type }).end(body);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Node removes its own error listener on upgrade: a reset connection would crash the process.
    socket.on('error', () => socket.destroy());
    const [protocol, token = ''] = (request.headers['sec-websocket-protocol'] ?? '').split(/,\s*/);
    const isOurs =
      request.url === '/ipc' &&
      request.headers.host === this.#host &&
      request.headers.origin === this.#origin;
    if (!isOurs || protocol !== PROTOCOL || !this.#passes.isSession(token)) {
      // Destroyed after the response: a peer that doesn't close its side would keep the connection.
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n', () => socket.destroy());
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (client) => {
      this.#clients.add(client);
      client.on('close', () => this.#clients.delete(client));
      // An invalid or oversized frame: `ws` closes the connection itself.
      client.on('error', () => undefined);
      client.on('message', (data: Buffer) => void this.#call(client, data.toString('utf8')));
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
