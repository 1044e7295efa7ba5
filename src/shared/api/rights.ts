/*
 * What may be done with an asset: the one place where that is decided, for the client and for the
 * service. Pure: the same facts give the same verdict.
 */

import { COUNTRIES } from './countries.ts';

/** Why an asset may not be used by anybody. */
export const UNAVAILABLE = ['withdrawn', 'on-hold', 'expired'] as const;
export type Unavailable = (typeof UNAVAILABLE)[number];
export const isUnavailable = (text: string): text is Unavailable =>
  UNAVAILABLE.some((one) => one === text);

/** Entitlement to see and download assets under embargo. */
export const EMBARGO_ACCESS = 'embargo-access';

/** Where a newsroom publishes. */
export const PLATFORMS = ['broadcast', 'web', 'social'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** What a newsroom says of itself, by which restrictions apply to it or don't. */
export type NewsroomProfile = {
  /** ISO 3166-1 alpha-2 code; null if it isn't stated. */
  territory: string | null;
  /** An empty list counts as all of them. */
  platforms: readonly Platform[];
  /** Packages taken under embargo aren't handed on before it lifts. */
  holdsUnderEmbargo: boolean;
};
/** Of one that has stated nothing: every restriction of a platform applies to it. */
export const UNSTATED_PROFILE: NewsroomProfile = {
  territory: null,
  platforms: PLATFORMS,
  holdsUnderEmbargo: true,
};

/**
 * What is done with an asset. `queue`: it is downloaded. `export`, `drag-out`, `hand-off`: its files
 * leave for another program, the last one by itself, through the `.done` file. `reveal`: its folder
 * is shown. `play`: its preview is played in the app, or a text that is here is read. `read`: a text
 * of its package is fetched to be read in the app. Who asks with which: docs/rights.md.
 */
export const RIGHTS_USES = [
  'queue',
  'export',
  'drag-out',
  'hand-off',
  'reveal',
  'play',
  'read',
] as const;
export type RightsUse = (typeof RIGHTS_USES)[number];

/** What a restriction may be about: on the wire, in the client and for the rule of lint. */
export const RESTRICTION_KINDS = ['territory', 'platform', 'time', 'editorial', 'archive'] as const;

/** A restriction of an asset, without the publisher's words for it. */
export type RestrictionRule = {
  id: string;
  kind: (typeof RESTRICTION_KINDS)[number];
  mode: 'allow' | 'deny';
  /** Codes of countries, names of platforms, or the last moment of use; empty if only words say it. */
  values: readonly string[];
  /** Numbers of the shots it is confined to; absent or empty for the whole asset. */
  shots?: readonly number[] | undefined;
};
/** What is judged. Times are ms since 1970. */
export type RightsFacts = {
  pubStatus: 'usable' | 'withheld' | 'canceled';
  embargoUntil: number | null;
  expiresAt: number | null;
  restrictions: readonly RestrictionRule[];
  /** Numbers of all its shots; absent where they aren't known. */
  shots?: readonly number[] | undefined;
};
/** False for what its publisher has taken back: withdrawn or on hold. Articles have this state too. */
export const isPublished = ({ pubStatus }: Pick<RightsFacts, 'pubStatus'>): boolean =>
  pubStatus === 'usable';

export const isWithdrawn = ({ pubStatus }: Pick<RightsFacts, 'pubStatus'>): boolean =>
  pubStatus === 'canceled';

export const isOnHold = ({ pubStatus }: Pick<RightsFacts, 'pubStatus'>): boolean =>
  pubStatus === 'withheld';

/** Withdrawn and on hold: files on the disk must not be used, and their marker is set aside. */
export const isRecalled = (state: string | null | undefined): state is 'withdrawn' | 'on-hold' =>
  state === 'withdrawn' || state === 'on-hold';

export type RightsQuestion = {
  use: RightsUse;
  /** Numbers of the shots that are used; null for all of it. */
  shots: readonly number[] | null;
  /** By the service's clock, ms since 1970. */
  nowMs: number;
  profile: NewsroomProfile;
  /** Its account may have assets under embargo early (`EMBARGO_ACCESS`). */
  mayTakeEarly: boolean;
};

/** Strictest first. */
const EFFECTS = ['forbid', 'ask', 'note'] as const;
/** `ask`: it must be confirmed; `note`: it is said, and stops nothing. */
export type RightsEffect = (typeof EFFECTS)[number];
/** In the order in which reasons of one effect are told. `expires`: it will, later. */
export const REASON_KINDS = [...UNAVAILABLE, 'embargo', ...RESTRICTION_KINDS, 'expires'] as const;
export type RightsReasonKind = (typeof REASON_KINDS)[number];
export type RightsReason = {
  effect: RightsEffect;
  kind: RightsReasonKind;
  /** The restriction it comes from; null for the state of the asset. */
  restrictionId: string | null;
  /** When it ends (embargo) or begins to forbid (time, expiry), ms since 1970. */
  untilMs: number | null;
  /** Shots it is confined to; empty for the whole asset. */
  shots: readonly number[];
  /** What of the profile it bars: the territory, or platforms. */
  barred: readonly string[];
  /** Id to confirm; null unless the effect is `ask`. */
  acknowledge: string | null;
};
export type RightsVerdict = { decision: 'allow' | 'ask' | 'forbid'; reasons: RightsReason[] };

const EMBARGO = 'embargo:';
/**
 * Acknowledgement id of an embargo, used like restriction ids. It contains the time, so a moved
 * embargo needs a new acknowledgement.
 */
export const embargoAcknowledgement = (untilMs: number): string =>
  `${EMBARGO}${new Date(untilMs).toISOString()}`;
export const isEmbargoAcknowledgement = (id: string): boolean => id.startsWith(EMBARGO);

/** The end of an embargo by its acknowledgement, ms since 1970; null for any other id. */
export function embargoEndOf(id: string): number | null {
  const untilMs = isEmbargoAcknowledgement(id) ? Date.parse(id.slice(EMBARGO.length)) : NaN;
  return Number.isNaN(untilMs) ? null : untilMs;
}

const STATE = 'state:';
/** Confirms that the folder of what must not be used is shown all the same. */
export const stateAcknowledgement = (kind: RightsReasonKind): string => `${STATE}${kind}`;
/** The state that such an id confirms; null for any other id. */
export const acknowledgedState = (id: string): string | null =>
  id.startsWith(STATE) ? id.slice(STATE.length) : null;

/** What begins like this is ours: of an embargo, a state, or accepted terms. */
const OURS = /^(?:embargo|state|terms|restriction):/u;
/**
 * Acknowledgement id of a restriction: its own, unless that reads like one of ours. Publishers write
 * their ids, and none of them may stand for an embargo or terms.
 */
export const restrictionAcknowledgement = (id: string): string =>
  OURS.test(id) ? `restriction:${id}` : id;

/** What names of platforms mean here: `all` or only a `part` of a platform, or none that we know. */
type Reach = { platform: Platform; extent: 'all' | 'part' };
const REACH: Readonly<Record<string, readonly Reach[]>> = {
  broadcast: [{ platform: 'broadcast', extent: 'all' }],
  tv: [{ platform: 'broadcast', extent: 'all' }],
  television: [{ platform: 'broadcast', extent: 'all' }],
  radio: [{ platform: 'broadcast', extent: 'part' }],
  online: [{ platform: 'web', extent: 'all' }],
  web: [{ platform: 'web', extent: 'all' }],
  mobile: [{ platform: 'web', extent: 'part' }],
  social: [{ platform: 'social', extent: 'all' }],
  print: [],
  advertising: [],
};
/** What is online is on social media too, so whoever denies the one denies the other. */
const DENIED_TOO: Readonly<Record<string, readonly Reach[]>> = {
  online: [{ platform: 'social', extent: 'all' }],
  mobile: [{ platform: 'social', extent: 'part' }],
};

type Effect = { effect: RightsEffect; barred: readonly string[] };
const note: Effect = { effect: 'note', barred: [] };
/** Only words say it, or values that aren't known here: a person has to judge. */
const unclear: Effect = { effect: 'ask', barred: [] };

/** `UK` is reserved for the United Kingdom, whose code is another one. */
export const countryCode = (value: string): string =>
  value.trim().toUpperCase().replace(/^UK$/u, 'GB');

/** With codes of their own; whoever denies the country may mean them too. */
const DEPENDENT: Readonly<Record<string, string>> = {
  AU: 'CC CX HM NF',
  CN: 'HK MO',
  DK: 'FO GL',
  FI: 'AX',
  FR: 'BL GF GP MF MQ NC PF PM RE TF WF YT',
  GB: 'AI BM FK GG GI GS IM IO JE KY MS PN SH TC VG',
  NL: 'AW BQ CW SX',
  NO: 'BV SJ',
  NZ: 'CK NU TK',
  US: 'AS GU MP PR UM VI',
};
const isDependent = (territory: string, country: string): boolean =>
  DEPENDENT[country]?.split(' ').includes(territory) === true;

function territoryEffect({ mode, values }: RestrictionRule, profile: NewsroomProfile): Effect {
  const territory = profile.territory === null ? null : countryCode(profile.territory);
  if (values.length === 0 || territory === null || !COUNTRIES.has(territory)) return unclear;
  const codes = values.map(countryCode);
  if (codes.includes(territory))
    return mode === 'deny' ? { effect: 'forbid', barred: [territory] } : note;
  // A name that isn't a code may mean this territory, or may not.
  if (!codes.every((code) => COUNTRIES.has(code))) return unclear;
  if (mode === 'allow') return { effect: 'forbid', barred: [territory] };
  return codes.some((code) => isDependent(territory, code)) ? unclear : note;
}

const ownPlatforms = ({ platforms }: NewsroomProfile): readonly Platform[] =>
  platforms.length === 0 ? PLATFORMS : platforms;

/** What a restriction bars of these platforms, and what only in part. */
function platformsOf(
  { mode, values }: RestrictionRule,
  own: readonly Platform[],
): { areKnown: boolean; barred: readonly Platform[]; inPart: readonly Platform[] } {
  const names = values.map((value) => value.trim().toLowerCase());
  const reached = names.flatMap((name) => [
    ...(REACH[name] ?? []),
    ...(mode === 'deny' ? (DENIED_TOO[name] ?? []) : []),
  ]);
  const isReached = (platform: Platform, extent: Reach['extent']): boolean =>
    reached.some((one) => one.platform === platform && one.extent === extent);
  return {
    areKnown: names.every((name) => Object.hasOwn(REACH, name)),
    barred: own.filter((platform) =>
      mode === 'deny'
        ? isReached(platform, 'all')
        : !isReached(platform, 'all') && !isReached(platform, 'part'),
    ),
    inPart: own.filter((platform) => isReached(platform, 'part') && !isReached(platform, 'all')),
  };
}

function platformEffect(rule: RestrictionRule, profile: NewsroomProfile): Effect {
  if (rule.values.length === 0) return unclear;
  const own = ownPlatforms(profile);
  const { areKnown, barred, inPart } = platformsOf(rule, own);
  // What isn't known here may allow the rest, but gives nothing back that is denied.
  if (barred.length === own.length && (rule.mode === 'deny' || areKnown))
    return { effect: 'forbid', barred };
  if (barred.length > 0 || inPart.length > 0)
    return {
      effect: 'ask',
      barred: own.filter((one) => barred.includes(one) || inPart.includes(one)),
    };
  // Whoever allows all that we do may allow more.
  return areKnown || rule.mode === 'allow' ? note : unclear;
}

/** Platforms that a restriction bars for certain: a name that isn't known here may allow some. */
function certainlyBarred(rule: RestrictionRule, own: readonly Platform[]): readonly Platform[] {
  if (rule.kind !== 'platform' || rule.values.length === 0) return [];
  const { areKnown, barred } = platformsOf(rule, own);
  return rule.mode === 'deny' || areKnown ? barred : [];
}

/**
 * Restrictions that each leave the newsroom a platform, and together none: of the whole asset, or of
 * one of the shots that are used.
 */
function leaveNothing(
  restrictions: readonly RestrictionRule[],
  { shots, profile }: RightsQuestion,
): ReadonlySet<RestrictionRule> {
  const own = ownPlatforms(profile);
  const barring = restrictions.filter((rule) => certainlyBarred(rule, own).length > 0);
  const groups = (shots ?? [null]).map((shot) =>
    barring.filter(
      (rule) =>
        (rule.shots ?? []).length === 0 || (shot !== null && rule.shots?.includes(shot) === true),
    ),
  );
  return new Set(
    groups
      .filter((rules) => {
        const gone = new Set(rules.flatMap((rule) => certainlyBarred(rule, own)));
        return own.every((platform) => gone.has(platform));
      })
      .flat(),
  );
}

/** Of ISO 8601. What else `Date.parse` reads, such as `12/11/2026`, means another day elsewhere. */
const isDate = (value: string): boolean => /^\d{4}-\d\d-\d\d(?:T|$)/u.test(value);

/** The last moment of use, ms since 1970; null if only words say it. */
function lastUseOf({ kind, values }: RestrictionRule): number | null {
  if (kind !== 'time') return null;
  // Words beside a date take nothing back of it.
  const known = values.filter(isDate).map((value) => Date.parse(value));
  return known.length === 0 || known.some(Number.isNaN) ? null : Math.min(...known);
}

function ruleEffect(rule: RestrictionRule, { nowMs, profile }: RightsQuestion): Effect {
  if (rule.kind === 'territory') return territoryEffect(rule, profile);
  if (rule.kind === 'platform') return platformEffect(rule, profile);
  const lastMs = lastUseOf(rule);
  // What is editorial or about archives is for people to judge.
  return lastMs !== null && lastMs <= nowMs ? { effect: 'forbid', barred: [] } : unclear;
}

function reasonOfRule(rule: RestrictionRule, question: RightsQuestion): RightsReason {
  const { effect, barred } = ruleEffect(rule, question);
  const shots = rule.shots ?? [];
  const untilMs = lastUseOf(rule);
  const isOver = rule.kind === 'time' && effect === 'forbid';
  const isUsed = question.shots === null || question.shots.some((one) => shots.includes(one));
  return {
    // Of all of it, the other shots may be used: whoever cuts it must know which ones may not.
    effect: !isConfined(rule)
      ? effect
      : !isUsed
        ? 'note'
        : question.shots === null && effect === 'forbid'
          ? 'ask'
          : effect,
    kind: isOver ? 'expired' : rule.kind,
    restrictionId: rule.id,
    untilMs,
    shots,
    barred,
    acknowledge: null,
  };
}

const stateReason = (
  kind: RightsReasonKind,
  effect: RightsEffect,
  untilMs: number | null = null,
): RightsReason => ({
  effect,
  kind,
  restrictionId: null,
  untilMs,
  shots: [],
  barred: [],
  acknowledge: null,
});

const isConfined = ({ shots = [] }: RestrictionRule): boolean => shots.length > 0;

/**
 * Confined to every shot it holds for the whole asset, and so it does where it names a shot that
 * isn't there: which one was meant isn't known.
 */
function unconfinedWhereWhole(rule: RestrictionRule, all: readonly number[]): RestrictionRule {
  const { shots = [], ...whole } = rule;
  const isWhole =
    shots.some((shot) => !all.includes(shot)) || all.every((shot) => shots.includes(shot));
  return isConfined(rule) && isWhole ? whole : rule;
}

/** Restrictions that forbid each a part of the shots, and together all of them. */
function leaveNoShot(
  restrictions: readonly RestrictionRule[],
  question: RightsQuestion,
  all: readonly number[],
): ReadonlySet<RestrictionRule> {
  const barring = all.map((shot) => {
    const one: RightsQuestion = { ...question, shots: [shot] };
    const together = leaveNothing(restrictions, one);
    return restrictions.filter(
      (rule) => together.has(rule) || reasonOfRule(rule, one).effect === 'forbid',
    );
  });
  return new Set(barring.every((rules) => rules.length > 0) ? barring.flat() : []);
}

/** Reasons as they are for a download, before the use is looked at. */
function reasonsOf(facts: RightsFacts, question: RightsQuestion): RightsReason[] {
  const { pubStatus, expiresAt, embargoUntil, shots } = facts;
  const { nowMs, mayTakeEarly } = question;
  const restrictions = facts.restrictions.map((rule) =>
    shots === undefined ? rule : unconfinedWhereWhole(rule, shots),
  );
  const together = new Set([
    ...leaveNothing(restrictions, question),
    ...(question.shots === null && shots !== undefined && restrictions.some(isConfined)
      ? leaveNoShot(restrictions, question, shots)
      : []),
  ]);
  return [
    ...(pubStatus === 'canceled' ? [stateReason('withdrawn', 'forbid')] : []),
    ...(pubStatus === 'withheld' ? [stateReason('on-hold', 'forbid')] : []),
    ...(expiresAt === null
      ? []
      : [
          expiresAt <= nowMs
            ? stateReason('expired', 'forbid', expiresAt)
            : stateReason('expires', 'note', expiresAt),
        ]),
    ...(embargoUntil !== null && embargoUntil > nowMs
      ? [stateReason('embargo', mayTakeEarly ? 'ask' : 'forbid', embargoUntil)]
      : []),
    ...restrictions.map((rule): RightsReason => {
      const reason = reasonOfRule(rule, question);
      return together.has(rule) ? { ...reason, effect: 'forbid' } : reason;
    }),
  ];
}

/** What a reason for a download is for another use. */
function effectFor(
  { effect, kind }: RightsReason,
  { use, profile: { holdsUnderEmbargo } }: Pick<RightsQuestion, 'use' | 'profile'>,
): RightsEffect {
  // It was confirmed when it was downloaded. What must not be used any more may have to be cleared
  // away, so its folder is shown to whoever insists.
  if (use === 'reveal') return effect === 'forbid' && kind !== 'embargo' ? 'ask' : 'note';
  // To look at it isn't to publish it; what was taken back isn't shown at all.
  if (use === 'play') return kind === 'withdrawn' || kind === 'on-hold' ? effect : 'note';
  // What is under embargo is taken as a whole, which is confirmed: no file of it is fetched before.
  if (use === 'read') return kind === 'embargo' ? 'forbid' : effect;
  return use === 'hand-off' && kind === 'embargo' && holdsUnderEmbargo ? 'forbid' : effect;
}

const acknowledgementOf = (
  { kind, restrictionId, untilMs }: RightsReason,
  use: RightsUse,
): string =>
  use === 'reveal'
    ? stateAcknowledgement(kind)
    : kind === 'embargo' && untilMs !== null
      ? embargoAcknowledgement(untilMs)
      : restrictionId === null
        ? stateAcknowledgement(kind)
        : restrictionAcknowledgement(restrictionId);

/**
 * What may be done with an asset.
 *
 * @returns the decision, which is the strictest effect, and every reason, also those that stop
 * nothing: strictest first, then in the order of `REASON_KINDS`, then as the publisher lists them
 */
export const evaluateRights = (facts: RightsFacts, question: RightsQuestion): RightsVerdict =>
  verdictOf(reasonsOf(facts, question), question);

function verdictOf(
  given: readonly RightsReason[],
  question: Pick<RightsQuestion, 'use' | 'profile'>,
): RightsVerdict {
  const reasons = given
    .map((reason): RightsReason => {
      const effect = effectFor(reason, question);
      return {
        ...reason,
        effect,
        acknowledge: effect === 'ask' ? acknowledgementOf(reason, question.use) : null,
      };
    })
    .toSorted(
      (a, b) =>
        EFFECTS.indexOf(a.effect) - EFFECTS.indexOf(b.effect) ||
        REASON_KINDS.indexOf(a.kind) - REASON_KINDS.indexOf(b.kind),
    );
  const [{ effect } = { effect: 'note' as const }] = reasons;
  return { decision: effect === 'note' ? 'allow' : effect, reasons };
}

/** What the verdict on a download (`queue`) is for another use of the same asset. */
export const forUse = (
  { reasons }: RightsVerdict,
  question: Pick<RightsQuestion, 'use' | 'profile'>,
): RightsVerdict => verdictOf(reasons, question);

type Reasons = Pick<RightsVerdict, 'reasons'>;

/** Ids that have to be confirmed, each once, in the order of the reasons. */
export const idsToAcknowledge = ({ reasons }: Reasons): string[] => [
  ...new Set(reasons.flatMap(({ acknowledge }) => (acknowledge === null ? [] : [acknowledge]))),
];

/** The first reason that forbids; null if none does. */
export const forbiddenBy = ({ reasons }: Reasons): RightsReason | null =>
  reasons.find(({ effect }) => effect === 'forbid') ?? null;

/** What a use is refused as that a reason forbids, on the wire and in the client. */
export const refusedAs = ({ kind }: RightsReason) =>
  isUnavailable(kind) ? kind : (REFUSED_AS[kind] ?? 'restriction-unacknowledged');
const REFUSED_AS: Partial<
  Record<RightsReasonKind, 'embargoed' | 'territory-restricted' | 'platform-restricted'>
> = {
  embargo: 'embargoed',
  territory: 'territory-restricted',
  platform: 'platform-restricted',
};

/** Why nobody may use it; null for what may be used by somebody. */
export const unavailableBecause = ({ reasons }: Reasons): Unavailable | null =>
  reasons
    .filter(({ shots }) => shots.length === 0)
    .map(({ kind }) => kind)
    .find(isUnavailable) ?? null;

/** When the embargo in force lifts, ms since 1970; null if none is. */
export const embargoOf = ({ reasons }: Reasons): number | null =>
  reasons.find(({ kind }) => kind === 'embargo')?.untilMs ?? null;

/** When it will expire by what is known now, ms since 1970; null if it won't, or has. */
export const expiryOf = ({ reasons }: Reasons): number | null =>
  reasons.reduce<number | null>(
    (first, { kind, untilMs, shots }) =>
      (kind === 'expires' || (kind === 'time' && shots.length === 0)) &&
      untilMs !== null &&
      (first === null || untilMs < first)
        ? untilMs
        : first,
    null,
  );

/** Badges that rights give an asset, the most important first. */
export const RIGHTS_BADGES = [...UNAVAILABLE, 'embargoed', 'barred', 'restricted'] as const;
export type RightsBadge = (typeof RIGHTS_BADGES)[number];
const isOfRestriction = ({ kind }: RightsReason): boolean =>
  !isUnavailable(kind) && kind !== 'embargo';
export function rightsBadges(verdict: RightsVerdict): RightsBadge[] {
  const unavailable = unavailableBecause(verdict);
  const has = (effect: RightsEffect): boolean =>
    verdict.reasons.some((reason) => reason.effect === effect && isOfRestriction(reason));
  return [
    ...(unavailable === null ? [] : [unavailable]),
    ...(embargoOf(verdict) === null ? [] : (['embargoed'] as const)),
    ...(has('forbid') ? (['barred'] as const) : []),
    ...(has('ask') ? (['restricted'] as const) : []),
  ];
}

/** How a source publishes an asset, from what it may say in several ways. */
export function publishedStatus(
  {
    pubStatus,
    badges,
    expiresAt,
  }: {
    pubStatus?: RightsFacts['pubStatus'] | undefined;
    badges: readonly string[];
    expiresAt: string | null;
  },
  { isWithdrawn, nowMs }: { isWithdrawn: boolean; nowMs: number },
): Pick<RightsFacts, 'pubStatus' | 'expiresAt'> {
  const expiresAtMs = expiresAt === null ? null : Date.parse(expiresAt);
  const status = pubStatus ?? 'usable';
  const isSaid = badges.includes('withdrawn');
  if (status !== 'usable') return { pubStatus: status, expiresAt: expiresAtMs };
  // From a service without `pubStatus`, the badge also says that an asset has expired.
  const hasExpired = expiresAtMs !== null && expiresAtMs <= nowMs;
  if (isWithdrawn || (isSaid && pubStatus === undefined && !hasExpired))
    return { pubStatus: 'canceled', expiresAt: expiresAtMs };
  // One that says so before the time has a clock ahead of ours.
  return {
    pubStatus: status,
    expiresAt: isSaid && !hasExpired ? nowMs : expiresAtMs,
  };
}

/** Reported rights states of local packages, worst first. `barred`: not for this newsroom. */
export const RIGHTS_STATES = [...UNAVAILABLE, 'barred', 'expires-today', 'newer-version'] as const;
export type RightsState = (typeof RIGHTS_STATES)[number];

/** What a verdict means to a package that is here already; null if it may be used as it is. */
export function localState(
  verdict: RightsVerdict,
  /** End of this day, ms since 1970. */
  midnightMs: number,
): Exclude<RightsState, 'newer-version'> | null {
  const expiry = expiryOf(verdict);
  return (
    unavailableBecause(verdict) ??
    (rightsBadges(verdict).includes('barred') ? 'barred' : null) ??
    (expiry !== null && expiry < midnightMs ? 'expires-today' : null)
  );
}
