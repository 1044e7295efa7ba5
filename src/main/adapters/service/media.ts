import type { Readable } from 'node:stream';
import { AppError } from '../../../shared/errors.ts';
import type { StreamedAnswer } from '../http/stream.ts';
import { createThumbnailCache, MAX_THUMBNAIL_BYTES } from '../fs/file-cache.ts';

export type MediaSources = {
  client: {
    bytes(url: string): Promise<Uint8Array>;
    stream(url: string, range: string | null): Promise<StreamedAnswer>;
  };
  thumbnailUrl(assetId: string): Promise<string | null>;
  previewUrl(assetId: string): Promise<string | null>;
};
/** A picture of an article; null if no article has it. */
export type ArticlePictures = (
  mediaId: string,
) => Promise<{ mediaType: string; bytes: Uint8Array } | null>;
export type MediaAnswer = {
  status: number;
  headers: Record<string, string>;
  body: Readable | Uint8Array | null;
};
/**
 * Serves `thumb/<assetId>`, `proxy/<assetId>` and `article/<mediaId>`. Never throws: 404 if
 * missing, 503 if unreachable.
 */
export type MediaHandler = (mediaPath: string, range: string | null) => Promise<MediaAnswer>;

/** Media of a service must never run as a page, whatever its content type. */
const INERT = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; sandbox",
};
const PICTURE = /^image\/(?:jpeg|png|webp|avif|gif)$/;
const PREVIEW = /^(?:video|audio)\/[\w.+-]+$/;

const emptyAnswer = (status: number): MediaAnswer => ({ status, headers: {}, body: null });
const picture = (bytes: Uint8Array, mediaType: string): MediaAnswer => ({
  status: 200,
  // The URL names the asset or medium, not the content, which may be corrected: cached for an hour.
  headers: {
    ...INERT,
    'content-type': PICTURE.test(mediaType) ? mediaType : 'application/octet-stream',
    'content-length': String(bytes.byteLength),
    'cache-control': 'private, max-age=3600',
  },
  body: bytes,
});

async function preview(
  { client, previewUrl }: MediaSources,
  id: string,
  range: string | null,
): Promise<MediaAnswer> {
  const url = await previewUrl(id);
  if (url === null) return emptyAnswer(404);
  const answer = await client.stream(url, range);
  const { 'content-type': given = '', ...headers } = answer.headers;
  // 416: the player asked beyond the end (RFC 9110 §15.5.17).
  if (![200, 206, 416].includes(answer.status) || (answer.status !== 416 && !PREVIEW.test(given))) {
    answer.body.destroy();
    return emptyAnswer(answer.status === 404 ? 404 : 503);
  }
  return {
    status: answer.status,
    headers: { ...headers, ...INERT, ...(PREVIEW.test(given) ? { 'content-type': given } : {}) },
    body: answer.body,
  };
}

/**
 * Serves pictures and previews to the renderer. Thumbnails are cached up to a size, so that the
 * catalogue has pictures offline.
 */
export function createMediaHandler(
  /** Of the source that an asset comes from. */
  sourceOf: (assetId: string) => MediaSources | null,
  articlePicture: ArticlePictures,
  cacheFolder: string,
  maxBytes = MAX_THUMBNAIL_BYTES,
): MediaHandler {
  const cache = createThumbnailCache(cacheFolder, maxBytes);

  async function thumbnail(
    { client, thumbnailUrl }: MediaSources,
    id: string,
  ): Promise<MediaAnswer> {
    const url = await thumbnailUrl(id);
    if (url === null) return emptyAnswer(404);
    const cached = await cache.read(url);
    if (cached) return picture(cached, 'image/jpeg');
    const bytes = await client.bytes(url);
    await cache.put(url, bytes);
    return picture(bytes, 'image/jpeg');
  }

  return async (mediaPath, range) => {
    try {
      const [kind, id, ...rest] = mediaPath.split('/').map(decodeURIComponent);
      if (!id || rest.length > 0) return emptyAnswer(404);
      if (kind === 'article') {
        const found = await articlePicture(id);
        return found ? picture(found.bytes, found.mediaType) : emptyAnswer(404);
      }
      const source = kind === 'thumb' || kind === 'proxy' ? sourceOf(id) : null;
      if (!source) return emptyAnswer(404);
      return kind === 'thumb' ? await thumbnail(source, id) : await preview(source, id, range);
    } catch (thrown) {
      if (thrown instanceof URIError) return emptyAnswer(404);
      return emptyAnswer(
        thrown instanceof AppError && ['not-found', 'withdrawn'].includes(thrown.code) ? 404 : 503,
      );
    }
  };
}
