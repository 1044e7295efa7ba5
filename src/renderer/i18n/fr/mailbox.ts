import type { Texts } from '../en/index.ts';

export const mailbox: Texts['mailbox'] = {
  title: 'Courrier',
  lead: 'Les messages de la démo. Ils restent dans l’application ; rien n’est envoyé ailleurs.',
  empty: 'Aucun message',
  emptyText:
    'Les codes et les avis de la démo arrivent ici. Créez un compte et le premier viendra.',
  to: (address) => `À ${address}`,
  copy: 'Copier le code',
  copied: 'Copié',
};
