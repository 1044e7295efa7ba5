import type { Texts } from '../index.ts';

export const downloads: Texts['downloads'] = {
  queued: (n) => (n === 1 ? 'Le lot est dans la file' : `${n} lots sont dans la file`),
  show: 'Voir les transferts',
  added: (n) => (n === 1 ? 'Le transfert est dans la file' : `${n} transferts sont dans la file`),
  tooLong: 'La liste est trop longue pour un seul document ; desk queue export la prend par parties',
  tooLarge: (name) => `${name} est trop grand ici ; desk queue import l’accepte`,
  notUsable: 'Déposez ici un Metalink (.meta4), une file exportée (.json) ou un lien',
  exported: (n, out) => (n === 0 ? 'Rien dans la file ne peut être transmis' : `Écrit. ${out === 1 ? '1 adresse est omise' : `${out} adresses sont omises`} : secrète ou propre à cet ordinateur`),
  confirmTitle: (n) => (n === 1 ? 'Confirmer les conditions de ce lot' : `Confirmer les conditions de ${n} lots`),
  confirmText: 'Toute utilisation de ces images respecte ces conditions. Votre confirmation est consignée avec le transfert.',
  confirm: 'Confirmer et mettre en file',
  more: (n) => (n === 1 ? 'et les conditions d’un autre lot' : `et les conditions de ${n} autres lots`),
};
