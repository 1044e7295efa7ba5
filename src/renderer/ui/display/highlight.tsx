import { foldText } from '../../../shared/api/text.ts';

/**
 * Splits `text` at the matches of the query's words, ignoring accents and case as the search does.
 */
export function splitAtWords(text: string, query: string): { text: string; isMatch: boolean }[] {
  const words = foldText(query)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 1);
  // Removing accents changes string lengths, so offsets are only valid in composed (NFC) text.
  const letters = Array.from(text.normalize('NFC'));
  const folded = letters.map((letter) => foldText(letter).charAt(0) || letter).join('');
  const hit = Array.from(letters, () => false);
  for (const word of words) {
    for (let at = folded.indexOf(word); at !== -1; at = folded.indexOf(word, at + word.length))
      hit.fill(true, at, at + word.length);
  }
  const parts: { text: string; isMatch: boolean }[] = [];
  letters.forEach((letter, index) => {
    const last = parts.at(-1);
    const isMatch = hit[index] ?? false;
    if (last && last.isMatch === isMatch) last.text += letter;
    else parts.push({ text: letter, isMatch });
  });
  return parts;
}

export function Highlight({
  text,
  query,
  className,
}: {
  text: string;
  query: string;
  className?: string | undefined;
}) {
  return splitAtWords(text, query).map((part, index) =>
    part.isMatch ? (
      <mark className={className} key={index}>
        {part.text}
      </mark>
    ) : (
      <span key={index}>{part.text}</span>
    ),
  );
}
