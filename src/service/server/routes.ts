import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Text, type Endpoint } from '../../shared/api/endpoint.ts';
import { endpointNames, endpointOf, type EndpointName } from '../../shared/api/endpoints.ts';
import type { Context } from '../context.ts';
import type { Authenticate } from '../accounts/authenticate.ts';
import type { Handlers, Authenticated } from '../http/call.ts';
import { evaluateConditions } from '../http/conditions.ts';
import { createIdempotency, type Idempotency, type Plain } from './idempotency.ts';
import { languageOf } from '../http/language.ts';
import { ipKey } from '../http/limits.ts';
import { problem } from '../http/problems.ts';
import { encodeBody, strongEtag, encodedEtag } from '../http/representation.ts';
import { validated, withLists } from '../http/validate.ts';

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
/** Endpoints whose answers contain tokens. */
const SECRET_ANSWERS: readonly string[] = ['verifyAccount', 'refresh'] satisfies EndpointName[];
const OPEN_TAGS: readonly string[] = ['catalogue', 'articles', 'meta', 'packages'];

const header = (request: FastifyRequest, name: string): string | undefined => {
  const value = request.headers[name.toLowerCase()];
  return Array.isArray(value) ? value.join(', ') : value;
};

/** The body parsers deliver text. */
const rawBody = (request: FastifyRequest): string =>
  typeof request.body === 'string' ? request.body : '';

function parsedJson(raw: string): unknown {
  if (raw === '') return undefined;
  try {
    return JSON.parse(raw);
  } catch {
    throw problem('malformed-request');
  }
}

function keyOf(request: FastifyRequest, endpoint: Endpoint): string {
  if (!endpoint.idempotencyKey) return '';
  const key = header(request, 'idempotency-key');
  if (key === undefined || !UUID.test(key)) {
    throw problem('validation-failed', {
      errors: [{ field: 'Idempotency-Key', code: key === undefined ? 'required' : 'invalid' }],
    });
  }
  return key.toLowerCase();
}

async function signedIn(
  endpoint: Endpoint,
  request: FastifyRequest,
  authenticate: Authenticate,
): Promise<Authenticated | null> {
  if (endpoint.auth === 'none') return null;
  const authorization = header(request, 'authorization');
  if (authorization === undefined && endpoint.auth === 'optional') return null;
  return authenticate(authorization);
}

type Prepared = { endpoint: Endpoint; request: FastifyRequest; reply: FastifyReply };
type Answer = { status: number; body: unknown; headers?: Record<string, string> };

const asText = (body: unknown): string =>
  body === null ? '' : body instanceof Text ? body.text : JSON.stringify(body);

/** Content negotiation and caching headers of an answer; fastify only writes it. */
async function send(
  { endpoint, request, reply }: Prepared,
  { status, headers = {} }: Omit<Answer, 'body'>,
  text: string,
): Promise<FastifyReply> {
  const isOpen = OPEN_TAGS.includes(endpoint.tag);
  void reply.code(status).headers(
    isOpen
      ? {
          'cache-control': 'private, no-cache',
          vary: 'Authorization, Accept, Accept-Language, Accept-Encoding',
        }
      : { 'cache-control': 'no-store' },
  );
  void reply.headers(headers);
  const etag = endpoint.etag ? (headers['etag'] ?? strongEtag(text)) : null;
  // Preconditions of a change were evaluated before it was made.
  if (etag !== null && endpoint.method === 'GET') {
    const verdict = evaluateConditions(
      { header: (name) => header(request, name) },
      { etags: [etag, encodedEtag(etag, 'gzip')] },
    );
    if (verdict === 'failed') throw problem('edit-conflict');
    if (verdict === 'not-modified') return reply.code(304).header('etag', etag).send();
  }
  const encoded =
    endpoint.tag === 'catalogue' || endpoint.tag === 'articles'
      ? await encodeBody(text, header(request, 'accept-encoding'))
      : { body: text, coding: null };
  if (etag !== null) void reply.header('etag', encodedEtag(etag, encoded.coding));
  if (encoded.coding !== null) void reply.header('content-encoding', encoded.coding);
  if (text === '') return reply.send();
  if (headers['content-type'] === undefined) void reply.type('application/json; charset=utf-8');
  return reply.send(encoded.body);
}

type Tools = { context: Context; authenticate: Authenticate; idempotent: Idempotency };

/** Any handler of the table; its input was parsed by the endpoint’s own schemas. */
type AnyHandler = (call: never) => Promise<Answer>;

function route(
  name: EndpointName,
  handler: AnyHandler,
  { context, authenticate, idempotent }: Tools,
) {
  const endpoint = endpointOf(name);
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const prepared = { endpoint, request, reply };
    const ip = request.ip;
    const auth = await signedIn(endpoint, request, authenticate);
    // Change feeds have limits of their own, which depend on whether there is anything new.
    if (OPEN_TAGS.includes(endpoint.tag) && !name.endsWith('Changes'))
      void reply.headers(context.limits.require('read', auth?.session.id ?? ipKey(ip)) ?? {});
    const idempotencyKey = keyOf(request, endpoint);
    const call = {
      params: validated(endpoint.params, request.params),
      query: validated(endpoint.query, withLists(endpoint.query, request.query)),
      body: validated(endpoint.body, parsedJson(rawBody(request))),
      auth,
      language: languageOf(header(request, 'accept-language')),
      ip,
      idempotencyKey,
      header: (wanted: string) => header(request, wanted),
    } as never;
    if (!endpoint.idempotencyKey) {
      const answer: Answer = await handler(call);
      return send(prepared, answer, asText(answer.body));
    }
    const work = async (): Promise<Plain> => {
      const answer: Answer = await handler(call);
      return { status: answer.status, body: asText(answer.body) };
    };
    const asked = {
      key: idempotencyKey,
      accountId: auth?.account.id ?? '',
      route: `${endpoint.method} ${request.url}`,
      body: rawBody(request),
      storesAnswer: !SECRET_ANSWERS.includes(name),
    };
    const { status, body, isReplay } = await idempotent.run(asked, work);
    return send(
      prepared,
      { status, ...(isReplay ? { headers: { 'idempotency-replayed': 'true' } } : {}) },
      body,
    );
  };
}

/** Registers a route for every endpoint of the table; a missing handler does not compile. */
export function registerRoutes(
  app: FastifyInstance,
  context: Context,
  authenticate: Authenticate,
  handlers: Handlers,
): void {
  const tools: Tools = { context, authenticate, idempotent: createIdempotency(context) };
  for (const name of endpointNames) {
    const { method, path } = endpointOf(name);
    app.route({
      method,
      url: path.replaceAll(/\{(\w+)\}/g, ':$1'),
      handler: route(name, handlers[name], tools),
    });
  }
}

export const newRequestId = (given: unknown): string =>
  typeof given === 'string' && UUID.test(given) ? given.toLowerCase() : randomUUID();
