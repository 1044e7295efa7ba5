import { ownKeys } from '../own-keys.ts';
import type { RecoveryReport } from '../../../shared/contract/app.ts';

const were = (n: number, one: string, many: string): string =>
  n === 0 ? `No ${many} could be` : n === 1 ? `1 ${one} was` : `${n} ${many} were`;
const articles = (n: number): string => were(n, 'saved article', 'saved articles');
const downloads = (n: number): string => were(n, 'download', 'downloads');
const listed = (names: readonly string[]): string => names.join(', ');
const notRecovered = (lost: readonly string[]): string =>
  lost.length === 0 ? '' : ` Not recovered: ${listed(lost)}.`;
const setAside = (file: string | null): string =>
  file === null ? '' : ` The damaged file was set aside as ${file}.`;

const settingNames: Record<string, string> = ownKeys({
  serviceUrl: 'service',
  demo: 'demo',
  destination: 'download folder',
  folderTemplate: 'folder names',
  fileTemplate: 'file names',
  language: 'language',
  theme: 'theme',
  readerPx: 'text size',
  readerLineHeight: 'line height',
  readerMeasure: 'line length',
  readerJustify: 'justified text',
  readerFace: 'typeface',
  readerTheme: 'reading theme',
  connectionsPerFile: 'connections per file',
  connectionsPerHost: 'connections per server',
  activeTransfers: 'simultaneous downloads',
  limitBytesPerSecond: 'speed limit',
  schedule: 'speed limit schedule',
  catalogueView: 'catalogue view',
  houseFormat: 'default house format',
  formatProfiles: 'house formats',
  notify: 'notifications',
  tray: 'tray icon',
  keepAwake: 'keep awake',
  savedSearches: 'saved searches',
  sources: 'sources',
  sourceMinutes: 'interval between source checks',
  webhooks: 'webhooks',
  watchFolder: 'watch folder',
  pendingDownload: 'download waiting for an account',
});
const settingsRebuilt = ({ lost, fromBackup }: RecoveryReport): string =>
  fromBackup > 0
    ? 'Your settings were restored from their last backup.'
    : lost.length === 0
      ? 'Your settings were reset. Check them in Settings.'
      : `These settings were reset: ${listed(lost.map((name) => settingNames[name] ?? name))}. Check them in Settings.`;

