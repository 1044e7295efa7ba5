import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Cdp } from './chromium.ts';

type Handler = (request: Request) => Promise<Response> | Response;
const schemes = new Set<string>();
const handlers = new Map<string, Handler>();
const SUFFIX = '.double.test';

/**
 * Chromium does not know our scheme: `app://host/x` is shown to it as
 * `https://host.app.double.test/x` and answered by interception.
 */
export function toChromium(address: string): string {
  const match = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/i.exec(address);
  return match && schemes.has(match[1] ?? '')
    ? `https://${match[2]}.${match[1]}${SUFFIX}${match[3] || '/'}`
    : address;
}

export function fromChromium(address: string): string {
  return address.replace(
    /^https:\/\/([^/]*)\.([a-z0-9+-]+)\.double\.test/i,
    (_all, host: string, scheme: string) => `${scheme}://${host}`,
  );
}

export const isIntercepted = (address: string): boolean =>
  URL.canParse(address) && new URL(address).hostname.endsWith(SUFFIX);
export const INTERCEPTED = `https://*${SUFFIX}/*`;

export const protocol = {
  registerSchemesAsPrivileged(list: { scheme: string }[]): void {
    for (const { scheme } of list) schemes.add(scheme);
  },
  handle(scheme: string, handler: Handler): void {
    if (handlers.has(scheme)) throw new Error(`Failed to register protocol: ${scheme}`);
    handlers.set(scheme, handler);
  },
};

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

export const net = {
  /** Files only: the product fetches nothing else through Chromium's network stack. */
  async fetch(address: string): Promise<Response> {
    if (!address.startsWith('file:'))
      throw new Error('electron-double: net.fetch of anything but a file is not modelled');
    const file = fileURLToPath(address);
    try {
      return new Response(new Uint8Array(await readFile(file)), {
        headers: { 'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream' },
      });
    } catch {
      throw new Error('net::ERR_FILE_NOT_FOUND');
    }
  },
};

export type Paused = {
  requestId: string;
  request: { url: string; method: string; headers: Record<string, string> };
  resourceType: string;
  frameId: string;
};

/** Answers an intercepted request with the scheme's handler, as the network stack would. */
export async function answer(
  cdp: Cdp,
  session: string,
  { requestId, request }: Paused,
): Promise<void> {
  const url = fromChromium(request.url);
  const handler = handlers.get(new URL(url).protocol.slice(0, -1));
  try {
    if (!handler) throw new Error(`no handler for ${url}`);
    const response = await handler(
      new Request(url, { method: request.method, headers: request.headers }),
    );
    await cdp.send(
      'Fetch.fulfillRequest',
      {
        requestId,
        responseCode: response.status,
        responseHeaders: Array.from(response.headers, ([name, value]) => ({ name, value })),
        body: Buffer.from(await response.arrayBuffer()).toString('base64'),
      },
      session,
    );
  } catch (thrown) {
    if (
      !(
        thrown instanceof Error &&
        /Invalid InterceptionId|Session with given id/.test(thrown.message)
      )
    )
      console.error(`electron-double: ${url}:`, thrown);
    // The page sees a failed request, unless it has gone meanwhile.
    await cdp
      .send('Fetch.failRequest', { requestId, errorReason: 'Failed' }, session)
      .catch(() => undefined);
  }
}
