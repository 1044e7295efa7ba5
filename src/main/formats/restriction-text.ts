import type { RestrictionRule } from '../../shared/api/rights.ts';
import { COUNTRIES } from '../../shared/api/countries.ts';
import { plainForm } from './plain-form.ts';

/*
 * Restrictions as publishers word them, in English and French. What isn't plain stays a restriction
 * with its words alone.
 */

/** Like a restriction of the catalogue, without an id. */
export type WordedRestriction = {
  kind: RestrictionRule['kind'];
  mode: 'allow' | 'deny';
  /** Codes of countries (ISO 3166-1) or names of platforms, where the text names them and no more. */
  values: string[];
  text: string;
};

const NONE =
  /^(?:none|no|nil|no restrictions?|none stated|aucune?|aucune? restrictions?|neant|sans|sans restrictions?|pas de restrictions?)$/u;
const SIGNS = /^[\s.,;:!*+=()[\]'"-]+|[\s.,;:!*+=()[\]'"-]+$/gu;

/** True for what says that there is no restriction, and nothing else. */
export const saysNone = (text: string): boolean =>
  text.length <= 60 &&
  NONE.test(plainForm(text).toLowerCase().replaceAll(SIGNS, '').replaceAll(/\s+/gu, ' '));

const PHRASES = [
  String.raw`no (?:access|use|usage|archiv\w*|re-?sales?|sales?|on-?line|internet|web|mobile|social|digital|broadcast\w*|television|tv|radio|print|library|third|syndication|storage|cropp\w*|edit\w*|alter\w*|mask\w*|obscur\w*|re-?use|commercial|advertis\w*|download\w*|stream\w*|youtube|facebook)`,
  'not (?:for|to be|available|cleared)',
  'must (?:not|credit|courtesy|be|use|carry|show|on|attribute)',
  'mandatory|strictly|embargo(?:ed)?|restricted|restrictions?',
  '(?:clients?|subscribers|use|usage|users|broadcasters|members|editorial|news|on-?line|tv|broadcast|internet|internal use) only',
  'only for|editorial use|single use|one[ -]time use',
  String.raw`expires?|(?:within|until|for) \d{1,3} (?:hours?|hrs|days?)|\d{1,3} (?:hours?|hrs) (?:only|use|news)`,
  String.raw`pas d'(?:acces|utilisation|usage|archiv\w*|exploitation)|pas de (?:revente|diffusion|reutilisation)`,
  String.raw`sans (?:archivage|revente)|interdi(?:t|te|ts|tes|ction)|reserve(?:e|s|es)?|usage (?:editorial|unique)|uniquement`,
  'credit obligatoire|mention obligatoire|ne pas|aucune? (?:acces|utilisation|archivage|revente|usage)',
];
const RESTRICTIVE = new RegExp(
  String.raw`(?<![\p{L}\d])(?:${PHRASES.join('|')})(?![\p{L}\d])`,
  'u',
);

/** Longer ones are looked at as far as this. */
const MAX_PIECE = 2000;
const pieceOf = (text: string): string => plainForm(text.slice(0, MAX_PIECE));
/** Where a text has words that restrict; -1 for one that has none. */
const restrictiveAt = (piece: string): number =>
  RESTRICTIVE.exec(piece.toLowerCase().replaceAll(/\s/gu, ' '))?.index ?? -1;

/** True for a text that restricts something by its words. */
export const isRestrictive = (text: string): boolean => restrictiveAt(pieceOf(text)) !== -1;
/** The same, by words in capitals alone, which stand out of any sentence. */
export const isRestrictiveInCapitals = (text: string): boolean =>
  isRestrictive(text) &&
  restrictiveAt(
    pieceOf(text)
      .split(' ')
      .map((word) => (/[a-z]/u.test(word) ? '#' : word))
      .join(' '),
  ) !== -1;
/** The same, of a text that begins with such words. */
export function beginsRestrictive(text: string): boolean {
  const piece = pieceOf(text);
  const at = restrictiveAt(piece);
  return at !== -1 && !/[\p{L}\d]/u.test(piece.slice(0, at));
}

/** Names that agencies use beside the official ones, and those that change from list to list. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  AE: 'uae, emirates, emirats',
  BA: 'bosnia',
  CD: 'drc, dr congo, rdc, democratic republic of congo, democratic republic of the congo',
  CI: 'ivory coast',
  CN: 'mainland china',
  CZ: 'czech republic, republique tcheque',
  GB: 'uk, u.k., great britain, britain, grande-bretagne',
  HK: 'hong kong',
  KP: 'dprk',
  KR: 'republic of korea',
  MM: 'myanmar, burma, birmanie',
  MO: 'macau, macao',
  NL: 'holland, hollande, the netherlands',
  PS: 'palestine',
  RU: 'russian federation, federation de russie',
  SY: 'syrian arab republic',
  SZ: 'swaziland',
  TL: 'east timor',
  TR: 'turkey, turkiye, turquie',
  US: 'us, u.s., usa, u.s.a., united states of america, etats-unis d’amerique',
  VN: 'viet nam',
};

const wordsOf = (text: string): string[] =>
  plainForm(text)
    .toLowerCase()
    .split(/[^\p{L}\d.']+/u)
    .map((word) => word.replaceAll(/^(?:['.]+|[dl]')|(?<=\w\w)[.']+$/gu, ''))
    .filter((word) => word !== '' && word !== '&');
const nameOf = (text: string): string => wordsOf(text).join(' ');

let known: ReadonlyMap<string, string> | null = null;
/** Codes of countries by their names. */
function countries(): ReadonlyMap<string, string> {
  if (known) return known;
  const found = new Map<string, string>();
  for (const language of ['en', 'fr']) {
    const names = new Intl.DisplayNames(language, { type: 'region', fallback: 'none' });
    for (const code of COUNTRIES) found.set(nameOf(names.of(code) ?? code), code);
  }
  for (const [code, names] of Object.entries(OTHER_NAMES))
    for (const name of names.split(', ')) found.set(nameOf(name), code);
  known = found;
  return found;
}
/** Words in the longest name of a country that is looked for. */
const MAX_NAME_WORDS = 6;

const PLATFORMS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    online: 'online, on-line, internet, web, website, websites, digital, en ligne, sites web',
    mobile: 'mobile, mobiles, mobile phones, mobile devices, telephones mobiles',
    social: 'social media, social, social networks, reseaux sociaux, youtube, facebook',
    tv: 'tv, television, televisions, tele, linear',
    radio: 'radio',
    print: 'print, newspapers, presse ecrite',
    broadcast: 'broadcast, broadcasters, broadcasting, antenne',
    advertising: 'advertising, adverts, commercials, publicite',
  }).flatMap(([platform, names]) =>
    names.split(', ').map((name): [string, string] => [nameOf(name), platform]),
  ),
);

