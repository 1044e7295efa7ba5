import type { Got } from 'got';
import { AppError } from '../../../shared/errors.ts';
import { parseRetryAfter } from '../../../shared/model/retry-after.ts';
import { isLocalHost, isRedirect, redactUrl } from '../../../shared/model/url.ts';
import { systemClock } from '../../../shared/clock.ts';
import { createAgents, type AgentOptions } from '../http/agents.ts';
import { transportError } from '../http/errors.ts';

/** An answer of any status but a redirect. */
export type Answer = {
  status: number;
  headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  body: Uint8Array;
  /** Where it came from, after redirects. May hold secrets, as what was asked for may. */
  url: string;
  /** Every redirect on the way there was permanent (RFC 9110 §15.4). */
  isPermanent: boolean;
};

/** GETs from publishers, without cookies or a referrer. Throws `AppError` only. */
export type HttpGet = {
  /**
   * @param takePlace waited for before each request, also one that a redirect leads to
   * @throws `redirect-refused`, `origin-error` for more than 10 MiB, and what the network does
   */
  get(
    url: string,
    headers: Record<string, string>,
    signal: AbortSignal,
    takePlace?: (signal: AbortSignal) => Promise<void>,
  ): Promise<Answer>;
  close(): void;
};

const MAX_BYTES = 10 * 1024 * 1024;
const MAX_REDIRECTS = 5;

export const headerOf = ({ headers }: Answer, name: string): string | null => {
  const value = headers[name];
  return typeof value === 'string' ? value : null;
};

/** The encoding by the header, the XML prolog, or UTF-8 (RFC 7303 §3). */
export function textOf(answer: Answer): string {
  const { body } = answer;
  const named =
    /charset="?([\w-]+)/iu.exec(headerOf(answer, 'content-type') ?? '')?.[1] ??
    /^<\?xml[^>]*encoding=["']([\w-]+)["']/iu.exec(
      new TextDecoder('latin1').decode(body.subarray(0, 200)),
    )?.[1];
  try {
    return new TextDecoder(named ?? 'utf-8').decode(body);
  } catch {
    // An encoding that nobody knows.
    return new TextDecoder('utf-8').decode(body);
  }
}

/**
 * What a status that isn't a success says: `rate-limited`, `source-blocked` for what a firewall
 * answers, `key-refused` for 401, `origin-refused` for 403, `not-found`, `source-gone` for 410, else
 * `origin-error`.
 */
export function refusal(answer: Answer): AppError {
  const { status } = answer;
  const where = redactUrl(answer.url);
  const retryAfterMs = parseRetryAfter(
    headerOf(answer, 'retry-after') ?? undefined,
    systemClock.nowMs(),
  );
  const later = { retryable: true, ...(retryAfterMs === null ? {} : { retryAfterMs }) };
  if (status === 429) return new AppError('rate-limited', `${where} asks for a pause`, later);
  // A firewall that wants a browser to prove itself. It is respected.
  if (status === 202)
    return new AppError(
      'source-blocked',
      `${where} answers with a browser check (status 202)`,
      later,
    );
  if (status === 401)
    return new AppError('key-refused', `${where} requires a password (status 401)`);
  if (status === 403) return new AppError('origin-refused', `${where} refuses access (status 403)`);
  if (status === 404)
    return new AppError('not-found', `Nothing is published at ${where} (status 404)`);
  if (status === 410) return new AppError('source-gone', `${where} is gone for good (status 410)`);
  return new AppError('origin-error', `${where} answers with status ${status}`, {
    ...later,
    retryable: status >= 500,
  });
}

/**
 * Where a document of a publisher may lead: to http and https addresses, not from https to http, and
 * into the local network only from the same host, whose address was typed.
 *
 * @returns null for anything else
 */
export function followable(address: string, from: string): string | null {
  const [to, start] = [URL.parse(address, from), new URL(from)];
  if (!to || !/^https?:$/u.test(to.protocol)) return null;
  if (start.protocol === 'https:' && to.protocol === 'http:') return null;
  if (isLocalHost(to.hostname) && to.hostname !== start.hostname) return null;
  return to.href;
}

function redirected(location: string, from: string): string {
  const to = followable(location, from);
  if (to === null)
    throw new AppError('redirect-refused', `${redactUrl(from)} redirects to an unsafe address`, {
      retryable: false,
    });
  return to;
}

/** @param options.maxMs until an answer is whole, over all redirects, once the first has its place */
export function createHttpGet(
  version: string,
  { accept, maxMs, ...options }: AgentOptions & { accept: string; maxMs: number },
): HttpGet {
  const agents = createAgents(options);
  let client: Promise<Got> | null = null;
  // Loaded with the first request, as for the service.
  const clientOf = (): Promise<Got> =>
    (client ??= import('got').then(({ default: got }) =>
      got.extend({
        throwHttpErrors: false,
        followRedirect: false,
        retry: { limit: 0 },
        headers: { 'user-agent': `MultimediaDesk/${version}`, accept },
        responseType: 'buffer',
        decompress: true,
      }),
    ));

  async function ask(url: string, headers: Record<string, string>, signal: AbortSignal) {
    const tooLarge = new AbortController();
    const agent = agents.of(new URL(url));
    const request = (await clientOf())(url, {
      agent: { http: agent, https: agents.https },
      headers,
      signal: AbortSignal.any([signal, tooLarge.signal]),
    });
    // The limit applies to what it unpacks to.
    void request.on('downloadProgress', ({ transferred, total }) => {
      if (Math.max(transferred, total ?? 0) > MAX_BYTES) tooLarge.abort();
    });
    try {
      const { statusCode, headers: sent, rawBody } = await request;
      if (rawBody.length > MAX_BYTES) tooLarge.abort();
      if (!tooLarge.signal.aborted) return { status: statusCode, headers: sent, body: rawBody };
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
    async get(start, headers, signal, takePlace = async () => undefined) {
      await takePlace(signal);
      const limit = AbortSignal.timeout(maxMs);
      let url = start;
      let isPermanent = true;
      for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
        let answer: Answer;
        try {
          answer = {
            ...(await ask(url, headers, AbortSignal.any([signal, limit]))),
            url,
            isPermanent,
          };
        } catch (thrown) {
          if (limit.aborted && !signal.aborted)
            throw new AppError('timeout', `${redactUrl(url)} didn’t answer in time`, {
              retryable: true,
              cause: thrown,
            });
          throw thrown;
        }
        if (!isRedirect(answer.status)) return answer;
        isPermanent &&= answer.status === 301 || answer.status === 308;
        url = redirected(headerOf(answer, 'location') ?? '', url);
        await takePlace(signal);
      }
      throw new AppError('redirect-refused', `${redactUrl(start)} redirects too often`, {
        retryable: false,
      });
    },
    close: () => agents.destroy(),
  };
}
