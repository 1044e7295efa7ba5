/** The names of browsers and systems, in the order in which they tell: Edge says Chrome too. */
const BROWSERS: readonly [RegExp, string][] = [
  [/\bEdgA?\//u, 'Edge'],
  [/\bOPR\//u, 'Opera'],
  [/\b(?:Firefox|FxiOS)\//u, 'Firefox'],
  [/\b(?:Chrome|Chromium|CriOS)\//u, 'Chrome'],
  [/\bVersion\/[\d.]+ .*Safari\//u, 'Safari'],
];
const SYSTEMS: readonly [RegExp, string][] = [
  [/\bWindows\b/u, 'Windows'],
  [/\b(?:iPhone|iPad)\b/u, 'iOS'],
  [/\bMac OS X\b/u, 'macOS'],
  [/\bAndroid\b/u, 'Android'],
  [/\bCrOS\b/u, 'ChromeOS'],
  [/\bLinux\b/u, 'Linux'],
];
const named = (text: string, names: readonly [RegExp, string][]): string | null =>
  names.find(([pattern]) => pattern.test(text))?.[1] ?? null;

/**
 * What a browser is called, of its `User-Agent` (RFC 9110, 10.1.5), to tell one's own from another.
 * Any client can send any name.
 */
export function browserOf(userAgent: string): { browser: string | null; system: string | null } {
  return { browser: named(userAgent, BROWSERS), system: named(userAgent, SYSTEMS) };
}
