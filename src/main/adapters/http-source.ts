import http from 'node:http';
import https from 'node:https';
import { AppError } from '../../shared/errors.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import type { ByteAnswer, ByteRequest, ByteSource } from '../transfers/ports.ts';

const OFFLINE = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'ENETDOWN', 'EHOSTUNREACH', 'EADDRNOTAVAIL']);
const TIMEOUT = new Set(['ETIMEDOUT', 'ESOCKETTIMEDOUT']);

function codeOf(thrown: Error): ErrorCode {
  const errno = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  if (OFFLINE.has(errno)) return 'offline';
  if (TIMEOUT.has(errno)) return 'timeout';
  if (errno.startsWith('ERR_TLS') || errno.startsWith('ERR_SSL') || errno.includes('CERT') || errno === 'EPROTO' || errno.startsWith('UNABLE_TO_')) return 'tls';
  return 'origin-error';
}

/** The address without its query, which may hold a signature, and without user and password. */
const shown = (url: string): string => {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
};

function transportError(thrown: unknown, { url, signal }: ByteRequest, late: ErrorCode | null): AppError {
  if (thrown instanceof AppError) return thrown;
  if (signal.aborted) return signal.reason instanceof AppError ? signal.reason : new AppError('cancelled', 'Stopped');
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const code = late ?? codeOf(error);
  return new AppError(code, `${shown(url)}: ${error.message}`, { cause: error, retryable: code !== 'tls' });
}

async function* bodyOf(message: http.IncomingMessage, request: ByteRequest): AsyncGenerator<Uint8Array> {
  let whole = false;
  try {
    for await (const chunk of message) {
      if (!(chunk instanceof Uint8Array)) throw new AppError('bug', 'A body must be bytes');
      yield chunk;
    }
    whole = message.complete;
    if (!whole) throw new AppError('short-body', `${shown(request.url)}: the body was cut short`, { retryable: true });
  } catch (thrown) {
    throw transportError(thrown, request, 'short-body');
  } finally {
    if (!whole) message.destroy();
  }
}

function answerOf(message: http.IncomingMessage, request: ByteRequest): ByteAnswer {
  const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]));
  return { status: message.statusCode ?? 0, headers, body: bodyOf(message, request), discard: () => void message.destroy() };
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '[::1]' || host.startsWith('127.');

/**
 * Bytes over node:http and node:https. HTTPS_PROXY, HTTP_PROXY and NO_PROXY are honoured as Node reads them; plain http on loopback, which
 * is the demo's, never goes through a proxy. Connections are kept alive for the next file of the same origin.
 */
export function createHttpSource(env: NodeJS.ProcessEnv = process.env): ByteSource & { close(): void } {
  const local = new http.Agent({ keepAlive: true });
  const plain = new http.Agent({ keepAlive: true, proxyEnv: env });
  const secure = new https.Agent({ keepAlive: true, proxyEnv: env });

  function send(request: ByteRequest): Promise<http.IncomingMessage> {
    const url = new URL(request.url);
    const options = { headers: { 'accept-encoding': 'identity', 'user-agent': 'multimedia-desk', ...request.headers }, signal: request.signal };
    return new Promise((resolve, reject) => {
      const sent = url.protocol === 'https:' ? https.get(url, { ...options, agent: secure }, resolve) : http.get(url, { ...options, agent: isLoopback(url.hostname) ? local : plain }, resolve);
      sent.on('error', reject);
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
    close() {
      for (const agent of [local, plain, secure]) agent.destroy();
    },
  };
}
