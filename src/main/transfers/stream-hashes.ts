import { createHash } from 'node:crypto';
import type { Hasher, RunningHash } from './ports.ts';
import type { Range } from './ranges.ts';

type Open = { index: number; at: number; hash: RunningHash };

/**
 * Hashes of pieces, made of bytes on their way to the disk, so that nothing has to be read again. A
 * piece whose bytes came in order from its start has one; of any other piece nothing is known here,
 * and it is read from the disk.
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

  /** Resolves when the bytes may change again; the next may be added before. */
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

  /** The digest of a piece in lower-case hex, told once. */
  take(index: number): Promise<string> | undefined {
    const digest = this.#digests.get(index);
    this.#digests.delete(index);
    return digest;
  }

  /** What was hashed of this range is not what is on disk, or will not stay there. */
  forget([from, to]: Range): void {
    const touches = (index: number) =>
      index * this.#pieceBytes < to && (index + 1) * this.#pieceBytes > from;
    this.#keep(({ index }) => !touches(index));
    for (const index of this.#digests.keys()) if (touches(index)) this.#digests.delete(index);
  }

  #addPart(index: number, from: number, part: Uint8Array, end: number): Promise<void> | null {
    this.#digests.delete(index);
    const goesOn = this.#open.find((open) => open.index === index && open.at === from);
    // What was hashed before is written over, or another connection fills the piece from its
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
    // It may be forgotten before anybody waits for it.
    digest.catch(() => {});
    this.#digests.set(open.index, digest);
  }

  #keep(wanted: (open: Open) => boolean): void {
    for (const open of this.#open) if (!wanted(open)) open.hash.drop();
    this.#open = this.#open.filter((open) => wanted(open));
  }
}

/** The hash of a file from its first byte on, as far as its bytes came in order. */
export class PrefixHash {
  #hash = createHash('sha256');
  #at = 0;

  /** The first byte that is not hashed yet. */
  get at(): number {
    return this.#at;
  }

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
