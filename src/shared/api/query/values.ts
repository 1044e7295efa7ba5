/*
 * Values of the fields that have a list of them, under their names in both languages.
 */

import { COUNTRIES } from '../countries.ts';
import { foldText } from '../text.ts';
import { rateNumber } from '../video-format.ts';
import { nearest, QUERY_LANGUAGES, type QueryLanguage, type SetField } from './fields.ts';

/** ISO 639-1, and what newsrooms meet beyond it. */
const LANGUAGES =
  'aa ab af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu und'.split(
    ' ',
  );

type Names = Record<QueryLanguage, readonly [string, ...string[]]>;

/** What an asset can be, beside its medium: how it was made. */
const TYPES: Record<string, Names> = {
  video: { en: ['Video'], fr: ['Vidéo'] },
  audio: { en: ['Audio', 'sound'], fr: ['Son', 'audio'] },
  image: { en: ['Picture', 'photo', 'still'], fr: ['Photo', 'image'] },
  edited: { en: ['Edited', 'story', 'package'], fr: ['Sujet monté', 'monté'] },
  'b-roll': { en: ['B-roll', 'broll'], fr: ['Images brutes', 'illustration'] },
  soundbites: { en: ['Soundbites', 'interviews'], fr: ['Sonores', 'interviews'] },
};
const RIGHTS: Record<string, Names> = {
  none: { en: ['No restrictions', 'free'], fr: ['Sans restriction', 'aucune'] },
  territory: { en: ['Territory'], fr: ['Territoire'] },
  platform: { en: ['Platform'], fr: ['Support', 'plateforme'] },
  time: { en: ['Time limit'], fr: ['Limité dans le temps', 'durée'] },
  editorial: { en: ['Editorial only'], fr: ['Éditorial seulement', 'éditorial'] },
  archive: { en: ['No archive use'], fr: ['Sans archivage', 'archives'] },
  embargo: { en: ['Embargo', 'embargoed'], fr: ['Embargo', 'sous embargo'] },
};
/** What belongs to an asset. */
const PARTS: Record<string, Names> = {
  soundbite: {
    en: ['Soundbites', 'soundbite', 'interview'],
    fr: ['Sonores', 'sonore', 'interview'],
  },
  shotlist: { en: ['Shotlist', 'shots'], fr: ['Découpage', 'plans'] },
  script: { en: ['Script'], fr: ['Script', 'texte'] },
  captions: { en: ['Captions', 'subtitles'], fr: ['Sous-titres'] },
  stills: { en: ['Stills', 'pictures'], fr: ['Photos', 'images'] },
  preview: { en: ['Preview', 'proxy'], fr: ['Aperçu'] },
};
const FORMATS: Record<string, Names> = {
  uhd: { en: ['UHD', '4k', '2160p'], fr: ['UHD', '4k'] },
  hd: { en: ['HD'], fr: ['HD'] },
  sd: { en: ['SD'], fr: ['SD'] },
  audio: { en: ['Audio'], fr: ['Audio'] },
  still: { en: ['Picture', 'stills'], fr: ['Image'] },
};
/** What an article can be for its reader. */
export const ARTICLE_STATES = ['unread', 'read', 'starred', 'saved', 'corrected'] as const;
export type ArticleState = (typeof ARTICLE_STATES)[number];
const STATES: Record<ArticleState, Names> = {
  unread: { en: ['Unread', 'new'], fr: ['Non lu', 'nouveau'] },
  read: { en: ['Read'], fr: ['Lu'] },
  starred: { en: ['Starred', 'star'], fr: ['Favori', 'étoile', 'suivi'] },
  saved: { en: ['Saved offline', 'saved', 'offline'], fr: ['Hors ligne', 'enregistré'] },
  corrected: { en: ['Corrected', 'changed'], fr: ['Corrigé', 'modifié'] },
};
/** French names of topics, whose names in English are the values. */
const FRENCH_TOPICS: Readonly<Record<string, string>> = {
  Agriculture: 'Agriculture',
  Cities: 'Villes',
  Coasts: 'Côtes',
  Culture: 'Culture',
  Economy: 'Économie',
  Energy: 'Énergie',
  Environment: 'Environnement',
  Heritage: 'Patrimoine',
  'Rivers and lakes': 'Rivières et lacs',
  Science: 'Sciences',
  Space: 'Espace',
  Technology: 'Technologies',
  Weather: 'Météo',
  Wildlife: 'Faune',
  World: 'Monde',
};
const TOPICS: Record<string, Names> = Object.fromEntries(
  Object.entries(FRENCH_TOPICS).map(([en, fr]) => [en, { en: [en], fr: [fr] }]),
);

/** Values that have names of their own, by field. */
const NAMED: Partial<Record<SetField, Record<string, Names>>> = {
  type: TYPES,
  rights: RIGHTS,
  has: PARTS,
  topic: TOPICS,
  format: FORMATS,
};
/** Values of these fields are known; of the others a catalogue may have any. */
const CLOSED: ReadonlySet<SetField> = new Set(['country', 'language', 'type', 'rights', 'has']);

/** Names of one value; undefined for a field or a value that has none. */
function ownNames(field: SetField, value: string): Names | undefined {
  const table = NAMED[field];
  return table && Object.hasOwn(table, value) ? table[value] : undefined;
}

