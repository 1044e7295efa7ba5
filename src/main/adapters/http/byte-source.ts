import http from 'node:http';
import https from 'node:https';
import { AppError } from '../../../shared/errors.ts';
import type { BodyBlock, ByteAnswer, ByteRequest, ByteSource } from '../../transfers/ports.ts';
import { isLoopbackHost, redactUrl } from '../../../shared/model/url.ts';
import { transportError } from './errors.ts';
import { FastSource } from './fast/reader.ts';

/** Node's chunks are not pooled; the garbage collector frees them. */
const release = (): void => {};

async function* bodyOf(
  message: http.IncomingMessage,
  request: ByteRequest,
): AsyncGenerator<BodyBlock> {
  let isComplete = false;
  try {
    for await (const chunk of message) {
      if (!(chunk instanceof Uint8Array)) throw new AppError('bug', 'A body must be bytes');
      yield { bytes: chunk, release };
    }
    isComplete = message.complete;
    if (!isComplete)
      throw new AppError('short-body', `${redactUrl(request.url)}: the body was cut short`, {
        retryable: true,
      });
  } catch (thrown) {
    throw transportError(thrown, request, 'short-body');
  } finally {
    if (!isComplete) message.destroy();
  }
}

function answerOf(message: http.IncomingMessage, request: ByteRequest): ByteAnswer {
  const headers = Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
  return {
    status: message.statusCode ?? 0,
    headers,
    body: bodyOf(message, request),
    discard: () => void message.destroy(),
  };
}

export type HttpOptions = {
  /** Holds HTTPS_PROXY, HTTP_PROXY and NO_PROXY. */
  env?: NodeJS.ProcessEnv;
  /** PEM; replaces the system's certificate authorities. */
  ca?: string;
};
export type ClosableSource = ByteSource & { close(): void };

/**
 * Source over node:http and node:https: every framing, every proxy. Proxy variables follow Node's
 * rules; plain http on loopback, as the demo's, never uses a proxy. Connections are kept alive for
 * the next file of the same origin.
 */
export function createHttpSource({ env = process.env, ca }: HttpOptions = {}): ClosableSource {
  const local = new http.Agent({ keepAlive: true });
  const plain = new http.Agent({ keepAlive: true, proxyEnv: env });
  const secure = new https.Agent({
    keepAlive: true,
    proxyEnv: env,
    ...(ca === undefined ? {} : { ca }),
  });

  function send(request: ByteRequest): Promise<http.IncomingMessage> {
    const url = new URL(request.url);
    const options = {
      headers: {
        'accept-encoding': 'identity',
        'user-agent': 'multimedia-desk',
        ...request.headers,
      },
      signal: request.signal,
    };
    return new Promise((resolve, reject) => {
      const sent =
        url.protocol === 'https:'
          ? https.get(url, { ...options, agent: secure }, resolve)
          : http.get(
              url,
              { ...options, agent: isLoopbackHost(url.hostname) ? local : plain },
              resolve,
            );
      sent.on('error', reject);
    });
  }
  const drop = (): void => {
    for (const agent of [local, plain, secure]) agent.destroy();
  };
  return {
    async open(request) {
      let message: http.IncomingMessage;
      try {
        message = await send(request);
      } catch (thrown) {
        throw transportError(thrown, request, null);
      }
      return answerOf(message, request);
    },
    drop,
    close: drop,
  };
}

const MAX_UNSUPPORTED = 1000;

/** True if no proxy can apply; NO_PROXY is left to the client that supports proxies. */
function isDirect(url: URL, env: NodeJS.ProcessEnv): boolean {
  if (url.protocol === 'http:')
    return isLoopbackHost(url.hostname) || !(env['http_proxy'] ?? env['HTTP_PROXY']);
  return !(env['https_proxy'] ?? env['HTTPS_PROXY']);
}

/**
 * Source for any http or https address: the fast reader where there is no proxy and the response is
 * plain, node:http otherwise. An address with an unsupported response goes to node:http from then
 * on, so that it isn't requested twice each time.
 */
export function createByteSource({
  env = process.env,
  ...options
}: HttpOptions & { blockBytes?: number } = {}): ClosableSource {
  const general = createHttpSource({ env, ...options });
  const direct = new FastSource(options);
  const unsupported = new Set<string>();
  return {
    async open(request) {
      const url = new URL(request.url);
      const address = url.origin + url.pathname;
      const viaNode = async (why: 'proxy' | 'not-plain') =>
        Object.assign(await general.open(request), { route: { by: 'node:http', why } as const });
      if (!isDirect(url, env)) return viaNode('proxy');
      if (unsupported.has(address)) return viaNode('not-plain');
      const answer = await direct.open(request);
      if (answer) return Object.assign(answer, { route: { by: 'socket', why: 'plain' } as const });
      if (unsupported.size < MAX_UNSUPPORTED) unsupported.add(address);
      return viaNode('not-plain');
    },
    drop() {
      direct.drop(
        new AppError('stalled', 'The connection was dropped: it may be dead', { retryable: true }),
      );
      general.drop();
    },
    close() {
      direct.close();
      general.close();
    },
  };
}
