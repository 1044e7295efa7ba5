import { RESTRICTION_KINDS } from '../rights.ts';
import { oneLine } from '../text.ts';
import { labelled, NBSP } from './labelled.ts';

type Kind = (typeof RESTRICTION_KINDS)[number];
type Mode = 'allow' | 'deny';
/** A restriction as the sheet says it: the publisher's words, then its rule. */
export type SheetRestriction = {
  kind: Kind;
  mode: Mode;
  values: readonly string[];
  note: string;
  /** Numbers of the shots it is confined to; none for the whole asset. */
  shots: readonly number[];
};

/** What a rights sheet says, with the publisher's words in the language of this half of it. */
export type SheetFacts = {
  headline: string;
  credit: string;
  copyright: string;
  usageTerms: string;
  restrictions: readonly SheetRestriction[];
  /** Numbers of all shots; none where there is no shotlist. */
  shots: readonly number[];
  /**
   * RFC 3339; null for none. Absent where the sheet has no times: then the catalogue has them.
   */
  times?: { embargoUntil: string | null; expiresAt: string | null };
  /** Version of the terms of use that hold; null where they have none. */
  termsVersion: string | null;
  /** Terms of use of the source that the user has accepted, and when, RFC 3339. */
  accepted?: { text: string; at: string } | null;
  /** Of who makes the sheet: the service itself, or this program from what a publisher states. */
  maker: 'service' | 'program';
  publisher: string;
  identifier: string;
  page: string | null;
  /** RFC 3339; null where it isn't stated. */
  publishedAt: string | null;
  /** When it was read from the publisher, RFC 3339. */
  readAt: string | null;
};

const PLATFORMS = {
  en: { broadcast: 'broadcast', web: 'web', social: 'social media', online: 'online' },
  fr: { broadcast: 'télévision', web: 'web', social: 'réseaux sociaux', online: 'en ligne' },
} as const;

export const rightsSheetWords = {
  en: {
    title: 'RIGHTS SHEET',
    credit: 'Credit',
    terms: 'Terms of use',
    noTerms: 'No terms stated. Check with the publisher.',
    termsVersion: 'Version of the terms',
    accepted: 'Terms of use of the source, accepted',
    acceptedOn: 'Accepted',
    copyright: 'Copyright',
    embargo: 'Embargo',
    until: (moment: string) => `until ${moment}`,
    noEmbargo: 'none stated',
    expiry: 'Use ends',
    noExpiry: 'no end stated',
    times: 'Times of embargo and expiry: the catalogue takes precedence.',
    restriction: 'Restriction',
    shots: (list: string, isOne: boolean) => `${isOne ? 'shot' : 'shots'} ${list}`,
    territory: { allow: 'only in', deny: 'not in' },
    platform: { allow: 'only on', deny: 'not on' },
    time: (moments: string) => `not after ${moments}`,
    laterTime: 'not after the time in the catalogue',
    editorial: 'editorial use',
    archive: 'archive',
    free: 'Free',
    allFree: 'No restrictions stated beyond the terms of use.',
    shotsFree: (shots: string) => `${shots}: no restriction stated beyond the terms of use.`,
    noneFree: 'Nothing is free of restrictions.',
    publisher: 'Publisher',
    identifier: 'Identifier',
    page: 'Page',
    published: 'Published',
    read: 'Read from the publisher',
    makers: {
      program: 'Compiled by Multimedia Desk from what the publisher states. Not signed.',
      service: 'Compiled by the service. It is a file of the signed manifest.',
    },
    platforms: PLATFORMS.en as Record<string, string>,
    labelled: labelled.en,
  },
  fr: {
    title: 'FICHE DE DROITS',
    credit: 'Crédit',
    terms: 'Conditions d’utilisation',
    noTerms: 'Aucune condition indiquée. Vérifiez auprès de l’éditeur.',
    termsVersion: 'Version des conditions',
    accepted: 'Conditions d’utilisation de la source, acceptées',
    acceptedOn: 'Acceptées le',
    copyright: 'Copyright',
    embargo: 'Embargo',
    until: (moment: string) => `jusqu’au ${moment}`,
    noEmbargo: 'aucun indiqué',
    expiry: 'Fin d’utilisation',
    noExpiry: 'aucune indiquée',
    times: `Heures d’embargo et d’expiration${NBSP}: le catalogue fait foi.`,
    restriction: 'Restriction',
    shots: (list: string, isOne: boolean) => `${isOne ? 'plan' : 'plans'} ${list}`,
    territory: { allow: 'uniquement dans', deny: 'pas dans' },
    platform: { allow: 'uniquement sur', deny: 'pas sur' },
    time: (moments: string) => `pas après le ${moments}`,
    laterTime: 'pas après l’heure indiquée dans le catalogue',
    editorial: 'usage éditorial',
    archive: 'archives',
    free: 'Libre',
    allFree: 'Aucune restriction indiquée en dehors des conditions d’utilisation.',
    shotsFree: (shots: string) =>
      `${shots}${NBSP}: aucune restriction indiquée en dehors des conditions d’utilisation.`,
    noneFree: 'Rien n’est libre de restrictions.',
    publisher: 'Éditeur',
    identifier: 'Identifiant',
    page: 'Page',
    published: 'Publié le',
    read: 'Lu chez l’éditeur le',
    makers: {
      program:
        'Fiche établie par Multimedia Desk d’après les indications de l’éditeur, sans signature.',
      service: 'Fiche établie par le service. Elle fait partie du manifeste signé.',
    },
    platforms: PLATFORMS.fr as Record<string, string>,
    labelled: labelled.fr,
  },
};
type Words = (typeof rightsSheetWords)['en' | 'fr'];

