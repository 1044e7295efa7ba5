import { net, protocol } from 'electron';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import type { MediaAnswer, MediaHandler } from '../adapters/service/media.ts';

/** Must run before `app` is ready. */
export function declareAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: 'app',
      privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true },
    },
  ]);
}

/**
 * Serves the built renderer, and pictures and previews under `media/`. Paths outside `root` answer
 * 404.
 */
export function serveApp(root: string, media: MediaHandler): void {
  protocol.handle('app', async (request) => {
    const url = new URL(request.url);
    if (url.host !== 'bundle') return new Response(null, { status: 404 });
    if (url.pathname.startsWith('/media/'))
      return toResponse(
        await media(url.pathname.slice('/media/'.length), request.headers.get('range')),
      );
    const file = path.resolve(root, `.${path.posix.normalize(decodeURIComponent(url.pathname))}`);
    if (!file.startsWith(root + path.sep)) return new Response(null, { status: 404 });
    return net.fetch(pathToFileURL(file).toString());
  });
}

function toResponse({ status, headers, body }: MediaAnswer): Response {
  if (!(body instanceof Readable))
    return new Response(body === null ? null : new Uint8Array(body), { status, headers });
  return new Response(Readable.toWeb(body) as ReadableStream<Uint8Array>, { status, headers });
}
