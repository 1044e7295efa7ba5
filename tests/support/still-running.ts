import type { Reporter, TestCase, TestModule } from 'vitest/node';

const LONG_MS = 120_000;

/**
 * A reporter of Vitest that names what has run for more than two minutes, every minute. A test that
 * never lets go of its thread is ended by no limit of its own, and the reporters that write to a log
 * name only what has ended.
 */
export class StillRunning implements Reporter {
  readonly #running = new Map<string, { name: string; since: number }>();

  onInit(): void {
    setInterval(() => this.#print(), 60_000).unref();
  }

  onTestModuleQueued(module: TestModule): void {
    this.#begin(module, module.relativeModuleId);
  }

  onTestModuleEnd(module: TestModule): void {
    this.#running.delete(module.id);
  }

  onTestCaseReady(test: TestCase): void {
    this.#begin(test, `${test.module.relativeModuleId} > ${test.fullName}`);
  }

  onTestCaseResult(test: TestCase): void {
    this.#running.delete(test.id);
  }

  #begin({ id }: { id: string }, name: string): void {
    this.#running.set(id, { name, since: Date.now() });
  }

  #print(): void {
    for (const { name, since } of this.#running.values()) {
      const ran = Date.now() - since;
      if (ran > LONG_MS) console.log(`still running after ${Math.round(ran / 1000)} s: ${name}`);
    }
  }
}
