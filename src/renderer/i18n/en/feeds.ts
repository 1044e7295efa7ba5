const articles = (n: string): string => (n === '1' ? '1 article' : `${n} articles`);

/** Feeds and offline storage in the settings. */
export const feeds = {
  title: 'Feeds',
  text: (minutes: string) =>
    `Checked every ${minutes} minutes. Pages and pictures are saved as text and images only.`,
  import: 'Import OPML…',
  export: 'Export OPML',
  add: 'Add feed',
  empty: 'No feeds yet. Add one, or import a list from another reader.',
  feed: 'Feed',
  state: 'State',
  unread: 'Unread',
  fullText: 'Full text',
  fullTextOf: (name: string) => `Full text from the pages of ${name}`,
  ofService: 'Articles of your service',
  /** State of a feed whose publisher has closed it. */
  closed: 'Closed, articles stay',
  tooLarge: 'This file is too large for a list of feeds.',
  /** @param refused names of those that weren’t added; empty for none */
  imported: (n: string, added: number, known: number, refused: string) =>
    [
      added === 1 ? '1 feed added' : `${n} feeds added`,
      ...(known > 0 ? [`${known} already there`] : []),
      ...(refused === '' ? [] : [`not added: ${refused}`]),
    ].join(', '),
  nothingToExport: 'There are no feeds to export.',
  leftOut: (n: number) =>
    n === 1
      ? 'Left out: 1 feed whose address contains a password or key'
      : `Left out: ${n} feeds whose addresses contain a password or key`,
  storage: 'Offline storage',
  limit: 'Limit',
  limitOf: (size: string) => `Limit ${size}`,
  used: (n: string, used: string, limit: string) =>
    `${articles(n)} with ${n === '1' ? 'its' : 'their'} pictures, ${used} of ${limit}.`,
  usedOf: (used: string, limit: string) => `${used} of ${limit} used`,
  newest: 'Newest articles',
  none: 'None',
  keepRead: 'Keep read articles',
  whileThereIsRoom: 'As long as there’s room',
  days: (n: number) => `${n} days`,
  whole: 'Save everything from',
  groups: {
    kept: () => 'Starred, tagged and saved',
    newest: (n: string) => `Newest ${n}`,
    chosen: () => 'Chosen feeds and topics',
    others: () => 'Others',
  },
  neverRemoved: (size: string) => `${size}, never removed`,
  goesFirst: 'What goes first when it’s full',
  goesOrder: 'Read before unread, oldest first',
  part: (isRead: boolean, day: string) => `${isRead ? 'Read' : 'Unread'} articles up to ${day}`,
  partFacts: (n: string, sources: string) =>
    sources === '' ? articles(n) : `${articles(n)}, ${sources}`,
  freeNow: (size: string) => `Free ${size} now…`,
  alwaysStay: 'Starred, tagged and saved articles always stay.',
  freeTitle: (size: string) => `Free ${size}?`,
  freeText:
    'Offline copies of read articles are removed. The articles stay in the list and open when you’re online.',
  free: 'Remove copies',
  freed: (size: string, n: string) => `${size} freed, ${articles(n)}`,
};
