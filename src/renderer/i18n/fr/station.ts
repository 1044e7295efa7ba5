import type { Texts } from '../en/index.ts';

const clientName: (client: { browser: string | null; system: string | null }) => string = ({
  browser,
  system,
}) => `${browser ?? 'un navigateur'}${system === null ? '' : ` sous ${system}`}`;
const newLink =
  'Pour en obtenir un autre, appuyez sur Entrée dans le terminal où tourne « desk station », ou lancez :';

export const station: Texts['station'] = {
  title: 'Ce lien a expiré',
  text: `Un lien sert une seule fois, dans les 10 minutes. ${newLink}`,
  usedTitle: 'Ce lien a déjà servi',
  usedText: (client, when) =>
    `Il a été ouvert dans ${clientName(client)} (${when}). Cette autre page a été déconnectée elle aussi : personne d’autre que vous ne devrait avoir le lien. ${newLink}`,
  endedTitle: 'Cette page a été déconnectée',
  endedText: `Sa session a été fermée dans un autre navigateur, ou son lien a été ouvert une seconde fois. Un lien sert une seule fois. ${newLink}`,
  lost: '« desk station » est injoignable',
  lostText:
    'Ce que vous voyez n’est peut-être plus à jour. Cette page se reconnecte automatiquement.',
  back: 'Connexion rétablie',
  backText: 'Ce que vous voyez n’est peut-être plus à jour. Rechargez la page pour tout voir.',
  reload: 'Recharger',
  alsoOpen: (client) => `Aussi ouvert dans ${clientName(client)}`,
  alsoOpenText: (when, from) =>
    `Depuis ${when}${from === null ? '' : `, à l’adresse ${from}`}. Vous partagez les mêmes transferts et les mêmes réglages.`,
  disconnect: 'Le déconnecter',
  sessions: 'Ouvert dans',
  sessionsText:
    'Navigateurs qui ont ouvert un lien de « desk station ». Pendant 30 jours, ils n’ont pas besoin d’un nouveau lien.',
  client: (client) => {
    const name = clientName(client);
    return name.charAt(0).toUpperCase() + name.slice(1);
  },
  since: (when) => `depuis ${when}`,
  thisBrowser: 'ce navigateur',
  openNow: 'ouvert maintenant',
  lastSeen: (when) => `vu pour la dernière fois : ${when}`,
  disconnectIt: 'Déconnecter',
  disconnectOf: (name) => `Déconnecter ${name}`,
};
