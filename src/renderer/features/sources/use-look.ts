import { useCallback, useEffect, useRef, useState } from 'react';
import type { SourceInput } from '../../../shared/contract/sources.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Returned } from '../../../shared/contract/define.ts';
import type { AppContract } from '../../../shared/contract/index.ts';
import { useApp } from '../../state/context.tsx';

export type Probe = Returned<AppContract, 'sources.probe'>;
export type Looked =
  | { phase: 'idle' }
  | { phase: 'looking' }
  | { phase: 'found'; probe: Probe }
  | { phase: 'failed'; error: AppError };

/** After the last key. */
const REST_MS = 600;
const IDLE: Looked = { phase: 'idle' };

/**
 * What a source offers, as it is described by now. What was on its way for another description is
 * dropped.
 *
 * @param input null while there is nothing to look at
 * @param of id of the source that it would be a change of; null for a new one
 * @param isReady worth looking at without being asked to, once the keys rest
 */
export function useLook(
  input: SourceInput | null,
  { of, isReady }: { of: string | null; isReady: boolean },
): {
  looked: Looked;
  /** Looks now, unless this has been looked at; a failure is looked at again. */
  look(): void;
  /** Looks again. */
  renew(): void;
} {
  const { client } = useApp();
  const wanted = input === null ? '' : JSON.stringify(input);
  const [last, setLast] = useState<{ wanted: string; looked: Looked }>({ wanted, looked: IDLE });
  const looked = last.wanted === wanted ? last.looked : IDLE;
  const current = useRef<symbol | null>(null);
  const ask = useCallback(async (): Promise<void> => {
    if (wanted === '') return;
    const mine = Symbol(wanted);
    current.current = mine;
    const tell = (next: Looked): void => {
      if (mine === current.current) setLast({ wanted, looked: next });
    };
    tell({ phase: 'looking' });
    try {
      const asked = { id: of, input: JSON.parse(wanted) as SourceInput };
      tell({ phase: 'found', probe: await client.call('sources.probe', asked) });
    } catch (thrown) {
      const error =
        thrown instanceof AppError
          ? thrown
          : new AppError('bug', 'Unexpected error', { cause: thrown });
      tell({ phase: 'failed', error });
    }
  }, [client, of, wanted]);
  const isWaiting = looked.phase === 'idle' && isReady;
  useEffect(() => {
    if (!isWaiting) return undefined;
    const timer = setTimeout(() => void ask(), REST_MS);
    return () => clearTimeout(timer);
  }, [isWaiting, ask]);
  // What arrives after the dialog has closed is nobody's.
  useEffect(() => () => void (current.current = null), []);
  return {
    looked,
    look: () => {
      if (looked.phase === 'idle' || looked.phase === 'failed') void ask();
    },
    renew: () => void ask(),
  };
}