/** Texts of the layout around every page. */
export const shell = {
  main: 'Main',
  active: (n: number) => `${n} active`,
  savedSearches: 'Saved searches',
  savedShort: 'Saved',
  renameSearch: 'Rename',
  moveUp: 'Move up',
  moveDown: 'Move down',
  copyLink: 'Copy link',
  linkCopied: 'Link copied. It opens Multimedia Desk; pasted into its search field it works too.',
  saveSearchAsFile: 'Save as file',
  deleteSearch: 'Delete',
  fresh: (n: string) => `${n} new`,
  forgetSearch: (name: string) => `Delete saved search ${name}`,
  searchFootage: 'Search footage, places, shots',
  searchArticles: 'Search articles, also offline',
  searchSettings: 'Search settings',
  clearSearch: 'Clear search',
  connected: 'Connected',
  connecting: 'Connecting',
  offline: 'Offline',
  noService: 'No source',
  allDownloads: 'All downloads',
  waiting: 'Waiting',
  paused: 'Paused',
  ofPackages: (done: number, all: number) => `${done} of ${all}`,
  packages: (n: number) => (n === 1 ? '1 package' : `${n} packages`),
  notifications: 'Notifications',
  backTo: {
    catalogue: 'Back to catalogue',
    asset: 'Back to footage',
    'auto-fetch': 'Back to auto-fetch',
    articles: 'Back to news',
    transfers: 'Back to downloads',
    settings: 'Back to settings',
    mailbox: 'Back to inbox',
    history: 'Back to history',
    account: 'Back to account',
  },
  offlineSince: (time: string) => `Offline since ${time}.`,
  offlineNow: 'You’re offline.',
  offlineCatalogue:
    'This is the catalogue as last updated. Search and filters work; queued packages start when you’re back online.',
  offlineArticles: 'You can read and search the articles saved on this computer.',
  offlineDownloads:
    'What’s downloaded is safe. Everything resumes automatically when you’re back online.',
  retryNow: 'Retry now',
  keychainLocked: 'The keychain is locked.',
  keychainLockedText: (n: number) =>
    `${n === 0 ? 'Unlock it to download.' : n === 1 ? '1 package is waiting for it.' : `${n} packages are waiting for it.`} You stay signed in.`,
  keychainLockedSignedIn:
    'You’ll be signed out when you close the app. Unlock it to stay signed in.',
  keychainTitle: 'Unlock the keychain to continue',
  keychainText:
    'Your sign-in is stored in this computer’s keychain, which is still locked. Unlock it in your system’s settings, then check again.',
  keychainStationText:
    'Your sign-in is stored in the keychain of the computer running “desk station”, which is still locked. Unlock it there, then check again.',
  keychainFacts: {
    signedIn: (email: string) => `You’re still signed in as ${email}`,
    kept: 'Your sign-in is safe',
    open: 'Catalogue, articles and downloaded packages keep working',
    waiting: (n: number) =>
      n === 1
        ? 'Files on disk are safe, 1 package resumes automatically'
        : `Files on disk are safe, ${n} packages resume automatically`,
  },
  openAddress: 'Open this address in your browser?',
  open: 'Open',
  notOpened:
    'This address wasn’t opened. It isn’t https, contains a password, or leads to this computer.',
  later: 'Later',
  checkKeychain: 'Check again',
  keychainAbsent: 'This computer has no keychain.',
  keychainAbsentText: 'You stay signed in until you close the app.',
  keychainAbsentStation: 'You stay signed in until “desk station” stops.',
  keychainUnanswered: 'The keychain isn’t responding.',
  keychainUnansweredText:
    'Retrying automatically. You stay signed in, and downloads resume once it responds.',
  keychainUnansweredSignedIn:
    'Retrying automatically. If you close the app before it responds, you’ll be signed out.',
  keychainUnreadable: 'The keychain entry couldn’t be read.',
  keychainUnreadableText:
    'It was set aside. Nothing is lost. Sign in again to resume your downloads.',
  keychainUnreadableSignedIn:
    'It was set aside, and you’re still signed in. If you were waiting for a code, ask for a new one.',
  sessionEnded: 'Your session has ended.',
  sessionEndedText: 'Sign in again to resume your downloads.',
  signIn: 'Sign in',
  screenFailed: 'Something went wrong on this page',
  screenFailedText:
    'Nothing is lost and downloads continue. Reopen the page. Details are in the log.',
  reopenPage: 'Reopen page',
  shortcuts: 'Shortcuts',
  groups: {
    everywhere: 'Everywhere',
    catalogue: 'Catalogue',
    player: 'Player',
    news: 'News',
    lists: 'Lists',
  },
  keys: {
    find: 'Find in the article',
    print: 'Print',
    palette: 'Search and commands',
    search: 'Search on this page',
    sheet: 'All shortcuts',
    back: 'Back',
    catalogue: 'Catalogue',
    news: 'News',
    downloads: 'Downloads',
    settings: 'Settings',
    close: 'Close, clear selection',
    select: 'Select',
    selectAll: 'Select all results',
    queue: 'Queue selection',
    open: 'Open',
    play: 'Play, pause',
    shuttle: 'Reverse, pause, forward',
    frame: 'Previous, next frame',
    shot: 'Previous, next shot',
    mark: 'Mark in, mark out',
    move: 'Move',
    extend: 'Extend selection',
    folder: 'Open folder, in History',
    nextArticle: 'Next, previous article',
    star: 'Star',
    markRead: 'Mark as read or unread',
    selectArticle: 'Select article',
    openPage: 'Open on the web',
    markAllRead: 'Mark all as read',
  },
  palette: {
    title: 'Commands and search',
    placeholder: 'Search footage and news, or type a command',
    footage: 'Footage',
    news: 'News',
    actions: 'Actions',
    goTo: 'Go to',
    choose: 'Choose',
    open: 'Open',
    all: 'All shortcuts',
    none: 'Nothing matches',
    stored: 'Available offline',
    queue: (title: string) => `Queue “${title}”`,
    searchFor: (text: string) => `Search catalogue for “${text}”`,
    sync: 'Check for new footage and articles',
    pauseAll: 'Pause all downloads',
    resumeAll: 'Resume all downloads',
    light: 'Light theme',
    dark: 'Dark theme',
    system: 'System theme',
    signIn: 'Sign in',
    signOut: 'Sign out',
    createAccount: 'Create account',
  },
  repaired: 'Some data on this computer was damaged.',
  recoveries: {
    'settings-rebuilt': (incident: RecoveryReport) =>
      `${settingsRebuilt(incident)}${setAside(incident.file)}`,
    'settings-changed': () =>
      'The settings file was changed outside the app and is in use as it is. Check your settings.',
    'library-rebuilt': ({ kept, lost, file }: RecoveryReport) =>
      `${kept === null ? 'The library’s log was damaged and has been repaired. Nothing was lost.' : `The library was rebuilt. ${articles(kept)} recovered. The catalogue is downloading again.`}${notRecovered(lost)}${setAside(file)}`,
    'library-damaged': ({ lost }: RecoveryReport) =>
      `Part of the library can’t be read. Restart the app to repair it.${notRecovered(lost)}`,
    'queue-rebuilt': ({ kept, fromBackup, lost, file }: RecoveryReport) =>
      `${kept === null ? 'The queue’s log was damaged and has been repaired. Nothing was lost.' : `The queue was rebuilt. ${downloads(kept)} recovered${fromBackup === 0 ? '' : `. ${fromBackup} came from a backup and may be in an earlier state`}.`} Files on disk are untouched.${notRecovered(lost)}${setAside(file)}`,
    'queue-damaged': ({ lost }: RecoveryReport) =>
      `Part of the queue can’t be read. Restart the app to repair it. Files on disk are untouched.${notRecovered(lost)}`,
    'auto-fetch-rebuilt': ({ file }: RecoveryReport) =>
      `The record of auto-fetch was damaged and has been repaired. Nothing is queued twice. Check its log.${setAside(file)}`,
    'events-rebuilt': ({ file }: RecoveryReport) =>
      `The record of events was damaged and has been repaired. Some events may not have been sent.${setAside(file)}`,
    'demo-rebuilt': ({ file }: RecoveryReport) =>
      `The demo was reset. Create an account there again.${setAside(file)}`,
    'credentials-reset': ({ file }: RecoveryReport) =>
      `The credential file was damaged. Nothing else is lost. Sign in again to resume your downloads, and enter keys and passwords of sources again.${setAside(file)}`,
    'api-tokens-reset': ({ file }: RecoveryReport) =>
      `The list of systems with access to the API was damaged. None has access now. Give each a new token in Settings.${setAside(file)}`,
    'items-skipped': () =>
      'The service sent entries that couldn’t be read. They were skipped and are listed in the log. Everything else is here.',
    'moved-aside': ({ file }: RecoveryReport) =>
      `Something else was where one of the app’s files belongs. It was set aside${file === null ? '' : ` as ${file}`}.`,
  },
};
