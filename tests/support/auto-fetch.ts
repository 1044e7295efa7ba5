import { profileOf, type FormatProfile } from '../../src/shared/model/house-format.ts';
import type { AssetFacts, Choice } from '../../src/main/auto-fetch/ports.ts';
import {
  evaluateRights,
  UNSTATED_PROFILE,
  type RestrictionRule,
  type RightsFacts,
} from '../../src/shared/api/rights.ts';

export const GB = 1_000_000_000;
/** Wednesday noon, local time. */
export const NOON = new Date(2026, 10, 25, 12).getTime();

export const CHOICE: Choice = {
  isOn: true,
  profile: 'broadcast',
  destination: '/ingest/auto',
  hours: null,
  maxPackages: 20,
  maxBytesPerDay: 200 * GB,
  maxBytesPerPackage: 60 * GB,
  confirm: [],
  embargo: 'hold',
  catchUpDays: 3,
};

/** The house format of that rule. */
export const FORMAT = profileOf({ formatProfiles: [] }, CHOICE.profile) as FormatProfile;

export const restrictionOf = (kind: RestrictionRule['kind']): RestrictionRule => ({
  id: `rst_${kind}`,
  kind,
  mode: 'deny',
  values: [],
});

type Facts = Partial<RightsFacts> & {
  assetId?: string;
  rev?: number;
  bytes?: number | null;
  purposes?: readonly string[];
  publishedAt?: number;
  mayTakeEarly?: boolean;
  profile?: Partial<typeof UNSTATED_PROFILE>;
  isHere?: boolean;
  isListed?: boolean;
  pause?: AssetFacts['pause'];
};

/** An asset as a rule sees it at a moment, judged by the rights in force. */
export function assetAt(nowMs: number, facts: Facts = {}): AssetFacts {
  const { assetId = 'ast_1', purposes = ['broadcast'], bytes = 8 * GB } = facts;
  return {
    assetId,
    rev: facts.rev ?? 1,
    title: `Title of ${assetId}`,
    publishedAt: facts.publishedAt ?? nowMs - 60_000,
    verdict: evaluateRights(
      {
        pubStatus: facts.pubStatus ?? 'usable',
        expiresAt: facts.expiresAt ?? null,
        embargoUntil: facts.embargoUntil ?? null,
        restrictions: facts.restrictions ?? [],
      },
      {
        use: 'queue',
        shots: null,
        nowMs,
        profile: { ...UNSTATED_PROFILE, ...facts.profile },
        mayTakeEarly: facts.mayTakeEarly ?? false,
      },
    ),
    packages: purposes.map((purpose) => ({
      packageId: `pkg_${assetId}_${purpose}`,
      label: purpose,
      purpose,
      bytes,
      isHere: facts.isHere ?? false,
      isListed: facts.isListed ?? false,
    })),
    pause: facts.pause ?? null,
  };
}
