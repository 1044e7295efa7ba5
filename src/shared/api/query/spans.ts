/*
 * Dates and lengths of time as they are written in queries.
 */

const DAY = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/u;
const SHORT_END = /^(?:(\d{1,2})-)?(\d{1,2})$/u;
/** The last so many days, today included. */
const DAYS_BACK = /^(\d{1,4})(?:d|days?|j|jours?)$/u;
/** A map: an object also has what it inherits, such as `constructor`. */
const NAMED: ReadonlyMap<string, number> = new Map([
  ['today', 0],
  ["aujourd'hui", 0],
  ['aujourd’hui', 0],
  ['yesterday', 1],
  ['hier', 1],
]);

/** From a moment up to, not including, another; null is open. Times are ms since 1970. */
export type Between = { from: number | null; below: number | null };

type Ymd = { year: number; month: number | null; day: number | null };

/** Null for a date that the calendar doesn't have. */
function ymd(year: string, month?: string, day?: string): Ymd | null {
  const given = {
    year: Number(year),
    month: month === undefined ? null : Number(month),
    day: day === undefined ? null : Number(day),
  };
  const date = new Date(given.year, (given.month ?? 1) - 1, given.day ?? 1);
  const isReal = date.getMonth() === (given.month ?? 1) - 1 && date.getDate() === (given.day ?? 1);
  return given.year >= 1000 && isReal ? given : null;
}

const first = ({ year, month, day }: Ymd): number =>
  new Date(year, (month ?? 1) - 1, day ?? 1).getTime();
const next = ({ year, month, day }: Ymd): number =>
  (month === null
    ? new Date(year + 1, 0, 1)
    : day === null
      ? new Date(year, month, 1)
      : new Date(year, month - 1, day + 1)
  ).getTime();
const startOfDay = (nowMs: number, daysBack: number): number => {
  const now = new Date(nowMs);
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - daysBack).getTime();
};

/** A year, month or day as a whole, or a named one. Days are those of this computer. */
function period(text: string, nowMs: number): (Between & { ymd: Ymd | null }) | null {
  const named = NAMED.get(text);
  if (named !== undefined)
    return { from: startOfDay(nowMs, named), below: startOfDay(nowMs, named - 1), ymd: null };
  const back = DAYS_BACK.exec(text);
  if (back)
    return {
      from: startOfDay(nowMs, Math.max(0, Number(back[1]) - 1)),
      below: startOfDay(nowMs, -1),
      ymd: null,
    };
  const [, year, month, day] = DAY.exec(text) ?? [];
  const date = year === undefined ? null : ymd(year, month, day);
  return date && { from: first(date), below: next(date), ymd: date };
}

/** `2026-11-20..24` and `2026-11-28..12-03` end in the year, and the month, in which they begin. */
function endOf(text: string, start: Ymd | null, nowMs: number): Between | null {
  const [, month, day] = SHORT_END.exec(text) ?? [];
  if (day === undefined || start?.month == null) return period(text, nowMs);
  // Of `2026-11..12` the end is a month, as the start is.
  const date =
    start.day === null
      ? ymd(String(start.year), day)
      : ymd(String(start.year), month ?? String(start.month), day);
  return date && { from: first(date), below: next(date) };
}

/**
 * Reads `2026`, `2026-11`, `2026-11-20`, `today`, `yesterday`, `7d`, and spans of them:
 * `2026-11-20..24`, `2026-11-20..`, `..2026-11-20`, `<2026-11-20`, `>=2026-11`. Both ends are part of
 * a span.
 *
 * @returns null if it is none, or ends before it begins
 */
export function parseDates(text: string, nowMs: number): Between | null {
  const compared = /^(<=|>=|<|>)(.+)$/u.exec(text);
  if (compared) {
    const [, sign = '', at = ''] = compared;
    const one = period(at, nowMs);
    if (!one) return null;
    return sign.startsWith('<')
      ? { from: null, below: sign === '<' ? one.from : one.below }
      : { from: sign === '>' ? one.below : one.from, below: null };
  }
  const dots = text.indexOf('..');
  if (dots === -1) {
    const one = period(text, nowMs);
    return one && { from: one.from, below: one.below };
  }
  const [left, right] = [text.slice(0, dots), text.slice(dots + 2)];
  const start = left === '' ? null : period(left, nowMs);
  const end = right === '' ? null : endOf(right, start?.ymd ?? null, nowMs);
  if ((left !== '' && !start) || (right !== '' && !end) || (!start && !end)) return null;
  const between = { from: start?.from ?? null, below: end?.below ?? null };
  return between.from !== null && between.below !== null && between.from >= between.below
    ? null
    : between;
}

const CLOCK = /^(?:(\d{1,3}):)?(\d{1,3}):(\d{2})$/u;
const UNITS = /^(?:(\d{1,4})h)?(?:(\d{1,4})(?:m|min))?(?:(\d{1,5})(s|sec)?)?$/u;

/** `90`, `90s`, `1:30`, `1:02:00`, `2m`, `1h30` in ms; null if it is none. */
function lengthOf(text: string): number | null {
  const clock = CLOCK.exec(text);
  if (clock && Number(clock[3]) > 59) return null;
  const [, h, m, s, unit] = clock ?? UNITS.exec(text) ?? [];
  if (h === undefined && m === undefined && s === undefined) return null;
  // What follows hours without a unit are minutes.
  if (!clock && h !== undefined && m === undefined && unit === undefined)
    return (Number(h) * 60 + Number(s ?? 0)) * 60_000;
  return (Number(h ?? 0) * 3600 + Number(m ?? 0) * 60 + Number(s ?? 0)) * 1000;
}

/**
 * Reads lengths: `<60`, `>=5:00`, `1:30..3:00`, `45`, which is any of that second.
 *
 * @returns ms from and below which; null if it is none, or ends before it begins
 */
export function parseLengths(text: string): Between | null {
  const compared = /^(<=|>=|<|>)(.+)$/u.exec(text);
  if (compared) {
    const [, sign = '', at = ''] = compared;
    const one = lengthOf(at);
    if (one === null) return null;
    return sign.startsWith('<')
      ? { from: null, below: sign === '<' ? one : one + 1000 }
      : { from: sign === '>' ? one + 1000 : one, below: null };
  }
  const dots = text.indexOf('..');
  if (dots === -1) {
    const one = lengthOf(text);
    return one === null ? null : { from: one, below: one + 1000 };
  }
  const [left, right] = [text.slice(0, dots), text.slice(dots + 2)];
  const [from, to] = [lengthOf(left), lengthOf(right)];
  if ((left !== '' && from === null) || (right !== '' && to === null)) return null;
  if ((from === null && to === null) || (from !== null && to !== null && from > to)) return null;
  return { from, below: to === null ? null : to + 1000 };
}
