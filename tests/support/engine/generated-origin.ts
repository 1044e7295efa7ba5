import { createHash } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { content } from './origin.ts';

const BLOCK_BYTES = 1024 * 1024;
const MARK_BYTES = 4096;
const TEMPLATE = content(BLOCK_BYTES, 5);

/**
 * One MiB of a master of any length: every 4 KiB of it says where it is, so that no two are alike.
 */
function block(index: number): Buffer {
  const bytes = Buffer.from(TEMPLATE);
  for (let at = 0; at < BLOCK_BYTES; at += MARK_BYTES) bytes.writeUInt32LE(index, at);
  return bytes;
}

export type GeneratedFile = { bytes: number; pieceBytes: number; sha256: string; hashes: string[] };

/** The hashes of a generated master; its bytes are nowhere. */
export function describeMaster(bytes: number, pieceBytes: number): GeneratedFile {
  const whole = createHash('sha256');
  const hashes: string[] = [];
  for (let from = 0; from < bytes; from += pieceBytes) {
    const piece = createHash('sha256');
    for (let at = from; at < Math.min(from + pieceBytes, bytes); at += BLOCK_BYTES) {
      const part = block(at / BLOCK_BYTES).subarray(0, bytes - at);
      piece.update(part);
      whole.update(part);
    }
    hashes.push(piece.digest('hex'));
  }
  return { bytes, pieceBytes, sha256: whole.digest('hex'), hashes };
}

/** The bytes of a generated master from one place up to another. */
export function* bytesOf(from: number, to: number): Generator<Buffer> {
  for (let at = from; at < to;) {
    const within = at % BLOCK_BYTES;
    const part = block(Math.floor(at / BLOCK_BYTES)).subarray(
      within,
      Math.min(BLOCK_BYTES, within + to - at),
    );
    at += part.length;
    yield part;
  }
}

export type GeneratedOrigin = {
  url: string;
  /** Path, range and bytes of each answer, in order. */ log: {
    path: string;
    range: string | undefined;
    bytes: number;
  }[];
  stop(): Promise<void>;
};

/** An origin with one kind of file, made while it is sent: it needs no disk whatever its length. */
export async function startGeneratedOrigin(total: number): Promise<GeneratedOrigin> {
  const log: GeneratedOrigin['log'] = [];
  const server = http.createServer((request, response) => {
    const match = /^bytes=(\d+)-(\d*)$/u.exec(request.headers.range ?? '');
    const from = Number(match?.[1] ?? 0);
    const to = Math.min(total, match?.[2] ? Number(match[2]) + 1 : total);
    log.push({ path: request.url ?? '', range: request.headers.range, bytes: to - from });
    response.writeHead(match ? 206 : 200, {
      'content-type': 'video/quicktime',
      'content-length': to - from,
      etag: '"generated"',
      ...(match ? { 'content-range': `bytes ${from}-${to - 1}/${total}` } : {}),
    });
    // Who leaves early is no fault of the origin.
    pipeline(Readable.from(bytesOf(from, to)), response).catch(() => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    log,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
