import type { KeychainState } from '../account/ports.ts';

const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 60_000;

/**
 * Retries the keychain with exponential backoff while it is locked, unanswered or absent. `retry`
 * must not open a prompt; pass its outcome to `follow`.
 */
export function createKeychainRetry(retry: () => Promise<unknown>): {
  follow(state: KeychainState): void;
  stop(): void;
} {
  let timer: NodeJS.Timeout | null = null;
  let pauseMs = FIRST_PAUSE_MS;
  const stop = (): void => {
    if (timer) clearTimeout(timer);
    timer = null;
    pauseMs = FIRST_PAUSE_MS;
  };
  return {
    stop,
    follow(state) {
      // An absent keychain is retried too: at login it may still be starting.
      if (state === 'ok' || state === 'unreadable') return stop();
      timer ??= setTimeout(() => {
        timer = null;
        pauseMs = Math.min(MAX_PAUSE_MS, 2 * pauseMs);
        void retry();
      }, pauseMs);
    },
  };
}
