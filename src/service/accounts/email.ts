import { domainToASCII } from 'node:url';
import { problem } from '../http/problems.ts';

export type Address = { /** As typed, trimmed. */ email: string; /** As compared. */ emailKey: string };

const refused = () => problem('validation-failed', { errors: [{ field: 'email', code: 'invalid' }] });

/** Identity of an address: NFC, the domain as A-label in lower case, the local part without case. No folding of dots or plus. */
export function addressOf(typed: string): Address {
  const email = typed.trim().normalize('NFC');
  const at = email.lastIndexOf('@');
  const local = email.slice(0, at);
  const domain = domainToASCII(email.slice(at + 1)).toLowerCase();
  const isSound = at > 0 && Buffer.byteLength(local) <= 64 && domain.length <= 253 && /^[^.].*\..*[^.]$/.test(domain) && !/[\s\p{C}<>(),;:"\\[\]@]/u.test(local) && !domain.includes('..');
  if (!isSound) throw refused();
  return { email, emailKey: `${local.toLowerCase()}@${domain}` };
}
