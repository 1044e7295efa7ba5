import { grouped } from '../crypto/codes.ts';
import type { Language } from '../http/language.ts';
import { maskedBlock } from '../http/limits.ts';

type To = { to: string; language: Language };
/** What may be written to somebody. */
export type Mail =
  | (To & {
      kind: 'registration-code' | 'reset-code' | 'email-change-code';
      code: string;
      /** That asked for it. */ network: string;
    })
  | (To & {
      kind:
        | 'already-registered'
        | 'address-in-use'
        | 'password-changed'
        | 'email-changed'
        | 'session-ended'
        | 'account-locked'
        | 'account-deleted';
    })
  | (To & { kind: 'newsletter-welcome'; unsubscribeToken: string });

type MailTemplate = { subject: string; lead: string; rest: string[] };

const EN: Record<Mail['kind'], MailTemplate> = {
  'registration-code': {
    subject: '{code} is your Multimedia code',
    lead: 'Enter this code in the program to finish creating your account:',
    rest: [
      'The code works for 30 minutes and only once. A newer code for the same request replaces it.',
      'It was requested from the network {network}.',
      'If you did not ask for an account, you can ignore this message: nothing has been created.',
    ],
  },
  'reset-code': {
    subject: '{code} is your Multimedia code',
    lead: 'Enter this code in the program to choose a new password:',
    rest: [
      'The code works for 30 minutes and only once. A newer code for the same request replaces it.',
      'It was requested from the network {network}.',
      'If you did not ask for it, you can ignore this message: your password stays as it is.',
    ],
  },
  'email-change-code': {
    subject: '{code} is your Multimedia code',
    lead: 'Enter this code in the program to use this address for your account:',
    rest: [
      'The code works for 30 minutes and only once. A newer code for the same request replaces it.',
      'It was requested from the network {network}.',
      'If you did not ask for it, you can ignore this message: nothing has been changed.',
    ],
  },
  'email-changed': {
    subject: 'The address of your Multimedia account was changed',
    lead: 'Your account was moved to another e-mail address just now. Messages about it go there.',
    rest: [
      'If it was not you, write to the people who run the service at once: this address cannot reset the password any more.',
    ],
  },
  'address-in-use': {
    subject: 'You already have a Multimedia account',
    lead: 'Somebody wanted to use this address for their account. It belongs to yours already.',
    rest: [
      'If it was you: sign in with this address, or delete that account before you move another one here.',
      'If it was not you, you need not do anything.',
    ],
  },
  'already-registered': {
    subject: 'You already have a Multimedia account',
    lead: 'Somebody, probably you, tried to create an account with this address. There is one already.',
    rest: [
      'Sign in with it. If you have forgotten the password, choose “Reset password” in the program.',
      'If it was not you, you need not do anything.',
    ],
  },
  'password-changed': {
    subject: 'Your Multimedia password was changed',
    lead: 'The password of your account was changed just now, and your other devices were signed out.',
    rest: ['If it was not you, choose “Reset password” in the program at once.'],
  },
  'session-ended': {
    subject: 'One of your Multimedia sessions was ended',
    lead: 'A device used a key to your account that had been used before. To be safe we ended that session.',
    rest: ['Sign in again on your device. If this happens often, change your password.'],
  },
  'account-locked': {
    subject: 'Your Multimedia account needs a new password',
    lead: 'There were too many wrong passwords for your account. Signing in is blocked where they came from, and on networks you haven’t signed in from before.',
    rest: [
      'Choose “Reset password” in the program to unblock it. Devices that are signed in keep working.',
    ],
  },
  'account-deleted': {
    subject: 'Your Multimedia account was deleted',
    lead: 'Your account was deleted and all devices were signed out.',
    rest: ['What is left in backups is gone within 30 days.'],
  },
  'newsletter-welcome': {
    subject: 'You will get the Multimedia newsletter',
    lead: 'Thank you. You will get our newsletter at this address from now on.',
    rest: [
      'You can end it at any time in your profile or with the unsubscribe button of your mail program.',
    ],
  },
};

