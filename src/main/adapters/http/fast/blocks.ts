import { AppError } from '../../../../shared/errors.ts';

/**
 * Direct writes need memory that lies as the bytes lie in the file, counted from the start of a
 * page.
 */
export const PAGE_BYTES = 4096;
/**
 * Every connection needs one block to read into and the next one ready; these are had whatever the
 * cap.
 */
const NEEDED_BLOCKS = 2;
/** Beyond this a connection waits for the disk. */
const MAX_BLOCKS = 4;

/**
 * Memory for bytes on their way from sockets to the disk. Free blocks are kept for the next
 * connection, up to the cap.
 */
export class BlockPool {
  readonly blockBytes: number;
  readonly #capBytes: number;
  readonly #free: Uint8Array[] = [];
  #allocatedBytes = 0;

  /**
   * @param options.capBytes blocks beyond the two that each connection needs are handed out up to
   * this much memory over all of them
   */
  constructor({ blockBytes, capBytes }: { blockBytes: number; capBytes: number }) {
    this.blockBytes = blockBytes;
    this.#capBytes = capBytes;
  }

  get allocatedBytes(): number {
    return this.#allocatedBytes;
  }

  /** A block for one who has so many; null when that is enough for now. */
  acquire(owned: number): Uint8Array | null {
    const allowed =
      owned < NEEDED_BLOCKS ||
      (owned < MAX_BLOCKS &&
        (this.#free.length > 0 || this.#allocatedBytes + this.blockBytes <= this.#capBytes));
    if (!allowed) return null;
    const free = this.#free.pop();
    if (free) return free;
    this.#allocatedBytes += this.blockBytes;
    // Shared, so that another thread can hash what is in it; growable, because V8 lets such memory
    // start at a page.
    return new Uint8Array(
      new SharedArrayBuffer(this.blockBytes, { maxByteLength: this.blockBytes }),
      0,
      this.blockBytes,
    );
  }

  release(block: Uint8Array): void {
    if (this.#allocatedBytes > this.#capBytes) this.#allocatedBytes -= block.byteLength;
    else this.#free.push(block);
  }
}

type Block = { bytes: Uint8Array; readers: number; retired: boolean };

/**
 * The blocks of one connection: one that is being filled, the next one, and those that are still
 * read. Bytes are handed out as slices of a block; it is used again when all of them are released.
 */
export class BlockQueue {
  readonly #pool: BlockPool;
  readonly #onRoom: () => void;
  #current: Block;
  #spare: Block | null = null;
  #owned = 0;
  #closed = false;
  #start = 0;
  #end = 0;

  /** @param onRoom called when there is room again after `hasRoom` was false */
  constructor(pool: BlockPool, onRoom: () => void) {
    this.#pool = pool;
    this.#onRoom = onRoom;
    this.#current = this.#requireBlock();
    this.#spare = this.#acquire();
  }

  /** False: what is being filled is the last block, stop reading. */
  get hasRoom(): boolean {
    return this.#spare !== null;
  }
  /** Bytes that came and were not handed out yet. */
  get pendingBytes(): number {
    return this.#end - this.#start;
  }
  /** As many of the pending bytes as end with a page. */
  get wholePages(): number {
    return Math.max(0, this.#end - (this.#end % PAGE_BYTES) - this.#start);
  }
  /** Where the next bytes go. */
  get room(): Uint8Array {
    return this.#current.bytes.subarray(this.#end);
  }

  /** So many bytes came into `room`. */
  filled(bytes: number): void {
    this.#end += bytes;
  }

  /** The pending bytes, as they lie. */
  peek(): Uint8Array {
    return this.#current.bytes.subarray(this.#start, this.#end);
  }

  /** Drops the first pending bytes. */
  skip(bytes: number): void {
    this.#start += bytes;
  }

  /** Hands out the first pending bytes, until they are released. */
  handOut(bytes: number): { bytes: Uint8Array; release: () => void; isAwaited: () => boolean } {
    const block = this.#current;
    const slice = block.bytes.subarray(this.#start, this.#start + bytes);
    this.#start += bytes;
    block.readers++;
    let released = false;
    const release = () => {
      if (released) throw new AppError('bug', 'A block was released twice');
      released = true;
      block.readers--;
      this.#recycle(block);
    };
    return { bytes: slice, release, isAwaited: () => !this.hasRoom };
  }

  /** Moves what is pending so that it lies `phase` bytes after the start of a page. */
  align(phase: number): void {
    const start = this.#start + ((phase - (this.#start % PAGE_BYTES) + PAGE_BYTES) % PAGE_BYTES);
    if (start + this.pendingBytes + PAGE_BYTES > this.#current.bytes.byteLength) {
      // A block that is nearly full at once would need the next one, which may not be there. Bytes
      // that lie otherwise are written in another way, and that is all.
      if (this.#spare && phase + this.pendingBytes <= this.#spare.bytes.byteLength / 2)
        this.#advance(phase);
      return;
    }
    this.#current.bytes.copyWithin(start, this.#start, this.#end);
    this.#end += start - this.#start;
    this.#start = start;
  }

  /**
   * Goes on in a fresh block, where what is pending comes first and lies as it lay to the start of
   * a page.
   */
  advance(): void {
    this.#advance(this.#start % PAGE_BYTES);
  }

  /**
   * Gives back what nobody reads; the rest goes back with its last release. Only when nothing can
   * come into `room` any more.
   */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#current.retired = true;
    for (const block of [this.#current, this.#spare])
      if (block && block.readers === 0) this.#pool.release(block.bytes);
    this.#spare = null;
  }

  #advance(start: number): void {
    const full = this.#current;
    if (!this.#spare) throw new AppError('bug', 'More bytes came than there is room for');
    const pending = this.peek();
    this.#current = this.#spare;
    this.#current.bytes.set(pending, start);
    this.#start = start;
    this.#end = start + pending.byteLength;
    full.retired = true;
    this.#spare = this.#acquire();
    this.#recycle(full);
  }

  #acquire(): Block | null {
    const bytes = this.#pool.acquire(this.#owned);
    if (!bytes) return null;
    this.#owned++;
    return { bytes, readers: 0, retired: false };
  }

  #requireBlock(): Block {
    const block = this.#acquire();
    if (!block) throw new AppError('bug', 'A connection without memory');
    return block;
  }

  #recycle(block: Block): void {
    if (block.readers > 0 || !block.retired) return;
    block.retired = false;
    if (this.#closed || this.#spare) {
      this.#owned--;
      this.#pool.release(block.bytes);
      return;
    }
    this.#spare = block;
    this.#onRoom();
  }
}
