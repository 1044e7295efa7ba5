import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { ContentBytes } from '../content/library.ts';
import { evaluateConditions } from '../http/conditions.ts';
import type { Fault } from './faults.ts';
import { ifRangeHolds, wantedRanges, type ByteRange } from './ranges.ts';

export type Served = {
  bytes: ContentBytes;
  etag: string;
  lastModified: string;
  headers: Record<string, string>;
};

const BLOCK = 1024 * 1024;
const CORRUPTED = 0x5a;

type Part = { preamble: string; range: ByteRange };

async function* blocks(
  file: ContentBytes,
  { first, last }: ByteRange,
  fault: Fault | null,
): AsyncGenerator<Buffer> {
  const step =
    fault?.kind === 'slow' ? Math.max(1, Math.min(BLOCK, Math.ceil(fault.at / 10))) : BLOCK;
  for (let at = first; at <= last;) {
    const block = await file.read(at, Math.min(step, last - at + 1));
    if (block.length === 0) throw new Error('The content is shorter than it says');
    if (fault?.kind === 'changed')
      for (let i = 0; i < block.length; i += 1) block[i] = (block[i] ?? 0) ^ CORRUPTED;
    if (fault?.kind === 'corrupt' && fault.at >= at && fault.at < at + block.length)
      block[fault.at - at] = (block[fault.at - at] ?? 0) ^ CORRUPTED;
    if (fault?.kind === 'slow') await wait(100);
    yield block;
    at += block.length;
  }
}

/** Disconnects or stalls after `at` bytes of the body. */
async function* broken(
  body: AsyncIterable<Buffer>,
  fault: Fault,
  response: ServerResponse,
): AsyncGenerator<Buffer> {
  let left = fault.at;
  for await (const block of body) {
    if (block.length <= left) {
      left -= block.length;
      yield block;
      continue;
    }
    if (left > 0) yield block.subarray(0, left);
    if (fault.kind === 'stall')
      await new Promise<void>((resolve) => response.once('close', resolve));
    // The bytes so far must be flushed before the connection is closed.
    else await new Promise<void>((resolve) => response.write('', () => resolve()));
    response.destroy();
    return;
  }
}

async function* body(
  file: ContentBytes,
  parts: readonly Part[],
  closing: string,
  fault: Fault | null,
): AsyncGenerator<Buffer> {
  for (const { preamble, range } of parts) {
    if (preamble !== '') yield Buffer.from(preamble);
    yield* blocks(file, range, fault);
  }
  if (closing !== '') yield Buffer.from(closing);
}

const contentRange = ({ first, last }: ByteRange, size: number) => `bytes ${first}-${last}/${size}`;

type Plan = { status: number; headers: Record<string, string>; parts: Part[]; closing: string };

function planOf(ranges: ByteRange[] | null, { bytes: file }: Served, fault: Fault | null): Plan {
  const size = file.bytes;
  const whole = { first: 0, last: size - 1 };
  const type = { 'content-type': file.mediaType };
  if (ranges === null)
    return {
      status: 200,
      headers: { ...type, 'content-length': String(size) },
      parts: size === 0 ? [] : [{ preamble: '', range: whole }],
      closing: '',
    };
  const [only] = ranges;
  if (only && ranges.length === 1) {
    const range =
      fault?.kind === 'wrong-range'
        ? { first: Math.min(only.first + 1, only.last), last: only.last }
        : only;
    const headers = {
      ...type,
      'content-range': contentRange(range, size),
      'content-length': String(range.last - range.first + 1),
    };
    return { status: 206, headers, parts: [{ preamble: '', range }], closing: '' };
  }
  const boundary = randomUUID();
  const parts = ranges.map((range) => ({
    preamble: `\r\n--${boundary}\r\nContent-Type: ${file.mediaType}\r\nContent-Range: ${contentRange(range, size)}\r\n\r\n`,
    range,
  }));
  const closing = `\r\n--${boundary}--\r\n`;
  const length = parts.reduce(
    (sum, { preamble, range }) => sum + preamble.length + range.last - range.first + 1,
    closing.length,
  );
  return {
    status: 206,
    headers: {
      'content-type': `multipart/byteranges; boundary=${boundary}`,
      'content-length': String(length),
    },
    parts,
    closing,
  };
}

