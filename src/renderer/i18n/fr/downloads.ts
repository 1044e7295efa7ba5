import type { Texts } from '../index.ts';

export const downloads: Texts['downloads'] = {
  queued: (n) => (n === 1 ? 'Le lot est dans la file' : `${n} lots sont dans la file`),
  show: 'Voir les transferts',
  confirmTitle: (n) => (n === 1 ? 'Confirmer les conditions de ce lot' : `Confirmer les conditions de ${n} lots`),
  confirmText: 'Toute utilisation de ces images respecte ces conditions. Votre confirmation est consignée avec le transfert.',
  confirm: 'Confirmer et mettre en file',
  more: (n) => (n === 1 ? 'et les conditions d’un autre lot' : `et les conditions de ${n} autres lots`),
};
