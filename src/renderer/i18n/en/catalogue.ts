export const catalogue = {
  filters: 'Filters',
  clear: (n: number) => `Clear ${n}`,
  showAll: (n: number) => `Show all ${n}`,
  showFewer: 'Show fewer',
  facets: {
    source: 'Source',
    topic: 'Topic',
    country: 'Country',
    rights: 'Restrictions',
    format: 'Format',
    language: 'Language',
    has: 'Contents',
    rate: 'Frame rate',
    type: 'Type',
  },
  date: 'Date',
  periods: { today: 'Today', week: '7 days', range: 'Range', any: 'Any' },
  perSecond: (n: string) => `${n} fps`,
  from: 'From',
  to: 'To',
  findValue: (facet: string) => `Find in ${facet}`,
  selectAll: (n: string) => `Select all ${n}`,
  selectFirst: (n: string) => `Select the first ${n}`,
  removeFilter: 'Remove filter',
  results: 'Results',
  found: (n: string, isOne: boolean) => `${n} ${isOne ? 'package' : 'packages'}`,
  nothing: 'Nothing found',
  forText: (text: string) => `for “${text}”`,
  saveSearch: 'Save search',
  saved: (name: string) => `“${name}” saved`,
  deleted: (name: string) => `“${name}” deleted`,
  importSearches: 'Import from file…',
  exportSearches: 'Save all as file',
  imported: (added: number, known: number) =>
    [
      added === 0
        ? 'No new saved searches'
        : `${added} saved ${added === 1 ? 'search' : 'searches'} imported`,
      known > 0 && `${known} saved already`,
    ]
      .filter(Boolean)
      .join(', '),
  notImported:
    'Nothing imported: the file has no saved searches that this version reads, or more than fit (200 in all).',
  shared: (name: string) => `Search of another desk: “${name}”`,
  noSearches: 'No saved searches yet. Save one to return to it in one click.',
  renameSearch: (name: string) => `Rename saved search ${name}`,
  searchName: 'Name of the saved search',
  allFootage: 'All footage',
  sort: 'Sort',
  sorts: {
    newest: 'Newest first',
    oldest: 'Oldest first',
    relevance: 'Best match',
    longest: 'Longest first',
    shortest: 'Shortest first',
    'title-az': 'Title, A to Z',
    'title-za': 'Title, Z to A',
    'place-az': 'Place, A to Z',
    'place-za': 'Place, Z to A',
    'languages-az': 'Languages, A to Z',
    'languages-za': 'Languages, Z to A',
    'format-best': 'Largest picture first',
    'format-least': 'Smallest picture first',
    largest: 'Largest package first',
    smallest: 'Smallest package first',
  },
  view: 'View',
  grid: 'Grid',
  table: 'Table',
  select: (title: string) => `Select ${title}`,
  columns: {
    title: 'Title',
    date: 'Date',
    place: 'Place',
    languages: 'Languages',
    format: 'Format',
    size: 'Size',
    length: 'Length',
  },
  selection: 'Selection',
  selected: (n: number) => `${n} selected`,
  clearSelection: 'Clear',
  size: 'Size',
  /** @param size of the packages whose size is known; null if there are none */
  atLeast: (size: string | null, unknown: number) =>
    `${size === null ? '' : `at least ${size}, `}${unknown} of unknown size`,
  freeOn: (volume: string) => `Free on ${volume}`,
  free: 'Free on disk',
  time: 'Time',
  about: (minutes: number) =>
    minutes < 1
      ? 'under a minute'
      : minutes < 90
        ? `about ${minutes} min`
        : `about ${Math.round(minutes / 60)} h`,
  house: 'House format',
  queue: (n: number) => (n === 1 ? 'Queue 1 package' : `Queue ${n} packages`),
  restrictedNote: (n: number) =>
    n === 1 ? '1 has restrictions to confirm first.' : `${n} have restrictions to confirm first.`,
  embargoNote: (n: number) =>
    n === 1 ? '1 has an embargo to confirm first.' : `${n} have embargoes to confirm first.`,
  /** Of packages with either, where there are both. */
  bothNote: (n: number) =>
    n === 1
      ? '1 has restrictions and an embargo to confirm first.'
      : `${n} have restrictions or an embargo to confirm first.`,
  blockedNote: (list: string) => `Won’t be queued: ${list}.`,
  blocked: {
    withdrawn: (n: number) => `${n} withdrawn`,
    'on-hold': (n: number) => `${n} on hold`,
    expired: (n: number) => `${n} expired`,
    embargoed: (n: number) => `${n} under embargo`,
    territory: (n: number) => `${n} not cleared for your territory`,
    platform: (n: number) => `${n} not cleared for your platforms`,
    'no-package': (n: number) => `${n} not available`,
    'no-fit': (n: number) => `${n} without a fitting rendition`,
    terms: (n: number) => `${n} with terms of use to accept`,
  },
  downloadedNote: (n: number) =>
    n === 1 ? '1 is already downloaded.' : `${n} are already downloaded.`,
  spaceNote: (bytes: string) =>
    `${bytes} more than fits on the disk. What doesn’t fit waits for space.`,
  empty: {
    title: 'No packages match',
    text: 'Remove a filter or use fewer words. Shotlists and scripts are searched too.',
    didYouMean: (text: string) => `Did you mean ${text}?`,
    anyDate: 'Search any date',
    without: (term: string) => `Search without “${term}”`,
    save: 'Save this search',
    clearAll: 'Clear all filters',
  },
  first: {
    title: 'Loading the catalogue',
    text: 'It loads once, then stays up to date. After that, search works offline too.',
    offlineTitle: 'No catalogue yet',
    offlineText:
      'The service can’t be reached. The catalogue loads as soon as it’s back, then stays on this computer.',
    noSourceTitle: 'No source set up',
    noSourceText: 'Enter your service’s address, add a public source, or try the demo.',
    setUp: 'Set up service',
    faultyTitle: 'No footage yet',
    faultyText: 'None of your sources can be read at the moment. See why in Settings.',
    showSources: 'Show sources',
    emptyTitle: 'Your sources have no footage yet',
    emptyText: 'New packages appear here automatically.',
  },
  failedTitle: 'Search failed',
  failedText: 'The catalogue on this computer couldn’t be read. Nothing is lost. Search again.',
};
