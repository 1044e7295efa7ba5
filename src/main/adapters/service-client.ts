import http from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import got, { type Got, type OptionsInit, type Response } from 'got';
import type * as z from 'zod';
import { AppError } from '../../shared/errors.ts';
import { errorFromAnswer, errorFromTransport, parseJson } from './service-errors.ts';

export type Call<T> = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Under `/v1`, with its leading slash; ids in it already encoded. */
  path: string;
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  /** What a success carries; null where it carries nothing. */
  answer: z.ZodType<T> | null;
  token?: string;
  idempotencyKey?: string;
  accept?: string;
};

export type ServiceClient = {
  readonly origin: string;
  /** Throws `AppError` only. An answer outside its schema is `service-error`. */
  call<T>(call: Call<T>): Promise<T>;
  /** Bytes of a public address (`/media/…` or absolute): pictures and previews; no token goes with it. */
  bytes(publicUrl: string, options?: { signal?: AbortSignal }): Promise<Buffer>;
  /** The same as a stream, with the caller's Range passed through. */
  stream(publicUrl: string, range: string | null): Promise<{ status: number; headers: Record<string, string>; body: Readable }>;
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

/** The largest answers are a page of 500 changes and a picture of an article; what is larger is not read to its end. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** A preview whose source does not answer for this long is given up. */
const ANSWER_MS = 30_000;

const isLoopback = (host: string): boolean => host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);

/** Proxies from HTTPS_PROXY, HTTP_PROXY and NO_PROXY (Node's own reading of them); loopback never goes through one. */
function agents(origin: string): { http: http.Agent; https: https.Agent } {
  const proxyEnv = isLoopback(new URL(origin).hostname) ? {} : { proxyEnv: process.env };
  return { http: new http.Agent({ keepAlive: true, ...proxyEnv }), https: new https.Agent({ keepAlive: true, ...proxyEnv }) };
}

function optionsOf(call: Call<unknown>, language: string): OptionsInit {
  const headers: Record<string, string> = { accept: call.accept ?? 'application/json', 'accept-language': language };
  if (call.token !== undefined) headers['authorization'] = `Bearer ${call.token}`;
  if (call.idempotencyKey !== undefined) headers['idempotency-key'] = call.idempotencyKey;
  const searchParams = Object.fromEntries(Object.entries(call.query ?? {}).filter(([, value]) => value !== undefined));
  return {
    method: call.method, headers, searchParams,
    ...(call.body === undefined ? {} : { json: call.body }),
  };
}

/** The client of one service. `origin` is its address without `/v1`. */
export function createServiceClient({ origin, language, onSeen, onUnreachable, version }: Options): ServiceClient {
  const agent = agents(origin);
  const client: Got = got.extend({
    agent, throwHttpErrors: false, followRedirect: false, retry: { limit: 1, methods: ['GET'] },
    timeout: { lookup: 5000, connect: 8000, response: 30_000, request: 60_000 },
    headers: { 'user-agent': `MultimediaDesk/${version}` }, responseType: 'buffer', decompress: true,
  });
  const base = `${origin.replace(/\/+$/, '')}/v1`;
  const closed = new AbortController();

  /** Counted after unpacking: a small answer that unpacks to a large one is stopped as well. */
  async function read(url: string, { signal, ...options }: OptionsInit): Promise<Response<Uint8Array>> {
    const tooLarge = new AbortController();
    const request = client(url, { ...options, signal: AbortSignal.any([closed.signal, tooLarge.signal, ...(signal ? [signal] : [])]) });
    void request.on('downloadProgress', ({ transferred, total }) => {
      if (Math.max(transferred, total ?? 0) > MAX_ANSWER_BYTES) tooLarge.abort();
    });
    try {
      return (await request) as Response<Uint8Array>;
    } catch (thrown) {
      if (closed.signal.aborted) throw new AppError('offline', 'The service is no longer in use', { retryable: true, cause: thrown });
      if (tooLarge.signal.aborted) throw new AppError('service-error', 'The answer of the service is too large', { cause: thrown });
      throw thrown;
    }
  }

  async function send(url: string, options: OptionsInit): Promise<{ status: number; headers: http.IncomingHttpHeaders; body: Buffer }> {
    try {
      const response = await read(url, options);
      return { status: response.statusCode, headers: response.headers, body: Buffer.from(response.rawBody) };
    } catch (thrown) {
      const error = errorFromTransport(thrown);
      if (!closed.signal.aborted && ['offline', 'service-unreachable', 'timeout'].includes(error.code)) onUnreachable?.();
      throw error;
    }
  }

  /** Only the service itself, in its own language, says that it is there and what time it is: not a captive portal, not a store of pictures. */
  function seen(date: string | undefined): void {
    const serviceNow = Date.parse(date ?? '');
    // HTTP dates have whole seconds: half of one is the best guess.
    if (Number.isFinite(serviceNow)) onSeen?.(serviceNow + 500 - Date.now());
  }

  /** @throws `service-error` for an address that is less protected than the service itself. */
  function absolute(publicUrl: string): string {
    const url = new URL(publicUrl, `${origin}/`);
    const isPlain = url.protocol === 'http:' && new URL(origin).protocol === 'http:';
    if (url.protocol !== 'https:' && !isPlain) throw new AppError('service-error', 'The service named an address that is not https');
    return url.href;
  }

  return {
    origin,
    async call(call) {
      const { status, headers, body } = await send(base + call.path, optionsOf(call, language()));
      const contentType = headers['content-type'] ?? '';
      const isService = contentType.includes('json') || status === 204;
      if (isService) seen(headers.date);
      if (status < 200 || status > 299) throw errorFromAnswer({ status, contentType, body, retryAfter: headers['retry-after'] });
      if (call.answer === null) return undefined as never;
      if (!isService) throw errorFromAnswer({ status, contentType, body, retryAfter: undefined });
      const parsed = call.answer.safeParse(parseJson(body));
      if (!parsed.success) throw new AppError('service-error', `The answer to ${call.method} ${call.path} is not what the interface says (${parsed.error.issues[0]?.path.join('.') ?? ''})`);
      return parsed.data;
    },
    async bytes(publicUrl, { signal } = {}) {
      const { status, headers, body } = await send(absolute(publicUrl), { method: 'GET', ...(signal ? { signal } : {}) });
      if (status !== 200) throw errorFromAnswer({ status, contentType: headers['content-type'] ?? '', body, retryAfter: headers['retry-after'] });
      return body;
    },
    stream: (publicUrl, range) =>
      new Promise((resolve, reject) => {
        const url = new URL(absolute(publicUrl));
        const secure = url.protocol === 'https:';
        const request = (secure ? https : http).get(url, { agent: secure ? agent.https : agent.http, headers: range === null ? {} : { range } }, (response) => {
          // From here on a pause is the viewer's, not the source's.
          request.setTimeout(0);
          const headers = Object.fromEntries(['content-type', 'content-length', 'content-range', 'accept-ranges', 'etag'].flatMap((name) => {
            const value = response.headers[name];
            return typeof value === 'string' ? [[name, value]] : [];
          }));
          resolve({ status: response.statusCode ?? 502, headers, body: response });
        });
        request.setTimeout(ANSWER_MS, () => request.destroy(new Error('no answer')));
        // Also after the answer has begun, when there is nobody left to reject: the body's reader is told by the body.
        request.on('error', () => reject(new AppError('service-unreachable', 'The service cannot be reached', { retryable: true })));
      }),
    close() {
      // Nothing that is under way or still comes holds up the end of the program.
      closed.abort();
      agent.http.destroy();
      agent.https.destroy();
    },
  };
}
