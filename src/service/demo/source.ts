import type {
  DemoLanguage,
  LocalText,
  MinutesFromNow,
  RestrictionKind,
  ShotType,
} from './types.ts';
import type { Grade, View } from './views.ts';

/** What an author writes about an asset; `build-asset.ts` makes everything else of it. */
export type MasterFormat = '1080i50' | '1080p25' | '720p25' | '720p50' | '1080p29.97';

export type Place = { name: string; country: string; dateline: string; lat: number; lon: number };

export type BiteSource = {
  speaker: string;
  role: string;
  roleFr?: string;
  language: string;
  verbatim: string;
  en?: string;
  fr?: string;
};

export type ShotSource = {
  type: ShotType;
  view: View;
  /** Share of the duration. */
  weight: number;
  text: LocalText;
  /** When it differs from the asset's place. */
  location?: string;
  bite?: BiteSource;
  /** Keys of the asset's restrictions that belong to this shot. */
  restricted?: string[];
};

type RestrictionSource = {
  /** Short, unique within the asset. */
  key: string;
  kind: RestrictionKind;
  mode: 'allow' | 'deny';
  values?: string[];
  /** The shot and the rule first, the reason after it. */
  note: LocalText;
  notAfterMin?: MinutesFromNow;
};

export type AssetSource = {
  /** Of the slug: 1147 is AUR-26-1147. */
  number: number;
  /** For folder names: lower case and hyphens. */
  shortName: string;
  headline: LocalText;
  description: LocalText;
  place: Place;
  topics: string[];
  /** IPTC media topics: [code, name]. */
  subjects: readonly (readonly [string, string])[];
  publishedMin: MinutesFromNow;
  history?: { atMin: MinutesFromNow; note: LocalText }[];
  embargoUntilMin?: MinutesFromNow;
  expiresMin?: MinutesFromNow;
  status?: { pubStatus: 'withheld' | 'canceled'; reason: LocalText };
  formats: readonly [MasterFormat, ...MasterFormat[]];
  /** At the rate of the formats, which all share it. */
  frames: number;
  timecodeStart: string;
  /** The poster's view first, two more stills after it. */
  stills: readonly [View, View, View];
  grade: Grade;
  mirrored?: boolean;
  shots: ShotSource[];
  /**
   * Paragraphs of the commentary; the soundbites stand between them, in order. Empty: natural
   * pictures, no commentary.
   */
  script: Partial<Record<DemoLanguage, string[]>>;
  restrictions?: RestrictionSource[];
  credits?: string[];
  relatedNumbers?: number[];
};

/** A shot: type, view, share of the duration, what it shows. */
export const shot = (
  type: ShotType,
  view: View,
  weight: number,
  en: string,
  fr?: string,
  more: Partial<ShotSource> = {},
): ShotSource => ({ type, view, weight, text: fr === undefined ? { en } : { en, fr }, ...more });

/** An interview shot; its text is the speaker's role and the first words. */
const ENGLISH_LANGUAGES = new Intl.DisplayNames(['en'], { type: 'language' });
const FRENCH_LANGUAGES = new Intl.DisplayNames(['fr'], { type: 'language' });

export function says(view: View, weight: number, bite: BiteSource): ShotSource {
  const { language, speaker, role, roleFr, verbatim } = bite;
  const english = language === 'en' ? verbatim : (bite.en ?? verbatim);
  const french = language === 'fr' ? verbatim : bite.fr;
  const en = `SOUNDBITE (${ENGLISH_LANGUAGES.of(language)}), ${speaker}, ${role}: “${english}”`;
  return {
    type: 'interview',
    view,
    weight,
    bite,
    text:
      french === undefined
        ? { en }
        : {
            en,
            fr: `SONORE (${FRENCH_LANGUAGES.of(language)}), ${speaker}${roleFr === undefined ? '' : `, ${roleFr}`} : « ${french} »`,
          },
  };
}

type PictureSource = {
  role: 'lead' | 'inline' | 'gallery';
  view: View;
  grade: Grade;
  mirrored?: boolean;
  alt: LocalText;
  caption: LocalText;
};

export type ArticleText = {
  headline: string;
  alternativeHeadline?: string;
  summary: string;
  correctionNote?: string;
  /**
   * One block an entry: '## ' a heading, '> text | source' a quotation, '[2]' the second picture,
   * '- ' an item of a list ('1. ' of a numbered one), '| a | b' a row of a table whose first row is
   * its head; anything else a paragraph. Inline HTML is kept.
   */
  body: string[];
};

export type ArticleSource = {
  /** Lower case and hyphens; ids and picture names are made of it. */
  name: string;
  byline: string[];
  place: Place;
  section: string;
  topics: string[];
  publishedMin: MinutesFromNow;
  updatedMin?: MinutesFromNow;
  rev?: number;
  embargoUntilMin?: MinutesFromNow;
  offlineAllowed?: boolean;
  offlineUntilMin?: MinutesFromNow;
  relatedNumbers: number[];
  pictures: PictureSource[];
  text: { en: ArticleText; fr?: ArticleText };
};
