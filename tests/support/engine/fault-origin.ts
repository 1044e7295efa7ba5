import { setTimeout } from 'node:timers/promises';
import { content, sha256 } from './origin.ts';
import { END, RESET, Wire } from './wire.ts';
import type { Step } from './wire.ts';

/**
 * A fault in one response. `at` is a share of the body from 0 to 1: so much is sent, or the fault
 * is there.
 */
export type WireFault =
  | {
      kind:
        | 'wrong-range'
        | 'wrong-total'
        | 'wrong-tag'
        | 'no-tag'
        | 'whole'
        | 'not-satisfiable'
        | 'encoded'
        | 'html'
        | 'xml'
        | 'portal';
    }
  | { kind: 'cut' | 'reset' | 'stall' | 'unframed-cut' | 'chunked-cut'; at: number }
  | {
      kind:
        | 'no-answer'
        | 'unframed'
        | 'unframed-whole'
        | 'chunked'
        | 'overlong'
        | 'overlong-unframed'
        | 'promises-more';
    }
  | { kind: 'flip'; at: number }
  | { kind: 'other-bytes'; seed: number }
  | { kind: 'malformed'; text: string }
  | { kind: 'status'; status: number; retryAfter: string | null }
  | { kind: 'redirects'; hops: number }
  | { kind: 'redirect'; to: string }
  /** Redirects to another origin, which has the file or redirects back. */
  | { kind: 'elsewhere'; back: boolean };

export type FaultyFile = {
  content: Buffer;
  /** As sent, with quotes; null for none. */
  etag: string | null;
  type: string;
  /** One per request, in order; with `forever` the last one repeats. */
  faults: WireFault[];
  forever: boolean;
  honoursIfRange: boolean;
  /** Parts of a correct body, with a moment between them. */
  slices: number;
  /** Range header of each request. */
  ranges: (string | undefined)[];
  requests: Record<string, string>[];
  /** Heads of requests that were redirected through another origin and back. */
  led: string[];
};

type Asked = { from: number; to: number } | null | 'not-satisfiable';
const SLICE_MS = 3;
const REASON = 'As told';

function headersOf(head: string): Record<string, string> {
  return Object.fromEntries(
    head
      .split('\r\n')
      .slice(1)
      .map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
  );
}

