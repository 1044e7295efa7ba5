import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { SECOND } from '../clock.ts';
import type { Context } from '../context.ts';
import type { Library } from '../content/library.ts';
import { ipKey } from '../http/limits.ts';
import { LOCAL_ORIGINS, originEtag, signatureOf } from '../downloads/origins.ts';
import type { Faults } from './faults.ts';
import { refuse, serveBytes } from './serve-bytes.ts';

/** Content never changes under its hash, so any fixed date in the past is correct. */
const LAST_MODIFIED = 'Thu, 01 Jan 2026 00:00:00 GMT';
/** Pictures and previews are embedded by pages of another origin. */
const PUBLIC = {
  'cache-control': 'public, max-age=86400',
  'cross-origin-resource-policy': 'cross-origin',
  'access-control-allow-origin': '*',
};

const digest = (sha256: string) => `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`;

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Runs `work` and ignores a client that disconnects. */
async function send(
  context: Context,
  response: ServerResponse,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!response.destroyed) response.destroy();
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code !== 'ERR_STREAM_PREMATURE_CLOSE' && code !== 'ECONNRESET' && code !== 'EPIPE')
      context.log('origin-failed', { message: String(error) });
  }
}

/**
 * Delivers bytes: `/origin/{originId}/{fileId}/{name}` with a signed query,
 * `/media/{id}.{extension}` without an account.
 */
export function registerOrigin(
  app: FastifyInstance,
  context: Context,
  library: Library,
  faults: Faults,
): void {
  const { clock, limits, secrets } = context;

  function serveOrigin(request: IncomingMessage, response: ServerResponse): Promise<void> | void {
    const url = new URL(request.url ?? '/', 'http://origin');
    const [, , originId = '', fileId = ''] = url.pathname.split('/').map(decodeURIComponent);
    const exp = url.searchParams.get('exp') ?? '';
    const isOurs =
      LOCAL_ORIGINS.some((id) => id === originId) &&
      isSame(url.searchParams.get('sig') ?? '', signatureOf(secrets, url.pathname, exp, fileId));
    if (!isOurs || clock.now() >= Number(exp) * 1000) return refuse(response, 403);
    const bytes = library.file(fileId);
    if (!bytes) return refuse(response, 404);
    const headers = { 'cache-control': 'private, no-store', 'repr-digest': digest(bytes.sha256) };
    return serveBytes(
      request,
      response,
      { bytes, etag: originEtag(originId, bytes.sha256), lastModified: LAST_MODIFIED, headers },
      (covers) => faults.take(fileId, originId, covers),
    );
  }

  function serveMedia(request: IncomingMessage, response: ServerResponse): Promise<void> | void {
    const taken = limits.take('media', ipKey(request.socket.remoteAddress ?? ''));
    if (!taken.ok)
      return refuse(response, 429, {
        'retry-after': String(Math.max(1, Math.ceil(taken.retryAfterMs / SECOND))),
      });
    const url = new URL(request.url ?? '/', 'http://origin');
    const id = (url.pathname.split('/')[2] ?? '').replace(/\.\w+$/, '');
    const bytes = library.media(id, url.searchParams.get('key') ?? undefined, clock.now());
    if (!bytes) return refuse(response, 404);
    return serveBytes(
      request,
      response,
      {
        bytes,
        etag: originEtag('media', bytes.sha256),
        lastModified: LAST_MODIFIED,
        headers: PUBLIC,
      },
      () => null,
    );
  }

  const add = (
    url: string,
    method: ('GET' | 'HEAD')[],
    serve: (request: IncomingMessage, response: ServerResponse) => Promise<void> | void,
  ) => {
    app.route({
      method,
      url,
      exposeHeadRoute: false,
      async handler(request, reply) {
        reply.hijack();
        reply.raw.setHeader('x-content-type-options', 'nosniff');
        await send(context, reply.raw, async () => serve(request.raw, reply.raw));
      },
    });
  };
  // GET only: the signature covers the method, as with object stores, and clients probe with a
  // ranged GET.
  add('/origin/:originId/:fileId/:name', ['GET'], serveOrigin);
  add('/media/:name', ['GET', 'HEAD'], serveMedia);
}
