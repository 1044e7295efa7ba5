/** The password rule, shared by client and service, so that the live list and the verdict agree. */
export const PASSWORD_MIN = 12;
export const PASSWORD_MAX = 128;
/** Reasons why a password is easy to guess although it meets all other rules. */
export const GUESS_FAULTS = ['common', 'keyboard', 'repeated', 'personal', 'guessable'] as const;
export type GuessFault = (typeof GUESS_FAULTS)[number];
export const PASSWORD_FAULTS = [
  'too-short',
  'too-long',
  'has-space',
  'no-upper',
  'no-lower',
  'no-digit',
  'no-symbol',
  ...GUESS_FAULTS,
  'contains-email',
  'contains-service-name',
] as const;
export type PasswordFault = (typeof PASSWORD_FAULTS)[number];

/**
 * Estimates how hard a password is to guess for an attacker who knows `own`; null if hard enough.
 */
export type PasswordEstimator = (password: string, own: readonly string[]) => GuessFault | null;
/** The owner of a password, as far as known. */
export type PasswordOwner = { email?: string | undefined; name?: string | null | undefined };

/** Words from the owner's name and address, whole and in parts. */
function ownWords({ email = '', name }: PasswordOwner): string[] {
  const whole = [...email.split('@'), name ?? ''].map((text) =>
    text.normalize('NFC').trim().toLowerCase().slice(0, 128),
  );
  const parts = whole.flatMap((text) => text.split(/[^\p{L}\p{M}\p{Nd}]+/u));
  return [
    ...whole,
    ...whole.map((text) => text.replaceAll(/[^\p{L}\p{M}\p{Nd}]+/gu, '')),
    ...parts,
  ].filter(({ length }) => length > 2);
}

/**
 * All rules that the password breaks, in the order of `PASSWORD_FAULTS`. Length is counted in code
 * points after NFC; a space is any Unicode White_Space; a symbol is anything but letter, mark,
 * digit and space. Strength is estimated only for a password of valid length, and only with an
 * estimator.
 */
export function passwordFaults(
  password: string,
  owner: PasswordOwner,
  estimate: PasswordEstimator | null,
): PasswordFault[] {
  const text = password.normalize('NFC');
  const length = Array.from(text).length;
  const lower = text.toLowerCase();
  const local = owner.email?.trim().normalize('NFC').toLowerCase().split('@')[0] ?? '';
  const guess =
    estimate === null || length < PASSWORD_MIN || length > PASSWORD_MAX
      ? null
      : estimate(text, ownWords(owner));
  const broken: Record<Exclude<PasswordFault, GuessFault>, boolean> = {
    'too-short': length < PASSWORD_MIN,
    'too-long': length > PASSWORD_MAX,
    'has-space': /\p{White_Space}/u.test(text),
    'no-upper': !/\p{Lu}/u.test(text),
    'no-lower': !/\p{Ll}/u.test(text),
    'no-digit': !/\p{Nd}/u.test(text),
    'no-symbol': !/[^\p{L}\p{M}\p{Nd}\p{White_Space}]/u.test(text),
    'contains-email': local.length >= 4 && lower.includes(local),
    'contains-service-name': lower.includes('multimedia'),
  };
  return PASSWORD_FAULTS.filter(
    (fault) => fault === guess || (fault in broken && broken[fault as keyof typeof broken]),
  );
}
