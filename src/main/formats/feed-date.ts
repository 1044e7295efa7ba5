/** `1:02:03`, `0:46` or `46.38` seconds, in ms; null for anything else. */
export function clockMs(time: string | undefined): number | null {
  if (time === undefined || !/^\d+(?::\d{1,2}){0,2}(?:\.\d+)?$/u.test(time.trim())) return null;
  const seconds = time
    .trim()
    .split(':')
    .reduce((sum, part) => sum * 60 + Number(part), 0);
  return Math.round(seconds * 1000);
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
/** Hours from UTC of the zones that RFC 822 §5.1 names, and of those that publishers add. */
const ZONES: Record<string, number> = {
  z: 0,
  ut: 0,
  utc: 0,
  gmt: 0,
  wet: 0,
  west: 1,
  bst: 1,
  cet: 1,
  cest: 2,
  eet: 2,
  eest: 3,
  jst: 9,
  est: -5,
  edt: -4,
  cst: -6,
  cdt: -5,
  mst: -7,
  mdt: -6,
  pst: -8,
  pdt: -7,
};
const TIME = String.raw`(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?`;
const ZONE = String.raw`\s?([a-z]{1,4}|[+-]\d{2}:?\d{2})`;
const FORMS = {
  /** W3C-DTF and RFC 3339, also with a blank instead of the T. */
  iso: new RegExp(
    String.raw`^(?<year>\d{4})(?:-(?<month>\d{2})(?:-(?<day>\d{2})(?:[T ]${TIME}(?:${ZONE})?)?)?)?$`,
    'iu',
  ),
  /** RFC 822 and what looks like it. */
  mail: new RegExp(
    String.raw`^(?:[a-z]{3,9},?\s+)?(?<day>\d{1,2})\s+(?<month>[a-z]{3,9})\s+(?<year>\d{2}|\d{4})(?:\s+${TIME}(?:${ZONE}(?:\s*\([^)]*\))?)?)?$`,
    'iu',
  ),
  /** Day first, as a few publishers write. */
  numbers: new RegExp(
    String.raw`^(?<day>\d{2})/(?<month>\d{2})/(?<year>\d{4})(?: ${TIME}(?:${ZONE})?)?$`,
    'iu',
  ),
};

const zoneMinutes = (zone: string): number | null => {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/u.exec(zone) ?? [];
  if (sign !== undefined) return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  const known = ZONES[zone.toLowerCase()];
  return known === undefined ? null : known * 60;
};

/**
 * ms since 1970; null for what is no date, has a day that the month lacks, or a zone that nobody
 * knows. Without a zone UTC is assumed.
 */
export const feedDate = (text: string | undefined): number | null =>
  dateOf(text, Object.values(FORMS));

/**
 * The same for the dates of rights, in the forms of W3C-DTF and RFC 822 alone: `12/11/2026` is another
 * day elsewhere, which isn't guessed.
 */
export const rightsDate = (text: string | undefined): number | null =>
  dateOf(text, [FORMS.iso, FORMS.mail]);

function dateOf(text: string | undefined, forms: readonly RegExp[]): number | null {
  const given = text?.trim().replace(/\s+/gu, ' ') ?? '';
  if (given.length > 80) return null;
  for (const form of forms) {
    const match = form.exec(given);
    if (match) return momentOf(match);
  }
  return null;
}

function momentOf(match: RegExpExecArray): number | null {
  const { year = '', month = '01', day = '01' } = match.groups ?? {};
  const [hour = '0', minute = '0', second = '0', fraction = '0', zone = 'Z'] = match.slice(4);
  const monthAt = /^\d/u.test(month)
    ? Number(month) - 1
    : MONTHS.indexOf(month.slice(0, 3).toLowerCase());
  // RFC 5322 §4.3: two digits are of 1950 to 2049.
  const fullYear =
    year.length > 2 ? Number(year) : Number(year) + (Number(year) < 50 ? 2000 : 1900);
  const offset = zoneMinutes(zone);
  if (offset === null || monthAt < 0 || monthAt > 11) return null;
  // 24:00 is the end of the day, and a leap second is the next one.
  if (Number(hour) > 24 || Number(minute) > 59 || Number(second) > 60) return null;
  const dayMs = Date.UTC(fullYear, monthAt, Number(day));
  if (new Date(dayMs).getUTCDate() !== Number(day) || new Date(dayMs).getUTCMonth() !== monthAt)
    return null;
  const seconds = (Number(hour) * 60 + Number(minute) - offset) * 60 + Number(second);
  return dayMs + seconds * 1000 + Math.floor(Number(`0.${fraction}`) * 1000);
}
