import { firstWord, isCapitals } from './plain-form.ts';

/*
 * The words by which agencies structure a shotlist, in English and French. All patterns run over a
 * bounded piece of text, or look at each character a few times at most. Texts are in plain form.
 */

/** What opens a part of the text. */
const HEADINGS = {
  shots:
    'shotlist, shot list, shot-list, list of shots, video shotlist, dopesheet, dope sheet, liste des plans, liste de plans, plan par plan',
  /** Words that also head other lists. */
  'some-shots': 'shots, plans, b-roll, decoupage, description des plans',
  transcript: 'transcript, full transcript, video transcript, transcription, verbatim',
  storyline:
    'storyline, story line, background, script, narration, recit, trame, scenario, contexte, note, notes, editor note, editors note, editors notes, note to editors, note aux redactions',
  synopsis: 'synopsis, summary, description, resume, video description, story summary',
} as const;

/** Lines at the head, with the words that mark them. */
const HEAD = {
  story: 'story, histoire, sujet, title, titre, slug, headline',
  trt: 'trt, length, duration, duree, running time, total running time',
  source: 'source, sources, video source, video sources',
  restrictions:
    'restriction, restrictions, restriction summary, restrictions summary, usage restrictions, video restrictions, broadcast restrictions, restrictions on use, restrictions of use, restrictions d’utilisation, restrictions d’usage, restrictions de diffusion, mandatory credit, credit obligatoire, mention obligatoire, embargo',
  /** Restrictions in a shotlist; in other texts these words say other things. */
  use: 'access, acces, use, usage, conditions, conditions of use, conditions d’utilisation, terms of use, expires, expiry, rights, droits',
  language: 'language, languages, langue, langues, audio language',
  aspect: 'aspect ratio, aspect, ratio, format d’image, format, format de l’image',
  dateline: 'dateline, date, dates, date and place, date et lieu, date de tournage, shoot date',
  location: 'location, locations, place, lieu, lieux',
  type: 'type, sound, audio, son',
  number: 'story number, story no, story id, numero, numero du sujet, reference, ref, asset id',
  run: 'first run, first aired, lead in, lead-in, out words, last words, premiere diffusion',
  credit: 'credit, credits, courtesy, copyright, produced by, production',
} as const;

export type Heading = keyof typeof HEADINGS;
export type HeadKey = keyof typeof HEAD;
export type LabelKey = Heading | HeadKey;

const labelsOf = (table: Readonly<Record<string, string>>): [string, LabelKey][] =>
  Object.entries(table).flatMap(([key, names]) =>
    names
      .split(', ')
      .map((name): [string, LabelKey] => [name.replaceAll('’', "'"), key as 'shots']),
  );
const LABELS: ReadonlyMap<string, LabelKey> = new Map([...labelsOf(HEADINGS), ...labelsOf(HEAD)]);
const isHeading = (key: LabelKey): key is Heading => Object.hasOwn(HEADINGS, key);
export const isHeadKey = (key: LabelKey): key is HeadKey => !isHeading(key);

/** A label with what stands between it and its value. */
export type Label = {
  key: LabelKey;
  /** Offset of its value. */
  to: number;
  isCapitals: boolean;
};

/** Longer ones are no labels. */
const MAX_LABEL = 45;
const ORNAMENT = /^[\s*#=•>_[("'-]{0,12}/u;
const labelNamed = (name: string): LabelKey | null =>
  LABELS.get(
    name
      .replace(/\([^()]*\)/gu, ' ')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}'/ -]/gu, ' ')
      .replaceAll(/\s+/gu, ' ')
      .replaceAll(/^[ '-]+|[ '-]+$/gu, ''),
  ) ?? null;

/** Labels that begin their value without a colon, in capitals. */
const FIRST_WORDS = new Set([...LABELS.keys()].map(firstWord));
const BARE =
  /^(TRT|LENGTH|DURATION|DUREE)\s{1,3}[-=]?\s?(?=\d)|^(RESTRICTIONS?(?: SUMMARY)?)\s{1,3}(?=[^\s:-])|^(SHOT ?LIST|LISTE DES PLANS)\s{1,3}(?=[^\s:-])/u;
