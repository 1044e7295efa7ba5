/** Runs asynchronous tasks one at a time, FIFO. */
export type Mutex = <T>(work: () => Promise<T>) => Promise<T>;

/** A failed task rejects for its caller only; the next one runs. */
export function createMutex(): Mutex {
  let tail: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = tail.then(work);
    tail = result.catch(() => undefined);
    return result;
  };
}
