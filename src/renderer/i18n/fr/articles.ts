import type { Texts } from '../en/index.ts';

export const articles: Texts['articles'] = {
  title: 'Articles',
  list: 'Articles',
  all: 'Tous',
  unread: (n) => (n === '0' ? 'Non lus' : `Non lus ${n}`),
  sync: 'Chercher de nouveaux articles',
  places: 'Flux',
  starred: 'Favoris',
  isStarred: 'favori',
  savedPages: 'Pages enregistrées',
  countUnread: 'non lus',
  countAll: 'articles',
  faultOf: (code) =>
    code === 'source-gone'
      ? 'Fermé'
      : code === 'offline' || code === 'service-unreachable' || code === 'timeout'
        ? 'Pas de connexion'
        : 'Illisible',
  addFeed: 'Ajouter un flux',
  markAllRead: 'Tout marquer comme lu',
  allRead: (n, count) =>
    count === 1 ? '1 article marqué comme lu' : `${n} articles marqués comme lus`,
  topic: 'Thème',
  allTopics: 'Tous les thèmes',
  topicCount: (name, n) => `${name}, ${n}`,
  date: 'Date',
  anyDate: 'Toute date',
  lastDays: (days) => (days === 1 ? 'Aujourd’hui' : `${days} derniers jours`),
  percentRead: (percent) => `lu à ${percent}\u00a0%`,
  language: 'Langue',
  allLanguages: 'Toutes les langues',
  today: 'Aujourd’hui',
  yesterday: 'Hier',
  lastWeek: '7 derniers jours',
  older: 'Plus anciens',
  minutes: (n) => `${n} min de lecture`,
  availableOffline: 'Disponible hors ligne',
  unreadMark: 'Non lu.',
  corrected: 'Corrigé',
  withdrawn: 'Retiré',
  offlineSummary: (articles, size) =>
    `${/^[01]$/u.test(articles) ? `${articles} article` : `${articles} articles`}, ${size} hors ligne`,
  article: 'Article',
  tools: 'Outils de lecture',
  savedOffline: 'Enregistré hors ligne avec ses images',
  notSavedOffline: 'Non enregistré hors ligne',
  saveOffline: 'Enregistrer pour lire hors ligne',
  removeOffline: 'Supprimer la copie hors ligne',
  markUnread: 'Marquer comme non lu',
  textAndTheme: 'Texte et thème',
  size: 'Taille du texte',
  smaller: 'Plus petit',
  larger: 'Plus grand',
  face: 'Caractères',
  faces: { serif: 'Avec empattements', sans: 'Sans' },
  theme: 'Thème',
  themes: { auto: 'Comme l’application', light: 'Clair', dark: 'Sombre' },
  print: 'Imprimer ou enregistrer en PDF',
  openOnWeb: 'Ouvrir sur le web',
  backToList: 'Tous les articles',
  correction: 'Correction',
  withdrawnTitle: 'Cet article a été retiré.',
  withdrawnText: 'Ne l’utilisez plus.',
  alsoIn: 'Aussi en',
  relatedVideo: 'Vidéo liée',
  openPackage: 'Ouvrir le sujet',
  emptyTitle: 'Aucun article trouvé',
  emptyText: 'Essayez moins de mots, ou cherchez dans tous les flux, thèmes et langues.',
  showAll: 'Voir tous les articles',
  firstTitle: 'Chargement des articles',
  firstText:
    'Les plus récents sont enregistrés sur cet ordinateur avec leurs images, pour être lus partout.',
  offlineFirstTitle: 'Aucun article pour l’instant',
  offlineFirstText:
    'Le service est injoignable. Les articles les plus récents seront chargés à son retour.',
  noArticlesTitle: 'Aucun article pour l’instant',
  noArticlesText:
    'Les articles viennent du service de votre organisation. Configurez-le pour les lire ici.',
  notOfflineTitle: 'Non disponible hors ligne',
  notOfflineText:
    'Il n’a pas été enregistré et il n’y a pas de connexion. Les articles marqués hors ligne restent lisibles.',
  failedTitle: 'L’article n’a pas pu être ouvert',
  removedTitle: 'Cet article n’est plus disponible',
  share: 'Partager',
  copyWithCredit: 'Copier avec le crédit',
  copiedWithCredit: 'Copié avec le crédit',
  by: (names) => `Par ${names}`,
  copyLink: 'Copier le lien',
  linkCopied: 'Lien copié',
  saveAs: {
    pdf: 'Enregistrer en PDF…',
    epub: 'Enregistrer en EPUB…',
    markdown: 'Enregistrer en Markdown…',
    html: 'Enregistrer en page web…',
  },
  printArticle: 'Imprimer…',
  preparing: 'Préparation du fichier…',
  saved: (articles, missingPictures, leftOut) =>
    [
      articles < 2 ? 'Article enregistré' : `${articles} articles enregistrés`,
      ...(missingPictures === 0
        ? []
        : [
            `${missingPictures === 1 ? '1 image manque' : `${missingPictures} images manquent`}, les légendes restent. Enregistrez d’abord l’article hors ligne pour les avoir`,
          ]),
      ...(leftOut === 0
        ? []
        : [leftOut === 1 ? '1 article a été omis' : `${leftOut} articles ont été omis`]),
    ].join('. '),
  tooMuchToSave:
    'C’est trop pour un seul fichier. Choisissez-en moins, ou utilisez « desk articles export ».',
};
