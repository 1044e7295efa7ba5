import { useEffect, useMemo, useState } from 'react';
import {
  loadEstimator,
  passwordFaults,
  type PasswordEstimator,
  type PasswordFault,
  type PasswordOwner,
} from '../../../shared/api/password.ts';

/**
 * `isEstimated` is false until the estimator has been loaded: how hard the password is to guess is
 * not known yet.
 */
export type PasswordVerdict = { faults: PasswordFault[]; isEstimated: boolean };

/** What the service will find wrong with a new password, as it is typed. */
export function usePasswordFaults(
  password: string,
  { email, name }: PasswordOwner,
): PasswordVerdict {
  const [estimate, setEstimate] = useState<PasswordEstimator | null>(null);
  useEffect(() => {
    // Where it cannot be loaded the service alone decides.
    loadEstimator().then(
      (loaded) => setEstimate(() => loaded),
      () => undefined,
    );
  }, []);
  return useMemo(
    () => ({
      faults: passwordFaults(password, { email, name }, estimate),
      isEstimated: estimate !== null,
    }),
    [password, email, name, estimate],
  );
}
