/** What a text beside a film says of it, in plain text; absent where it doesn't say. */
export type SidecarFacts = {
  headline?: string;
  description?: string;
  /** Script or storyline. */
  script?: string;
  /** Scripts and descriptions of further texts: each may say what isn’t allowed. */
  otherTexts?: string[];
  /** BCP 47. */
  language?: string;
  publishedMs?: number;
  updatedMs?: number;
  /** IPTC publishing status: `withheld` is on hold, `canceled` is taken back. */
  status?: 'usable' | 'withheld' | 'canceled';
  /** Why, or what the desk should know. */
  note?: string;
  embargoMs?: number;
  expiresMs?: number;
  credits?: string[];
  source?: string;
  copyright?: string;
  usageTerms?: string;
  /** ISO 3166-1 alpha-2. */
  countries?: string[];
  location?: string;
  dateline?: string;
  topics?: string[];
  people?: string[];
  durationMs?: number;
  shots?: { startMs: number | null; endMs: number | null; text: string }[];
};

const STATUSES = ['usable', 'withheld', 'canceled'] as const;
/** A word that nobody knows counts as on hold: it may be a recall. */
export function statusOf(stated: string): NonNullable<SidecarFacts['status']> {
  const word = stated
    .trim()
    .toLowerCase()
    .replace(/^stat:/u, '')
    .replace('cancelled', 'canceled');
  return STATUSES.find((status) => status === word) ?? 'withheld';
}

/** On hold: what it says of the rights is unknown, so that its film waits until it can be read. */
export const UNREADABLE: Readonly<SidecarFacts> = { status: 'withheld' };

/** Without what is absent or empty. */
export const stated = (facts: {
  [K in keyof SidecarFacts]: SidecarFacts[K] | null;
}): SidecarFacts =>
  Object.fromEntries(
    Object.entries(facts).filter(
      ([, value]) =>
        value !== null &&
        value !== undefined &&
        value !== '' &&
        !(Array.isArray(value) && value.length === 0) &&
        !Number.isNaN(value),
    ),
  );

/** The year 2200: until when an embargo holds whose time can’t be read. */
const FOR_EVER = Date.UTC(2200, 0, 1);
/** Null where none is stated. @returns ms since 1970 */
export const embargoOf = (text: string | undefined): number | null =>
  text === undefined || text.trim() === '' ? null : (timeOf(text) ?? FOR_EVER);

/** Null where none is stated; what can’t be read is over already. @returns ms since 1970 */
export const expiryOf = (text: string | undefined): number | null =>
  text === undefined || text.trim() === '' ? null : (timeOf(text) ?? 0);

const isUnreadable = (text = ''): boolean => text.trim() !== '' && timeOf(text) === null;
/** What is told of dates that are stated and can’t be read; null where all can. */
export function unreadableDates(
  embargo: string | undefined,
  expiry: string | undefined,
): string | null {
  const names = [
    ...(isUnreadable(embargo) ? ['embargo'] : []),
    ...(isUnreadable(expiry) ? ['expiry'] : []),
  ];
  return names.length === 0
    ? null
    : `The date of its ${names.join(' and of its ')} can’t be read: check with the publisher`;
}

const earliest = (...times: (number | undefined)[]): number | null =>
  times.reduce<number | null>(
    (min, one) => (one === undefined ? min : Math.min(min ?? one, one)),
    null,
  );
const latest = (...times: (number | undefined)[]): number | null =>
  times.reduce<number | null>(
    (max, one) => (one === undefined ? max : Math.max(max ?? one, one)),
    null,
  );

/** Different ones, in their order. */
const distinct = (texts: readonly (string | undefined)[]): string[] =>
  [...new Set(texts.filter((text) => text !== undefined && text !== ''))] as string[];

/**
 * What several texts say of one film: of rights all that restricts, of the rest what the first says
 * that says something.
 */
export function joined(all: readonly SidecarFacts[]): SidecarFacts {
  const merged: SidecarFacts = Object.assign({}, ...all.toReversed());
  const shown = new Set([merged.script, merged.description]);
  const worst = all.toSorted(
    (a, b) => STATUSES.indexOf(b.status ?? 'usable') - STATUSES.indexOf(a.status ?? 'usable'),
  )[0];
  return {
    ...merged,
    ...stated({
      usageTerms: distinct(all.map(({ usageTerms }) => usageTerms)).join('\n'),
      copyright: distinct(all.map(({ copyright }) => copyright)).join('\n'),
      otherTexts: distinct(
        all.flatMap(({ script, description, otherTexts = [] }) => [
          script,
          description,
          ...otherTexts,
        ]),
      ).filter((text) => !shown.has(text)),
      status: worst?.status ?? null,
      note: worst?.note ?? null,
      embargoMs: latest(...all.map(({ embargoMs }) => embargoMs)),
      expiresMs: earliest(...all.map(({ expiresMs }) => expiresMs)),
    }),
  };
}

const ISO_TIME =
  /^\d{4}-\d{2}-(?<day>\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/u;
/**
 * A time of ISO 8601; null if it is none, or of a day that the month lacks.
 *
 * @returns ms since 1970
 */
export function timeOf(text: unknown): number | null {
  if (typeof text !== 'string') return null;
  const given = text.trim();
  const { day } = ISO_TIME.exec(given)?.groups ?? {};
  if (day === undefined || new Date(given.slice(0, 10)).getUTCDate() !== Number(day)) return null;
  const ms = Date.parse(given);
  return Number.isNaN(ms) ? null : ms;
}
