import { languageTag } from './spoken-languages.ts';
import { firstWord, isCapitals } from './plain-form.ts';
import { beginsRestrictive, isRestrictive } from './restriction-text.ts';
import { shotWords } from './shotlist-labels.ts';

/*
 * One entry of a shotlist: how it begins, and what is said in it. Places are offsets in the plain form
 * of the text, which are those of the text itself.
 */

export type ItemKind = 'shot' | 'soundbite' | 'graphic' | 'voiceover';

export type ItemStart = {
  number: number | null;
  /** How its number is written, so that others of a line are found: `.` or `)`. */
  numberSign: '.' | ')' | null;
  startMs: number | null;
  endMs: number | null;
  /** `bare` where no brackets are around the time. */
  timeStyle: 'bare' | 'bracketed' | null;
  isBulleted: boolean;
  kind: ItemKind;
  isUpsound: boolean;
  /** If its words are those of shots, or a mark such as `SOUNDBITE` is there. */
  words: 'mark' | 'sure' | 'likely' | null;
  /** Offset of its text. */
  textFrom: number;
};

const LEAD = /^[\s•*>-]{0,10}/u;
const NUMBER =
  /^(?:(?:shot|plan|scene|#)\s{0,2}(\d{1,3})(?!\d)\s{0,2}[.):-]?|\((\d{1,3})\)|(\d{1,3})\s?([.)])(?!\d)|(\d{1,3})(?:\s?-|:)(?=\s))\s{0,5}/iu;
const TIME = String.raw`(\d{1,2})[:'](\d{2})(?::(\d{2}))?(?:[:;.,]\d{2,3})?(?:"|'')?`;
const RANGE = new RegExp(
  String.raw`^(?:TC[RI]?:?\s|@\s?|DE\s|FROM\s)?([[({<])?\s{0,2}${TIME}(?:\s{0,2}(?:->|-|~|/|to|a)\s{0,2}${TIME})?(?!:?\d)\s{0,2}[\])}>]?(?=[\s.,:;-]|$|[\p{L}"(])[\s.,:;•-]{0,6}`,
  'iu',
);

/** ms of what is written as minutes and seconds or with hours; null for what is no time. */
function msOf(first = '', second = '', third?: string): number | null {
  const [hours, minutes, seconds] =
    third === undefined ? ['0', first, second] : [first, second, third];
  if (Number(seconds) > 59 || (third !== undefined && Number(minutes) > 59)) return null;
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}

const MARK = String.raw`^[-*("'\s]{0,8}`;
const SOUNDBITE = [
  new RegExp(
    String.raw`${MARK}(?:SOUND[ -]?BITES?|EXTRAITS? SONORES?|VOX POPS?)(?![\p{L}\d])`,
    'u',
  ),
  new RegExp(
    String.raw`${MARK}(?:sound[ -]?bites?|extraits? sonores?)(?=\s{0,3}[-*):,("'/]|\s{1,3}(?:in|en)\s|\s{0,3}$)`,
    'iu',
  ),
  new RegExp(String.raw`${MARK}(?:SOT|SONORE|BITE|ITW|INTERVIEW)(?=\s{0,3}[(:-])`, 'u'),
];
const UPSOUND = new RegExp(
  String.raw`${MARK}(?:UP[ -]?SOUND|NAT(?:URAL)? ?SO(?:UND|T)|AMBIENT SOUND|SON D\x27AMBIANCE|SON AMBIANT|[Uu]p[ -]?sound(?=\s{0,3}[-:,(]))(?![\p{L}\d])`,
  'u',
);
const GRAPHIC = new RegExp(
  String.raw`${MARK}(?:(?:ON[ -]SCREEN )?TEXT ON(?: THE)? SCREEN|ON[ -]SCREEN TEXT|GRAPHICS?|INFOGRAPH\p{Lu}{2,4}|GRAPHIQUE|TEXTE A L\x27ECRAN|LOWER THIRD|SUPER(?=\s?:)|TITLE CARD|[Gg]raphics?(?=\s?:)|[Tt]ext on screen(?=\s?[:-])|[Tt]exte a l\x27ecran(?=\s?[:-]))(?![\p{L}\d])`,
  'u',
);
const VOICEOVER = new RegExp(
  String.raw`${MARK}(?:VOICE[ -]?OVERS?|VOIX[ -]OFF|V/O|VO(?=\s?[:(-])|NARRATOR(?=\s?[:-])|COMMENTAIRE(?=\s?[:-])|[Vv]oice-?over(?=\s?[:-])|[Vv]oix off(?=\s?[:-]))(?![\p{L}\d])`,
  'u',
);

const MARKS = new Set(
  'sound soundbite soundbites extrait extraits vox sot sonore bite itw interview up upsound nat nats natsot natural naturalsound ambient son on text graphic graphics infographie infographies infographic infographics graphique texte lower super title voice voiceover voiceovers voix v vo narrator commentaire'.split(
    ' ',
  ),
);

function kindOf(piece: string): { kind: ItemKind; isUpsound: boolean; isMarked: boolean } {
  if (!MARKS.has(firstWord(piece))) return { kind: 'shot', isUpsound: false, isMarked: false };
  const marked = (kind: ItemKind, isUpsound = false) => ({ kind, isUpsound, isMarked: true });
  if (SOUNDBITE.some((pattern) => pattern.test(piece))) return marked('soundbite');
  if (UPSOUND.test(piece)) return marked('shot', true);
  if (GRAPHIC.test(piece)) return marked('graphic');
  if (VOICEOVER.test(piece)) return marked('voiceover');
  return { kind: 'shot', isUpsound: false, isMarked: false };
}

/** Number, time and marks with which a line may begin; whether it is an item is for its reader to say. */
export function itemStart(plain: string, from: number, to: number): ItemStart {
  const piece = plain.slice(from, Math.min(to, from + 160));
  const lead = LEAD.exec(piece)?.[0] ?? '';
  let at = lead.length;
  const numbered = NUMBER.exec(piece.slice(at));
  at += numbered?.[0].length ?? 0;
  const given = numbered && (numbered[1] ?? numbered[2] ?? numbered[3] ?? numbered[5]);
  const ranged = RANGE.exec(piece.slice(at));
  const startMs = ranged ? msOf(ranged[2], ranged[3], ranged[4]) : null;
  if (startMs !== null) at += ranged?.[0].length ?? 0;
  const text = piece.slice(at);
  // Marks may have ornaments, which a lead without a number has taken.
  const { kind, isUpsound, isMarked } = kindOf(text);
  return {
    number: given ? Number(given) : null,
    numberSign: (numbered?.[4] as '.' | ')' | undefined) ?? null,
    startMs,
    endMs:
      startMs === null || ranged?.[5] === undefined ? null : msOf(ranged[5], ranged[6], ranged[7]),
    timeStyle: startMs === null ? null : ranged?.[1] === undefined ? 'bare' : 'bracketed',
    isBulleted: /[•*>-]/u.test(lead),
    kind,
    isUpsound,
    words: isMarked ? 'mark' : shotWords(text),
    textFrom: from + at,
  };
}

const SPACE = /\s/u;
/**
 * Where more items begin in the line of one, for texts without line breaks: the next numbers in their
 * order, or else times written in the same way.
 */
export function itemsWithin(plain: string, to: number, first: ItemStart): number[] {
  if (first.number !== null && first.numberSign !== null)
    return numbersWithin(plain, first.textFrom, to, first.number + 1, first.numberSign);
  return first.timeStyle === null ? [] : timesWithin(plain, first.textFrom, to, first);
}

/** Where `1.`, `2.` and so on stand, each after the one before. */
export function numbersWithin(
  plain: string,
  from: number,
  to: number,
  first: number,
  sign: '.' | ')',
): number[] {
  const text = plain.slice(from, to);
  const found: number[] = [];
  let at = 0;
  for (let number = first; number < 1000; number++) {
    const next = numberAt(text, at, number, sign);
    if (next === -1) break;
    found.push(from + next);
    at = next + 2;
  }
  return found;
}

function numberAt(text: string, from: number, number: number, sign: string): number {
  const written = `${number}${sign}`;
  for (let at = text.indexOf(written, from); at !== -1; at = text.indexOf(written, at + 1)) {
    const start = text[at - 1] === '0' && number < 10 ? at - 1 : at;
    const before = text[start - 1] ?? ' ';
    if (
      SPACE.test(before) &&
      /^\s{0,3}[\p{L}"([*-]/u.test(text.slice(at + written.length, at + written.length + 4))
    )
      return start;
  }
  return -1;
}

const BRACKETED =
  /(?<=\s)[[(]\d{1,2}:\d{2}(?::\d{2})?(?:[:;.,]\d{2})?(?:\s?-\s?[\d:.;]{4,11})?[\])](?=\s)/gu;
const BARE = /(?<=\s)\d{1,2}:\d{2}(?::\d{2})?(?:\s?-\s?[\d:]{4,8})?\s{1,2}(?=[\p{Lu}])/gu;
function timesWithin(plain: string, from: number, to: number, first: ItemStart): number[] {
  const text = plain.slice(from, to);
  let last = first.startMs ?? 0;
  const found: number[] = [];
  for (const { index, 0: written } of text.matchAll(
    first.timeStyle === 'bare' ? BARE : BRACKETED,
  )) {
    const start = itemStart(plain, from + index, to);
    // A sentence may name a time too; shots follow each other, and begin with their words.
    const begins =
      first.timeStyle === 'bracketed' || isShotLike(text.slice(index + written.length));
    if (start.startMs === null || start.startMs < last || !begins) continue;
    last = start.startMs;
    found.push(from + index);
  }
  return found;
}
const isShotLike = (text: string): boolean => {
  const word = /^\p{L}{3,20}/u.exec(text.slice(0, 24))?.[0] ?? '';
  return (
    isCapitals(word) ||
    shotWords(text.slice(0, 60)) === 'sure' ||
    kindOf(text.slice(0, 60)).isMarked
  );
};

export type Saying = {
  /** Tag (BCP 47); null where none is named, or one that isn't known. */
  language: string | null;
  speaker: string | null;
  role: string | null;
  /** Without its quotation marks. */
  quote: string | null;
};

const NOTHING_SAID: Saying = { language: null, speaker: null, role: null, quote: null };
const SAYING_MARK = new RegExp(
  String.raw`${MARK}(?:sound[ -]?bites?|extraits? sonores?|vox pops?|sot|sonore|bite|itw|interview|up[ -]?sound)[\s*)-]{0,8}`,
  'iu',
);
const IN_LANGUAGE = /^[\s:]{0,3}(?:in|en)\s{1,2}(\p{L}{3,20}(?: \p{L}{3,20})?)[\s*-]{0,6}/iu;
const EDGES = /^[\s:;,.*•/\u2010-\u2015\u2212-]+|[\s:;,.*•/\u2010-\u2015\u2212-]+$/gu;
const SAID = /,?\s{0,2}\b(?:saying|says|said|qui dit|disant)$/iu;
/** Longer ones are what somebody says. */
const MAX_WHO = 300;

/** What is said in an entry, and by whom. */
export function sayingIn(text: string, plain: string): Saying {
  const mark = SAYING_MARK.exec(plain.slice(0, 60))?.[0].length;
  if (mark === undefined) return NOTHING_SAID;
  const named = IN_LANGUAGE.exec(plain.slice(mark, mark + 70));
  const tag = named && languageTag(named[1] ?? '');
  // Two words may be a language and the first word of something else.
  const from = mark + (tag ? (named?.[0].length ?? 0) : 0);
  const { whoTo, quoteFrom } = borders(plain, from);
  const words = text.slice(from, whoTo);
  // Where the language was named before, brackets are around the speaker.
  const { language, who } = tag
    ? { language: tag, who: words.replace(/^\s{0,5}\(([^()]{1,300})\)/u, ' $1 ') }
    : withoutLanguage(words, plain.slice(from, whoTo));
  return {
    ...speakerOf(who),
    language,
    quote: quoteFrom === null ? null : quoteIn(text, plain, quoteFrom),
  };
}

const LANGUAGE = /^[\s:*-]{0,5}\([^()]{1,80}\)\s{0,3}:?/u;

/** Where the words about the speaker end, and where what is said begins. */
function borders(plain: string, from: number): { whoTo: number; quoteFrom: number | null } {
  const head = plain.slice(from, from + MAX_WHO);
  // A nickname has quotation marks too, but no colon before them.
  const introduced = /:[\s(]{0,5}(?=")/u.exec(head);
  const quote = introduced ? introduced.index + introduced[0].length : head.indexOf('"');
  const lineFrom = head.search(/[\p{L}\d]/u);
  if (lineFrom === -1) return { whoTo: plain.length, quoteFrom: null };
  const lineTo = head.indexOf('\n', lineFrom);
  const firstLine = lineTo === -1 ? head : head.slice(0, lineTo);
  // The colon after the language is none that introduces something.
  const colon = firstLine.indexOf(':', Math.max(lineFrom, LANGUAGE.exec(head)?.[0].length ?? 0));
  const isSpoken = (to: number): boolean =>
    colon !== -1 && /[\p{L}\d]/u.test(firstLine.slice(colon, to));
  if (quote !== -1 && !isSpoken(quote)) {
    const hasOwnLine = lineTo !== -1 && lineTo < quote;
    // A sentence with a quotation in it, below the line that names the speaker.
    if (hasOwnLine && !introduced && !/^[\s:;,.)-]*$/u.test(head.slice(lineTo, quote)))
      return { whoTo: from + lineTo, quoteFrom: from + lineTo };
    return { whoTo: from + quote, quoteFrom: from + quote };
  }
  if (isSpoken(firstLine.length)) return { whoTo: from + colon, quoteFrom: from + colon + 1 };
  if (lineTo === -1) return { whoTo: from + head.length, quoteFrom: null };
  return { whoTo: from + lineTo, quoteFrom: from + lineTo };
}

/** Takes the language in brackets out of the words about a speaker. */
function withoutLanguage(who: string, plain: string): { language: string | null; who: string } {
  const bracket = /\(([^()\n]{1,80})\)/u.exec(plain);
  if (!bracket) return { language: null, who };
  const tag =
    (bracket[1] ?? '')
      .split(/[/,;&+-]|\s(?:and|et)\s/iu)
      .map((name) => languageTag(name))
      .find((one) => one !== null) ?? null;
  const before = who.slice(0, bracket.index);
  const isFirst = !/[\p{L}\d]/u.test(before);
  // What comes first is a language, known here or not; later it may be an organisation.
  if (tag === null && !isFirst) return { language: null, who };
  const after = who.slice(bracket.index + bracket[0].length);
  return { language: tag, who: isFirst ? after : `${before.trimEnd()} ${after.trimStart()}` };
}

const tidy = (text: string): string => text.replaceAll(/\s+/gu, ' ').replaceAll(EDGES, '');
const MAX_NAME = 120;

function speakerOf(words: string): Pick<Saying, 'speaker' | 'role'> {
  const all = tidy(words.slice(0, MAX_WHO));
  const who = tidy(all.replace(SAID, ''));
  if (!/\p{L}/u.test(who)) return { speaker: null, role: null };
  const at = /,|\s[-\u2010-\u2015\u2212]{1,3}\s/u.exec(who);
  // One agency names the function first where it ends in `saying`.
  if (who !== all && who.includes(',')) {
    const last = who.lastIndexOf(',');
    return { speaker: tidy(who.slice(last)), role: tidy(who.slice(0, last)) };
  }
  const first = tidy(at ? who.slice(0, at.index) : who);
  // Without a name there is only what somebody is.
  if (/^\p{Ll}/u.test(first) || first.length > MAX_NAME) return { speaker: null, role: who };
  return { speaker: first, role: at ? tidy(who.slice(at.index + at[0].length)) || null : null };
}

function quoteIn(text: string, plain: string, from: number): string | null {
  const said = plain.slice(from);
  const open = said.indexOf('"');
  const isQuoted = open !== -1 && !/[\p{L}\d]/u.test(said.slice(0, open));
  const close = said.lastIndexOf('"');
  const start = isQuoted ? open + 1 : said.search(/[\p{L}\d'([]/u);
  // Without a closing mark, or with marks inside alone, all of it was said.
  const end = isQuoted && close > open ? close : said.length;
  const quote = start === -1 ? '' : text.slice(from + start, from + end).trim();
  return /[\p{L}\d]/u.test(quote) ? quote : null;
}

/** Ranges of an entry's text, outside of what is said, that restrict its use. */
export function restrictionsWithin(plain: string): [from: number, to: number][] {
  const open = plain.indexOf('"');
  const close = plain.lastIndexOf('"');
  const said: [number, number] = open === -1 ? [plain.length, plain.length] : [open, close];
  const isSaid = (at: number): boolean => at > said[0] && at < said[1];
  const found: [number, number][] = [];
  for (const { index, 0: whole, 1: flag, 2: note } of plain.matchAll(
    /\+{2,3}([^+]{1,300})\+{2,3}|[([]([^()[\]]{1,300})[)\]]/gu,
  )) {
    const isMeant = flag === undefined ? beginsRestrictive(note ?? '') : isRestrictive(flag);
    if (isMeant && !isSaid(index)) found.push([index, index + whole.length]);
  }
  let from = -1;
  const ends = [...plain.matchAll(/\s-{1,3}\s|[/;.]\s|\n/gu), { index: plain.length, 0: '' }];
  for (const { index, 0: sign } of ends) {
    const part = plain.slice(Math.max(0, from), index);
    if (from !== -1 && !isSaid(from) && isCapitals(part) && beginsRestrictive(part))
      found.push([from, index]);
    from = index + sign.length;
  }
  return found;
}
