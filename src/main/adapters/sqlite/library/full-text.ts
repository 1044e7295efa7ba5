/**
 * What a person typed as an FTS5 expression: every word must be there, each as a prefix, in any
 * column. Null where there is no word. Quoting makes operators and punctuation of FTS5 plain text.
 */
export function matchExpression(text: string): string | null {
  const words = text.normalize('NFC').match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  return words.length === 0
    ? null
    : words
        .slice(0, 20)
        .map((word) => `"${word}"*`)
        .join(' ');
}
