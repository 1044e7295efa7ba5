import type { Socket } from 'node:net';
import {
  fastify,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { endpoints } from '../../shared/api/endpoints.ts';
import type { ProblemName } from '../../shared/api/problem.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { limitConnections, type ConnectionLimits } from '../http/connections.ts';
import { languageOf } from '../http/language.ts';
import { problem, problemBody, ServiceProblem } from '../http/problems.ts';
import { newRequestId } from './routes.ts';

const BODY_LIMIT = 64 * 1024;
/**
 * For a whole request including its headers; for the first one, from the opening of the connection.
 */
const REQUEST_MS = 15_000;
/** Between two requests of a connection. */
const KEEP_ALIVE_MS = 20_000;
/**
 * Without a byte in either direction. A client with a low speed limit may read nothing for minutes,
 * because kernels buffer megabytes.
 */
const STALLED_MS = 5 * 60_000;
/** Time for a refused client to read the answer before the connection is closed. */
const LINGER_MS = 500;

const BY_STATUS: Record<number, ProblemName> = {
  400: 'malformed-request',
  404: 'not-found',
  413: 'body-too-large',
  415: 'unsupported-media-type',
  503: 'maintenance',
};

function asProblem(error: unknown, log: Log, requestId: string): ServiceProblem {
  if (error instanceof ServiceProblem) return error;
  const status =
    error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
      ? error.statusCode
      : 500;
  const name = BY_STATUS[status];
  if (name !== undefined) return problem(name);
  log('internal-error', {
    requestId,
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
  return problem('internal');
}

function sendProblem(
  error: ServiceProblem,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const body = problemBody(
    error.problem,
    error.facts,
    request.id,
    languageOf(request.headers['accept-language']),
  );
  if (body.status === 401) void reply.header('www-authenticate', 'Bearer error="invalid_token"');
  if (body.status === 429 || body.status === 503)
    void reply.header(
      'retry-after',
      String(Math.max(1, Math.ceil((error.retryAfterMs ?? 1000) / 1000))),
    );
  return reply
    .code(body.status)
    .header('cache-control', 'no-store')
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(body));
}

/**
 * Answers a request that the HTTP parser refused, which has no request object, in the usual form.
 */
function refuseRaw(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const requestId = newRequestId(undefined);
  const body = JSON.stringify(problemBody('malformed-request', {}, requestId, 'en'));
  socket.end(
    `HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\nx-request-id: ${requestId}\r\nx-content-type-options: nosniff\r\ncache-control: no-store\r\nconnection: close\r\n\r\n${body}`,
  );
  // A client that never closes its side would keep the connection open.
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

/**
 * Methods of a path that lacks the requested one: 405, not 404 (RFC 9110 §15.5.6). Undefined where
 * the route exists or the path is unknown.
 */
function methodsByAddress(
  app: FastifyInstance,
): (request: FastifyRequest) => readonly string[] | undefined {
  const routes: { url: string; pattern: RegExp; methods: string[] }[] = [];
  app.addHook('onRoute', ({ url, method }) => {
    const known = routes.find((route) => route.url === url);
    if (known) known.methods.push(...[method].flat());
    else
      routes.push({
        url,
        pattern: new RegExp(`^${url.replaceAll(/:\w+/g, '[^/]+')}$`),
        methods: [method].flat(),
      });
  });
  return ({ url, is404, routeOptions }) => {
    const path = url.split('?', 1)[0] ?? '';
    const exact = routes.find((route) => route.url === path);
    // A GET of `/media-urls` matches `/:id`.
    if (!is404)
      return exact === undefined || exact.url === routeOptions.url ? undefined : exact.methods;
    return (exact ?? routes.find(({ pattern }) => pattern.test(path)))?.methods;
  };
}

/**
 * The server without its routes: request IDs, raw JSON bodies, and a problem for every failure.
 * @param requestMs timeout for a request to arrive
 */
export function createApp(
  log: Log,
  clock: Clock,
  connections: ConnectionLimits,
  requestMs = REQUEST_MS,
): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: BODY_LIMIT,
    genReqId: (request) => newRequestId(request.headers['x-request-id']),
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionTimeout: STALLED_MS,
    requestTimeout: requestMs,
    http: { headersTimeout: requestMs, connectionsCheckingInterval: Math.min(1000, requestMs) },
    clientErrorHandler: refuseRaw,
    // Paths that no route can have: wrongly encoded, or with an overlong ID.
    frameworkErrors: (_error, request, reply) => {
      void reply.headers({ 'x-request-id': request.id, 'x-content-type-options': 'nosniff' });
      sendProblem(problem('not-found'), request, reply);
    },
  });
  limitConnections(app.server, connections);
  const methodsOf = methodsByAddress(app);
  app.removeAllContentTypeParsers();
  // As text: the idempotency digest covers the exact bytes, and malformed JSON gets a problem of
  // this API.
  app.addContentTypeParser(
    ['application/json', 'application/merge-patch+json'],
    { parseAs: 'string' },
    (_request, body, done) => done(null, body),
  );
  // One-click unsubscribe posts a form whose only field states that purpose (RFC 8058 §3.1).
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (request, _body, done) => {
      if (request.routeOptions.url === endpoints.unsubscribe.path) done(null, '');
      else done(problem('unsupported-media-type'));
    },
  );
  app.addHook('onRequest', async (request, reply) => {
    // Closed for pipelining.
    if (request.raw.socket.destroyed) {
      reply.hijack();
      return;
    }
    void reply.headers({ 'x-request-id': request.id, 'x-content-type-options': 'nosniff' });
    // Clients judge embargoes by the service’s clock. On the raw response, so that hijacked routes
    // have it too.
    reply.raw.setHeader('date', new Date(clock.now()).toUTCString());
    // Before the body is checked, whose type may be wrong as well.
    const allowed = methodsOf(request);
    if (allowed === undefined) return;
    void reply.header('allow', allowed.join(', '));
    throw problem('method-not-allowed');
  });
  app.setErrorHandler((error: FastifyError, request, reply) =>
    sendProblem(asProblem(error, log, request.id), request, reply),
  );
  app.setNotFoundHandler((request, reply) => sendProblem(problem('not-found'), request, reply));
  return app;
}
