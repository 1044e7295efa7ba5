/** Checks of texts for people: typography, and the phrases that the style guide rules out. */
type Rule = readonly [fault: string, pattern: RegExp];

const NO_BREAK = '\u00a0';
const NARROW = '\u202f';
/** Addresses keep their own punctuation. */
const ADDRESS = /\b(?:[a-z][a-z\d]*:\/\/|mailto:)\S+|\b[a-z.]+:\d+\b/gu;

const COMMON: readonly Rule[] = [
  ['two spaces', / {2,}/gu],
  ['a straight apostrophe', /(?<=\p{L})'/gu],
  ['a straight quotation mark', /"/gu],
  ['three dots instead of an ellipsis', /\.\.\./gu],
];

const ENGLISH: readonly Rule[] = [
  // “like ! or #” names the characters.
  ['a space before punctuation', /\s[,.;:!?](?=\s(?!or )|$)/gu],
  ['a guillemet', /[«»]/gu],
];

const FRENCH: readonly Rule[] = [
  ['no narrow no-break space before ; ! ?', new RegExp(`(?<![${NARROW};!?])[;!?]`, 'gu')],
  ['no no-break space before :', new RegExp(`(?<![${NO_BREAK}\\d]):|(?<=\\d):(?!\\d)`, 'gu')],
  ['no no-break space inside « »', new RegExp(`«(?!${NO_BREAK})|(?<!${NO_BREAK})»`, 'gu')],
  ['a breaking space before %', / %/gu],
  ['a space before a comma or a full stop', /\s[,.](?=\s|$)/gu],
  ['an English quotation mark', /[“”]/gu],
  [
    'a capital without its accent',
    /(?<!\p{L})(?:A(?= (?:l’|la |le |qui|quel|ce|cette|partir|nouveau))|E(?=ch[eé]|cran|cri|dit|galement|lement|nerg|quip|tat|teind|teint|tend|tape)|Etes|Ca )/gu,
  ],
];

/** In the order of the terms in the style guide; only those that are wrong wherever they stand. */
const NEVER: Record<'en' | 'fr', readonly string[]> = {
  en: [
    'bundles?',
    'what is taken first',
    'to look at',
    'rights note|note on rights',
    'held back',
    'not (?:there )?any ?more',
    'next in line',
    // Auto-fetch is what it is called.
    '(?<!auto-)fetch(?:e[sd]|ing)?',
    '(?:go|goes|going|went) on',
    'by (?:itself|themselves)',
    'timetable',
    'read again',
    'mend(?:s|ed|ing)?',
    'no network',
    // A network's own page is the one thing that people log in to.
    'log(?:ged)? (?:in|out)(?! to this network)',
    'e-mails?|mails?(?! app)|mailbox(?:es)?|junk',
    '(?:put|kept) aside',
    'machines?',
    'programs?',
    'cannot',
    'only when',
    'please|sorry',
  ],
  fr: [
    'lots?|colis',
    'vidéo maître|fichier maître',
    'prévisualis\\p{L}+',
    'conducteurs?',
    'images? fixes?',
    'notes? (?:de|sur les) droits',
    'restreinte?s?',
    'retenue?s?',
    'n’existen?t? plus',
    'suspend(?:re|ez)',
    'plus urgente?s?',
    'relire',
    'abîmée?s?',
    'rapport de preuve',
    'gard(?:er|ez|ée?s?)',
    '(?:pas de|sans) réseau',
    'courriels?|courrier',
    'programme',
    'toute? seule?s?|d’(?:elles?|eux)-mêmes?',
  ],
};

const around = (text: string, at: number): string => text.slice(Math.max(0, at - 15), at + 15);

const broken = (text: string, rules: readonly Rule[]): string[] =>
  rules.flatMap(([fault, pattern]) =>
    [...text.replaceAll(ADDRESS, 'address').matchAll(pattern)].map(
      ({ index, input }) => `${fault}: ${around(input, index)}`,
    ),
  );

/** @returns a fault for each place that breaks French typography, with the text around it */
export const checkFrench = (text: string): string[] => broken(text, [...COMMON, ...FRENCH]);

/** @returns a fault for each place that breaks English typography, with the text around it */
export const checkEnglish = (text: string): string[] => broken(text, [...COMMON, ...ENGLISH]);

/** @returns the phrases in `text` that one of the patterns matches as whole words */
export const phrasesIn = (text: string, patterns: readonly string[]): string[] =>
  patterns.flatMap(
    (phrase) => text.match(new RegExp(`(?<!\\p{L})(?:${phrase})(?!\\p{L})`, 'giu')) ?? [],
  );

/** @returns the phrases in `text` that the style guide says never to use */
export const neverSaid = (text: string, language: 'en' | 'fr'): string[] =>
  phrasesIn(text, NEVER[language]);
