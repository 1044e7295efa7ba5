import { foldText } from '../../shared/api/text.ts';

/** Tags (BCP 47) with the names that shotlists use, in English and French, folded. */
const NAMES: Readonly<Record<string, string>> = {
  ar: 'arabic, arabe',
  az: 'azerbaijani, azeri, azerbaidjanais',
  be: 'belarusian, bielorusse',
  bg: 'bulgarian, bulgare',
  bn: 'bengali, bangla',
  bs: 'bosnian, bosniaque, bosnien',
  ca: 'catalan',
  cs: 'czech, tcheque',
  cy: 'welsh, gallois',
  da: 'danish, danois',
  de: 'german, allemand',
  el: 'greek, grec',
  en: 'english, anglais, eng',
  es: 'spanish, castilian, espagnol, castillan',
  et: 'estonian, estonien',
  eu: 'basque',
  fa: 'farsi, persian, persan',
  fi: 'finnish, finnois',
  fil: 'filipino, philippin',
  fr: 'french, francais, fra',
  'fa-AF': 'dari',
  ga: 'irish, irlandais',
  ha: 'hausa, haoussa',
  he: 'hebrew, hebreu',
  hi: 'hindi',
  hr: 'croatian, croate',
  ht: 'haitian creole, creole haitien',
  hu: 'hungarian, hongrois',
  hy: 'armenian, armenien',
  id: 'indonesian, bahasa indonesia, bahasa, indonesien',
  is: 'icelandic, islandais',
  it: 'italian, italien',
  ja: 'japanese, japonais',
  ka: 'georgian, georgien',
  kk: 'kazakh',
  km: 'khmer',
  ko: 'korean, coreen',
  ku: 'kurdish, kurde, kurmanji, sorani',
  ky: 'kyrgyz, kirghize, kirghiz',
  la: 'latin',
  ln: 'lingala',
  lo: 'lao, laotian',
  lt: 'lithuanian, lituanien',
  lv: 'latvian, letton',
  mk: 'macedonian, macedonien',
  mn: 'mongolian, mongol',
  ms: 'malay, malais',
  mt: 'maltese, maltais',
  my: 'burmese, birman',
  ne: 'nepali, nepalais',
  nl: 'dutch, flemish, neerlandais, flamand',
  no: 'norwegian, norvegien',
  pl: 'polish, polonais',
  ps: 'pashto, pachto, pashtu',
  pt: 'portuguese, portugais',
  'pt-BR': 'brazilian portuguese, portugais du bresil',
  ro: 'romanian, moldovan, roumain, moldave',
  ru: 'russian, russe',
  rw: 'kinyarwanda',
  se: 'sami, northern sami, same du nord, same',
  sk: 'slovak, slovaque',
  sl: 'slovenian, slovene',
  so: 'somali',
  sq: 'albanian, albanais',
  sr: 'serbian, serbe',
  sv: 'swedish, suedois',
  sw: 'swahili, kiswahili',
  ta: 'tamil, tamoul',
  tg: 'tajik, tadjik',
  th: 'thai',
  ti: 'tigrinya, tigrigna',
  tk: 'turkmen, turkmene',
  tr: 'turkish, turc',
  uk: 'ukrainian, ukrainien',
  am: 'amharic, amharique',
  ur: 'urdu, ourdou',
  uz: 'uzbek, ouzbek',
  vi: 'vietnamese, vietnamien',
  yue: 'cantonese, cantonais',
  zh: 'chinese, mandarin, mandarin chinese, chinois',
};

const TAGS: ReadonlyMap<string, string> = new Map(
  Object.entries(NAMES).flatMap(([tag, names]) => names.split(', ').map((name) => [name, tag])),
);

/** Longer ones are no name of a language. */
const MAX_NAME = 40;

/** The tag (BCP 47) of a language by its name in English or French; null for another. */
export function languageTag(name: string): string | null {
  if (name.length > MAX_NAME) return null;
  return TAGS.get(foldText(name).trim().replaceAll(/\s+/gu, ' ')) ?? null;
}

/** Tags of the languages that a list names: `English / Nats` is English alone. */
export const languageTags = (list: string): string[] => [
  ...new Set(
    list
      .slice(0, 400)
      .split(/[/,;&+|()]|\s(?:and|et|with|avec|-)\s/iu)
      .flatMap((name) => languageTag(name) ?? []),
  ),
];
