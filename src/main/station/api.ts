import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  apiEndpointNames,
  apiEndpointOf,
  typesOf,
  type ApiEndpoint,
  type ApiEndpointName,
} from '../../shared/desk-api/endpoints.ts';
import { Text } from '../../shared/api/endpoint.ts';
import { systemClock } from '../../shared/clock.ts';
import type { ApiSystem } from '../app/api-tokens.ts';
import type { Services } from '../app/services.ts';
import { challengeOf, createApiHandlers, scopeRefusal, type ApiHandlers } from './api-handlers.ts';
import {
  ApiRefusal,
  bearerOf,
  bodyOf,
  isNoneMatch,
  jsonOf,
  negotiate,
  problemOf,
  queryOf,
  validated,
} from './api-http.ts';

/** What the station knows of a request. */
type Arrival = {
  url: URL;
  /** Our own. */
  origin: string;
  /** Headers of all answers. */
  headers: Record<string, string>;
  /** The connection has shown that it belongs to somebody. */
  trust(): void;
};

const MAX_BODY = 64 * 1024;
/** A service or an archive may be asked. */
const ANSWER_MS = 60_000;
/** Wrong tokens that are answered as such; whoever shows a right one is never refused for others. */
const MAX_WRONG = 30;
const WRONG_MS = 60_000;

type Answer = {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
  onHandedOver?: () => Promise<void>;
};
/** Any handler of the table; its input was parsed by the endpoint’s own schemas. */
type AnyHandler = (call: never) => Promise<Answer>;
type Route = { name: ApiEndpointName; endpoint: ApiEndpoint; segments: readonly string[] };

const ROUTES: readonly Route[] = apiEndpointNames.map((name) => {
  const endpoint = apiEndpointOf(name);
  return { name, endpoint, segments: endpoint.path.split('/') };
});

/** Parameters of a path by its template, decoded; null if it is another one. */
function paramsOf(template: readonly string[], path: string): Record<string, string> | null {
  const segments = path.split('/');
  if (segments.length !== template.length) return null;
  const params: Record<string, string> = {};
  for (const [at, wanted] of template.entries()) {
    const given = segments[at] ?? '';
    if (!wanted.startsWith('{')) {
      if (wanted !== given) return null;
      continue;
    }
    try {
      params[wanted.slice(1, -1)] = decodeURIComponent(given);
    } catch {
      throw new ApiRefusal('malformed-request', 'The path isn’t percent-encoded UTF-8.');
    }
  }
  return params;
}

const methodOf = ({ method = '' }: IncomingMessage): string => (method === 'HEAD' ? 'GET' : method);

/** @throws `not-found`, `method-not-allowed` */
function routeOf(
  request: IncomingMessage,
  path: string,
): Route & { params: Record<string, string> } {
  const found = ROUTES.flatMap((route) => {
    const params = paramsOf(route.segments, path);
    return params ? [{ ...route, params }] : [];
  });
  if (found.length === 0) throw new ApiRefusal('not-found', 'There is nothing at this path.');
  const route = found.find(({ endpoint }) => endpoint.method === methodOf(request));
  if (route) return route;
  const allow = found.flatMap(({ endpoint: { method } }) =>
    method === 'GET' ? ['GET', 'HEAD'] : [method],
  );
  throw new ApiRefusal(
    'method-not-allowed',
    `Use ${allow.join(' or ')} here.`,
    {},
    { allow: allow.join(', ') },
  );
}

/**
 * The station's API for newsroom systems: each with a token, whose scopes are asked at every
 * request. Pages of other sites are refused, whatever they show.
 */
export class StationApi {
  readonly #services: Services;
  readonly #handlers: ApiHandlers;
  /** Answers under way, with the token that they are for. */
  readonly #open = new Map<ServerResponse, string>();
  readonly #unsubscribe: () => void;
  /** Wrong tokens since a moment. */
  #wrong = { count: 0, sinceMs: 0 };

