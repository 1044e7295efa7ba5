import { paragraphPairs } from '../../../shared/model/side-by-side.ts';

/** Part of two versions of a text: paragraphs that both have, or one that differs. */
export type Passage =
  | { isSame: true; paragraphs: string[] }
  | { isSame: false; before: string | null; now: string | null };

/** Characters of both versions that are compared while somebody waits. */
const MAX_CHARACTERS = 400_000;

/** What two versions of a text have in common and where they differ; null if they are too long. */
export function passagesOf(before: string, now: string): Passage[] | null {
  if (before.length + now.length > MAX_CHARACTERS) return null;
  const passages: Passage[] = [];
  for (const { before: was, after: is } of paragraphPairs(before, now)) {
    const last = passages.at(-1);
    if (was !== is || was === null) passages.push({ isSame: false, before: was, now: is });
    else if (last?.isSame) last.paragraphs.push(was);
    else passages.push({ isSame: true, paragraphs: [was] });
  }
  return passages;
}
