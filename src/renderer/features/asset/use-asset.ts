import { useEffect, useRef, useState } from 'react';
import { AppError, type ErrorCode } from '../../../shared/errors.ts';
import { useDesk } from '../../state/context.tsx';
import type { AssetRow, AssetView } from '../../state/views.ts';

export type Loaded = {
  asset: AssetView | null;
  /** Known from the list while the page is on its way. */ row: AssetRow | null;
  error: ErrorCode | null;
  retry: () => void;
};

/** The whole of an asset; fetched again when the library learns something new. */
export function useAsset(id: string): Loaded {
  const desk = useDesk();
  const [answer, setAnswer] = useState<{
    id: string;
    asset: AssetView | null;
    error: ErrorCode | null;
  }>({ id, asset: null, error: null });
  const loadRef = useRef<() => void>(() => undefined);
  useEffect(() => {
    let alive = true;
    const load = async (): Promise<void> => {
      try {
        const asset = await desk.client.call('catalogue.asset', { id });
        // The same content stays the same object, so that the player and its pictures are not made
        // anew.
        if (alive)
          setAnswer((before) =>
            JSON.stringify(before.asset) === JSON.stringify(asset)
              ? before
              : { id, asset, error: null },
          );
      } catch (thrown) {
        const error = thrown instanceof AppError ? thrown.code : 'bug';
        // What is shown stays: an asset that cannot be fetched again is still the one that was.
        if (alive)
          setAnswer((before) =>
            before.id === id && before.asset ? before : { id, asset: null, error },
          );
      }
    };
    loadRef.current = () => void load();
    void load();
    const stop = desk.library.subscribe((now, before) => {
      if (now.value?.rev !== before.value?.rev) void load();
    });
    return () => {
      alive = false;
      stop();
    };
  }, [desk, id]);
  const row =
    Array.from(desk.results.getState().rows.values()).find((known) => known.id === id) ?? null;
  const current = answer.id === id ? answer : { asset: null, error: null };
  return { asset: current.asset, error: current.error, row, retry: () => loadRef.current() };
}