const named = (table: Record<string, Names>): [string, string][] =>
  Object.entries(table).flatMap(([value, names]) => [
    [foldText(value), value] as [string, string],
    ...QUERY_LANGUAGES.flatMap((language) =>
      names[language].map((name): [string, string] => [foldText(name), value]),
    ),
  ]);

const states = new Map(named(STATES));
/** The state that is written as `text`, in either language; null if there is none. */
export const markOf = (text: string): ArticleState | null => {
  const found = states.get(foldText(text));
  return ARTICLE_STATES.find((state) => state === found) ?? null;
};
export const nearestMark = (text: string): string | null => {
  const found = nearest(foldText(text), states.keys());
  return found === null ? null : (states.get(found) ?? null);
};

function displayed(kind: 'region' | 'language', codes: Iterable<string>): Map<string, string> {
  const names = QUERY_LANGUAGES.map(
    (language) => new Intl.DisplayNames([language], { type: kind, fallback: 'none' }),
  );
  const found = new Map<string, string>();
  for (const code of codes)
    for (const one of names) {
      const name = one.of(code);
      if (name !== undefined) found.set(foldText(name), code);
    }
  // Codes last: they win over a name.
  for (const code of codes) found.set(foldText(code), code);
  return found;
}

/** Values by folded name, made when the field is first asked for. */
const tables = new Map<SetField, ReadonlyMap<string, string>>();
function tableOf(field: SetField): ReadonlyMap<string, string> {
  const known = tables.get(field);
  if (known) return known;
  const made =
    field === 'country'
      ? displayed('region', COUNTRIES)
      : field === 'language'
        ? displayed('language', LANGUAGES)
        : new Map(named(NAMED[field] ?? {}));
  tables.set(field, made);
  return made;
}

/** As the catalogue has it: frames and seconds, `25/1`. */
const RATE = /^[1-9]\d*\/[1-9]\d*$/u;

/** Nominal frame rates by their usual decimal: `29.97` is 30000/1001. */
function rateOf(text: string): string {
  const rate = Number(text.replace(',', '.'));
  if (!(rate > 0)) return text;
  const whole = Math.round(rate);
  // SMPTE ST 12: the rates of 1000/1001 are written with two or three decimals.
  return Math.abs(rate - whole) < 0.001 ? `${whole}/1` : `${whole * 1000}/1001`;
}

/** The reverse: `30000/1001` is written 29.97. */
export function writtenRate(rate: string): string {
  const decimal = Math.round(rateNumber(rate) * 1000) / 1000;
  return Number.isFinite(decimal) && rateOf(String(decimal)) === rate ? String(decimal) : rate;
}

/**
 * The value that is written as `text`, in the catalogue's own terms: `Germany`, `Allemagne` and `de`
 * are DE. What a catalogue may have or not is returned as it is written.
 *
 * @returns null if the field has no such value
 */
export function valueOf(field: SetField, text: string): string | null {
  if (field === 'rate') return RATE.exec(rateOf(text))?.[0] ?? null;
  const known = tableOf(field).get(foldText(text));
  if (known !== undefined) return known;
  if (field === 'language' && /^[a-z]{2,3}(?:-[a-z0-9]{2,8})+$/iu.test(text)) return text;
  if (field === 'format') return text.toLowerCase();
  return CLOSED.has(field) ? null : text;
}

/** All values of a field that takes no others and has few; empty for any other field. */
export const valuesOf = (field: SetField): string[] =>
  CLOSED.has(field) ? Object.keys(NAMED[field] ?? {}) : [];

/** The name of a value that is most like one that is none; null if none is like it. */
export const nearestValue = (field: SetField, text: string): string | null => {
  const found = nearest(foldText(text), tableOf(field).keys());
  return found === null ? null : (tableOf(field).get(found) ?? null);
};

/**
 * Names of a value in both languages, for finding it by what one types; of what has no names only
 * itself.
 */
export function namesOf(field: SetField, value: string): string[] {
  const names = new Set([value]);
  if (field === 'country' || field === 'language')
    for (const language of QUERY_LANGUAGES) {
      const kind = field === 'country' ? 'region' : 'language';
      names.add(displayName(kind, language, value) ?? value);
    }
  else {
    const own = ownNames(field, value);
    if (own)
      for (const language of QUERY_LANGUAGES) for (const one of own[language]) names.add(one);
  }
  return [...names];
}

/** The name of a value in one language; null for what has none, such as a source. */
export function valueName(field: SetField, value: string, language: QueryLanguage): string | null {
  if (field === 'country') return displayName('region', language, value);
  if (field === 'language') return displayName('language', language, value);
  return ownNames(field, value)?.[language][0] ?? null;
}

/** A topic, or a section of articles, in one language; as its publisher calls it if it is no known one. */
export const topicName = (value: string, language: QueryLanguage): string =>
  valueName('topic', value, language) ?? value;

const displays = new Map<string, Intl.DisplayNames>();
function displayName(
  type: 'region' | 'language',
  language: QueryLanguage,
  code: string,
): string | null {
  const key = `${type} ${language}`;
  const display =
    displays.get(key) ?? new Intl.DisplayNames([language], { type, fallback: 'none' });
  displays.set(key, display);
  try {
    return display.of(code) ?? null;
  } catch {
    // No code at all.
    return null;
  }
}
