import type { RightsState } from '../../shared/model/rights.ts';
import type { WaitReason } from '../../shared/model/transfer.ts';

/** What the system shows for us, outside of the page: dialogs, the tray, notices. */
const en = {
  question: 'Open this address in your browser?',
  open: 'Open',
  cancel: 'Cancel',
  show: 'Open Multimedia Desk',
  pauseAll: 'Pause all downloads',
  resumeAll: 'Go on with all downloads',
  quit: 'Quit',
  idle: 'Nothing is being downloaded',
  paused: 'All downloads are paused',
  resting: 'Downloads rest by timetable',
  waiting: (n: number) => (n === 1 ? '1 package waits' : `${n} packages wait`),
  active: (n: number, rate: string, left: string) =>
    `${n === 1 ? '1 package' : `${n} packages`}, ${rate}, ${left} to go`,
  done: 'The package is here',
  allDone: (n: number) =>
    n === 1 ? 'The package is here, verified' : `All ${n} packages are here, verified`,
  failed: 'A package could not be downloaded',
  waits: 'A package waits for you',
  reasons: {
    'disk-full': 'The disk is full: make space.',
    'destination-missing': 'The folder is not there: connect the disk.',
    'signed-out': 'Sign in to go on.',
    superseded: 'There is a newer version.',
  } as Partial<Record<WaitReason, string>>,
  rights: {
    withdrawn: 'Withdrawn: do not use, delete copies',
    'on-hold': 'On hold: do not use until it’s released',
    expired: 'Expired: no new use',
    'expires-today': 'Expires today',
    'newer-version': 'Newer version available',
  } satisfies Record<RightsState, string>,
  more: (n: number) => (n === 0 ? '' : n === 1 ? 'and 1 more' : `and ${n} more`),
  see: 'Downloads says why and what helps.',
};

const fr: typeof en = {
  question: 'Ouvrir cette adresse dans votre navigateur ?',
  open: 'Ouvrir',
  cancel: 'Annuler',
  show: 'Ouvrir Multimedia Desk',
  pauseAll: 'Suspendre tous les transferts',
  resumeAll: 'Reprendre tous les transferts',
  quit: 'Quitter',
  idle: 'Aucun transfert en cours',
  paused: 'Tous les transferts sont suspendus',
  resting: 'Repos selon l’horaire',
  waiting: (n) => (n === 1 ? '1 lot en attente' : `${n} lots en attente`),
  active: (n, rate, left) => `${n === 1 ? '1 lot' : `${n} lots`}, ${rate}, reste ${left}`,
  done: 'Le lot est arrivé',
  allDone: (n) => (n === 1 ? 'Le lot est arrivé, vérifié' : `Les ${n} lots sont arrivés, vérifiés`),
  failed: 'Un lot n’a pas pu être transféré',
  waits: 'Un lot vous attend',
  reasons: {
    'disk-full': 'Le disque est plein : faites de la place.',
    'destination-missing': 'Le dossier est introuvable : branchez le disque.',
    'signed-out': 'Connectez-vous pour continuer.',
    superseded: 'Il existe une version plus récente.',
  },
  rights: {
    withdrawn: 'Retiré\u00a0: ne plus utiliser, supprimer',
    'on-hold': 'Suspendu\u00a0: ne pas utiliser',
    expired: 'Expiré\u00a0: plus d’utilisation',
    'expires-today': 'Expire aujourd’hui',
    'newer-version': 'Version plus récente disponible',
  },
  more: (n) => (n === 0 ? '' : n === 1 ? 'et 1 autre' : `et ${n} autres`),
  see: 'La page Transferts dit pourquoi et que faire.',
};

export type NativeTexts = typeof en;
export const nativeTexts: Record<'en' | 'fr', NativeTexts> = { en, fr };
