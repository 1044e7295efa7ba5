/**
 * The service's topics and sections in the reader's language. A missing one is shown as the service
 * sends it.
 */
export const topics: Record<string, string> = {};
