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
  packages,
  articles: (n: string) => (n === '1' ? '1 article' : `${n} articles`),
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
  changeAddress: 'Change address…',
  changeService: 'Change service…',
  copyAddress: 'Copy address',
  copied: 'Copied',
  remove: 'Remove…',
  leaveDemo: 'Leave demo',
  demoLeft: 'You’ve left the demo. What you’ve downloaded stays.',
  acceptTerms: 'Accept terms of use…',
  more: (name: string) => `Actions for ${name}`,
  /** The name of a button, where several rows have the same one. */
  of: (action: string, name: string) => `${action}: ${name}`,
  emptyText: 'Add your organisation’s service or a feed to see its footage in the catalogue.',

  checkingTitle: 'Checking',
  every: 'Check for new items',
  everyText: 'Sources that ask for longer pauses get them.',
  everyMinutes: {
    15: 'Every 15 minutes',
    30: 'Every 30 minutes',
    60: 'Every hour',
    240: 'Every 4 hours',
  },

  kind: 'Kind',
  serviceKind: 'Your service',
  serviceKindText: 'With a press account',
  feedKindText: 'Media RSS, podcast, Atom',
  serviceText:
    'Your organisation’s press multimedia service has an address of its own and may ask for an account. Only one can be in use at a time.',
  setUpService: 'Set up service',
  address: 'Feed address',
  placeholder: 'https://example.org/video/feed.xml',
  addressHelp: 'Media RSS, podcast, RSS, Atom or JSON Feed, as the publisher’s page gives it.',
  looking: 'Checking the address…',
  /** What an address offers, in one line. */
  offers: (kind: string, name: string, items: string, changed: string | null) =>
    `${kind}, “${name}”. ${items}${changed === null ? '' : `, changed ${changed}`}.`,
  items: (n: string) => (n === '1' ? '1 item' : `${n} items`),
  itemsBeside: (n: string, without: string) => `${n} with video or sound, ${without} without`,
  nothingToShow: 'No item in this feed has video or sound.',
  isKeyed: 'The secret part of this address is stored in the keychain, never in files or logs.',
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
  promisedRights: {
    stated: 'Restrictions stated for each package',
    general: 'General terms only: check with the publisher',
    unknown: 'No restrictions stated: check with the publisher',
  },
  noTerms: 'No terms stated. Check with the publisher.',
  termsOfUse: 'Terms of use, in the publisher’s words',
  termsPage: 'Open terms of use',
  agree: 'I accept the source’s terms of use. Recorded once for each version.',
  nothingYet: 'Nothing is downloaded yet.',
  enterAddress: 'Enter an address first.',
  enterNewAddress: 'Enter the new address.',
  correctAddress: 'Correct the address first.',
  agreeFirst: 'Accept the terms of use first.',
  alreadyAdded: 'You’ve already added this source.',
  sameAddress: 'That’s already its address.',
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

  addressTitle: (name: string) => `Change the address of ${name}`,
  saveAddress: 'Change address',
  addressChanged: 'Address changed',
  addressKeeps: 'Name, downloads and footage stay.',
  renameTitle: 'Rename source',
  name: 'Name in the catalogue',
  saveName: 'Rename',
  removeTitle: (name: string) => `Remove ${name}?`,
  removeText: (n: string) =>
    `${packages(n)} from this source will leave the catalogue. What you’ve downloaded stays, with its evidence report.`,
  removeNow: 'Remove',
  removed: (name: string) => `${name} removed. What you’ve downloaded stays.`,
  termsTitle: (name: string) => `Terms of use of ${name}`,
  termsText: 'Your acceptance is recorded once for each version, and with every download.',
  accept: 'Accept',

  allUpToDate: 'Sources up to date',
  allPaused: 'Sources paused',
  faulty: (n: number) => (n === 1 ? '1 source with a fault' : `${n} sources with a fault`),
};
