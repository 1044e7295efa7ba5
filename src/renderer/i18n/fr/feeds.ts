import type { Texts } from '../en/index.ts';

const articles = (n: string): string => (/^[01]$/u.test(n) ? `${n} article` : `${n} articles`);

export const feeds: Texts['feeds'] = {
  title: 'Flux',
  text: (minutes) =>
    `Actualisés toutes les ${minutes} minutes. Seuls le texte et les images des pages sont enregistrés.`,
  import: 'Importer un OPML…',
  export: 'Exporter en OPML',
  add: 'Ajouter un flux',
  empty: 'Aucun flux pour l’instant. Ajoutez-en un, ou importez la liste d’un autre lecteur.',
  feed: 'Flux',
  state: 'État',
  unread: 'Non lus',
  fullText: 'Texte intégral',
  fullTextOf: (name) => `Texte intégral, tiré des pages de ${name}`,
  ofService: 'Articles de votre service',
  closed: 'Fermé, les articles restent',
  tooLarge: 'Ce fichier est trop volumineux pour une liste de flux.',
  imported: (n, added, known, refused) =>
    [
      added <= 1 ? `${n} flux ajouté` : `${n} flux ajoutés`,
      ...(known > 0 ? [`${known} déjà ${known === 1 ? 'présent' : 'présents'}`] : []),
      ...(refused === '' ? [] : [`non ajoutés : ${refused}`]),
    ].join(', '),
  nothingToExport: 'Il n’y a aucun flux à exporter.',
  leftOut: (n) =>
    n === 1
      ? 'Omis : 1 flux dont l’adresse contient un mot de passe ou une clé'
      : `Omis : ${n} flux dont l’adresse contient un mot de passe ou une clé`,
  storage: 'Stockage hors ligne',
  limit: 'Limite',
  limitOf: (size) => `Limite : ${size}`,
  used: (n, used, limit) =>
    `${articles(n)} avec ${/^[01]$/u.test(n) ? 'ses' : 'leurs'} images, ${used} sur ${limit}.`,
  usedOf: (used, limit) => `${used} utilisés sur ${limit}`,
  newest: 'Articles les plus récents',
  none: 'Aucun',
  keepRead: 'Conserver les articles lus',
  whileThereIsRoom: 'Tant qu’il y a de la place',
  days: (n) => `${n} jours`,
  whole: 'Tout enregistrer de ces flux',
  groups: {
    kept: () => 'Favoris, étiquetés, enregistrés',
    newest: (n) => `Les ${n} plus récents`,
    chosen: () => 'Flux et thèmes choisis',
    others: () => 'Autres',
  },
  neverRemoved: (size) => `${size}, jamais supprimés`,
  goesFirst: 'Ce qui sera supprimé d’abord, faute de place',
  goesOrder: 'Lus avant non lus, du plus ancien au plus récent',
  part: (isRead, day) => `Articles ${isRead ? 'lus' : 'non lus'} jusqu’au ${day}`,
  partFacts: (n, sources) => (sources === '' ? articles(n) : `${articles(n)}, ${sources}`),
  freeNow: (size) => `Libérer ${size}…`,
  alwaysStay: 'Les favoris et les articles étiquetés ou enregistrés restent toujours.',
  freeTitle: (size) => `Libérer ${size} ?`,
  freeText:
    'Les copies hors ligne des articles lus sont supprimées. Les articles restent dans la liste et s’ouvrent en ligne.',
  free: 'Supprimer les copies',
  freed: (size, n) => `${size} libérés, ${articles(n)}`,
};
