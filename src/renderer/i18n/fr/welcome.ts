import type { Texts } from '../en/index.ts';

export const welcome: Texts['welcome'] = {
  title: 'D’où viennent vos images ?',
  lead: 'Saisissez l’adresse de votre service multimédia de presse. Elle figure dans votre e-mail de bienvenue et sur le site du service.',
  address: 'Adresse du service',
  placeholder: 'media.redaction.example',
  connect: 'Se connecter au service',
  or: 'ou',
  feed: 'Ajouter une autre source',
  feedText:
    'DVIDS avec les images de l’OTAN, la médiathèque de la NASA, le flux d’un éditeur, ou un dossier que remplit le logiciel de votre agence.',
  addFeed: 'Ajouter une source',
  demo: 'Essayer la démo',
  demoText:
    'Des sujets d’exemple et une messagerie, le tout dans l’application. Rien ne quitte cet ordinateur.',
  startDemo: 'Lancer la démo',
  empty: 'Saisissez une adresse, comme media.redaction.example.',
  notAnAddress: 'Adresse non valide. Exemple : media.redaction.example.',
  noAnswer: 'Pas de réponse. Vérifiez l’adresse et votre connexion.',
  notAService: 'Ce n’est pas un service multimédia. Vérifiez l’adresse.',
  language: 'Langue',
  folder: 'Dossier de destination',
  change: 'Changer',
};
