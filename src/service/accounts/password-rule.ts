import { loadEstimator, passwordFaults, type PasswordOwner } from '../../shared/api/password.ts';
import type { FieldFault } from '../../shared/api/problem.ts';

/** The faults of a password as faults of the field that holds it. */
export async function passwordFieldFaults(
  field: string,
  password: string,
  owner: PasswordOwner,
): Promise<FieldFault[]> {
  const estimate = await loadEstimator();
  return passwordFaults(password, owner, estimate).map((code) => ({ field, code }));
}
