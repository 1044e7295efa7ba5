import { isCapitals } from './plain-form.ts';
import {
  beginsRestrictive,
  isRestrictive,
  isQualifying,
  isRestrictiveInCapitals,
  saysNone,
} from './restriction-text.ts';
import {
  itemsWithin,
  itemStart,
  numbersWithin,
  restrictionsWithin,
  type ItemStart,
} from './shotlist-item.ts';
import {
  isHeadKey,
  sectionLine,
  type HeadKey,
  type Heading,
  type Label,
  type SectionLine,
  type Segment,
} from './shotlist-labels.ts';

/**
 * What a piece of the text is. Spans are in order and without gaps: each character, also of blank
 * lines, is in exactly one. `head` is a line at the head (`TRT: 02:51`), `label` what opens a part
 * (`SHOTLIST:`), `section` a line between shots, `story` running text below its label.
 */
export type ShotlistSpan = { from: number; to: number } & (
  | { kind: 'head' | 'section' | 'shot' | 'story'; index: number }
  | { kind: 'label' | 'remainder' }
);

/** As written, without the space around it. */
export type HeadLine = { key: HeadKey; text: string; value: string };

export type ListedSection = {
  text: string;
  /** Of library footage. */
  isFile: boolean;
  location: string | null;
  date: string | null;
  flags: string[];
};

export type StatedRestriction = {
  text: string;
  origin: 'head' | 'section' | 'shot';
  /** Indices of the shots that it is on; null if it is on all of them, as it is when in doubt. */
  shots: number[] | null;
};

/** Where what looks like shots is taken for some. */
export type ShotsTaken = 'anywhere' | 'below-headings' | 'nowhere';

type Zone = 'head' | 'shots' | 'transcript' | 'story';
const ZONES: Record<Heading, Zone> = {
  shots: 'shots',
  'some-shots': 'shots',
  transcript: 'transcript',
  storyline: 'story',
  synopsis: 'story',
};

/** A labelled line, which may go on over more lines; without its label from `valueFrom`. */
type Line = {
  key: HeadKey;
  from: number;
  to: number;
  valueFrom: number;
  /** Where the last of its lines begins. */
  lastFrom: number;
};

/** An entry with all of its lines. */
export type Draft = {
  /** There was no heading above it. */
  isAtHead: boolean;
  start: ItemStart;
  from: number;
  to: number;
  section: number | null;
  restrictions: number[];
  /** How many quotation marks are in it. */
  marks: number;
  lines: number;
  /** Where the last of its lines begins. */
  lastFrom: number;
};
/** Lines between two shots. */
type Block = {
  section: number;
  /** That restrict by their label. */
  lines: Line[];
  restrictions: number[];
  flags: string[];
  /** It begins footage of its own: what restricted the shots before ends. */
  isWhole: boolean;
  /** It says who filmed, or that there is no restriction. */
  isCleared: boolean;
};

/** More restrictions than these on one range of shots are on all of them. */
const MAX_ON_RANGE = 20;
/** A longer line that isn’t the rest of the one above is a paragraph. */
const MAX_WRAPPED = 80;
const FLAGS_ALONE = /^(?:\+{2,3}[^+]{1,300}\+{2,3}[\s.,;]{0,5}){1,20}$/u;
const FLAG = /\+{2,3}([^+]{1,300})\+{2,3}/gu;
const MUTE = /\((mute|part mute|muet|muette|sans son|no sound)\)/giu;

const tidy = (text: string): string => text.trim().replaceAll(/\s+/gu, ' ');
/** What an entry or a line notes between plus signs or in brackets. */
export const flagsIn = (plain: string): string[] =>
  [...plain.matchAll(FLAG), ...plain.matchAll(MUTE)].map(([, flag = '']) =>
    tidy(flag).toLowerCase(),
  );
const countOf = (text: string, sign: string): number => text.split(sign).length - 1;

/** Lines at the head that say in the shotlist what their section is. */
const OF_SECTIONS = /^(?:source|restrictions|use|dateline|location|credit)$/u;

/**
 * One pass over the lines of a text, which finds what each of them is and belongs to.
 */
