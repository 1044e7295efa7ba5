import http from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import type { Got, OptionsInit, Response } from 'got';
import type { AccountApi } from '../../account/ports.ts';
import { AppError } from '../../../shared/errors.ts';
import { isLoopbackHost } from '../../../shared/model/url.ts';
import { errorFromTransport, errorFromAnswer, parseJson } from './errors.ts';
import type { Endpoint, Schema } from '../../../shared/api/endpoint.ts';
import {
  endpointNames,
  endpointOf,
  type EndpointName,
  type ServiceApi,
  type TaggedServiceApi,
} from '../../../shared/api/endpoints.ts';

type Answer = { status: number; headers: http.IncomingHttpHeaders; body: Buffer };
type StreamedAnswer = { status: number; headers: Record<string, string>; body: Readable };

/**
 * Requests to one service and to where its public bytes are. Throws `AppError` only; follows no
 * redirects.
 */
type Transport = {
  /** The whole answer, whatever its status. */
  send(url: string, options: OptionsInit): Promise<Answer>;
  /** As it comes; the caller's Range is passed through. */
  stream(url: string, range: string | null): Promise<StreamedAnswer>;
  /** Requests under way and later ones end as `offline`. */
  close(): void;
};

/**
 * The largest answers are a page of 500 changes and a picture of an article; what is larger is not
 * read to its end.
 */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** A preview whose source does not answer for this long is given up. */
const ANSWER_MS = 30_000;

/**
 * Proxies from HTTPS_PROXY, HTTP_PROXY and NO_PROXY (Node's own reading of them); loopback never
 * goes through one.
 */
function agents(origin: string): { http: http.Agent; https: https.Agent } {
  const proxyEnv = isLoopbackHost(new URL(origin).hostname) ? {} : { proxyEnv: process.env };
  return {
    http: new http.Agent({ keepAlive: true, ...proxyEnv }),
    https: new https.Agent({ keepAlive: true, ...proxyEnv }),
  };
}

/** @param onUnreachable told when no answer came. */
function createTransport(origin: string, version: string, onUnreachable: () => void): Transport {
  const agent = agents(origin);
  let client: Promise<Got> | null = null;
  // With the first request: a command that needs no service need not wait for its client, nor hold
  // it in memory.
  const clientOf = (): Promise<Got> =>
    (client ??= import('got').then(({ default: got }) =>
      got.extend({
        agent,
        throwHttpErrors: false,
        followRedirect: false,
        retry: { limit: 1, methods: ['GET'] },
        timeout: { lookup: 5000, connect: 8000, response: 30_000, request: 60_000 },
        headers: { 'user-agent': `MultimediaDesk/${version}` },
        responseType: 'buffer',
        decompress: true,
      }),
    ));
  const closed = new AbortController();

  /** Counted after unpacking: a small answer that unpacks to a large one is stopped as well. */
  async function read(
    url: string,
    { signal, ...options }: OptionsInit,
  ): Promise<Response<Uint8Array>> {
    const tooLarge = new AbortController();
    const request = (await clientOf())(url, {
      ...options,
      signal: AbortSignal.any([closed.signal, tooLarge.signal, ...(signal ? [signal] : [])]),
    });
    void request.on('downloadProgress', ({ transferred, total }) => {
      if (Math.max(transferred, total ?? 0) > MAX_ANSWER_BYTES) tooLarge.abort();
    });
    try {
      return (await request) as Response<Uint8Array>;
    } catch (thrown) {
      if (closed.signal.aborted)
        throw new AppError('offline', 'The service is no longer in use', {
          retryable: true,
          cause: thrown,
        });
      if (tooLarge.signal.aborted)
        throw new AppError('service-error', 'The service’s response is too large', {
          cause: thrown,
        });
      throw thrown;
    }
  }

  return {
    async send(url, options) {
      try {
        const { statusCode, headers, rawBody } = await read(url, options);
        return { status: statusCode, headers, body: Buffer.from(rawBody) };
      } catch (thrown) {
        const error = errorFromTransport(thrown);
        if (
          !closed.signal.aborted &&
          ['offline', 'service-unreachable', 'timeout'].includes(error.code)
        )
          onUnreachable();
        throw error;
      }
    },
    stream: (address, range) => openStream(new URL(address), range, agent),
    close() {
      // Nothing that is under way or still comes holds up the end of the program.
      closed.abort();
      agent.http.destroy();
      agent.https.destroy();
    },
  };
}

