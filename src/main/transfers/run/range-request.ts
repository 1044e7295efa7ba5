import { AppError, type ErrorCode } from '../../../shared/errors.ts';
import { parseRetryAfter } from '../../../shared/model/retry-after.ts';
import type { Clock } from '../../../shared/clock.ts';
import type { ByteAnswer, ByteRequest, ByteSource, BodyBlock } from '../ports.ts';
import { isLocalHost, isRedirect, redactUrl } from '../../../shared/model/url.ts';

/** One range of a file at one address, with what is known of the content. */
export type RangeRequest = {
  url: string;
  headers: Record<string, string>;
  /** False for an origin without range support: requests the full content. */
  ranges: boolean;
  from: number;
  /** End, exclusive; null while the length is unknown. */
  to: number | null;
  totalBytes: number | null;
  /** Strong ETag of this origin's content, if known. */
  etag: string | null;
  /** Media type or file name, to tell the file from a web page. */
  expected: string;
  /** The address comes from a publisher, who must not lead into the local network. */
  isPublishers: boolean;
  signal: AbortSignal;
};

export type RangeResponse =
  /** Exactly the requested range; the reader checks the length of the body. */
  | {
      kind: 'partial';
      totalBytes: number;
      bytes: number;
      etag: string | null;
      finalUrl: string;
      answer: ByteAnswer;
    }
  /**
   * The full content. `hasLength` is false if only the end of the connection ends the body (RFC
   * 9112 §6.3).
   */
  | {
      kind: 'full';
      totalBytes: number | null;
      hasLength: boolean;
      etag: string | null;
      finalUrl: string;
      answer: ByteAnswer;
    }
  /** The content has no bytes. */
  | { kind: 'empty' }
  /** The address is no longer valid; a fresh one may be. */
  | { kind: 'expired'; error: AppError };

/** A response with a body. */
export type OpenedResponse = Extract<RangeResponse, { answer: ByteAnswer }>;

const MAX_REDIRECTS = 5;
/** Longer delays are cut to this: the answer may be momentary, and there may be another origin. */
const MAX_RETRY_AFTER_MS = 3_600_000;
/**
 * Headers safe for any origin; all others may be credentials and are dropped on a cross-origin
 * redirect.
 */
const SAFE_HEADERS = new Set(['range', 'if-range']);

const parseLength = (text: string | undefined): number | null =>
  text !== undefined && /^\d{1,15}$/u.test(text.trim()) ? Number(text) : null;
/** Weak ETags promise equivalent content, not the same bytes (RFC 9110 §8.8.1). */
export const strongEtag = (etag: string | undefined): string | null =>
  etag !== undefined && /^"[^"]*"$/u.test(etag) ? etag : null;

function safeHeaders(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => SAFE_HEADERS.has(name.toLowerCase())),
  );
}

async function openFollowing(
  source: ByteSource,
  { isPublishers, ...first }: ByteRequest & Pick<RangeRequest, 'isPublishers'>,
): Promise<{ url: string; answer: ByteAnswer }> {
  let request: ByteRequest = first;
  for (let redirects = 0; ; redirects++) {
    const answer = await source.open(request);
    if (!isRedirect(answer.status)) return { url: request.url, answer };
    answer.discard();
    const location = answer.headers['location'];
    const from = new URL(request.url);
    const refused = (why: string) =>
      new AppError('redirect-refused', `${redactUrl(request.url)}: ${why}`, { retryable: false });
    if (location === undefined || !URL.canParse(location, from.href))
      throw refused('redirected without a target');
    if (redirects >= MAX_REDIRECTS) throw refused('redirected more than five times');
    const to = new URL(location, from);
    if (to.protocol !== 'https:' && to.protocol !== 'http:')
      throw refused(`redirected to ${to.protocol}`);
    if (from.protocol === 'https:' && to.protocol === 'http:')
      throw refused('redirected from https to http');
    if (isPublishers && isLocalHost(to.hostname) && to.hostname !== from.hostname)
      throw refused('redirected into the local network');
    request = {
      ...request,
      url: to.href,
      headers: to.origin === from.origin ? request.headers : safeHeaders(request.headers),
    };
  }
}

