import { useCallback, useRef, useState } from 'react';
import { AppError } from '../../shared/errors.ts';

export type Task = {
  isPending: boolean;
  error: AppError | null;
  /**
   * Resolves to true if the work succeeded; a failure goes to `error` and is never thrown. Ignored
   * while a call is running.
   */
  run(work: () => Promise<void>): Promise<boolean>;
  clear(): void;
};

const IDLE = { isPending: false, error: null };

/**
 * One asynchronous call of a form: whether it is running, and its last failure.
 * @param onError told of each failure; must be stable for `run` to be so
 */
export function useTask(onError?: (error: AppError) => void): Task {
  const [state, setState] = useState<Pick<Task, 'isPending' | 'error'>>(IDLE);
  const running = useRef(false);
  const run = useCallback(
    async (work: () => Promise<void>): Promise<boolean> => {
      if (running.current) return false;
      running.current = true;
      setState({ isPending: true, error: null });
      try {
        await work();
        setState(IDLE);
        return true;
      } catch (thrown) {
        const error =
          thrown instanceof AppError
            ? thrown
            : new AppError('bug', 'Unexpected error', { cause: thrown });
        setState({ isPending: false, error });
        onError?.(error);
        return false;
      } finally {
        running.current = false;
      }
    },
    [onError],
  );
  const clear = useCallback(() => setState(IDLE), []);
  return { ...state, run, clear };
}
