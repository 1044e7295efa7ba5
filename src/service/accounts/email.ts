import { toASCII } from 'tr46';
import { problem } from '../http/problems.ts';

/** A parsed address: the only form that is stored, compared and mailed to. */
export type Address = {
  /** Local part as typed, domain as lower-case A-labels. */ email: string;
  /** Comparison key: `email` with a lower-case local part. */ emailKey: string;
};

/** RFC 5321 §4.5.3.1. */
const MAX_LOCAL_BYTES = 64;
const MAX_ADDRESS_BYTES = 254;

/**
 * One atom of a dot-atom (RFC 5322 §3.2.3), extended by the visible letters, marks and numbers of
 * any script (RFC 6532 §3.2).
 */
const ATOM =
  /^[[\w!#-'*+\-\/=?^`\{\|\}~][[\p{L}\p{M}\p{N}]--[\p{ASCII}\p{Default_Ignorable_Code_Point}]]]+$/v;
/** A relay that decodes it (RFC 2047 §2) would read another address than the one that was proved. */
const ENCODED_WORD = /=\?.*\?=/u;
/** At least two labels; a numeric last label would make it an IP address. */
const DOMAIN_NAME = /\.(?!\d+$)[^.]+$/u;

const UTS46_STRICT = {
  checkBidi: true,
  checkHyphens: true,
  checkJoiners: true,
  useSTD3ASCIIRules: true,
  verifyDNSLength: true,
};

/**
 * Normalises to NFC, and the domain by UTS 46. Dots and plus tags stay as typed.
 * @returns null for text that is not strictly an address
 */
export function parseAddress(typed: string): Address | null {
  const text = typed.trim().normalize('NFC');
  const at = text.lastIndexOf('@');
  const local = text.slice(0, Math.max(0, at));
  if (
    !local.split('.').every((atom) => ATOM.test(atom)) ||
    ENCODED_WORD.test(local) ||
    Buffer.byteLength(local) > MAX_LOCAL_BYTES
  )
    return null;
  const domain = toASCII(text.slice(at + 1), UTS46_STRICT);
  if (domain === null || !DOMAIN_NAME.test(domain)) return null;
  const email = `${local}@${domain}`;
  return Buffer.byteLength(email) > MAX_ADDRESS_BYTES
    ? null
    : { email, emailKey: `${local.toLowerCase().normalize('NFC')}@${domain}` };
}

/**
 * `parseAddress` for a request.
 * @throws validation-failed, naming `field`
 */
export function addressOf(typed: string, field = 'email'): Address {
  const address = parseAddress(typed);
  if (address === null)
    throw problem('validation-failed', { errors: [{ field, code: 'invalid' }] });
  return address;
}
