import type { Got } from 'got';
import { AppError } from '../../../shared/errors.ts';
import { parseRetryAfter } from '../../../shared/model/retry-after.ts';
import { isLocalHost, isRedirect, redactUrl } from '../../../shared/model/url.ts';
import { systemClock } from '../../../shared/clock.ts';
import { createPublisherAgents, type AgentOptions } from '../http/agents.ts';
import { transportError, wasClosedIdle } from '../http/errors.ts';
import { isPrivateLiteral } from '../http/private-addresses.ts';

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
   * @throws `redirect-refused`, also for an address of the local network, `origin-error` for more
   * than may be read, and what the network does
   */
  get(
    url: string,
    headers: Record<string, string>,
    signal: AbortSignal,
    options?: {
      /** Waited for before each request, also one that a redirect leads to. */
      takePlace?: (signal: AbortSignal) => Promise<void>;
      /** The one host that may be in the local network; that of `url` if it isn't given. */
      typedHost?: string | null;
    },
  ): Promise<Answer>;
  close(): void;
};

const MAX_BYTES = 10 * 1024 * 1024;
const MAX_REDIRECTS = 5;
/** Connections to one publisher that may have been closed while they were idle. */
const MAX_KEPT = 4;

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
 * answers, `key-refused` for 401, `origin-refused` for 402 and
 * 403, `not-found`, `source-gone` for 410, else
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
  if (status === 402)
    return new AppError('origin-refused', `${where} asks for payment (status 402)`);
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
 * into the local network only at the host that was typed. What a name resolves to is looked at when
 * it is connected to (`createPublisherAgents`).
 *
 * @param typedHost that of `from` if it isn't given
 * @returns null for anything else
 */
export function followable(
  address: string,
  from: string,
  typedHost: string | null = new URL(from).hostname,
): string | null {
  const [to, start] = [URL.parse(address, from), new URL(from)];
  if (!to || !/^https?:$/u.test(to.protocol)) return null;
  if (start.protocol === 'https:' && to.protocol === 'http:') return null;
  if (to.hostname !== typedHost && (isLocalHost(to.hostname) || isPrivateLiteral(to.hostname)))
    return null;
  return to.href;
}

function unsafe(what: string): AppError {
  return new AppError('redirect-refused', what, { retryable: false });
}

export type HttpGetOptions = AgentOptions & {
  accept: string;
  /** Until an answer is whole, over all redirects, once the first has its place. */
  maxMs: number;
  /** Of a body, unpacked. */
  maxBytes?: number;
};

export function createHttpGet(
  version: string,
  { accept, maxMs, maxBytes = MAX_BYTES, ...options }: HttpGetOptions,
): HttpGet {
  const agents = createPublisherAgents(options);
  let client: Promise<Got> | null = null;
  // Loaded with the first request, as for the service.
  const clientOf = (): Promise<Got> =>
    (client ??= import('got').then(({ default: got }) =>
      got.extend({
        throwHttpErrors: false,
        followRedirect: false,
        retry: {
          // Each takes one of the connections that are kept; a new one isn't tried twice.
          limit: MAX_KEPT,
          methods: ['GET'],
          statusCodes: [],
          calculateDelay: ({ error, computedValue }) =>
            computedValue > 0 && wasClosedIdle(error.request, error) ? 1 : 0,
        },
        headers: { 'user-agent': `MultimediaDesk/${version}`, accept },
        responseType: 'buffer',
        decompress: true,
      }),
    ));

  async function ask(
    url: string,
    headers: Record<string, string>,
    signal: AbortSignal,
    typedHost: string | null,
  ) {
    const tooLarge = new AbortController();
    const own = agents.of(new URL(url), typedHost);
    const request = (await clientOf())(url, {
      agent: { http: own.of(new URL(url)), https: own.https },
      headers,
      signal: AbortSignal.any([signal, tooLarge.signal]),
    });
    // The limit applies to what it unpacks to.
    void request.on('downloadProgress', ({ transferred, total }) => {
      if (Math.max(transferred, total ?? 0) > maxBytes) tooLarge.abort();
    });
    try {
      const { statusCode, headers: sent, rawBody } = await request;
      if (rawBody.length > maxBytes) tooLarge.abort();
      if (!tooLarge.signal.aborted) return { status: statusCode, headers: sent, body: rawBody };
    } catch (thrown) {
      if (!tooLarge.signal.aborted) throw transportError(thrown, { url, signal }, null);
    }
    throw new AppError(
      'origin-error',
      `${redactUrl(url)} sends more than ${maxBytes / 2 ** 20} MiB`,
      { retryable: false },
    );
  }

  return {
    async get(start, headers, signal, given = {}) {
      const { takePlace = async () => undefined, typedHost = new URL(start).hostname } = given;
      if (followable(start, start, typedHost) === null)
        throw unsafe(`${redactUrl(start)} is in the local network`);
      await takePlace(signal);
      const limit = AbortSignal.timeout(maxMs);
      let url = start;
      let isPermanent = true;
      for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
        let answer: Answer;
        try {
          answer = {
            ...(await ask(url, headers, AbortSignal.any([signal, limit]), typedHost)),
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
        const to = followable(headerOf(answer, 'location') ?? '', url, typedHost);
        if (to === null) throw unsafe(`${redactUrl(url)} redirects to an unsafe address`);
        url = to;
        await takePlace(signal);
      }
      throw unsafe(`${redactUrl(start)} redirects too often`);
    },
    close: () => agents.destroy(),
  };
}
