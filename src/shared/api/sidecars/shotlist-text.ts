import { oneLine, pad2 } from '../text.ts';
import { labelled } from './labelled.ts';
import { shotTypeName } from './shot-types.ts';
import type { SheetRestriction } from './rights-sheet.ts';

/** A shot of any source; what its source doesn't say is null or absent. */
export type ListedShot = {
  n: number;
  in: string | null;
  out: string | null;
  startMs: number | null;
  durationMs: number | null;
  text: string;
  location?: string | undefined;
  type?: string | undefined;
  language?: string | undefined;
  speaker?: string | undefined;
  quote?: string | undefined;
  restrictionIds: readonly string[];
};
export type ShotlistFacts = {
  headline: string;
  slug: string;
  credit: string;
  shots: readonly ListedShot[];
  restrictions: readonly (Pick<SheetRestriction, 'note'> & { id: string })[];
};

export const shotlistWords = {
  en: {
    title: (shots: number) => (shots === 1 ? 'SHOTLIST, 1 shot' : `SHOTLIST, ${shots} shots`),
    place: 'Place',
    type: 'Type',
    language: 'Language',
    speaker: 'Speaker',
    quote: 'Quote',
    restriction: 'Restriction',
    credit: 'Credit',
    labelled: labelled.en,
  },
  fr: {
    title: (shots: number) =>
      shots === 1 ? 'LISTE DES PLANS, 1 plan' : `LISTE DES PLANS, ${shots} plans`,
    place: 'Lieu',
    type: 'Valeur de plan',
    language: 'Langue',
    speaker: 'Personne',
    quote: 'Citation',
    restriction: 'Restriction',
    credit: 'Crédit',
    labelled: labelled.fr,
  },
};

/** As in `0:04` or `1:02:03`, cut to the second. */
function clockOf(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const [hours, minutes, rest] = [
    Math.floor(seconds / 3600),
    Math.floor(seconds / 60) % 60,
    seconds % 60,
  ];
  return hours > 0 ? `${hours}:${pad2(minutes)}:${pad2(rest)}` : `${minutes}:${pad2(rest)}`;
}

/** Timecodes, else times in the film, as far as they are known. */
function spanOf({ in: from, out, startMs, durationMs }: ListedShot): string {
  if (from !== null) return out === null ? from : `${from} - ${out}`;
  if (startMs === null) return '';
  const start = clockOf(startMs);
  return durationMs === null ? start : `${start} - ${clockOf(startMs + durationMs)}`;
}

/**
 * A shotlist as plain text: a block a shot, its number and times first, a line for each fact.
 *
 * @param language of the labels
 */
export function shotlistText(facts: ShotlistFacts, language: 'en' | 'fr'): string {
  const words = shotlistWords[language];
  const notes = new Map(facts.restrictions.map(({ id, note }) => [id, note]));
  const blocks = facts.shots.map((shot) => {
    const lines: [label: string, value: string | undefined][] = [
      [words.place, shot.location],
      [words.type, shot.type && shotTypeName(shot.type, language)],
      [words.language, shot.language === 'und' ? undefined : shot.language],
      [words.speaker, shot.speaker],
      [words.quote, shot.quote],
      ...shot.restrictionIds.map((id): [string, string] => [
        words.restriction,
        notes.get(id) ?? id,
      ]),
    ];
    return [
      `${shot.n}. ${spanOf(shot)}`.trimEnd(),
      oneLine(shot.text),
      ...lines.flatMap(([label, value = '']) =>
        value === '' ? [] : [words.labelled(label, oneLine(value))],
      ),
    ].join('\n');
  });
  return `${[
    [
      words.title(facts.shots.length),
      oneLine(facts.headline),
      ...(facts.slug === facts.headline ? [] : [oneLine(facts.slug)]),
      ...(facts.credit === '' ? [] : [words.labelled(words.credit, oneLine(facts.credit))]),
    ].join('\n'),
    ...blocks,
  ].join('\n\n')}\n`;
}
