import type { Incident } from '../../../shared/contract/app.ts';

const were = (n: number, one: string, many: string): string =>
  n === 0 ? `No ${many} could be` : n === 1 ? `1 ${one} was` : `${n} ${many} were`;
const articles = (n: number): string => were(n, 'saved article', 'saved articles');
const downloads = (n: number): string => were(n, 'download', 'downloads');
const listed = (names: readonly string[]): string => names.join(', ');
const notRecovered = (lost: readonly string[]): string =>
  lost.length === 0 ? '' : ` Not recovered: ${listed(lost)}.`;
const setAside = (file: string | null): string =>
  file === null ? '' : ` The damaged file was set aside as ${file}.`;

const settingNames: Record<string, string> = {
  serviceUrl: 'service',
  demo: 'demo',
  destination: 'folder',
  folderTemplate: 'folder names',
  language: 'language',
  theme: 'theme',
  readerSize: 'text size',
  readerFace: 'typeface',
  readerTheme: 'paper',
  connectionsPerFile: 'connections for each file',
  connectionsPerHost: 'connections to one server',
  activeTransfers: 'packages at the same time',
  limitBytesPerSecond: 'speed limit',
  limitHours: 'hours of the speed limit',
  catalogueView: 'catalogue view',
  housePurpose: 'house format',
  notify: 'notifications',
  tray: 'tray icon',
  keepAwake: 'keep awake',
  savedSearches: 'saved searches',
  pendingDownload: 'the download that waits for an account',
};
const settingsRebuilt = ({ lost, fromBackup }: Incident): string =>
  fromBackup > 0
    ? 'Your settings were restored from their last backup.'
    : lost.length === 0
      ? 'Your settings were reset. Check them in Settings.'
      : `These settings were reset: ${listed(lost.map((name) => settingNames[name] ?? name))}. Check them in Settings.`;

