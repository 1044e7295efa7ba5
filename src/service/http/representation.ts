import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';

const gzipped = promisify(gzip);
const MIN_ENCODED_LENGTH = 1400;

export const strongEtag = (text: string): string =>
  `"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`;

const acceptsGzip = (header: string | undefined): boolean =>
  (header ?? '')
    .split(',')
    .some((entry) => /^\s*(gzip|\*)\s*(;|$)/i.test(entry) && !/;\s*q=0(\.0*)?\s*$/i.test(entry));

/**
 * Compresses a body if the client accepts gzip and it is large enough. The encoded body is another
 * representation, with a tag of its own (RFC 9110 §8.8.3.3).
 */
export async function encodeBody(
  body: string,
  acceptEncoding: string | undefined,
): Promise<{ body: string | Buffer; coding: 'gzip' | null }> {
  if (body.length < MIN_ENCODED_LENGTH || !acceptsGzip(acceptEncoding))
    return { body, coding: null };
  return { body: await gzipped(body, { level: constants.Z_BEST_SPEED }), coding: 'gzip' };
}
export const encodedEtag = (etag: string, coding: 'gzip' | null): string =>
  coding === null ? etag : `${etag.slice(0, -1)}-${coding}"`;
