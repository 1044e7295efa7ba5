import { createHash } from 'node:crypto';
import type { Hasher, RunningHash, Disk, DiskFile } from './ports.ts';
import type { Range } from './ranges.ts';
import {
  MAX_PIECE_BYTES,
  MAX_PIECES,
  MIN_PIECE_BYTES,
  type Pieces,
} from '../../shared/api/packages.ts';
import { AppError, stopReason } from '../../shared/errors.ts';
import type { HashAlgorithm } from '../../shared/model/recording.ts';

type Open = { index: number; at: number; hash: RunningHash };

/**
 * Hashes pieces from bytes on their way to the disk, so that nothing is read again. Only a piece
 * whose bytes came in order from its start has a digest; any other one must be read from the disk.
 */
export class PieceHashes {
  readonly #hasher: Hasher;
  readonly #pieceBytes: number;
  readonly #totalBytes: number;
  #open: Open[] = [];
  readonly #digests = new Map<number, Promise<string>>();

  constructor(hasher: Hasher, pieceBytes: number, totalBytes: number) {
    this.#hasher = hasher;
    this.#pieceBytes = pieceBytes;
    this.#totalBytes = totalBytes;
  }

  /** Resolves when the bytes may be reused; the next call may come earlier. */
  async add(bytes: Uint8Array, at: number): Promise<void> {
    const updates: Promise<void>[] = [];
    // Bytes beyond the announced end belong to no piece.
    for (let done = 0; done < bytes.byteLength && at + done < this.#totalBytes;) {
      const from = at + done;
      const index = Math.floor(from / this.#pieceBytes);
      const end = Math.min((index + 1) * this.#pieceBytes, this.#totalBytes);
      const part = bytes.subarray(done, done + end - from);
      const update = this.#addPart(index, from, part, end);
      if (update) updates.push(update);
      done += part.byteLength;
    }
    await Promise.all(updates);
  }

  /** Removes and returns the piece's hex digest. */
  take(index: number): Promise<string> | undefined {
    const digest = this.#digests.get(index);
    this.#digests.delete(index);
    return digest;
  }

  /** Discards hashes of bytes that are not, or will not stay, on disk. */
  forget([from, to]: Range): void {
    const touches = (index: number) =>
      index * this.#pieceBytes < to && (index + 1) * this.#pieceBytes > from;
    this.#keep(({ index }) => !touches(index));
    for (const index of this.#digests.keys()) if (touches(index)) this.#digests.delete(index);
  }

  #addPart(index: number, from: number, part: Uint8Array, end: number): Promise<void> | null {
    this.#digests.delete(index);
    const goesOn = this.#open.find((open) => open.index === index && open.at === from);
    // The hashed bytes are being overwritten, or another connection fills the piece from its
    // middle.
    this.#keep((open) => !(open.index === index && open.at > from));
    const open =
      goesOn ??
      (from === index * this.#pieceBytes ? { index, at: from, hash: this.#hasher.start() } : null);
    if (!open) return null;
    if (!goesOn) this.#open.push(open);
    const update = open.hash.update(part);
    open.at += part.byteLength;
    if (open.at === end) this.#finish(open);
    return update;
  }

  #finish(open: Open): void {
    this.#open = this.#open.filter((other) => other !== open);
    const digest = open.hash.digest();
    // Nothing may be awaiting it: the piece can be forgotten first.
    digest.catch(() => {});
    this.#digests.set(open.index, digest);
  }

  #keep(wanted: (open: Open) => boolean): void {
    for (const open of this.#open) if (!wanted(open)) open.hash.drop();
    this.#open = this.#open.filter((open) => wanted(open));
  }
}

/** Hash of a file from its start, as far as its bytes came in order. */
export class PrefixHash {
  #hash = createHash('sha256');
  #at = 0;

  /** Number of bytes hashed. */
  get at(): number {
    return this.#at;
  }

  add(bytes: Uint8Array, at: number): void {
    if (at !== this.#at) return this.forget(at);
    this.#hash.update(bytes);
    this.#at += bytes.byteLength;
  }

  /** The file changes from this offset on. */
  forget(from: number): void {
    if (from >= this.#at) return;
    this.#hash = createHash('sha256');
    this.#at = 0;
  }

  /** Digest of the bytes hashed so far, lower-case hex. */
  digest(): string {
    return this.#hash.copy().digest('hex');
  }
}

const BLOCK_BYTES = 1024 * 1024;

export const sha256Of = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

/** Reads a range block by block; false if the file ends before the range. */
async function readThrough(
  file: DiskFile,
  [from, to]: Range,
  signal: AbortSignal | undefined,
  use: (bytes: Uint8Array, at: number) => void,
): Promise<boolean> {
  const block = new Uint8Array(Math.min(BLOCK_BYTES, Math.max(1, to - from)));
  for (let at = from; at < to;) {
    if (signal?.aborted) throw stopReason(signal);
    const read = await file.read(block.subarray(0, Math.min(block.byteLength, to - at)), at);
    if (read === 0) return false;
    use(block.subarray(0, read), at);
    at += read;
  }
  return true;
}

/** SHA-256 of a range on disk, lower-case hex; null if the file ends before the range. */
export async function hashRange(
  file: DiskFile,
  range: Range,
  signal?: AbortSignal,
): Promise<string | null> {
  const hash = createHash('sha256');
  return (await readThrough(file, range, signal, (bytes) => void hash.update(bytes)))
    ? hash.digest('hex')
    : null;
}

/** SHA-256 of [0, end) where a prefix is already hashed; null if the file is shorter. */
export async function hashRest(
  file: DiskFile,
  prefix: PrefixHash,
  end: number,
  signal?: AbortSignal,
): Promise<string | null> {
  if (prefix.at > end) prefix.forget(end);
  return (await readThrough(file, [prefix.at, end], signal, (bytes, at) => prefix.add(bytes, at)))
    ? prefix.digest()
    : null;
}

/** Beyond this many pieces of a size, the next one is taken. */
const RECORDED_PIECES = 1024;

/** Null for a file that is no longer than one piece. */
function pieceBytesFor(bytes: number): number | null {
  let pieceBytes = MIN_PIECE_BYTES;
  while (pieceBytes < MAX_PIECE_BYTES && bytes > pieceBytes * RECORDED_PIECES) pieceBytes *= 2;
  return bytes > pieceBytes && bytes <= pieceBytes * MAX_PIECES ? pieceBytes : null;
}

/** What can be recorded of a file; hashes in lower-case hex. */
export type Digests = {
  bytes: number;
  sha256: string;
  pieces?: Pieces;
};

/**
 * Reads a file once for all of its hashes; null if it is shorter.
 * @param besides kind of a further hash of the whole
 * @returns the further one too, as lower-case hex
 */
export async function digestsOf(
  file: DiskFile,
  bytes: number,
  besides: HashAlgorithm | null,
  signal?: AbortSignal,
): Promise<{ digests: Digests; other: string | null } | null> {
  const whole = createHash('sha256');
  const other = besides === null ? null : createHash(besides);
  const pieceBytes = pieceBytesFor(bytes);
  const pieces: Buffer[] = [];
  let piece = createHash('sha256');
  const isWhole = await readThrough(file, [0, bytes], signal, (block, at) => {
    whole.update(block);
    other?.update(block);
    if (pieceBytes === null) return;
    for (let done = 0; done < block.byteLength;) {
      const left = pieceBytes - ((at + done) % pieceBytes);
      const part = block.subarray(done, done + left);
      piece.update(part);
      done += part.byteLength;
      if (part.byteLength < left && at + done < bytes) continue;
      pieces.push(piece.digest());
      piece = createHash('sha256');
    }
  });
  if (!isWhole) return null;
  const digests: Digests = {
    bytes,
    sha256: whole.digest('hex'),
    ...(pieceBytes === null
      ? {}
      : {
          pieces: {
            algorithm: 'sha256',
            pieceBytes,
            hashes: pieces.map((digest) => digest.toString('hex')),
            sha256OfList: sha256Of(Buffer.concat(pieces)),
          },
        }),
  };
  return { digests, other: other?.digest('hex') ?? null };
}

/** Hash of a whole file; null if it is missing or its length differs from `bytes`. */
export async function hashFile(
  disk: Disk,
  path: string,
  bytes: number | null,
  signal?: AbortSignal,
): Promise<string | null> {
  const entry = await disk.entry(path);
  if (entry?.kind !== 'file' || (bytes !== null && entry.bytes !== bytes)) return null;
  const file = await disk.open(path, 'read');
  try {
    return await hashRange(file, [0, entry.bytes], signal);
  } finally {
    await file.close();
  }
}

export async function readText(disk: Disk, path: string, maxBytes: number): Promise<string> {
  const entry = await disk.entry(path);
  if (entry?.kind !== 'file') throw new AppError('not-found', `${path} not found`);
  if (entry.bytes > maxBytes)
    throw new AppError('file-too-large', `${path} is larger than ${maxBytes} bytes`);
  const file = await disk.open(path, 'read');
  try {
    const bytes = new Uint8Array(entry.bytes);
    let at = 0;
    while (at < bytes.byteLength) {
      const read = await file.read(bytes.subarray(at), at);
      if (read === 0) break;
      at += read;
    }
    return new TextDecoder('utf-8').decode(bytes.subarray(0, at));
  } finally {
    await file.close();
  }
}