/** Words of the frame around every page. */
export const shell = {
  main: 'Main',
  active: (n: number) => `${n} active`,
  savedSearches: 'Saved searches',
  forgetSearch: (name: string) => `Delete the saved search ${name}`,
  searchFootage: 'Search footage, places, shots',
  searchNews: 'Search articles, also offline',
  searchSettings: 'Search settings',
  clearSearch: 'Clear search',
  connected: 'Connected',
  connecting: 'Connecting',
  offline: 'Offline',
  noService: 'No service',
  allDownloads: 'All downloads',
  waiting: 'Waiting',
  paused: 'Paused',
  ofPackages: (done: number, all: number) => `${done} of ${all}`,
  packages: (n: number) => (n === 1 ? '1 package' : `${n} packages`),
  notifications: 'Notifications',
  backTo: {
    catalogue: 'Back to the catalogue',
    asset: 'Back to the footage',
    news: 'Back to the news',
    downloads: 'Back to the downloads',
    settings: 'Back to the settings',
    mailbox: 'Back to the mailbox',
    account: 'Back to the account',
  },
  offlineSince: (time: string) => `No network since ${time}.`,
  offlineNow: 'No network.',
  offlineCatalogue:
    'You see the catalogue as it was then. Search and filters work; packages you queue start when the network is back.',
  offlineNews: 'Articles kept on this computer can be read and searched.',
  offlineDownloads:
    'What was fetched is safe; everything goes on by itself when the network is back.',
  tryNow: 'Try now',
  keychainLocked: 'The keychain is locked.',
  keychainLockedText: (n: number) =>
    `${n === 0 ? 'Downloads wait for it.' : n === 1 ? '1 package waits for it.' : `${n} packages wait for it.`} You stay signed in.`,
  keychainLockedSignedIn:
    'You stay signed in until you close the app; unlock it, and the sign-in is kept.',
  keychainTitle: 'Unlock the keychain to go on',
  keychainText:
    'Your sign-in is kept in this computer’s keychain, and the keychain is still locked. Unlock it in the system’s own window or settings, then press the button again.',
  keychainStationText:
    'Your sign-in is kept in the keychain of the computer on which the station runs, and it is still locked. Unlock it there, then press the button again.',
  keychainFacts: {
    signedIn: (email: string) => `You are still signed in as ${email}`,
    kept: 'Your sign-in is in it and is not lost',
    open: 'Catalogue, articles and finished packages work as always',
    waiting: (n: number) =>
      n === 1
        ? 'What is on disk is kept, 1 package goes on by itself'
        : `What is on disk is kept, ${n} packages go on by themselves`,
  },
  openAddress: 'Open this address in your browser?',
  open: 'Open',
  notOpened:
    'This address isn’t opened: it isn’t https, has a password in it, or leads to this computer.',
  later: 'Later',
  unlockKeychain: 'Unlock keychain',
  keychainAbsent: 'This computer has no keychain.',
  keychainAbsentText: 'You stay signed in until you close the app.',
  keychainAbsentStation: 'You stay signed in until the station ends.',
  keychainUnanswered: 'The keychain isn’t responding.',
  keychainUnansweredText:
    'It is tried again automatically; you stay signed in, and downloads continue once it responds.',
  keychainUnansweredSignedIn:
    'It is tried again automatically. If you close the app before it responds, you’ll be signed out.',
  keychainUnreadable: 'The keychain entry could not be read.',
  keychainUnreadableText:
    'It was kept aside, nothing is lost. Sign in again; downloads go on where they stopped.',
  keychainUnreadableSignedIn:
    'It was kept aside, and you are signed in. If you were waiting for a code, ask for a new one.',
  sessionEnded: 'Your session has ended.',
  sessionEndedText: 'Sign in again; downloads go on where they stopped.',
  signIn: 'Sign in',
  screenFailed: 'This page has a problem',
  screenFailedText:
    'Nothing stored is lost, and downloads go on. Open the page again; the log has the details.',
  openAgain: 'Open again',
  shortcuts: 'Shortcuts',
  groups: { everywhere: 'Everywhere', catalogue: 'Catalogue', player: 'Player', lists: 'Lists' },
  keys: {
    palette: 'Search and commands',
    search: 'Search on this page',
    sheet: 'All shortcuts',
    back: 'Back',
    catalogue: 'Catalogue',
    news: 'News',
    downloads: 'Downloads',
    settings: 'Settings',
    close: 'Close, clear the selection',
    select: 'Select',
    selectAll: 'Select all results',
    queue: 'Queue the selection',
    open: 'Open',
    play: 'Play, pause',
    shuttle: 'Back, pause, forward',
    frame: 'One frame back, on',
    shot: 'Previous, next shot',
    mark: 'Mark in, mark out',
    move: 'Move',
    extend: 'Select from here to there',
  },
  palette: {
    title: 'Commands and search',
    placeholder: 'Search footage and news, or type a command',
    footage: 'Footage',
    news: 'News',
    do: 'Do',
    goTo: 'Go to',
    choose: 'Choose',
    open: 'Open',
    all: 'All shortcuts',
    none: 'Nothing matches',
    stored: 'Kept on this computer',
    queue: (title: string) => `Queue “${title}”`,
    searchFor: (text: string) => `Search the catalogue for “${text}”`,
    sync: 'Look for new footage and news now',
    pauseAll: 'Pause all downloads',
    resumeAll: 'Go on with all downloads',
    light: 'Light theme',
    dark: 'Dark theme',
    system: 'Theme of the system',
    signIn: 'Sign in',
    signOut: 'Sign out',
    createAccount: 'Create an account',
  },
  repaired: 'Some data on this computer was damaged.',
  incidents: {
    'settings-rebuilt': (incident: Incident) =>
      `${settingsRebuilt(incident)}${setAside(incident.file)}`,
    'settings-changed': () =>
      'The settings file was changed outside the app and is in use as it is. Check your settings.',
    'library-rebuilt': ({ kept, lost, file }: Incident) =>
      `${kept === null ? 'The library’s log was damaged and has been repaired. Nothing was lost.' : `The library was rebuilt. ${articles(kept)} recovered. The catalogue is downloading again.`}${notRecovered(lost)}${setAside(file)}`,
    'library-damaged': ({ lost }: Incident) =>
      `Part of the library can’t be read. Restart the app to repair it.${notRecovered(lost)}`,
    'queue-rebuilt': ({ kept, fromBackup, lost, file }: Incident) =>
      `${kept === null ? 'The queue’s log was damaged and has been repaired. Nothing was lost.' : `The queue was rebuilt. ${downloads(kept)} recovered${fromBackup === 0 ? '' : `. ${fromBackup} came from a backup and may be in an earlier state`}.`} Files on disk are untouched.${notRecovered(lost)}${setAside(file)}`,
    'queue-damaged': ({ lost }: Incident) =>
      `Part of the queue can’t be read. Restart the app to repair it. Files on disk are untouched.${notRecovered(lost)}`,
    'demo-rebuilt': ({ file }: Incident) =>
      `The demo was reset. Create an account there again.${setAside(file)}`,
    'items-skipped': () =>
      'The service sent entries that couldn’t be read. They were skipped and are listed in the log. Everything else is here.',
    'moved-aside': ({ file }: Incident) =>
      `Something else was in the place of one of the app’s files. It was set aside as ${file ?? ''}.`,
  },
  station: 'Station',
};
