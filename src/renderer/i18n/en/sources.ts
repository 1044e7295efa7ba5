import type { SourceKind } from '../../../shared/contract/sources.ts';
import type { ErrorCode } from '../../../shared/errors.ts';

const packages = (n: string): string => (n === '1' ? '1 package' : `${n} packages`);

export const sources = {
  text: 'Where footage and articles come from, in one catalogue. One that fails never holds up the others.',
  add: 'Add source',
  demo: 'Demo',
  kinds: {
    service: 'Your organisation’s service',
    demo: 'Built into the app',
    feed: 'Feed',
    dvids: 'Public archive, your key',
    nasa: 'Public archive, no key',
    folder: 'Local folder',
  },
  upToDate: (checked: string, next: string | null) =>
    `Up to date, checked ${checked}${next === null ? '' : `, next ${next}`}`,
  checking: 'Checking…',
  paused: 'Paused',
  notChecked: 'Not checked yet',
  termsDue: 'New terms of use: accept them to download',
  fault: (reason: string) => `Fault: ${reason}`,
  /** After “Fault:”, in the list of sources. */
  faults: {
    'feed-invalid': 'there’s no readable feed at the address',
    'source-blocked': 'the address answers with a web page, not a feed',
    'source-gone': 'the publisher has closed it for good',
    'key-refused': 'password missing or refused',
    'origin-refused': 'the publisher refuses access',
    'origin-error': 'the publisher’s server has a problem',
    'not-found': 'nothing is published at this address any longer',
    'redirect-refused': 'the address leads to an unsafe one',
    'rate-limited': 'the publisher’s server asks for a pause',
    'service-unreachable': 'no response',
    'service-error': 'the service has a problem',
    'password-needed': 'its address in the keychain can’t be read',
    timeout: 'no response in time',
    tls: 'its certificate isn’t trusted',
    offline: 'the address can’t be reached',
    'captive-portal': 'a web page answered instead of the feed',
  } as Partial<Record<ErrorCode, string>>,
  /** Those of one kind, in place of the ones above. */
  faultsOf: {
    dvids: {
      'key-refused': 'DVIDS refuses the key',
      'origin-refused': 'DVIDS refuses this app',
      'feed-invalid': 'DVIDS answers in a form that isn’t understood',
      'source-blocked': 'a browser check answers instead of DVIDS',
      'password-needed': 'its key in the keychain can’t be read',
      'captive-portal': 'a web page answered instead of DVIDS',
      offline: 'DVIDS can’t be reached',
    },
    nasa: {
      'feed-invalid': 'the library answers in a form that isn’t understood',
      'source-blocked': 'a browser check answers instead of the library',
      'captive-portal': 'a web page answered instead of the library',
      offline: 'the library can’t be reached',
    },
    folder: {
      'destination-missing': 'the folder isn’t there',
      'not-permitted': 'this app may not read the folder',
      'disk-error': 'the folder can’t be read',
    },
  } as Partial<Record<SourceKind, Partial<Record<ErrorCode, string>>>>,
  packages,
  /** What of an archive is in the catalogue. */
  selection: (names: string) => `Selection: ${names}`,
  named: (value: string) => `“${value}”`,
  andMore: (names: string, n: string) => `${names} and ${n} more`,
  articles: (n: string) => (n === '1' ? '1 article' : `${n} articles`),
  /** Of a feed without footage. */
  articlesOnly: 'Articles, no footage',
  articlesStay: 'Its articles stay',
  staySearchable: (n: string) =>
    n === '1' ? '1 package stays searchable' : `${n} packages stay searchable`,
  since: (time: string) => `Since ${time}`,
  nextTry: (time: string) => `Next try ${time}`,
  noNextTry: 'No automatic retry',
  lastChecked: (time: string) => `Checked ${time}`,
  vouches: {
    signed: 'Signed file lists',
    published: 'Checksums by the publisher',
    recorded: 'No checksums: recorded here at the first download',
    none: 'No files: can only be watched at the source',
  },
  signedInAs: (email: string) => `Signed in as ${email}`,
  checkNow: 'Check now',
  checkAll: 'Check all sources',
  pause: 'Pause',
  resume: 'Resume',
  rename: 'Rename…',
  /** Opens what can be changed of a source. */
  changeSource: {
    feed: 'Change address…',
    dvids: 'Change selection or key…',
    nasa: 'Change selection…',
    folder: 'Change folder…',
  },
  changeService: 'Change service…',
  copyAddress: 'Copy address',
  copyPath: 'Copy path',
  copied: 'Copied',
  remove: 'Remove…',
  leaveDemo: 'Leave demo',
  demoLeft: 'You’ve left the demo. What you’ve downloaded stays.',
  acceptTerms: 'Accept terms of use…',
  more: (name: string) => `Actions for ${name}`,
  /** The name of a button, where several rows have the same one. */
  of: (action: string, name: string) => `${action}: ${name}`,
  emptyText:
    'Add your organisation’s service, a public archive, a feed or a folder to see its footage in the catalogue.',

  checkingTitle: 'Checking',
  every: 'Check for new items',
  everyText: 'Sources that ask for longer pauses get them.',
  everyMinutes: {
    15: 'Every 15 minutes',
    30: 'Every 30 minutes',
    60: 'Every hour',
    240: 'Every 4 hours',
  },

  keys: 'Keys',
  keysText: {
    keychain: 'Stored in this computer’s keychain, never in files or logs.',
    file: 'Stored in the encrypted credential file on the server, never in logs.',
    none: 'Forgotten when the app quits: there is no keychain. Never in files or logs.',
  },
  keyEnds: (name: string, ending: string) => `${name}, ends in ${ending}`,
  replaceKey: 'Replace…',

  kind: 'Kind',
  kindNames: {
    service: 'Your service',
    dvids: 'DVIDS',
    nasa: 'NASA Library',
    feed: 'Feed',
    folder: 'Local folder',
  },
  kindTexts: {
    service: 'With a press account',
    dvids: 'Free key of your own',
    nasa: 'No key',
    feed: 'Articles, video, podcasts',
    folder: 'Watched, with sidecars',
  },
  serviceText:
    'Your organisation’s press multimedia service has an address of its own and may ask for an account. Only one can be in use at a time.',
  setUpService: 'Set up service',
  address: 'Feed address',
  placeholder: 'https://example.org/feed.xml',
  addressHelp: 'RSS, Atom, JSON Feed, Media RSS or podcast, or a web page that has one.',
  looking: 'Checking…',
  /** What an address offers, in one line. */
  offers: (format: string | null, name: string, items: string, changed: string | null) =>
    `${format === null ? name : `${format}, “${name}”`}. ${items}${changed === null ? '' : `, changed ${changed}`}.`,
  items: (n: string) => (n === '1' ? '1 item' : `${n} items`),
  itemsBeside: (n: string, without: string) => `${n} with video or sound, ${without} without`,
  nothingToShow: 'Nothing there has video, sound or text.',
  emptyFeed: 'The feed is empty for now. What it publishes will be shown once it’s there.',
  /** Where a web page was named, and its feed was found. */
  foundAt: (address: string) => `Found at ${address}.`,
  chooseFeed: 'Feeds of this page',
  severalFeeds: 'This page has several feeds. Choose one:',
  chooseFeedFirst: 'Choose a feed first.',
  savePageInstead: 'Save the page instead…',
  isKeyed: {
    keychain: 'The secret part of this address is stored in the keychain, never in files or logs.',
    file: 'The secret part of this address is stored in the encrypted credential file on the server, never in logs.',
    none: 'The secret part of this address is forgotten when the app quits: there is no keychain.',
  },
  first: 'Newest items',
  firstOf: (shown: string, all: string) => `${shown} of ${all}`,
  captions: 'captions',
  noDate: 'no date',
  noFile: 'no file, watch at the source',
  promises: 'What this source promises',
  resumes: 'Downloads resume where they left off',
  restarts: 'Interrupted downloads start from the beginning',
  promisedIntegrity: {
    signed: 'Signed file lists: every file is verified',
    published: 'Checksums by the publisher: they show damage, not origin',
    recorded: 'No checksums: recorded by this computer at the first download',
    none: 'No files: the footage can only be watched at the source',
  },
  /** Of a folder: each film has what the texts beside it say. */
  promisedInTexts: 'Restrictions only where a text beside the file states them',
  promisedRights: {
    stated: 'Restrictions stated for each package',
    general: 'General terms only: check with the publisher',
    unknown: 'No restrictions stated: check with the publisher',
  },
  noTerms: 'No terms stated. Check with the publisher.',
  termsOfUse: 'Terms of use, in the publisher’s words',
  termsInShort: 'Terms of use, in short',
  termsPage: 'Open the publisher’s page, which prevails',
  agree: 'I accept the source’s terms of use. Recorded once for each version.',
  nothingYet: 'Nothing is downloaded yet.',
  enterAddress: 'Enter an address first.',
  /** Where what was typed isn’t a whole address yet. */
  checkAddress: 'Press Enter to check the address.',
  enterNewAddress: 'Enter the new address.',
  correct: 'Correct what is marked first.',
  changeSomething: 'Nothing changed yet.',

  key: 'Your DVIDS key',
  getKey: 'Get a free key',
  keyHelp: {
    keychain: 'Stored in this computer’s keychain, never in files or logs.',
    file: 'Stored in the encrypted credential file on the server, never in logs.',
    none: 'Forgotten when the app quits: there is no keychain. Never in files or logs.',
  },
  keyKept: (ending: string) => `Leave it empty to keep the key that ends in ${ending}.`,
  enterKey: 'Enter your key first.',
  dvidsFollow: 'Add a unit or keyword',
  dvidsFollowHelp:
    'Units are suggested as you type, Enter adds a keyword. The catalogue shows what matches any of them.',
  followNato: 'NATO (Natochannel)',
  nasaFollow: 'Add a search or collection',
  nasaFollowHelp:
    'Enter adds a search. Collections need their exact name, such as Apollo_11_50th_Anniversary. The catalogue shows what matches any of them.',
  followFirst: {
    dvids: 'Add a unit or keyword first.',
    nasa: 'Add a search or collection first.',
  },
  followLimit: (n: string) => `You can add ${n} at most. Remove one first.`,
  followKinds: {
    unit: 'Unit',
    keyword: 'Keyword',
    search: 'Search',
    collection: 'Collection',
  },
  follow: (kind: string, value: string) => `${kind} “${value}”`,
  suggestions: 'Suggestions',
  /** Said to screen readers when the number changes. */
  suggested: (n: number) => (n === 1 ? '1 suggestion' : `${n} suggestions`),
  followed: 'Selection',
  unfollow: 'Remove',

  folder: 'Folder',
  folderHelp:
    'Files are used where they are, and nothing in the folder is ever changed. Texts beside a video (ninjs, NewsML-G2, shotlists) are read with it.',
  chooseFolder: 'Choose…',
  chooseFolderFirst: 'Choose a folder first.',
  chooseNewFolder: 'Choose the new folder.',

  agreeFirst: 'Accept the terms of use first.',
  alreadyAdded: {
    feed: 'You’ve already added this source.',
    dvids: 'You’ve already added DVIDS. Change its selection in Settings.',
    nasa: 'You’ve already added this library. Change its selection in Settings.',
    folder: 'You’ve already added this folder.',
  },
  sameAddress: { feed: 'That’s already its address.', folder: 'That’s already its folder.' },
  added: (name: string) => `${name} added`,
  /** Under the address field: what happened and what to do. */
  addressFaults: {
    usage: 'Not a valid address. Example: https://example.org/feed.xml.',
    'invalid-payload': 'Not a valid address. Example: https://example.org/feed.xml.',
    'https-required':
      'The address must start with https://. Over http, others can change what you receive.',
    'feed-invalid':
      'There’s no readable feed at this address. Look for RSS, Atom or JSON Feed on the publisher’s page and copy that address.',
    'source-blocked':
      'This address answers with a browser check that apps can’t pass. Ask the publisher for one that newsrooms may use.',
    'source-gone':
      'The publisher has closed this address for good. Look for the new one on its page.',
    'key-refused':
      'This address requires a password or a key, which is missing or refused. Ask the publisher for the full address.',
    'origin-refused':
      'The publisher refuses access to this address. Ask for one that newsrooms may use.',
    'origin-error': 'The publisher’s server has a problem. Try again later.',
    'not-found': 'Nothing is published at this address. Check it for typing errors.',
    'redirect-refused':
      'The address leads to an unsafe one. Copy the address from your browser instead.',
    'rate-limited': 'The publisher’s server asks for a pause. Try again in a few minutes.',
    'service-unreachable': 'No response. Check the address and your connection.',
    timeout: 'No response in time. Check the address, or press Enter to try again.',
    tls: 'This site’s certificate isn’t trusted, so nothing was read.',
    offline:
      'This address can’t be reached. Check it for typing errors, and check your connection.',
    'captive-portal':
      'A web page answered instead of the feed. Log in to this network in your browser first.',
    'terms-not-accepted':
      'The terms of use have changed in the meantime. Read and accept the new ones.',
  } as Partial<Record<ErrorCode, string>>,

  /** Under the field for a key, or for what is followed. */
  dvidsFaults: {
    usage: 'Not a valid key. Copy it whole from your DVIDS account.',
    'invalid-payload': 'Not a valid key. Copy it whole from your DVIDS account.',
    'key-refused': 'DVIDS refuses this key. Copy it whole from your DVIDS account.',
    'origin-refused':
      'DVIDS refuses this app: the key is tied to a website. Create one for an app in your DVIDS account.',
    'source-blocked':
      'A browser check answered instead of DVIDS. Try again later, or from another network.',
    'captive-portal':
      'A web page answered instead of DVIDS. Log in to this network in your browser first.',
    'feed-invalid':
      'DVIDS answers in a form that isn’t understood. Look for an update of this app.',
    'origin-error': 'DVIDS has a problem. Try again later.',
    'rate-limited': 'DVIDS asks for a pause. Try again in a few minutes.',
    timeout: 'No response in time. Press Enter to try again.',
    offline: 'DVIDS can’t be reached. Check your connection.',
    'service-unreachable': 'No response from DVIDS. Check your connection.',
    'password-needed': 'The stored key can’t be read. Enter it again.',
  } as Partial<Record<ErrorCode, string>>,
  nasaFaults: {
    'source-blocked':
      'A browser check answered instead of the library. Try again later, or from another network.',
    'captive-portal':
      'A web page answered instead of the library. Log in to this network in your browser first.',
    'feed-invalid':
      'The library answers in a form that isn’t understood. Look for an update of this app.',
    'not-found': 'There’s no collection with this name. Collections are named exactly.',
    'origin-error': 'The library has a problem. Try again later.',
    'rate-limited': 'The library asks for a pause. Try again in a few minutes.',
    timeout: 'No response in time. Press Enter to try again.',
    offline: 'The library can’t be reached. Check your connection.',
    'service-unreachable': 'No response from the library. Check your connection.',
  } as Partial<Record<ErrorCode, string>>,
  folderFaults: {
    usage: 'Enter the whole path of a folder.',
    'invalid-payload': 'Enter the whole path of a folder.',
    'destination-missing': 'There’s no folder at this path.',
    'not-permitted':
      'This app may not read this folder. Change its permissions, or choose another.',
    'disk-error': 'This folder can’t be read. Check the drive.',
  } as Partial<Record<ErrorCode, string>>,

  changeTitle: {
    feed: (name: string) => `Change the address of ${name}`,
    dvids: (name: string) => `Change the selection or key of ${name}`,
    nasa: (name: string) => `Change the selection of ${name}`,
    folder: (name: string) => `Change the folder of ${name}`,
  },
  saveChange: {
    feed: 'Change address',
    dvids: 'Save',
    nasa: 'Save',
    folder: 'Change folder',
  },
  changed: {
    feed: 'Address changed',
    dvids: 'DVIDS: changes saved',
    nasa: 'Selection changed',
    folder: 'Folder changed',
  },
  changeKeeps: 'Name, footage, articles and downloads stay.',
  renameTitle: 'Rename source',
  name: 'Name in the catalogue',
  saveName: 'Rename',
  removeTitle: (name: string) => `Remove ${name}?`,
  removeText: (n: string) =>
    `${packages(n)} from this source will leave the catalogue. What you’ve downloaded stays, with its evidence report.`,
  removeArticles: 'Its articles will leave News. Those you’ve starred, tagged or saved stay.',
  removeNow: 'Remove',
  removed: (name: string) => `${name} removed. What you’ve downloaded stays.`,
  termsTitle: (name: string) => `Terms of use of ${name}`,
  termsText: 'Your acceptance is recorded once for each version, and with every download.',
  accept: 'Accept',

  allUpToDate: 'Sources up to date',
  allPaused: 'Sources paused',
  faulty: (n: number) => (n === 1 ? '1 source with a fault' : `${n} sources with a fault`),
};
