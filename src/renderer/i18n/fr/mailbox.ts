import type { Texts } from '../en/index.ts';

export const mailbox: Texts['mailbox'] = {
  title: 'Messagerie',
  lead: 'Les e-mails de la démo. Ils restent dans l’application et ne sont jamais envoyés.',
  empty: 'Aucun e-mail',
  emptyText: 'Les codes et les avis arrivent ici. Créez un compte pour recevoir le premier.',
  to: (address) => `À ${address}`,
  copy: 'Copier le code',
  copied: 'Copié',
};
