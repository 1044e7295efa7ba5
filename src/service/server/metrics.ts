import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { MailQueue } from '../mail/queue.ts';
import type { Store } from '../store/ports.ts';
import { isLoopbackHost, readStatus, smallServer } from '../http/connections.ts';

const CONNECTIONS = { total: 16, perAddress: 16 };
/** For a request to arrive. */
const REQUEST_MS = 10_000;

type Seen = { count: number; seconds: number };

/** Labels of a metric. Routes are patterns, never IDs. */
const labelled = (labels: Record<string, string>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replaceAll(/["\\\n]/gu, '_')}"`)
    .join(',');

/** Requests by route and status, and the time they took. */
export type Measures = { lines(): string[] };

/**
 * `GET /health`: 200 while requests can be answered. Every answer is logged with its request ID,
 * without any input of the client.
 */
export function registerHealth(
  app: FastifyInstance,
  { store, log }: { store: Store; log: Log },
): Measures {
  const seen = new Map<string, Seen>();

  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    const { method } = request;
    const labels = labelled({ method, route, status: String(reply.statusCode) });
    const before = seen.get(labels) ?? { count: 0, seconds: 0 };
    seen.set(labels, {
      count: before.count + 1,
      seconds: before.seconds + reply.elapsedTime / 1000,
    });
    log('answered', {
      requestId: request.id,
      method,
      route,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    });
  });

  app.get('/health', async (_request, reply) => {
    // If the store can’t be read, the answer is a problem as everywhere.
    await store.transaction((tx) => tx.notes.get('content-epoch'));
    return reply.header('cache-control', 'no-store').send({ status: 'ok' });
  });

  return {
    lines: () => [
      '# TYPE multimedia_requests_total counter',
      ...[...seen].map(([labels, { count }]) => `multimedia_requests_total{${labels}} ${count}`),
      '# TYPE multimedia_request_seconds_total counter',
      ...[...seen].map(
        ([labels, { seconds }]) =>
          `multimedia_request_seconds_total{${labels}} ${seconds.toFixed(4)}`,
      ),
    ],
  };
}

/**
 * `GET /metrics` (Prometheus text format 0.0.4) on a listener of its own on 127.0.0.1. There is no
 * count of mails: with it, a reader of the metrics could request a reset and see whether the
 * address has an account.
 */
export async function startMetrics(
  port: number,
  { clock, mail }: { clock: Clock; mail: MailQueue },
  measures: Measures,
  requestMs = REQUEST_MS,
): Promise<{ url: string; close(): Promise<void> }> {
  const startedAt = clock.now();
  const text = async () =>
    `${[
      ...measures.lines(),
      '# TYPE multimedia_mail_server_up gauge',
      `multimedia_mail_server_up ${(await mail.isServerUp()) ? 1 : 0}`,
      '# TYPE multimedia_up_seconds gauge',
      `multimedia_up_seconds ${((clock.now() - startedAt) / 1000).toFixed(0)}`,
    ].join('\n')}\n`;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const isMetrics = isLoopbackHost(request.headers.host) && request.url === '/metrics';
    const status = isMetrics ? readStatus(request, response) : 404;
    const body = status === 200 ? await text() : 'GET /metrics\n';
    response
      .writeHead(status, {
        'content-type': 'text/plain; version=0.0.4; charset=utf-8',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      })
      .end(body);
  };
  const server = smallServer(
    (request, response) => void answer(request, response),
    CONNECTIONS,
    requestMs,
  );
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
