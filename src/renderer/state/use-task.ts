import { useCallback, useRef, useState } from 'react';
import { AppError } from '../../shared/errors.ts';

export type Task = {
  busy: boolean;
  failed: AppError | null;
  /**
   * Resolves to true when the work was done; a failure is kept in `failed` and never thrown. A
   * second call while one runs is ignored.
   */
  run(work: () => Promise<void>): Promise<boolean>;
  clear(): void;
};

/** One thing a form asks of main: whether it runs, and what went wrong last time. */
export function useTask(): Task {
  const [state, setState] = useState<{ busy: boolean; failed: AppError | null }>({
    busy: false,
    failed: null,
  });
  const running = useRef(false);
  const run = useCallback(async (work: () => Promise<void>): Promise<boolean> => {
    if (running.current) return false;
    running.current = true;
    setState({ busy: true, failed: null });
    try {
      await work();
      setState({ busy: false, failed: null });
      return true;
    } catch (thrown) {
      setState({
        busy: false,
        failed:
          thrown instanceof AppError
            ? thrown
            : new AppError('bug', 'Unexpected error', { cause: thrown }),
      });
      return false;
    } finally {
      running.current = false;
    }
  }, []);
  const clear = useCallback(() => setState({ busy: false, failed: null }), []);
  return { ...state, run, clear };
}
