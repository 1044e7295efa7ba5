import { AppError, type ErrorCode } from '../../shared/errors.ts';
import { formatBytes, formatRate } from '../../shared/model/figures.ts';
import type { RightsState } from '../../shared/api/rights.ts';
import type { WaitReason } from '../../shared/model/transfer.ts';

/** Texts outside the page: menus, dialogs, tray, notifications. */
const en = {
  question: 'Open this address in your browser?',
  open: 'Open',
  cancel: 'Cancel',
  show: 'Open Multimedia Desk',
  pauseAll: 'Pause all downloads',
  resumeAll: 'Resume all downloads',
  quit: 'Quit',
  title: (percent: number) => `${percent}% – Multimedia Desk`,
  tooltip: (state: string) => `Multimedia Desk: ${state}`,
  idle: 'No downloads running',
  paused: 'All downloads are paused',
  pausedBySchedule: 'Paused by schedule',
  waiting: (n: number) => (n === 1 ? '1 package waiting' : `${n} packages waiting`),
  active: (n: number, bytesPerSecond: number, remainingBytes: number) =>
    `${n === 1 ? '1 package' : `${n} packages`}, ${formatRate(bytesPerSecond, 'en')}, ${formatBytes(remainingBytes, 'en')} remaining`,
  done: 'Package downloaded',
  allDone: (n: number) => (n === 1 ? 'Download finished' : `All ${n} downloads finished`),
  failed: 'A download failed',
  waits: 'A download needs you',
  unlockKeychain: 'Unlock your keychain to continue.',
  reasons: {
    'disk-full': 'Disk full. Free up space.',
    'destination-missing': 'Folder not found. Reconnect the disk.',
    'signed-out': 'Sign in to continue.',
    terms: 'Accept the new terms of use.',
    superseded: 'Newer version available.',
    'other-service': 'It comes from another service.',
  } as Partial<Record<WaitReason, string>>,
  rights: {
    withdrawn: 'Withdrawn: do not use, delete copies',
    'on-hold': 'On hold: do not use until it’s released',
    expired: 'Expired: no new use',
    barred: 'Not cleared for you: do not use',
    'expires-today': 'Expires today',
    'newer-version': 'Newer version available',
  } satisfies Record<RightsState, string>,
  more: (n: number) => (n === 0 ? '' : n === 1 ? 'and 1 more' : `and ${n} more`),
  see: 'See Downloads for what to do.',
  startFailed: 'Multimedia Desk couldn’t start',
  /** Translation of the reason; the message that follows it is English. */
  startReasons: {} as Partial<Record<ErrorCode, string>>,
  startBug: 'Something went wrong. Nothing saved is lost.',
  menu: {
    about: 'About Multimedia Desk',
    services: 'Services',
    hide: 'Hide Multimedia Desk',
    hideOthers: 'Hide others',
    showAll: 'Show all',
    quitApp: 'Quit Multimedia Desk',
    file: 'File',
    close: 'Close window',
    edit: 'Edit',
    undo: 'Undo',
    redo: 'Redo',
    cut: 'Cut',
    copy: 'Copy',
    paste: 'Paste',
    pastePlain: 'Paste without formatting',
    delete: 'Delete',
    selectAll: 'Select all',
    speech: 'Speech',
    startSpeaking: 'Start speaking',
    stopSpeaking: 'Stop speaking',
    view: 'View',
    resetZoom: 'Actual size',
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    fullScreen: 'Full screen',
    devTools: 'Developer tools',
    window: 'Window',
    minimize: 'Minimise',
    zoom: 'Zoom',
    toFront: 'Bring all to front',
  },
};

