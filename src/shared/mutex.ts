/** Runs asynchronous work one piece at a time, in the order it was asked for. */
export type Mutex = <T>(work: () => Promise<T>) => Promise<T>;

/** A failure reaches the caller of that piece of work only; the next one starts all the same. */
export function createMutex(): Mutex {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
}
