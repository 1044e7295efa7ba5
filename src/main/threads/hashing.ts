import { Worker } from 'node:worker_threads';
import { AppError } from '../../shared/errors.ts';
import type { Hasher, RunningHash } from '../transfers/ports.ts';
import type { RpcPort } from './rpc.ts';
import { workerFile } from './spawn.ts';

export type HashTask =
  | { kind: 'update'; hash: number; call: number; bytes: Uint8Array }
  | { kind: 'digest'; hash: number; call: number }
  | { kind: 'drop'; hash: number };
export type HashReply = { call: number; digest: string | null };

type Call = { resolve: (digest: string | null) => void; reject: (thrown: unknown) => void };

const failed = (cause: unknown): AppError =>
  new AppError('bug', 'The hashing thread failed', { cause });

function post(port: RpcPort, task: HashTask): void {
  port.postMessage(task);
}

/**
 * SHA-256 in its own thread, so that receiving and hashing overlap. Shared memory is read in place
 * and must not change until `update` resolves; other memory is copied. The thread starts with the
 * first hash and ends with `close`.
 */
export class ThreadHasher implements Hasher {
  #worker: Worker | null = null;
  #hashes = 0;
  #calls = 0;
  readonly #open = new Map<number, Call>();

  start(): RunningHash {
    const worker = (this.#worker ??= this.#startWorker());
    const hash = this.#hashes++;
    return {
      update: async (bytes) => {
        const shared = bytes.buffer instanceof SharedArrayBuffer;
        await this.#ask(worker, (call) => ({
          kind: 'update',
          hash,
          call,
          bytes: shared ? bytes : bytes.slice(),
        }));
      },
      digest: async () => {
        const digest = await this.#ask(worker, (call) => ({ kind: 'digest', hash, call }));
        if (digest === null) throw new AppError('bug', 'A hash without a digest');
        return digest;
      },
      drop: () => {
        if (worker === this.#worker) post(worker, { kind: 'drop', hash });
      },
    };
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #ask(worker: Worker, taskOf: (call: number) => HashTask): Promise<string | null> {
    const call = this.#calls++;
    return new Promise((resolve, reject) => {
      if (worker !== this.#worker) return reject(failed(new Error('it has ended')));
      this.#open.set(call, { resolve, reject });
      if (this.#open.size === 1) worker.ref();
      post(worker, taskOf(call));
    });
  }

  #startWorker(): Worker {
    const worker = new Worker(workerFile('hashing'), {
      name: 'hashing',
      resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 32, stackSizeMb: 1 },
    });
    worker.on('message', ({ call, digest }: HashReply) => {
      this.#open.get(call)?.resolve(digest);
      this.#open.delete(call);
      // An idle thread doesn't keep the process running.
      if (this.#open.size === 0) worker.unref();
    });
    worker.on('error', (error) => this.#fail(worker, error));
    worker.on('exit', () => this.#fail(worker, new Error('it has ended')));
    return worker;
  }

  #fail(worker: Worker, error: unknown): void {
    if (worker !== this.#worker) return;
    this.#worker = null;
    const thrown = failed(error);
    for (const { reject } of this.#open.values()) reject(thrown);
    this.#open.clear();
  }
}
