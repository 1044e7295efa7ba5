import type { Got } from 'got';
import { AppError } from '../../../shared/errors.ts';
import { parseRetryAfter } from '../../../shared/model/retry-after.ts';
import { isLocalHost, isRedirect, redactUrl } from '../../../shared/model/url.ts';
import { systemClock } from '../../../shared/clock.ts';
import { createAgents, type AgentOptions } from '../http/agents.ts';
import { transportError } from '../http/errors.ts';

/** As the server sent them, byte for byte: a changed spelling never compares equal. */
export type Validators = { etag: string | null; lastModified: string | null };
export type Fetched = {
  validators: Validators;
  /** Set if every redirect on the way there was permanent (RFC 9110 §15.4). */
  movedTo: string | null;
  /** How long it may be used without asking (RFC 9111 §5.2.2.1). */
  maxAgeSeconds: number | null;
} & (
  | { kind: 'unchanged' }
  | {
      kind: 'document';
      text: string;
      /** Where it came from, after redirects. */
      url: string;
    }
);

/** GETs documents of publishers, without cookies or a referrer. Throws `AppError` only. */
export type DocumentClient = {
  /**
   * @throws `key-refused` for 401, `origin-refused` for 403, `source-blocked` for what a firewall
   * answers, `not-found` for 404, `source-gone` for 410, `rate-limited`, `origin-error`,
   * `redirect-refused`, and what the network does
   */
  get(url: string, validators: Validators | null, signal: AbortSignal): Promise<Fetched>;
  close(): void;
};

const MAX_BYTES = 10 * 1024 * 1024;
const MAX_MS = 20_000;
const MAX_REDIRECTS = 5;
const ACCEPT =
  'application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, application/json;q=0.8, */*;q=0.5';

type Answer = {
  status: number;
  headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  body: Uint8Array;
};

const headerOf = ({ headers }: Answer, name: string): string | null => {
  const value = headers[name];
  return typeof value === 'string' ? value : null;
};

/** Those that the answer has: a 304 may have new ones, or none. */
function validatorsOf(answer: Answer): Partial<Validators> {
  const [etag, lastModified] = [headerOf(answer, 'etag'), headerOf(answer, 'last-modified')];
  return { ...(etag === null ? {} : { etag }), ...(lastModified === null ? {} : { lastModified }) };
}

/** The encoding by the header, the XML prolog, or UTF-8 (RFC 7303 §3). */
function textOf({ body, ...answer }: Answer): string {
  const named =
    /charset="?([\w-]+)/iu.exec(headerOf({ body, ...answer }, 'content-type') ?? '')?.[1] ??
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

function refusal(answer: Answer, url: string): AppError {
  const { status } = answer;
  const where = redactUrl(url);
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

function redirected(answer: Answer, from: string): string {
  const to = followable(headerOf(answer, 'location') ?? '', from);
  if (to === null)
    throw new AppError('redirect-refused', `${redactUrl(from)} redirects to an unsafe address`, {
      retryable: false,
    });
  return to;
}

export function createDocumentClient(version: string, options: AgentOptions = {}): DocumentClient {
  const agents = createAgents(options);
  let client: Promise<Got> | null = null;
  // Loaded with the first request, as for the service.
  const clientOf = (): Promise<Got> =>
    (client ??= import('got').then(({ default: got }) =>
      got.extend({
        throwHttpErrors: false,
        followRedirect: false,
        retry: { limit: 0 },
        headers: { 'user-agent': `MultimediaDesk/${version}`, accept: ACCEPT },
        responseType: 'buffer',
        decompress: true,
      }),
    ));

  async function ask(
    url: string,
    validators: Validators | null,
    signal: AbortSignal,
  ): Promise<Answer> {
    const tooLarge = new AbortController();
    const agent = agents.of(new URL(url));
    const request = (await clientOf())(url, {
      agent: { http: agent, https: agents.https },
      headers: {
        ...(validators?.etag ? { 'if-none-match': validators.etag } : {}),
        ...(validators?.lastModified ? { 'if-modified-since': validators.lastModified } : {}),
      },
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
    async get(start, validators, signal) {
      const limit = AbortSignal.timeout(MAX_MS);
      let url = start;
      let isPermanent = true;
      for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
        let answer: Answer;
        try {
          answer = await ask(url, validators, AbortSignal.any([signal, limit]));
        } catch (thrown) {
          if (limit.aborted && !signal.aborted)
            throw new AppError('timeout', `${redactUrl(url)} didn’t answer in time`, {
              retryable: true,
              cause: thrown,
            });
          throw thrown;
        }
        const { status } = answer;
        if (isRedirect(status)) {
          isPermanent &&= status === 301 || status === 308;
          url = redirected(answer, url);
          continue;
        }
        const maxAge = /\bmax-age=(\d{1,9})\b/iu.exec(headerOf(answer, 'cache-control') ?? '')?.[1];
        const facts = {
          movedTo: url !== start && isPermanent ? url : null,
          maxAgeSeconds: maxAge === undefined ? null : Number(maxAge),
        };
        if (status === 304 && validators !== null)
          return {
            ...facts,
            kind: 'unchanged',
            validators: { ...validators, ...validatorsOf(answer) },
          };
        if (status !== 200) throw refusal(answer, url);
        return {
          ...facts,
          kind: 'document',
          text: textOf(answer),
          url,
          validators: { etag: null, lastModified: null, ...validatorsOf(answer) },
        };
      }
      throw new AppError('redirect-refused', `${redactUrl(start)} redirects too often`, {
        retryable: false,
      });
    },
    close: () => agents.destroy(),
  };
}