const MEDIA =
  /^(video|audio|image)\/|\.(mxf|mov|mp4|m4v|m4a|mkv|webm|avi|mpg|mpeg|m2ts|ts|wav|mp3|aac|flac|jpg|jpeg|png|webp|gif|tif|tiff|zip|gz|iso|pdf|srt|vtt)$/iu;
const MARKUP = /html|xml/iu;

/** HTML in place of a file: a captive portal, a login page, or an error page sent with 200. */
function isHtmlInstead(contentType: string, expected: string): boolean {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  const markup =
    type === 'text/html' ||
    type === 'application/xhtml+xml' ||
    type === 'text/xml' ||
    type === 'application/xml';
  if (!markup || MARKUP.test(expected)) return false;
  return (
    MEDIA.test(expected) ||
    (type === 'text/html' &&
      /[/.]/u.test(expected) &&
      !/\.(htm|php|asp|aspx|jsp)$/iu.test(expected))
  );
}

/** An answer of a program in place of media: it says what went wrong, with a status that doesn’t. */
const isJsonInstead = (contentType: string, expected: string): boolean =>
  /^application\/(?:[\w.-]+\+)?json\b/iu.test(contentType.trim()) && MEDIA.test(expected);

function statusError(
  status: number,
  headers: Record<string, string>,
  url: string,
  nowMs: number,
): AppError {
  const delay = parseRetryAfter(headers['retry-after'], nowMs, MAX_RETRY_AFTER_MS);
  const later = delay === null ? {} : { retryAfterMs: delay };
  const error = (code: ErrorCode, retryable: boolean) =>
    new AppError(code, `${redactUrl(url)} answered ${status}`, { retryable, ...later });
  if (status === 404 || status === 410) return error('not-found', false);
  if (status === 401 || status === 403 || status === 407) return error('origin-refused', false);
  if (status === 429) return error('rate-limited', true);
  if (status === 408 || status === 425 || status >= 500) return error('origin-error', true);
  return error('origin-refused', false);
}

/** `bytes 0-99/1234` (RFC 9110 §14.4). A complete length of `*` is not accepted. */
function contentRange(
  text: string | undefined,
): { from: number; to: number; total: number } | null {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/iu.exec(text?.trim() ?? '');
  return match
    ? { from: Number(match[1]), to: Number(match[2]) + 1, total: Number(match[3]) }
    : null;
}

function checkPartial(request: RangeRequest, finalUrl: string, answer: ByteAnswer): RangeResponse {
  const where = redactUrl(request.url);
  const range = contentRange(answer.headers['content-range']);
  const length = parseLength(answer.headers['content-length']);
  const wrong = (why: string) =>
    new AppError('origin-error', `${where}: ${why}`, { retryable: true });
  if (!request.ranges) throw wrong('the server sent a part instead of the whole file');
  if (!range || range.from !== request.from || range.to <= range.from || range.to > range.total)
    throw wrong(`the server sent the wrong range (${answer.headers['content-range'] ?? 'none'})`);
  if (request.totalBytes !== null && range.total !== request.totalBytes)
    throw new AppError('source-changed', `${where}: the size is now ${range.total} bytes`, {
      retryable: true,
    });
  if (range.to !== Math.min(request.to ?? range.total, range.total))
    throw wrong(`the server sent the wrong range (${answer.headers['content-range'] ?? ''})`);
  if (length !== null && length !== range.to - range.from)
    throw wrong('the body isn’t as long as its range');
  const etag = strongEtag(answer.headers['etag']);
  if (request.etag !== null && etag !== request.etag)
    throw new AppError('source-changed', `${where}: the ETag has changed`, {
      retryable: true,
    });
  return {
    kind: 'partial',
    totalBytes: range.total,
    bytes: range.to - range.from,
    etag,
    finalUrl,
    answer,
  };
}

function checkFull(request: RangeRequest, finalUrl: string, answer: ByteAnswer): RangeResponse {
  const length = parseLength(answer.headers['content-length']);
  if (request.totalBytes !== null && length !== null && length !== request.totalBytes) {
    throw new AppError(
      'source-changed',
      `${redactUrl(request.url)}: the size is now ${length} bytes`,
      {
        retryable: true,
      },
    );
  }
  const hasLength = length !== null || /chunked/iu.test(answer.headers['transfer-encoding'] ?? '');
  return {
    kind: 'full',
    totalBytes: length,
    hasLength,
    etag: strongEtag(answer.headers['etag']),
    finalUrl,
    answer,
  };
}

