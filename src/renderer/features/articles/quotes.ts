import { foldText } from '../../../shared/api/text.ts';
import type { AssetView } from '../../state/views.ts';
import { mapText } from './text-map.ts';

type Soundbite = AssetView['soundbites'][number];
export type PlayableBite = { asset: AssetView; bite: Soundbite };
/** One that a text quotes, in its own words or in translation. */
export type QuotedBite = PlayableBite & { words: string };

/** What was said, apart from quotes, spacing, case and accents. */
const bare = (text: string): string =>
  foldText(text)
    .replaceAll(/[\s\p{P}\p{S}]+/gu, ' ')
    .trim();

/** Shorter ones are said by many. */
const LEAST_WORDS = 3;

/** Soundbites whose time in their film is known and whose preview can be played. */
export const playableBites = (assets: readonly AssetView[]): PlayableBite[] =>
  assets
    .filter(({ hasPreview }) => hasPreview)
    .flatMap((asset) =>
      asset.soundbites
        .filter(({ startMs }) => startMs !== null)
        .map((bite): PlayableBite => ({ asset, bite })),
    );

/** What is in quotation marks, folded as `mapText` does: curly ones are straight there. */
const QUOTED = /"([^"\n]+)"|«([^»\n]+)»|„([^"\n]+)"|‹([^›\n]+)›/gu;

/** The soundbite that a quotation is. */
function biteOf(quotation: string, bites: readonly PlayableBite[]): QuotedBite | null {
  const said = bare(quotation);
  if (said.split(' ').length < LEAST_WORDS) return null;
  for (const playable of bites)
    for (const words of [playable.bite.verbatim, playable.bite.translation])
      if (words !== null && bare(words) === said) return { ...playable, words };
  return null;
}

/**
 * Makes each sentence in quotation marks, and each block quotation, that is a soundbite a link that
 * plays it. Returns them in the order of the text; a link has its index as `data-bite`.
 * @param label of a link, from the speaker
 */
export function linkQuotes(
  root: Element,
  bites: readonly PlayableBite[],
  label: (speaker: string) => string,
): QuotedBite[] {
  if (bites.length === 0) return [];
  const linked: QuotedBite[] = [];
  const wrap = (range: Range, found: QuotedBite): void => {
    if (range.commonAncestorContainer.parentElement?.closest('a, .quotelink')) return;
    const link = root.ownerDocument.createElement('a');
    link.className = 'quotelink';
    link.dataset['bite'] = String(linked.push(found) - 1);
    link.tabIndex = 0;
    link.setAttribute('role', 'button');
    link.setAttribute('aria-expanded', 'false');
    link.setAttribute('aria-description', label(found.bite.speaker));
    link.append(range.extractContents());
    range.insertNode(link);
  };
  for (const block of root.querySelectorAll('p, li, dd, td, blockquote')) {
    if (block.querySelector('p, li, dd, td') || block.closest('.own')) continue;
    const whole = block.closest('blockquote') ? biteOf(block.textContent, bites) : null;
    if (whole) {
      const range = root.ownerDocument.createRange();
      range.selectNodeContents(block);
      wrap(range, whole);
      continue;
    }
    const map = mapText(block);
    const found = [...map.folded.matchAll(QUOTED)].flatMap((match) => {
      const bite = biteOf(match.slice(1).find((part) => part !== undefined) ?? '', bites);
      return bite ? [{ bite, range: map.rangeOf(match.index, match.index + match[0].length) }] : [];
    });
    for (const { range, bite } of found) wrap(range, bite);
  }
  return linked;
}