export class ShotlistReader {
  /** As written, and with one form of each sign. */
  readonly text: string;
  readonly plain: string;
  readonly #segments: readonly Segment[];
  readonly #takes: ShotsTaken;

  readonly spans: ShotlistSpan[] = [];
  readonly lines: Line[] = [];
  readonly sections: (ListedSection & { from: number; to: number })[] = [];
  readonly drafts: Draft[] = [];
  readonly restrictions: StatedRestriction[] = [];
  readonly stories: { kind: 'storyline' | 'synopsis'; from: number; to: number }[] = [];
  readonly headings = new Set<Heading>();

  /** Index of the segment that is read. */
  #at = 0;
  #zone: Zone = 'head';
  #isAfterBlank = true;
  /** The entry that a line without a beginning of its own belongs to. */
  #item: Draft | null = null;
  #block: Block | null = null;
  /** Restrictions on the shots that follow. */
  #onRange: number[] = [];
  /** The labelled line that may go on. */
  #line: Line | null = null;
  /** Of the last shot that has one. */
  #number: number | null = null;
  #hasTimes = false;

  constructor(text: string, plain: string, segments: readonly Segment[], takes: ShotsTaken) {
    this.text = text;
    this.plain = plain;
    this.#segments = segments;
    this.#takes = takes;
  }

  read(): this {
    for (const [at, segment] of this.#segments.entries()) {
      this.#at = at;
      const { from, to, end, label, isBlank } = segment;
      if (isBlank) {
        this.#extend(from, end);
        this.#isAfterBlank = true;
        continue;
      }
      if (label && this.#accepts(label)) this.#label(label, segment);
      else this.#content(from, to, end);
      this.#isAfterBlank = false;
    }
    this.#closeBlock();
    this.#restrictByHead();
    this.#restrictShots();
    this.#settle();
    return this;
  }

  /** Text of a range, without the space around it. */
  textOf(from: number, to: number): string {
    const [start, stop] = this.trimmed(from, to);
    return this.text.slice(start, stop);
  }

  /** A range without the space around it. */
  trimmed(from: number, to: number): [number, number] {
    const piece = this.plain.slice(from, to);
    const start = from + (piece.length - piece.trimStart().length);
    return [start, Math.max(start, to - (piece.length - piece.trimEnd().length))];
  }

  #put(span: ShotlistSpan): void {
    const last = this.spans.at(-1);
    const isMore =
      last?.kind === span.kind &&
      ('index' in last ? last.index : -1) === ('index' in span ? span.index : -1);
    if (last && isMore) last.to = span.to;
    else if (span.to > span.from) this.spans.push(span);
  }

