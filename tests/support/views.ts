import type { Returned } from '../../src/shared/contract/define.ts';
import type { AppContract } from '../../src/shared/contract/index.ts';
import { evaluateRights, UNSTATED_PROFILE } from '../../src/shared/api/rights.ts';
import type {
  TransferRow,
  TransferTotals,
  AccountView,
  ArticleView,
  AssetRow,
  AssetView,
  ConnectionView,
  RecallView,
  SettingsView,
  SourceView,
  UpdatesView,
} from '../../src/renderer/state/views.ts';

// What main tells the renderer, whole: a test names only what it is about.

export const settingsView = (more: Partial<SettingsView> = {}): SettingsView => ({
  rev: 1,
  serviceUrl: 'https://media.example',
  demo: false,
  destination: '/ingest',
  folderTemplate: null,
  fileTemplate: null,
  language: 'en',
  theme: 'system',
  readerPx: 19,
  readerLineHeight: 1.6,
  readerMeasure: 65,
  readerFace: 'serif',
  readerTheme: 'auto',
  readerJustify: false,
  connectionsPerFile: 4,
  connectionsPerHost: 8,
  activeTransfers: 3,
  limitBytesPerSecond: null,
  schedule: null,
  catalogueView: 'grid',
  formatProfiles: [],
  houseFormat: 'broadcast',
  territory: null,
  accountCountry: null,
  platforms: ['broadcast', 'web', 'social'],
  holdUnderEmbargo: true,
  notify: 'all',
  tray: false,
  keepAwake: true,
  savedSearches: [],
  autoFetch: [],
  recentSearches: [],
  sources: [],
  webhooks: [],
  watchFolder: null,
  articlesNewest: 300,
  articleTopics: [],
  articleSources: [],
  articlesLimitMb: 500,
  articlesKeepDays: null,
  proxyMode: 'system',
  proxyAddress: null,
  proxyExceptions: [],
  pacAddress: null,
  caFiles: [],
  clientCertificates: [],
  sourceMinutes: 60,
  updates: 'on',
  updateChannel: 'stable',
  deskName: 'Ingest 2',
  pendingDownload: null,
  ...more,
});

export const connectionView = (more: Partial<ConnectionView> = {}): ConnectionView => ({
  rev: 1,
  state: 'online',
  demo: false,
  lastSeenAt: null,
  clockOffsetMs: 0,
  ...more,
});

export const updatesView = (more: Partial<UpdatesView> = {}): UpdatesView => ({
  rev: 1,
  state: 'current',
  version: null,
  percent: null,
  checkedAt: null,
  note: null,
  fault: null,
  isBusy: false,
  ...more,
});

export const sourceView = (more: Partial<SourceView> = {}): SourceView => ({
  id: 'feed:0123456789abcdef0123456789abcdef',
  kind: 'feed',
  name: 'Harbour Notes',
  address: 'https://harbour.example/feed.xml',
  keyEnding: null,
  follows: [],
  isPaused: false,
  isManaged: false,
  isChecking: false,
  syncedAt: Date.parse('2026-11-24T16:44:00'),
  nextAt: Date.parse('2026-11-24T17:00:00'),
  fault: null,
  assets: 63,
  fullText: false,
  integrity: 'recorded',
  terms: null,
  acceptedAt: null,
  ...more,
});
/** What `sources.get` answers. */
export const sourcesView = (...items: SourceView[]): Returned<AppContract, 'sources.get'> => ({
  rev: 1,
  items,
});

type Probe = Returned<AppContract, 'sources.probe'>;
export const sourceProbe = (more: Partial<Probe> = {}): Probe => ({
  kind: 'feed',
  format: 'rss',
  name: 'Fjordlys weather desk',
  address: 'https://fjordlys.example/video/feed.xml',
  isKeyed: false,
  isAdded: false,
  count: 48,
  articles: 0,
  news: [],
  changedAt: null,
  items: [
    {
      id: 'feed:0123456789abcdef0123456789abcdef/1',
      headline: 'Low cloud over the terraces',
      publishedAt: Date.parse('2026-11-24T09:00:00Z'),
      location: 'Hjelle, Norway',
      durationMs: 64_000,
      files: ['1080p', '720p'],
      hasCaptions: true,
    },
  ],
  integrity: 'recorded',
  rights: 'unknown',
  isResumable: null,
  terms: null,
  ...more,
});

