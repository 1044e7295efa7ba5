import type http from 'node:http';
import type { Got, OptionsInit, Response } from 'got';
import type { AccountApi } from '../../account/ports.ts';
import { AppError } from '../../../shared/errors.ts';
import { createAgents } from '../http/agents.ts';
import type { Network } from '../http/network.ts';
import { openStream, type StreamedAnswer } from '../http/stream.ts';
import { errorFromTransport, errorFromAnswer, parseJson } from './errors.ts';
import type { Endpoint, Schema } from '../../../shared/api/endpoint.ts';
import {
  endpointNames,
  endpointOf,
  type EndpointName,
  type ServiceApi,
  type TaggedServiceApi,
} from '../../../shared/api/endpoints.ts';
import { systemClock } from '../../../shared/clock.ts';

type Answer = { status: number; headers: http.IncomingHttpHeaders; body: Buffer };

/** Requests to one service and its public media. Throws `AppError` only; follows no redirects. */
type Transport = {
  /**
   * Resolves with the complete response, whatever its status.
   *
   * @throws `service-error` for a larger one than `maxBytes`
   */
  send(url: string, options: OptionsInit, maxBytes: number): Promise<Answer>;
  /** Resolves with a streamed response; `range` is passed through. */
  stream(url: string, range: string | null): Promise<StreamedAnswer>;
  /** Requests in flight and later ones reject with `offline`. */
  close(): void;
};

/**
 * The largest expected responses are a page of 500 changes, of 2 to 5 MB, and a manifest. JSON is
 * parsed in one go, in the thread of the window: nothing but `{}`, this many take a second.
 */
const MAX_JSON_BYTES = 16 * 1024 * 1024;
const MAX_PICTURE_BYTES = 64 * 1024 * 1024;

/** @param onUnreachable called when a request got no response */
function createTransport(
  version: string,
  network: Network | undefined,
  onUnreachable: () => void,
): Transport {
  const agents = createAgents(network ? { network } : {});
  let client: Promise<Got> | null = null;
  // Loaded with the first request: commands without a service save its time and memory.
  const clientOf = (): Promise<Got> =>
    (client ??= import('got').then(({ default: got }) =>
      got.extend({
        agent: { http: agents.http, https: agents.https },
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

  /** The limit applies to the decompressed size, against decompression bombs. */
  async function read(
    url: string,
    { signal, ...options }: OptionsInit,
    maxBytes: number,
  ): Promise<Response<Uint8Array>> {
    const tooLarge = new AbortController();
    const request = (await clientOf())(url, {
      ...options,
      signal: AbortSignal.any([closed.signal, tooLarge.signal, ...(signal ? [signal] : [])]),
    });
    void request.on('downloadProgress', ({ transferred, total }) => {
      if (Math.max(transferred, total ?? 0) > maxBytes) tooLarge.abort();
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
    async send(url, options, maxBytes) {
      try {
        const { statusCode, headers, rawBody } = await read(url, options, maxBytes);
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
    stream: (address, range) => openStream(new URL(address), { range }, agents),
    close() {
      // Requests in flight must not delay the end of the program.
      closed.abort();
      agents.destroy();
    },
  };
}

/** A request to any endpoint. */
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
  /** Every endpoint by name. A response that does not match its schema is `service-error`. */
  readonly api: ServiceApi;
  readonly tagged: TaggedServiceApi;
  /** The unvalidated response, for callers that verify a signature or parse leniently. */
  readonly raw: RawServiceApi;
  /**
   * Bytes at a public URL (`/media/…` or absolute), such as pictures and previews; sent without a
   * token.
   */
  bytes(publicUrl: string, options?: { signal?: AbortSignal }): Promise<Buffer>;
  /** The same as a stream, with the caller's Range passed through. */
  stream(publicUrl: string, range: string | null): Promise<StreamedAnswer>;
  /** Requests in flight and later ones reject with `offline`. */
  close(): void;
};

type Options = {
  origin: string;
  language(): string;
  /** Called at each response with the service's clock minus the local one, ms. */
  onSeen?(clockOffsetMs: number): void;
  onUnreachable?(): void;
  version: string;
  network?: Network | undefined;
};

/** @throws `not-found` for an ID that would lead to another path: a URL drops `.` and `..` */
function pathOf({ path }: Endpoint, params: Record<string, string> = {}): string {
  return path.replaceAll(/\{(\w+)\}/gu, (_, name: string) => {
    const value = params[name] ?? '';
    if (/^\.{0,2}$/u.test(value))
      throw new AppError(
        'not-found',
        `The service has nothing with the ID ${JSON.stringify(value)}`,
      );
    return encodeURIComponent(value);
  });
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

/** Schema for a status; for an undeclared one that of any success, which all share one shape. */
const schemaOf = ({ answers }: Endpoint, status: number): Schema | null =>
  status in answers ? (answers[status] ?? null) : (Object.values(answers)[0] ?? null);

/** Builds one function per endpoint. */
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
  network,
}: Options): ServiceClient {
  const transport = createTransport(version, network, () => onUnreachable?.());
  const base = origin.replace(/\/+$/, '');

  /**
   * Records reachability and clock. Only JSON counts: a captive portal or a media store is not the
   * service.
   */
  function seen(date: string | undefined): void {
    const serviceNow = Date.parse(date ?? '');
    // HTTP dates are truncated to seconds; half a second is the expected error.
    if (Number.isFinite(serviceNow)) onSeen?.(serviceNow + 500 - systemClock.nowMs());
  }

  /** @throws `service-error` for a URL that is less protected than the service */
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
      MAX_JSON_BYTES,
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
      const { status, headers, body } = await transport.send(
        absolute(publicUrl),
        { method: 'GET', ...(signal ? { signal } : {}) },
        MAX_PICTURE_BYTES,
      );
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

/** The account endpoints, with the ETag of the account where a later edit needs it. */
export const createAccountApi = ({ api, tagged }: ServiceClient): AccountApi => ({
  ...api,
  getAccount: tagged.getAccount,
  patchAccount: tagged.patchAccount,
  putTerms: tagged.putTerms,
  verifyEmailChange: tagged.verifyEmailChange,
});
