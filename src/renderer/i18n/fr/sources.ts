import type { Texts } from '../en/index.ts';

/** In French nought takes the singular. */
const isOne = (n: string): boolean => n === '0' || n === '1';
const packages = (n: string): string => `${n} ${isOne(n) ? 'sujet' : 'sujets'}`;

export const sources: Texts['sources'] = {
  text: 'D’où viennent les images et les articles, dans un seul catalogue. Une source en défaut n’arrête jamais les autres.',
  add: 'Ajouter une source',
  demo: 'Démo',
  kinds: {
    service: 'Le service de votre organisation',
    demo: 'Intégrée à l’application',
    feed: 'Flux',
  },
  upToDate: (checked, next) =>
    `À jour, vérifiée ${checked}${next === null ? '' : `, prochaine fois ${next}`}`,
  checking: 'Vérification…',
  paused: 'En pause',
  notChecked: 'Pas encore vérifiée',
  termsDue: 'Nouvelles conditions d’utilisation : acceptez-les pour télécharger',
  fault: (reason) => `Défaut : ${reason}`,
  faults: {
    'feed-invalid': 'l’adresse ne répond pas par un flux',
    'source-blocked': 'l’adresse répond par une page web, pas par un flux',
    'source-gone': 'l’éditeur l’a fermée définitivement',
    'key-refused': 'elle exige un mot de passe ou refuse celui qu’elle reçoit',
    'origin-refused': 'l’éditeur n’admet pas les applications',
    'origin-error': 'le serveur de l’éditeur rencontre un problème',
    'not-found': 'plus rien n’est publié à cette adresse',
    'redirect-refused': 'l’adresse mène à une autre, peu sûre',
    'rate-limited': 'l’éditeur demande une pause',
    'service-unreachable': 'pas de réponse',
    'service-error': 'le service rencontre un problème',
    'password-needed': 'son adresse est illisible dans le trousseau',
    timeout: 'pas de réponse à temps',
    tls: 'son certificat n’est pas reconnu',
    offline: 'l’adresse est injoignable',
    'captive-portal': 'une page web a répondu à sa place',
  },
  packages,
  articles: (n) => `${n} ${isOne(n) ? 'article' : 'articles'}`,
  staySearchable: (n) =>
    isOne(n) ? `${n} sujet reste consultable` : `${n} sujets restent consultables`,
  since: (time) => `Depuis ${time}`,
  nextTry: (time) => `Prochaine tentative ${time}`,
  noNextTry: 'Aucune autre tentative automatique',
  lastChecked: (time) => `Vérifiée ${time}`,
  vouches: {
    signed: 'Listes de fichiers signées',
    published: 'Sommes de contrôle de l’éditeur',
    recorded: 'Sans empreinte : relevée ici au premier transfert',
    none: 'Sans fichier : à voir à la source',
  },
  signedInAs: (email) => `Connecté avec ${email}`,
  checkNow: 'Vérifier',
  checkAll: 'Vérifier toutes les sources',
  pause: 'Mettre en pause',
  resume: 'Reprendre',
  rename: 'Renommer…',
  changeAddress: 'Changer l’adresse…',
  changeService: 'Changer de service…',
  copyAddress: 'Copier l’adresse',
  copied: 'Copié',
  remove: 'Retirer…',
  leaveDemo: 'Quitter la démo',
  demoLeft: 'Vous avez quitté la démo. Ce qui est téléchargé reste.',
  acceptTerms: 'Accepter les conditions…',
  more: (name) => `Autres actions : ${name}`,
  of: (action, name) => `${action} : ${name}`,
  emptyText:
    'Ajoutez le service de votre organisation ou un flux : ses images entrent au catalogue.',

  checkingTitle: 'Vérification',
  every: 'Chercher du nouveau',
  everyText: 'Les sources qui demandent des pauses plus longues les obtiennent.',
  everyMinutes: {
    15: 'Toutes les 15 minutes',
    30: 'Toutes les 30 minutes',
    60: 'Toutes les heures',
    240: 'Toutes les 4 heures',
  },

  kind: 'Type',
  serviceKind: 'Votre service',
  serviceKindText: 'Avec un compte presse',
  feedKindText: 'Media RSS, Atom, podcast',
  serviceText:
    'Le service multimédia de presse de votre organisation a sa propre adresse et demande parfois un compte. Un seul est utilisé à la fois.',
  setUpService: 'Configurer un service',
  address: 'Adresse du flux',
  placeholder: 'https://example.org/video/flux.xml',
  addressHelp: 'Media RSS, podcast, RSS, Atom ou JSON Feed, comme l’indique la page de l’éditeur.',
  looking: 'Lecture de l’adresse…',
  offers: (kind, name, items, changed) =>
    `${kind}, « ${name} ». ${items}${changed === null ? '' : `, modifié ${changed}`}.`,
  items: (n) => `${n} ${isOne(n) ? 'élément' : 'éléments'}`,
  itemsBeside: (n, without) => `${n} avec image ou son, ${without} sans`,
  nothingToShow: 'Aucun élément de ce flux n’a d’image ou de son.',
  isKeyed:
    'Ce qui vous réserve cette adresse est enregistré dans le trousseau, jamais dans des fichiers ou journaux.',
  first: 'Premiers résultats',
  firstOf: (shown, all) => `${shown} sur ${all}`,
  captions: 'sous-titres',
  noDate: 'sans date',
  noFile: 'sans fichier, à voir à la source',
  promises: 'Ce que promet cette source',
  resumes: 'Les transferts reprennent où ils en étaient',
  restarts: 'Un transfert interrompu repart du début',
  promisedIntegrity: {
    signed: 'Listes de fichiers signées : chaque fichier est vérifié',
    published: 'Sommes de contrôle de l’éditeur : elles révèlent un dommage, pas l’origine',
    recorded: 'Sans empreinte : relevée par cet ordinateur au premier transfert',
    none: 'Sans fichier : les images ne se voient qu’à la source',
  },
  promisedRights: {
    stated: 'Restrictions indiquées pour chaque sujet',
    general: 'Conditions générales seulement : à vérifier auprès de l’éditeur',
    unknown: 'Aucune restriction indiquée : à vérifier auprès de l’éditeur',
  },
  noTerms: 'Aucune condition indiquée. Vérifiez auprès de l’éditeur.',
  termsOfUse: 'Conditions d’utilisation, telles que l’éditeur les écrit',
  termsPage: 'Ouvrir les conditions d’utilisation',
  agree:
    'J’accepte les conditions d’utilisation de la source. Accord enregistré une fois par version.',
  nothingYet: 'Rien n’est encore téléchargé.',
  enterAddress: 'Saisissez d’abord une adresse.',
  enterNewAddress: 'Saisissez la nouvelle adresse.',
  correctAddress: 'Corrigez d’abord l’adresse.',
  agreeFirst: 'Acceptez d’abord les conditions d’utilisation.',
  alreadyAdded: 'Vous avez déjà ajouté cette source.',
  sameAddress: 'C’est déjà son adresse.',
  added: (name) => `Source ajoutée : ${name}`,
  addressFaults: {
    usage: 'Adresse non valide. Exemple : https://example.org/flux.xml.',
    'invalid-payload': 'Adresse non valide. Exemple : https://example.org/flux.xml.',
    'https-required':
      'L’adresse doit commencer par https://. En http, d’autres peuvent modifier ce que vous recevez.',
    'feed-invalid':
      'Cette adresse ne répond pas par un flux. Cherchez RSS, Atom ou JSON Feed sur la page de l’éditeur et copiez cette adresse-là.',
    'source-blocked':
      'Cette adresse répond par un contrôle de navigateur, que les applications ne passent pas. Demandez à l’éditeur une adresse pour les rédactions.',
    'source-gone':
      'L’éditeur a fermé cette adresse définitivement. Cherchez la nouvelle sur sa page.',
    'key-refused':
      'Cette adresse exige un mot de passe ou une clé, ou refuse celui qu’elle reçoit. Demandez l’adresse complète à l’éditeur.',
    'origin-refused':
      'L’éditeur n’admet pas les applications à cette adresse. Demandez-lui une adresse pour les rédactions.',
    'origin-error': 'Le serveur de l’éditeur rencontre un problème. Réessayez plus tard.',
    'not-found': 'Rien n’est publié à cette adresse. Vérifiez la saisie.',
    'redirect-refused':
      'L’adresse mène à une autre, peu sûre. Copiez plutôt l’adresse depuis votre navigateur.',
    'rate-limited': 'L’éditeur demande une pause. Réessayez dans quelques minutes.',
    'service-unreachable': 'Pas de réponse. Vérifiez l’adresse et votre connexion.',
    timeout: 'Pas de réponse à temps. Vérifiez l’adresse, ou appuyez sur Entrée pour réessayer.',
    tls: 'Le certificat de ce site n’est pas reconnu : rien n’a été lu.',
    offline: 'Cette adresse est injoignable. Vérifiez la saisie et votre connexion.',
    'captive-portal':
      'Une page web a répondu à sa place. Identifiez-vous d’abord sur ce réseau dans votre navigateur.',
    'terms-not-accepted':
      'Les conditions d’utilisation ont changé entre-temps. Lisez et acceptez les nouvelles.',
  },

  addressTitle: (name) => `Changer l’adresse de ${name}`,
  saveAddress: 'Changer l’adresse',
  addressChanged: 'Adresse changée',
  addressKeeps: 'Le nom, les transferts et les images restent.',
  renameTitle: 'Renommer la source',
  name: 'Nom dans le catalogue',
  saveName: 'Renommer',
  removeTitle: (name) => `Retirer ${name} ?`,
  removeText: (n) =>
    `${packages(n)} de cette source ${isOne(n) ? 'quittera' : 'quitteront'} le catalogue. Ce qui est téléchargé reste, avec son justificatif.`,
  removeNow: 'Retirer',
  removed: (name) => `Source retirée : ${name}. Ce qui est téléchargé reste.`,
  termsTitle: (name) => `Conditions d’utilisation de ${name}`,
  termsText: 'Votre accord est enregistré une fois par version, et avec chaque transfert.',
  accept: 'Accepter',

  allUpToDate: 'Sources à jour',
  allPaused: 'Sources en pause',
  faulty: (n) => (n === 1 ? '1 source en défaut' : `${n} sources en défaut`),
};
