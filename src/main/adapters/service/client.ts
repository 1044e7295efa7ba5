import type { OptionsInit } from 'got';
import type * as z from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { errorFromAnswer, parseJson } from './errors.ts';
import { createTransport, type StreamedAnswer } from './transport.ts';

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
  /**
   * The edition that the change is based on (RFC 9110 section 13.1.1); the body is then a merge
   * patch (RFC 7396).
   */
  ifMatch?: string;
  accept?: string;
};

export type ServiceClient = {
  readonly origin: string;
  /** Throws `AppError` only. An answer outside its schema is `service-error`. */
  call<T>(call: Call<T>): Promise<T>;
  /** The same with the answer’s `ETag`; null where the service gives none. */
  tagged<T>(call: Call<T>): Promise<{ value: T; etag: string | null }>;
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

function optionsOf(call: Call<unknown>, language: string): OptionsInit {
  const headers: Record<string, string> = {
    accept: call.accept ?? 'application/json',
    'accept-language': language,
  };
  if (call.token !== undefined) headers['authorization'] = `Bearer ${call.token}`;
  if (call.idempotencyKey !== undefined) headers['idempotency-key'] = call.idempotencyKey;
  if (call.ifMatch !== undefined)
    Object.assign(headers, {
      'if-match': call.ifMatch,
      'content-type': 'application/merge-patch+json',
    });
  const searchParams = Object.fromEntries(
    Object.entries(call.query ?? {}).filter(([, value]) => value !== undefined),
  );
  return {
    method: call.method,
    headers,
    searchParams,
    ...(call.body === undefined ? {} : { json: call.body }),
  };
}

/** The client of one service. `origin` is its address without `/v1`. */
export function createServiceClient({
  origin,
  language,
  onSeen,
  onUnreachable,
  version,
}: Options): ServiceClient {
  const transport = createTransport(origin, version, () => onUnreachable?.());
  const base = `${origin.replace(/\/+$/, '')}/v1`;

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
      throw new AppError('service-error', 'The service named an address that is not https');
    return url.href;
  }

  async function tagged<T>(call: Call<T>): Promise<{ value: T; etag: string | null }> {
    const { status, headers, body } = await transport.send(
      base + call.path,
      optionsOf(call, language()),
    );
    const contentType = headers['content-type'] ?? '';
    const isService = contentType.includes('json') || status === 204;
    if (isService) seen(headers.date);
    if (status < 200 || status > 299)
      throw errorFromAnswer({ status, contentType, body, retryAfter: headers['retry-after'] });
    const etag = headers.etag ?? null;
    if (call.answer === null) return { value: undefined as never, etag };
    if (!isService) throw errorFromAnswer({ status, contentType, body, retryAfter: undefined });
    const parsed = call.answer.safeParse(parseJson(body));
    if (!parsed.success)
      throw new AppError(
        'service-error',
        `The answer to ${call.method} ${call.path} is not what the interface says (${parsed.error.issues[0]?.path.join('.') ?? ''})`,
      );
    return { value: parsed.data, etag };
  }

  return {
    origin,
    tagged,
    call: async (call) => (await tagged(call)).value,
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
