import * as z from 'zod';
import {
  embargoOf,
  expiryOf,
  joined,
  statusOf,
  stated,
  timeOf,
  UNREADABLE,
  unreadableDates,
  type SidecarFacts,
} from './sidecar.ts';

const text = z.string().catch('');
/** `{value}` of ninjs 2 and later; a bare text is taken too. */
const valued = z.union([
  z.string(),
  z.object({ value: z.string(), contenttype: text, role: text }),
]);
const named = z.union([
  z.string(),
  z.object({ name: text, code: text, rel: text, uri: text, literal: text }),
]);
const list = <T extends z.ZodType>(of: T) => z.array(of.catch(null as never)).catch([]);

/** Whatever it is: what isn’t a text can’t be read, and restricts. */
const UNKNOWN = 'unknown';
const right = z
  .unknown()
  .optional()
  .transform((value) =>
    value === undefined || value === null || typeof value === 'string'
      ? (value ?? undefined)
      : // Never in its own form, which may be nested without end.
        UNKNOWN,
  );

/**
 * Members of ninjs 1.x (in the singular) and of 2.x and 3.x (IPTC), in lower case: version 3 writes
 * `pubStatus` where the earlier ones have `pubstatus`.
 */
const ninjs = z.object({
  uri: text,
  pubstatus: right,
  versioncreated: text,
  firstcreated: text,
  embargoed: right,
  embargoeduntil: right,
  expires: right,
  headline: text,
  headlines: list(valued),
  title: text,
  slugline: text,
  description_text: text,
  description_html: text,
  descriptions: list(valued),
  body_text: text,
  body_html: text,
  bodies: list(valued),
  byline: text,
  bylines: list(z.union([z.string(), z.object({ byline: text })])),
  by: text,
  creditline: text,
  infosource: list(named),
  infosources: list(named),
  copyrightholder: text,
  copyrightnotice: text,
  usageterms: text,
  ednote: text,
  language: text,
  located: text,
  place: list(named),
  places: list(named),
  subject: list(named),
  subjects: list(named),
  person: list(named),
  people: list(named),
  duration: z.coerce.number().catch(0),
});

/** Plain text of what may be HTML, by the tool of who calls. */
type PlainText = (html: string) => string;

const isHtml = (part: z.infer<typeof valued>): boolean =>
  typeof part !== 'string' && /html/iu.test(part.contenttype);
const valueOf = (part: z.infer<typeof valued>): string =>
  typeof part === 'string' ? part : part.value;
const nameOf = (part: z.infer<typeof named>): string =>
  typeof part === 'string' ? part : part.name || part.literal || '';
const names = (...parts: (readonly z.infer<typeof named>[])[]): string[] => [
  ...new Set(
    parts
      .flat()
      .filter((part) => part !== null)
      .map(nameOf)
      .filter(Boolean),
  ),
];

/** The plain one of several forms of a text, else the first. */
function textOf(
  { plain, html, all }: { plain: string; html: string; all: readonly z.infer<typeof valued>[] },
  plainText: PlainText,
): string {
  const forms = all.filter((part) => part !== null);
  const first = forms.find((part) => !isHtml(part)) ?? forms[0];
  if (first !== undefined) return isHtml(first) ? plainText(valueOf(first)) : valueOf(first);
  return plain || plainText(html);
}

/** Codes of countries are of ISO 3166, bare or with a prefix such as `iso3166-1a2:`. */
const countryOf = (part: z.infer<typeof named>): string | null => {
  if (typeof part === 'string' || part === null) return null;
  return /(?:^|:)([A-Z]{2})$/u.exec(part.code)?.[1] ?? null;
};

/** Members that say what may be done with an item; other documents have none of them. */
const RIGHTS = [
  'pubstatus',
  'versioncreated',
  'embargoed',
  'embargoeduntil',
  'usageterms',
] as const;
const SAYS_RIGHTS = new RegExp(`"(?:${RIGHTS.join('|')})"`, 'iu');
const MAX_ITEMS = 100;

