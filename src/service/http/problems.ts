import type { PasswordFault } from '../../shared/api/password.ts';
import {
  type ProblemName,
  PROBLEM_BASE,
  PROBLEMS,
  type Problem,
  type ProblemFacts,
} from '../../shared/api/problem.ts';
import { frenchSpacing } from '../french.ts';
import type { Language } from './language.ts';

/** `detail` of a problem: safe to show. Clients usually have a text of their own. */
const PROBLEM_TEXTS: Record<Language, Record<ProblemName, string>> = {
  en: {
    'malformed-request': 'The request couldn’t be read.',
    'cursor-mismatch': 'This page belongs to another search. Start the search again.',
    'code-invalid': 'Incorrect code. Check the most recent email.',
    'invalid-credentials': 'Incorrect email or password.',
    'invalid-token': 'Sign in again to continue.',
    'session-ended': 'The session has ended. Sign in again.',
    'token-reused': 'The session was ended as a precaution. Sign in again.',
    'verification-required': 'Enter the code from the email first.',
    'account-suspended': 'This account is suspended. Contact the service to reopen it.',
    'reauth-required': 'Enter your password again to do this.',
    'terms-not-accepted': 'Accept the current terms of use first.',
    embargoed: 'This is under embargo.',
    'territory-restricted': 'Not cleared for your territory.',
    'platform-restricted': 'Not cleared for your platforms.',
    'restriction-unacknowledged': 'Confirm the restrictions first.',
    'entitlement-missing': 'Your account doesn’t include this.',
    'not-found': 'Not found, or no longer available.',
    'method-not-allowed': 'This can’t be done here.',
    'package-superseded': 'A newer version of this package is available.',
    'idempotency-in-progress': 'The same request is still running.',
    'code-expired': 'The code has expired. Send a new one.',
    'flow-closed': 'This code can no longer be used. Start again.',
    'cursor-expired': 'This page has expired. Start again from the beginning.',
    'asset-withdrawn': 'No longer available for use.',
    'edit-conflict': 'This was changed elsewhere in the meantime. Load it again.',
    'body-too-large': 'The request is too large.',
    'unsupported-media-type': 'The type of this request isn’t supported.',
    'validation-failed': 'Check the marked fields.',
    'idempotency-key-reused': 'The key was used for another request.',
    'client-too-old': 'This version of the app is too old. Update it.',
    'precondition-required': 'Say which version you’re changing.',
    'resend-too-soon': 'A new code can be sent in a moment.',
    'too-many-attempts': 'Too many attempts. Try again later.',
    'rate-limited': 'Too many requests. Try again later.',
    'quota-exceeded': 'You’ve reached today’s download quota.',
    internal: 'Something went wrong on our side.',
    maintenance: 'The service is temporarily unavailable. Try again in a few minutes.',
  },
  fr: {
    'malformed-request': 'La requête est illisible.',
    'cursor-mismatch': 'Cette page appartient à une autre recherche. Relancez la recherche.',
    'code-invalid': 'Code incorrect. Vérifiez le dernier e-mail.',
    'invalid-credentials': 'Adresse ou mot de passe incorrect.',
    'invalid-token': 'Reconnectez-vous pour continuer.',
    'session-ended': 'La session est terminée. Reconnectez-vous.',
    'token-reused': 'La session a été fermée par précaution. Reconnectez-vous.',
    'verification-required': 'Saisissez d’abord le code reçu par e-mail.',
    'account-suspended': 'Ce compte est suspendu. Contactez le service pour le rouvrir.',
    'reauth-required': 'Saisissez de nouveau votre mot de passe.',
    'terms-not-accepted': 'Acceptez d’abord les conditions d’utilisation en vigueur.',
    embargoed: 'Ce contenu est sous embargo.',
    'territory-restricted': 'Non autorisé sur votre territoire.',
    'platform-restricted': 'Non autorisé sur vos plateformes.',
    'restriction-unacknowledged': 'Confirmez d’abord les restrictions.',
    'entitlement-missing': 'Non inclus dans votre compte.',
    'not-found': 'Introuvable, ou plus disponible.',
    'method-not-allowed': 'Cette opération n’est pas possible ici.',
    'package-superseded': 'Une version plus récente de ce sujet est disponible.',
    'idempotency-in-progress': 'La même requête est encore en cours.',
    'code-expired': 'Le code a expiré. Demandez-en un nouveau.',
    'flow-closed': 'Ce code ne peut plus être utilisé. Recommencez.',
    'cursor-expired': 'Cette page a expiré. Reprenez depuis le début.',
    'asset-withdrawn': 'Ce sujet n’est plus disponible.',
    'edit-conflict': 'Cet élément a été modifié ailleurs entre-temps. Rechargez-le.',
    'body-too-large': 'La requête est trop grande.',
    'unsupported-media-type': 'Le type de cette requête n’est pas accepté.',
    'validation-failed': 'Vérifiez les champs signalés.',
    'idempotency-key-reused': 'La clé a servi pour une autre requête.',
    'client-too-old': 'Cette version de l’application est trop ancienne. Mettez-la à jour.',
    'precondition-required': 'Indiquez la version que vous modifiez.',
    'resend-too-soon': 'Un nouveau code pourra être envoyé dans un instant.',
    'too-many-attempts': 'Trop d’essais. Réessayez plus tard.',
    'rate-limited': 'Trop de requêtes. Réessayez plus tard.',
    'quota-exceeded': 'Le quota du jour est atteint.',
    internal: 'Une erreur est survenue de notre côté.',
    maintenance: 'Service momentanément indisponible. Réessayez dans quelques minutes.',
  },
};

