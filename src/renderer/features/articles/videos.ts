import { foldText } from '../../../shared/api/text.ts';

/** What is known of a related video before and after its details have been read. */
export type PlacedVideo = { id: string; headline: string; speakers: readonly string[] };

/** Shorter words are in every paragraph. */
const LEAST_LETTERS = 5;
/** So many words of its headline make a paragraph speak of a video. */
const LEAST_WORDS = 2;

const wordsOf = (text: string): string[] =>
  foldText(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length >= LEAST_LETTERS);

/** So that a plural meets its singular: the first letters, without the ending. */
const stem = (word: string): string => word.slice(0, Math.max(LEAST_LETTERS, word.length - 2));

/**
 * After which paragraph each video stands: the one that has the most words of its headline, or names
 * who speaks in it. One that nothing speaks of stands after the first paragraph, further ones at the
 * end.
 * @param paragraphs their texts, in their order
 * @returns the index of a paragraph by the id of a video; `paragraphs.length` is the end
 */
export function placeVideos(
  paragraphs: readonly string[],
  videos: readonly PlacedVideo[],
): Map<string, number> {
  const words = paragraphs.map((text) => new Set(wordsOf(text).map(stem)));
  const folded = paragraphs.map(foldText);
  const places = new Map<string, number>();
  const homeless: string[] = [];
  for (const { id, headline, speakers } of videos) {
    const own = [...new Set(wordsOf(headline).map(stem))];
    const scores = words.map((of, at) => {
      const speaks = speakers.some(
        (name) => name.length >= LEAST_LETTERS && folded[at]?.includes(foldText(name)),
      );
      return own.filter((word) => of.has(word)).length + (speaks ? LEAST_WORDS : 0);
    });
    const most = Math.max(0, ...scores);
    if (most >= LEAST_WORDS) places.set(id, scores.indexOf(most));
    else homeless.push(id);
  }
  const isFirstTaken = [...places.values()].includes(0);
  for (const [at, id] of homeless.entries())
    places.set(id, at === 0 && !isFirstTaken && paragraphs.length > 0 ? 0 : paragraphs.length);
  return places;
}