type Profile = NonNullable<AccountView['profile']>;
export const profileView = (more: Partial<Profile> = {}): Profile => ({
  id: 'acc',
  email: 'desk@channel.example',
  displayName: 'Desk',
  organisation: 'Channel',
  country: 'BE',
  newsletter: true,
  newsletterChangedAt: Date.parse('2026-03-02T10:00:00Z'),
  entitlements: [],
  ...more,
});

export const accountView = (more: Partial<AccountView> = {}): AccountView => ({
  rev: 1,
  status: 'signed-in',
  profile: more.status === 'signed-out' ? null : profileView(),
  sessionEnded: false,
  keychain: 'ok',
  pendingFlow: null,
  termsDue: false,
  notices: [],
  ...more,
});

type PendingFlow = NonNullable<AccountView['pendingFlow']>;
/** A code that was sent at `sentAt`, with the times that the service gives. */
export const pendingFlow = (
  purpose: PendingFlow['purpose'],
  email: string,
  sentAt: number,
): PendingFlow => ({
  purpose,
  email,
  codeLength: 6,
  sentAt,
  codeExpiresAt: sentAt + 30 * 60_000,
  resendAvailableAt: sentAt + 60_000,
  codeProved: false,
});

/** As main would judge what a test says of an asset, for a newsroom that has said nothing of itself. */
const verdictOf = ({
  badges = [],
  embargoUntil = null,
  expiresAt = null,
  restrictions = [],
}: Partial<AssetRow>): AssetRow['verdict'] =>
  evaluateRights(
    {
      pubStatus: badges.includes('withdrawn')
        ? 'canceled'
        : badges.includes('on-hold')
          ? 'withheld'
          : 'usable',
      embargoUntil: badges.includes('embargoed') ? embargoUntil : null,
      expiresAt: badges.includes('expired') ? 0 : expiresAt,
      restrictions,
    },
    { use: 'queue', shots: null, nowMs: 0, profile: UNSTATED_PROFILE, mayTakeEarly: true },
  );

export const assetRow = (more: Partial<AssetRow> = {}): AssetRow => ({
  id: 'a1',
  source: 'https://service.example',
  rev: 1,
  slug: 'LAKE',
  headline: 'Lake',
  description: '',
  publishedAt: 0,
  isDateStated: true,
  updatedAt: 0,
  durationMs: 1,
  location: '',
  countries: [],
  languages: [],
  topics: [],
  formats: [],
  frameRates: [],
  restrictions: [],
  embargoUntil: null,
  expiresAt: null,
  integrity: 'signed',
  rights: 'stated',
  unlistedAt: null,
  verdict: verdictOf(more),
  badges: [],
  packages: [{ packageId: 'p1', label: 'HD', purpose: 'broadcast', bytes: 5 }],
  ...more,
});

export const assetView = (more: Partial<AssetView> = {}): AssetView => ({
  ...assetRow(),
  descriptionText: '',
  dateline: '',
  credits: [],
  madeBy: '',
  sourceUrl: null,
  identifiers: [],
  usageTerms: '',
  copyrightNotice: '',
  pubStatus: 'usable',
  statusNote: null,
  scriptHtml: '',
  scriptText: '',
  shotlist: [],
  soundbites: [],
  captions: [],
  renditions: [],
  packageContents: [],
  history: [],
  relatedAssets: [],
  relatedArticles: [],
  hasPreview: false,
  timecodeStart: '00:00:00:00',
  frameRate: '25',
  ...more,
});

type PackageOffer = AssetView['packageContents'][number];
type PackageFile = PackageOffer['components'][number];
export const packageFile = (more: Partial<PackageFile> = {}): PackageFile => ({
  role: 'video',
  fileId: 'fil_1',
  required: true,
  path: 'AUR-26-1147_1080i50.mov',
  mediaType: 'video/quicktime',
  language: null,
  bytes: 2_000_000_000,
  isMade: false,
  isText: false,
  ...more,
});

export const packageOffer = (more: Partial<PackageOffer> = {}): PackageOffer => ({
  packageId: 'pkg_1',
  rev: 1,
  label: 'HD 1080i50',
  purpose: 'broadcast',
  bytes: 2_000_000_000,
  fileCount: 14,
  components: [packageFile()],
  ...more,
});

