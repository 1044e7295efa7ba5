import { useEffect, useState } from 'react';
import { useDesk } from '../../state/context.tsx';
import type { TransferDetail } from '../../state/views.ts';

/** Figures move once a second; the list beside moves with the pushes themselves. */
const READ_EVERY_MS = 1000;

/**
 * The transfer that is open, read again while it changes; null until it is there, and when it is
 * gone.
 */
export function useDetail(id: string): TransferDetail | null {
  const desk = useDesk();
  const [detail, setDetail] = useState<TransferDetail | null>(null);
  useEffect(() => {
    let alive = true;
    let timer: ReturnType<typeof setTimeout> | null = null;
    const read = (): void => {
      timer = null;
      void desk.client.call('transfers.detail', { id }).then(
        (found) => alive && setDetail(found),
        () => alive && setDetail(null),
      );
    };
    read();
    const stop = desk.client.on('transfers.changed', ({ rows, removed }) => {
      if (removed.includes(id)) setDetail(null);
      else if (rows.some((row) => row.id === id)) timer ??= setTimeout(read, READ_EVERY_MS);
    });
    return () => {
      alive = false;
      if (timer !== null) clearTimeout(timer);
      stop();
    };
  }, [desk, id]);
  return detail?.id === id ? detail : null;
}
