import { frenchSpacing } from '../french.ts';
import type { AssetSource, BiteSource, ShotSource } from './source.ts';
import { countWords, escapeMarkup } from './text.ts';
import { spansOf, type Span } from './timeline.ts';
import type { DemoLanguage, DemoScript } from './types.ts';

type Spoken = { shot: ShotSource; span: Span; bite: BiteSource };

export function spokenShots(source: AssetSource): Spoken[] {
  const spans = spansOf(source);
  return source.shots.flatMap((shot, i) => {
    const span = spans[i];
    return shot.bite && span ? [{ shot, span, bite: shot.bite }] : [];
  });
}

const translationInto = ({ en, fr }: BiteSource, language: DemoLanguage): string | undefined =>
  language === 'en' ? en : fr && frenchSpacing(fr, 'fr');

/** A soundbite’s words in the language, translated where a translation exists. */
export const sayingIn = (bite: BiteSource, language: DemoLanguage): string =>
  bite.language === language
    ? frenchSpacing(bite.verbatim, language)
    : (translationInto(bite, language) ?? bite.en ?? bite.verbatim);

/** Null without a translation; the original does not count as one. */
export const translationOf = (bite: BiteSource): string | null =>
  translationInto(bite, bite.language === 'en' ? 'fr' : 'en') ?? null;

const roleIn = (bite: BiteSource, language: DemoLanguage): string =>
  (language === 'fr' ? bite.roleFr : undefined) ?? bite.role;

/** Languages in which an asset is described. */
export const languagesOf = ({ headline }: Pick<AssetSource, 'headline'>): DemoLanguage[] =>
  headline.fr === undefined ? ['en'] : ['en', 'fr'];

/** Commentary and soundbites alternating: paragraph, soundbite, …, then the remainder. */
export function turnsOf(source: AssetSource, language: DemoLanguage): (string | Spoken)[] {
  const paragraphs = (source.script[language] ?? []).map((text) => frenchSpacing(text, language));
  const spoken = spokenShots(source);
  return Array.from({ length: Math.max(paragraphs.length, spoken.length) }, (_, i) => [
    paragraphs[i],
    spoken[i],
  ])
    .flat()
    .filter((turn) => turn !== undefined);
}

/** None for an asset without commentary and soundbites. */
export function scriptsOf(source: AssetSource): DemoScript[] {
  return languagesOf(source).flatMap((language) => {
    const all = turnsOf(source, language);
    if (all.length === 0) return [];
    const blocks = all.map((turn) => {
      if (typeof turn === 'string') return { html: `<p>${escapeMarkup(turn)}</p>`, text: turn };
      const saying = sayingIn(turn.bite, language);
      const who = `${turn.bite.speaker}, ${roleIn(turn.bite, language)}`;
      return {
        html: `<blockquote><p>${escapeMarkup(saying)}</p><p><cite>${escapeMarkup(who)}</cite> ${turn.span.in}</p></blockquote>`,
        text: `${saying} (${who}, ${turn.span.in})`,
      };
    });
    const text = blocks.map((block) => block.text).join('\n');
    return [
      {
        language,
        html: blocks.map((block) => block.html).join('\n'),
        text,
        wordCount: countWords(text),
      },
    ];
  });
}