/**
 * What a news item of ninjs says (IPTC, versions 1.x to 3.x), or several of them in a list. Null for
 * any other JSON; one that is cut off holds its film back, since it may say more than what is there.
 */
export function readNinjs(json: string, plainText: PlainText): SidecarFacts | null {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return SAYS_RIGHTS.test(json) ? UNREADABLE : null;
  }
  if (!Array.isArray(value)) return itemOf(value, plainText);
  const items = value.slice(0, MAX_ITEMS).flatMap((one: unknown) => itemOf(one, plainText) ?? []);
  if (items.length === 0) return null;
  return joined(value.length > MAX_ITEMS ? [...items, UNREADABLE] : items);
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Names in lower case. One that is there twice says nothing that could be read, and restricts. */
function lowered(object: object): Record<string, unknown> {
  const members = new Map<string, unknown>();
  for (const [name, value] of Object.entries(object)) {
    const key = name.toLowerCase();
    members.set(key, members.has(key) && members.get(key) !== value ? {} : value);
  }
  return Object.fromEntries(members);
}

/** An item and the objects in its lists, of which version 3 has `contentType`. */
const loweredItem = (item: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(lowered(item)).map(([name, value]) => [
      name,
      Array.isArray(value)
        ? value.map((one: unknown) => (isObject(one) ? lowered(one) : one))
        : value,
    ]),
  );

function itemOf(given: unknown, plainText: PlainText): SidecarFacts | null {
  if (!isObject(given)) return null;
  const value = loweredItem(given);
  const item = ninjs.safeParse(value).data;
  if (!item) return null;
  // Every version requires the uri. Some systems leave it out, and still say what isn’t allowed.
  if (item.uri === '' && !RIGHTS.some((name) => Object.hasOwn(value, name))) return null;
  const places = [...item.places, ...item.place];
  // Version 3 has another name for it, and some systems write both.
  const embargoes = [item.embargoed, item.embargoeduntil];
  const ends = embargoes.flatMap((embargo) => embargoOf(embargo) ?? []);
  const unread = embargoes.find((embargo) => unreadableDates(embargo, undefined) !== null);
  return stated({
    headline:
      item.headlines.filter((one) => one !== null).map(valueOf)[0] ||
      item.headline ||
      item.title ||
      item.slugline,
    description: textOf(
      {
        plain: item.description_text,
        html: item.description_html,
        all: item.descriptions,
      },
      plainText,
    ),
    script: textOf({ plain: item.body_text, html: item.body_html, all: item.bodies }, plainText),
    language: item.language,
    publishedMs: timeOf(item.firstcreated) ?? timeOf(item.versioncreated),
    updatedMs: timeOf(item.versioncreated),
    status: item.pubstatus === undefined ? null : statusOf(item.pubstatus),
    note: [item.ednote ?? '', unreadableDates(unread ?? item.embargoed, item.expires) ?? '']
      .filter((one) => one !== '')
      .join('\n'),
    embargoMs: ends.length === 0 ? null : Math.max(...ends),
    expiresMs: expiryOf(item.expires),
    credits: [
      ...new Set(
        [
          item.creditline,
          item.byline,
          item.by,
          ...item.bylines.map((one) => (typeof one === 'string' ? one : (one?.byline ?? ''))),
        ].filter(Boolean),
      ),
    ],
    source: names(item.infosources, item.infosource)[0] ?? null,
    copyright: item.copyrightnotice || item.copyrightholder,
    usageTerms: item.usageterms,
    countries: [...new Set(places.flatMap((place) => countryOf(place) ?? []))],
    location: item.located || names(places)[0] || null,
    topics: names(item.subjects, item.subject),
    people: names(item.people, item.person),
    durationMs: item.duration > 0 ? Math.round(item.duration * 1000) : null,
  });
}