const page = (type: string, text: string): Step[] => [
  `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
];
const redirect = (to: string): Step[] => [
  `HTTP/1.1 302 ${REASON}\r\nLocation: ${to}\r\nContent-Length: 0\r\n\r\n`,
];

/**
 * An origin that answers correctly unless a file has faults, byte by byte on the wire, with or
 * without TLS.
 */
export class FaultOrigin {
  readonly files = new Map<string, FaultyFile>();
  readonly #wire: Wire;
  /** Another origin with the same files and no faults. */
  readonly #elsewhere: Wire;
  /** Called when a stalling response has sent its part. */
  onStall: () => void = () => {};

  private constructor(wire: Wire, elsewhere: Wire) {
    this.#wire = wire;
    this.#elsewhere = elsewhere;
    wire.answer = (head) => this.#answer(head);
    elsewhere.answer = (head) => this.#answerLed(head);
  }

  static async start({ secure }: { secure: boolean }): Promise<FaultOrigin> {
    const wire = await Wire.start({ secure });
    return new FaultOrigin(wire, await Wire.start({ like: wire }));
  }

  get url(): string {
    return this.#wire.url;
  }
  get ca(): string | null {
    return this.#wire.ca;
  }

  serve(path: string, bytes: Buffer, more: Partial<FaultyFile> = {}): FaultyFile {
    const file: FaultyFile = {
      content: bytes,
      etag: `"${sha256(bytes).slice(0, 16)}"`,
      type: 'video/quicktime',
      faults: [],
      forever: false,
      honoursIfRange: true,
      slices: 1,
      ranges: [],
      requests: [],
      led: [],
      ...more,
    };
    this.files.set(path, file);
    return file;
  }

  async stop(): Promise<void> {
    await this.#wire.stop();
    await this.#elsewhere.stop();
  }

  #answer(head: string): Step[] {
    const target = head.split(' ')[1] ?? '';
    const url = new URL(target, this.url);
    const file = this.files.get(decodeURIComponent(url.pathname));
    if (!file) return [`HTTP/1.1 404 ${REASON}\r\nContent-Length: 0\r\n\r\n`];
    if (url.searchParams.has('led')) return this.#answerLed(head);
    const hops = Number(url.searchParams.get('hops') ?? 0);
    if (hops > 0) return redirect(`${url.pathname}?hops=${hops - 1}`);
    const headers = headersOf(head);
    file.requests.push(headers);
    file.ranges.push(headers['range']);
    const fault = file.forever && file.faults.length === 1 ? file.faults[0] : file.faults.shift();
    return (
      (fault && this.#instead(fault, url.pathname)) ??
      this.#send(file, fault, this.#asked(file, headers, fault))
    );
  }

  /** Answers a request that was redirected back. */
  #answerLed(head: string): Step[] {
    const url = new URL(head.split(' ')[1] ?? '', this.url);
    const file = this.files.get(decodeURIComponent(url.pathname));
    if (!file) return [`HTTP/1.1 404 ${REASON}\r\nContent-Length: 0\r\n\r\n`];
    file.led.push(head);
    if (url.searchParams.has('back')) return redirect(`${this.url}${url.pathname}?led`);
    return this.#send(file, undefined, this.#asked(file, headersOf(head), undefined));
  }

  /** Faults that replace the whole response. */
  #instead(fault: WireFault, path: string): Step[] | null {
    if (fault.kind === 'no-answer') return [() => this.onStall()];
    if (fault.kind === 'malformed') return [fault.text, END];
    if (fault.kind === 'html') return page('text/html; charset=utf-8', '<html>Sign in</html>');
    if (fault.kind === 'xml')
      return page('application/xml', '<Error><Code>SlowDown</Code></Error>');
    if (fault.kind === 'portal') return redirect(`${this.url}/portal`);
    if (fault.kind === 'redirects') return redirect(`${path}?hops=${fault.hops - 1}`);
    if (fault.kind === 'redirect') return redirect(fault.to);
    if (fault.kind === 'elsewhere')
      return redirect(`${this.#elsewhere.url}${path}${fault.back ? '?back' : ''}`);
    if (fault.kind !== 'status') return null;
    return [
      `HTTP/1.1 ${fault.status} ${REASON}\r\n${fault.retryAfter === null ? '' : `Retry-After: ${fault.retryAfter}\r\n`}Content-Length: 2\r\n\r\nno`,
    ];
  }

  #asked(file: FaultyFile, headers: Record<string, string>, fault: WireFault | undefined): Asked {
    if (fault?.kind === 'not-satisfiable') return 'not-satisfiable';
    const match = /^bytes=(\d+)-(\d*)$/u.exec(headers['range'] ?? '');
    if (
      !match ||
      fault?.kind === 'whole' ||
      fault?.kind === 'unframed-whole' ||
      fault?.kind === 'unframed-cut'
    )
      return null;
    if (
      file.honoursIfRange &&
      headers['if-range'] !== undefined &&
      headers['if-range'] !== file.etag
    )
      return null;
    const from = Number(match[1]);
    if (from >= file.content.length) return 'not-satisfiable';
    return {
      from,
      to: Math.min(match[2] ? Number(match[2]) + 1 : file.content.length, file.content.length),
    };
  }

  #send(file: FaultyFile, fault: WireFault | undefined, asked: Asked): Step[] {
    const total = file.content.length;
    if (asked === 'not-satisfiable')
      return [
        `HTTP/1.1 416 ${REASON}\r\nContent-Range: bytes */${total}\r\nContent-Length: 0\r\n\r\n`,
      ];
    const { from, to } = asked ?? { from: 0, to: total };
    const body = bodyOf(file.content.subarray(from, to), fault);
    const lines = [
      asked ? `HTTP/1.1 206 ${REASON}` : 'HTTP/1.1 200 OK',
      `Content-Type: ${file.type}`,
      ...framing(fault, body.length),
      ...validators(file, fault),
    ];
    if (asked)
      lines.push(
        `Content-Range: bytes ${fault?.kind === 'wrong-range' ? from + 7 : from}-${to - 1}/${fault?.kind === 'wrong-total' ? total + 10 : total}`,
      );
    return [`${lines.join('\r\n')}\r\n\r\n`, ...this.#bodySteps(body, fault, file.slices)];
  }

  #bodySteps(body: Buffer, fault: WireFault | undefined, slices: number): Step[] {
    const sent = body.subarray(
      0,
      fault && 'at' in fault ? Math.floor(fault.at * body.length) : body.length,
    );
    const instead: Partial<Record<WireFault['kind'], Step[]>> = {
      cut: [sent, END],
      'unframed-cut': [sent, END],
      reset: [sent, RESET],
      stall: [sent, () => this.onStall()],
      unframed: [body, END],
      'unframed-whole': [body, END],
      'promises-more': [body, END],
      overlong: [Buffer.concat([body, Buffer.from('HTTP/1.1 200 OK\r\n\r\nmore')])],
      'overlong-unframed': [Buffer.concat([body, Buffer.from('more than was announced')]), END],
      chunked: [chunk(body), '0\r\n\r\n'],
      'chunked-cut': [chunk(sent), END],
    };
    return (fault && instead[fault.kind]) ?? sliced(body, slices);
  }
}

