/**
 * Limits of queue lists and Metalinks. Exports keep to them, so that they can be imported again.
 */
export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;
/** Entries per list. */
export const MAX_ENTRIES = 50_000;
/** Entries per package in a list: each new one is compared with the others. */
export const MAX_REVISIONS = 100;
/** Files per Metalink, and URLs in all of them. */
export const MAX_FILES = 10_000;
export const MAX_ADDRESSES = 50_000;
/**
 * Attribute on the root of a Metalink stored with its transfer: its file names may repeat, as in
 * the imported list. RFC 5854 forbids that, version 3 and aria2 lists do not.
 */
export const STORED_MARK = { namespace: 'urn:multimedia-desk', attribute: 'kept' };
export const MAX_ELEMENTS = 300_000;
export const MAX_ADDRESS_CHARACTERS = 8_000;
/** Longest document of certificates, in UTF-16 units: all that a system trusts is a third of it. */
export const MAX_CERTIFICATES_CHARACTERS = 1024 * 1024;
