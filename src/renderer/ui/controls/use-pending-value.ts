import { useRef, useState } from 'react';

/**
 * A value that is saved elsewhere. The last choice is shown at once; one is sent at a time, and the
 * last one wins.
 * @param send never rejects; after the last call the saved value is shown again
 */
export function usePendingValue<T>(
  saved: T,
  send: (value: T) => Promise<unknown>,
): [shown: T, choose: (value: T) => void] {
  const [chosen, setChosen] = useState<{ value: T } | null>(null);
  const last = useRef<{ value: T } | null>(null);
  const isSending = useRef(false);
  const sendAll = async (): Promise<void> => {
    isSending.current = true;
    // A choice made meanwhile is sent even when the one before it failed.
    for (let sent = last.current; sent; sent = last.current) {
      await send(sent.value);
      if (last.current === sent) last.current = null;
    }
    isSending.current = false;
    setChosen(null);
  };
  const choose = (value: T): void => {
    last.current = { value };
    setChosen(last.current);
    if (!isSending.current) void sendAll();
  };
  return [chosen ? chosen.value : saved, choose];
}
