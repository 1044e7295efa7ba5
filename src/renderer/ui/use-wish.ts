import { useRef, useState } from 'react';

/**
 * A choice that is kept elsewhere: what was last wished is shown at once, one wish is sent at a
 * time, and the last one wins.
 * @param send never rejects; what is kept by then is shown again after the last
 */
export function useWish<T>(
  kept: T,
  send: (wished: T) => Promise<unknown>,
): [shown: T, wish: (wished: T) => void] {
  const [wished, setWished] = useState<{ value: T } | null>(null);
  const last = useRef<{ value: T } | null>(null);
  const isSending = useRef(false);
  const sendAll = async (): Promise<void> => {
    isSending.current = true;
    // What was wished meanwhile is sent whatever became of the one before it.
    for (let sent = last.current; sent; sent = last.current) {
      await send(sent.value);
      if (last.current === sent) last.current = null;
    }
    isSending.current = false;
    setWished(null);
  };
  const wish = (value: T): void => {
    last.current = { value };
    setWished(last.current);
    if (!isSending.current) void sendAll();
  };
  return [wished ? wished.value : kept, wish];
}
