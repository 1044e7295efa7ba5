import { POLICY } from '../policy.ts';
import { grouped } from '../crypto/codes.ts';
import { frenchSpacing } from '../french.ts';
import type { Language } from '../http/language.ts';
import { maskedBlock } from '../http/limits.ts';

type Recipient = { to: string; language: Language };
/** A mail by its kind and facts; stored sealed until it is sent, so the fields never change. */
export type Mail =
  | (Recipient & {
      kind: 'registration-code' | 'reset-code' | 'email-change-code';
      code: string;
      /** IPv4 /24 or IPv6 /64 that requested the code; empty where it is unknown. */
      network: string;
    })
  | (Recipient & {
      kind:
        | 'already-registered'
        | 'address-in-use'
        | 'password-changed'
        | 'email-changed'
        | 'session-ended'
        | 'account-locked'
        | 'account-deleted';
    })
  | (Recipient & { kind: 'newsletter-welcome'; unsubscribeToken: string });

/** `{code}` and `{network}` are filled in; a line with an unknown network is left out. */
type MailTemplate = { subject: string; lead: string; rest: string[] };
type Templates = Record<Mail['kind'], MailTemplate>;

const EN_CODE = [
  'It works once, for 30 minutes. A newer code replaces it.',
  'It was requested from the network {network}.',
];

const EN: Templates = {
  'registration-code': {
    subject: '{code} is your Multimedia code',
    lead: 'Enter this code in the app to finish creating your account:',
    rest: [...EN_CODE, 'If you didn’t ask for this, ignore this email. Nothing has been created.'],
  },
  'reset-code': {
    subject: '{code} is your Multimedia code',
    lead: 'Enter this code in the app to choose a new password:',
    rest: [
      ...EN_CODE,
      'If you didn’t ask for this, ignore this email. Your password stays as it is.',
    ],
  },
  'email-change-code': {
    subject: '{code} is your Multimedia code',
    lead: 'Enter this code in the app to confirm your new email address:',
    rest: [...EN_CODE, 'If you didn’t ask for this, ignore this email. Nothing has been changed.'],
  },
  'email-changed': {
    subject: 'Your Multimedia email address was changed',
    lead: 'Your account now uses another email address. Messages about it go there.',
    rest: [
      'If this wasn’t you, contact the service right away: this address can no longer reset the password.',
    ],
  },
  'address-in-use': {
    subject: 'This address already belongs to your Multimedia account',
    lead: 'Someone tried to use this address for another account. It already belongs to yours.',
    rest: [
      'If it was you, sign in with it, or delete that account first. If not, there’s nothing to do.',
    ],
  },
  'already-registered': {
    subject: 'You already have a Multimedia account',
    lead: 'Someone, probably you, tried to create an account with this address. It already has one.',
    rest: [
      'Sign in with it. Forgotten your password? Choose “Forgot password?” on the sign-in page.',
      'If it wasn’t you, there’s nothing to do.',
    ],
  },
  'password-changed': {
    subject: 'Your Multimedia password was changed',
    lead: 'Your password has just been changed and your other devices were signed out.',
    rest: ['If this wasn’t you, choose “Forgot password?” in the app right away.'],
  },
  'session-ended': {
    subject: 'We signed out one of your devices',
    lead: 'A sign-in key of your account was used twice. To be safe, we ended that session.',
    rest: ['Sign in again there. If you don’t recognise this, change your password.'],
  },
  'account-locked': {
    subject: 'Your Multimedia account needs a new password',
    lead: 'There were too many wrong passwords. For now, signing in is blocked where they came from and on networks you haven’t signed in from before.',
    rest: [
      'To unblock it, choose “Forgot password?” in the app. Devices already signed in keep working.',
    ],
  },
  'account-deleted': {
    subject: 'Your Multimedia account was deleted',
    lead: 'Your account was deleted and all devices were signed out.',
    rest: ['Copies in backups are erased within 30 days.'],
  },
  'newsletter-welcome': {
    subject: 'You’re subscribed to the Multimedia newsletter',
    lead: 'The newsletter comes to this address from now on.',
    rest: [
      'Unsubscribe at any time under Account in the app, or with your mail app’s unsubscribe button.',
    ],
  },
};

const FR_CODE = [
  'Il est valable une seule fois, pendant 30 minutes. Un code plus récent le remplace.',
  'Il a été demandé depuis le réseau {network}.',
];

