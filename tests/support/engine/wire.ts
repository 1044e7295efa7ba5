import net from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import tls from 'node:tls';
import { selfSigned } from './certificate.ts';

type Certificate = ReturnType<typeof selfSigned>;
/** One step of a response: text and bytes are sent as they are, a function does anything else. */
export type Step = string | Uint8Array | ((socket: Socket) => void | Promise<void>);
export const END: Step = (socket) => void socket.end();
/** TLS has no reset: the connection just closes. */
export const RESET: Step = (socket) =>
  void (socket instanceof tls.TLSSocket ? socket.destroy() : socket.resetAndDestroy());

/**
 * An origin that sends exactly the bytes of a test, without an HTTP library that would correct
 * them.
 */
export class Wire {
  readonly #server: net.Server;
  readonly #sockets = new Set<Socket>();
  readonly #scheme: string;
  readonly #certificate: Certificate | null;
  /** Heads of the requests, in order. */
  readonly requests: string[] = [];
  /** Number of the connection of each request. */
  readonly connectionOf: number[] = [];
  connections = 0;
  /** Responses in order, one per request; the last one repeats. */
  answers: Step[][] = [];
  /** Replaces `answers`; receives the head of the request. */
  answer: ((head: string) => Step[]) | null = null;

  private constructor(certificate: Certificate | null) {
    this.#certificate = certificate;
    this.#scheme = certificate ? 'https' : 'http';
    const accept = (socket: Socket) => this.#accept(socket);
    this.#server = certificate ? tls.createServer(certificate, accept) : net.createServer(accept);
  }

  /** @param options.like shares the certificate of this one */
  static async start({
    secure = false,
    like,
  }: { secure?: boolean; like?: Wire } = {}): Promise<Wire> {
    const wire = new Wire(like ? like.#certificate : secure ? selfSigned() : null);
    await new Promise<void>((resolve) => wire.#server.listen(0, '127.0.0.1', resolve));
    return wire;
  }

  /** Self-signed; null for plain http. */
  get ca(): string | null {
    return this.#certificate?.cert ?? null;
  }

  get url(): string {
    const address = this.#server.address() as AddressInfo;
    return `${this.#scheme}://127.0.0.1:${address.port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(socket: Socket): void {
    const connection = this.connections++;
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      for (let end = text.indexOf('\r\n\r\n'); end !== -1; end = text.indexOf('\r\n\r\n')) {
        const head = text.slice(0, end);
        this.requests.push(head);
        this.connectionOf.push(connection);
        text = text.slice(end + 4);
        void this.#play(
          socket,
          this.answer
            ? this.answer(head)
            : this.answers.length > 1
              ? (this.answers.shift() ?? [])
              : (this.answers[0] ?? []),
        );
      }
    });
  }

  async #play(socket: Socket, steps: Step[]): Promise<void> {
    for (const step of steps) {
      if (socket.destroyed) return;
      if (typeof step === 'function') await step(socket);
      // Each step is sent as its own packet.
      else await new Promise<void>((resolve) => socket.write(step, () => resolve()));
    }
  }
}