const FR: Record<Mail['kind'], MailTemplate> = {
  'registration-code': {
    subject: '{code} est votre code Multimedia',
    lead: 'Saisissez ce code dans le programme pour terminer la création de votre compte :',
    rest: [
      'Le code est valable 30 minutes et une seule fois. Un code plus récent pour la même demande le remplace.',
      'Il a été demandé depuis le réseau {network}.',
      'Si vous n’avez pas demandé de compte, ignorez ce message : rien n’a été créé.',
    ],
  },
  'reset-code': {
    subject: '{code} est votre code Multimedia',
    lead: 'Saisissez ce code dans le programme pour choisir un nouveau mot de passe :',
    rest: [
      'Le code est valable 30 minutes et une seule fois. Un code plus récent pour la même demande le remplace.',
      'Il a été demandé depuis le réseau {network}.',
      'Si vous n’avez rien demandé, ignorez ce message : votre mot de passe ne change pas.',
    ],
  },
  'email-change-code': {
    subject: '{code} est votre code Multimedia',
    lead: 'Saisissez ce code dans le programme pour utiliser cette adresse avec votre compte :',
    rest: [
      'Le code est valable 30 minutes et une seule fois. Un code plus récent pour la même demande le remplace.',
      'Il a été demandé depuis le réseau {network}.',
      'Si vous n’avez rien demandé, ignorez ce message : rien n’a été modifié.',
    ],
  },
  'email-changed': {
    subject: 'L’adresse de votre compte Multimedia a été modifiée',
    lead: 'Votre compte vient de passer à une autre adresse e-mail. Les messages y seront envoyés.',
    rest: [
      'Si ce n’était pas vous, écrivez tout de suite aux responsables du service : cette adresse ne permet plus de réinitialiser le mot de passe.',
    ],
  },
  'address-in-use': {
    subject: 'Vous avez déjà un compte Multimedia',
    lead: 'Quelqu’un a voulu utiliser cette adresse pour son compte. Elle appartient déjà au vôtre.',
    rest: [
      'Si c’était vous : connectez-vous avec cette adresse, ou supprimez ce compte avant d’en rattacher un autre ici.',
      'Si ce n’était pas vous, vous n’avez rien à faire.',
    ],
  },
  'already-registered': {
    subject: 'Vous avez déjà un compte Multimedia',
    lead: 'Quelqu’un, sans doute vous, a voulu créer un compte avec cette adresse. Il en existe déjà un.',
    rest: [
      'Connectez-vous avec ce compte. Si vous avez oublié le mot de passe, choisissez « Réinitialiser le mot de passe » dans le programme.',
      'Si ce n’était pas vous, vous n’avez rien à faire.',
    ],
  },
  'password-changed': {
    subject: 'Votre mot de passe Multimedia a été modifié',
    lead: 'Le mot de passe de votre compte vient d’être modifié et vos autres appareils ont été déconnectés.',
    rest: [
      'Si ce n’était pas vous, choisissez tout de suite « Réinitialiser le mot de passe » dans le programme.',
    ],
  },
  'session-ended': {
    subject: 'Une de vos sessions Multimedia a été fermée',
    lead: 'Un appareil a utilisé une clé de votre compte qui avait déjà servi. Par sécurité, cette session a été fermée.',
    rest: ['Reconnectez-vous sur votre appareil. Si cela se répète, changez de mot de passe.'],
  },
  'account-locked': {
    subject: 'Votre compte Multimedia a besoin d’un nouveau mot de passe',
    lead: 'Trop de mots de passe erronés ont été saisis pour votre compte. La connexion est bloquée là d’où ils venaient, et sur les réseaux depuis lesquels vous ne vous êtes jamais connecté.',
    rest: [
      'Choisissez « Réinitialiser le mot de passe » dans le programme pour la débloquer. Les appareils connectés continuent de fonctionner.',
    ],
  },
  'account-deleted': {
    subject: 'Votre compte Multimedia a été supprimé',
    lead: 'Votre compte a été supprimé et tous les appareils ont été déconnectés.',
    rest: ['Ce qui reste dans les sauvegardes disparaît sous 30 jours.'],
  },
  'newsletter-welcome': {
    subject: 'Vous recevrez la lettre d’information Multimedia',
    lead: 'Merci. Vous recevrez désormais notre lettre d’information à cette adresse.',
    rest: [
      'Vous pouvez y mettre fin à tout moment dans votre profil ou avec le bouton de désabonnement de votre messagerie.',
    ],
  },
};
const TEMPLATES: Record<Language, Record<Mail['kind'], MailTemplate>> = { en: EN, fr: FR };

export type RenderedMail = {
  subject: string;
  text: string;
  html: string;
  headers: Record<string, string>;
};

const escaped = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

/** @param baseUrl the service's address, for the unsubscribe link. */
export function renderMail(mail: Mail, baseUrl: string): RenderedMail {
  const { subject, lead, rest: lines } = TEMPLATES[mail.language][mail.kind];
  const rest = lines.map((line) =>
    line.replace('{network}', 'network' in mail ? maskedBlock(mail.network) : ''),
  );
  const code = 'code' in mail ? grouped(mail.code) : null;
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
    subject: subject.replace('{code}', code ?? ''),
    text: [lead, ...(code === null ? [] : [`    ${code}`]), ...rest, '-- \nMultimedia'].join(
      '\n\n',
    ),
    html: `<!doctype html><html lang="${mail.language}"><meta charset="utf-8"><title>${escaped(subject.replace('{code}', code ?? ''))}</title><body style="font:16px/1.5 system-ui,sans-serif;max-width:34em;margin:24px auto;padding:0 16px;color:#1c1f24"><p>${escaped(lead)}</p>${shownCode}${paragraphs}<p style="color:#5b626c">Multimedia</p></body></html>`,
    headers:
      unsubscribe === null
        ? {}
        : {
            'List-Unsubscribe': `<${unsubscribe}>`,
            'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
          },
  };
}
