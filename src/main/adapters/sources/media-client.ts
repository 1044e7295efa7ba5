import { AppError } from '../../../shared/errors.ts';
import { createPublisherAgents, type AgentOptions } from '../http/agents.ts';
import { openStream, type StreamedAnswer } from '../http/stream.ts';
import { isRedirect } from '../../../shared/model/url.ts';
import { followable } from './http-get.ts';

const MAX_REDIRECTS = 5;
/**
 * Until an answer has begun, over all redirects, and until a picture is whole. A server that sends a
 * byte now and then is never idle.
 */
const MAX_MS = 30_000;
const MAX_PICTURE_BYTES = 20 * 1024 * 1024;

/** Pictures and previews of a publisher, without cookies or a referrer. */
export type PublisherMedia = {
  /** @throws `not-found`, `service-unreachable`, `redirect-refused`, `origin-error`, `timeout` */
  bytes(url: string): Promise<Uint8Array>;
  stream(url: string, range: string | null): Promise<StreamedAnswer>;
};

/**
 * Media of the source at an address, which decides where they may be: see `followable`.
 */
export function createPublisherMedia(
  version: string,
  { maxMs = MAX_MS, ...options }: AgentOptions & { maxMs?: number } = {},
) {
  const agents = createPublisherAgents(options);
  const userAgent = `MultimediaDesk/${version}`;

  type From = { source: string; typedHost: string | null };

  async function stream(
    { source, typedHost }: From,
    given: string,
    range: string | null,
    signal: AbortSignal,
  ): Promise<StreamedAnswer> {
    let [url, from] = [given, source];
    for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
      const target = followable(url, from, typedHost);
      if (target === null)
        throw new AppError(
          'redirect-refused',
          'The publisher’s server redirects to an unsafe address',
          {
            retryable: false,
          },
        );
      const own = agents.of(new URL(target), typedHost);
      const answer = await openStream(new URL(target), { range, userAgent, signal }, own);
      const { location } = answer.headers;
      if (!isRedirect(answer.status) || location === undefined) return answer;
      answer.body.destroy();
      [url, from] = [location, target];
    }
    throw new AppError('redirect-refused', 'The publisher’s server redirects too often', {
      retryable: false,
    });
  }

  async function picture(source: From, url: string, signal: AbortSignal): Promise<Uint8Array> {
    const { status, body } = await stream(source, url, null, signal);
    if (status !== 200) {
      body.destroy();
      throw new AppError(
        status === 404 || status === 410 ? 'not-found' : 'origin-error',
        `A picture couldn’t be loaded (status ${status})`,
      );
    }
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength;
      // Leaving the loop closes the connection.
      if (size > MAX_PICTURE_BYTES)
        throw new AppError('origin-error', 'A picture is too large', { retryable: false });
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  /** Work that is stopped if it isn't done in time; what it has resolved with isn't. */
  async function inTime<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), maxMs);
    try {
      return await work(limit.signal);
    } catch (thrown) {
      if (!limit.signal.aborted) throw thrown;
      throw new AppError('timeout', 'The publisher didn’t answer in time', {
        retryable: true,
        cause: thrown,
      });
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    /** @param typedHost the one host that may be in the local network; that of the source if left out */
    of(source: string, typedHost: string | null = new URL(source).hostname): PublisherMedia {
      const from = { source, typedHost };
      return {
        stream: (url, range) => inTime((signal) => stream(from, url, range, signal)),
        bytes: (url) => inTime((signal) => picture(from, url, signal)),
      };
    },
    close: () => agents.destroy(),
  };
}
