/** The password rule, one for client and service: the list a person sees live and the verdict are the same code. */
export const PASSWORD_MIN = 12;
export const PASSWORD_MAX = 128;
export const PASSWORD_FAULTS = [
  'too-short', 'too-long', 'has-space', 'no-upper', 'no-lower', 'no-digit', 'no-symbol', 'common', 'contains-email', 'contains-service-name',
] as const;
export type PasswordFault = (typeof PASSWORD_FAULTS)[number];

/** Words that make a password easy to guess once digits and symbols at its edges are taken off and usual swaps undone. */
const COMMON = new Set([
  'password', 'passwort', 'motdepasse', 'qwerty', 'qwertyuiop', 'azerty', 'azertyuiop', 'letmein', 'welcome', 'welcomehome', 'bienvenue', 'iloveyou',
  'admin', 'administrator', 'monkey', 'dragon', 'sunshine', 'princess', 'football', 'baseball', 'superman', 'trustno', 'changeme', 'newsroom', 'broadcast',
  'television', 'journalist', 'passwordpassword', 'abcdefghijkl', 'abcdefgh', 'abcdef', 'abc', 'qwertyqwerty', 'asdfghjkl', 'zxcvbnm', 'default', 'secret', 'test', 'testtest',
]);
const SWAPS: Record<string, string> = { '0': 'o', '1': 'l', '3': 'e', '4': 'a', '5': 's', '7': 't', '@': 'a', $: 's', '!': 'i' };

function isCommon(password: string): boolean {
  const lower = password.toLowerCase();
  const bare = lower.replaceAll(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  const unswapped = Array.from(lower.replaceAll(/[\d!@#$%^&*._-]+$/g, '')).map((c) => SWAPS[c] ?? c).join('').replaceAll(/[^\p{L}]/gu, '');
  return COMMON.has(bare) || COMMON.has(bare.replaceAll(/[^\p{L}]/gu, '')) || COMMON.has(unswapped) || /^(.)\1{5,}$/u.test(bare) || /^(.{1,3})\1{3,}$/u.test(lower);
}

/**
 * Every rule the password breaks, all together, in the order of `PASSWORD_FAULTS`. Length is counted in code points after NFC,
 * a space is any Unicode White_Space, a symbol anything that is neither letter, mark, digit nor space.
 */
export function passwordFaults(password: string, about: { email?: string } = {}): PasswordFault[] {
  const text = password.normalize('NFC');
  const length = Array.from(text).length;
  const lower = text.toLowerCase();
  const local = about.email?.trim().normalize('NFC').toLowerCase().split('@')[0] ?? '';
  const broken: Record<PasswordFault, boolean> = {
    'too-short': length < PASSWORD_MIN,
    'too-long': length > PASSWORD_MAX,
    'has-space': /\p{White_Space}/u.test(text),
    'no-upper': !/\p{Lu}/u.test(text),
    'no-lower': !/\p{Ll}/u.test(text),
    'no-digit': !/\p{Nd}/u.test(text),
    'no-symbol': !/[^\p{L}\p{M}\p{Nd}\p{White_Space}]/u.test(text),
    common: isCommon(text),
    'contains-email': local.length >= 4 && lower.includes(local),
    'contains-service-name': lower.includes('multimedia'),
  };
  return PASSWORD_FAULTS.filter((fault) => broken[fault]);
}
