import { UNAVAILABLE, type Unavailable } from '../api/unavailable.ts';

export const isUnavailable = (text: string): text is Unavailable =>
  UNAVAILABLE.some((one) => one === text);

/** Reported rights states of local packages, worst first. */
export const RIGHTS_STATES = [...UNAVAILABLE, 'expires-today', 'newer-version'] as const;
export type RightsState = (typeof RIGHTS_STATES)[number];

const EMBARGO = 'embargo:';

/**
 * Acknowledgement id of an embargo, used like restriction ids. It contains the time, so a moved
 * embargo needs a new acknowledgement.
 */
export const embargoAcknowledgement = (untilMs: number): string =>
  `${EMBARGO}${new Date(untilMs).toISOString()}`;
export const isEmbargoAcknowledgement = (id: string): boolean => id.startsWith(EMBARGO);
