import { watch } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';

const POLL_MS = 10;

/**
 * Reads files under their final names, at every change and in between, as a program that waits for
 * them would, and reports wrong content at the end.
 */
export class NameWatcher {
  readonly #folder: string;
  readonly #isRight: (name: string, bytes: Buffer) => boolean;
  readonly #seen = new Map<string, string>();
  readonly #wrong = new Set<string>();
  #changed = false;
  #ended = false;
  readonly #loop: Promise<void>;
  reads = 0;

  constructor(folder: string, isRight: (name: string, bytes: Buffer) => boolean) {
    this.#folder = folder;
    this.#isRight = isRight;
    this.#loop = this.#watch();
  }

  /** Names that were seen with wrong content. */
  async end(): Promise<string[]> {
    this.#ended = true;
    await this.#loop;
    await this.#look();
    return [...this.#wrong];
  }

  async #watch(): Promise<void> {
    const events = watch(this.#folder, { recursive: true }, () => (this.#changed = true));
    events.on('error', () => {});
    while (!this.#ended) {
      await this.#look();
      if (!this.#changed) await setTimeout(POLL_MS);
      this.#changed = false;
    }
    events.close();
  }

  async #look(): Promise<void> {
    for (const name of await readdir(this.#folder, { recursive: true })) {
      if (name.endsWith('.part')) continue;
      const file = path.join(this.#folder, name);
      try {
        const { mtimeMs, size, ino, ctimeMs } = await stat(file);
        const state = `${ino} ${size} ${mtimeMs} ${ctimeMs}`;
        if (this.#seen.get(name) === state) continue;
        this.reads++;
        if (!this.#isRight(name, await readFile(file))) this.#wrong.add(name);
        this.#seen.set(name, state);
      } catch (thrown) {
        // Gone meanwhile, or a folder.
        if (
          !(
            thrown instanceof Error &&
            'code' in thrown &&
            (thrown.code === 'ENOENT' || thrown.code === 'EISDIR')
          )
        )
          throw thrown;
      }
    }
  }
}
