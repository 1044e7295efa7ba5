import type { Texts } from '../en/index.ts';

export const catalogue: Texts['catalogue'] = {
  filters: 'Filtres',
  clear: (n) => `Effacer ${n}`,
  showAll: (n) => `Tout afficher (${n})`,
  showFewer: 'Afficher moins',
  facets: {
    source: 'Source',
    topic: 'Thème',
    country: 'Pays',
    rights: 'Restrictions',
    format: 'Format',
    language: 'Langue',
    has: 'Contenu',
    rate: 'Cadence',
    type: 'Type',
  },
  date: 'Date',
  periods: { today: 'Ce jour', week: '7 jours', range: 'Dates', any: 'Tout' },
  perSecond: (n) => `${n} i/s`,
  from: 'Du',
  to: 'Au',
  findValue: (facet) => `Chercher : ${facet}`,
  selectAll: (n) => `Tout sélectionner (${n})`,
  selectFirst: (n) => `Sélectionner les ${n} premiers`,
  removeFilter: 'Retirer le filtre',
  results: 'Résultats',
  found: (n, isOne) => `${n} ${isOne ? 'sujet' : 'sujets'}`,
  nothing: 'Aucun résultat',
  forText: (text) => `pour « ${text} »`,
  saveSearch: 'Enregistrer',
  saved: (name) => `« ${name} » enregistrée`,
  deleted: (name) => `« ${name} » supprimée`,
  importSearches: 'Importer un fichier…',
  exportSearches: 'Tout enregistrer dans un fichier',
  imported: (added, known) =>
    [
      added === 0
        ? 'Aucune nouvelle recherche'
        : `${added} ${added === 1 ? 'recherche importée' : 'recherches importées'}`,
      known > 0 && `${known} déjà ${known === 1 ? 'enregistrée' : 'enregistrées'}`,
    ]
      .filter(Boolean)
      .join(', '),
  notImported:
    'Rien n’est importé : le fichier n’a pas de recherches lisibles par cette version, ou il y en aurait plus de 200.',
  shared: (name) => `Recherche d’un autre poste : « ${name} »`,
  noSearches: 'Aucune recherche enregistrée. Enregistrez-en une pour y revenir en un clic.',
  renameSearch: (name) => `Renommer la recherche enregistrée ${name}`,
  searchName: 'Nom de la recherche enregistrée',
  allFootage: 'Toutes les images',
  sort: 'Trier',
  sorts: {
    newest: 'Plus récents',
    oldest: 'Plus anciens',
    relevance: 'Plus pertinents',
    longest: 'Plus longs',
    shortest: 'Plus courts',
    'title-az': 'Titre, de A à Z',
    'title-za': 'Titre, de Z à A',
    'place-az': 'Lieu, de A à Z',
    'place-za': 'Lieu, de Z à A',
    'languages-az': 'Langues, de A à Z',
    'languages-za': 'Langues, de Z à A',
    'format-best': 'Plus grande image d’abord',
    'format-least': 'Plus petite image d’abord',
    largest: 'Sujets les plus volumineux',
    smallest: 'Sujets les plus légers',
  },
  view: 'Affichage',
  grid: 'Grille',
  table: 'Tableau',
  select: (title) => `Sélectionner ${title}`,
  columns: {
    title: 'Titre',
    date: 'Date',
    place: 'Lieu',
    languages: 'Langues',
    format: 'Format',
    size: 'Taille',
    length: 'Durée',
  },
  selection: 'Sélection',
  selected: (n) => (n === 1 ? '1 sélectionné' : `${n} sélectionnés`),
  clearSelection: 'Désélectionner',
  size: 'Taille',
  atLeast: (size, unknown) =>
    `${size === null ? '' : `au moins ${size}, `}${unknown} de taille inconnue`,
  freeOn: (volume) => `Libre sur ${volume}`,
  free: 'Libre sur le disque',
  time: 'Durée',
  about: (minutes) =>
    minutes < 1
      ? 'moins d’une minute'
      : minutes < 90
        ? `environ ${minutes} min`
        : `environ ${Math.round(minutes / 60)} h`,
  house: 'Format maison',
  queue: (n) => (n === 1 ? 'Mettre 1 sujet en file' : `Mettre ${n} sujets en file`),
  restrictedNote: (n) => `${n} avec des restrictions à confirmer.`,
  embargoNote: (n) => `${n} sous embargo, à confirmer d’abord.`,
  bothNote: (n) =>
    n === 1
      ? '1 avec des restrictions et un embargo à confirmer.'
      : `${n} avec des restrictions ou un embargo à confirmer.`,
  blockedNote: (list) => `Pas mis en file : ${list}.`,
  blocked: {
    withdrawn: (n) => (n === 1 ? '1 retiré' : `${n} retirés`),
    'on-hold': (n) => (n === 1 ? '1 suspendu' : `${n} suspendus`),
    expired: (n) => (n === 1 ? '1 expiré' : `${n} expirés`),
    embargoed: (n) => `${n} sous embargo`,
    territory: (n) =>
      n === 1 ? '1 non autorisé sur votre territoire' : `${n} non autorisés sur votre territoire`,
    platform: (n) =>
      n === 1 ? '1 non autorisé sur vos plateformes' : `${n} non autorisés sur vos plateformes`,
    'no-package': (n) => (n === 1 ? '1 indisponible' : `${n} indisponibles`),
    'no-fit': (n) => `${n} sans format qui convienne`,
    terms: (n) => `${n} avec des conditions d’utilisation à accepter`,
  },
  downloadedNote: (n) => (n === 1 ? '1 est déjà téléchargé.' : `${n} sont déjà téléchargés.`),
  spaceNote: (bytes) => `Il manque ${bytes} sur le disque. Le reste attendra de l’espace.`,
  empty: {
    title: 'Aucun sujet ne correspond',
    text: 'Retirez un filtre ou essayez moins de mots. La recherche porte aussi sur les listes de plans et les scripts.',
    didYouMean: (text) => `Vouliez-vous dire ${text} ?`,
    anyDate: 'Chercher sans limite de date',
    without: (term) => `Chercher sans « ${term} »`,
    save: 'Enregistrer cette recherche',
    clearAll: 'Effacer tous les filtres',
  },
  first: {
    title: 'Chargement du catalogue',
    text: 'Il est chargé une fois, puis tenu à jour. La recherche fonctionne ensuite hors ligne.',
    offlineTitle: 'Pas encore de catalogue',
    offlineText:
      'Le service est injoignable. Le catalogue sera chargé à son retour et restera sur cet ordinateur.',
    noSourceTitle: 'Aucune source configurée',
    noSourceText:
      'Saisissez l’adresse de votre service, ajoutez une source publique, ou essayez la démo.',
    setUp: 'Configurer un service',
    faultyTitle: 'Pas encore d’images',
    faultyText:
      'Aucune de vos sources n’est lisible pour le moment. La raison figure dans les réglages.',
    showSources: 'Voir les sources',
    emptyTitle: 'Vos sources n’ont pas encore d’images',
    emptyText: 'Les nouveaux sujets apparaissent ici automatiquement.',
  },
  failedTitle: 'La recherche a échoué',
  failedText:
    'Le catalogue de cet ordinateur n’a pas pu être lu. Rien n’est perdu. Cherchez à nouveau.',
};
