import { constants, type BigIntStats } from 'node:fs';
import { open, readlink, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { AppError } from '../../../shared/errors.ts';
import type { BodyBlock, ByteAnswer, ByteRequest } from '../../transfers/ports.ts';
import type { ClosableSource } from '../http/byte-source.ts';
import type { StreamedAnswer } from '../http/stream.ts';
import { fsError } from './errors.ts';

const BLOCK_BYTES = 1024 * 1024;
/** Nothing is pooled. */
const release = (): void => {};

/**
 * What is named is read, nothing that it may lead to, and a pipe isn't waited for. Windows has
 * neither flag.
 */
const READ_ONLY = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Strong (RFC 9110 §8.8.1): another content has another time, or another inode. */
const etagOf = ({ dev, ino, size, mtimeNs }: BigIntStats): string =>
  `"${[dev, ino, size, mtimeNs].map((part) => part.toString(16)).join('-')}"`;

/** Both ends included; null for the whole (RFC 9110 §14.2: what isn't understood is ignored). */
function rangeOf(headers: Record<string, string>, etag: string): [number, number | null] | null {
  const [, from, to] = /^bytes=(\d{1,15})-(\d{1,15})?$/u.exec(headers['range'] ?? '') ?? [];
  const condition = headers['if-range'];
  if (from === undefined || (condition !== undefined && condition !== etag)) return null;
  return [Number(from), to === undefined ? null : Number(to)];
}

async function* blocksOf(
  file: FileHandle,
  { from, end, etag, signal }: { from: number; end: number; etag: string; signal: AbortSignal },
): AsyncGenerator<BodyBlock> {
  try {
    let at = from;
    while (at < end) {
      signal.throwIfAborted();
      const bytes = new Uint8Array(Math.min(BLOCK_BYTES, end - at));
      const { bytesRead } = await file.read(bytes, 0, bytes.byteLength, at);
      if (bytesRead === 0) break;
      at += bytesRead;
      yield { bytes: bytes.subarray(0, bytesRead), release };
    }
    if (at < end || etagOf(await file.stat({ bigint: true })) !== etag)
      throw new AppError('source-changed', 'The file was changed while it was read', {
        retryable: true,
      });
  } catch (thrown) {
    throw signal.aborted ? signal.reason : fsError(thrown, 'The file can’t be read');
  } finally {
    await file.close();
  }
}

/**
 * The whole of a small file. Null for one that is gone or longer, and for what is none by now: a link
 * or a pipe may have come in its place.
 */
export async function readBounded(path: string, maxBytes: number): Promise<Uint8Array | null> {
  let file: FileHandle | null = null;
  try {
    file = await open(path, READ_ONLY);
    const stats = await file.stat();
    if (!stats.isFile() || stats.size > maxBytes) return null;
    // One more than it may have: it may grow while it is read.
    const bytes = new Uint8Array(Math.min(maxBytes, stats.size) + 1);
    let length = 0;
    while (length < bytes.byteLength) {
      const { bytesRead } = await file.read(bytes, length, bytes.byteLength - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return length < bytes.byteLength ? bytes.subarray(0, length) : null;
  } catch {
    return null;
  } finally {
    await file?.close();
  }
}

/**
 * Where an opened file is. Addresses are those of real paths: a folder on the way may have become a
 * link since. Only Linux can tell.
 */
const realPathOf = async ({ fd }: FileHandle, path: string): Promise<string> =>
  process.platform === 'linux' ? readlink(`/proc/self/fd/${fd}`).catch(() => path) : path;

/** A file as a server with ranges would send it. */
async function openFile({ url, headers, signal }: ByteRequest): Promise<ByteAnswer> {
  const path = fileURLToPath(url);
  let file: FileHandle;
  try {
    file = await open(path, READ_ONLY);
  } catch (thrown) {
    if (fsError(thrown, path) instanceof AppError) return emptyAnswer(404);
    throw thrown;
  }
  try {
    const stats = await file.stat({ bigint: true });
    if (!stats.isFile() || (await realPathOf(file, path)) !== path) {
      await file.close();
      return emptyAnswer(404);
    }
    const [size, etag] = [Number(stats.size), etagOf(stats)];
    const range = rangeOf(headers, etag);
    const [from, last] = range ?? [0, null];
    const end = Math.min(size, last === null ? size : last + 1);
    if (range && (from >= size || from >= end)) {
      await file.close();
      return { ...emptyAnswer(416), headers: { 'content-range': `bytes */${size}` } };
    }
    return {
      status: range ? 206 : 200,
      headers: {
        etag,
        'accept-ranges': 'bytes',
        'content-length': String(end - from),
        ...(range ? { 'content-range': `bytes ${from}-${end - 1}/${size}` } : {}),
      },
      body: blocksOf(file, { from, end, etag, signal }),
      discard: () => void file.close().catch(() => undefined),
    };
  } catch (thrown) {
    await file.close();
    throw fsError(thrown, path);
  }
}

/**
 * A file as the player asks for it.
 *
 * @throws `not-found`
 */
export async function streamFile(
  path: string,
  range: string | null,
  mediaType: string,
): Promise<StreamedAnswer> {
  const answer = await openFile({
    url: pathToFileURL(path).href,
    headers: range === null ? {} : { range },
    signal: new AbortController().signal,
  });
  if (answer.status === 404)
    throw new AppError('not-found', 'The file is no longer in its folder', { retryable: false });
  const body = Readable.from(bytesOf(answer.body), { objectMode: false });
  // Also one that nobody has begun to read.
  body.once('close', answer.discard);
  return {
    status: answer.status,
    headers: { ...answer.headers, 'content-type': mediaType },
    body,
  };
}

async function* bytesOf(body: ByteAnswer['body']): AsyncGenerator<Uint8Array> {
  for await (const { bytes } of body) yield bytes;
}

const emptyAnswer = (status: number): ByteAnswer => ({
  status,
  headers: {},
  body: (async function* () {})(),
  discard: () => undefined,
});

/**
 * A source that also reads files of this computer, by `file:` addresses. Only folders that are
 * sources give such addresses: those of publishers, documents and redirects must be http or https.
 */
export const withLocalFiles = (remote: ClosableSource): ClosableSource => ({
  open: (request) => (request.url.startsWith('file:') ? openFile(request) : remote.open(request)),
  drop: () => remote.drop(),
  close: () => remote.close(),
});