/** As in `2026-11-24 17:00 UTC`; what is no time is said as it is. */
export function momentOf(time: string): string {
  const at = Date.parse(time);
  if (Number.isNaN(at)) return time;
  const iso = new Date(at).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

const namedIn = (names: Record<string, string>, value: string): string =>
  Object.hasOwn(names, value) ? (names[value] ?? value) : value;

/** Its rule in words. */
function ruleIn(words: Words, { kind, mode, values, shots }: SheetRestriction): string {
  const list = values.join(', ');
  const rules: Record<Kind, () => string> = {
    territory: () => `${words.territory[mode]} ${list}`,
    platform: () =>
      `${words.platform[mode]} ${values.map((value) => namedIn(words.platforms, value)).join(', ')}`,
    time: () => words.time(values.map(momentOf).join(', ')),
    editorial: () => words.labelled(words.editorial, list),
    archive: () => words.labelled(words.archive, list),
  };
  const unvalued: Partial<Record<Kind, string>> = {
    time: words.laterTime,
    editorial: words.editorial,
    archive: words.archive,
  };
  const rule = values.length > 0 ? rules[kind]() : (unvalued[kind] ?? '');
  const on = shots.length === 0 ? '' : words.shots(shots.join(', '), shots.length === 1);
  return [on, rule].filter((part) => part !== '').join('; ');
}

/** What no restriction is on. One of a shot that isn't there may mean any of them. */
function freeIn(words: Words, { restrictions, shots }: SheetFacts): string {
  if (restrictions.length === 0) return words.allFree;
  const known = new Set(shots);
  const isWhole = restrictions.some(
    (one) => one.shots.length === 0 || one.shots.some((shot) => !known.has(shot)),
  );
  const restricted = new Set(restrictions.flatMap((one) => one.shots));
  const free = shots.filter((shot) => !restricted.has(shot));
  if (isWhole || free.length === 0) return words.noneFree;
  return words.shotsFree(words.shots(free.join(', '), free.length === 1));
}

function linesIn(language: 'en' | 'fr', facts: SheetFacts): string[] {
  const words: Words = rightsSheetWords[language];
  const { accepted = null, times } = facts;
  const stated: [label: string, value: string | null][] = [
    [words.credit, facts.credit],
    [words.terms, facts.usageTerms || words.noTerms],
    [words.termsVersion, facts.termsVersion],
    [words.accepted, accepted && accepted.text],
    [words.acceptedOn, accepted && momentOf(accepted.at)],
    [words.copyright, facts.copyright],
    [
      words.embargo,
      times === undefined
        ? null
        : times.embargoUntil === null
          ? words.noEmbargo
          : words.until(momentOf(times.embargoUntil)),
    ],
    [
      words.expiry,
      times === undefined
        ? null
        : times.expiresAt === null
          ? words.noExpiry
          : momentOf(times.expiresAt),
    ],
    ...facts.restrictions.map((restriction): [string, string] => {
      const rule = ruleIn(words, restriction);
      return [words.restriction, `${restriction.note}${rule === '' ? '' : ` [${rule}]`}`];
    }),
    [words.free, freeIn(words, facts)],
    [words.publisher, facts.publisher],
    [words.identifier, facts.identifier],
    [words.page, facts.page],
    [words.published, facts.publishedAt && momentOf(facts.publishedAt)],
    [words.read, facts.readAt && momentOf(facts.readAt)],
  ];
  return [
    words.title,
    oneLine(facts.headline),
    '',
    ...stated.flatMap(([label, value]) =>
      value === null || value === '' ? [] : [words.labelled(label, oneLine(value))],
    ),
    ...(times === undefined ? [words.times] : []),
    '',
    words.makers[facts.maker],
  ];
}

/**
 * What is stated of the rights, as a page of plain text beside the files: English, then French.
 * Times are in UTC.
 *
 * @param of facts by language; one half may have other words of the publisher than the other
 */
export const rightsSheet = (of: { en: SheetFacts; fr: SheetFacts }): string =>
  `${[...linesIn('en', of.en), '', '----', '', ...linesIn('fr', of.fr)].join('\n')}\n`;
