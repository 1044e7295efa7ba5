import { vi } from 'vitest';

/** Waits until `check` throws nothing; a busy machine is given time. */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 60_000, interval: 20 });
