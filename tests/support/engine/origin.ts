import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A fault for one request; applied in order, one per request, then the origin answers correctly.
 */
export type Fault =
  | { kind: 'cut'; afterBytes: number }
  | { kind: 'stall'; afterBytes: number }
  | { kind: 'status'; status: number; headers?: Record<string, string> }
  | { kind: 'whole' }
  | { kind: 'wrong-range' }
  | { kind: 'wrong-total' }
  | { kind: 'corrupt'; at: number }
  | { kind: 'page' }
  | { kind: 'encoded' }
  | { kind: 'redirect'; to: string }
  | { kind: 'too-long' }
  | { kind: 'lie-long' };

export type OriginFile = {
  content: Buffer;
  /** Null for none. */
  etag: string | null;
  type: string;
  faults: Fault[];
  /** Range header of each request, in order. */
  ranges: (string | undefined)[];
  /** Headers of each request. */
  requests: http.IncomingHttpHeaders[];
  ignoresRanges: boolean;
  ignoresIfRange: boolean;
};

export const sha256 = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

/** Bytes that repeat nowhere; the same for the same seed. */
export function content(bytes: number, seed = 1): Buffer {
  const out = Buffer.alloc(bytes);
  let state = seed * 2_654_435_761 + 1;
  for (let at = 0; at < bytes; at += 4) {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + at) | 0;
    if (at + 4 <= bytes) out.writeInt32LE(state, at);
    else out[at] = state & 0xff;
  }
  return out;
}

function rangeOf(
  request: http.IncomingMessage,
  file: OriginFile,
): { from: number; to: number } | 'none' | 'unsatisfiable' {
  const match = /^bytes=(\d+)-(\d*)$/u.exec(request.headers.range ?? '');
  if (!match || file.ignoresRanges) return 'none';
  const ifRange = request.headers['if-range'];
  if (ifRange !== undefined && ifRange !== file.etag && !file.ignoresIfRange) return 'none';
  const from = Number(match[1]);
  if (from >= file.content.length) return 'unsatisfiable';
  return {
    from,
    to: Math.min(match[2] ? Number(match[2]) + 1 : file.content.length, file.content.length),
  };
}

export class Origin {
  readonly files = new Map<string, OriginFile>();
  /** Paths of the requests for files, in order. */
  readonly asked: string[] = [];
  readonly #server: http.Server;
  /** Called when a stalling response has sent its part. */
  onStall: () => void = () => {};

  private constructor() {
    this.#server = http.createServer((request, response) => this.#answer(request, response));
  }

  static async start(): Promise<Origin> {
    const origin = new Origin();
    await new Promise<void>((resolve) => origin.#server.listen(0, '127.0.0.1', resolve));
    return origin;
  }

  get url(): string {
    const address = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${address.port}`;
  }

  serve(path: string, bytes: Buffer, more: Partial<OriginFile> = {}): OriginFile {
    const file: OriginFile = {
      content: bytes,
      etag: `"${sha256(bytes).slice(0, 16)}"`,
      type: 'application/octet-stream',
      faults: [],
      ranges: [],
      requests: [],
      ignoresRanges: false,
      ignoresIfRange: false,
      ...more,
    };
    this.files.set(path, file);
    return file;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    const path = decodeURIComponent((request.url ?? '').split('?')[0] ?? '');
    const file = this.files.get(path);
    if (!file) return void response.writeHead(404).end();
    this.asked.push(path);
    file.ranges.push(request.headers.range);
    file.requests.push(request.headers);
    const fault = file.faults.shift();
    if (fault?.kind === 'status')
      return void response.writeHead(fault.status, fault.headers).end('<Error/>');
    if (fault?.kind === 'redirect')
      return void response.writeHead(302, { location: fault.to }).end();
    if (fault?.kind === 'page')
      return void response
        .writeHead(200, { 'content-type': 'text/html' })
        .end('<html>Sign in</html>');
    this.#send(response, file, fault, fault?.kind === 'whole' ? 'none' : rangeOf(request, file));
  }

  #send(
    response: http.ServerResponse,
    file: OriginFile,
    fault: Fault | undefined,
    range: ReturnType<typeof rangeOf>,
  ): void {
    const total = file.content.length;
    if (range === 'unsatisfiable')
      return void response.writeHead(416, { 'content-range': `bytes */${total}` }).end();
    const { from, to } = range === 'none' ? { from: 0, to: total } : range;
    const shift = fault?.kind === 'wrong-range' ? 7 : 0;
    let body = Buffer.from(file.content.subarray(from, to));
    if (fault?.kind === 'corrupt' && fault.at >= from && fault.at < to)
      body[fault.at - from] = (body[fault.at - from] ?? 0) ^ 0x40;
    const headers: Record<string, string> = {
      'content-type': file.type,
      'content-length': String(body.length),
    };
    if (file.etag !== null) headers['etag'] = file.etag;
    if (range !== 'none')
      headers['content-range'] =
        `bytes ${from + shift}-${to - 1}/${fault?.kind === 'wrong-total' ? total + 10 : total}`;
    if (fault?.kind === 'encoded') headers['content-encoding'] = 'gzip';
    if (fault?.kind === 'too-long') {
      delete headers['content-length'];
      body = Buffer.concat([body, Buffer.from('more than was announced')]);
    }
    if (fault?.kind === 'lie-long') headers['content-length'] = String(body.length + 1000);
    response.writeHead(range === 'none' ? 200 : 206, headers);
    if (fault?.kind === 'lie-long') return void response.write(body, () => response.destroy());
    if (fault?.kind !== 'cut' && fault?.kind !== 'stall') return void response.end(body);
    response.write(body.subarray(0, fault.afterBytes), () => {
      if (fault.kind === 'cut') response.destroy();
      else this.onStall();
    });
  }
}
