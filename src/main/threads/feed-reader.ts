import { Worker } from 'node:worker_threads';
import { AppError, stopReason } from '../../shared/errors.ts';
import type { FeedReader } from '../adapters/sources/feed-page.ts';
import { feedReaderChannel } from './channels.ts';
import { connect } from './rpc.ts';
import { workerFile } from './spawn.ts';

/**
 * Ordinary documents of ten megabytes take two seconds, hostile ones minutes. `ms` are those that
 * the thread computes: on a busy machine it waits longer, up to so many times as long.
 */
const LIMITS = { ms: 20_000, heapMb: 512 };
const MAX_WAIT_FACTOR = 6;
/** How long the thread waits for another document. */
const IDLE_MS = 30_000;

function startThread(heapMb: number, onEnd: () => void) {
  const worker = new Worker(workerFile('feed-reader'), {
    name: 'feed-reader',
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
  });
  const { api, close } = connect(worker, feedReaderChannel);
  let idle: NodeJS.Timeout | null = null;
  const end = async (why?: AppError): Promise<void> => {
    if (idle) clearTimeout(idle);
    // Before it has gone: the next document starts another one.
    onEnd();
    close(why);
    await worker.terminate();
  };
  worker.on('error', (error) => {
    onEnd();
    if ('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY')
      close(tooMuch(`${heapMb} MB of memory`));
  });
  const usedMs = async (): Promise<number> => {
    const { user, system } = await worker.cpuUsage();
    return (user + system) / 1000;
  };
  /** Calls back once the thread has computed for so long from now on. @returns stops the watch */
  function watch(ms: number, onLimit: () => void): () => void {
    // One that is starting can't be asked yet.
    const before = usedMs().catch(() => 0);
    let timer: NodeJS.Timeout | null = null;
    const latest = setTimeout(onLimit, ms * MAX_WAIT_FACTOR);
    const look = async (): Promise<void> => {
      const left = ms - ((await usedMs().catch(() => 0)) - (await before));
      if (timer === null) return;
      if (left <= 0) onLimit();
      else timer = setTimeout(() => void look(), Math.max(left, 10));
    };
    timer = setTimeout(() => void look(), ms);
    return () => {
      if (timer) clearTimeout(timer);
      timer = null;
      clearTimeout(latest);
    };
  }
  return {
    read: api.read,
    end,
    watch,
    setBusy(isBusy: boolean): void {
      if (idle) clearTimeout(idle);
      idle = isBusy ? null : setTimeout(() => void end(), IDLE_MS).unref();
      // An idle thread doesn't keep the process running.
      if (isBusy) worker.ref();
      else worker.unref();
    },
  };
}

/** A call that waits for its turn ends with its signal too. */
function orStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(stopReason(signal));
    signal.addEventListener('abort', stop);
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

const tooMuch = (what: string): AppError =>
  new AppError('feed-invalid', `The feed takes more than ${what} to read`);

export type FeedReaderThread = { read: FeedReader; close(): Promise<void> };

/**
 * Reads documents of feeds in a thread of its own, one at a time. It ends at its limits for time and
 * memory, on a stop, and when there has been nothing to read for a while; the next document starts
 * another one.
 *
 * @throws `feed-invalid` of each call, also at those limits, and what its signal was aborted with
 */
export function createFeedReader(limits: Partial<typeof LIMITS> = {}): FeedReaderThread {
  const { ms, heapMb } = { ...LIMITS, ...limits };
  let thread: ReturnType<typeof startThread> | null = null;
  let last: Promise<unknown> = Promise.resolve();

  const started = (): ReturnType<typeof startThread> => {
    const fresh = startThread(heapMb, () => {
      if (thread === fresh) thread = null;
    });
    return fresh;
  };
  const readNow: FeedReader = async (document, context, signal) => {
    if (signal.aborted) throw stopReason(signal);
    const own = (thread ??= started());
    const stopWatch = own.watch(ms, () => void own.end(tooMuch(`${ms / 1000} seconds`)));
    const stop = (): void => void own.end(stopReason(signal));
    signal.addEventListener('abort', stop);
    own.setBusy(true);
    try {
      return await own.read(document, context);
    } finally {
      stopWatch();
      signal.removeEventListener('abort', stop);
      if (thread === own) own.setBusy(false);
    }
  };

  return {
    async read(document, context, signal) {
      if (signal.aborted) throw stopReason(signal);
      const turn = last.then(() => readNow(document, context, signal));
      last = turn.catch(() => undefined);
      return await orStopped(turn, signal);
    },
    async close() {
      await thread?.end();
    },
  };
}
