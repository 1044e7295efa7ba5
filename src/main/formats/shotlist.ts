import { plainForm } from './plain-form.ts';
import { isRestrictive } from './restriction-text.ts';
import { sayingIn, type ItemKind, type ItemStart, type Saying } from './shotlist-item.ts';
import { segmentsOf, viewOf, type HeadKey } from './shotlist-labels.ts';
import {
  flagsIn,
  ShotlistReader,
  type Draft,
  type HeadLine,
  type ListedSection,
  type ShotlistSpan,
  type ShotsTaken,
  type StatedRestriction,
} from './shotlist-reader.ts';
import { lengthOf, timed, type ShotTimes } from './shotlist-times.ts';
import { languageTags } from './spoken-languages.ts';

/*
 * Shotlists as agencies write them into descriptions, with the labels of UNifeed and AP in English and
 * French, and the transcripts of military channels. Their order and signs vary from text to text, so
 * nothing is required: what isn't understood is left where it is.
 */

export type ListedShot = ShotTimes &
  Saying & {
    kind: ItemKind;
    /** As given; null for one that has none. */
    number: number | null;
    /** All lines of it, after number and time. */
    text: string;
    /** `wide`, `close`, `aerial`, … */
    view: string | null;
    /** Lower case: `mute`, `quality as incoming`; also those of its section. */
    flags: string[];
    /** Index of the section that it is in. */
    section: number | null;
    /** Indices of the restrictions on it; those on the whole are not among them. */
    restrictions: number[];
  };

export type Shotlist = {
  /** False for ordinary text: there are no shots then, but maybe restrictions. */
  isShotlist: boolean;
  head: {
    trtMs: number | null;
    story: string | null;
    source: string | null;
    dateline: string | null;
    aspectRatio: string | null;
    /** Tags (BCP 47) of those that are known. */
    languages: string[];
    lines: HeadLine[];
  };
  sections: ListedSection[];
  shots: ListedShot[];
  restrictions: StatedRestriction[];
  stories: { kind: 'storyline' | 'synopsis'; text: string }[];
  /** What is none of these. */
  remainder: string;
  spans: ShotlistSpan[];
};

function shotOf(reader: ShotlistReader, draft: Draft): ListedShot {
  const { start, section } = draft;
  const [textFrom, textTo] = reader.trimmed(start.textFrom, draft.to);
  // One that is a number or a time alone.
  const [from, to] = textFrom < textTo ? [textFrom, textTo] : reader.trimmed(draft.from, draft.to);
  const [text, plain] = [reader.text.slice(from, to), reader.plain.slice(from, to)];
  const isSaying = start.kind === 'soundbite' || (start.isUpsound && plain.includes('"'));
  const { endMs, startMs } = start;
  const isRange = endMs !== null && startMs !== null && endMs > startMs;
  const flags = [
    ...(start.isUpsound ? ['upsound'] : []),
    ...flagsIn(plain).filter((flag) => !isRestrictive(flag)),
    ...(section === null ? [] : (reader.sections[section]?.flags ?? [])),
  ];
  return {
    ...(isSaying
      ? sayingIn(text, plain)
      : { language: null, speaker: null, role: null, quote: null }),
    kind: start.kind,
    number: start.number,
    startMs,
    endMs: isRange ? endMs : null,
    end: isRange ? 'stated' : null,
    fault: null,
    text,
    view: start.kind === 'shot' ? viewOf(plain) : null,
    flags: [...new Set(flags)],
    section,
    restrictions: draft.restrictions,
  };
}

/** Lines that hardly stand above anything else than a shotlist. */
const TELLING: readonly HeadKey[] = ['trt', 'restrictions', 'aspect', 'number', 'run'];

/** If what looks like shots is a shotlist, and not the numbers or times of other lists. */
function isShotlist({ drafts, headings, lines }: ShotlistReader): boolean {
  const words = drafts.map(({ start }) => start.words);
  const sure = words.filter((one) => one === 'sure' || one === 'mark').length;
  if (headings.has('shots')) return drafts.length > 0;
  if (headings.has('transcript') && words.includes('mark')) return true;
  const keys = new Set(lines.map(({ key }) => key));
  if (keys.size >= 2 && TELLING.some((key) => keys.has(key))) return sure >= 1;
  return sure >= 2 && sure * 2 >= drafts.length && drafts.some(({ start }) => isTelling(start));
}
/** Credits name graphics and voices too. */
const isTelling = ({ words, kind }: ItemStart): boolean => words === 'sure' || kind === 'soundbite';

/**
 * Reads a text that may be a shotlist: plain, with the line breaks that it has. The work is
 * proportional to its length.
 *
 * Restrictions are read strictly: what stands where they are stated is one unless it says `none` and
 * no more, and one that can't be assigned to shots is on all of them.
 */
export function parseShotlist(text: string): Shotlist {
  const plain = plainForm(text);
  const segments = segmentsOf(plain);
  const read = (takes: ShotsTaken) => new ShotlistReader(text, plain, segments, takes).read();
  const anywhere = read('anywhere');
  const { headings, drafts } = anywhere;
  const hasHeading = headings.has('shots') || headings.has('transcript');
  // What a list is headed by tells it from other lists above.
  const candidate =
    hasHeading && drafts.some(({ isAtHead }) => isAtHead) ? read('below-headings') : anywhere;
  const isOne = isShotlist(candidate);
  const reader = isOne ? candidate : read('nowhere');

  const lines = reader.lines.map(({ key, from, valueFrom, to }) => ({
    key,
    text: reader.textOf(from, to),
    value: reader.textOf(valueFrom, to),
  }));
  const first = (key: HeadKey): string | null =>
    lines.find((line) => line.key === key && line.value !== '')?.value ?? null;
  const trtMs = lengthOf(first('trt'));
  const languages = languageTags(first('language') ?? first('type') ?? '');
  const ratio = /^(\d{1,2}(?:[.,]\d{1,2})?)\s?[:x/]\s?(\d{1,2})(?!\d)/iu.exec(
    plainForm((first('aspect') ?? '').slice(0, 20)),
  );
  return {
    isShotlist: isOne,
    head: {
      trtMs,
      story: first('story'),
      source: first('source'),
      dateline: first('dateline'),
      aspectRatio: ratio ? `${ratio[1]}:${ratio[2]}` : null,
      languages,
      lines,
    },
    sections: reader.sections.map(({ from, to, ...section }) => ({
      ...section,
      text: reader.textOf(from, to),
    })),
    shots: timed(
      reader.drafts.map((draft) => shotOf(reader, draft)),
      trtMs,
    ),
    restrictions: reader.restrictions,
    stories: reader.stories.map(({ kind, from, to }) => ({ kind, text: reader.textOf(from, to) })),
    remainder: reader.spans
      .filter(({ kind }) => kind === 'remainder')
      .map(({ from, to }) => text.slice(from, to))
      .join('')
      .trim(),
    spans: reader.spans,
  };
}