/** Longer ones are paragraphs, in which such words say something else. */
const MAX_QUALIFYING = 200;
const QUALIFIES =
  /^\W{0,6}(?:except|unless|but|only|other than|apart from|with|and|or|sauf|hors|hormis|excepte|mais|et|ou)\b/u;
/** True for a line that goes on a restriction, or limits `none`. */
export const isQualifying = (line: string): boolean =>
  line.length <= MAX_QUALIFYING &&
  (isRestrictive(line) || QUALIFIES.test(pieceOf(line).toLowerCase()));

/** Words that say no more than that something is or isn't allowed. */
const EMPTY_WORDS = new Set(
  'no not access acces use usage usages of for by in on the a an any and or nor to within strictly part partly only broadcast broadcasts broadcaster broadcasters broadcasting client clients platforms platform pas de du des la le les en au aux a et ou sur dans ni uniquement seulement reserve reservee utilisation diffusion interdit interdite interdiction'.split(
    ' ',
  ),
);
const EXCEPTIONS =
  /\b(?:except|excepting|excluding|unless|other than|outside|apart|but|without|excepte|sauf|hors|hormis|mais|sinon)\b/u;
const ONLY = /\b(?:only|uniquement|seulement|exclusively|exclusivement|reservee?s? a)\b/u;
const FORBIDS = /\b(?:no|not|never|pas|ni|interdi\w+|aucune?|sans)\b/u;
const TIME =
  /\b(?:until|till|embargo\w*|hours?|hrs|days?|weeks?|months?|after|before|expir\w+|jusqu\w*|heures?|jours?|apres|avant|semaines?|mois)\b/u;
const ARCHIVE = /\b(?:archiv\w*|re-?sales?|resell\w*|library|reventes?|syndication|storage)\b/u;

