import { UNAVAILABLE, type Unavailable } from '../api/unavailable.ts';

export const isUnavailable = (text: string): text is Unavailable =>
  UNAVAILABLE.some((one) => one === text);

/** What a package on this computer is to be told of; the worst first. */
export const RIGHTS_STATES = [...UNAVAILABLE, 'expires-today', 'newer-version'] as const;
export type RightsState = (typeof RIGHTS_STATES)[number];

const EMBARGO = 'embargo:';

/**
 * The consent to an embargo, beside the ids of restrictions. It names the time: one that is moved
 * has to be confirmed anew.
 */
export const embargoAcknowledgement = (untilMs: number): string =>
  `${EMBARGO}${new Date(untilMs).toISOString()}`;
export const isEmbargoAcknowledgement = (id: string): boolean => id.startsWith(EMBARGO);
