/**
 * What a list of downloads or a Metalink may have: what goes out keeps to it, so that it can come
 * in.
 */
export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;
/** Entries of a list. */
export const MAX_ENTRIES = 50_000;
/** Entries of a list for one package: each new one is compared with those. */
export const MAX_REVISIONS = 100;
/** Of a Metalink, and all addresses in it. */
export const MAX_FILES = 10_000;
export const MAX_ADDRESSES = 50_000;
/**
 * On the root of a Metalink that is kept with its transfer: names in it may be there more than
 * once, as the list had them that it came from. RFC 5854 forbids that, version 3 and lists of aria2
 * do not.
 */
export const KEPT = { namespace: 'urn:multimedia-desk', attribute: 'kept' };
export const MAX_ELEMENTS = 300_000;
export const MAX_ADDRESS_CHARACTERS = 8_000;
