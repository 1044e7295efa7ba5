/*
 * A house format: which of an asset's packages a newsroom takes. Its rules are asked in their order,
 * and the first one that a package satisfies decides.
 */
import { codecName, rateNumber } from '../api/video-format.ts';

export const PURPOSES = ['broadcast', 'web', 'preview'] as const;
export type Purpose = (typeof PURPOSES)[number];
export const SCANS = ['progressive', 'interlaced'] as const;
/** What happens where no rule fits: the closest package is offered, or none. */
export const OTHERWISE = ['closest', 'leave-out'] as const;

/** What a rule asks of a package; null leaves it open. */
export type FormatRule = {
  purpose: Purpose | null;
  /** Such as `mxf`, in any case. */
  container: string | null;
  /** Such as `h264`; case, spaces and signs make no difference. */
  codec: string | null;
  /** Width and lines, `1920x1080`, or lines alone, `1080`. */
  size: string | null;
  scan: (typeof SCANS)[number] | null;
  /** Frames per second, also of interlaced pictures. */
  frameRate: number | null;
};
/** In the order in which they are said and edited. */
export const RULE_FIELDS = [
  'purpose',
  'container',
  'codec',
  'size',
  'scan',
  'frameRate',
] as const satisfies readonly (keyof FormatRule)[];
export type RuleField = (typeof RULE_FIELDS)[number];

export const OPEN_RULE: FormatRule = {
  purpose: null,
  container: null,
  codec: null,
  size: null,
  scan: null,
  frameRate: null,
};

export type FormatProfile = {
  id: string;
  /** Null for the built-in ones, whose names depend on the language. */
  name: string | null;
  rules: readonly FormatRule[];
  otherwise: (typeof OTHERWISE)[number];
};

/** What is there without anybody's doing. Their ids are what settings called a purpose before. */
export const BUILT_IN_PROFILES: readonly FormatProfile[] = PURPOSES.map((purpose) => ({
  id: purpose,
  name: null,
  rules: [{ ...OPEN_RULE, purpose }],
  otherwise: 'closest',
}));
const [BROADCAST] = BUILT_IN_PROFILES as [FormatProfile];

export const isBuiltIn = (id: string): id is Purpose => PURPOSES.some((one) => one === id);

type Formats = {
  /** The profiles that people made. */
  formatProfiles: readonly FormatProfile[];
  /** Id of the one that is used where nobody says another. */
  houseFormat: string;
};
/** Built-in ones first. */
export const allProfiles = ({
  formatProfiles,
}: Pick<Formats, 'formatProfiles'>): FormatProfile[] => [...BUILT_IN_PROFILES, ...formatProfiles];
export const profileOf = (
  formats: Pick<Formats, 'formatProfiles'>,
  id: string,
): FormatProfile | null => allProfiles(formats).find((profile) => profile.id === id) ?? null;
/** Of settings that aren't known yet it is Broadcast. */
export const houseProfile = (formats: Formats | null | undefined): FormatProfile =>
  (formats && profileOf(formats, formats.houseFormat)) ?? BROADCAST;

/** What is stated of a package's film; null where its source doesn't say. */
export type RenditionFacts = {
  container: string | null;
  videoCodec: string | null;
  width: number | null;
  height: number | null;
  frameRate: string | null;
  scan: string | null;
};
/** What a choice looks at. Without `rendition` nothing is stated. */
type Offer = { purpose: string; rendition?: RenditionFacts | undefined };

const compact = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
/** 23.976 is also written 23.98. */
const RATE_MARGIN = 0.005;

const NOTHING_STATED: RenditionFacts = {
  container: null,
  videoCodec: null,
  width: null,
  height: null,
  frameRate: null,
  scan: null,
};

/** Whether width and lines are those of a rule; null where they aren't stated. */
function hasSize(size: string, { width, height }: RenditionFacts): boolean | null {
  const [lines = 0, across = null] = size.split('x').map(Number).toReversed();
  if (height !== null && height !== lines) return false;
  if (across !== null && width !== null && width !== across) return false;
  return height === null || (across !== null && width === null) ? null : true;
}

