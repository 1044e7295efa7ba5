import type { RestrictionRule } from '../../shared/api/rights.ts';
/**
 * Content of the demo: invented news, close to the shapes of the API. Times are minutes relative to
 * the first start on a data folder, so that the demo is always fresh. Package files contain no
 * date: their bytes, and so the signed manifests, are the same at every start.
 */

/** Minutes since the service was first started; negative for the past. */
export type MinutesFromNow = number;
export type DemoLanguage = 'en' | 'fr';
export type LocalText = { en: string; fr?: string };

export type RestrictionKind = RestrictionRule['kind'];

export type DemoRestriction = {
  /** `rst_…`, unique in the whole demo. */
  id: string;
  kind: RestrictionKind;
  mode: 'allow' | 'deny';
  /**
   * Country codes for `territory`, platforms for `platform`. Empty for `time`: the service fills in
   * the moment of `notAfterMin`.
   */
  values: string[];
  note: LocalText;
  /** Last moment of use; only for `time`. */
  notAfterMin?: MinutesFromNow;
};

export type ShotType =
  | 'wide'
  | 'medium'
  | 'close'
  | 'aerial'
  | 'tracking'
  | 'interview'
  | 'detail'
  | 'timelapse';

export type DemoShot = {
  n: number;
  /**
   * `HH:MM:SS:FF`, the same in master and proxy; `out` is exclusive and equals the next shot’s
   * `in`.
   */
  in: string;
  out: string;
  /** Milliseconds of `in` and `out` from the start of the media. */
  inMs: number;
  outMs: number;
  text: LocalText;
  location: string;
  type: ShotType;
  /** Language of the quote, for a shot with speech. */
  language?: string;
  speaker?: string;
  quote?: string;
  /** Restrictions of this shot only; also listed among the asset’s. */
  restrictionIds: string[];
};

export type DemoSoundbite = {
  speaker: string;
  role: LocalText;
  language: string;
  in: string;
  out: string;
  verbatim: string;
  /** Into English, or into French for an English original; null without a translation. */
  translation: string | null;
};

export type DemoScript = { language: DemoLanguage; html: string; text: string; wordCount: number };

export type DemoCaptions = {
  fileId: string;
  language: DemoLanguage;
  kind: 'subtitles' | 'captions';
  format: 'vtt' | 'srt';
  text: string;
};

export type DemoRendition = {
  /** `rnd_…` */
  id: string;
  name: string;
  container: 'mov' | 'mp4';
  videoCodec: 'v210' | 'h264';
  bitDepth: 8 | 10;
  width: number;
  height: number;
  /** '25/1', '50/1' */
  frameRate: string;
  scan: 'progressive' | 'interlaced-tff';
  aspect: '16:9';
  /** Empty: the demo’s media have no sound. */
  audio: { codec: string; channels: number; language: string; role: string }[];
  /** Mean, bit/s. */
  bitrate: number;
  durationMs: number;
  timecodeStart: string;
  dropFrame: boolean;
  bytes: number;
};

type FileRole =
  | 'video'
  | 'audio'
  | 'script'
  | 'shotlist'
  | 'captions'
  | 'thumbnail'
  | 'metadata'
  | 'licence';

/** One file of a package. Packages of an asset share files: same ID, path and content. */
export type DemoFile = {
  /** `fil_…`, for `DemoContent.file`. */
  id: string;
  /** Relative to the package’s `rootName`, separated by `/`, legal on Windows, macOS and Linux. */
  path: string;
  mediaType: string;
  role: FileRole;
  renditionId?: string;
  language?: DemoLanguage;
  required: boolean;
  bytes: number;
  sha256: string;
};

export type DemoPackage = {
  /** `pkg_…` */
  id: string;
  rev: number;
  label: LocalText;
  purpose: 'broadcast' | 'web' | 'preview';
  rootName: string;
  files: DemoFile[];
  bytes: number;
};

/** A JPEG below the demo directory, also served by `DemoContent.file`. */
export type DemoImage = {
  id: string;
  file: string;
  width: number;
  height: number;
  bytes: number;
  sha256: string;
};

