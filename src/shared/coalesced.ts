/**
 * Runs one piece of work at a time. Calls made while it runs share one more run, which begins when
 * that one has ended: each call gets a run that began after it. A run that fails rejects for those
 * who share it alone.
 */
export class Coalesced {
  readonly #work: () => Promise<void>;
  #running: Promise<void> | null = null;
  #next: Promise<void> | null = null;

  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  /** Nothing runs, and nothing is about to. */
  get isIdle(): boolean {
    return this.#running === null && this.#next === null;
  }

  run(): Promise<void> {
    if (this.#next) return this.#next;
    if (!this.#running) return this.#start();
    this.#next = this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = null;
        return this.#start();
      });
    return this.#next;
  }

  /** Resolves once it is idle; never rejects. */
  async idle(): Promise<void> {
    while (!this.isIdle) await (this.#next ?? this.#running)?.catch(() => undefined);
  }

  #start(): Promise<void> {
    const run = this.#work().finally(() => {
      this.#running = null;
    });
    this.#running = run;
    return run;
  }
}
