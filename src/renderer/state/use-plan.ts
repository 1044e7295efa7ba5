import { useEffect, useState } from 'react';
import { useDesk } from './context.tsx';
import type { AssetRow } from './views.ts';
import type { Plan } from './enqueue-dialogs.ts';

type Purpose = AssetRow['packages'][number]['purpose'];

/**
 * What queuing these would mean; null while it is worked out. Asked again when the library has news
 * or the account is another: what was free may be withdrawn by now.
 * @param assetIds the same set as long as the same is meant
 * @param afterMs choosing many in a row asks once
 */
export function usePlan(
  assetIds: ReadonlySet<string>,
  purpose: Purpose,
  afterMs: number,
): Plan | null {
  const desk = useDesk();
  const [plan, setPlan] = useState<Plan | null>(null);
  useEffect(() => {
    if (assetIds.size === 0) return undefined;
    let alive = true;
    const read = async (): Promise<void> => {
      const next = await desk.client.call('transfers.plan', { assetIds: [...assetIds], purpose });
      if (alive) setPlan(next);
    };
    const ask = (): void => void read().catch(() => undefined);
    const timer = setTimeout(ask, afterMs);
    const stopLibrary = desk.library.subscribe((now, before) => {
      if (now.value?.rev !== before.value?.rev) ask();
    });
    const stopAccount = desk.account.subscribe((now, before) => {
      if (now.value?.rev !== before.value?.rev) ask();
    });
    return () => {
      alive = false;
      clearTimeout(timer);
      stopLibrary();
      stopAccount();
    };
  }, [desk, assetIds, purpose, afterMs]);
  return plan;
}
