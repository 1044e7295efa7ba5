import { useCallback, useRef, useState } from 'react';
import { AppError } from '../../shared/errors.ts';

export type Task = {
  busy: boolean;
  failed: AppError | null;
  /**
   * Resolves to true if the work succeeded; a failure goes to `failed` and is never thrown. Ignored
   * while a call is running.
   */
  run(work: () => Promise<void>): Promise<boolean>;
  clear(): void;
};

/** One asynchronous call of a form: whether it is running, and its last failure. */
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
