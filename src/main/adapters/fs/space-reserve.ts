import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, rmSync, statSync, statfsSync, writeSync } from 'node:fs';
import path from 'node:path';

const RESERVE_BYTES = 4 * 1024 * 1024;
const BLOCK_BYTES = 256 * 1024;
/**
 * So much must be free before a part of it is set aside: a volume that is nearly full is not filled
 * by this.
 */
const MIN_FREE_BYTES = 8 * RESERVE_BYTES;

/**
 * Room set aside for what must be written even when the volume is full: a file that is given up for
 * it, and made again later.
 */
export class SpaceReserve {
  readonly #file: string;
  #isReserved: boolean;

  constructor(file: string) {
    this.#file = file;
    // One that was cut off while it was made is no room.
    this.#isReserved = statSync(file, { throwIfNoEntry: false })?.size === RESERVE_BYTES;
  }

  /** Runs the call; if it fails because there is no room, once more with the room set aside. */
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

  /** Sets the room aside if it is not and there is plenty; otherwise another time. */
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
      // A file system that compresses would keep zeros in no room at all.
      const block = randomBytes(BLOCK_BYTES);
      for (let at = 0; at < RESERVE_BYTES; at += BLOCK_BYTES) writeSync(file, block);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }
}
