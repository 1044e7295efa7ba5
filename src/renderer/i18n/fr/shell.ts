import { ownKeys } from '../own-keys.ts';
import type { RecoveryReport } from '../../../shared/contract/app.ts';
import type { Texts } from '../en/index.ts';

const recovered = (n: number, one: string, many: string): string =>
  n === 0
    ? `Aucun ${one} n’a pu être récupéré`
    : n === 1
      ? `1 ${one} a été récupéré`
      : `${n} ${many} ont été récupérés`;
const articles = (n: number): string => recovered(n, 'article enregistré', 'articles enregistrés');
const downloads = (n: number): string => recovered(n, 'transfert', 'transferts');
const listed = (names: readonly string[]): string => names.join(', ');
const notRecovered = (lost: readonly string[]): string =>
  lost.length === 0 ? '' : ` Non récupéré : ${listed(lost)}.`;
const setAside = (file: string | null): string =>
  file === null ? '' : ` Le fichier endommagé a été mis de côté sous ${file}.`;

const settingNames: Record<string, string> = ownKeys({
  serviceUrl: 'service',
  demo: 'démo',
  destination: 'dossier de destination',
  folderTemplate: 'noms des dossiers',
  fileTemplate: 'noms des fichiers',
  language: 'langue',
  theme: 'thème',
  readerPx: 'taille du texte',
  readerLineHeight: 'interligne',
  readerMeasure: 'longueur des lignes',
  readerJustify: 'texte justifié',
  readerFace: 'caractères',
  readerTheme: 'thème de lecture',
  connectionsPerFile: 'connexions par fichier',
  connectionsPerHost: 'connexions par serveur',
  activeTransfers: 'transferts simultanés',
  limitBytesPerSecond: 'débit maximal',
  schedule: 'programmation du débit maximal',
  catalogueView: 'présentation du catalogue',
  houseFormat: 'format maison par défaut',
  formatProfiles: 'formats maison',
  notify: 'notifications',
  tray: 'icône de la zone de notification',
  keepAwake: 'maintien en éveil',
  savedSearches: 'recherches enregistrées',
  webhooks: 'webhooks',
  watchFolder: 'dossier surveillé',
  sources: 'sources',
  sourceMinutes: 'fréquence d’actualisation des sources',
  pendingDownload: 'transfert en attente d’un compte',
});
const settingsRebuilt = ({ lost, fromBackup }: RecoveryReport): string =>
  fromBackup > 0
    ? 'Vos réglages ont été rétablis à partir de leur dernière sauvegarde.'
    : lost.length === 0
      ? 'Vos réglages ont été réinitialisés. Vérifiez-les.'
      : `Ces réglages ont été réinitialisés : ${listed(lost.map((name) => settingNames[name] ?? name))}. Vérifiez-les.`;