function checkResponse(
  request: RangeRequest,
  url: string,
  answer: ByteAnswer,
  nowMs: number,
): RangeResponse {
  const { status, headers } = answer;
  if (status === 416) {
    const total = parseLength(/^bytes \*\/(\d+)$/iu.exec(headers['content-range'] ?? '')?.[1]);
    if (total === 0 && request.from === 0 && (request.totalBytes ?? 0) === 0)
      return { kind: 'empty' };
    throw new AppError('source-changed', `${redactUrl(url)}: the range isn’t available`, {
      retryable: true,
    });
  }
  if (status !== 200 && status !== 206) {
    const error = statusError(status, headers, url, nowMs);
    if (status === 401 || status === 403 || status === 410) return { kind: 'expired', error };
    throw error;
  }
  const coding = headers['content-encoding'] ?? 'identity';
  if (coding.toLowerCase() !== 'identity')
    throw new AppError(
      'origin-error',
      `${redactUrl(url)}: sent with content coding ${coding}, which wasn’t requested`,
      { retryable: false },
    );
  if (isHtmlInstead(headers['content-type'] ?? '', request.expected)) {
    throw new AppError(
      'captive-portal',
      `${redactUrl(url)}: the server sent a web page instead of the file`,
      {
        retryable: true,
      },
    );
  }
  if (isJsonInstead(headers['content-type'] ?? '', request.expected))
    throw new AppError(
      'origin-error',
      `${redactUrl(url)}: the server sent JSON instead of the file`,
      { retryable: true },
    );
  return status === 206 ? checkPartial(request, url, answer) : checkFull(request, url, answer);
}

/**
 * Requests one range and accepts only a consistent response: redirects within the rules, exactly
 * that range, the same complete length, the same strong ETag (a server may ignore If-Range), no
 * content coding, no web page. Otherwise no byte of the body is read.
 */
export async function openRange(
  source: ByteSource,
  request: RangeRequest,
  nowMs: number,
): Promise<RangeResponse> {
  const headers = { ...request.headers };
  if (request.ranges)
    headers['range'] = `bytes=${request.from}-${request.to === null ? '' : request.to - 1}`;
  if (request.ranges && request.etag !== null) headers['if-range'] = request.etag;
  const { url, answer } = await openFollowing(source, {
    url: request.url,
    headers,
    bodyAt: request.ranges ? request.from : 0,
    isPublishers: request.isPublishers,
    signal: request.signal,
  });
  try {
    const response = checkResponse(request, url, answer, nowMs);
    if (response.kind !== 'partial' && response.kind !== 'full') answer.discard();
    return response;
  } catch (thrown) {
    answer.discard();
    throw thrown;
  }
}
/**
 * Aborts when nothing has arrived for too long. Only awaited steps count, not time spent writing or
 * waiting for the limit.
 */
export class StallWatch {
  readonly #clock: Clock;
  readonly #stallMs: number;
  readonly #controller = new AbortController();
  readonly signal: AbortSignal;

  constructor(clock: Clock, stallMs: number, signal: AbortSignal) {
    this.#clock = clock;
    this.#stallMs = stallMs;
    this.signal = AbortSignal.any([signal, this.#controller.signal]);
  }

  async during<T>(step: Promise<T>): Promise<T> {
    const cancelTimer = this.#clock.after(this.#stallMs, () => {
      this.#controller.abort(
        new AppError('stalled', `No data for ${Math.round(this.#stallMs / 1000)} s`, {
          retryable: true,
        }),
      );
    });
    try {
      return await step;
    } finally {
      cancelTimer();
    }
  }

  /** The blocks of a body, each awaited for at most the stall time. */
  async *through(body: AsyncIterable<BodyBlock>): AsyncGenerator<BodyBlock> {
    const blocks = body[Symbol.asyncIterator]();
    try {
      for (
        let next = await this.during(blocks.next());
        !next.done;
        next = await this.during(blocks.next())
      )
        yield next.value;
    } finally {
      await blocks.return?.();
    }
  }
}
