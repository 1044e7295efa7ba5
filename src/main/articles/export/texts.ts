const en = {
  published: 'Published',
  firstSeen: 'First seen',
  updated: 'Updated',
  source: 'Source',
  credit: 'Credit',
  terms: 'Terms of use',
  address: 'Address',
  stored: 'Saved',
  keepUntil: 'May be kept until',
  embargo: (lifts: string) => `Under embargo until ${lifts}. Do not publish before.`,
  correction: (note: string) => `Correction: ${note}`,
  corrected: 'Corrected',
  partial:
    'This is the beginning of the article. The source publishes the rest only on its own page.',
  fromPage: 'The text was taken from the article’s page.',
  pictureMissing: (alt: string) =>
    alt === '' ? 'Picture not included' : `Picture not included: ${alt}`,
  demo: 'Demo service',
  title: 'Articles',
  ofSection: (source: string, section: string) => `${source}: ${section}`,
  contents: 'Contents',
  cover: 'Cover',
  articles: (count: number) => (count === 1 ? '1 article' : `${count} articles`),
  fromTo: (from: string, to: string) => (from === to ? from : `${from} to ${to}`),
  otherSection: 'Other articles',
  accessibility: {
    described: 'With headings and a table of contents. Every picture has a description.',
    undescribed: 'With headings and a table of contents. Some pictures have no description.',
    text: 'With headings and a table of contents.',
  },
};
export type ExportWords = typeof en;

const fr: ExportWords = {
  published: 'Publié',
  firstSeen: 'Vu pour la première fois',
  updated: 'Mis à jour',
  source: 'Source',
  credit: 'Crédit',
  terms: 'Conditions d’utilisation',
  address: 'Adresse',
  stored: 'Enregistré',
  keepUntil: 'Conservation autorisée jusqu’au',
  embargo: (lifts) => `Sous embargo jusqu’au ${lifts}. Ne pas publier avant.`,
  correction: (note) => `Correction\u00a0: ${note}`,
  corrected: 'Corrigé',
  partial: 'Ceci est le début de l’article. La source ne publie la suite que sur sa page.',
  fromPage: 'Le texte a été extrait de la page de l’article.',
  pictureMissing: (alt) => (alt === '' ? 'Image non incluse' : `Image non incluse\u00a0: ${alt}`),
  demo: 'Service de démonstration',
  title: 'Articles',
  ofSection: (source, section) => `${source}\u00a0: ${section}`,
  contents: 'Sommaire',
  cover: 'Couverture',
  articles: (count) => (count < 2 ? `${count} article` : `${count} articles`),
  fromTo: (from, to) => (from === to ? from : `du ${from} au ${to}`),
  otherSection: 'Autres articles',
  accessibility: {
    described: 'Avec des titres et un sommaire. Chaque image a une description.',
    undescribed: 'Avec des titres et un sommaire. Certaines images n’ont pas de description.',
    text: 'Avec des titres et un sommaire.',
  },
};

/** Texts of exported articles. */
export const exportWords = { en, fr };
export type ExportLanguage = keyof typeof exportWords;