/** `detail` of a `validation-failed` that concerns a password alone, by its first fault. */
export const PASSWORD_TEXTS: Record<Language, Record<PasswordFault | 'same-as-current', string>> = {
  en: {
    'too-short': 'Use 12 characters or more for the password.',
    'too-long': 'Use 128 characters at most for the password.',
    'has-space': 'Leave out the spaces in the password.',
    'no-upper': 'Add a capital letter to the password.',
    'no-lower': 'Add a lower-case letter to the password.',
    'no-digit': 'Add a number to the password.',
    'no-symbol': 'Add a symbol to the password, like ! or #.',
    common:
      'The password is too common. Choose one that’s harder to guess: four unrelated words joined by hyphens, or one from a password manager.',
    keyboard:
      'Rows of neighbouring keys are guessed first. Use four unrelated words joined by hyphens, or a password manager.',
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
      'Mot de passe trop courant. Choisissez-en un plus difficile à deviner : quatre mots sans lien, séparés par des tirets, ou celui d’un gestionnaire.',
    keyboard:
      'Les suites de touches voisines sont essayées en premier. Choisissez quatre mots sans lien, séparés par des tirets, ou utilisez un gestionnaire de mots de passe.',
    repeated:
      'Une répétition ne rend pas le mot de passe plus difficile à deviner. Choisissez quatre mots sans lien, séparés par des tirets, ou utilisez un gestionnaire de mots de passe.',
    personal:
      'Le mot de passe repose sur votre nom ou votre adresse. Choisissez quatre mots sans lien, séparés par des tirets, ou utilisez un gestionnaire de mots de passe.',
    guessable:
      'Mot de passe trop facile à deviner. Ajoutez des mots sans lien plutôt que des chiffres ou des dates, ou utilisez un gestionnaire de mots de passe.',
    'contains-email': 'Le mot de passe contient votre adresse. Choisissez autre chose.',
    'contains-service-name': 'Le mot de passe contient le nom du service. Choisissez autre chose.',
    'same-as-current': 'C’est votre mot de passe actuel. Choisissez-en un nouveau.',
  },
};

/** Thrown anywhere below a route and answered as application/problem+json (RFC 9457). */
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

/** For a refused password, the reason and a better way; the form explains any other field. */
function detailOf(name: ProblemName, { errors = [] }: ProblemFacts, language: Language): string {
  const texts: Record<string, string> = PASSWORD_TEXTS[language];
  const [first] = errors;
  const isPassword = errors.every(({ code }) => Object.hasOwn(texts, code));
  const text = (isPassword && first && texts[first.code]) || PROBLEM_TEXTS[language][name];
  return frenchSpacing(text, language);
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
