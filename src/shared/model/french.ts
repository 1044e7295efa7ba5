/** U+00A0 before a colon and inside guillemets, U+202F before ; ! and ?. */
const tied = (text: string): string =>
  text.replaceAll(/ (?=[:»])|(?<=«) /g, '\u00a0').replaceAll(/[ \u00a0](?=[;!?])/g, '\u202f');

/**
 * French texts with the spaces that typography asks for and that never break a line, whatever is
 * put into the texts.
 */
export function keptTogether<T>(texts: T): T {
  if (typeof texts === 'string') return tied(texts) as T;
  if (typeof texts === 'function')
    return ((...figures: unknown[]) =>
      keptTogether((texts as (...figures: unknown[]) => unknown)(...figures))) as T;
  if (Array.isArray(texts)) return texts.map(keptTogether) as T;
  if (typeof texts === 'object' && texts !== null)
    return Object.fromEntries(
      Object.entries(texts).map(([name, text]) => [name, keptTogether(text as unknown)]),
    ) as T;
  return texts;
}
