import type { KeychainState } from '../account/ports.ts';

const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 60_000;

/**
 * Looks at the keychain again by itself while it is locked, silent or absent, after pauses that
 * double. `look` must not open a prompt, and its outcome is given to `follow`.
 */
export function createKeychainRetry(look: () => Promise<unknown>): {
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
      // One that is absent may only be starting, as the program does when somebody logs in.
      if (state === 'ok' || state === 'unreadable') return stop();
      timer ??= setTimeout(() => {
        timer = null;
        pauseMs = Math.min(MAX_PAUSE_MS, 2 * pauseMs);
        void look();
      }, pauseMs);
    },
  };
}
