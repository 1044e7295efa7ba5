import { Worker } from 'node:worker_threads';
import { AppError, stopReason } from '../../shared/errors.ts';
import type { FeedReader } from '../adapters/sources/feed-page.ts';
import type { PageDocument, PageReader } from '../adapters/sources/page-client.ts';
import type { FoundFeed } from '../formats/feed-discovery.ts';
import { documentReaderChannel } from './channels.ts';
import { connect } from './rpc.ts';
import { workerFile } from './spawn.ts';

/**
 * Ordinary feeds of ten megabytes take two seconds, pages some milliseconds, hostile ones of both
 * minutes. `ms` and `pageMs` are those that the thread computes: on a busy machine it waits longer,
 * up to so many times as long. `heapMb` is a second line behind the bounds of the formats
 * (elements, text, bytes): where V8 comes to it within one step, it ends the process in place of the
 * thread.
 */
const LIMITS = { ms: 20_000, pageMs: 10_000, heapMb: 512 };
const MAX_WAIT_FACTOR = 6;
/** How long the thread waits for another document. */
const IDLE_MS = 30_000;

function startThread(heapMb: number, onEnd: () => void) {
  /** Of the document that is being read. */
  let tooMuch = FEED.tooMuch;
  const worker = new Worker(workerFile('document-reader'), {
    name: 'document-reader',
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
  });
  const { api, close } = connect(worker, documentReaderChannel);
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
    api,
    expect(kind: Kind): void {
      tooMuch = kind.tooMuch;
    },
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

type Kind = { tooMuch: (what: string) => AppError };
const FEED: Kind = {
  tooMuch: (what) => new AppError('feed-invalid', `The feed takes more than ${what} to read`),
};
const PAGE: Kind = {
  tooMuch: (what) => new AppError('page-unreadable', `The page takes more than ${what} to read`),
};

export type DocumentReader = {
  readFeed: FeedReader;
  readPage: PageReader;
  findFeeds(page: PageDocument, signal: AbortSignal): Promise<FoundFeed[]>;
  close(): Promise<void>;
};

/**
 * Reads feeds and pages in a thread of its own, one at a time. It ends at its limits for time and
 * memory, on a stop, and when there has been nothing to read for a while; the next document starts
 * another one.
 *
 * @throws `feed-invalid` or `page-unreadable` of each call, also at those limits, and what its signal
 * was aborted with
 */
export function createDocumentReader(limits: Partial<typeof LIMITS> = {}): DocumentReader {
  const { ms, pageMs, heapMb } = { ...LIMITS, ...limits };
  let thread: ReturnType<typeof startThread> | null = null;
  let last: Promise<unknown> = Promise.resolve();

  const started = (): ReturnType<typeof startThread> => {
    const fresh = startThread(heapMb, () => {
      if (thread === fresh) thread = null;
    });
    return fresh;
  };
  type Api = ReturnType<typeof startThread>['api'];
  async function readNow<T>(
    kind: Kind,
    limitMs: number,
    read: (api: Api) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    if (signal.aborted) throw stopReason(signal);
    const own = (thread ??= started());
    own.expect(kind);
    const stopWatch = own.watch(
      limitMs,
      () => void own.end(kind.tooMuch(`${limitMs / 1000} seconds`)),
    );
    const stop = (): void => void own.end(stopReason(signal));
    signal.addEventListener('abort', stop);
    own.setBusy(true);
    try {
      return await read(own.api);
    } finally {
      stopWatch();
      signal.removeEventListener('abort', stop);
      if (thread === own) own.setBusy(false);
    }
  }
  async function inTurn<T>(read: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (signal.aborted) throw stopReason(signal);
    const turn = last.then(read);
    last = turn.catch(() => undefined);
    return await orStopped(turn, signal);
  }
  const ofPage = <T>(read: (api: Api) => Promise<T>, signal: AbortSignal): Promise<T> =>
    inTurn(() => readNow(PAGE, pageMs, read, signal), signal);

  return {
    readFeed: (document, context, signal) =>
      inTurn(() => readNow(FEED, ms, (api) => api.readFeed(document, context), signal), signal),
    readPage: (page, source, signal) => ofPage((api) => api.readPage(page, source), signal),
    findFeeds: (page, signal) => ofPage((api) => api.findFeeds(page), signal),
    async close() {
      await thread?.end();
    },
  };
}
