import type { Texts } from '../en/index.ts';

const packages = (n: string): string => (/^[01]$/u.test(n) ? `${n} sujet` : `${n} sujets`);

export const history: Texts['history'] = {
  packages: 'Sujets',
  paletteTitle: 'Historique des sujets',
  withCount: (label, n) => `${label} ${n}`,
  list: 'Sujets',
  foot: 'Retirer un transfert de la liste ne l’efface pas d’ici.',
  notLooked: 'Dossiers pas encore vérifiés.',
  looked: (time) => `Dossiers vérifiés à ${time}.`,
  movedText: 'Un sujet déplacé est reconnu à ses empreintes.',
  looking: 'Vérification des dossiers…',
  away: (n) =>
    n === '1'
      ? 'Le disque d’un sujet est injoignable.'
      : `Les disques de ${n} sujets sont injoignables.`,
  awayText: 'Ce qui en est affiché date d’une vérification antérieure.',
  lookNow: 'Vérifier',
  search: 'Titre, identifiant, dossier, date',
  show: 'Sujets affichés',
  shown: {
    all: 'Tous les sujets',
    here: 'Sur disque',
    gone: 'Absents du disque',
    marked: 'Rappelés ou modifiés',
  },
  period: 'Complet depuis',
  found: packages,
  clearFilters: 'Voir tous les sujets',
  columns: { package: 'Sujet', place: 'Emplacement', size: 'Taille', complete: 'Complet' },
  version: (n) => `version ${n}`,
  places: {
    here: 'Sur disque',
    moved: 'Déplacé, retrouvé',
    away: 'Disque injoignable',
    gone: 'Absent du disque',
    cleared: 'Supprimé du disque',
  },
  movedFrom: (folder, before) => `${folder}\nDéplacé depuis ${before}`,
  nothingYet: 'Aucun sujet pour l’instant',
  nothingYetText:
    'Chaque sujet complet sur cet ordinateur reste ici : sa version, sa date et l’emplacement de ses fichiers.',
  noneFound: 'Aucun sujet ne correspond',
  noneFoundText: 'La recherche porte sur les titres, identifiants, formats, dossiers et dates.',
  failed: 'L’historique est illisible pour l’instant',
  failedText: 'Rien n’est perdu. Réessayez.',
  tryAgain: 'Réessayer',
};
