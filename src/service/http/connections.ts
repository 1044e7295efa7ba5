import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Server as NetServer, Socket } from 'node:net';
import { ipKey } from './limits.ts';

/** Most open connections: in all, and per address (IPv6 /64). */
export type ConnectionLimits = { total: number; perAddress: number };

/**
 * Keeps a listener within its limits. A connection over a limit replaces the oldest idle one, so
 * that silent connections shut no one out. If all are busy, the new one is closed; over the total
 * limit, though, the address with the most connections gives up its oldest to an address with
 * fewer. Only HTTP connections can be known to be busy. A request before the answer to the one
 * before it closes the connection.
 */
export function limitConnections(server: NetServer, { total, perAddress }: ConnectionLimits): void {
  const open = new Map<Socket, { address: string; requests: number }>();

  const take = (socket: Socket): void => {
    open.delete(socket);
    socket.destroy();
  };

  function makeRoom(
    most: number,
    isCounted: (address: string) => boolean,
    otherwise: () => Socket | undefined,
  ): boolean {
    const counted = [...open].filter(([, { address }]) => isCounted(address));
    if (counted.length < most) return true;
    const [oldest] = counted.find(([, { requests }]) => requests === 0) ?? [otherwise()];
    if (!oldest) return false;
    take(oldest);
    return true;
  }

  /**
   * The oldest connection of the address that has the most, if that is more than the newcomer would
   * have.
   */
  function oldestOfMost(newcomer: string): Socket | undefined {
    const counts = new Map<string, number>();
    for (const { address } of open.values()) counts.set(address, (counts.get(address) ?? 0) + 1);
    const [most, count] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), ['', 0]);
    return count > (counts.get(newcomer) ?? 0) + 1
      ? [...open].find(([, { address }]) => address === most)?.[0]
      : undefined;
  }

  server.on('connection', (socket) => {
    const address = ipKey(socket.remoteAddress ?? '');
    if (
      makeRoom(
        perAddress,
        (other) => other === address,
        () => undefined,
      ) &&
      makeRoom(
        total,
        () => true,
        () => oldestOfMost(address),
      )
    ) {
      open.set(socket, { address, requests: 0 });
      socket.once('close', () => open.delete(socket));
    } else socket.destroy();
  });
  // First of all, so that nothing answers on a connection that is closed here.
  server.prependListener('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const entry = open.get(socket);
    if (!entry) return;
    // Without pipelining (RFC 9112 §9.3.2 lets a client repeat what got no answer), a client that
    // reads nothing costs one answer per connection.
    if (entry.requests > 0) return take(socket);
    entry.requests += 1;
    response.once('close', () => {
      entry.requests -= 1;
    });
  });
}

/**
 * A listener for a few local clients.
 * @param requestMs timeout for a request to arrive, for an idle connection, and for an answer that
 * is not read
 */
export function smallServer(
  answer: RequestListener,
  limits: ConnectionLimits,
  requestMs: number,
): Server {
  const server = createServer(
    {
      headersTimeout: requestMs,
      requestTimeout: requestMs,
      keepAliveTimeout: requestMs,
      connectionsCheckingInterval: Math.min(1000, requestMs),
    },
    answer,
  );
  server.timeout = requestMs;
  limitConnections(server, limits);
  return server;
}

/** False for other host names that resolve to loopback: guards against DNS rebinding. */
export const isLoopbackHost = (host: string | undefined): boolean =>
  /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host ?? '');

/** Status for a read-only resource; for other methods sets `Allow`. */
export function readStatus({ method }: IncomingMessage, response: ServerResponse): 200 | 405 {
  if (method === 'GET' || method === 'HEAD') return 200;
  response.setHeader('allow', 'GET, HEAD');
  return 405;
}