const STATUS_FAULTS: Partial<Record<Fault['kind'], number>> = {
  '403': 403,
  '410': 410,
  '429': 429,
  '503': 503,
};

/** Refuses like an object store: with XML, never media. */
export function refuse(
  response: ServerResponse,
  status: number,
  headers: Record<string, string> = {},
): void {
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${status}</Code></Error>\n`;
  response
    .writeHead(status, {
      'content-type': 'application/xml',
      'content-length': String(text.length),
      'cache-control': 'no-store',
      ...headers,
    })
    .end(text);
}

/**
 * A fault that replaces the whole answer.
 * @returns whether it was sent
 */
function refusedByFault(
  request: IncomingMessage,
  response: ServerResponse,
  fault: Fault | null,
): boolean {
  const status = fault ? STATUS_FAULTS[fault.kind] : undefined;
  if (status !== undefined)
    refuse(response, status, status === 429 || status === 503 ? { 'retry-after': '1' } : {});
  else if (fault?.kind === 'redirect')
    response.writeHead(302, { location: request.url ?? '/', 'content-length': '0' }).end();
  else return false;
  return true;
}

/**
 * Answers a GET or HEAD by RFC 9110 §13 and §14.
 * @param faultFor may inject a fault; it is told which positions of the file the answer covers
 */
export async function serveBytes(
  request: IncomingMessage,
  response: ServerResponse,
  served: Served,
  faultFor: (covers: (at: number) => boolean) => Fault | null,
): Promise<void> {
  const { bytes: file, lastModified } = served;
  const isHead = request.method === 'HEAD';
  // Range is only defined for GET (RFC 9110 §14.2).
  const wanted =
    !isHead && ifRangeHolds(request.headers['if-range']?.toString(), served.etag, lastModified)
      ? wantedRanges(request.headers.range, file.bytes)
      : { kind: 'all' as const };
  const asked = wanted.kind === 'some' ? wanted.ranges : [{ first: 0, last: file.bytes - 1 }];
  const fault = faultFor((at) => asked.some(({ first, last }) => at >= first && at <= last));
  if (refusedByFault(request, response, fault)) return;
  const etag =
    fault?.kind === 'weak-tag'
      ? `W/${served.etag}`
      : fault?.kind === 'changed'
        ? `"changed-${served.etag.slice(1)}`
        : served.etag;
  const common = {
    'accept-ranges': 'bytes',
    etag,
    'last-modified': lastModified,
    ...served.headers,
  };
  const verdict = evaluateConditions(
    { header: (name) => request.headers[name] },
    { etags: [etag], lastModified },
  );
  if (verdict === 'failed') return refuse(response, 412);
  if (verdict === 'not-modified') return void response.writeHead(304, common).end();
  // A changed file has another tag, so the condition of If-Range fails against it.
  const isChanged = fault?.kind === 'changed' && request.headers['if-range'] !== undefined;
  if (wanted.kind === 'unsatisfiable' && fault?.kind !== 'ignore-range')
    return refuse(response, 416, {
      'accept-ranges': 'bytes',
      'content-range': `bytes */${file.bytes}`,
    });
  const plan = planOf(
    wanted.kind === 'some' && fault?.kind !== 'ignore-range' && !isChanged ? wanted.ranges : null,
    served,
    fault,
  );
  response.writeHead(plan.status, { ...common, ...plan.headers });
  if (isHead) return void response.end();
  const stream = body(file, plan.parts, plan.closing, fault);
  const isBroken = fault !== null && (fault.kind === 'drop' || fault.kind === 'stall');
  await pipeline(
    Readable.from(isBroken ? broken(stream, fault, response) : stream, {
      objectMode: false,
      highWaterMark: BLOCK,
    }),
    response,
  );
}