export const shell: Texts['shell'] = {
  main: 'Principal',
  active: (n) => `${n} en cours`,
  savedSearches: 'Recherches enregistrées',
  savedShort: 'Recherches',
  renameSearch: 'Renommer',
  moveUp: 'Monter',
  moveDown: 'Descendre',
  copyLink: 'Copier le lien',
  linkCopied:
    'Lien copié. Il ouvre Multimedia Desk ; collé dans le champ de recherche, il agit de même.',
  saveSearchAsFile: 'Enregistrer comme fichier',
  deleteSearch: 'Supprimer',
  fresh: (n) => (n === '1' ? '1 nouveau' : `${n} nouveaux`),
  forgetSearch: (name) => `Supprimer la recherche enregistrée ${name}`,
  searchFootage: 'Chercher images, lieux, plans',
  searchArticles: 'Chercher un article, même hors ligne',
  searchSettings: 'Chercher un réglage',
  clearSearch: 'Effacer la recherche',
  connected: 'Connecté',
  connecting: 'Connexion en cours',
  offline: 'Hors ligne',
  noService: 'Aucune source',
  allDownloads: 'Tous les transferts',
  waiting: 'En attente',
  paused: 'En pause',
  ofPackages: (done, all) => `${done} sur ${all}`,
  packages: (n) => (n === 1 ? '1 sujet' : `${n} sujets`),
  notifications: 'Notifications',
  backTo: {
    catalogue: 'Retour au catalogue',
    asset: 'Retour aux images',
    'auto-fetch': 'Retour au transfert automatique',
    articles: 'Retour aux articles',
    transfers: 'Retour aux transferts',
    settings: 'Retour aux réglages',
    mailbox: 'Retour à la messagerie',
    history: 'Retour à l’historique',
    account: 'Retour au compte',
  },
  offlineSince: (time) => `Hors ligne. Dernier contact : ${time}.`,
  offlineNow: 'Hors ligne.',
  offlineCatalogue:
    'Catalogue tel qu’à la dernière mise à jour. Recherche et filtres fonctionnent ; les sujets en file partiront au retour de la connexion.',
  offlineArticles: 'Vous pouvez lire et chercher les articles enregistrés sur cet ordinateur.',
  offlineDownloads:
    'Les fichiers téléchargés sont en sûreté. Tout reprendra automatiquement au retour de la connexion.',
  retryNow: 'Réessayer maintenant',
  keychainLocked: 'Le trousseau est verrouillé.',
  keychainLockedText: (n) =>
    `${n === 0 ? 'Déverrouillez-le pour télécharger.' : n === 1 ? '1 sujet est en attente.' : `${n} sujets sont en attente.`} Vous restez connecté.`,
  keychainLockedSignedIn:
    'La session se fermera avec l’application. Déverrouillez-le pour rester connecté.',
  keychainTitle: 'Déverrouillez le trousseau pour continuer',
  keychainText:
    'Votre connexion est conservée dans le trousseau de cet ordinateur, encore verrouillé. Déverrouillez-le dans les réglages du système, puis vérifiez à nouveau.',
  keychainStationText:
    'Votre connexion est conservée dans le trousseau de l’ordinateur qui exécute « desk station », encore verrouillé. Déverrouillez-le là-bas, puis vérifiez à nouveau.',
  keychainFacts: {
    signedIn: (email) => `Vous êtes toujours connecté en tant que ${email}`,
    kept: 'Votre connexion est conservée',
    open: 'Catalogue, articles et sujets téléchargés restent utilisables',
    waiting: (n) =>
      n === 1
        ? 'Les fichiers sur le disque sont conservés, 1 sujet reprendra automatiquement'
        : `Les fichiers sur le disque sont conservés, ${n} sujets reprendront automatiquement`,
  },
  openAddress: 'Ouvrir cette adresse dans votre navigateur ?',
  open: 'Ouvrir',
  notOpened:
    'Adresse non ouverte : elle n’est pas en https, contient un mot de passe ou mène à cet ordinateur.',
  later: 'Plus tard',
  checkKeychain: 'Vérifier à nouveau',
  keychainAbsent: 'Cet ordinateur n’a pas de trousseau.',
  keychainAbsentText: 'Vous restez connecté jusqu’à la fermeture de l’application.',
  keychainAbsentStation: 'Vous restez connecté jusqu’à l’arrêt de « desk station ».',
  keychainUnanswered: 'Le trousseau ne répond pas.',
  keychainUnansweredText:
    'Nouvelle tentative automatique. Vous restez connecté, et les transferts reprendront dès qu’il répondra.',
  keychainUnansweredSignedIn:
    'Nouvelle tentative automatique. Si vous fermez l’application avant sa réponse, la session se fermera.',
  keychainUnreadable: 'L’entrée du trousseau est illisible.',
  keychainUnreadableText:
    'Elle a été mise de côté. Rien n’est perdu. Reconnectez-vous pour reprendre vos transferts.',
  keychainUnreadableSignedIn:
    'Elle a été mise de côté, et vous êtes toujours connecté. Si vous attendiez un code, demandez-en un nouveau.',
  sessionEnded: 'Votre session est terminée.',
  sessionEndedText: 'Reconnectez-vous pour reprendre vos transferts.',
  signIn: 'Se connecter',
  screenFailed: 'Une erreur s’est produite sur cette page',
  screenFailedText:
    'Rien n’est perdu et les transferts continuent. Rouvrez la page. Le journal contient les détails.',
  reopenPage: 'Rouvrir la page',
  shortcuts: 'Raccourcis',
  groups: {
    everywhere: 'Partout',
    catalogue: 'Catalogue',
    player: 'Lecteur',
    lists: 'Listes',
    news: 'Articles',
  },
  keys: {
    find: 'Rechercher dans l’article',
    print: 'Imprimer',
    palette: 'Recherche et commandes',
    search: 'Chercher dans cette page',
    sheet: 'Tous les raccourcis',
    back: 'Retour',
    catalogue: 'Catalogue',
    news: 'Articles',
    downloads: 'Transferts',
    settings: 'Réglages',
    close: 'Fermer, vider la sélection',
    select: 'Sélectionner',
    selectAll: 'Tout sélectionner',
    queue: 'Mettre la sélection en file',
    open: 'Ouvrir',
    play: 'Lecture, pause',
    shuttle: 'Arrière, pause, avant',
    frame: 'Une image en arrière, en avant',
    shot: 'Plan précédent, suivant',
    mark: 'Marquer l’entrée, la sortie',
    move: 'Se déplacer',
    extend: 'Étendre la sélection',
    folder: 'Ouvrir le dossier, dans l’historique',
    nextArticle: 'Article suivant, précédent',
    star: 'Mettre en favori',
    markRead: 'Marquer comme lu ou non lu',
    selectArticle: 'Sélectionner l’article',
    openPage: 'Ouvrir sur le web',
    markAllRead: 'Tout marquer comme lu',
  },
  palette: {
    title: 'Commandes et recherche',
    placeholder: 'Chercher images et articles, ou taper une commande',
    footage: 'Images',
    news: 'Articles',
    actions: 'Actions',
    goTo: 'Aller à',
    choose: 'Choisir',
    open: 'Ouvrir',
    all: 'Tous les raccourcis',
    none: 'Aucun résultat',
    stored: 'Disponible hors ligne',
    queue: (title) => `Mettre « ${title} » en file`,
    searchFor: (text) => `Chercher « ${text} » dans le catalogue`,
    sync: 'Chercher les nouveautés',
    pauseAll: 'Mettre tous les transferts en pause',
    resumeAll: 'Reprendre tous les transferts',
    light: 'Thème clair',
    dark: 'Thème sombre',
    system: 'Thème du système',
    signIn: 'Se connecter',
    signOut: 'Se déconnecter',
    createAccount: 'Créer un compte',
  },
  repaired: 'Des données de cet ordinateur étaient endommagées.',
  recoveries: {
    'settings-rebuilt': (incident: RecoveryReport) =>
      `${settingsRebuilt(incident)}${setAside(incident.file)}`,
    'settings-changed': () =>
      'Le fichier des réglages a été modifié hors de l’application et il est utilisé tel quel. Vérifiez vos réglages.',
    'library-rebuilt': ({ kept, lost, file }: RecoveryReport) =>
      `${kept === null ? 'Le journal de la bibliothèque était endommagé et a été réparé. Rien n’est perdu.' : `La bibliothèque a été reconstruite. ${articles(kept)}. Le catalogue est à nouveau téléchargé.`}${notRecovered(lost)}${setAside(file)}`,
    'library-damaged': ({ lost }: RecoveryReport) =>
      `Une partie de la bibliothèque est illisible. Redémarrez l’application pour la réparer.${notRecovered(lost)}`,
    'queue-rebuilt': ({ kept, fromBackup, lost, file }: RecoveryReport) =>
      `${kept === null ? 'Le journal de la file était endommagé et a été réparé. Rien n’est perdu.' : `La file a été reconstruite. ${downloads(kept)}${fromBackup === 0 ? '' : `, dont ${fromBackup} à partir d’une sauvegarde, dans un état peut-être plus ancien`}.`} Les fichiers sur le disque sont intacts.${notRecovered(lost)}${setAside(file)}`,
    'queue-damaged': ({ lost }: RecoveryReport) =>
      `Une partie de la file est illisible. Redémarrez l’application pour la réparer. Les fichiers sur le disque sont intacts.${notRecovered(lost)}`,
    'auto-fetch-rebuilt': ({ file }: RecoveryReport) =>
      `Le suivi du transfert automatique était endommagé et a été réparé. Rien n’est mis deux fois en file. Vérifiez son journal.${setAside(file)}`,
    'events-rebuilt': ({ file }: RecoveryReport) =>
      `Le suivi des événements était endommagé et a été réparé. Certains événements n’ont peut-être pas été envoyés.${setAside(file)}`,
    'demo-rebuilt': ({ file }: RecoveryReport) =>
      `La démo a été réinitialisée. Créez-y de nouveau un compte.${setAside(file)}`,
    'credentials-reset': ({ file }: RecoveryReport) =>
      `Le fichier d’identifiants était endommagé. Rien d’autre n’est perdu. Reconnectez-vous pour reprendre vos transferts, et saisissez de nouveau les clés et mots de passe des sources.${setAside(file)}`,
    'api-tokens-reset': ({ file }: RecoveryReport) =>
      `La liste des systèmes ayant accès à l’API était endommagée. Plus aucun n’y a accès. Donnez à chacun un nouveau jeton dans les réglages.${setAside(file)}`,
    'items-skipped': () =>
      'Le service a envoyé des éléments illisibles. Ils ont été ignorés et figurent dans le journal. Tout le reste est là.',
    'moved-aside': ({ file }: RecoveryReport) =>
      `Un autre élément occupait la place d’un fichier de l’application. Il a été mis de côté${file === null ? '' : ` sous ${file}`}.`,
  },
};
