/*
 * How the rules of a house format and its choices are said: in the same words on the command line
 * and in the interface.
 */
import { codecName, containerName } from '../api/video-format.ts';
import {
  isBuiltIn,
  type FormatChoice,
  type FormatProfile,
  type FormatRule,
  type RuleField,
} from './house-format.ts';

type Language = 'en' | 'fr';

export const formatWords = {
  en: {
    purposes: { broadcast: 'Broadcast', web: 'Web', preview: 'Preview and rights' },
    anything: 'Any rendition',
    scans: { progressive: 'progressive', interlaced: 'interlaced' },
    rate: (rate: string) => `${rate} fps`,
    fields: {
      purpose: 'purpose',
      container: 'container',
      codec: 'codec',
      size: 'frame size',
      scan: 'scan',
      frameRate: 'frame rate',
    },
    unstated: (list: string) => `${list} not stated`,
    first: (profile: string) => `First choice of ${profile}`,
    other: (ordinal: number, list: string) =>
      `${['Second', 'Third'][ordinal - 2] ?? `${ordinal}th`} choice: no ${list} published`,
    otherUnstated: (ordinal: number, facts: string) =>
      `${['Second', 'Third'][ordinal - 2] ?? `${ordinal}th`} choice: ${facts}`,
    closest: (profile: string) => `Closest: no rendition fits ${profile}`,
    none: (profile: string) => `no rendition fits ${profile}`,
    or: ' or ',
  },
  fr: {
    purposes: { broadcast: 'Diffusion', web: 'Web', preview: 'Aperçu et droits' },
    anything: 'N’importe quel format',
    scans: { progressive: 'progressif', interlaced: 'entrelacé' },
    rate: (rate: string) => `${rate}\u00A0i/s`,
    fields: {
      purpose: 'usage',
      container: 'conteneur',
      codec: 'codec',
      size: 'définition',
      scan: 'balayage',
      frameRate: 'cadence',
    },
    unstated: (list: string) => `non précisé\u00A0: ${list}`,
    first: (profile: string) => `Premier choix de ${profile}`,
    other: (ordinal: number, list: string) =>
      `${['Deuxième', 'Troisième'][ordinal - 2] ?? `${ordinal}e`} choix\u00A0: pas de ${list}`,
    otherUnstated: (ordinal: number, facts: string) =>
      `${['Deuxième', 'Troisième'][ordinal - 2] ?? `${ordinal}e`} choix, ${facts}`,
    closest: (profile: string) => `Le plus proche\u00A0: aucun format ne convient à ${profile}`,
    none: (profile: string) => `aucun format ne convient à ${profile}`,
    or: ' ni ',
  },
};

/** Of a built-in one in the language. */
export const profileName = (
  { id, name }: Pick<FormatProfile, 'id' | 'name'>,
  language: Language,
): string => name ?? (isBuiltIn(id) ? formatWords[language].purposes[id] : id);

/** 25, or 29.97 with the language's sign. */
const rateText = (rate: number, language: Language): string =>
  new Intl.NumberFormat(language, { maximumFractionDigits: 3, useGrouping: false }).format(rate);

const HD_LINES = 720;
const UHD_LINES = 2160;
const classOf = (lines: number): string =>
  lines >= UHD_LINES ? 'UHD ' : lines >= HD_LINES ? 'HD ' : '';

/** `1080i50` or `1920×1080p25`, interlaced pictures counted by fields; null for an open picture. */
function pictureText(
  { size, scan, frameRate }: FormatRule,
  language: Language,
): { text: string; lines: number | null } | null {
  const words = formatWords[language];
  const lines = size === null ? null : Number(size.split('x').at(-1));
  const frame = size?.replace('x', '×') ?? '';
  if (frame !== '' && scan !== null) {
    const rate = frameRate === null ? '' : String(frameRate * (scan === 'interlaced' ? 2 : 1));
    return { text: `${frame}${scan === 'interlaced' ? 'i' : 'p'}${rate}`, lines };
  }
  const parts = [
    frame,
    scan === null ? '' : words.scans[scan],
    frameRate === null ? '' : words.rate(rateText(frameRate, language)),
  ].filter((part) => part !== '');
  return parts.length === 0 ? null : { text: parts.join(', '), lines };
}

const fileText = ({ container, codec }: FormatRule): string =>
  [
    ...(container === null ? [] : [containerName(container.toLowerCase())]),
    ...(codec === null ? [] : [codecName(codec)]),
  ].join(' ');

/** The whole rule: `HD 1080i50, MXF XDCAM 50`. */
export function ruleText(rule: FormatRule, language: Language): string {
  const words = formatWords[language];
  const picture = pictureText(rule, language);
  const parts = [
    picture === null ? '' : `${classOf(picture.lines ?? 0)}${picture.text}`,
    fileText(rule),
    rule.purpose === null ? '' : words.purposes[rule.purpose],
  ].filter((part) => part !== '');
  return parts.length === 0 ? words.anything : parts.join(', ');
}

/** What is missed first: `1080i50`, else the file, else the purpose. */
const shortText = (rule: FormatRule, language: Language): string =>
  pictureText(rule, language)?.text ?? (fileText(rule) || ruleText(rule, language));

const NAMED = 2;

const unstatedText = (fields: readonly RuleField[], language: Language): string => {
  const words = formatWords[language];
  return words.unstated(fields.map((field) => words.fields[field]).join(', '));
};

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * Why a package was chosen: `First choice of Broadcast`, `Second choice: no 1080i50 published`. Where
 * an earlier rule could fit and what it names isn't stated, that is said instead.
 */
export function choiceText(
  { rule, unstated }: Pick<FormatChoice<unknown>, 'rule' | 'unstated'>,
  profile: FormatProfile,
  language: Language,
): string {
  const words = formatWords[language];
  const name = profileName(profile, language);
  if (rule === 0) return words.first(name);
  if (rule === null) return withUnstated(words.closest(name), unstated, language);
  if (unstated.length > 0) return words.otherUnstated(rule + 1, unstatedText(unstated, language));
  const missed = profile.rules.slice(0, rule).map((one) => shortText(one, language));
  return words.other(rule + 1, [...new Set(missed)].slice(0, NAMED).join(words.or));
}

const withUnstated = (text: string, unstated: readonly RuleField[], language: Language): string =>
  unstated.length === 0 ? text : `${text} (${unstatedText(unstated, language)})`;

/** `no rendition fits Broadcast`, after a colon. */
export const noneFitsText = (
  name: string,
  unstated: readonly RuleField[],
  language: Language,
): string => withUnstated(formatWords[language].none(name), unstated, language);
/** The same as a sentence of its own. */
export const noneFits = (
  name: string,
  unstated: readonly RuleField[],
  language: Language,
): string => capitalised(noneFitsText(name, unstated, language));
