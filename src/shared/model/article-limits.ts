/*
 * How much of articles there may be at once. Apart from the schema, which the page must not load.
 */

/** Tags of one article, and characters of one. */
export const MAX_TAGS = 20;
export const MAX_TAG_LENGTH = 60;
/** Articles that one command marks, stores or exports. */
export const MAX_IDS = 500;
