import { systemClock, type Clock } from '../../../shared/clock.ts';
import { AppError, stopReason } from '../../../shared/errors.ts';
import { redactUrl } from '../../../shared/model/url.ts';
import type { AgentOptions } from '../http/agents.ts';
import { createHttpGet, headerOf, refusal, textOf, type Answer } from './http-get.ts';

/** An answer of an API; `json` is undefined only where another status than 200 came without it. */
export type ApiAnswer = { status: number; json: unknown; etag: string | null };

/**
 * GETs from a publisher's API, one at a time and with pauses, in the order in which they were asked
 * for. Throws `AppError` only.
 */
export type ApiClient = {
  /**
   * @param url may hold a key: it is in no error
   * @throws `source-blocked` for a web page, a browser check or a refusal that isn't the API's own;
   * `feed-invalid` for what is cut off; `rate-limited`, `key-refused`, `origin-error`,
   * `redirect-refused`, `timeout`, and what the network does
   */
  get(
    url: string,
    signal: AbortSignal,
    options?: {
      headers?: Record<string, string>;
      /** A key, which the server may repeat anywhere: in no answer and no error. */
      hidden?: string | null;
    },
  ): Promise<ApiAnswer>;
  close(): void;
};

export type ApiOptions = AgentOptions & {
  /** Shortest time from the start of one request to that of the next, ms. */
  intervalMs: number;
  clock?: Pick<Clock, 'nowMs' | 'sleep'>;
  /** Until an answer is whole, ms. */
  maxMs?: number;
  /** Whether an answer of another status than 200 is the API's own; usually if it is in JSON. */
  isOwn?: (status: number, hasJson: boolean) => boolean;
};

const MAX_MS = 15_000;

/** Shorter ones are no keys, and would be found in ordinary words. */
const MIN_HIDDEN = 8;
const hider = (secret: string | null): ((text: string) => string) =>
  secret === null || secret.length < MIN_HIDDEN
    ? (text) => text
    : (text) =>
        text.replaceAll(new RegExp(secret.replaceAll(/[$()*+.?[\\\]^{|}]/gu, '\\$&'), 'giu'), '…');

function readAnswer(
  answer: Answer,
  hide: (text: string) => string,
  isOwn: NonNullable<ApiOptions['isOwn']>,
): ApiAnswer {
  const { status } = answer;
  if (status === 202 || status === 429 || status >= 500) throw refusal(answer);
  const text = hide(textOf(answer));
  const isPage =
    /\bhtml\b/iu.test(headerOf(answer, 'content-type') ?? '') || /^[\uFEFF\s]*</u.test(text);
  const json = isPage ? undefined : parsed(text);
  if (status === 200 ? json !== undefined : isOwn(status, json !== undefined))
    return { status, json, etag: headerOf(answer, 'etag') };
  const where = redactUrl(answer.url);
  // An API explains itself: this is of a firewall before it, or of a network on the way.
  if (status === 403 || (status === 200 && isPage))
    throw new AppError(
      'source-blocked',
      `${where} ${isPage ? 'answers with a web page' : 'refuses access without a reason'} (status ${status})`,
      { retryable: true },
    );
  if (status === 200)
    throw new AppError('feed-invalid', `The answer of ${where} was cut off, or isn’t JSON`, {
      retryable: true,
    });
  throw refusal(answer);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function createApiClient(
  version: string,
  {
    intervalMs,
    clock = systemClock,
    maxMs = MAX_MS,
    isOwn = (_, hasJson) => hasJson,
    ...options
  }: ApiOptions,
): ApiClient {
  const http = createHttpGet(version, { ...options, accept: 'application/json', maxMs });
  let last: Promise<unknown> = Promise.resolve();
  let startedAtMs: number | null = null;

  async function takePlace(signal: AbortSignal): Promise<void> {
    const sinceMs = startedAtMs === null ? intervalMs : clock.nowMs() - startedAtMs;
    // Also where the clock was put back.
    const pauseMs = intervalMs - Math.max(0, sinceMs);
    if (pauseMs > 0) await clock.sleep(pauseMs, signal);
    startedAtMs = clock.nowMs();
  }

  async function askNow(
    url: string,
    signal: AbortSignal,
    { headers = {}, hidden = null }: NonNullable<Parameters<ApiClient['get']>[2]>,
  ): Promise<ApiAnswer> {
    if (signal.aborted) throw stopReason(signal);
    const hide = hider(hidden);
    try {
      return readAnswer(await http.get(url, headers, signal, { takePlace }), hide, isOwn);
    } catch (thrown) {
      // What caused it knows the whole address, and so the key, which a redirect can have in its path.
      if (thrown instanceof AppError)
        throw new AppError(thrown.code, hide(thrown.message), thrown.detail);
      throw thrown;
    }
  }

  return {
    get(url, signal, options = {}) {
      const asked = last.then(() => askNow(url, signal, options));
      last = asked.catch(() => undefined);
      return orStopped(asked, signal);
    },
    close: () => http.close(),
  };
}

/** A request that waits for its turn ends with its signal too. */
function orStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(stopReason(signal));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
