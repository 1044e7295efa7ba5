import type { Incident } from '../../../shared/contract/app.ts';
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

const settingNames: Record<string, string> = {
  serviceUrl: 'service',
  demo: 'démo',
  destination: 'dossier',
  folderTemplate: 'noms des dossiers',
  language: 'langue',
  theme: 'thème',
  readerSize: 'taille du texte',
  readerFace: 'caractères',
  readerTheme: 'papier',
  connectionsPerFile: 'connexions par fichier',
  connectionsPerHost: 'connexions par serveur',
  activeTransfers: 'lots en même temps',
  limitBytesPerSecond: 'débit maximal',
  limitHours: 'heures du débit maximal',
  catalogueView: 'présentation du catalogue',
  housePurpose: 'format maison',
  notify: 'notifications',
  tray: 'icône de la zone de notification',
  keepAwake: 'maintien en éveil',
  savedSearches: 'recherches enregistrées',
  pendingDownload: 'téléchargement en attente d’un compte',
};
const settingsRebuilt = ({ lost, fromBackup }: Incident): string =>
  fromBackup > 0
    ? 'Vos réglages ont été rétablis à partir de leur dernière sauvegarde.'
    : lost.length === 0
      ? 'Vos réglages ont été réinitialisés. Vérifiez-les.'
      : `Ces réglages ont été réinitialisés : ${listed(lost.map((name) => settingNames[name] ?? name))}. Vérifiez-les.`;

