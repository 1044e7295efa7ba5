import type { Texts } from '../en/index.ts';

export const welcome: Texts['welcome'] = {
  title: 'D’où viennent vos images ?',
  lead: 'Saisissez l’adresse du service multimédia de presse avec lequel vous travaillez. Elle figure dans votre message de bienvenue ou sur son site.',
  address: 'Adresse du service',
  placeholder: 'media.redaction.example',
  connect: 'Se connecter au service',
  or: 'ou',
  demo: 'Essayer la démo',
  demoText:
    'Des lots d’exemple et une messagerie, le tout dans l’application. Sans réseau ni compte.',
  startDemo: 'Lancer la démo',
  empty: 'Saisissez une adresse, comme media.redaction.example.',
  notAnAddress: 'Ce n’est pas une adresse. Elle ressemble à media.redaction.example.',
  noAnswer: 'Rien ne répond à cette adresse. Vérifiez-la ainsi que votre réseau.',
  notAService: 'Quelque chose répond, mais ce n’est pas un service multimédia. Vérifiez l’adresse.',
  language: 'Langue',
  folder: 'Les transferts vont dans',
  change: 'Changer',
  folderTitle: 'Où vont les transferts',
  folderLabel: 'Dossier',
  folderHelp: 'Les lots n’y apparaissent que lorsque chaque fichier est vérifié.',
  save: 'Enregistrer',
};
