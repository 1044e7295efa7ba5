import type { PasswordFault } from '../../shared/api/password.ts';
import {
  type ProblemName,
  PROBLEM_BASE,
  PROBLEMS,
  type Problem,
  type ProblemFacts,
} from '../../shared/api/problem.ts';
import type { Language } from './language.ts';

/**
 * `detail` of a problem: safe to show to a person. Clients usually have a better text of their own.
 */
export const PROBLEM_TEXTS: Record<Language, Record<ProblemName, string>> = {
  en: {
    'malformed-request': 'The request could not be read.',
    'cursor-mismatch': 'This page belongs to another search. Start the search again.',
    'code-invalid': 'The code is not right. Check the newest e-mail and try again.',
    'invalid-credentials': 'The e-mail address or the password is not right.',
    'invalid-token': 'Sign in again to go on.',
    'session-ended': 'The session has ended. Sign in again.',
    'token-reused': 'The session was ended for safety. Sign in again.',
    'verification-required': 'Enter the code from the e-mail first.',
    'account-suspended': 'This account is suspended.',
    'reauth-required': 'Enter your password again to do this.',
    'terms-not-accepted': 'Accept the current terms of use first.',
    embargoed: 'This is under embargo.',
    'territory-restricted': 'This is not available in your country.',
    'restriction-unacknowledged': 'Read and accept the restrictions first.',
    'entitlement-missing': 'Your account does not include this.',
    'not-found': 'There is nothing here, or not any more.',
    'method-not-allowed': 'This can’t be done here.',
    'package-superseded': 'There is a newer version of this package.',
    'idempotency-in-progress': 'The same request is still running.',
    'code-expired': 'The code has expired. Ask for a new one.',
    'flow-closed': 'This request is closed. Start again.',
    'cursor-expired': 'This page has expired. Start again from the beginning.',
    'asset-withdrawn': 'No longer available for use.',
    'edit-conflict': 'It was changed elsewhere in the meantime. Load it again.',
    'body-too-large': 'The request is too large.',
    'unsupported-media-type': 'The request has a type that is not supported.',
    'validation-failed': 'Some entries need another look.',
    'idempotency-key-reused': 'The key was used for another request.',
    'client-too-old': 'This version of the program is too old. Update it.',
    'precondition-required': 'Say which version you are changing.',
    'resend-too-soon': 'A new code can be sent in a moment.',
    'too-many-attempts': 'Too many attempts. Wait a little.',
    'rate-limited': 'Too many requests. Wait a little.',
    'quota-exceeded': 'The quota is used up for now.',
    internal: 'Something went wrong on our side.',
    maintenance: 'The service is busy. Try again in a moment.',
  },
  fr: {
    'malformed-request': 'La requête est illisible.',
    'cursor-mismatch': 'Cette page appartient à une autre recherche. Relancez la recherche.',
    'code-invalid': 'Le code n’est pas bon. Vérifiez le dernier e-mail et réessayez.',
    'invalid-credentials': 'L’adresse e-mail ou le mot de passe n’est pas bon.',
    'invalid-token': 'Reconnectez-vous pour continuer.',
    'session-ended': 'La session est terminée. Reconnectez-vous.',
    'token-reused': 'La session a été fermée par sécurité. Reconnectez-vous.',
    'verification-required': 'Saisissez d’abord le code reçu par e-mail.',
    'account-suspended': 'Ce compte est suspendu.',
    'reauth-required': 'Saisissez de nouveau votre mot de passe.',
    'terms-not-accepted': 'Acceptez d’abord les conditions en vigueur.',
    embargoed: 'Ce contenu est sous embargo.',
    'territory-restricted': 'Ce contenu n’est pas disponible dans votre pays.',
    'restriction-unacknowledged': 'Lisez et acceptez d’abord les restrictions.',
    'entitlement-missing': 'Votre compte n’y donne pas droit.',
    'not-found': 'Il n’y a rien ici, ou plus rien.',
    'method-not-allowed': 'Cette opération n’est pas possible ici.',
    'package-superseded': 'Il existe une version plus récente de ce lot.',
    'idempotency-in-progress': 'La même requête est encore en cours.',
    'code-expired': 'Le code a expiré. Demandez-en un nouveau.',
    'flow-closed': 'Cette demande est close. Recommencez.',
    'cursor-expired': 'Cette page a expiré. Reprenez depuis le début.',
    'asset-withdrawn': 'N’est plus disponible.',
    'edit-conflict': 'Il a été modifié ailleurs entre-temps. Rechargez-le.',
    'body-too-large': 'La requête est trop grande.',
    'unsupported-media-type': 'Le type de la requête n’est pas accepté.',
    'validation-failed': 'Certaines saisies sont à revoir.',
    'idempotency-key-reused': 'La clé a servi pour une autre requête.',
    'client-too-old': 'Cette version du programme est trop ancienne. Mettez-la à jour.',
    'precondition-required': 'Indiquez la version que vous modifiez.',
    'resend-too-soon': 'Un nouveau code pourra être envoyé dans un instant.',
    'too-many-attempts': 'Trop d’essais. Patientez un peu.',
    'rate-limited': 'Trop de requêtes. Patientez un peu.',
    'quota-exceeded': 'Le quota est épuisé pour le moment.',
    internal: 'Une erreur est survenue de notre côté.',
    maintenance: 'Le service est occupé. Réessayez dans un instant.',
  },
};