export type DemoAsset = {
  /** `ast_…` */
  id: string;
  rev: number;
  type: 'video';
  slug: string;
  headline: LocalText;
  description: LocalText;
  dateline: string;
  location: { name: string; lat: number; lon: number };
  /** ISO 3166-1 alpha-2. */
  country: string;
  topics: string[];
  subjects: { scheme: string; code: string; name: string }[];
  people: string[];
  languages: string[];
  publishedMin: MinutesFromNow;
  updatedMin: MinutesFromNow;
  embargoUntilMin?: MinutesFromNow;
  expiresMin?: MinutesFromNow;
  pubStatus: 'usable' | 'withheld' | 'canceled';
  /** Reason, where the asset is not usable. */
  statusReason?: LocalText;
  durationMs: number;
  frameRate: string;
  aspect: '16:9';
  timecodeStart: string;
  credits: string[];
  source: string;
  usageTerms: LocalText;
  copyrightNotice: string;
  restrictions: DemoRestriction[];
  shotlist: DemoShot[];
  scripts: DemoScript[];
  soundbites: DemoSoundbite[];
  captions: DemoCaptions[];
  renditions: DemoRendition[];
  /** Empty for an asset that is canceled; one that is withheld has no masters. */
  packages: DemoPackage[];
  /** `packages`: those that a revision brought a new version of. */
  history: {
    rev: number;
    atMin: MinutesFromNow;
    note: LocalText;
    packages?: { packageId: string; rev: number }[];
  }[];
  relatedAssetIds: string[];
  relatedArticleIds: string[];
  /** 480 × 270, for grids. */
  thumbnail: DemoImage;
  /** 960 × 540; the first one is the poster. */
  stills: DemoImage[];
  /** The preview: H.264, 640 × 360, faststart. `id` is a `fil_…`. */
  proxy: { id: string; file: string; width: number; height: number; bytes: number; sha256: string };
  /** Plain text for the full-text index, at most 4 kB. */
  searchText: string;
};

export type DemoArticleMedia = {
  /** `med_…`, referenced by the body as `<img src="media:med_…">`, for `DemoContent.file`. */
  id: string;
  role: 'lead' | 'inline' | 'gallery';
  /** Path below the demo directory. */
  file: string;
  mediaType: 'image/jpeg';
  bytes: number;
  sha256: string;
  width: number;
  height: number;
  alt: string;
  caption: string;
  credit: string;
};

/** An article in one language; a translation is an article of its own that names its original. */
export type DemoArticle = {
  /** `art_…` */
  id: string;
  rev: number;
  language: DemoLanguage;
  dir: 'ltr';
  translationOf?: string;
  headline: string;
  alternativeHeadline?: string;
  summary: string;
  byline: string[];
  dateline: string;
  country: string;
  section: string;
  topics: string[];
  publishedMin: MinutesFromNow;
  updatedMin: MinutesFromNow;
  embargoUntilMin?: MinutesFromNow;
  pubStatus: 'usable' | 'withheld' | 'canceled';
  correctionNote?: string;
  /** Only elements of the API’s subset. */
  bodyHtml: string;
  bodyText: string;
  wordCount: number;
  copyrightNotice: string;
  usageTerms: string;
  offlineAllowed: boolean;
  offlineUntilMin?: MinutesFromNow;
  relatedAssetIds: string[];
  media: DemoArticleMedia[];
};

/**
 * Bytes by ID: a package file (`fil_…`), a picture of an article (`med_…`), a thumbnail or still
 * (`img_…`).
 */
export type DemoBytes = {
  id: string;
  bytes: number;
  /** Lower-case hex. */
  sha256: string;
  mediaType: string;
  /**
   * SHA-256 of each 8 MiB piece in order, lower-case hex, from a committed list. Absent for files
   * of one piece.
   */
  pieces?(): { pieceBytes: number; hashes: string[] };
  /**
   * Reads at most `length` bytes from `offset`, fewer only at the end. The caller owns the buffer.
   */
  read(offset: number, length: number): Promise<Buffer>;
  /**
   * Only of a generated master: the same with another line burnt into a span, in place of what was
   * there. Its size and all bytes of other spans stay.
   * @param text as `BURNT_IN_LINE` allows; empty for none
   */
  relined?(fromMs: number, toMs: number, text: string): RelinedMaster;
};

export type RelinedMaster = Pick<DemoBytes, 'read' | 'relined'> & {
  /** Names exactly these bytes. */
  of: string;
  /** Null where they are not known. */
  hashes: { sha256: string; pieceBytes: number; pieces: string[] } | null;
};

export type DemoContent = {
  assets: DemoAsset[];
  articles: DemoArticle[];
  /** Undefined for an unknown ID. */
  file(id: string): DemoBytes | undefined;
};