/** By the name in the catalogue, or the one that people are shown. */
const isCalled = (fact: string | null, wanted: string | null): boolean | null =>
  fact === null || wanted === null
    ? null
    : [fact, codecName(fact)].some((name) => compact(name) === compact(wanted));

/** Whether a package has what a rule names, by field; null where that isn't stated. */
const ANSWERS: Record<
  RuleField,
  (rule: FormatRule, facts: RenditionFacts, purpose: string) => boolean | null
> = {
  purpose: (rule, _, purpose) => purpose === rule.purpose,
  container: (rule, { container }) => isCalled(container, rule.container),
  codec: (rule, { videoCodec }) => isCalled(videoCodec, rule.codec),
  size: (rule, facts) => (rule.size === null ? null : hasSize(rule.size, facts)),
  scan: (rule, { scan }) =>
    scan === null ? null : (scan !== 'progressive') === (rule.scan === 'interlaced'),
  frameRate: (rule, { frameRate }) =>
    frameRate === null || rule.frameRate === null
      ? null
      : Math.abs(rateNumber(frameRate) - rule.frameRate) < RATE_MARGIN,
};

/**
 * What a package lacks for a rule: null if the rule can't fit, else what it names and isn't stated.
 * An empty list is a package that satisfies it.
 */
function missingFor(
  rule: FormatRule,
  { purpose, rendition = NOTHING_STATED }: Offer,
): RuleField[] | null {
  const missing: RuleField[] = [];
  for (const field of RULE_FIELDS) {
    if (rule[field] === null) continue;
    const given = ANSWERS[field](rule, rendition, purpose);
    if (given === false) return null;
    if (given === null) missing.push(field);
  }
  return missing;
}

/** In which order the packages for other purposes are closest to one. */
const STAND_INS: Record<Purpose, readonly string[]> = {
  broadcast: ['broadcast', 'web', 'preview'],
  web: ['web', 'broadcast', 'preview'],
  preview: ['preview', 'web', 'broadcast'],
};

/** By the purpose that the profile names first, else as the publisher has it. */
function closest<T extends Offer>(packages: readonly T[], { rules }: FormatProfile): T | null {
  const purpose = rules.find((rule) => rule.purpose !== null)?.purpose ?? null;
  if (purpose === null) return packages[0] ?? null;
  for (const other of STAND_INS[purpose]) {
    const found = packages.find((one) => one.purpose === other);
    if (found) return found;
  }
  return null;
}

export type FormatChoice<T> = {
  /** Null where there is none that is to be taken. */
  chosen: T | null;
  /** Index of the rule that it satisfies; null if it satisfies none. */
  rule: number | null;
  /**
   * What isn't stated of packages that could have satisfied an earlier rule: a fact that isn't known
   * never satisfies a rule that names it.
   */
  unstated: RuleField[];
};

/**
 * The package that a profile takes, and why.
 *
 * @param packages in the publisher's order, which decides among those that satisfy the same rule
 */
export function choosePackage<T extends Offer>(
  packages: readonly T[],
  profile: FormatProfile,
): FormatChoice<T> {
  const unstated = new Set<RuleField>();
  const listed = (): RuleField[] => RULE_FIELDS.filter((field) => unstated.has(field));
  for (const [index, rule] of profile.rules.entries())
    for (const offer of packages) {
      const missing = missingFor(rule, offer);
      if (missing === null) continue;
      // Those before it could have come first, had more been stated of them.
      if (missing.length === 0)
        return { chosen: offer, rule: index, unstated: index === 0 ? [] : listed() };
      for (const field of missing) unstated.add(field);
    }
  return {
    chosen: profile.otherwise === 'closest' ? closest(packages, profile) : null,
    rule: null,
    unstated: listed(),
  };
}

/** The same where nobody looks: nothing stands in for what the rules ask. */
export function fittingPackage<T extends Offer>(
  packages: readonly T[],
  profile: FormatProfile,
): FormatChoice<T> {
  return choosePackage(packages, { ...profile, otherwise: 'leave-out' });
}
