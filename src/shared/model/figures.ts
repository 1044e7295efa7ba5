import { pad2 } from '../api/text.ts';

const UNITS = { en: ['B', 'kB', 'MB', 'GB', 'TB'], fr: ['o', 'ko', 'Mo', 'Go', 'To'] };
type Language = keyof typeof UNITS;

/** Decimal units, as for disks and networks: 14.2 GB, 212 GB, 902 MB; U+00A0 before the unit. */
export const formatBytes = (bytes: number, language: Language): string =>
  withUnit(bytes, language, 3);

/** Megabytes keep a decimal, since rates change: 84.2 MB/s. */
export const formatRate = (bytesPerSecond: number, language: Language): string =>
  `${withUnit(bytesPerSecond, language, 2)}/s`;

/**
 * A plain space before the unit, for messages, logs and terminals, which are searched and copied
 * from.
 */
const plain = (figure: string): string => figure.replace('\u00a0', ' ');
export const bytesText = (bytes: number): string => plain(formatBytes(bytes, 'en'));
export const rateText = (bytesPerSecond: number): string => plain(formatRate(bytesPerSecond, 'en'));

/** @param fineFrom power of 1000 from which values under a hundred keep one decimal */
function withUnit(bytes: number, language: Language, fineFrom: number): string {
  const step = bytes < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  const digits = (step >= fineFrom && value < 100) || (step === 2 && value < 10) ? 1 : 0;
  return `${decimals(language, digits).format(value)}\u00a0${UNITS[language][step] ?? ''}`;
}

/** Cached: creating a formatter takes 80 µs, and a list of 10,000 needs 20,000 figures. */
const formats = new Map<string, Intl.NumberFormat>();
function decimals(language: Language, digits: number): Intl.NumberFormat {
  const known = formats.get(`${language}${digits}`);
  if (known) return known;
  const fresh = new Intl.NumberFormat(language, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  formats.set(`${language}${digits}`, fresh);
  return fresh;
}

/** French writes the first of a month as an ordinal, which Intl doesn't: 1er déc. */
export const ordinalDay = (date: string, language: Language): string =>
  language === 'fr' ? date.replace(/^1(?=\s)/u, '1er') : date;

/** Such as 0:51, 2:11, 1:02:05. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h}:${pad2(m)}:${pad2(s)}` : `${m}:${pad2(s)}`;
}
