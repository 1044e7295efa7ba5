import { useEffect, useState } from 'react';
import { useDesk } from '../../state/context.tsx';
import type { TransferRow } from '../../state/transfers.ts';

/**
 * The newest transfer of the package, or with null of any of the asset's; null when there is none.
 * One that was removed from the list is still here.
 */
export function useTransfer(assetId: string, packageId: string | null): TransferRow | null {
  const desk = useDesk();
  const [row, setRow] = useState<TransferRow | null>(null);
  useEffect(() => {
    let alive = true;
    const isOurs = (other: TransferRow): boolean =>
      other.assetId === assetId && (packageId === null || other.packageId === packageId);
    const look = (): void =>
      void desk.client
        .call('transfers.find', { assetId, packageId })
        .then((found) => alive && setRow(found))
        .catch(() => undefined);
    look();
    const stop = desk.client.on('transfers.changed', ({ rows, removed, more }) => {
      const changed = rows.findLast(isOurs);
      if (changed && changed.state.phase !== 'cancelled')
        setRow((before) => (before && before.addedAt > changed.addedAt ? before : changed));
      else if (changed || removed.length > 0 || more) look();
    });
    return () => {
      alive = false;
      stop();
      setRow(null);
    };
  }, [desk, assetId, packageId]);
  return row;
}
