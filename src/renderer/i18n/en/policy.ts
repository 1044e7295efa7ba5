import type {
  ManagedSetting,
  PolicyFault,
  PolicyFeature,
} from '../../../shared/contract/policy.ts';

/** Names of settings, where they stand without their section. */
const names: Record<ManagedSetting, string> = {
  serviceUrl: 'Service',
  demo: 'Built-in demo',
  destination: 'Download folder',
  folderTemplate: 'Folder names',
  fileTemplate: 'File names',
  limitBytesPerSecond: 'Speed limit',
  schedule: 'Hours of the speed limit',
  connectionsPerFile: 'Connections per file',
  connectionsPerHost: 'Connections per server',
  activeTransfers: 'Simultaneous downloads',
  houseFormat: 'Default house format',
  territory: 'Territory',
  platforms: 'Platforms',
  holdUnderEmbargo: '.done waits for the embargo',
  notify: 'Notifications',
  tray: 'Tray icon',
  keepAwake: 'No sleep while downloading',
  articlesNewest: 'Newest articles saved offline',
  articleTopics: 'Topics saved whole',
  articleSources: 'Sources saved whole',
  articlesLimitMb: 'Space for articles',
  articlesKeepDays: 'Read articles stay',
  sourceMinutes: 'Checking of sources',
  proxyMode: 'Proxy',
  proxyAddress: 'Proxy address',
  proxyExceptions: 'Reached without proxy',
  pacAddress: 'Proxy script',
  caFiles: 'Extra certificates',
  clientCertificates: 'Client certificates',
  updates: 'Updates',
  updateChannel: 'Update channel',
};

const features: Record<PolicyFeature, string> = {
  'add-sources': 'Adding and changing sources',
  'add-feeds': 'Adding and changing feeds',
  'saved-pages': 'Saving web pages',
  'auto-fetch': 'Auto-fetch',
  'export-articles': 'Exporting articles',
  'get-by-address': 'Downloads by URL, Metalink or list',
  'other-folders': 'Other folders than the download folder',
  api: 'Access of newsroom systems (API)',
};

const faultKinds: Record<PolicyFault['kind'], string> = {
  unreadable: 'The file can’t be read.',
  writable: 'Others than the administrator can write to the file.',
  'not-json': 'The file isn’t valid JSON.',
  unknown: 'unknown name',
  invalid: 'invalid value',
};

export const policy = {
  names,
  features,
  faultKinds,
  title: 'Policy',
  administrator: 'your administrator',
  managed: 'Managed',
  by: (organisation: string) => `by ${organisation}`,
  managedBy: (organisation: string) => `Managed by ${organisation}`,
  setBy: (organisation: string) => `Set by ${organisation}. It can’t be changed here.`,
  offBy: (organisation: string) => `Switched off by ${organisation}.`,
  here: (count: number, organisation: string) =>
    count === 1
      ? `1 setting here is managed by ${organisation}.`
      : `${count} settings here are managed by ${organisation}.`,
  view: 'View policy',
  text: (organisation: string) =>
    `Managed by ${organisation}. It applies to everyone on this computer and is read at each start of the app.`,
  addingOff: (organisation: string) => `Adding is switched off by ${organisation}.`,
  file: 'File',
  fixed: 'Fixed settings',
  asItIs: 'As it is: the policy’s value isn’t valid',
  off: 'Switched off',
  allowed: 'Sources allowed',
  at: (kind: string, host: string) => `${kind} at ${host}`,
  kinds: { feed: 'Feeds', dvids: 'DVIDS', nasa: 'NASA’s library', folder: 'Folders' },
  always: 'Sources that are always there',
  faults: 'Not understood',
  faultsTitle: 'Part of the policy for this computer isn’t understood.',
  closedTitle: 'The policy for this computer can’t be used.',
  faultsText: 'Settings with an invalid value stay as they are. Tell your administrator.',
  closedText:
    'Until it’s corrected, what a policy can rule can’t be changed. Queued downloads continue. Tell your administrator.',
  none: 'None',
  on: 'On',
  isOff: 'Off',
  asPublished: 'As published',
  ofAccount: 'As in the account',
  whole: 'the whole day',
  hours: (days: string, from: string, to: string) => `${days}, ${from} to ${to}`,
  pausing: (hours: string) => `${hours} (paused)`,
  proxyModes: {
    system: 'As the system says',
    none: 'No proxy',
    manual: 'Manual',
    pac: 'PAC file',
  },
  channels: { stable: 'Stable', beta: 'Beta' },
};