type Named = { territories: string[]; platforms: string[]; isAll: boolean };
/** What countries and platforms the words name, and if that is all they do. */
function namedIn(words: readonly string[]): Named {
  const named: Named = { territories: [], platforms: [], isAll: true };
  for (let at = 0; at < words.length;) {
    let length = Math.min(MAX_NAME_WORDS, words.length - at);
    for (; length > 0; length--) {
      const name = words.slice(at, at + length).join(' ');
      const platform = PLATFORMS.get(name);
      const code = countries().get(name);
      // The word comes after what it is about, as in `no broadcast`, or is about nothing.
      if (platform !== undefined && !(platform === 'broadcast' && named.platforms.length > 0))
        named.platforms.push(platform);
      else if (code !== undefined) named.territories.push(code);
      else continue;
      break;
    }
    if (length === 0) {
      if (!EMPTY_WORDS.has(words[at] ?? '')) named.isAll = false;
      length = 1;
    }
    at += length;
  }
  return named;
}

/** More words than this are a paragraph, in which no list is looked for. */
const MAX_WORDS = 80;

function readPart(text: string): WordedRestriction {
  const lower = pieceOf(text).toLowerCase().replaceAll(/\s/gu, ' ');
  const mode = ONLY.test(lower) && !FORBIDS.test(lower) ? 'allow' : 'deny';
  // Before what is forbidden there may be a source; what is allowed comes before `only`.
  const from = mode === 'allow' ? 0 : (RESTRICTIVE.exec(lower)?.index ?? 0);
  const words = wordsOf(lower.slice(from));
  const stated = (kind: WordedRestriction['kind'], values: string[] = []): WordedRestriction => ({
    kind,
    mode,
    values: [...new Set(values)],
    text,
  });
  const { territories, platforms, isAll } =
    words.length <= MAX_WORDS ? namedIn(words) : { territories: [], platforms: [], isAll: false };
  const isPlain =
    isAll &&
    !EXCEPTIONS.test(lower) &&
    // `Not in one, only in the other` is no list of one kind.
    !(ONLY.test(lower) && FORBIDS.test(lower));
  if (isPlain && territories.length > 0 && platforms.length === 0)
    return stated('territory', territories);
  if (isPlain && platforms.length > 0 && territories.length === 0)
    return stated('platform', platforms);
  if (TIME.test(lower)) return stated('time');
  if (ARCHIVE.test(lower)) return stated('archive');
  // In other statements these are parts of names.
  const isForbidden = FORBIDS.test(lower);
  if (territories.length > 0 && isForbidden) return stated('territory');
  if (platforms.length > 0 && isForbidden) return stated('platform');
  // Agencies close countries by these words, also those whose names aren't known here.
  return stated(
    /\b(?:no access|pas d'acces|acces interdit)\b/u.test(lower) ? 'territory' : 'editorial',
  );
}

/** A part that begins like this stands for itself. */
const SEPARATE =
  /(?:[;/\n+]|[.,](?=\s)|\s-{1,3}(?=\s))[\s*+(-]{0,6}(?=(?:part |partly |strictly )?(?:no|not|must|mandatory|strictly|embargo\w*|editorial|expires?|pas|interdi\w{1,6}|sans|aucune?|credit obligatoire)(?![\p{L}\d]))/giu;
/** More parts than this are one. */
const MAX_PARTS = 20;

/**
 * The restrictions of one statement, in their order; all of its words are in them. A statement with
 * exceptions is one, since they may be of any part.
 */
export function restrictionsIn(text: string): WordedRestriction[] {
  const lower = plainForm(text).toLowerCase();
  // Small letters may be more than the capital was.
  if (text.length > MAX_PIECE || lower.length !== text.length || EXCEPTIONS.test(lower))
    return [readPart(text.trim())];
  const cuts = Array.from(lower.matchAll(SEPARATE), ({ index, 0: sign }) => [
    index,
    index + sign.length,
  ]);
  const parts: string[] = [];
  let from = 0;
  for (const [to = 0, next = 0] of [...cuts, [text.length, text.length]]) {
    const part = text.slice(from, to).trim();
    // A source alone belongs to what it restricts.
    if (to < text.length && parts.length === 0 && !isRestrictive(part)) continue;
    if (part !== '') parts.push(part);
    from = next;
  }
  return parts.length > MAX_PARTS ? [readPart(text.trim())] : parts.map(readPart);
}
