import http from 'node:http';
import https from 'node:https';
import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { AppError } from '../../../shared/errors.ts';
import { parseRetryAfter } from '../../../shared/model/retry-after.ts';
import { isLocalHost, isRedirect } from '../../../shared/model/url.ts';
import type { Clock } from '../../../shared/clock.ts';
import type { Outcome } from '../../events/delivery.ts';
import { createAgents } from './agents.ts';
import { rejectUnanswered, transportError } from './errors.ts';
import type { Network } from './network.ts';
import { isPrivateAddress, isPrivateLiteral } from './private-addresses.ts';

/** From the first byte that is sent to the status of the answer. */
const TIMEOUT_MS = 15_000;
/** What is read of an answer's body, so that its connection can be used again. */
const MAX_BODY_BYTES = 64 * 1024;

type Post = { address: string; headers: Record<string, string>; body: string };
export type WebhookSender = {
  /** Never throws; the status is null where nothing was answered. */
  post(post: Post, signal: AbortSignal): Promise<{ outcome: Outcome; status: number | null }>;
  close(): void;
};

/** What leaves without TLS stays in the network of this computer. */
const privateLookup: LookupFunction = (hostname, options, callback) =>
  systemLookup(hostname, options, (error, found, family) => {
    const addresses = Array.isArray(found) ? found.map(({ address }) => address) : [found];
    if (error !== null || addresses.every(isPrivateAddress)) callback(error, found, family);
    else callback(Object.assign(new Error(PLAIN), { code: 'EPUBLIC' }), []);
  });
const PLAIN = 'http is for addresses of your own network only. Use https.';

const isLocal = (hostname: string): boolean => isLocalHost(hostname) || isPrivateLiteral(hostname);

/**
 * Posts events. No redirect is followed, no cookie kept, and of an answer its status alone counts.
 * Messages name the origin of an address only: the rest may be a secret.
 */
export function createWebhookSender({
  network,
  version,
  clock,
  timeoutMs = TIMEOUT_MS,
}: {
  network: Network;
  version: string;
  clock: Clock;
  timeoutMs?: number;
}): WebhookSender {
  const anywhere = createAgents({ network });
  const inside = createAgents({ network, lookup: privateLookup });

  /** @throws `AppError` */
  async function ask({ address, headers, body }: Post, signal: AbortSignal) {
    const url = new URL(address);
    const isSecure = url.protocol === 'https:';
    const agents = isSecure ? anywhere : inside;
    // Whom a proxy would connect to isn't known here.
    if (!isSecure && !isLocal(url.hostname) && (await agents.way(url)).route !== null)
      throw new AppError('https-required', PLAIN);
    return new Promise<http.IncomingMessage>((resolve, reject) => {
      const request = (isSecure ? https : http).request(
        url,
        {
          method: 'POST',
          agent: agents.of(url),
          signal,
          headers: {
            ...headers,
            'content-type': 'application/json; charset=utf-8',
            'content-length': Buffer.byteLength(body),
            'user-agent': `MultimediaDesk/${version}`,
          },
        },
        resolve,
      );
      request.on('error', reject);
      rejectUnanswered(request, reject);
      request.end(body);
    });
  }

  return {
    async post(post, signal) {
      const limit = AbortSignal.timeout(timeoutMs);
      const { origin } = new URL(post.address);
      try {
        const answer = await ask(post, AbortSignal.any([signal, limit]));
        drain(answer);
        const status = answer.statusCode ?? 0;
        return {
          status,
          outcome: outcomeOf(status, origin, answer.headers['retry-after'], clock.nowMs()),
        };
      } catch (thrown) {
        const { code, message } =
          limit.aborted && !signal.aborted
            ? new AppError('timeout', `${origin} didn’t answer in time`)
            : isPublic(thrown)
              ? new AppError('https-required', PLAIN)
              : transportError(thrown, { url: origin, signal }, null);
        return { status: null, outcome: { kind: 'failed', code, message } };
      }
    },
    close() {
      for (const agents of [anywhere, inside]) agents.destroy();
    },
  };
}

const isPublic = (thrown: unknown): boolean =>
  thrown instanceof Error && 'code' in thrown && thrown.code === 'EPUBLIC';

function drain(answer: http.IncomingMessage): void {
  let received = 0;
  // A body that breaks off changes nothing.
  answer.on('error', () => undefined);
  answer.on('data', (chunk: Buffer) => {
    received += chunk.byteLength;
    if (received > MAX_BODY_BYTES) answer.destroy();
  });
}

function outcomeOf(
  status: number,
  origin: string,
  retryAfter: string | undefined,
  nowMs: number,
): Outcome {
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  if (status === 410)
    return { kind: 'gone', message: `${origin} wants no more events (status 410)` };
  if (isRedirect(status))
    return {
      kind: 'failed',
      code: 'redirect-refused',
      message: `${origin} redirects, which isn’t followed (status ${status}). Use the address it leads to.`,
    };
  return {
    kind: 'failed',
    code:
      status === 429
        ? 'rate-limited'
        : status === 401 || status === 403
          ? 'origin-refused'
          : 'origin-error',
    message: `${origin} answers with status ${status}`,
    retryAfterMs: parseRetryAfter(retryAfter, nowMs),
  };
}
