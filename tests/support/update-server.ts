import { createHash, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type net from 'node:net';
import { signedUpdate } from '../../scripts/sign-update.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const other = generateKeyPairSync('ed25519');
/** As the program has it built in. */
export const UPDATE_KEY = publicKey
  .export({ format: 'der', type: 'spki' })
  .subarray(-32)
  .toString('base64');

const sha512 = (bytes: Uint8Array): string => createHash('sha512').update(bytes).digest('base64');
export const INSTALLER = Buffer.alloc(300_000, 'a new version ');
/** The suffix that electron-updater adds for this processor. */
const ARCH = process.arch === 'x64' ? '' : `-${process.arch}`;
export const channelFile = (channel: 'latest' | 'beta' = 'latest'): string =>
  `/${channel}-linux${ARCH}.yml`;

type OfferOptions = {
  signedBy?: 'publisher' | 'stranger' | 'nobody';
  /** More lines of YAML. */
  more?: string;
  bytes?: Uint8Array;
  ending?: 'AppImage' | 'exe';
};

/** A channel's file, as electron-builder writes and the release signs it. */
export function offer(
  version: string,
  { signedBy = 'publisher', more = '', bytes = INSTALLER, ending = 'AppImage' }: OfferOptions = {},
): string {
  const hash = sha512(bytes);
  const text = `version: ${version}
files:
  - url: desk-${version}.${ending}
    sha512: ${hash}
    size: ${bytes.byteLength}
path: desk-${version}.${ending}
sha512: ${hash}
releaseDate: '2026-11-24T10:00:00.000Z'
`;
  const key = signedBy === 'publisher' ? privateKey : other.privateKey;
  return `${signedBy === 'nobody' ? text : signedUpdate(text, key)}${more}`;
}

type Answer = (request: http.IncomingMessage, response: http.ServerResponse) => void;
export const text =
  (body: string | Uint8Array, status = 200): Answer =>
  (_request, response) =>
    void response.writeHead(status).end(body);

/** A server of updates on loopback, with what a table says under each path. */
export class UpdateServer {
  readonly asked: { path: string; headers: http.IncomingHttpHeaders }[] = [];
  readonly answers = new Map<string, Answer>();
  readonly #server: http.Server;

  constructor(tls?: { key: string; cert: string }) {
    const answer: Answer = (request, response) => {
      const path = new URL(request.url ?? '/', 'http://localhost').pathname;
      this.asked.push({ path, headers: request.headers });
      (this.answers.get(path) ?? text('', 404))(request, response);
    };
    this.#server = tls ? https.createServer(tls, answer) : http.createServer(answer);
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const { port } = this.#server.address() as net.AddressInfo;
    return `${this.#server instanceof https.Server ? 'https' : 'http'}://127.0.0.1:${port}`;
  }

  /** Offers a version, with its installer. */
  offer(version: string, options: OfferOptions = {}, channel: 'latest' | 'beta' = 'latest'): void {
    this.answers.set(channelFile(channel), text(offer(version, options)));
    this.answers.set(
      `/desk-${version}.${options.ending ?? 'AppImage'}`,
      text(options.bytes ?? INSTALLER),
    );
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

export const isInstalled = (file: string): boolean => readFileSync(file).equals(INSTALLER);
