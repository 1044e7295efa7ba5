import type { UpdateFault, UpdateNote } from '../../../shared/contract/updates.ts';
import type { Texts } from '../en/index.ts';

const notes: Record<UpdateNote, (version: string) => string> = {
  older: (version) =>
    `Le serveur propose la version ${version}, plus ancienne que la vôtre. Elle n’est pas installée.`,
  'other-channel': (version) =>
    `La version ${version} est une bêta. Pour l’obtenir, choisissez « Versions bêta comprises ».`,
  staged: (version) =>
    `La version ${version} est diffusée par étapes. Cet ordinateur l’aura dans les prochains jours.`,
  unsupported: (version) => `La version ${version} demande un système d’exploitation plus récent.`,
};

const faults: Record<UpdateFault, string> = {
  unreachable: 'Le serveur de mises à jour est injoignable.',
  proxy: 'Le proxy ne laisse pas l’application joindre le serveur de mises à jour.',
  certificate: 'Cet ordinateur n’approuve pas le certificat du serveur de mises à jour.',
  'not-found': 'Le serveur de mises à jour n’a pas cette version.',
  unreadable:
    'La réponse du serveur n’est pas une mise à jour. Une page de connexion fait peut-être écran.',
  unsigned: 'La mise à jour n’est pas signée. Elle n’est pas installée.',
  'wrong-signature':
    'La mise à jour n’est pas signée par l’éditeur de l’application. Elle n’est pas installée.',
  incomplete: 'Le téléchargement de la mise à jour a été interrompu.',
  'wrong-hash':
    'La mise à jour téléchargée n’est pas celle qui a été publiée. Elle n’est pas installée.',
  'disk-full': 'Le disque n’a pas assez de place pour la mise à jour.',
  'not-permitted':
    'Vous ne pouvez pas remplacer l’application ici. Demandez la mise à jour à votre administrateur.',
  other: 'La mise à jour a échoué. La raison est dans desk.log.',
};

export const updates: Texts['updates'] = {
  title: 'Mises à jour',
  text: 'Téléchargées quand aucun transfert n’est en cours, installées à la fermeture.',
  versions: 'Versions',
  choices: { stable: 'Versions stables', beta: 'Versions bêta comprises', off: 'Désactivées' },
  states: {
    package: 'Assurées par le paquet qui a installé l’application, ou par votre administrateur.',
    off: 'Désactivées. Aucun serveur n’est interrogé.',
    idle: 'Pas encore vérifié',
    checking: 'Vérification…',
    current: 'À jour',
  },
  checkedAt: (state, time) => `${state}, vérifié ${time}`,
  found: (version) => `La version ${version} est disponible`,
  foundText: 'Elle sera téléchargée une fois vos transferts terminés.',
  downloading: (version, percent) => `Téléchargement de la version ${version} : ${percent}`,
  ready: (version) => `La version ${version} est prête`,
  readyText: 'Elle sera installée à la fermeture.',
  busyText: 'Elle sera installée à la fermeture. Le redémarrage attend la fin de vos transferts.',
  failed: 'La dernière vérification a échoué',
  later: (fault) => `${fault} L’application réessaiera plus tard.`,
  check: 'Vérifier',
  download: 'Télécharger maintenant',
  restart: 'Redémarrer et mettre à jour',
  notes,
  faults,
};
