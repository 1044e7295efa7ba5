import http from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import { AppError } from '../../../shared/errors.ts';
import type { Agents } from './agents.ts';
import { errorFromProxy, rejectUnanswered, wasClosedIdle } from './errors.ts';

export type StreamedAnswer = { status: number; headers: Record<string, string>; body: Readable };

/** Timeout until the response of a preview starts, ms. */
const RESPONSE_TIMEOUT_MS = 30_000;
const KEPT = [
  'content-type',
  'content-length',
  'content-range',
  'accept-ranges',
  'etag',
  'location',
] as const;

/**
 * GETs an address and resolves with the first headers; follows no redirect.
 *
 * @throws `service-unreachable`
 */
export function openStream(
  url: URL,
  options: {
    range: string | null;
    userAgent?: string;
    /** Ends the request, and the body too. */
    signal?: AbortSignal;
  },
  agents: Agents,
): Promise<StreamedAnswer> {
  const { range, userAgent, signal } = options;
  return new Promise((resolve, reject) => {
    let hasBegun = false;
    const request = (url.protocol === 'https:' ? https : http).get(
      url,
      {
        agent: agents.of(url),
        ...(signal === undefined ? {} : { signal }),
        headers: {
          ...(range === null ? {} : { range }),
          ...(userAgent === undefined ? {} : { 'user-agent': userAgent }),
        },
      },
      (response) => {
        hasBegun = true;
        // From here on a pause is caused by the player, not the source.
        request.setTimeout(0);
        const headers = Object.fromEntries(
          KEPT.flatMap((name) => {
            const value = response.headers[name];
            return typeof value === 'string' ? [[name, value]] : [];
          }),
        );
        resolve({ status: response.statusCode ?? 502, headers, body: response });
      },
    );
    request.setTimeout(RESPONSE_TIMEOUT_MS, () => request.destroy(new Error('no answer')));
    // After the response has started this has no effect; the body's reader sees its own error.
    const fail = (thrown: Error): void => {
      if (!hasBegun && wasClosedIdle(request, thrown)) resolve(openStream(url, options, agents));
      else
        reject(
          errorFromProxy(thrown) ??
            new AppError('service-unreachable', `${url.host} can’t be reached`, {
              retryable: true,
            }),
        );
    };
    request.on('error', fail);
    rejectUnanswered(request, fail);
  });
}
