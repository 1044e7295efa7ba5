import type { Got } from 'got';
import { systemClock, type Clock } from '../../../shared/clock.ts';
import { AppError } from '../../../shared/errors.ts';
import { parseRetryAfter } from '../../../shared/model/retry-after.ts';
import { isRedirect, redactUrl } from '../../../shared/model/url.ts';
import { createAgents, type AgentOptions } from '../http/agents.ts';
import { transportError } from '../http/errors.ts';
import { clean, shortened } from './asset-parts.ts';
import { followable } from './http-get.ts';

/**
 * What the library answers. It refuses single assets, files and pages of a list as a matter of
 * course, which says nothing of the others; `reason` is in its words, and null where something else
 * than its API has answered, such as the storage of its files.
 */
export type NasaAnswer =
  | { kind: 'json'; value: unknown; etag: string | null }
  | { kind: 'unchanged' }
  | { kind: 'refused'; status: 400 | 403 | 404 | 410; reason: string | null };

/** GETs JSON, so many requests a second, without cookies or a referrer. Throws `AppError` only. */
export type NasaClient = {
  /**
   * @param etag of an earlier answer, to which this one may be `unchanged`
   * @throws `rate-limited`, `source-blocked` for a web page or a browser check, `key-refused` for
   * 401, `feed-invalid` for what is no JSON, `origin-error`, `redirect-refused`, `timeout`, and what
   * the network does
   */
  get(url: string, signal: AbortSignal, etag?: string | null): Promise<NasaAnswer>;
  close(): void;
};

/** NASA publishes no limit. */
const REQUEST_EVERY_MS = 200;
/** Until an answer is whole, over all redirects. */
const MAX_MS = 15_000;
const MAX_BYTES = 10 * 1024 * 1024;
const MAX_REDIRECTS = 5;
const MAX_REASON = 200;

type Answer = {
  status: number;
  headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  body: Uint8Array;
};
const headerOf = ({ headers }: Answer, name: string): string | null => {
  const value = headers[name];
  return typeof value === 'string' ? value : null;
};

/** Undefined for what is no JSON, such as half of it. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reasonOf(text: string): string | null {
  const { reason = null } = (jsonOf(text) ?? {}) as { reason?: unknown };
  return typeof reason === 'string' ? shortened(clean(reason), MAX_REASON) : null;
}

/** @throws see `NasaClient` */
function read(answer: Answer, url: string, nowMs: number): NasaAnswer {
  const { status } = answer;
  const where = redactUrl(url);
  const text = new TextDecoder().decode(answer.body);
  if (status === 200) {
    const value = jsonOf(text);
    if (value !== undefined) return { kind: 'json', value, etag: headerOf(answer, 'etag') };
    if (text.trimStart().startsWith('<'))
      throw new AppError('source-blocked', `${where} answers with a web page`, { retryable: true });
    throw new AppError('feed-invalid', `${where} answers with what isn’t JSON`, {
      retryable: true,
    });
  }
  if (status === 304) return { kind: 'unchanged' };
  if (status === 400 || status === 403 || status === 404 || status === 410)
    return { kind: 'refused', status, reason: reasonOf(text) };
  const retryAfterMs = parseRetryAfter(headerOf(answer, 'retry-after') ?? undefined, nowMs);
  const later = { retryable: true, ...(retryAfterMs === null ? {} : { retryAfterMs }) };
  if (status === 429) throw new AppError('rate-limited', `${where} asks for a pause`, later);
  if (status === 202)
    throw new AppError(
      'source-blocked',
      `${where} answers with a browser check (status 202)`,
      later,
    );
  if (status === 401)
    throw new AppError('key-refused', `${where} requires a password (status 401)`);
  throw new AppError('origin-error', `${where} answers with status ${status}`, {
    ...later,
    retryable: status >= 500,
  });
}

type Options = AgentOptions & {
  /** Of the pauses between requests. */
  clock?: Pick<Clock, 'nowMs' | 'sleep'>;
  maxMs?: number;
};

export function createNasaClient(
  version: string,
  { clock = systemClock, maxMs = MAX_MS, ...options }: Options = {},
): NasaClient {
  const agents = createAgents(options);
  let client: Promise<Got> | null = null;
  // Loaded with the first request, as for the service.
  const clientOf = (): Promise<Got> =>
    (client ??= import('got').then(({ default: got }) =>
      got.extend({
        throwHttpErrors: false,
        followRedirect: false,
        retry: { limit: 0 },
        headers: { 'user-agent': `MultimediaDesk/${version}`, accept: 'application/json' },
        responseType: 'buffer',
        decompress: true,
      }),
    ));

  let nextAtMs = 0;
  /** Waits for the place of a request among all those of this client. */
  async function takePlace(signal: AbortSignal): Promise<void> {
    const nowMs = clock.nowMs();
    // Of a clock that was ahead.
    if (nextAtMs - nowMs > MAX_MS) nextAtMs = nowMs;
    const waitMs = Math.max(0, nextAtMs - nowMs);
    nextAtMs = nowMs + waitMs + REQUEST_EVERY_MS;
    if (waitMs > 0) await clock.sleep(waitMs, signal);
  }

  async function ask(url: string, etag: string | null, signal: AbortSignal): Promise<Answer> {
    const tooLarge = new AbortController();
    const agent = agents.of(new URL(url));
    const request = (await clientOf())(url, {
      agent: { http: agent, https: agents.https },
      headers: etag === null ? {} : { 'if-none-match': etag },
      signal: AbortSignal.any([signal, tooLarge.signal]),
    });
    // The limit applies to what it unpacks to.
    void request.on('downloadProgress', ({ transferred, total }) => {
      if (Math.max(transferred, total ?? 0) > MAX_BYTES) tooLarge.abort();
    });
    try {
      const { statusCode, headers, rawBody } = await request;
      if (rawBody.length > MAX_BYTES) tooLarge.abort();
      if (!tooLarge.signal.aborted) return { status: statusCode, headers, body: rawBody };
    } catch (thrown) {
      if (!tooLarge.signal.aborted) throw transportError(thrown, { url, signal }, null);
    }
    throw new AppError(
      'origin-error',
      `${redactUrl(url)} sends more than ${MAX_BYTES / 2 ** 20} MiB`,
      { retryable: false },
    );
  }

  return {
    async get(start, signal, etag = null) {
      await takePlace(signal);
      const limit = AbortSignal.timeout(maxMs);
      let url = start;
      for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
        let answer: Answer;
        try {
          answer = await ask(url, etag, AbortSignal.any([signal, limit]));
        } catch (thrown) {
          if (limit.aborted && !signal.aborted)
            throw new AppError('timeout', `${redactUrl(url)} didn’t answer in time`, {
              retryable: true,
              cause: thrown,
            });
          throw thrown;
        }
        if (!isRedirect(answer.status)) return read(answer, url, clock.nowMs());
        const to = followable(headerOf(answer, 'location') ?? '', url);
        if (to === null) break;
        url = to;
      }
      throw new AppError(
        'redirect-refused',
        `${redactUrl(start)} redirects too often, or to an unsafe address`,
        { retryable: false },
      );
    },
    close: () => agents.destroy(),
  };
}