const FR: Templates = {
  'registration-code': {
    subject: '{code} est votre code Multimedia',
    lead: 'Saisissez ce code dans l’application pour terminer la création de votre compte :',
    rest: [
      ...FR_CODE,
      'Si cette demande ne vient pas de vous, ignorez ce message. Rien n’a été créé.',
    ],
  },
  'reset-code': {
    subject: '{code} est votre code Multimedia',
    lead: 'Saisissez ce code dans l’application pour choisir un nouveau mot de passe :',
    rest: [
      ...FR_CODE,
      'Si cette demande ne vient pas de vous, ignorez ce message. Votre mot de passe ne change pas.',
    ],
  },
  'email-change-code': {
    subject: '{code} est votre code Multimedia',
    lead: 'Saisissez ce code dans l’application pour confirmer votre nouvelle adresse e-mail :',
    rest: [
      ...FR_CODE,
      'Si cette demande ne vient pas de vous, ignorez ce message. Rien n’a été modifié.',
    ],
  },
  'email-changed': {
    subject: 'L’adresse e-mail de votre compte Multimedia a été modifiée',
    lead: 'Votre compte utilise désormais une autre adresse e-mail. Les messages le concernant y seront envoyés.',
    rest: [
      'Si ce n’était pas vous, contactez immédiatement le service : cette adresse ne permet plus de réinitialiser le mot de passe.',
    ],
  },
  'address-in-use': {
    subject: 'Cette adresse est déjà celle de votre compte Multimedia',
    lead: 'Quelqu’un a tenté d’utiliser cette adresse pour un autre compte. Elle est déjà celle du vôtre.',
    rest: [
      'Si c’était vous, connectez-vous avec cette adresse, ou supprimez d’abord ce compte. Sinon, vous n’avez rien à faire.',
    ],
  },
  'already-registered': {
    subject: 'Vous avez déjà un compte Multimedia',
    lead: 'Quelqu’un, sans doute vous, a voulu créer un compte avec cette adresse. Elle en a déjà un.',
    rest: [
      'Connectez-vous avec ce compte. En cas d’oubli, choisissez « Mot de passe oublié ? » sur la page de connexion.',
      'Si ce n’était pas vous, vous n’avez rien à faire.',
    ],
  },
  'password-changed': {
    subject: 'Votre mot de passe Multimedia a été modifié',
    lead: 'Votre mot de passe vient d’être modifié et vos autres appareils ont été déconnectés.',
    rest: [
      'Si ce n’était pas vous, choisissez immédiatement « Mot de passe oublié ? » dans l’application.',
    ],
  },
  'session-ended': {
    subject: 'L’un de vos appareils a été déconnecté',
    lead: 'Une clé de connexion de votre compte a été utilisée deux fois. Par précaution, nous avons fermé cette session.',
    rest: ['Reconnectez-vous sur cet appareil. Si cela ne vous dit rien, changez de mot de passe.'],
  },
  'account-locked': {
    subject: 'Votre compte Multimedia a besoin d’un nouveau mot de passe',
    lead: 'Trop de mots de passe erronés ont été saisis. Pour le moment, la connexion est bloquée là d’où ils venaient et sur les réseaux depuis lesquels vous ne vous êtes jamais connecté.',
    rest: [
      'Pour la débloquer, choisissez « Mot de passe oublié ? » dans l’application. Les appareils déjà connectés continuent de fonctionner.',
    ],
  },
  'account-deleted': {
    subject: 'Votre compte Multimedia a été supprimé',
    lead: 'Votre compte a été supprimé et tous les appareils ont été déconnectés.',
    rest: ['Les copies présentes dans les sauvegardes sont effacées sous 30 jours.'],
  },
  'newsletter-welcome': {
    subject: 'Votre abonnement à la lettre d’information Multimedia',
    lead: 'La lettre d’information arrivera désormais à cette adresse.',
    rest: [
      'Désabonnement possible à tout moment dans l’application, sous Compte, ou par le bouton de désabonnement de votre messagerie.',
    ],
  },
};
const TEMPLATES: Record<Language, Templates> = { en: EN, fr: FR };

/** Second line of the signature. Replies go to the sender's `no-reply` address. */
const AUTOMATIC: Record<Language, (contact: string | null) => string> = {
  en: (contact) =>
    `This is an automatic message. ${contact === null ? 'Replies aren’t read.' : `Contact: ${contact}`}`,
  fr: (contact) =>
    `Message automatique. ${contact === null ? 'Les réponses ne sont pas lues.' : `Contact : ${contact}`}`,
};

export type RenderedMail = {
  subject: string;
  text: string;
  html: string;
  headers: Record<string, string>;
};
export type MailSender = {
  /** Address of the service, for the unsubscribe link. */
  baseUrl: string;
  /** How to reach the people who run the service, one line; null where it is not configured. */
  contact: string | null;
};

const escaped = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

export function renderMail(mail: Mail, { baseUrl, contact }: MailSender): RenderedMail {
  const { language } = mail;
  const code = 'code' in mail ? grouped(mail.code) : null;
  const network = 'network' in mail && mail.network !== '' ? maskedBlock(mail.network) : null;
  const filled = (text: string) =>
    frenchSpacing(text, language)
      .replace('{code}', code ?? '')
      .replace('{network}', network ?? '');
  const template = TEMPLATES[language][mail.kind];
  const subject = filled(template.subject);
  const lead = filled(template.lead);
  const rest = template.rest
    .filter((line) => network !== null || !line.includes('{network}'))
    .map(filled);
  const signature = [POLICY.name, frenchSpacing(AUTOMATIC[language](contact), language)];
  const unsubscribe =
    'unsubscribeToken' in mail
      ? `${baseUrl}/v1/newsletter/unsubscribe?token=${encodeURIComponent(mail.unsubscribeToken)}`
      : null;
  const paragraphs = rest.map((text) => `<p>${escaped(text)}</p>`).join('');
  const shownCode =
    code === null
      ? ''
      : `<p style="font:600 32px/1.4 ui-monospace,Menlo,Consolas,monospace;letter-spacing:4px;margin:24px 0">${code}</p>`;
  return {
    subject,
    text: [
      lead,
      ...(code === null ? [] : [`    ${code}`]),
      ...rest,
      `-- \n${signature.join('\n')}`,
    ].join('\n\n'),
    html: `<!doctype html><html lang="${language}"><meta charset="utf-8"><title>${escaped(subject)}</title><body style="font:16px/1.5 system-ui,sans-serif;max-width:34em;margin:24px auto;padding:0 16px;color:#1c1f24"><p>${escaped(lead)}</p>${shownCode}${paragraphs}<p style="color:#5b626c">${signature.map(escaped).join('<br>')}</p></body></html>`,
    headers:
      unsubscribe === null
        ? {}
        : {
            'List-Unsubscribe': `<${unsubscribe}>`,
            'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
          },
  };
}
