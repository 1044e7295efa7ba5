import { formatBytes, ordinalDay } from '../../shared/model/figures.ts';

export { formatBytes, formatDuration, formatRate } from '../../shared/model/figures.ts';

/** Figures as newsrooms write them. All take the language, so that one page never mixes two. */
export type Language = 'en' | 'fr';

/** Day before month in both. */
const LOCALES = { en: 'en-GB', fr: 'fr-FR' };

export const formatNumber = (n: number, language: Language): string =>
  new Intl.NumberFormat(language).format(n);
export const formatPercent = (fraction: number, language: Language): string =>
  new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 }).format(fraction);
export const formatTime = (ms: number, language: Language): string =>
  new Intl.DateTimeFormat(LOCALES[language], {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(ms);
const DAY = { day: 'numeric', month: 'short' } as const;
const DATE = { ...DAY, year: 'numeric' } as const;
const dateText = (ms: number, language: Language, parts: Intl.DateTimeFormatOptions): string =>
  ordinalDay(new Intl.DateTimeFormat(LOCALES[language], parts).format(ms), language);

export const formatDate = (ms: number, language: Language): string => dateText(ms, language, DATE);
/** 24 November 2026. */
export const formatLongDate = (ms: number, language: Language): string =>
  dateText(ms, language, { ...DATE, month: 'long' });

export const isSameDay = (ms: number, nowMs: number): boolean =>
  new Date(ms).toDateString() === new Date(nowMs).toDateString();

/** Today: the time alone; this year: day and month; else the whole date. */
export function formatWhen(ms: number, nowMs: number, language: Language): string {
  if (isSameDay(ms, nowMs)) return formatTime(ms, language);
  const [then, now] = [new Date(ms), new Date(nowMs)];
  if (then.getFullYear() === now.getFullYear()) return dateText(ms, language, DAY);
  return formatDate(ms, language);
}

/** What is no code in the sense of BCP 47, such as `en_US`, is shown as the service sends it. */
function displayName(type: 'region' | 'language', code: string, language: Language): string {
  try {
    return new Intl.DisplayNames(language, { type, fallback: 'code' }).of(code) ?? code;
  } catch (thrown) {
    if (thrown instanceof RangeError) return code;
    throw thrown;
  }
}
export const countryName = (code: string, language: Language): string =>
  displayName('region', code, language);
export const languageName = (code: string, language: Language): string =>
  displayName('language', code, language);

/** 24 Nov; with the year when it is not this one. */
export function formatDay(ms: number, language: Language): string {
  const sameYear = new Date(ms).getFullYear() === new Date().getFullYear();
  return dateText(ms, language, sameYear ? DAY : DATE);
}

/** Time only if today, otherwise day and time. */
export const formatMoment = (ms: number, nowMs: number, language: Language): string =>
  isSameDay(ms, nowMs)
    ? formatTime(ms, language)
    : `${formatDay(ms, language)}, ${formatTime(ms, language)}`;

/** The moment of publication as the service states it, in UTC: 24 Nov 2026, 09:10 UTC. */
export function formatPublished(ms: number, language: Language): string {
  const parts = {
    ...DATE,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: 'UTC',
  } as const;
  return `${dateText(ms, language, parts)} UTC`;
}

/** 8.8 of 14.2 GB: the unit once when it is the same. */
export function formatPart(
  part: number,
  whole: number,
  language: Language,
  join: (part: string, whole: string) => string,
): string {
  const [a, b] = [formatBytes(part, language), formatBytes(whole, language)];
  const [value, unit] = a.split('\u00a0');
  return join(unit === b.split('\u00a0')[1] ? (value ?? a) : a, b);
}

/** Sizes that are powers of two, like pieces: 8 MiB. */
export function formatBinary(bytes: number, language: Language): string {
  const units = language === 'fr' ? ['o', 'Kio', 'Mio', 'Gio'] : ['B', 'KiB', 'MiB', 'GiB'];
  const step = Math.min(3, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(bytes / 1024 ** step)}\u00a0${units[step] ?? ''}`;
}

/** The end of a long path. */
export const shortPath = (path: string): string =>
  path.length <= 24 ? path : `…${/[\\/][^\\/]+$/.exec(path)?.[0] ?? path}`;
