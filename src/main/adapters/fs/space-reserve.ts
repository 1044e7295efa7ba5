import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, rmSync, statSync, statfsSync, writeSync } from 'node:fs';
import path from 'node:path';

const RESERVE_BYTES = 4 * 1024 * 1024;
const BLOCK_BYTES = 256 * 1024;
/** Free space required before the reserve is made, so that it doesn't fill a nearly full volume. */
const MIN_FREE_BYTES = 8 * RESERVE_BYTES;

/**
 * Space set aside for writes that must succeed on a full volume: a file that is deleted for them
 * and recreated later.
 */
export class SpaceReserve {
  readonly #file: string;
  #isReserved: boolean;

  constructor(file: string) {
    this.#file = file;
    // A file cut off while it was written reserves nothing.
    this.#isReserved = statSync(file, { throwIfNoEntry: false })?.size === RESERVE_BYTES;
  }

  /** Runs the call; on a full volume, once more after releasing the reserve. */
  during<T>(call: () => T, isDiskFull: (thrown: unknown) => boolean): T {
    try {
      return call();
    } catch (thrown) {
      if (!this.#isReserved || !isDiskFull(thrown)) throw thrown;
      rmSync(this.#file, { force: true });
      this.#isReserved = false;
      return call();
    }
  }

  /** Recreates the reserve if there is enough free space. */
  refill(): void {
    if (this.#isReserved) return;
    try {
      const { bavail, bsize } = statfsSync(path.dirname(this.#file));
      if (bavail * bsize < MIN_FREE_BYTES) return;
      this.#write();
      this.#isReserved = true;
    } catch {
      rmSync(this.#file, { force: true });
    }
  }

  #write(): void {
    const file = openSync(this.#file, 'w', 0o600);
    try {
      // Random: a compressing file system would store zeros in no space.
      const block = randomBytes(BLOCK_BYTES);
      for (let at = 0; at < RESERVE_BYTES; at += BLOCK_BYTES) writeSync(file, block);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }
}
