import type { PasswordFault } from '../../../shared/api/password.ts';
import type { Texts } from '../../i18n/index.ts';

/** The first thing to mend, in words; null when the password is good. */
export function passwordAdvice(
  [first]: readonly PasswordFault[],
  words: Texts['account'],
): string | null {
  return first === undefined ? null : (words.faults[first] ?? words.wrongField);
}
