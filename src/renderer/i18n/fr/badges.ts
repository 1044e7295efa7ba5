import type { Texts } from '../en/index.ts';

export const badges: Texts['badges'] = {
  embargo: 'Embargo',
  embargoUntil: (moment) => `Embargo ${moment}`,
  restricted: 'Restrictions',
  updated: 'Mis à jour',
  withdrawn: 'Retiré',
  'on-hold': 'Suspendu',
  expired: 'Expiré',
  barred: 'Non autorisé',
  here: 'Téléchargé',
  unlisted: 'N’est plus listé',
  'link-only': 'Lien seulement',
};