  /** Blank space belongs to what it follows. */
  #extend(from: number, to: number): void {
    const last = this.spans.at(-1);
    if (last) last.to = to;
    else this.#put({ kind: 'remainder', from, to });
  }

  get #takesShots(): boolean {
    return (
      this.#takes === 'anywhere' || (this.#takes === 'below-headings' && this.#zone !== 'head')
    );
  }

  get #isAmongShots(): boolean {
    return this.#zone === 'shots' || (this.#zone === 'head' && this.drafts.length > 0);
  }

  /** Words that are labels in one place are words of a sentence in another. */
  #accepts({ key, isCapitals: inCapitals }: Label): boolean {
    if (key === 'use' && this.#takes === 'nowhere') return false;
    if (isHeadKey(key)) return this.#zone !== 'story' || inCapitals || key === 'restrictions';
    return inCapitals || this.#isAfterBlank || this.#item === null;
  }

  #label(label: Label, segment: Segment): void {
    const { key } = label;
    this.#item = null;
    this.#line = null;
    if (isHeadKey(key)) {
      if (this.#isAmongShots && OF_SECTIONS.test(key))
        this.#labelledSection(key, label.to, segment);
      else this.#headLine(key, label.to, segment);
      return;
    }
    this.#closeBlock();
    this.headings.add(key);
    this.#zone = ZONES[key];
    this.#put({ kind: 'label', from: segment.from, to: label.to });
    if (key === 'storyline' || key === 'synopsis')
      this.stories.push({ kind: key, from: label.to, to: label.to });
    const hasValue = this.textOf(label.to, segment.to) !== '';
    if (hasValue) this.#content(label.to, segment.to, segment.end);
    else this.#extend(segment.from, segment.end);
  }

  #headLine(key: HeadKey, valueFrom: number, { from, to, end }: Segment): void {
    this.#put({ kind: 'head', index: this.lines.length, from, to: end });
    this.#line = { key, from, to, valueFrom, lastFrom: from };
    this.lines.push(this.#line);
  }

  /** If a line goes on the labelled one above it. */
  #continuesLine({ key, valueFrom, to: above, lastFrom }: Line, from: number, to: number): boolean {
    const value = this.textOf(valueFrom, above);
    const line = this.plain.slice(from, to).trim();
    if (this.#takesShots) {
      const { number, startMs, words } = itemStart(this.plain, from, to);
      if (number !== null || startMs !== null || words === 'mark') return false;
    }
    if (value === '') return true;
    if (this.#isAfterBlank) return false;
    const names = sectionLine(line);
    if (key !== 'restrictions' && key !== 'use')
      return names?.isNames === true && line.length <= MAX_WRAPPED;
    if (isQualifying(line)) return true;
    if (!saysNone(value)) return !this.#isParagraph(lastFrom, above, line);
    return isCapitals(line) && line.length <= MAX_WRAPPED && names?.date === null;
  }

  /** If a line begins something else than what the one above breaks off. */
  #isParagraph(aboveFrom: number, aboveTo: number, line: string): boolean {
    const word = /^\S{1,30}/u.exec(line)?.[0].length ?? 0;
    const above = this.textOf(aboveFrom, aboveTo).length;
    // A line is broken because its next word doesn't fit into the width that all have.
    const isBroken = above + 1 + word > line.length;
    return line.length > MAX_WRAPPED && !isBroken && /^\p{Lu}/u.test(line) && !isCapitals(line);
  }

  #content(from: number, to: number, end: number): void {
    const line = this.#line;
    if (line && this.#continuesLine(line, from, to)) {
      line.to = to;
      line.lastFrom = from;
      const block = this.#block;
      if (block) this.#inSection(block, from, to, end);
      else this.#put({ kind: 'head', index: this.lines.length - 1, from, to: end });
      return;
    }
    this.#line = null;
    const start = this.#takesShots ? itemStart(this.plain, from, to) : null;
    if (this.#zone === 'story') {
      const next = start && this.#zoneAfterStory(start);
      if (next === null) {
        this.#story(from, to, end);
        return;
      }
      this.#zone = next;
    }
    if (start && this.#begins(start, from, to)) this.#items(start, from, to, end);
    else if (!this.#beginsLater(from, to, end) && !this.#isSection(from, to, end))
      this.#continue(from, to, end);
  }

  #story(from: number, to: number, end: number): void {
    const index = this.stories.length - 1;
    const story = this.stories[index];
    if (story) story.to = to;
    this.#put({ kind: 'story', index, from, to: end });
    const line = this.plain.slice(from, to);
    if (isCapitals(line) && isRestrictiveInCapitals(line)) this.#restrict(from, to, 'head');
  }

  /** Shots may follow a synopsis or a note without a heading of their own. */
  #zoneAfterStory({ number, startMs, words, kind }: ItemStart): Zone | null {
    const isListed = number !== null || startMs !== null;
    const isNext = this.#number !== null && number === this.#number + 1;
    if (!(words === 'mark' || isNext || (isListed && words === 'sure'))) return null;
    return isListed || kind === 'shot' ? 'shots' : 'transcript';
  }

  #begins(start: ItemStart, from: number, to: number): boolean {
    const { number, startMs, timeStyle, words, isBulleted } = start;
    if (words === 'mark') return true;
    const isInQuote = this.#isInQuote;
    if (this.#zone === 'transcript')
      return (
        (words === 'sure' && isCapitals(this.plain.slice(start.textFrom, to).slice(0, 40))) ||
        timeStyle === 'bracketed'
      );
    // What somebody says may have numbers and times in it.
    if (number !== null)
      return !isInQuote || words === 'sure' || number === (this.#number ?? 0) + 1;
    if (startMs !== null) return timeStyle === 'bracketed' || !isInQuote || this.#hasTimes;
    if (this.#number !== null || this.#hasTimes || isInQuote) return false;
    if (this.#zone === 'head') return words === 'sure' && !this.#isSentence(from, to);
    return words !== null || isBulleted;
  }

  #isSentence(from: number, to: number): boolean {
    return to - from > 200 || /[a-z]\.\s+\p{Lu}/u.test(this.plain.slice(from, to));
  }

  get #isInQuote(): boolean {
    return this.#item !== null && this.#item.marks % 2 === 1;
  }

  #items(first: ItemStart, from: number, to: number, end: number): void {
    const starts = [from, ...itemsWithin(this.plain, to, first)];
    for (const [at, start] of starts.entries()) {
      const next = starts[at + 1];
      this.#newItem(start, next ?? to, next ?? end);
    }
  }

  #newItem(from: number, to: number, end: number): void {
    const start = itemStart(this.plain, from, to);
    this.#closeBlock();
    const index = this.drafts.length;
    const section = this.sections.length - 1;
    this.#item = {
      isAtHead: this.#zone === 'head',
      start,
      from,
      to,
      section: section === -1 ? null : section,
      restrictions: [...this.#onRange],
      marks: countOf(this.plain.slice(from, to), '"'),
      lines: 1,
      lastFrom: from,
    };
    for (const one of this.#onRange) this.restrictions[one]?.shots?.push(index);
    this.drafts.push(this.#item);
    this.#number = start.number ?? this.#number;
    this.#hasTimes ||= start.startMs !== null;
    this.#put({ kind: 'shot', index, from, to: end });
  }

  /** In a text without line breaks the first number may come after the section. */
  #beginsLater(from: number, to: number, end: number): boolean {
    if (!this.#takesShots || this.#zone !== 'shots' || this.drafts.length > 0) return false;
    const [at] = numbersWithin(this.plain, from, to, 1, '.');
    if (at === undefined) return false;
    if (!this.#isSection(from, at, at)) this.#put({ kind: 'remainder', from, to: at });
    this.#items(itemStart(this.plain, at, to), at, to, end);
    return true;
  }

  #isSection(from: number, to: number, end: number): boolean {
    const line = this.plain.slice(from, to).trim();
    if (!this.#isAmongShots || !this.#takesShots) {
      if (!isCapitals(line) || !isRestrictiveInCapitals(line)) return false;
      this.#item = null;
      this.#put({ kind: 'head', index: this.lines.length, from, to: end });
      this.lines.push({ key: 'restrictions', from, to, valueFrom: from, lastFrom: from });
      return true;
    }
    if (FLAGS_ALONE.test(line)) {
      this.#flags(from, to, end);
      return true;
    }
    const info = sectionLine(line, this.textOf(from, to));
    const restricts = this.#isRestriction(line, info);
    if (!restricts && !(info && this.#isBetweenShots(line, info))) return false;
    this.#sectionLine(from, to, end, info, restricts);
    return true;
  }

  /** A line that restricts without a label. */
  #isRestriction(line: string, info: SectionLine | null): boolean {
    if (isCapitals(line)) return isRestrictiveInCapitals(line);
    if (!info || this.#isInQuote) return false;
    const isApart = this.#isAfterBlank || this.#item === null || this.#isItemNext;
    return (
      isApart && (beginsRestrictive(line) || (/\s-{1,3}\s/u.test(line) && isRestrictive(line)))
    );
  }

  #isBetweenShots(line: string, info: SectionLine): boolean {
    const { isFile, isNames, date, isSource, location } = info;
    if (isFile || (date !== null && isNames)) return true;
    if (this.#isInQuote || !isNames) return false;
    const isApart = this.#isAfterBlank || this.#item === null;
    if (isCapitals(line)) {
      const above = this.#item;
      return (
        isApart ||
        (above !== null &&
          !isCapitals(this.plain.slice(above.from, above.to).slice(0, MAX_WRAPPED)))
      );
    }
    if (this.#block !== null && !this.#isAfterBlank) return true;
    // What a shot's text goes on with may look like names as well.
    return this.#isItemNext && (isSource || location?.includes(',') === true);
  }

  get #isItemNext(): boolean {
    const next = this.#segments[this.#segments[this.#at]?.next ?? -1];
    if (!next || next.label) return false;
    const { number, startMs, words } = itemStart(this.plain, next.from, next.to);
    return number !== null || startMs !== null || words === 'mark';
  }

  #openBlock(from: number): Block {
    this.#item = null;
    if (this.#block) return this.#block;
    const section = this.sections.length;
    const empty = { text: '', isFile: false, location: null, date: null };
    this.sections.push({ ...empty, flags: [], from, to: from });
    const none = { lines: [], restrictions: [], flags: [] };
    this.#block = { section, ...none, isWhole: false, isCleared: false };
    return this.#block;
  }

  #inSection({ section }: Block, from: number, to: number, end: number): void {
    const known = this.sections[section];
    if (known) known.to = to;
    this.#put({ kind: 'section', index: section, from, to: end });
  }

  #sectionLine(
    from: number,
    to: number,
    end: number,
    info: SectionLine | null,
    restricts: boolean,
  ): void {
    const block = this.#openBlock(from);
    const section = this.sections[block.section];
    const line = this.plain.slice(from, to);
    if (restricts) this.#restrictRange(block, from, to);
    if (info?.isSource) block.isCleared = true;
    // A name before what it restricts is a source: with it footage of its own begins.
    if (!restricts || !beginsRestrictive(line)) block.isWhole = true;
    if (section && info) {
      section.isFile ||= info.isFile;
      section.date ??= info.date;
      if (!restricts) section.location = betterPlace(section.location, info);
    }
    this.#inSection(block, from, to, end);
  }

  #labelledSection(key: HeadKey, valueFrom: number, { from, to, end }: Segment): void {
    const block = this.#openBlock(from);
    const section = this.sections[block.section];
    const value = this.plain.slice(valueFrom, to);
    const info = sectionLine(value.trim(), this.textOf(valueFrom, to));
    if (key === 'restrictions' || key === 'use') {
      block.isWhole = true;
      this.#line = { key, from, to, valueFrom, lastFrom: from };
      block.lines.push(this.#line);
    } else if (isRestrictiveInCapitals(value)) this.#restrictRange(block, from, to);
    if (key === 'source' || key === 'credit') block.isCleared = true;
    else if (section && info && (key === 'dateline' || key === 'location')) {
      section.date ??= info.date;
      section.location ??= info.location;
      block.isWhole = true;
    }
    this.#inSection(block, from, to, end);
  }

  /** Flags on a line of their own: of the shot right above, else of those that follow. */
  #flags(from: number, to: number, end: number): void {
    const above = this.#isAfterBlank ? null : this.#item;
    const line = this.plain.slice(from, to);
    const isFree = flagsIn(line).every((flag) => !isRestrictive(flag));
    if (above && isFree) {
      above.to = to;
      this.#put({ kind: 'shot', index: this.drafts.length - 1, from, to: end });
      return;
    }
    const block = this.#openBlock(from);
    if (isFree) block.flags.push(...flagsIn(line));
    else {
      this.#restrictRange(block, from, to);
      // It may as well be meant for the shot above.
      const index = block.restrictions.at(-1);
      if (above && index !== undefined) {
        above.restrictions.push(index);
        this.restrictions[index]?.shots?.push(this.drafts.length - 1);
      }
    }
    this.#inSection(block, from, to, end);
  }

  /** What a labelled line restricts: its value, or all of it where the label says it. */
  #restrictionOf({ from, valueFrom, to }: Line): [number, number] {
    const isPlain = /restriction/iu.test(this.plain.slice(from, valueFrom));
    return isPlain && this.textOf(valueFrom, to) !== '' ? [valueFrom, to] : [from, to];
  }

  /** If a labelled line restricts something. */
  #isMeant({ key, from, valueFrom, to }: Line): boolean {
    const value = this.textOf(valueFrom, to);
    if (key === 'restrictions') return !saysNone(value);
    if (key !== 'use') return isRestrictiveInCapitals(value);
    if (/rights|droits/iu.test(this.plain.slice(from, valueFrom))) return isRestrictive(value);
    return !saysNone(value) && !/^all$/iu.test(value);
  }

  #restrict(from: number, to: number, origin: StatedRestriction['origin']): number {
    const shots = origin === 'head' ? null : [];
    return this.restrictions.push({ text: this.textOf(from, to), origin, shots }) - 1;
  }

  #restrictRange(block: Block, from: number, to: number): void {
    if (block.restrictions.length >= MAX_ON_RANGE) this.#restrict(from, to, 'head');
    else block.restrictions.push(this.#restrict(from, to, 'section'));
  }

  #closeBlock(): void {
    const block = this.#block;
    this.#block = null;
    if (!block) return;
    const { lines, restrictions, flags, isWhole, section } = block;
    for (const line of lines)
      if (this.#isMeant(line)) this.#restrictRange(block, ...this.#restrictionOf(line));
      else block.isCleared = true;
    const { isCleared } = block;
    this.sections[section]?.flags.push(...flags.slice(0, MAX_ON_RANGE));
    if (restrictions.length > 0)
      this.#onRange =
        isWhole || isCleared
          ? restrictions
          : [...this.#onRange, ...restrictions].slice(0, MAX_ON_RANGE);
    else if (isCleared) this.#onRange = [];
  }

  #continue(from: number, to: number, end: number): void {
    const item = this.#item;
    if (item && this.#continuesItem(item, from, to)) {
      item.to = to;
      item.lastFrom = from;
      item.lines++;
      item.marks += countOf(this.plain.slice(from, to), '"');
      this.#put({ kind: 'shot', index: this.drafts.length - 1, from, to: end });
      return;
    }
    this.#item = null;
    this.#put({ kind: 'remainder', from, to: end });
  }

  #continuesItem(item: Draft, from: number, to: number): boolean {
    const { start, to: above, marks, lines, lastFrom } = item;
    if (this.textOf(start.textFrom, above) === '') return true;
    const line = this.plain.slice(from, to).trim();
    const isClosed = marks > 0 && marks % 2 === 0;
    if (this.#zone === 'transcript')
      return start.kind !== 'soundbite' || !isClosed || !this.#isAfterBlank;
    const isSpoken = start.kind === 'soundbite' && !isClosed;
    if (!this.#isAfterBlank)
      return isSpoken || line.startsWith('"') || !this.#isParagraph(lastFrom, above, line);
    if (!isSpoken) return false;
    if (marks > 0) return true;
    return (
      lines === 1 && (line.startsWith('"') || this.textOf(start.textFrom, above).endsWith(':'))
    );
  }

  /** Lines at the head are read when all of their lines are known. */
  #restrictByHead(): void {
    for (const line of this.lines)
      if (this.#isMeant(line)) this.#restrict(...this.#restrictionOf(line), 'head');
  }

  /** Own restrictions of a shot: in brackets, between plus signs, or after a dash in capitals. */
  #restrictShots(): void {
    for (const [index, draft] of this.drafts.entries()) {
      const [from, to] = this.trimmed(draft.start.textFrom, draft.to);
      for (const [start, stop] of restrictionsWithin(this.plain.slice(from, to))) {
        const restriction = this.#restrict(from + start, from + stop, 'shot');
        this.restrictions[restriction]?.shots?.push(index);
        draft.restrictions.push(restriction);
      }
    }
  }

  /** Restrictions that no shot follows are on all of them. */
  #settle(): void {
    for (const restriction of this.restrictions)
      if (restriction.shots?.length === 0) restriction.shots = null;
  }
}

/** A line with a date or of several names is a better place than a single word, which may be a source. */
const betterPlace = (known: string | null, { location, date }: SectionLine): string | null =>
  location !== null && (known === null || (date !== null && !known.includes(',')))
    ? location
    : known;
