import { useRef, useState, type RefObject } from 'react';
import { AppError } from '../../../shared/errors.ts';
import { useTexts } from '../../state/context.tsx';
import type { Task } from '../../state/use-task.ts';

export type GivenPassword = {
  value: string;
  change: (value: string) => void;
  /** What is wrong with it, in words, to stand at its field. */
  wrong: string | null;
  inputRef: RefObject<HTMLInputElement | null>;
  clear: () => void;
  /**
   * @param isReady false when another field is wrong: that is said, and nothing sent. @returns true
   * when `work` was done
   */
  send: (work: (password: string) => Promise<void>, isReady?: boolean) => Promise<boolean>;
};

/**
 * The password of the account as a form asks for it. It lives here alone and goes once the service
 * has answered; only when no answer came may it be sent again as it stands.
 * @param refused what is said of one that the service does not take; otherwise that it is not the
 * account's
 */
export function usePassword({ busy, failed, run }: Task, refused?: string): GivenPassword {
  const { account } = useTexts();
  const [value, change] = useState('');
  const [tried, setTried] = useState(false);
  const inputRef = useRef<HTMLInputElement>(null);
  const clear = (): void => {
    change('');
    setTried(false);
  };
  const send = async (
    work: (password: string) => Promise<void>,
    isReady = true,
  ): Promise<boolean> => {
    setTried(true);
    if (!isReady || value === '') return false;
    return run(async () => {
      try {
        await work(value);
      } catch (thrown) {
        if (thrown instanceof AppError && thrown.code === 'invalid-credentials') change('');
        throw thrown;
      }
      clear();
    });
  };
  const wrong =
    value !== '' || !tried || busy
      ? null
      : failed?.code === 'invalid-credentials'
        ? (refused ?? account.wrongPassword)
        : account.enterPassword;
  return { value, change, wrong, inputRef, clear, send };
}