export const articleView = (more: Partial<ArticleView> = {}): ArticleView => ({
  id: 'a',
  rev: 1,
  headline: 'Lake',
  summary: '',
  section: '',
  topics: [],
  dateline: '',
  language: 'en',
  publishedAt: 0,
  updatedAt: 0,
  corrected: false,
  minutes: 1,
  stored: false,
  read: true,
  starred: false,
  tags: [],
  withdrawn: false,
  isWhole: true,
  source: 'demo',
  leadMediaId: null,
  alternativeHeadline: null,
  byline: [],
  dir: 'ltr',
  correctionNote: null,
  isChanged: false,
  bodyHtml: '',
  copyrightNotice: '',
  usageTerms: '',
  canonicalUrl: '',
  media: [],
  bytes: 0,
  pictures: 0,
  relatedAssets: [],
  position: 0,
  translations: [],
  ...more,
});

export const transferRow = (more: Partial<TransferRow> = {}): TransferRow => ({
  id: 't',
  assetId: 'a',
  packageId: 'p',
  title: 'Lake',
  label: 'HD',
  state: { phase: 'done' },
  receivedBytes: 5,
  totalBytes: 5,
  bytesPerSecond: 0,
  etaSeconds: null,
  filesDone: 3,
  filesTotal: 3,
  connections: 0,
  urgent: false,
  repair: false,
  limitBytesPerSecond: null,
  deadline: null,
  rights: null,
  heldUntil: null,
  recall: null,
  recorded: null,
  addedAt: 0,
  finishedAt: 1,
  ...more,
});

export const transferTotals = (more: Partial<TransferTotals> = {}): TransferTotals => ({
  rev: 1,
  counts: { all: 1, active: 0, waiting: 0, done: 1, failed: 0, recalled: 0 },
  bytesPerSecond: 0,
  remainingBytes: 0,
  etaSeconds: null,
  paused: false,
  limit: { bytesPerSecond: null, isPaused: false, untilMs: null },
  throughput: [],
  ...more,
});

type Plan = Returned<AppContract, 'transfers.plan'>;
export const plannedItem = (more: Partial<Plan['items'][number]> = {}): Plan['items'][number] => ({
  assetId: 'a1',
  source: 'service',
  packageId: 'p1',
  title: 'Lake',
  bytes: 5,
  packages: [
    {
      packageId: 'p1',
      label: 'HD',
      purpose: 'broadcast',
      bytes: 5,
      isHere: false,
      finishedAtMs: null,
    },
  ],
  restrictionIds: [],
  restrictions: [],
  reasons: [],
  embargoUntil: null,
  withdrawnAt: null,
  blocked: null,
  alreadyHere: false,
  ...more,
});
export const plan = (items: Plan['items']): Plan => ({
  items,
  totalBytes: 5,
  unknownSizes: 0,
  freeBytes: 9,
  etaSeconds: null,
  bytesPerSecond: null,
  queue: { count: 0, remainingBytes: 0, isPaused: false },
  destination: '/d',
});

export const recallsView = (
  more: Partial<Returned<AppContract, 'recalls.get'>> = {},
): Returned<AppContract, 'recalls.get'> => ({
  rev: 1,
  total: 1,
  recalls: 0,
  held: 0,
  corrections: 0,
  failed: 0,
  searching: null,
  ...more,
});

export const recall = (more: Partial<RecallView> = {}): RecallView => ({
  id: 'rcl_1',
  transferId: 't1',
  assetId: 'a1',
  packageId: 'p1',
  title: 'Lake',
  kind: 'withdrawn',
  atMs: 0,
  words: null,
  rev: { from: 1, to: null },
  phase: 'done',
  places: [],
  copies: 'none',
  isOver: false,
  acknowledged: null,
  ...more,
});
/** The recall of a row. */
export const rowRecall = (
  more: Partial<NonNullable<TransferRow['recall']>> = {},
): NonNullable<TransferRow['recall']> => ({
  id: 'rcl_1',
  kind: 'withdrawn',
  atMs: 0,
  rev: { from: 1, to: null },
  phase: 'done',
  isToAcknowledge: true,
  ...more,
});
