import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import type { Range } from './ranges.ts';

type Open = { index: number; at: number; hash: Hash };

/**
 * Hashes of pieces, made of bytes on their way to the disk, so that nothing has to be read again. A piece whose bytes came in order from
 * its start has one; of any other piece nothing is known here, and it is read from the disk.
 */
export class PieceHashes {
  readonly #pieceBytes: number;
  readonly #totalBytes: number;
  #open: Open[] = [];
  readonly #digests = new Map<number, string>();

  constructor(pieceBytes: number, totalBytes: number) {
    this.#pieceBytes = pieceBytes;
    this.#totalBytes = totalBytes;
  }

  add(bytes: Uint8Array, at: number): void {
    // Bytes beyond the announced end belong to no piece.
    for (let done = 0; done < bytes.byteLength && at + done < this.#totalBytes; ) {
      const from = at + done;
      const index = Math.floor(from / this.#pieceBytes);
      const end = Math.min((index + 1) * this.#pieceBytes, this.#totalBytes);
      const part = bytes.subarray(done, done + end - from);
      this.#addPart(index, from, part, end);
      done += part.byteLength;
    }
  }

  /** The digest of a piece in lower-case hex, told once. */
  take(index: number): string | undefined {
    const digest = this.#digests.get(index);
    this.#digests.delete(index);
    return digest;
  }

  /** What was hashed of this range is not what is on disk, or will not stay there. */
  forget([from, to]: Range): void {
    const touches = (index: number) => index * this.#pieceBytes < to && (index + 1) * this.#pieceBytes > from;
    this.#open = this.#open.filter(({ index }) => !touches(index));
    for (const index of this.#digests.keys()) if (touches(index)) this.#digests.delete(index);
  }

  #addPart(index: number, from: number, part: Uint8Array, end: number): void {
    this.#digests.delete(index);
    const goesOn = this.#open.find((open) => open.index === index && open.at === from);
    // What was hashed before is written over, or another connection fills the piece from its middle.
    this.#open = this.#open.filter((open) => open !== goesOn && !(open.index === index && open.at > from));
    const open = goesOn ?? (from === index * this.#pieceBytes ? { index, at: from, hash: createHash('sha256') } : null);
    if (!open) return;
    open.hash.update(part);
    open.at += part.byteLength;
    if (open.at === end) this.#digests.set(index, open.hash.digest('hex'));
    else this.#open.push(open);
  }
}

/** The hash of a file from its first byte on, as far as its bytes came in order. */
export class PrefixHash {
  #hash = createHash('sha256');
  #at = 0;

  /** The first byte that is not hashed yet. */
  get at(): number { return this.#at; }

  add(bytes: Uint8Array, at: number): void {
    if (at !== this.#at) return this.forget(at);
    this.#hash.update(bytes);
    this.#at += bytes.byteLength;
  }

  /** From this byte on the file is another than what was hashed. */
  forget(from: number): void {
    if (from >= this.#at) return;
    this.#hash = createHash('sha256');
    this.#at = 0;
  }

  /** Of what was hashed so far, in lower-case hex. */
  digest(): string {
    return this.#hash.copy().digest('hex');
  }
}
