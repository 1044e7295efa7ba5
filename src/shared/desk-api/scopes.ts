/**
 * What a system may do with its token. `downloads:confirm` is on its own: who confirms restrictions
 * answers for them.
 */
export const API_SCOPES = [
  'catalogue:read',
  'downloads:read',
  'downloads:write',
  'downloads:confirm',
  'events:read',
  'recalls:read',
  'recalls:write',
  'articles:read',
] as const;
export type ApiScope = (typeof API_SCOPES)[number];

/** Longest name of a system. */
export const MAX_SYSTEM_NAME = 60;
