const tied = (text: string): string =>
  text.replaceAll(/ (?=[:;?!»])/g, '\u00a0').replaceAll('« ', '«\u00a0');

/**
 * French texts with spaces that do not break before : ; ? ! and inside « », whoever wrote them and
 * whatever is put into them.
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
