import { passwordFaults } from '../../../shared/api/password.ts';
import type { Texts } from '../../i18n/index.ts';

/** The first thing to mend, in words; null when the password is good. */
export function passwordAdvice(password: string, email: string, words: Texts['account']): string | null {
  const [first] = passwordFaults(password, { email });
  return first === undefined ? null : (words.faults[first] ?? words.wrongField);
}
