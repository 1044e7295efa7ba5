import { compare, parse } from 'semver';
import type { UpdateChannel, UpdateFault, UpdateNote } from '../../shared/contract/updates.ts';
import type { Offer } from './ports.ts';

export type Verdict =
  | { kind: 'newer' }
  /** It is left, and the reason is none to worry about; null for the version that runs. */
  | { kind: 'left'; note: UpdateNote | null }
  | { kind: 'refused'; fault: UpdateFault };

/**
 * Whether an offer is taken. An older version is never, on no channel: a fault that was mended would
 * come back, and an older program may not read what this one has written.
 */
export function judgeOffer(
  { version, signature, stagingPercentage, place, isSupported }: Offer,
  { version: own, channel }: { version: string; channel: UpdateChannel },
): Verdict {
  const offered = parse(version);
  if (offered === null) return { kind: 'refused', fault: 'unreadable' };
  const order = compare(offered, own);
  if (order <= 0) return { kind: 'left', note: order === 0 ? null : 'older' };
  if (channel === 'stable' && offered.prerelease.length > 0)
    return { kind: 'left', note: 'other-channel' };
  // Before anything else that it says of itself is believed.
  if (signature !== 'right')
    return { kind: 'refused', fault: signature === 'none' ? 'unsigned' : 'wrong-signature' };
  if (!isSupported) return { kind: 'left', note: 'unsupported' };
  if (stagingPercentage !== null && place >= stagingPercentage)
    return { kind: 'left', note: 'staged' };
  return { kind: 'newer' };
}
