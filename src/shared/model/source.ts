/**
 * Id of a source of assets and articles. Our own service is known by its origin, or as `demo`;
 * others by their kind and a hash of their address, such as `feed:` and 32 hexadecimal digits.
 */
export type SourceId = string;

/** True for another source than our own service. */
export const isForeignSource = (id: SourceId): boolean => /^[a-z]+:[0-9a-f]{32}$/u.test(id);

/**
 * True for ids of assets and packages that begin with the id of a source and a slash. Those of our
 * own service are its own, which may not begin so.
 */
export const isForeignId = (id: string): boolean => /^[a-z]+:[0-9a-f]{32}\//u.test(id);

/** The foreign source that an asset or package is of; null for our own service. */
export const foreignSourceOf = (id: string): SourceId | null =>
  isForeignId(id) ? id.slice(0, id.indexOf('/')) : null;

/** The source of single pages that the user has saved, and of what was kept of removed sources. */
export const SAVED_PAGES: SourceId = `pages:${'0'.repeat(32)}`;
/** What they are called in a query, as in the interface of either language. */
export const SAVED_PAGES_NAMES: readonly { id: SourceId; name: string }[] = [
  { id: SAVED_PAGES, name: 'Saved pages' },
  { id: SAVED_PAGES, name: 'Pages enregistrées' },
];

/** Units, keywords, searches or collections that one source has at most. */
export const MAX_FOLLOWS = 30;
