import { useEffect, useState } from 'react';
import { useDesk } from '../../stores/context.tsx';
import type { TransferRow } from '../../stores/transfers.ts';

/** More than a queue holds at once: a package that is older than that is found in Downloads. */
const LOOK_AT = 500;

/** The package's place in the queue, newest first; null when it is not there. */
export function useTransfer(assetId: string, packageId: string | null): TransferRow | null {
  const desk = useDesk();
  const [row, setRow] = useState<TransferRow | null>(null);
  useEffect(() => {
    if (packageId === null) return undefined;
    let alive = true;
    const isOurs = (other: TransferRow): boolean => other.assetId === assetId && other.packageId === packageId && other.state.phase !== 'cancelled';
    const look = async (): Promise<void> => {
      const { rows } = await desk.client.call('transfers.list', { tab: 'all', range: { offset: 0, count: LOOK_AT } });
      if (alive) setRow(rows.filter(isOurs).toSorted((a, b) => b.addedAt - a.addedAt)[0] ?? null);
    };
    void look().catch(() => undefined);
    const stop = desk.client.on('transfers.changed', ({ rows, removed }) => {
      const changed = rows.find(isOurs);
      if (changed) setRow(changed);
      else if (removed.length > 0) setRow((before) => (before && removed.includes(before.id) ? null : before));
    });
    return () => {
      alive = false;
      stop();
      setRow(null);
    };
  }, [desk, assetId, packageId]);
  return row;
}
