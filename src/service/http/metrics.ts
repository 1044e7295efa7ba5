import type { FastifyInstance } from 'fastify';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/ports.ts';

type Seen = { count: number; seconds: number };

/** What of a route goes into a name of a measure: never an id. */
const labelled = (labels: Record<string, string>): string => Object.entries(labels).map(([name, value]) => `${name}="${value.replaceAll(/["\\\n]/gu, '_')}"`).join(',');

/**
 * `GET /health` (200 while requests can be answered) and `GET /metrics` (Prometheus text format 0.0.4): requests by route and status, time
 * spent, letters waiting. Each answer is logged with its request id and without anything a person has sent.
 */
export function registerMetrics(app: FastifyInstance, { clock, store, log }: { clock: Clock; store: Store; log: Log }): void {
  const seen = new Map<string, Seen>();
  const startedAt = clock.now();

  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    const { method } = request;
    const labels = labelled({ method, route, status: String(reply.statusCode) });
    const before = seen.get(labels) ?? { count: 0, seconds: 0 };
    seen.set(labels, { count: before.count + 1, seconds: before.seconds + reply.elapsedTime / 1000 });
    log('answered', { requestId: request.id, method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) });
  });

  app.get('/health', async (_request, reply) => {
    // A store that cannot be read answers with a problem like everywhere.
    await store.transaction((tx) => tx.mails.count());
    return reply.header('cache-control', 'no-store').send({ status: 'ok' });
  });

  app.get('/metrics', async (_request, reply) => {
    const waiting = await store.transaction((tx) => tx.mails.count());
    const lines = [
      '# TYPE multimedia_requests_total counter', ...[...seen].map(([labels, { count }]) => `multimedia_requests_total{${labels}} ${count}`),
      '# TYPE multimedia_request_seconds_total counter', ...[...seen].map(([labels, { seconds }]) => `multimedia_request_seconds_total{${labels}} ${seconds.toFixed(4)}`),
      '# TYPE multimedia_mails_waiting gauge', `multimedia_mails_waiting ${waiting}`,
      '# TYPE multimedia_up_seconds gauge', `multimedia_up_seconds ${((clock.now() - startedAt) / 1000).toFixed(0)}`,
    ];
    return reply.header('cache-control', 'no-store').type('text/plain; version=0.0.4; charset=utf-8').send(`${lines.join('\n')}\n`);
  });
}
