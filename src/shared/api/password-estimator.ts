import type { PasswordEstimator } from './password.ts';
/** Loads the estimator only where a password is chosen: its dictionaries have megabytes. */
export const loadEstimator = (): Promise<PasswordEstimator> =>
  import('./password-strength.ts').then(({ estimatePassword }) => estimatePassword);
