import { passwordFaults } from '../../shared/api/password.ts';
import type { FieldFault } from '../../shared/api/problem.ts';

/** The faults of a password as faults of the field that holds it. */
export const passwordFieldFaults = (field: string, password: string, email: string): FieldFault[] => passwordFaults(password, { email }).map((code) => ({ field, code }));
