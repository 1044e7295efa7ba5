import { AppError, type ErrorCode } from '../../shared/errors.ts';

/** Faults of one text that will be there the next time too. */
const SETTLED: readonly ErrorCode[] = [
  'not-found',
  'source-gone',
  'source-blocked',
  'origin-refused',
  'key-refused',
  'redirect-refused',
  'origin-error',
  'page-unreadable',
];

/**
 * Whether asking for a text again would end in the same way: then what is here of it stays as it is;
 * for the rest it is asked again.
 */
export const isSettled = (thrown: unknown): boolean =>
  thrown instanceof AppError &&
  SETTLED.includes(thrown.code) &&
  // A server that has a problem may have none soon.
  !(thrown.code === 'origin-error' && thrown.detail.retryable === true);