function openStream(
  url: URL,
  range: string | null,
  agent: { http: http.Agent; https: https.Agent },
): Promise<StreamedAnswer> {
  return new Promise((resolve, reject) => {
    const secure = url.protocol === 'https:';
    const request = (secure ? https : http).get(
      url,
      { agent: secure ? agent.https : agent.http, headers: range === null ? {} : { range } },
      (response) => {
        // From here on a pause is the viewer's, not the source's.
        request.setTimeout(0);
        const headers = Object.fromEntries(
          ['content-type', 'content-length', 'content-range', 'accept-ranges', 'etag'].flatMap(
            (name) => {
              const value = response.headers[name];
              return typeof value === 'string' ? [[name, value]] : [];
            },
          ),
        );
        resolve({ status: response.statusCode ?? 502, headers, body: response });
      },
    );
    request.setTimeout(ANSWER_MS, () => request.destroy(new Error('no answer')));
    // Also after the answer has begun, when there is nobody left to reject: the body's reader is
    // told by the body.
    request.on('error', () =>
      reject(
        new AppError('service-unreachable', 'The service can’t be reached', { retryable: true }),
      ),
    );
  });
}

/** A call as the client sends it, whichever endpoint it is for. */
type AnyRequest = {
  params?: Record<string, string>;
  query?: Record<string, string | number | boolean | undefined>;
  body?: unknown;
  token?: string | undefined;
  idempotencyKey?: string;
  ifMatch?: string;
};

type RawServiceApi = {
  [N in EndpointName]: (request: Parameters<ServiceApi[N]>[0]) => Promise<unknown>;
};

export type ServiceClient = {
  readonly origin: string;
  /** Every endpoint by its name. An answer outside its schema is `service-error`. */
  readonly api: ServiceApi;
  readonly tagged: TaggedServiceApi;
  /** The answer as it came, for callers that judge it themselves: signed or read leniently. */
  readonly raw: RawServiceApi;
  /**
   * Bytes of a public address (`/media/…` or absolute): pictures and previews; no token goes with
   * it.
   */
  bytes(publicUrl: string, options?: { signal?: AbortSignal }): Promise<Buffer>;
  /** The same as a stream, with the caller's Range passed through. */
  stream(publicUrl: string, range: string | null): Promise<StreamedAnswer>;
  /** Calls under way and later ones end as `offline`. */
  close(): void;
};

type Options = {
  origin: string;
  language(): string;
  /** Called with the service's clock minus ours, ms, whenever it answered. */
  onSeen?(clockOffsetMs: number): void;
  onUnreachable?(): void;
  version: string;
};

function pathOf({ path }: Endpoint, params: Record<string, string> = {}): string {
  return path.replaceAll(/\{(\w+)\}/gu, (_, name: string) =>
    encodeURIComponent(params[name] ?? ''),
  );
}

function optionsOf(
  { method, bodyType }: Endpoint,
  { query = {}, body, token, idempotencyKey, ifMatch }: AnyRequest,
  language: string,
): OptionsInit {
  return {
    method,
    headers: {
      accept: 'application/json',
      'accept-language': language,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      ...(ifMatch !== undefined && { 'if-match': ifMatch }),
      ...(body !== undefined && bodyType !== undefined && { 'content-type': bodyType }),
    },
    searchParams: Object.fromEntries(
      Object.entries(query).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, String(value)]],
      ),
    ),
    ...(body !== undefined && { json: body }),
  };
}

