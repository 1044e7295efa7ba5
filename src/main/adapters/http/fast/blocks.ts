import { AppError } from '../../../../shared/errors.ts';

/** O_DIRECT needs memory aligned to pages as the bytes are in the file. */
export const PAGE_BYTES = 4096;
/** Blocks every connection gets regardless of the cap: one to read into and the next one. */
const NEEDED_BLOCKS = 2;
/** Beyond this a connection waits for the disk. */
const MAX_BLOCKS = 4;

/**
 * Buffers between sockets and the disk. Free blocks are kept for the next connection, up to the
 * cap.
 */
export class BlockPool {
  readonly blockBytes: number;
  readonly #capBytes: number;
  readonly #free: Uint8Array[] = [];
  #allocatedBytes = 0;

  /**
   * @param options.capBytes memory over all connections up to which blocks beyond the needed two
   * are handed out
   */
  constructor({ blockBytes, capBytes }: { blockBytes: number; capBytes: number }) {
    this.blockBytes = blockBytes;
    this.#capBytes = capBytes;
  }

  get allocatedBytes(): number {
    return this.#allocatedBytes;
  }

  /** Null if a connection that owns this many blocks gets no more for now. */
  acquire(owned: number): Uint8Array | null {
    const allowed =
      owned < NEEDED_BLOCKS ||
      (owned < MAX_BLOCKS &&
        (this.#free.length > 0 || this.#allocatedBytes + this.blockBytes <= this.#capBytes));
    if (!allowed) return null;
    const free = this.#free.pop();
    if (free) return free;
    this.#allocatedBytes += this.blockBytes;
    // Shared, so that another thread can hash it; growable, because V8 page-aligns such memory.
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
 * Blocks of one connection: the one being filled, a spare, and those still being read. Bytes are
 * handed out as slices; a block is reused once all of its slices are released.
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

  /** @param onRoom called when `hasRoom` becomes true again */
  constructor(pool: BlockPool, onRoom: () => void) {
    this.#pool = pool;
    this.#onRoom = onRoom;
    this.#current = this.#requireBlock();
    this.#spare = this.#acquire();
  }

  /** False while the last block is being filled: stop reading. */
  get hasRoom(): boolean {
    return this.#spare !== null;
  }
  /** Received bytes not handed out yet. */
  get pendingBytes(): number {
    return this.#end - this.#start;
  }
  /** Pending bytes up to the last page boundary. */
  get wholePages(): number {
    return Math.max(0, this.#end - (this.#end % PAGE_BYTES) - this.#start);
  }
  /** Where the next bytes are read into. */
  get room(): Uint8Array {
    return this.#current.bytes.subarray(this.#end);
  }

  /** Counts bytes that were read into `room`. */
  filled(bytes: number): void {
    this.#end += bytes;
  }

  /** The pending bytes, without handing them out. */
  peek(): Uint8Array {
    return this.#current.bytes.subarray(this.#start, this.#end);
  }

  /** Drops the first pending bytes. */
  skip(bytes: number): void {
    this.#start += bytes;
  }

  /** Hands out the first pending bytes until they are released. */
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

  /** Moves the pending bytes so that they start `phase` bytes after a page boundary. */
  align(phase: number): void {
    const start = this.#start + ((phase - (this.#start % PAGE_BYTES) + PAGE_BYTES) % PAGE_BYTES);
    if (start + this.pendingBytes + PAGE_BYTES > this.#current.bytes.byteLength) {
      // A block that is nearly full would soon need the next one, which may not be available.
      // Unaligned bytes are only written in another way.
      if (this.#spare && phase + this.pendingBytes <= this.#spare.bytes.byteLength / 2)
        this.#advance(phase);
      return;
    }
    this.#current.bytes.copyWithin(start, this.#start, this.#end);
    this.#end += start - this.#start;
    this.#start = start;
  }

  /** Continues in a fresh block; pending bytes move along and keep their alignment. */
  advance(): void {
    this.#advance(this.#start % PAGE_BYTES);
  }

  /**
   * Returns unread blocks; others return with their last release. Only once nothing can be read
   * into `room` any more.
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