const fr: typeof en = {
  question: 'Ouvrir cette adresse dans votre navigateur\u202f?',
  open: 'Ouvrir',
  cancel: 'Annuler',
  show: 'Ouvrir Multimedia Desk',
  pauseAll: 'Tout mettre en pause',
  resumeAll: 'Tout reprendre',
  quit: 'Quitter',
  title: (percent) => `${percent}\u00a0% – Multimedia Desk`,
  tooltip: (state) => `Multimedia Desk\u00a0: ${state}`,
  idle: 'Aucun transfert en cours',
  paused: 'Tous les transferts sont en pause',
  pausedBySchedule: 'Pause programmée',
  waiting: (n) => (n === 1 ? '1 sujet en attente' : `${n} sujets en attente`),
  active: (n, bytesPerSecond, remainingBytes) =>
    `${n === 1 ? '1 sujet' : `${n} sujets`}, ${formatRate(bytesPerSecond, 'fr')}, reste ${formatBytes(remainingBytes, 'fr')}`,
  done: 'Sujet téléchargé',
  allDone: (n) => (n === 1 ? 'Transfert terminé' : `Les ${n} transferts sont terminés`),
  failed: 'Échec d’un transfert',
  waits: 'Un transfert requiert votre attention',
  unlockKeychain: 'Déverrouillez le trousseau pour continuer.',
  reasons: {
    'disk-full': 'Disque plein. Libérez de l’espace.',
    'destination-missing': 'Dossier introuvable. Rebranchez le disque.',
    'signed-out': 'Connectez-vous pour continuer.',
    terms: 'Acceptez les nouvelles conditions d’utilisation.',
    superseded: 'Version plus récente disponible.',
    'other-service': 'Il vient d’un autre service.',
  },
  rights: {
    withdrawn: 'Retiré\u00a0: ne plus utiliser, supprimer',
    'on-hold': 'Suspendu\u00a0: ne pas utiliser',
    expired: 'Expiré\u00a0: aucune nouvelle utilisation',
    barred: 'Non autorisé chez vous\u00a0: ne pas utiliser',
    'expires-today': 'Expire aujourd’hui',
    'newer-version': 'Version plus récente disponible',
  },
  more: (n) => (n === 0 ? '' : n === 1 ? 'et 1 autre' : `et ${n} autres`),
  see: 'Voir Transferts pour la marche à suivre.',
  startFailed: 'Multimedia Desk n’a pas pu démarrer',
  startReasons: {
    'home-in-use': 'L’application est déjà ouverte. Fermez-la, puis réessayez.',
    'disk-full': 'Le disque est plein. Libérez de l’espace, puis réessayez.',
    'disk-error': 'Un fichier de l’application est inutilisable.',
    'not-permitted': 'Un fichier de l’application est inaccessible. Vérifiez ses droits d’accès.',
    'https-required': 'L’adresse du service doit commencer par https://.',
    usage: 'L’adresse du service n’est pas valide.',
  },
  startBug: 'Une erreur s’est produite. Rien d’enregistré n’est perdu.',
  menu: {
    about: 'À propos de Multimedia Desk',
    services: 'Services',
    hide: 'Masquer Multimedia Desk',
    hideOthers: 'Masquer les autres',
    showAll: 'Tout afficher',
    quitApp: 'Quitter Multimedia Desk',
    file: 'Fichier',
    close: 'Fermer la fenêtre',
    edit: 'Édition',
    undo: 'Annuler',
    redo: 'Rétablir',
    cut: 'Couper',
    copy: 'Copier',
    paste: 'Coller',
    pastePlain: 'Coller sans mise en forme',
    delete: 'Supprimer',
    selectAll: 'Tout sélectionner',
    speech: 'Parole',
    startSpeaking: 'Commencer la lecture',
    stopSpeaking: 'Arrêter la lecture',
    view: 'Affichage',
    resetZoom: 'Taille réelle',
    zoomIn: 'Zoom avant',
    zoomOut: 'Zoom arrière',
    fullScreen: 'Plein écran',
    devTools: 'Outils de développement',
    window: 'Fenêtre',
    minimize: 'Réduire',
    zoom: 'Agrandir',
    toFront: 'Tout ramener au premier plan',
  },
};

export type NativeTexts = typeof en;
export const nativeTexts: Record<'en' | 'fr', NativeTexts> = { en, fr };

/**
 * Title and content of the error box: the reason, then the English message, which names the file or
 * folder.
 */
export function startFailure(
  thrown: unknown,
  { startFailed, startReasons, startBug }: NativeTexts,
): { title: string; content: string } {
  const reason = thrown instanceof AppError ? startReasons[thrown.code] : startBug;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return {
    title: startFailed,
    content: reason === undefined ? message : `${reason}\n\n${message}`,
  };
}