/** A service may answer 200 where 201 is declared, and the like: any success has the same shape. */
const schemaOf = ({ answers }: Endpoint, status: number): Schema | null =>
  status in answers ? (answers[status] ?? null) : (Object.values(answers)[0] ?? null);

/** One function for each endpoint. */
const each = <T>(call: (name: EndpointName, request: AnyRequest) => Promise<unknown>): T =>
  Object.fromEntries(
    endpointNames.map((name) => [name, (request: AnyRequest) => call(name, request)]),
  ) as T;

/** The client of one service. `origin` is its address without `/v1`. */
export function createServiceClient({
  origin,
  language,
  onSeen,
  onUnreachable,
  version,
}: Options): ServiceClient {
  const transport = createTransport(origin, version, () => onUnreachable?.());
  const base = origin.replace(/\/+$/, '');

  /**
   * Only the service itself, in its own language, says that it is there and what time it is: not a
   * captive portal, not a store of pictures.
   */
  function seen(date: string | undefined): void {
    const serviceNow = Date.parse(date ?? '');
    // HTTP dates have whole seconds: half of one is the best guess.
    if (Number.isFinite(serviceNow)) onSeen?.(serviceNow + 500 - Date.now());
  }

  /** @throws `service-error` for an address that is less protected than the service itself. */
  function absolute(publicUrl: string): string {
    const url = new URL(publicUrl, `${origin}/`);
    const isPlain = url.protocol === 'http:' && new URL(origin).protocol === 'http:';
    if (url.protocol !== 'https:' && !isPlain)
      throw new AppError('service-error', 'The service sent a URL that isn’t https');
    return url.href;
  }

  async function send(
    name: EndpointName,
    request: AnyRequest,
  ): Promise<{ schema: Schema | null; etag: string | null; json: unknown }> {
    const endpoint = endpointOf(name);
    const { status, headers, body } = await transport.send(
      base + pathOf(endpoint, request.params),
      optionsOf(endpoint, request, language()),
    );
    const contentType = headers['content-type'] ?? '';
    const isService = contentType.includes('json') || status === 204;
    if (isService) seen(headers.date);
    const schema = schemaOf(endpoint, status);
    if (status < 200 || status > 299 || (schema && !isService))
      throw errorFromAnswer({ status, contentType, body, retryAfter: headers['retry-after'] });
    return { schema, etag: headers.etag ?? null, json: isService ? parseJson(body) : null };
  }

  async function tagged(
    name: EndpointName,
    request: AnyRequest,
  ): Promise<{ value: unknown; etag: string | null }> {
    const { schema, etag, json } = await send(name, request);
    if (schema === null) return { value: undefined, etag };
    const parsed = schema.safeParse(json);
    if (!parsed.success)
      throw new AppError(
        'service-error',
        `The service’s response to ${name} doesn’t match its API (${parsed.error.issues[0]?.path.join('.') ?? ''})`,
      );
    return { value: parsed.data, etag };
  }

  return {
    origin,
    api: each<ServiceApi>(async (name, request) => (await tagged(name, request)).value),
    tagged: each<TaggedServiceApi>(tagged),
    raw: each<RawServiceApi>(async (name, request) => (await send(name, request)).json),
    async bytes(publicUrl, { signal } = {}) {
      const { status, headers, body } = await transport.send(absolute(publicUrl), {
        method: 'GET',
        ...(signal ? { signal } : {}),
      });
      if (status !== 200)
        throw errorFromAnswer({
          status,
          contentType: headers['content-type'] ?? '',
          body,
          retryAfter: headers['retry-after'],
        });
      return body;
    },
    stream: async (publicUrl, range) => transport.stream(absolute(publicUrl), range),
    close: () => transport.close(),
  };
}

/** The account's part of a service: its own endpoints with the entity tag of the account. */
export const createAccountApi = ({ api, tagged }: ServiceClient): AccountApi => ({
  ...api,
  getAccount: tagged.getAccount,
  patchAccount: tagged.patchAccount,
  putTerms: tagged.putTerms,
  verifyEmailChange: tagged.verifyEmailChange,
});
