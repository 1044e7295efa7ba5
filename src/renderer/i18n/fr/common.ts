import type { Texts } from '../en/index.ts';

export const common: Texts['common'] = {
  product: 'Multimedia Desk',
  catalogue: 'Catalogue',
  news: 'Articles',
  downloads: 'Transferts',
  settings: 'Réglages',
  account: 'Compte',
  mailbox: 'Messagerie',
  cancel: 'Annuler',
  close: 'Fermer',
  back: 'Retour',
  retry: 'Réessayer',
  undo: 'Annuler',
};
