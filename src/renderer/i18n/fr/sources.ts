import type { Texts } from '../en/index.ts';

/** In French nought takes the singular. */
const isOne = (n: string): boolean => n === '0' || n === '1';
const packages = (n: string): string => `${n} ${isOne(n) ? 'sujet' : 'sujets'}`;

export const sources: Texts['sources'] = {
  text: 'D’où viennent les images et les articles, dans un seul catalogue. Une source défaillante ne bloque jamais les autres.',
  add: 'Ajouter une source',
  demo: 'Démo',
  kinds: {
    service: 'Le service de votre organisation',
    demo: 'Intégrée à l’application',
    feed: 'Flux',
    dvids: 'Fonds public, avec votre clé',
    nasa: 'Fonds public, sans clé',
    folder: 'Dossier local',
  },
  upToDate: (checked, next) =>
    `À jour : ${checked}${next === null ? '' : `. Prochaine actualisation : ${next}`}`,
  checking: 'Actualisation…',
  paused: 'En pause',
  notChecked: 'Pas encore actualisée',
  termsDue: 'Nouvelles conditions d’utilisation : acceptez-les pour télécharger',
  fault: (reason) => `Problème : ${reason}`,
  faults: {
    'feed-invalid': 'aucun flux lisible à cette adresse',
    'source-blocked': 'l’adresse renvoie une page web, pas un flux',
    'source-gone': 'fermeture définitive par l’éditeur',
    'key-refused': 'mot de passe exigé, ou refusé',
    'origin-refused': 'l’éditeur refuse l’accès',
    'origin-error': 'erreur du serveur de l’éditeur',
    'not-found': 'plus rien n’est publié à cette adresse',
    'redirect-refused': 'l’adresse mène à une autre, peu sûre',
    'rate-limited': 'le serveur de l’éditeur demande une pause',
    'service-unreachable': 'pas de réponse',
    'service-error': 'erreur du service',
    'password-needed': 'son adresse dans le trousseau est illisible',
    timeout: 'pas de réponse à temps',
    tls: 'le certificat du site n’est pas reconnu',
    offline: 'l’adresse est injoignable',
    'captive-portal': 'une page web a répondu à la place du flux',
  },
  faultsOf: {
    dvids: {
      'key-refused': 'DVIDS refuse la clé',
      'origin-refused': 'DVIDS refuse cette application',
      'feed-invalid': 'la réponse de DVIDS n’est pas comprise',
      'source-blocked': 'un contrôle de navigateur répond à la place de DVIDS',
      'password-needed': 'sa clé dans le trousseau est illisible',
      'captive-portal': 'une page web a répondu à la place de DVIDS',
      offline: 'DVIDS est injoignable',
    },
    nasa: {
      'feed-invalid': 'la réponse de la médiathèque n’est pas comprise',
      'source-blocked': 'un contrôle de navigateur répond à la place de la médiathèque',
      'captive-portal': 'une page web a répondu à la place de la médiathèque',
      offline: 'la médiathèque est injoignable',
    },
    folder: {
      'destination-missing': 'le dossier est introuvable',
      'not-permitted': 'l’application n’a pas le droit de lire ce dossier',
      'disk-error': 'le dossier est illisible',
    },
  },
  packages,
  selection: (names) => `Sélection : ${names}`,
  named: (value) => `« ${value} »`,
  andMore: (names, n) => `${names} et ${n} ${isOne(n) ? 'autre' : 'autres'}`,
  articles: (n) => `${n} ${isOne(n) ? 'article' : 'articles'}`,
  articlesOnly: 'Articles, sans images',
  articlesStay: 'Ses articles restent',
  staySearchable: (n) =>
    isOne(n) ? `${n} sujet reste consultable` : `${n} sujets restent consultables`,
  since: (time) => `Début : ${time}`,
  nextTry: (time) => `Prochaine tentative : ${time}`,
  noNextTry: 'Pas de nouvelle tentative automatique',
  lastChecked: (time) => `Dernière actualisation : ${time}`,
  vouches: {
    signed: 'Listes de fichiers signées',
    published: 'Empreintes de l’éditeur',
    recorded: 'Aucune empreinte publiée : consignée ici au premier transfert',
    none: 'Aucun fichier : visible sur la page d’origine seulement',
  },
  signedInAs: (email) => `Connecté avec ${email}`,
  checkNow: 'Actualiser',
  checkAll: 'Actualiser toutes les sources',
  pause: 'Mettre en pause',
  resume: 'Reprendre',
  rename: 'Renommer…',
  changeSource: {
    feed: 'Changer l’adresse…',
    dvids: 'Changer la sélection ou la clé…',
    nasa: 'Changer la sélection…',
    folder: 'Changer de dossier…',
  },
  changeService: 'Changer de service…',
  copyAddress: 'Copier l’adresse',
  copyPath: 'Copier le chemin',
  copied: 'Copié',
  remove: 'Retirer…',
  leaveDemo: 'Quitter la démo',
  demoLeft: 'Vous avez quitté la démo. Les fichiers téléchargés restent.',
  acceptTerms: 'Accepter les conditions…',
  more: (name) => `Actions pour ${name}`,
  of: (action, name) => `${action} : ${name}`,
  emptyText:
    'Ajoutez le service de votre organisation, un fonds public, un flux ou un dossier pour voir ses images dans le catalogue.',

  checkingTitle: 'Actualisation',
  every: 'Chercher les nouveautés',
  everyText: 'Moins souvent si la source le demande.',
  everyMinutes: {
    15: 'Toutes les 15 minutes',
    30: 'Toutes les 30 minutes',
    60: 'Toutes les heures',
    240: 'Toutes les 4 heures',
  },

  keys: 'Clés',
  keysText: {
    keychain:
      'Enregistrées dans le trousseau de cet ordinateur, jamais dans un fichier ni dans le journal.',
    file: 'Enregistrées dans le fichier d’identifiants chiffré du serveur, jamais dans le journal.',
    none: 'Oubliées à la fermeture de l’application : il n’y a pas de trousseau. Jamais dans un fichier ni dans le journal.',
  },
  keyEnds: (name, ending) => `${name}, se termine par ${ending}`,
  replaceKey: 'Remplacer…',

  kind: 'Type',
  kindNames: {
    service: 'Votre service',
    dvids: 'DVIDS',
    nasa: 'Médiathèque NASA',
    feed: 'Flux',
    folder: 'Dossier local',
  },
  kindTexts: {
    service: 'Avec un compte presse',
    dvids: 'Votre clé gratuite',
    nasa: 'Sans clé',
    feed: 'Articles, vidéo, podcasts',
    folder: 'Surveillé, textes compris',
  },
  serviceText:
    'Le service multimédia de presse de votre organisation a sa propre adresse et demande parfois un compte. Un seul est utilisé à la fois.',
  setUpService: 'Configurer un service',
  address: 'Adresse du flux',
  placeholder: 'https://example.org/flux.xml',
  addressHelp: 'RSS, Atom, JSON Feed, Media RSS ou podcast, ou une page web qui en propose un.',
  looking: 'Vérification…',
  offers: (format, name, items, changed) =>
    `${format === null ? name : `${format}, « ${name} »`}. ${items}${changed === null ? '' : `, dernière modification : ${changed}`}.`,
  items: (n) => `${n} ${isOne(n) ? 'élément' : 'éléments'}`,
  itemsBeside: (n, without) => `${n} avec vidéo ou son, ${without} sans`,
  nothingToShow: 'Rien n’y contient de vidéo, de son ou de texte.',
  emptyFeed: 'Le flux est vide pour l’instant. Ce qu’il publie s’affichera dès que possible.',
  foundAt: (address) => `Trouvé à l’adresse ${address}.`,
  chooseFeed: 'Flux de cette page',
  severalFeeds: 'Cette page propose plusieurs flux. Choisissez-en un :',
  chooseFeedFirst: 'Choisissez d’abord un flux.',
  savePageInstead: 'Enregistrer plutôt la page…',
  isKeyed: {
    keychain:
      'La partie secrète de cette adresse est enregistrée dans le trousseau, jamais dans un fichier ni dans le journal.',
    file: 'La partie secrète de cette adresse est enregistrée dans le fichier d’identifiants chiffré du serveur, jamais dans le journal.',
    none: 'La partie secrète de cette adresse est oubliée à la fermeture de l’application : il n’y a pas de trousseau.',
  },
  first: 'Les plus récents',
  firstOf: (shown, all) => `${shown} sur ${all}`,
  captions: 'sous-titres',
  noDate: 'sans date',
  noFile: 'sans fichier, visible sur la page d’origine',
  promises: 'Ce que promet cette source',
  resumes: 'Les transferts reprennent où ils en étaient',
  restarts: 'Un transfert interrompu repart du début',
  promisedIntegrity: {
    signed: 'Listes de fichiers signées : chaque fichier est vérifié',
    published: 'Empreintes de l’éditeur : elles révèlent les dommages, pas l’origine',
    recorded: 'Aucune empreinte publiée : cet ordinateur en consigne une au premier transfert',
    none: 'Aucun fichier : les images ne sont visibles que sur la page d’origine',
  },
  promisedInTexts: 'Restrictions connues seulement si un texte joint au fichier les indique',
  promisedRights: {
    stated: 'Restrictions indiquées pour chaque sujet',
    general: 'Conditions générales seulement : à vérifier auprès de l’éditeur',
    unknown: 'Aucune restriction indiquée : à vérifier auprès de l’éditeur',
  },
  noTerms: 'Aucune condition indiquée. Vérifiez auprès de l’éditeur.',
  termsOfUse: 'Conditions d’utilisation, dans les termes de l’éditeur',
  termsInShort: 'Conditions d’utilisation, en bref',
  termsPage: 'Ouvrir la page de l’éditeur, qui fait foi',
  agree:
    'J’accepte les conditions d’utilisation de la source. Accord consigné une fois par version.',
  nothingYet: 'Rien n’est encore téléchargé.',
  enterAddress: 'Saisissez d’abord une adresse.',
  checkAddress: 'Appuyez sur Entrée pour vérifier l’adresse.',
  enterNewAddress: 'Saisissez la nouvelle adresse.',
  correct: 'Corrigez d’abord ce qui est signalé.',
  changeSomething: 'Rien n’est encore modifié.',

  key: 'Votre clé DVIDS',
  getKey: 'Obtenir une clé gratuite',
  keyHelp: {
    keychain:
      'Enregistrée dans le trousseau de cet ordinateur, jamais dans un fichier ni dans le journal.',
    file: 'Enregistrée dans le fichier d’identifiants chiffré du serveur, jamais dans le journal.',
    none: 'Oubliée à la fermeture de l’application : il n’y a pas de trousseau. Jamais dans un fichier ni dans le journal.',
  },
  keyKept: (ending) => `Laissez vide pour conserver la clé qui se termine par ${ending}.`,
  enterKey: 'Saisissez d’abord votre clé.',
  dvidsFollow: 'Ajouter une unité ou un mot-clé',
  dvidsFollowHelp:
    'Les unités sont proposées pendant la saisie, Entrée ajoute un mot-clé. Le catalogue affiche tout ce qui correspond à l’un d’eux.',
  followNato: 'OTAN (Natochannel)',
  nasaFollow: 'Ajouter une recherche ou une collection',
  nasaFollowHelp:
    'Entrée ajoute une recherche. Une collection exige son nom exact, comme Apollo_11_50th_Anniversary. Le catalogue affiche tout ce qui correspond à l’une d’elles.',
  followFirst: {
    dvids: 'Ajoutez d’abord une unité ou un mot-clé.',
    nasa: 'Ajoutez d’abord une recherche ou une collection.',
  },
  followLimit: (n) => `${n} éléments au plus. Retirez-en d’abord un.`,
  followKinds: {
    unit: 'Unité',
    keyword: 'Mot-clé',
    search: 'Recherche',
    collection: 'Collection',
  },
  follow: (kind, value) => `${kind} « ${value} »`,
  suggestions: 'Propositions',
  suggested: (n) => (n === 1 ? '1 proposition' : `${n} propositions`),
  followed: 'Sélection',
  unfollow: 'Retirer',

  folder: 'Dossier',
  folderHelp:
    'Les fichiers sont utilisés sur place, et rien n’est jamais modifié dans ce dossier. Les textes qui accompagnent une vidéo (ninjs, NewsML-G2, listes de plans) sont lus avec elle.',
  chooseFolder: 'Choisir…',
  chooseFolderFirst: 'Choisissez d’abord un dossier.',
  chooseNewFolder: 'Choisissez le nouveau dossier.',

  agreeFirst: 'Acceptez d’abord les conditions d’utilisation.',
  alreadyAdded: {
    feed: 'Vous avez déjà ajouté cette source.',
    dvids: 'Vous avez déjà ajouté DVIDS. Changez votre sélection dans les réglages.',
    nasa: 'Vous avez déjà ajouté cette médiathèque. Changez votre sélection dans les réglages.',
    folder: 'Vous avez déjà ajouté ce dossier.',
  },
  sameAddress: { feed: 'C’est déjà son adresse.', folder: 'C’est déjà son dossier.' },
  added: (name) => `Source ajoutée : ${name}`,
  addressFaults: {
    usage: 'Adresse non valide. Exemple : https://example.org/flux.xml.',
    'invalid-payload': 'Adresse non valide. Exemple : https://example.org/flux.xml.',
    'https-required':
      'L’adresse doit commencer par https://. En http, d’autres peuvent modifier ce que vous recevez.',
    'feed-invalid':
      'Aucun flux lisible à cette adresse. Cherchez RSS, Atom ou JSON Feed sur la page de l’éditeur et copiez cette adresse-là.',
    'source-blocked':
      'Cette adresse impose un contrôle de navigateur qu’une application ne peut pas passer. Demandez à l’éditeur une adresse pour les rédactions.',
    'source-gone':
      'L’éditeur a fermé cette adresse définitivement. Cherchez la nouvelle sur sa page.',
    'key-refused':
      'Cette adresse exige un mot de passe ou une clé, absents ou refusés. Demandez l’adresse complète à l’éditeur.',
    'origin-refused':
      'L’éditeur refuse l’accès à cette adresse. Demandez-lui une adresse pour les rédactions.',
    'origin-error': 'Le serveur de l’éditeur rencontre un problème. Réessayez plus tard.',
    'not-found': 'Rien n’est publié à cette adresse. Vérifiez la saisie.',
    'redirect-refused':
      'L’adresse mène à une autre, peu sûre. Copiez plutôt l’adresse depuis votre navigateur.',
    'rate-limited': 'Le serveur de l’éditeur demande une pause. Réessayez dans quelques minutes.',
    'service-unreachable': 'Pas de réponse. Vérifiez l’adresse et votre connexion.',
    timeout: 'Pas de réponse à temps. Vérifiez l’adresse, ou appuyez sur Entrée pour réessayer.',
    tls: 'Le certificat de ce site n’est pas reconnu : rien n’a été lu.',
    offline: 'Cette adresse est injoignable. Vérifiez la saisie et votre connexion.',
    'captive-portal':
      'Une page web a répondu à la place du flux. Identifiez-vous d’abord sur ce réseau dans votre navigateur.',
    'terms-not-accepted':
      'Les conditions d’utilisation ont changé entre-temps. Lisez et acceptez les nouvelles.',
  },

  dvidsFaults: {
    usage: 'Clé non valide. Copiez-la en entier depuis votre compte DVIDS.',
    'invalid-payload': 'Clé non valide. Copiez-la en entier depuis votre compte DVIDS.',
    'key-refused': 'DVIDS refuse cette clé. Copiez-la en entier depuis votre compte DVIDS.',
    'origin-refused':
      'DVIDS refuse cette application : la clé est liée à un site web. Créez-en une pour une application dans votre compte DVIDS.',
    'source-blocked':
      'Un contrôle de navigateur a répondu à la place de DVIDS. Réessayez plus tard, ou depuis un autre réseau.',
    'captive-portal':
      'Une page web a répondu à la place de DVIDS. Identifiez-vous d’abord sur ce réseau dans votre navigateur.',
    'feed-invalid':
      'La réponse de DVIDS n’est pas comprise. Cherchez une mise à jour de cette application.',
    'origin-error': 'DVIDS rencontre un problème. Réessayez plus tard.',
    'rate-limited': 'DVIDS demande une pause. Réessayez dans quelques minutes.',
    timeout: 'Pas de réponse à temps. Appuyez sur Entrée pour réessayer.',
    offline: 'DVIDS est injoignable. Vérifiez votre connexion.',
    'service-unreachable': 'Pas de réponse de DVIDS. Vérifiez votre connexion.',
    'password-needed': 'La clé enregistrée est illisible. Saisissez-la de nouveau.',
  },
  nasaFaults: {
    'source-blocked':
      'Un contrôle de navigateur a répondu à la place de la médiathèque. Réessayez plus tard, ou depuis un autre réseau.',
    'captive-portal':
      'Une page web a répondu à la place de la médiathèque. Identifiez-vous d’abord sur ce réseau dans votre navigateur.',
    'feed-invalid':
      'La réponse de la médiathèque n’est pas comprise. Cherchez une mise à jour de cette application.',
    'not-found': 'Aucune collection ne porte ce nom. Il faut le nom exact.',
    'origin-error': 'La médiathèque rencontre un problème. Réessayez plus tard.',
    'rate-limited': 'La médiathèque demande une pause. Réessayez dans quelques minutes.',
    timeout: 'Pas de réponse à temps. Appuyez sur Entrée pour réessayer.',
    offline: 'La médiathèque est injoignable. Vérifiez votre connexion.',
    'service-unreachable': 'Pas de réponse de la médiathèque. Vérifiez votre connexion.',
  },
  folderFaults: {
    usage: 'Saisissez le chemin complet d’un dossier.',
    'invalid-payload': 'Saisissez le chemin complet d’un dossier.',
    'destination-missing': 'Il n’y a pas de dossier à cet endroit.',
    'not-permitted':
      'L’application n’a pas le droit de lire ce dossier. Changez ses autorisations, ou choisissez-en un autre.',
    'disk-error': 'Ce dossier est illisible. Vérifiez le disque.',
  },

  changeTitle: {
    feed: (name) => `Changer l’adresse de ${name}`,
    dvids: (name) => `Changer la sélection ou la clé de ${name}`,
    nasa: (name) => `Changer la sélection de ${name}`,
    folder: (name) => `Changer le dossier de ${name}`,
  },
  saveChange: {
    feed: 'Changer l’adresse',
    dvids: 'Enregistrer',
    nasa: 'Enregistrer',
    folder: 'Changer de dossier',
  },
  changed: {
    feed: 'Adresse modifiée',
    dvids: 'DVIDS : modifications enregistrées',
    nasa: 'Sélection modifiée',
    folder: 'Dossier changé',
  },
  changeKeeps: 'Le nom, les images, les articles et les transferts restent.',
  renameTitle: 'Renommer la source',
  name: 'Nom dans le catalogue',
  saveName: 'Renommer',
  removeTitle: (name) => `Retirer ${name} ?`,
  removeText: (n) =>
    `${packages(n)} de cette source ${isOne(n) ? 'quittera' : 'quitteront'} le catalogue. Les fichiers téléchargés restent, avec leur justificatif.`,
  removeArticles:
    'Ses articles quitteront la liste. Ceux que vous avez mis en favori, étiquetés ou enregistrés restent.',
  removeNow: 'Retirer',
  removed: (name) => `Source retirée : ${name}. Les fichiers téléchargés restent.`,
  termsTitle: (name) => `Conditions d’utilisation de ${name}`,
  termsText: 'Votre accord est consigné une fois par version, et avec chaque transfert.',
  accept: 'Accepter',

  allUpToDate: 'Sources à jour',
  allPaused: 'Sources en pause',
  faulty: (n) => (n === 1 ? '1 source pose problème' : `${n} sources posent problème`),
};
