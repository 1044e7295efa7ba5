import http from 'node:http';
import https from 'node:https';
import { AppError } from '../../../shared/errors.ts';
import type { BodyBlock, ByteAnswer, ByteRequest, ByteSource } from '../../transfers/ports.ts';
import { redactUrl } from '../../../shared/model/url.ts';
import { createAgents, type AgentOptions, type Agents } from './agents.ts';
import { rejectUnanswered, transportError } from './errors.ts';
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

export type ClosableSource = ByteSource & { close(): void };

/**
 * Source over node:http and node:https: every framing, every proxy. Connections are kept alive for
 * the next file of the same origin.
 */
export const createHttpSource = (options: AgentOptions = {}): ClosableSource =>
  httpSource(createAgents(options));

function httpSource(agents: Agents): ClosableSource {
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
      const { get } = url.protocol === 'https:' ? https : http;
      const sent = get(url, { ...options, agent: agents.of(url) }, resolve);
      sent.on('error', reject);
      rejectUnanswered(sent, reject);
    });
  }
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
    drop: agents.destroy,
    close: agents.destroy,
  };
}

const MAX_UNSUPPORTED = 1000;

/**
 * Source for any http or https address: the fast reader where there is no proxy and the response is
 * plain, node:http otherwise. An address with an unsupported response goes to node:http from then
 * on, so that it isn't requested twice each time.
 */
export function createByteSource(
  options: AgentOptions & { blockBytes?: number } = {},
): ClosableSource {
  const agents = createAgents(options);
  const general = httpSource(agents);
  const direct = new FastSource(options);
  const unsupported = new Set<string>();
  const wayOf = (url: URL, request: ByteRequest) =>
    agents.way(url).catch((thrown: unknown) => {
      throw transportError(thrown, request, null);
    });
  return {
    async open(request) {
      const url = new URL(request.url);
      const address = url.origin + url.pathname;
      const viaNode = async (why: 'proxy' | 'not-plain') =>
        Object.assign(await general.open(request), { route: { by: 'node:http', why } as const });
      const { route, tls } = await wayOf(url, request);
      if (route !== null) return viaNode('proxy');
      if (unsupported.has(address)) return viaNode('not-plain');
      const answer = await direct.open(request, tls);
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