/** No chunk for no bytes: an empty one would end the body (RFC 9112 §7.1). */
const chunk = (bytes: Buffer): Buffer =>
  bytes.length === 0
    ? bytes
    : Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);

function sliced(body: Buffer, slices: number): Step[] {
  if (slices === 1) return [body];
  const bytes = Math.ceil(body.length / slices);
  return Array.from({ length: slices }, (_, i): Step[] => [
    body.subarray(i * bytes, (i + 1) * bytes),
    () => setTimeout(SLICE_MS),
  ]).flat();
}

function bodyOf(bytes: Buffer, fault: WireFault | undefined): Buffer {
  if (fault?.kind === 'other-bytes') return content(bytes.length, fault.seed);
  if (fault?.kind !== 'flip' || bytes.length === 0) return bytes;
  const flipped = Buffer.from(bytes);
  const at = Math.min(bytes.length - 1, Math.floor(fault.at * bytes.length));
  flipped[at] = (flipped[at] ?? 0) ^ 0x10;
  return flipped;
}

const UNFRAMED = new Set<WireFault['kind']>([
  'unframed',
  'unframed-whole',
  'unframed-cut',
  'overlong-unframed',
]);
const CHUNKED = new Set<WireFault['kind']>(['chunked', 'chunked-cut']);

function framing(fault: WireFault | undefined, bytes: number): string[] {
  if (fault && UNFRAMED.has(fault.kind)) return ['Connection: close'];
  if (fault && CHUNKED.has(fault.kind)) return ['Transfer-Encoding: chunked'];
  const length = `Content-Length: ${fault?.kind === 'promises-more' ? bytes + 1000 : bytes}`;
  return fault?.kind === 'encoded' ? [length, 'Content-Encoding: gzip'] : [length];
}

function validators({ etag }: FaultyFile, fault: WireFault | undefined): string[] {
  if (etag === null || fault?.kind === 'no-tag') return [];
  return [
    `ETag: ${fault?.kind === 'wrong-tag' ? `"other-${etag.replaceAll(/[^\w]/gu, '')}"` : etag}`,
  ];
}
