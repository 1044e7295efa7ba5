import type { Texts } from '../en/index.ts';

type Counts = Parameters<Texts['recalls']['changed']>[0];

/** « 2 sujets ont été retirés, 1 a été corrigé ». */
function changed({ withdrawn, held, corrected }: Counts): string {
  const parts = [
    [withdrawn, 'retiré'],
    [held, 'suspendu'],
    [corrected, 'corrigé'],
  ] as const;
  return parts
    .filter(([n]) => n > 0)
    .map(([n, what], at) => {
      const subject = at > 0 ? String(n) : n === 1 ? '1 sujet' : `${n} sujets`;
      return `${subject} ${n === 1 ? 'a' : 'ont'} été ${what}${n === 1 ? '' : 's'}`;
    })
    .join(', ');
}

export const recalls: Texts['recalls'] = {
  changed: (counts) => `${changed(counts)}.`,
  marked:
    'Les fichiers sur le disque sont signalés par RECALLED.txt ou CORRECTED.txt. Rien n’a été supprimé.',
  markedRecalled:
    'Les fichiers sur le disque sont signalés par RECALLED.txt. Rien n’a été supprimé.',
  markedCorrected:
    'Les fichiers sur le disque sont signalés par CORRECTED.txt. Rien n’a été supprimé.',
  nothingDeleted: 'Rien n’a été supprimé.',
  notWritten: (n) =>
    n === 1
      ? '1 avis n’a pas pu être écrit. Nouvel essai à chaque vérification.'
      : `${n} avis n’ont pas pu être écrits. Nouvel essai à chaque vérification.`,
  searching: (title) => `Recherche de copies de « ${title} ».`,
  searched: (n) => (/^[01]$/u.test(n) ? `${n} fichier examiné.` : `${n} fichiers examinés.`),
  acknowledge: 'Confirmer la lecture',
  acknowledgeAll: (n) => (n === 1 ? 'Confirmer la lecture' : `Confirmer ${n} lectures`),
  acknowledged: (n) =>
    n === 1
      ? 'Lecture confirmée. C’est consigné et définitif. Rien n’a été supprimé.'
      : `${n} lectures confirmées. C’est consigné et définitif. Rien n’a été supprimé.`,
  review: 'Voir',
  showAll: 'Voir les rappels',
  markReviewed: 'Marquer comme vu',
  reviewed: 'Marqué comme vu. C’est consigné et définitif.',
  toAcknowledge: (n) => (n === 1 ? '1 lecture à confirmer' : `${n} lectures à confirmer`),
  paletteAcknowledge: (n) =>
    n === 1 ? 'Confirmer la lecture du rappel' : `Confirmer la lecture de ${n} rappels`,
  withdrawn: (when) => `Retiré ${when} : ne pas utiliser`,
  onHold: (when) => `Suspendu ${when} : ne pas utiliser`,
  expired: (day) => `Expiré le ${day} : à supprimer`,
  corrected: (version) =>
    version === null ? 'Corrigé : nouvelle version' : `Corrigé : version ${version}`,
  stopped: {
    withdrawn: ['Arrêté : retiré avant le début', 'Arrêté : retiré en cours de route'],
    'on-hold': ['Arrêté : suspendu avant le début', 'Arrêté : suspendu en cours de route'],
    expired: ['Arrêté : expiré avant le début', 'Arrêté : expiré en cours de route'],
  },
  onDisk: 'Sur disque',
  version: (n) => `Version ${n}`,
  details: 'Ce qui a changé',
  by: {
    withdrawn: (when) => `Retiré par l’éditeur ${when}`,
    'on-hold': (when) => `Suspendu par l’éditeur ${when}`,
    corrected: (when) => `Corrigé par l’éditeur ${when}`,
    expired: (when) => `Licence expirée ${when}`,
    lifted: (when) => `Suspension levée par l’éditeur ${when}`,
  },
  at: (time) => `à ${time}`,
  on: (moment) => `le ${moment}`,
  quoted: (words) => `« ${words} »`,
  noWords: 'L’éditeur ne donne pas de raison.',
  acknowledgedBy: (who, when) => `Lecture confirmée par ${who} ${when}`,
  comparing: (version) =>
    version === null
      ? 'Comparaison avec ce que vous avez.'
      : `Comparaison avec votre version ${version}.`,
  offline: 'Vous êtes hors ligne. Les changements s’affichent au retour de la connexion.',
  notCompared: (reason) => `Comparaison impossible. ${reason}`,
  blind:
    'Ce que disait le sujet lors du transfert n’est pas connu ici. Seuls les fichiers sont comparés.',
  filesUnknown: 'Fichiers non comparés : une des listes de fichiers manque.',
  noDifference: 'Aucune différence dans les textes ni les fichiers.',
  sections: {
    headline: 'Titre',
    restrictions: 'Restrictions',
    shots: 'Liste des plans',
    script: 'Script',
    captions: 'Sous-titres',
    files: 'Fichiers',
    places: 'Sur cet ordinateur',
  },
  scriptIn: (language) => `Script, ${language}`,
  counts: ({ added, removed, changed: n }) =>
    [
      added > 0 && (added === 1 ? '1 ajout' : `${added} ajouts`),
      n > 0 && (n === 1 ? '1 modification' : `${n} modifications`),
      removed > 0 && (removed === 1 ? '1 suppression' : `${removed} suppressions`),
    ]
      .filter(Boolean)
      .join(', '),
  addedLine: 'Ajouté :',
  removedLine: 'Supprimé :',
  shot: (n, timecode) => (timecode === null ? `Plan ${n}` : `Plan ${n}, ${timecode}`),
  filesChanged: (n, all) => `${n} sur ${all} ${n < 2 ? 'modifié' : 'modifiés'}`,
  pieces: (different, all, size) =>
    `${different} ${/^[01]$/u.test(different) ? 'morceau' : 'morceaux'} sur ${all}, ${size}`,
  files: (n) => (n === 1 ? '1 fichier' : `${n} fichiers`),
  otherFiles: (n) => (n === 1 ? '1 autre fichier' : `${n} autres fichiers`),
  removedFiles: (n) => (n === 1 ? '1 fichier retiré' : `${n} fichiers retirés`),
  notNeeded: 'n’en fait plus partie',
  packageHere: (version) => (version === null ? 'le sujet' : `version ${version}`),
  copyHere: 'une copie, reconnue à son empreinte',
  noticeFailed: (reason) => `avis non écrit : ${reason}`,
  placeGone: 'n’y est plus',
  copiesDue: 'La recherche de copies n’est pas terminée.',
  copiesPartial: 'Certains dossiers n’ont pas pu être examinés.',
  handedOut: 'Téléchargé',
  getNew: (part, whole) => `Nouvelle version, ${part} sur ${whole}`,
  getNewPlain: 'Nouvelle version',
  onlyPieces: (from, to) =>
    from === null || to === null
      ? 'Seulement ce qui diffère. Ce que vous avez reste tel quel, à côté.'
      : `Seulement ce qui diffère. La version ${from} reste telle quelle, à côté de la version ${to}.`,
  recordedNote: 'Qui confirme la lecture, et quand, est consigné. Rien n’est supprimé.',
  clear: 'Supprimer du disque…',
  clearTitle: 'Supprimer du disque',
  clearText:
    'Ces sujets ne doivent plus être utilisés. Seul ce que vous cochez est supprimé : les fichiers du sujet, jamais le reste du dossier.',
  clearReasons: {
    withdrawn: 'retiré',
    expired: 'expiré',
    barred: 'non autorisé chez vous',
  },
  clearCopy: 'une copie',
  clearFacts: (n, size) => `${n === 1 ? '1 fichier' : `${n} fichiers`}, ${size}`,
  clearRun: (n, size) =>
    n === 0
      ? 'Supprimer'
      : n === 1
        ? `Supprimer 1 sujet, ${size}`
        : `Supprimer ${n} sujets, ${size}`,
  clearLoading: 'Examen des dossiers.',
  clearNothing: 'Rien à supprimer sur cet ordinateur.',
  clearAway: (n) =>
    n === 1
      ? '1 dossier est inaccessible en ce moment.'
      : `${n} dossiers sont inaccessibles en ce moment.`,
  cleared: (n, size) =>
    n === 1
      ? `1 sujet supprimé, ${size}. C’est consigné.`
      : `${n} sujets supprimés, ${size}. C’est consigné.`,
  clearLeft: (n) =>
    n === 1
      ? '1 fichier modifié ou ajouté après le transfert est conservé.'
      : `${n} fichiers modifiés ou ajoutés après le transfert sont conservés.`,
};
