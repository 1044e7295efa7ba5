import { useCallback, useEffect, useRef, useState } from 'react';
import { AppError } from '../../../shared/errors.ts';
import type { Returned } from '../../../shared/contract/define.ts';
import type { AppContract } from '../../../shared/contract/index.ts';
import { useApp } from '../../state/context.tsx';
import { withScheme } from '../../state/service-address.ts';

export type Probe = Returned<AppContract, 'sources.probe'>;
export type Looked =
  | { phase: 'idle' }
  | { phase: 'looking' }
  | { phase: 'found'; probe: Probe }
  | { phase: 'failed'; error: AppError };

/** After the last key. */
const REST_MS = 600;

/** Worth looking at without being asked to; half an address is not. */
function isWhole(text: string): boolean {
  const address = withScheme(text);
  if (text.trim() === '' || !URL.canParse(address)) return false;
  const { hostname } = new URL(address);
  return /\.[^.]{2,}$|^localhost$|^\[/u.test(hostname) || /^[\d.]+$/u.test(hostname);
}

/** What is at the address in a field. Other text drops what was still on its way. */
export function useProbe(first: string): {
  typed: string;
  looked: Looked;
  type(text: string): void;
  /** Looks now, unless this text has been looked at; a failure is looked at again. */
  look(): void;
  /** Looks again. */
  renew(): void;
} {
  const { client } = useApp();
  const [typed, setTyped] = useState(first);
  const [looked, setLooked] = useState<Looked>({ phase: 'idle' });
  const round = useRef(0);
  const ask = useCallback(
    async (text: string): Promise<void> => {
      round.current += 1;
      const mine = round.current;
      const tell = (next: Looked): void => {
        if (mine === round.current) setLooked(next);
      };
      tell({ phase: 'looking' });
      try {
        const probe = await client.call('sources.probe', { address: text.trim() });
        tell({ phase: 'found', probe });
      } catch (thrown) {
        const error =
          thrown instanceof AppError
            ? thrown
            : new AppError('bug', 'Unexpected error', { cause: thrown });
        tell({ phase: 'failed', error });
      }
    },
    [client],
  );
  const type = useCallback((text: string): void => {
    round.current += 1;
    setTyped(text);
    setLooked({ phase: 'idle' });
  }, []);
  const isWaiting = looked.phase === 'idle' && typed !== first && isWhole(typed);
  useEffect(() => {
    if (!isWaiting) return undefined;
    const timer = setTimeout(() => void ask(typed), REST_MS);
    return () => clearTimeout(timer);
  }, [isWaiting, typed, ask]);
  // What arrives after the dialog has closed is nobody's.
  useEffect(() => () => void (round.current += 1), []);
  return {
    typed,
    looked,
    type,
    look: () => {
      if (typed.trim() !== '' && (looked.phase === 'idle' || looked.phase === 'failed'))
        void ask(typed);
    },
    renew: () => void ask(typed),
  };
}
