import { oneLine } from '../text.ts';
import { labelled } from './labelled.ts';

export type ScriptFacts = {
  headline: string;
  slug: string;
  dateline: string;
  credit: string;
  /** Plain text, a paragraph a line. */
  script: string;
};

const CREDIT = { en: 'Credit', fr: 'Crédit' } as const;

/**
 * A script as plain text: what it is of, then its paragraphs, a blank line between them.
 *
 * @param language of the labels
 */
export function scriptText(facts: ScriptFacts, language: 'en' | 'fr'): string {
  const paragraphs = facts.script
    .split(/[\r\n\u0085\u2028\u2029]+/u)
    .map(oneLine)
    .filter((line) => line !== '');
  return `${[
    [
      oneLine(facts.headline),
      ...[facts.slug === facts.headline ? '' : facts.slug, facts.dateline]
        .map(oneLine)
        .filter((line) => line !== ''),
      ...(facts.credit === '' ? [] : [labelled[language](CREDIT[language], oneLine(facts.credit))]),
    ].join('\n'),
    ...paragraphs,
  ].join('\n\n')}\n`;
}
