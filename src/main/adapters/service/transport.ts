import http from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import type { Got, OptionsInit, Response } from 'got';
import { AppError } from '../../../shared/errors.ts';
import { errorFromTransport } from './errors.ts';

export type Answer = { status: number; headers: http.IncomingHttpHeaders; body: Buffer };
export type StreamedAnswer = { status: number; headers: Record<string, string>; body: Readable };

/**
 * Requests to one service and to where its public bytes are. Throws `AppError` only; follows no
 * redirects.
 */
export type Transport = {
  /** The whole answer, whatever its status. */
  send(url: string, options: OptionsInit): Promise<Answer>;
  /** As it comes; the caller's Range is passed through. */
  stream(url: string, range: string | null): Promise<StreamedAnswer>;
  /** Requests under way and later ones end as `offline`. */
  close(): void;
};

/**
 * The largest answers are a page of 500 changes and a picture of an article; what is larger is not
 * read to its end.
 */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** A preview whose source does not answer for this long is given up. */
const ANSWER_MS = 30_000;

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);

/**
 * Proxies from HTTPS_PROXY, HTTP_PROXY and NO_PROXY (Node's own reading of them); loopback never
 * goes through one.
 */
function agents(origin: string): { http: http.Agent; https: https.Agent } {
  const proxyEnv = isLoopback(new URL(origin).hostname) ? {} : { proxyEnv: process.env };
  return {
    http: new http.Agent({ keepAlive: true, ...proxyEnv }),
    https: new https.Agent({ keepAlive: true, ...proxyEnv }),
  };
}

/** @param onUnreachable told when no answer came. */
export function createTransport(
  origin: string,
  version: string,
  onUnreachable: () => void,
): Transport {
  const agent = agents(origin);
  let client: Promise<Got> | null = null;
  // With the first request: a command that needs no service need not wait for its client, nor hold
  // it in memory.
  const clientOf = (): Promise<Got> =>
    (client ??= import('got').then(({ default: got }) =>
      got.extend({
        agent,
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

  /** Counted after unpacking: a small answer that unpacks to a large one is stopped as well. */
  async function read(
    url: string,
    { signal, ...options }: OptionsInit,
  ): Promise<Response<Uint8Array>> {
    const tooLarge = new AbortController();
    const request = (await clientOf())(url, {
      ...options,
      signal: AbortSignal.any([closed.signal, tooLarge.signal, ...(signal ? [signal] : [])]),
    });
    void request.on('downloadProgress', ({ transferred, total }) => {
      if (Math.max(transferred, total ?? 0) > MAX_ANSWER_BYTES) tooLarge.abort();
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
        throw new AppError('service-error', 'The answer of the service is too large', {
          cause: thrown,
        });
      throw thrown;
    }
  }

  return {
    async send(url, options) {
      try {
        const { statusCode, headers, rawBody } = await read(url, options);
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
    stream: (address, range) => openStream(new URL(address), range, agent),
    close() {
      // Nothing that is under way or still comes holds up the end of the program.
      closed.abort();
      agent.http.destroy();
      agent.https.destroy();
    },
  };
}

function openStream(
  url: URL,
  range: string | null,
  agent: { http: http.Agent; https: https.Agent },
): Promise<StreamedAnswer> {
  return new Promise((resolve, reject) => {
    const secure = url.protocol === 'https:';
    const request = (secure ? https : http).get(
      url,
      { agent: secure ? agent.https : agent.http, headers: range === null ? {} : { range } },
      (response) => {
        // From here on a pause is the viewer's, not the source's.
        request.setTimeout(0);
        const headers = Object.fromEntries(
          ['content-type', 'content-length', 'content-range', 'accept-ranges', 'etag'].flatMap(
            (name) => {
              const value = response.headers[name];
              return typeof value === 'string' ? [[name, value]] : [];
            },
          ),
        );
        resolve({ status: response.statusCode ?? 502, headers, body: response });
      },
    );
    request.setTimeout(ANSWER_MS, () => request.destroy(new Error('no answer')));
    // Also after the answer has begun, when there is nobody left to reject: the body's reader is
    // told by the body.
    request.on('error', () =>
      reject(
        new AppError('service-unreachable', 'The service cannot be reached', { retryable: true }),
      ),
    );
  });
}