/**
 * `detail` of a `validation-failed` of a password alone: its first fault, and what would be better.
 */
export const PASSWORD_TEXTS: Record<Language, Record<PasswordFault | 'same-as-current', string>> = {
  en: {
    'too-short': 'Use 12 characters or more for the password.',
    'too-long': 'Use 128 characters at most for the password.',
    'has-space': 'Leave out the spaces of the password.',
    'no-upper': 'Add a capital letter to the password.',
    'no-lower': 'Add a lower-case letter to the password.',
    'no-digit': 'Add a number to the password.',
    'no-symbol': 'Add a symbol to the password, like ! or #.',
    common:
      'The password is too common. Choose one that’s harder to guess: four unrelated words joined by hyphens, or one from a password manager.',
    keyboard:
      'Passwords of keys next to each other are tried first. Use four unrelated words joined by hyphens, or a password manager.',
    repeated:
      'Repeating something doesn’t make the password harder to guess. Use four unrelated words joined by hyphens, or a password manager.',
    personal:
      'The password is built on your name or email address. Use four unrelated words joined by hyphens, or a password manager.',
    guessable:
      'The password is too easy to guess. Add unrelated words rather than digits or dates, or use a password manager.',
    'contains-email': 'The password contains your email address. Choose something else.',
    'contains-service-name':
      'The password contains the name of the service. Choose something else.',
    'same-as-current': 'That’s your current password. Choose a new one.',
  },
  fr: {
    'too-short': 'Utilisez au moins 12 caractères pour le mot de passe.',
    'too-long': 'Utilisez au plus 128 caractères pour le mot de passe.',
    'has-space': 'Retirez les espaces du mot de passe.',
    'no-upper': 'Ajoutez une majuscule au mot de passe.',
    'no-lower': 'Ajoutez une minuscule au mot de passe.',
    'no-digit': 'Ajoutez un chiffre au mot de passe.',
    'no-symbol': 'Ajoutez un symbole au mot de passe, comme ! ou #.',
    common:
      'Mot de passe trop courant. Choisissez-en un plus difficile à deviner : quatre mots sans lien, séparés par des tirets, ou celui d’un gestionnaire.',
    keyboard:
      'Les suites de touches voisines sont essayées en premier. Prenez quatre mots sans lien, séparés par des tirets, ou un gestionnaire de mots de passe.',
    repeated:
      'Répéter ne rend pas le mot de passe plus difficile à deviner. Prenez quatre mots sans lien, séparés par des tirets, ou un gestionnaire de mots de passe.',
    personal:
      'Le mot de passe repose sur votre nom ou votre adresse. Prenez quatre mots sans lien, séparés par des tirets, ou un gestionnaire de mots de passe.',
    guessable:
      'Mot de passe trop facile à deviner. Ajoutez des mots sans lien plutôt que des chiffres ou des dates, ou prenez un gestionnaire de mots de passe.',
    'contains-email': 'Le mot de passe contient votre adresse. Choisissez autre chose.',
    'contains-service-name': 'Le mot de passe contient le nom du service. Choisissez autre chose.',
    'same-as-current': 'C’est votre mot de passe actuel. Choisissez-en un nouveau.',
  },
};

/** Thrown anywhere below a route; the route answers it as application/problem+json. */
export class ServiceProblem extends Error {
  override readonly name = 'ServiceProblem';
  readonly problem: ProblemName;
  readonly facts: ProblemFacts;
  readonly retryAfterMs: number | null;

  constructor(name: ProblemName, facts: ProblemFacts, retryAfterMs: number | null) {
    super(name);
    this.problem = name;
    this.facts = facts;
    this.retryAfterMs = retryAfterMs;
  }
}

export const problem = (
  name: ProblemName,
  facts: ProblemFacts = {},
  { retryAfterMs = null }: { retryAfterMs?: number | null } = {},
): ServiceProblem => new ServiceProblem(name, facts, retryAfterMs);

/**
 * The reason and a better way where a password alone is refused; any other field is the form's own
 * to explain.
 */
function detailOf(name: ProblemName, { errors = [] }: ProblemFacts, language: Language): string {
  const texts: Record<string, string> = PASSWORD_TEXTS[language];
  const [first] = errors;
  return (
    (errors.every(({ code }) => Object.hasOwn(texts, code)) && first && texts[first.code]) ||
    PROBLEM_TEXTS[language][name]
  );
}

export function problemBody(
  name: ProblemName,
  facts: ProblemFacts,
  requestId: string,
  language: Language,
): Problem {
  const [status, title] = PROBLEMS[name];
  return {
    type: `${PROBLEM_BASE}${name}`,
    title,
    status,
    detail: detailOf(name, facts, language),
    instance: `urn:uuid:${requestId}`,
    ...facts,
  };
}