const BEFORE_DASH = /^([\p{Lu}][\p{Lu} '/]{2,30})\s?-{1,3}\s{1,3}(?=\S)/u;

/** The label that a line begins with. */
function labelAt(plain: string, from: number, to: number): Label | null {
  const piece = plain.slice(from, Math.min(to, from + MAX_LABEL + 20));
  const ornament = ORNAMENT.exec(piece)?.[0].length ?? 0;
  const start = piece.slice(ornament);
  if (!FIRST_WORDS.has(firstWord(start))) return null;
  const of = (key: LabelKey | null, name: string, length: number): Label | null =>
    key && { key, to: from + ornament + length, isCapitals: isCapitals(name) };

  const colon = start.indexOf(':');
  if (colon > 0 && colon <= MAX_LABEL) {
    const name = start.slice(0, colon);
    const after = /^[\s*=_-]{0,12}/u.exec(start.slice(colon + 1))?.[0].length ?? 0;
    const label = of(labelNamed(name), name, colon + 1 + after);
    if (label) return label;
  }
  const bare = BARE.exec(start);
  const name = bare?.slice(1).find((part) => part !== undefined);
  if (bare && name !== undefined) return of(labelNamed(name), name, bare[0].length);
  const dashed = BEFORE_DASH.exec(start);
  const key = dashed && labelNamed(dashed[1] ?? '');
  if (dashed && key) return of(key, dashed[1] ?? '', dashed[0].length);
  // Alone on its line.
  if (to - from > MAX_LABEL + ornament) return null;
  const alone = labelNamed(start);
  return alone && (isHeading(alone) || alone === 'restrictions')
    ? of(alone, start, to - from - ornament)
    : null;
}

const inCapitals = [...LABELS.keys()]
  .filter(
    (name) => name.length > 2 && !/^(?:note|notes|son|ref|use|plans|format|sound)$/u.test(name),
  )
  .map((name) => name.toUpperCase())
  .toSorted((a, b) => b.length - a.length);
const capitalised = inCapitals.map((name) => name.charAt(0) + name.slice(1).toLowerCase());
const within = (names: readonly string[]): RegExp =>
  new RegExp(String.raw`(?<=[\s|/;.,"')\]])(?<!CREDIT )(?:${names.join('|')})(?=\s{0,3}:)`, 'gu');
const WITHIN = within(inCapitals);
const WITHIN_HEAD = within([...inCapitals, ...capitalised]);

/** Where further labels are in a line, for texts without line breaks. */
function labelsWithin(line: string): number[] {
  if (!line.includes(':')) return [];
  const first = labelAt(line, 0, line.length);
  // Words with a capital alone are common in sentences, and labels among labels.
  const pattern = first && isHeadKey(first.key) ? WITHIN_HEAD : WITHIN;
  // What only ornaments come before is the label of the line itself.
  const from = first ? first.to : (ORNAMENT.exec(line)?.[0].length ?? 0) + 1;
  return Array.from(line.matchAll(pattern), ({ index }) => index).filter((at) => at >= from);
}

/** A line, or what of a line begins with a label. */
export type Segment = {
  from: number;
  /** Where its text ends. */
  to: number;
  /** Where the next one begins. */
  end: number;
  label: Label | null;
  isBlank: boolean;
  /** Index of the next one that isn't blank; -1 after the last. */
  next: number;
};

/** The lines of a text, and of lines with several labels the part of each. */
export function segmentsOf(plain: string): Segment[] {
  const segments: Segment[] = [];
  const add = (from: number, to: number, end: number): void => {
    const line = plain.slice(from, to);
    const isBlank = line.trim() === '';
    const starts = isBlank ? [from] : [0, ...labelsWithin(line)].map((at) => from + at);
    for (const [at, start] of starts.entries()) {
      const next = starts[at + 1];
      const [textTo, segmentEnd] = next === undefined ? [to, end] : [next, next];
      segments.push({
        from: start,
        to: textTo,
        end: segmentEnd,
        label: isBlank ? null : labelAt(plain, start, textTo),
        isBlank,
        next: -1,
      });
    }
  };
  let from = 0;
  for (const { index, 0: sign } of plain.matchAll(/\r\n|\r|\n/gu)) {
    add(from, index, index + sign.length);
    from = index + sign.length;
  }
  if (from < plain.length) add(from, plain.length, plain.length);
  let next = -1;
  for (let at = segments.length - 1; at >= 0; at--) {
    const segment = segments[at];
    if (!segment) continue;
    segment.next = next;
    if (!segment.isBlank) next = at;
  }
  return segments;
}

/* Views, by which shots are known. */

const SURE: readonly RegExp[] = [
  /^(?:extreme |very )?(?:wide|medium|med|mid|long|close|tight)(?:[ -]?ups?)?\.?[ -](?:shots?|views?|of|on|angles?|from|exteriors?|interiors?|pan|tracking|aerials?)\b/u,
  /^(?:extreme |very )?(?:wide|medium|med|mid|long|tight|close[ -]?ups?|cutaways?|aerials?|various|pan|tilt|zoom|establishing|exteriors?|interiors?|drone)\s?[,:;/-]/u,
  /^(?:cutaways?|close[ -]?ups?|various|aerials?|drone|panning|tracking|establishing|general|top|stills?|exteriors?|interiors?|set[ -]?ups?|time[ -]?lapse|slow motion|stock|file|archive)\s(?:shots?|views?|of|footage|images?|pictures?|exteriors?|interiors?)\b/u,
  /^(?:pan|tilt|tilt[ -](?:up|down)|zoom)\s(?:of|from|across|shots?)\b/u,
  /^(?:(?:tres )?gros plans?|plans? (?:larges?|moyens?|serres?|d'ensemble|general|generaux|rapproches?|americains?|de coupe|fixes?|aeriens?|sequences?|divers)|vues? (?:aeriennes?|generales?|d'ensemble|de|du|des|sur)|panoramiques?|travelling|contre-?plongee|divers plans?|images? (?:d'archives?|de drone))\b/u,
];
const ABBREVIATED =
  /^(?:WS|EWS|VWS|MS|MWS|MCU|CU|ECU|BCU|XCU|LS|ELS|GVS?|POV|OTS|AERIALS?|VARIOUS|WIDE|MEDIUM|MED|MID|CLOSE|CUTAWAYS?|PAN|TILT|PANORAMIQUE|TRAVELLING|TGP)(?![\p{L}\d])/u;
const LIKELY =
  /^(?:wide|medium|med|mid|long|close|tight|various|aerials?|drone|pan|tilt|zoom|track|tracking|cutaways?|establishing|exteriors?|interiors?|ext|int|stills?|stock|b-roll|general|reverse|insert|top|high|low|rear|shots?|footage|views?|plans?|gros|vues?|divers|panoramique|travelling|images?|sequence|interieur|exterieur|contre|detail|ambiance|handheld|slow|time-?lapse)\b/u;

/** Words that shots begin with; `extreme`, `very` and `tres` are on the list of patterns alone. */
const FIRST = new Set(
  'wide medium med mid long close closeup tight extreme very various aerial aerials drone pan panning panoramique panoramiques tilt zoom track tracking cutaway cutaways establishing exterior exteriors interior interiors ext int still stills stock b general reverse insert top high low rear shot shots footage view views plan plans gros tres vue vues divers travelling image images sequence interieur exterieur contre contreplongee detail ambiance handheld slow time timelapse set setup setups file archive ws ews vws ms mws mcu cu ecu bcu xcu ls els gv gvs pov ots tgp'.split(
    ' ',
  ),
);

/** Before the view there may be the place. */
const INSIDE_OR_OUT = /^(?:exteriors?|interiors?|ext|int)\.?[\s,:-]{1,3}/u;

/** If a text begins as shots do: `sure` where hardly anything else does. */
export function shotWords(plain: string): 'sure' | 'likely' | null {
  if (!FIRST.has(firstWord(plain))) return null;
  const piece = plain.slice(0, 60);
  const lower = piece.toLowerCase();
  const view = lower.replace(INSIDE_OR_OUT, '');
  if (ABBREVIATED.test(piece) || SURE.some((one) => one.test(lower) || one.test(view)))
    return 'sure';
  return LIKELY.test(lower) ? 'likely' : null;
}

const VIEWS: readonly [string, RegExp][] = [
  ['aerial', /^(?:\w+ )?(?:aerials?|drone)\b|^vues? aeriennes?|^plans? aeriens?/u],
  ['cutaway', /^cutaways?\b|^plans? de coupe\b/u],
  [
    'wide',
    /^(?:extreme |very )?(?:wide|ws|ews|vws|long|ls|els|establishing|gvs?|general)\b|^plans? (?:larges?|d'ensemble|general|generaux)\b|^vues? (?:generales?|d'ensemble)\b/u,
  ],
  ['medium', /^(?:medium|med|mid|ms|mws|mcu)\b|^plans? (?:moyens?|americains?|rapproches?)\b/u],
  [
    'close',
    /^(?:extreme |very )?(?:close|closeup|close-ups?|cu|ecu|bcu|xcu|tight)\b|^(?:tres )?gros plans?\b|^plans? serres?\b|^tgp\b/u,
  ],
  ['pan', /^pan(?:ning|oramiques?)?\b/u],
  ['tilt', /^tilt\b/u],
  ['zoom', /^zoom\b/u],
  ['tracking', /^track(?:ing)?\b|^travelling\b/u],
  ['various', /^various\b|^(?:plans )?divers\b/u],
];
/** The view that a shot begins by naming. */
export function viewOf(plain: string): string | null {
  if (!FIRST.has(firstWord(plain))) return null;
  const lower = plain
    .slice(0, 60)
    .replace(/^[^a-z\d]{1,12}/iu, '')
    .toLowerCase()
    .replace(INSIDE_OR_OUT, '');
  return VIEWS.find(([, pattern]) => pattern.test(lower))?.[0] ?? null;
}

/* Lines between shots. */

const MONTH =
  '(?:jan(?:uary|vier)?|feb(?:ruary)?|fev(?:rier)?|mar(?:ch|s)?|apr(?:il)?|avr(?:il)?|may|mai|june?|juin|july?|juil(?:let)?|aug(?:ust)?|aout|sept?(?:ember|embre)?|oct(?:ober|obre)?|nov(?:ember|embre)?|dec(?:ember|embre)?)\\.?';
const DATE = new RegExp(
  String.raw`\b(?:(?:\d{1,2}(?:st|nd|rd|th|er)?(?:\s?[-/&]\s?\d{1,2})?\s)?${MONTH}(?:\s\d{1,2}(?:st|nd|rd|th)?)?,?\s\d{4}|\d{1,2}(?:st|nd|rd|th|er)?\s${MONTH}|${MONTH}\s\d{1,2}|\d{1,2}[/.]\d{1,2}[/.](?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2}|(?:19|20)\d{2}|undated|recent|date unknown|date inconnue)(?![\p{L}\d])`,
  'iu',
);
const FILE_LINE =
  /^[\s•*([-]{0,6}(?:FILE|ARCHIVES?|LIBRARY|IMAGES? D'ARCHIVES?)(?=\s?(?:FOOTAGE|-|,|:|\(|\)|\d{4}|$))|^[\s•*([-]{0,6}(?:[Ff]ile|[Aa]rchives?|[Ii]mages? d'archives?)\s?(?:[Ff]ootage\s?)?[-:](?=\s)/u;
const SOURCE =
  /\b(?:TV\d?|TELEVISION|POOL|HANDOUT|UGC|AGENCY|AGENCE|BROADCASTER|NEWS|MEDIA|FILMS?|VIDEO|ACCESS ALL|CLIENTS ONLY|COURTESY|PHOTO|SOCIAL MEDIA)\b/u;
/** Words that names of places have in small letters. */
const SMALL =
  /^(?:of|the|near|in|at|on|off|and|de|la|le|les|du|des|d'|en|et|sur|sous|aux?|von|van|der|am|al|el)$/u;

export type SectionLine = {
  isFile: boolean;
  /** As written; null where the line has none. */
  date: string | null;
  location: string | null;
  /** Names who filmed what follows. */
  isSource: boolean;
  /** All of it looks like names: words with capitals. */
  isNames: boolean;
};

const MAX_SECTION = 160;
const TRIMMED = /^[\s•*.,:;|/()[\]\u2010-\u2015\u2212-]+|[\s•*.,:;|/()[\]\u2010-\u2015\u2212-]+$/gu;

/**
 * A line as one between shots; null for one that can't be.
 *
 * @param text the same as it is written, of which its parts are
 */
export function sectionLine(line: string, text = line): SectionLine | null {
  if (line.length > MAX_SECTION) return null;
  const file = FILE_LINE.exec(line)?.[0] ?? '';
  const rest = line.slice(file.length);
  const dated = DATE.exec(rest);
  const written = text.slice(file.length);
  const date = dated && written.slice(dated.index, dated.index + dated[0].length);
  const names = dated
    ? `${written.slice(0, dated.index)} ${written.slice(dated.index + dated[0].length)}`
    : written;
  const location = names
    .replace(/^\s?FOOTAGE\b/u, '')
    .replaceAll(TRIMMED, '')
    .replaceAll(/\s+/gu, ' ');
  const words = location
    .split(/[\s,/()\u2010-\u2015\u2212-]+/u)
    .filter((word) => /\p{L}/u.test(word));
  const isNames =
    words.every((word) => SMALL.test(word) || /^['"]?[\p{Lu}\d]/u.test(word)) &&
    !/[.!?]\s|[!?:]$/u.test(line.trim());
  const isSource = SOURCE.test(location.toUpperCase());
  return {
    isFile: file !== '',
    date,
    location: location === '' || isSource || /[:"“”«»]/u.test(location) ? null : location,
    isSource,
    isNames: isNames && (words.length > 0 || date !== null),
  };
}
