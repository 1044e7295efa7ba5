import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export type Request = { url: string; headers: http.IncomingHttpHeaders };
export type Answer = (request: http.IncomingMessage, response: http.ServerResponse) => void;

/** A publisher on this computer: every path answers as the test says. */
export class FeedServer {
  readonly #server: http.Server;
  readonly #answers = new Map<string, Answer>();
  readonly requests: Request[] = [];
  /** Resets a connection on which a second request comes, as a server that has just closed it. */
  resetIdle = false;
  readonly #used = new WeakSet<Socket>();

  private constructor() {
    this.#server = http.createServer((request, response) => {
      this.requests.push({ url: request.url ?? '', headers: request.headers });
      if (this.resetIdle && this.#used.has(request.socket)) {
        request.socket.resetAndDestroy();
        return;
      }
      this.#used.add(request.socket);
      const answer = this.#answers.get((request.url ?? '').split('?')[0] ?? '');
      if (answer) answer(request, response);
      else response.writeHead(404).end();
    });
  }

  static async start(): Promise<FeedServer> {
    const server = new FeedServer();
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}`;
  }

  on(path: string, answer: Answer): void {
    this.#answers.set(path, answer);
  }

  /** Serves bytes with these headers. */
  serve(path: string, body: string | Uint8Array, headers: http.OutgoingHttpHeaders = {}): void {
    this.on(path, (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/rss+xml', ...headers }).end(body);
    });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** A feed of Media RSS. */
export const mediaRss = (items: string, title = 'Harbour Notes'): string =>
  `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>${title}</title><link>https://harbour.example/</link><description>From the quay</description>${items}</channel></rss>`;

/** A film in it. */
export const film = (
  n: number,
  {
    more = '',
    media = `<media:content url="/media/${n}.mp4" type="video/mp4" height="1080" duration="64"/>`,
  } = {},
): string =>
  `<item><guid>n-${n}</guid><title>Low cloud ${n}</title><link>https://harbour.example/${n}</link><pubDate>${new Date(Date.UTC(2026, 0, n)).toUTCString()}</pubDate>${media}${more}</item>`;