export const shell: Texts['shell'] = {
  main: 'Principal',
  active: (n) => `${n} en cours`,
  savedSearches: 'Recherches enregistrées',
  forgetSearch: (name) => `Supprimer la recherche enregistrée ${name}`,
  searchFootage: 'Chercher images, lieux, plans',
  searchNews: 'Chercher un article, même hors ligne',
  searchSettings: 'Chercher un réglage',
  clearSearch: 'Effacer la recherche',
  connected: 'Connecté',
  connecting: 'Connexion',
  offline: 'Hors ligne',
  noService: 'Aucun service',
  allDownloads: 'Tous les transferts',
  waiting: 'En attente',
  paused: 'En pause',
  ofPackages: (done, all) => `${done} sur ${all}`,
  packages: (n) => (n === 1 ? '1 lot' : `${n} lots`),
  notifications: 'Notifications',
  backTo: {
    catalogue: 'Retour au catalogue',
    asset: 'Retour aux images',
    news: 'Retour aux articles',
    downloads: 'Retour aux transferts',
    settings: 'Retour aux réglages',
    mailbox: 'Retour au courrier',
    account: 'Retour au compte',
  },
  offlineSince: (time) => `Pas de réseau depuis ${time}.`,
  offlineNow: 'Pas de réseau.',
  offlineCatalogue:
    'Vous voyez le catalogue tel qu’il était alors. Recherche et filtres fonctionnent ; les lots mis en file partiront au retour du réseau.',
  offlineNews: 'Les articles gardés sur cet ordinateur se lisent et se cherchent.',
  offlineDownloads: 'Ce qui est arrivé est en sûreté ; tout reprendra seul au retour du réseau.',
  tryNow: 'Réessayer',
  keychainLocked: 'Le trousseau est verrouillé.',
  keychainLockedText: (n) =>
    `${n === 0 ? 'Les transferts l’attendent.' : n === 1 ? '1 lot l’attend.' : `${n} lots l’attendent.`} Vous restez connecté.`,
  keychainLockedSignedIn:
    'Vous restez connecté jusqu’à la fermeture de l’application ; déverrouillez-le et la connexion sera gardée.',
  keychainTitle: 'Déverrouillez le trousseau pour continuer',
  keychainText:
    'Votre connexion est gardée dans le trousseau de cet ordinateur, qui est encore verrouillé. Déverrouillez-le dans la fenêtre ou les réglages du système, puis appuyez à nouveau sur le bouton.',
  keychainStationText:
    'Votre connexion est gardée dans le trousseau de l’ordinateur où tourne la station, qui est encore verrouillé. Déverrouillez-le là-bas, puis appuyez à nouveau sur le bouton.',
  keychainFacts: {
    signedIn: (email) => `Vous êtes toujours connecté en tant que ${email}`,
    kept: 'Votre connexion s’y trouve et n’est pas perdue',
    open: 'Catalogue, articles et lots arrivés restent utilisables',
    waiting: (n) =>
      n === 1
        ? 'Ce qui est sur le disque est gardé, 1 lot reprendra tout seul'
        : `Ce qui est sur le disque est gardé, ${n} lots reprendront tout seuls`,
  },
  openAddress: 'Ouvrir cette adresse dans votre navigateur ?',
  open: 'Ouvrir',
  notOpened:
    'Adresse non ouverte : elle n’est pas en https, contient un mot de passe ou mène à cet ordinateur.',
  later: 'Plus tard',
  unlockKeychain: 'Réessayer',
  keychainAbsent: 'Cet ordinateur n’a pas de trousseau.',
  keychainAbsentText: 'Vous restez connecté jusqu’à la fermeture de l’application.',
  keychainAbsentStation: 'Vous restez connecté jusqu’à l’arrêt de la station.',
  keychainUnanswered: 'Le trousseau ne répond pas.',
  keychainUnansweredText:
    'Nouvel essai automatique ; vous restez connecté, et les transferts reprendront dès qu’il répondra.',
  keychainUnansweredSignedIn:
    'Nouvel essai automatique. Si vous fermez l’application avant sa réponse, la session se fermera.',
  keychainUnreadable: 'L’entrée du trousseau est illisible.',
  keychainUnreadableText:
    'Elle a été mise de côté, rien n’est perdu. Reconnectez-vous ; les transferts reprendront où ils en étaient.',
  keychainUnreadableSignedIn:
    'Elle a été mise de côté, et vous êtes connecté. Si vous attendiez un code, demandez-en un nouveau.',
  sessionEnded: 'Votre session est terminée.',
  sessionEndedText: 'Reconnectez-vous ; les transferts reprendront où ils en étaient.',
  signIn: 'Se connecter',
  screenFailed: 'Cette page a un problème',
  screenFailedText:
    'Rien d’enregistré n’est perdu et les transferts continuent. Rouvrez la page ; le journal contient les détails.',
  openAgain: 'Rouvrir',
  shortcuts: 'Raccourcis',
  groups: { everywhere: 'Partout', catalogue: 'Catalogue', player: 'Lecteur', lists: 'Listes' },
  keys: {
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
    extend: 'Sélectionner d’ici à là',
  },
  palette: {
    title: 'Commandes et recherche',
    placeholder: 'Chercher images et articles, ou taper une commande',
    footage: 'Images',
    news: 'Articles',
    do: 'Faire',
    goTo: 'Aller à',
    choose: 'Choisir',
    open: 'Ouvrir',
    all: 'Tous les raccourcis',
    none: 'Aucun résultat',
    stored: 'Gardé sur cet ordinateur',
    queue: (title) => `Mettre « ${title} » en file`,
    searchFor: (text) => `Chercher « ${text} » dans le catalogue`,
    sync: 'Chercher les nouveautés maintenant',
    pauseAll: 'Suspendre tous les transferts',
    resumeAll: 'Reprendre tous les transferts',
    light: 'Thème clair',
    dark: 'Thème sombre',
    system: 'Thème du système',
    signIn: 'Se connecter',
    signOut: 'Se déconnecter',
    createAccount: 'Créer un compte',
  },
  repaired: 'Des données de cet ordinateur étaient endommagées.',
  incidents: {
    'settings-rebuilt': (incident: Incident) =>
      `${settingsRebuilt(incident)}${setAside(incident.file)}`,
    'settings-changed': () =>
      'Le fichier des réglages a été modifié hors de l’application et il est utilisé tel quel. Vérifiez vos réglages.',
    'library-rebuilt': ({ kept, lost, file }: Incident) =>
      `${kept === null ? 'Le journal de la bibliothèque était endommagé et a été réparé. Rien n’est perdu.' : `La bibliothèque a été reconstruite. ${articles(kept)}. Le catalogue est à nouveau téléchargé.`}${notRecovered(lost)}${setAside(file)}`,
    'library-damaged': ({ lost }: Incident) =>
      `Une partie de la bibliothèque est illisible. Redémarrez l’application pour la réparer.${notRecovered(lost)}`,
    'queue-rebuilt': ({ kept, fromBackup, lost, file }: Incident) =>
      `${kept === null ? 'Le journal de la file était endommagé et a été réparé. Rien n’est perdu.' : `La file a été reconstruite. ${downloads(kept)}${fromBackup === 0 ? '' : `, dont ${fromBackup} à partir d’une sauvegarde, dans un état peut-être plus ancien`}.`} Les fichiers sur le disque sont intacts.${notRecovered(lost)}${setAside(file)}`,
    'queue-damaged': ({ lost }: Incident) =>
      `Une partie de la file est illisible. Redémarrez l’application pour la réparer. Les fichiers sur le disque sont intacts.${notRecovered(lost)}`,
    'demo-rebuilt': ({ file }: Incident) =>
      `La démo a été réinitialisée. Créez-y de nouveau un compte.${setAside(file)}`,
    'items-skipped': () =>
      'Le service a envoyé des éléments illisibles. Ils ont été ignorés et figurent dans le journal. Tout le reste est là.',
    'moved-aside': ({ file }: Incident) =>
      `Un autre élément occupait la place d’un fichier de l’application. Il a été mis de côté sous ${file ?? ''}.`,
  },
};
