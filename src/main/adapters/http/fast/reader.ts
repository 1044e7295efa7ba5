import { AppError } from '../../../../shared/errors.ts';
import type { BodyBlock, ByteAnswer, ByteRequest } from '../../../transfers/ports.ts';
import { stopReason, transportError } from '../errors.ts';
import { UnsupportedResponse, FastConnection } from './connection.ts';
import type { ResponseHead } from './head.ts';
import { BlockPool } from './blocks.ts';

/**
 * The number of calls falls with the block, the memory of a connection grows with it: it has four
 * at most.
 */
const BLOCK_BYTES = 512 * 1024;
const POOL_BYTES = 24 * 1024 * 1024;
const MAX_IDLE = 8;

const FIELD_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/u;
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/u;

type FastSourceOptions = {
  blockBytes?: number;
  /** Trusted instead of the system's authorities; PEM. */
  ca?: string;
};
/** The request as text; null if it holds anything that needs more than to be written down. */
function requestText(url: URL, headers: Record<string, string>): string | null {
  const plain =
    (url.protocol === 'http:' || url.protocol === 'https:') &&
    url.username === '' &&
    url.password === '';
  if (
    !plain ||
    !Object.entries(headers).every(
      ([name, value]) => FIELD_NAME.test(name) && FIELD_VALUE.test(value),
    )
  )
    return null;
  const fields = new Map([
    ['host', url.host],
    ['connection', 'keep-alive'],
    ['accept-encoding', 'identity'],
    ['user-agent', 'multimedia-desk'],
  ]);
  for (const [name, value] of Object.entries(headers)) fields.set(name.toLowerCase(), value);
  const lines = [...fields].map(([name, value]) => `${name}: ${value}`);
  return `GET ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}

/** Connections that wait for the next request to their origin. */
class IdleConnections {
  readonly #byOrigin = new Map<string, FastConnection[]>();

  take(origin: string): FastConnection | undefined {
    return this.#byOrigin.get(origin)?.pop();
  }

  keep(origin: string, connection: FastConnection): void {
    const idle = this.#byOrigin.get(origin) ?? [];
    this.#byOrigin.set(origin, idle);
    connection.onClosed = () => this.#forget(idle, connection);
    idle.push(connection);
    if (idle.length > MAX_IDLE) idle[0]?.discard();
  }

  close(): void {
    for (const idle of this.#byOrigin.values()) while (idle[0]) idle[0].discard();
  }

  #forget(idle: FastConnection[], connection: FastConnection): void {
    const at = idle.indexOf(connection);
    if (at !== -1) idle.splice(at, 1);
  }
}

/**
 * Bytes straight from the socket into pooled blocks, for the plain case: http or https without a
 * proxy, and an answer with a strict head and a Content-Length. What is not plain is declined, for
 * a client that knows more. An idle connection that the server has just closed is replaced once,
 * since nothing of the answer had come.
 */
export class FastSource {
  readonly #pool: BlockPool;
  readonly #ca: string | null;
  readonly #idle = new IdleConnections();
  readonly #used = new Set<FastConnection>();

  constructor({ blockBytes = BLOCK_BYTES, ca }: FastSourceOptions = {}) {
    this.#pool = new BlockPool({ blockBytes, capBytes: POOL_BYTES });
    this.#ca = ca ?? null;
  }

  /**
   * As `ByteSource`, but null where another client must ask: the request or the answer is not of
   * the plain kind.
   */
  async open(request: ByteRequest): Promise<ByteAnswer | null> {
    const url = new URL(request.url);
    const text = requestText(url, request.headers);
    if (text === null) return null;
    const kept = this.#idle.take(url.origin);
    try {
      if (kept) {
        const again = await this.#tryOn(kept, text, request).catch((thrown: unknown) => {
          if (kept.heard || request.signal.aborted) throw thrown;
          return null;
        });
        if (again) return again;
      }
      return await this.#tryOn(this.#connect(url), text, request);
    } catch (thrown) {
      if (thrown instanceof UnsupportedResponse) return null;
      throw transportError(thrown, request, null);
    }
  }

  /** Who reads an answer gets what had come, and then this. */
  drop(reason: AppError): void {
    this.#idle.close();
    for (const connection of this.#used) connection.close(reason);
  }

  close(): void {
    this.drop(new AppError('cancelled', 'Stopped'));
  }

  #connect(url: URL): FastConnection {
    const secure = url.protocol === 'https:';
    const host = url.hostname.replace(/^\[(.*)\]$/u, '$1');
    return new FastConnection(
      {
        secure,
        host,
        port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
        ca: this.#ca,
      },
      this.#pool,
    );
  }

  async #tryOn(
    connection: FastConnection,
    text: string,
    request: ByteRequest,
  ): Promise<ByteAnswer> {
    const { signal, url } = request;
    const stop = () => connection.close(stopReason(signal));
    const done = () => {
      this.#used.delete(connection);
      signal.removeEventListener('abort', stop);
      if (connection.isIdle) this.#idle.keep(new URL(url).origin, connection);
    };
    this.#used.add(connection);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    try {
      const head = await connection.exchange(text, request.bodyAt ?? 0);
      const discard = () => {
        connection.discard();
        done();
      };
      return {
        status: head.status,
        headers: head.headers,
        body: bodyOf(connection, head, request, done),
        discard,
      };
    } catch (thrown) {
      done();
      throw thrown;
    }
  }
}

async function* bodyOf(
  connection: FastConnection,
  head: ResponseHead,
  request: ByteRequest,
  done: () => void,
): AsyncGenerator<BodyBlock> {
  let whole = false;
  try {
    yield* connection.body(head);
    whole = true;
  } catch (thrown) {
    throw transportError(thrown, request, 'short-body');
  } finally {
    if (!whole) connection.discard();
    done();
  }
}
