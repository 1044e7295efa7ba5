import { forUse, stateAcknowledgement } from '../../shared/api/rights.ts';
import { refusalOf } from '../catalogue/rights.ts';
import type { Services } from './services.ts';

/** Recalls of one download that are looked at; the newest come first. */
const LOOKED_AT = 100;

/**
 * Before the folder of a download is shown: what must not be used any more is shown to whoever
 * confirms its state, or has acknowledged its recall.
 *
 * @throws `restriction-unacknowledged` with the states to confirm
 */
export async function requireReveal(
  {
    library,
    transfers,
    viewer,
  }: { library: Services['library'] } & Pick<Services, 'transfers' | 'viewer'>,
  id: string,
  acknowledge: readonly string[],
): Promise<void> {
  const { assetId, service } = await transfers.detail(id);
  if (assetId === null || library.isEmpty) return;
  const [rights] = await library.catalogue.rights([assetId]);
  // Of another service an asset with the same id may be another one.
  if (!rights || (service !== null && service !== rights.source)) return;
  const { profile, nowMs } = viewer();
  const verdict = forUse(rights.verdict, { use: 'reveal', profile });
  if (verdict.decision !== 'ask') return;
  const { items } = await transfers.recalls({ offset: 0, count: LOOKED_AT }, { transferIds: [id] });
  const known = items.flatMap(({ kind, acknowledged }) =>
    acknowledged !== null && (kind === 'withdrawn' || kind === 'on-hold')
      ? [stateAcknowledgement(kind)]
      : [],
  );
  const refusal = refusalOf(verdict, rights, [...acknowledge, ...known], nowMs);
  if (refusal) throw refusal;
}
