/**
 * What the demo of the reference service serves: invented news, near the shapes of the API. Times
 * are minutes relative to the moment the service starts ("now"), negative in the past, so that the
 * demo is always fresh. Package files never contain a date: their bytes, and so the signed
 * manifests, are the same at every start.
 */

/** Minutes from "now"; negative is past. */
export type MinutesFromNow = number;
export type DemoLanguage = 'en' | 'fr';
export type LocalText = { en: string; fr?: string };

export type RestrictionKind = 'territory' | 'platform' | 'time' | 'editorial' | 'archive';

export type DemoRestriction = {
  /** `rst_…`, unique over the whole demo. */
  id: string;
  kind: RestrictionKind;
  mode: 'allow' | 'deny';
  /**
   * Countries for territory, platforms for platform. Empty for `time`: the service writes the
   * moment of `notAfterMin` there.
   */
  values: string[];
  note: LocalText;
  /** Only for `time`: no use after this moment. */
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
   * 'HH:MM:SS:FF' of the master and the proxy alike; `out` is exclusive and equals the next shot's
   * `in`.
   */
  in: string;
  out: string;
  /** The same two as milliseconds from the start of the media. */
  inMs: number;
  outMs: number;
  text: LocalText;
  location: string;
  type: ShotType;
  /** Of what is said, when somebody speaks. */
  language?: string;
  speaker?: string;
  quote?: string;
  /** Restrictions of this shot alone; they are listed among the asset's restrictions too. */
  restrictionIds: string[];
};

export type DemoSoundbite = {
  speaker: string;
  role: LocalText;
  language: string;
  in: string;
  out: string;
  verbatim: string;
  /**
   * English when the verbatim is in another language, French otherwise; null where nobody has
   * translated it.
   */
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
  width: number;
  height: number;
  /** '25/1', '50/1' */
  frameRate: string;
  scan: 'progressive' | 'interlaced-tff';
  aspect: '16:9';
  /** Empty: the demo's media carry no sound. */
  audio: { codec: string; channels: number; language: string; role: string }[];
  /** Bits a second, mean. */
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

/** One file of a package. Packages of one asset share files: one id, one path, one content. */
export type DemoFile = {
  /** `fil_…`; bytes come from `DemoContent.file(id)`. */
  id: string;
  /** Relative, `/`, safe on Windows, macOS and Linux, below the package's `rootName`. */
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

/** A JPEG below the demo directory, also served by `DemoContent.file(id)`. */
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
  /** Why, when not usable. */
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
  /** Empty when withheld or canceled. */
  packages: DemoPackage[];
  history: { rev: number; atMin: MinutesFromNow; note: LocalText }[];
  relatedAssetIds: string[];
  relatedArticleIds: string[];
  /** 480x270, for grids. */
  thumbnail: DemoImage;
  /** 960x540; the first is the poster. */
  stills: DemoImage[];
  /** The preview: H.264, 640x360, plays from the start. `id` is a `fil_…`. */
  proxy: { id: string; file: string; width: number; height: number; bytes: number; sha256: string };
  /** Plain text for the full-text index, at most 4 kB. */
  searchText: string;
};

export type DemoArticleMedia = {
  /** `med_…`; the body says `<img src="media:med_…">`, bytes come from `DemoContent.file(id)`. */
  id: string;
  role: 'lead' | 'inline' | 'gallery';
  /** Below the demo directory. */
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

/** One language of an article; a translation is an article of its own that names its original. */
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
  /** Only the elements of the API's restricted subset. */
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
 * Anything with bytes: a package file (`fil_…`), an article's picture (`med_…`), a thumbnail or
 * still (`img_…`).
 */
export type DemoBytes = {
  id: string;
  bytes: number;
  /** Lower-case hex. */
  sha256: string;
  mediaType: string;
  /**
   * Only above one piece: SHA-256 of each 8 MiB piece in order, lower-case hex. Computed on demand
   * from a committed list.
   */
  pieces?(): { pieceBytes: number; hashes: string[] };
  /**
   * At most `length` bytes from `offset`; fewer only at the end. The buffer is the caller's own.
   */
  read(offset: number, length: number): Promise<Buffer>;
};

export type DemoContent = {
  assets: DemoAsset[];
  articles: DemoArticle[];
  /** Undefined for an id the demo does not have. */
  file(id: string): DemoBytes | undefined;
};
