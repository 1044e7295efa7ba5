import type {
  DemoLanguage,
  LocalText,
  MinutesFromNow,
  RestrictionKind,
  ShotType,
} from './types.ts';
import type { Grade, View } from './views.ts';

/** An asset as its author writes it; `build-asset.ts` derives everything else. */
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
  /** Share of the duration, relative to the other shots. */
  weight: number;
  text: LocalText;
  /** Set where it differs from the asset’s place. */
  location?: string;
  bite?: BiteSource;
  /** Burnt into the masters during this shot, as `BURNT_IN_LINE` allows. */
  line?: string;
  /** Keys of the asset’s restrictions that apply to this shot. */
  restricted?: string[];
};

type RestrictionSource = {
  /** Unique within the asset. */
  key: string;
  kind: RestrictionKind;
  mode: 'allow' | 'deny';
  values?: string[];
  /** Leads with the shot and the rule; the reason follows. */
  note: LocalText;
  notAfterMin?: MinutesFromNow;
};

export type AssetSource = {
  /** Number in the slug: 1147 is AUR-26-1147. */
  number: number;
  /** For folder names: lower case and hyphens. */
  shortName: string;
  headline: LocalText;
  description: LocalText;
  place: Place;
  topics: string[];
  /** IPTC media topics, [code, name]. */
  subjects: readonly (readonly [string, string])[];
  publishedMin: MinutesFromNow;
  history?: { atMin: MinutesFromNow; note: LocalText }[];
  embargoUntilMin?: MinutesFromNow;
  expiresMin?: MinutesFromNow;
  status?: { pubStatus: 'withheld' | 'canceled'; reason: LocalText };
  formats: readonly [MasterFormat, ...MasterFormat[]];
  /** At the frame rate that all formats share. */
  frames: number;
  timecodeStart: string;
  /** Views of the poster and of two more stills. */
  stills: readonly [View, View, View];
  grade: Grade;
  mirrored?: boolean;
  shots: ShotSource[];
  /**
   * Paragraphs of commentary, which alternate with the soundbites. Empty for natural sound only.
   */
  script: Partial<Record<DemoLanguage, string[]>>;
  restrictions?: RestrictionSource[];
  credits?: string[];
  relatedNumbers?: number[];
};

/** Builds a shot from type, view, weight and description. */
export const shot = (
  type: ShotType,
  view: View,
  weight: number,
  en: string,
  fr?: string,
  more: Partial<ShotSource> = {},
): ShotSource => ({ type, view, weight, text: fr === undefined ? { en } : { en, fr }, ...more });

const ENGLISH_LANGUAGES = new Intl.DisplayNames(['en'], { type: 'language' });
const FRENCH_LANGUAGES = new Intl.DisplayNames(['fr'], { type: 'language' });

/** The shot of a soundbite; its text names the language, speaker and role. */
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
   * One block per entry: '## ' starts a heading, '> text | source' a quotation, '[2]' stands for
   * the second picture, '- ' starts a list item ('1. ' a numbered one), '| a | b' a table row (the
   * first is the head). Anything else is a paragraph. Inline HTML is kept.
   */
  body: string[];
};

export type ArticleSource = {
  /** Lower case and hyphens; part of IDs and picture names. */
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
