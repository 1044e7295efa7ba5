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
  copy: 'Copier',
  done: 'Terminé',
  back: 'Retour',
  retry: 'Réessayer',
  undo: 'Annuler',
};
