import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { AppError } from '../../shared/errors.ts';
import type { ServiceClient } from './service-client.ts';

export type MediaSources = {
  client: Pick<ServiceClient, 'bytes' | 'stream'>;
  thumbnailUrl(assetId: string): Promise<string | null>;
  previewUrl(assetId: string): Promise<string | null>;
  picture(mediaId: string): Promise<{ mediaType: string; bytes: Uint8Array } | null>;
};
export type MediaAnswer = { status: number; headers: Record<string, string>; body: Readable | Uint8Array | null };
/** Answers `thumb/<assetId>`, `proxy/<assetId>` and `article/<mediaId>`. Never throws; what is not there is 404, out of reach 503. */
export type MediaHandler = (mediaPath: string, range: string | null) => Promise<MediaAnswer>;

const none = (status: number): MediaAnswer => ({ status, headers: {}, body: null });
const picture = (bytes: Uint8Array, mediaType: string): MediaAnswer => ({
  status: 200,
  // An article's picture or a thumbnail is named by what it is of, which may be corrected: checked again within the hour.
  headers: { 'content-type': mediaType, 'content-length': String(bytes.byteLength), 'cache-control': 'private, max-age=3600' },
  body: bytes,
});

async function preview({ client, previewUrl }: MediaSources, id: string, range: string | null): Promise<MediaAnswer> {
  const url = await previewUrl(id);
  if (url === null) return none(404);
  return client.stream(url, range);
}

/** Pictures and previews for the renderer. Thumbnails that were shown once are kept, so that the catalogue has pictures offline. */
export function createMediaHandler(sources: () => MediaSources | null, cacheFolder: string): MediaHandler {
  async function thumbnail({ client, thumbnailUrl }: MediaSources, id: string): Promise<MediaAnswer> {
    const url = await thumbnailUrl(id);
    if (url === null) return none(404);
    const name = createHash('sha256').update(url).digest('hex');
    const file = path.join(cacheFolder, name.slice(0, 2), name);
    const kept = await readFile(file).catch(() => null);
    if (kept) return picture(kept, 'image/jpeg');
    const bytes = await client.bytes(url);
    await mkdir(path.dirname(file), { recursive: true });
    const part = `${file}.${process.pid}.part`;
    await writeFile(part, bytes);
    await rename(part, file);
    return picture(bytes, 'image/jpeg');
  }

  return async (mediaPath, range) => {
    const [kind, id, ...rest] = mediaPath.split('/').map(decodeURIComponent);
    const now = sources();
    if (!now || !id || rest.length > 0) return none(404);
    try {
      if (kind === 'thumb') return await thumbnail(now, id);
      if (kind === 'proxy') return await preview(now, id, range);
      if (kind !== 'article') return none(404);
      const found = await now.picture(id);
      return found ? picture(found.bytes, found.mediaType) : none(404);
    } catch (thrown) {
      return none(thrown instanceof AppError && ['not-found', 'withdrawn'].includes(thrown.code) ? 404 : 503);
    }
  };
}
