import type { Texts } from '../en/index.ts';

export const plan: Texts['plan'] = {
  title: (n, of) =>
    `Mettre en file ${n} ${n < 2 ? 'sujet' : 'sujets'}${n === of ? '' : ` sur ${of}`}`,
  loading: 'Préparation du plan',
  failed: 'Le plan n’a pas pu être établi',
  again: 'Réessayer',
  format: 'Format',
  savesTo: 'Dossier',
  changeFolder: (folder) => `Changer de dossier, actuellement ${folder}`,
  facts: 'Ce que cela demande',
  leaves: (free, left) => `${free}, il restera ${left}`,
  short: (free, missing) => `${free}, il manque ${missing}`,
  timeAt: (time, rate) => `${time}, à ${rate}`,
  noRate: 'aucun débit mesuré pour l’instant',
  noSize: 'des tailles sont inconnues',
  finishes: 'Fin',
  finishesAt: (moment, ahead) =>
    `vers ${moment}${ahead === 0 ? '' : `, après ${ahead} dans la file`}`,
  whenResumed: 'après la reprise de la file',
  packages: 'Sujets',
  package: 'Sujet',
  rendition: 'Format',
  renditionOf: (label, title) => `Format, ${label} : ${title}`,
  size: 'Taille',
  unknownSize: 'inconnue',
  choices: (rank, purpose) =>
    rank === 0
      ? `Premier choix pour ${purpose}`
      : `${rank === 1 ? 'Deuxième' : 'Troisième'} choix : pas de format ${purpose}`,
  askedFor: 'Choisi par vous',
  changed: (was, size) => `Changé par vous, avant : ${was}, ${size}`,
  downloaded: (label) => `${label}, téléchargé`,
  asks: { restriction: 'Restriction à confirmer', embargo: 'Embargo à confirmer' },
  side: 'Avant la mise en file',
  toConfirm: 'Restrictions à confirmer',
  confirmed: (n, of) => (n < 2 ? `${n} confirmée sur ${of}` : `${n} confirmées sur ${of}`),
  confirm: (title) => `Confirmer : ${title}`,
  embargoToday: (time) => `Embargo, levée aujourd’hui à ${time}`,
  embargoUntil: (moment) => `Embargo, levée : ${moment}`,
  embargoHeld:
    'Téléchargement immédiat. Le fichier .done attend la levée : l’ingest ne prend rien avant.',
  embargoOpen:
    'Téléchargement immédiat. Le fichier .done n’attend pas : ne diffusez rien avant la levée.',
  shots: (numbers, isOne) => `${isOne ? 'plan' : 'plans'} ${numbers}`,
  allShots: 'tous les plans',
  more: (n) => `Afficher les ${n} sujets`,
  unread: 'Restrictions impossibles à charger',
  unreadText: 'Sans lecture, pas de confirmation : ces sujets ne sont pas mis en file.',
  notForYou: (n) =>
    n === 1 ? '1 restriction ne vous concerne pas' : `${n} restrictions ne vous concernent pas`,
  leftOut: 'Pas mis en file',
  because: {
    withdrawn: 'Retiré par l’éditeur',
    'on-hold': 'Suspendu par l’éditeur',
    expired: 'Licence expirée',
    'no-package': 'Aucun format disponible',
    terms: 'Conditions d’utilisation à accepter d’abord',
    here: 'Déjà téléchargé',
    unread: 'Restrictions impossibles à charger',
    gone: 'N’est plus au catalogue',
  },
  expiredAt: (moment) => `Licence expirée : ${moment}`,
  withdrawnAt: (when) => `Retiré par l’éditeur ${when}`,
  downloadedAt: (when) => `Déjà téléchargé ${when}`,
  embargoed: (moment) => `Sous embargo. Levée : ${moment}`,
  unnamed: 'Sujet inconnu',
  missing: (n) =>
    n === 1 ? 'Encore 1 restriction à confirmer.' : `Encore ${n} restrictions à confirmer.`,
  allConfirmed: 'Tout est confirmé.',
  recorded: 'Votre confirmation est consignée avec votre nom.',
  nothing: 'Rien ne peut être mis en file ici.',
  rightsChanged:
    'Rien n’a été mis en file, car les droits ont changé. Lisez ce qui est nouveau, puis recommencez.',
  queue: (n, asks) => (asks ? `Confirmer et mettre en file ${n}` : `Mettre en file ${n}`),
};