  constructor(services: Services) {
    this.#services = services;
    this.#handlers = createApiHandlers(services);
    this.#unsubscribe = services.apiTokens.onRevoked((id) => {
      for (const [response, token] of this.#open) if (token === id) response.destroy();
    });
  }

  close(): void {
    this.#unsubscribe();
  }

  /** Never rejects: what fails is logged, and answered as a problem. */
  async answer(
    request: IncomingMessage,
    response: ServerResponse,
    arrival: Arrival,
  ): Promise<void> {
    try {
      await this.#answer(request, response, arrival);
    } catch (thrown) {
      const { problem, headers } = problemOf(thrown);
      if (problem.code === 'bug') this.#services.options.log.error('api', thrown);
      if (response.headersSent || response.destroyed) {
        response.destroy();
        return;
      }
      response
        .writeHead(problem.status, {
          ...arrival.headers,
          ...headers,
          'content-type': 'application/problem+json',
          // A body that wasn't read would be taken for the next request.
          ...(request.complete ? {} : { connection: 'close' }),
        })
        .end(request.method === 'HEAD' ? undefined : JSON.stringify(problem));
    }
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    { url, origin, headers, trust }: Arrival,
  ): Promise<void> {
    const from = request.headers.origin;
    if (from !== undefined && from !== origin)
      throw new ApiRefusal('forbidden', 'Pages of other sites can’t use this API.');
    this.#services.apiTokens.require();
    const isDocument = url.pathname === apiEndpointOf('getDocument').path;
    const system = isDocument ? null : this.#systemOf(request);
    if (system) {
      trust();
      request.socket.setTimeout(ANSWER_MS);
      this.#open.set(response, system.id);
      response.once('close', () => this.#open.delete(response));
    }
    const { name, endpoint, params } = routeOf(request, url.pathname);
    const { scope } = endpoint;
    if (scope !== 'any' && scope !== 'none' && system?.scopes.includes(scope) !== true)
      throw scopeRefusal(scope);
    const type = negotiate(typesOf(endpoint), request.headers.accept);
    const stop = new AbortController();
    response.once('close', () => stop.abort());
    const call = {
      params: endpoint.params && validated(endpoint.params, params),
      query: validatedQuery(endpoint, url),
      body: await this.#bodyOf(request, endpoint),
      type,
      system,
      signal: stop.signal,
    } as never;
    const handler: AnyHandler = this.#handlers[name];
    const answer = await handler(call);
    if (endpoint.method !== 'GET')
      this.#services.options.log.info(`api: ${system?.name ?? ''}: ${name} ${answer.status}`);
    await send(request, response, { answer, type, headers });
  }

  /** @throws `invalid-token`, `rate-limited` */
  #systemOf({ headers: { authorization } }: IncomingMessage): ApiSystem {
    if (authorization === undefined)
      throw new ApiRefusal(
        'invalid-token',
        'Send the token as: Authorization: Bearer mmd_…',
        {},
        { 'www-authenticate': challengeOf() },
      );
    const token = bearerOf(authorization);
    const system = token === null ? null : this.#services.apiTokens.check(token);
    if (system) return system;
    const nowMs = systemClock.nowMs();
    const leftMs = this.#wrong.sinceMs + WRONG_MS - nowMs;
    if (leftMs <= 0 || leftMs > WRONG_MS) this.#wrong = { count: 0, sinceMs: nowMs };
    this.#wrong.count += 1;
    if (this.#wrong.count === MAX_WRONG + 1)
      this.#services.options.log.info(`api: more than ${MAX_WRONG} wrong tokens within a minute`);
    if (this.#wrong.count > MAX_WRONG)
      throw new ApiRefusal(
        'rate-limited',
        'Too many requests with wrong tokens. Try again later.',
        {},
        { 'retry-after': String(Math.ceil(Math.max(leftMs, 1000) / 1000)) },
      );
    throw new ApiRefusal(
      'invalid-token',
      'The token is unknown, revoked or expired.',
      {},
      { 'www-authenticate': challengeOf('error="invalid_token"') },
    );
  }

  /** @throws `unsupported-media-type`, `body-too-large`, `malformed-request`, `validation-failed` */
  async #bodyOf(
    request: IncomingMessage,
    { method, body, bodyType }: ApiEndpoint,
  ): Promise<unknown> {
    if (method === 'GET') return undefined;
    const text = await bodyOf(request, MAX_BODY);
    if (!body) return undefined;
    const [given = ''] = (request.headers['content-type'] ?? '').split(';');
    const types = [...(bodyType === undefined ? [] : [bodyType]), 'application/json'];
    if (!types.includes(given.trim().toLowerCase()))
      throw new ApiRefusal(
        'unsupported-media-type',
        `Send the body as ${types.join(' or ')}.`,
        {},
        { [method === 'PATCH' ? 'accept-patch' : 'accept']: types.join(', ') },
      );
    return validated(body, jsonOf(text));
  }
}

/** @throws `validation-failed`, also for members where none is known */
function validatedQuery({ query }: ApiEndpoint, { searchParams }: URL): unknown {
  const given = queryOf(searchParams);
  if (query) return validated(query, given);
  const [unknown] = Object.keys(given);
  if (unknown === undefined) return undefined;
  throw new ApiRefusal('validation-failed', 'Some members of the request break a rule.', {
    errors: [{ field: unknown.slice(0, 100), message: 'is not known' }],
  });
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  {
    answer: { status, body, headers: own, onHandedOver },
    type,
    headers: common,
  }: { answer: Answer; type: string; headers: Record<string, string> },
): Promise<void> {
  const headers = { ...common, ...own, 'cache-control': 'private, no-cache' };
  if (body === null) return void response.writeHead(status, headers).end();
  const bytes = Buffer.from(body instanceof Text ? body.text : JSON.stringify(body), 'utf8');
  const isRead = methodOf(request) === 'GET';
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`;
  const tagged = isRead ? { ...headers, etag, vary: 'Accept, Authorization' } : headers;
  if (isRead && isNoneMatch(request.headers['if-none-match'], etag))
    return void response.writeHead(304, tagged).end();
  if (request.method !== 'HEAD') await onHandedOver?.();
  response.writeHead(status, {
    ...tagged,
    'content-type': type === 'application/json' ? type : `${type}; charset=utf-8`,
    'content-length': bytes.byteLength,
    // A page of a report or an article has its own styles, and must run nothing here.
    ...(type === 'text/html'
      ? {
          'content-security-policy':
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
        }
      : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}
