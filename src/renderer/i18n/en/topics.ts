/**
 * The service's words for topics and sections, in the reader's language. A word that is not here is
 * shown as it came.
 */
export const topics: Record<string, string> = {};
