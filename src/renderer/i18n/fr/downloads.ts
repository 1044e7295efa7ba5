import type { Texts } from '../en/index.ts';

export const downloads: Texts['downloads'] = {
  queued: (n) => (n === 1 ? 'Sujet mis en file' : `${n} sujets mis en file`),
  show: 'Voir les transferts',
  added: (n) => (n === 1 ? 'Transfert mis en file' : `${n} transferts mis en file`),
  renamedTo: (n, given, name) =>
    n === 1
      ? `« ${given} » est enregistré sous « ${name} ».`
      : `${n} fichiers sont enregistrés sous d’autres noms : « ${given} » sous « ${name} »…`,
  refusedNames: (n, given) =>
    n === 1
      ? `« ${given} » sort du dossier et a été refusé.`
      : `${n} noms sortent du dossier et ont été refusés : « ${given} »…`,
  tooLong:
    'La file est trop longue pour un seul fichier. Exportez-la en plusieurs parties avec « desk queue export ».',
  tooLarge: (name) =>
    `${name} est trop volumineux pour être importé ici. Utilisez « desk queue import ».`,
  ofFile: (name, text) => `${name} : ${text}`,
  noDocument: 'Ce fichier n’est ni une file exportée ni un Metalink.',
  notUsable: 'Déposez ici un Metalink (.meta4), une file exportée (.json, .txt) ou un lien',
  exported: (n, out, names) =>
    `${n === 0 ? 'Rien dans la file ne peut être exporté' : out === 0 ? 'File exportée' : `File exportée. ${out === 1 ? '1 entrée omise' : `${out} entrées omises`}`}${names.length === 0 ? '' : ` : ${names.join(', ')}${out > names.length ? '…' : ''}`}`,
  // The folder, typed on the station
  revealTitle: 'Ouvrir ce dossier ?',
  revealStates: {
    withdrawn: 'L’éditeur a retiré ce sujet. Ne l’utilisez plus.',
    'on-hold':
      'L’éditeur a suspendu ce sujet. Ne l’utilisez pas tant que la suspension n’est pas levée.',
    expired: 'La licence de ce sujet a expiré. Aucune nouvelle utilisation.',
    territory: 'Ce sujet n’est pas autorisé sur votre territoire.',
    platform: 'Ce sujet n’est pas autorisé sur les plateformes où vous publiez.',
    other: 'Ce sujet ne doit pas être utilisé.',
  },
  revealText: 'L’ouverture est consignée.',
  revealAnyway: 'Ouvrir le dossier',
  folderTitle: 'Dossier de destination',
  folderLabel: 'Dossier',
  folderHelp: 'Les sujets n’y apparaissent qu’une fois chaque fichier vérifié.',
  saveFolder: 'Enregistrer',
};
