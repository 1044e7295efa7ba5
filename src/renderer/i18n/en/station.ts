/** A browser as it names itself, such as Firefox on Linux. */
type Client = { browser: string | null; system: string | null };

const clientName = ({ browser, system }: Client): string =>
  `${browser ?? 'a browser'}${system === null ? '' : ` on ${system}`}`;
const newLink = 'For a new one, press Enter in the terminal running “desk station”, or run:';

export const station = {
  title: 'This link has expired',
  text: `Each link works once, within 10 minutes. ${newLink}`,
  usedTitle: 'This link was already used',
  usedText: (client: Client, when: string): string =>
    `It was opened in ${clientName(client)} (${when}). That page has been disconnected too: only you should have the link. ${newLink}`,
  endedTitle: 'This page was disconnected',
  endedText: `Someone ended its session in another browser, or opened its link a second time. A link works once. ${newLink}`,
  lost: 'desk station can’t be reached',
  lostText: 'What you see may be out of date. This page reconnects automatically.',
  back: 'Reconnected',
  backText: 'What you see may be out of date. Reload the page to see everything.',
  reload: 'Reload',
  alsoOpen: (client: Client): string => `Also open in ${clientName(client)}`,
  alsoOpenText: (when: string, from: string | null): string =>
    `Since ${when}${from === null ? '' : `, from ${from}`}. You both work with the same downloads and settings.`,
  disconnect: 'Disconnect it',
  sessions: 'Open in',
  sessionsText:
    'Browsers that have opened a link of “desk station”. They don’t need a new one for 30 days.',
  client: (client: Client): string => {
    const name = clientName(client);
    return name.charAt(0).toUpperCase() + name.slice(1);
  },
  since: (when: string) => `since ${when}`,
  thisBrowser: 'this browser',
  openNow: 'open now',
  lastSeen: (when: string) => `last seen ${when}`,
  disconnectIt: 'Disconnect',
  disconnectOf: (name: string) => `Disconnect ${name}`,
};
