import { readFile } from 'node:fs/promises';
import os from 'node:os';
import { redactUrl } from '../../shared/model/url.ts';
import { systemClock } from '../../shared/clock.ts';
import { messageOf } from '../../shared/errors.ts';
import { reportOf } from '../../shared/model/connection-words.ts';
import { testWay } from './network-commands.ts';
import type { Services } from './services.ts';

/** Of the log, the last so many characters. */
const LOG_CHARACTERS = 200_000;
/** Failed downloads that are listed. */
const MAX_FAILED = 50;

const EMAIL = /[^\s@<>"'(),;:]+@([a-z\d](?:[a-z\d.-]*[a-z\d])?)/giu;
const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`);

/** A name as a word of its own, in any case. */
const word = (name: string): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{N}_])${literal(name)}(?![\\p{L}\\p{N}_])`, 'giu');

/**
 * Takes out of a text who uses this computer: the home folder, the user's and the computer's name,
 * the local part of email addresses.
 */
export function withoutPeople(
  text: string,
  {
    home = os.homedir(),
    user = os.userInfo().username,
    computer = os.hostname(),
  }: { home?: string; user?: string; computer?: string } = {},
): string {
  let found = home.length > 3 ? text.replaceAll(home, '~') : text;
  found = found.replaceAll(EMAIL, '…@$1');
  if (user.length > 2) found = found.replaceAll(word(user), '<user>');
  return computer.length > 2 ? found.replaceAll(word(computer), '<computer>') : found;
}

/** How many there are, in the place of what people have written. */
const COUNTED = [
  'savedSearches',
  'recentSearches',
  'autoFetch',
  'formatProfiles',
  'webhooks',
] as const;
const LEFT_OUT = ['sources', 'deskName', 'pendingDownload', 'accountCountry', 'rev'] as const;

function settingsOf({ settings }: Services): Record<string, unknown> {
  const shown: Record<string, unknown> = { ...settings.view };
  for (const name of COUNTED) shown[name] = settings.view[name].length;
  for (const name of LEFT_OUT) delete shown[name];
  const { pacAddress } = settings.view;
  return { ...shown, pacAddress: pacAddress && redactUrl(pacAddress) };
}

const hostOf = (address: string): string => URL.parse(address)?.host ?? 'a folder';

const sourcesOf = ({ sourcesView }: Services): unknown[] =>
  sourcesView().items.map(({ kind, address, syncedAt, fault, isPaused, assets }) => ({
    kind,
    host: hostOf(address),
    syncedAt: syncedAt && new Date(syncedAt).toISOString(),
    fault: fault && { code: fault.code, since: new Date(fault.since).toISOString() },
    isPaused,
    assets,
  }));

const automationOf = ({ webhooks, listInbox }: Services): unknown => {
  const { setting, state, fault } = listInbox.view;
  return {
    webhooks: webhooks.view.items.map(({ kind, where, events, off, waiting, fault: own }) => ({
      kind,
      host: hostOf(where),
      events,
      off,
      waiting,
      fault: own?.code ?? null,
    })),
    watchFolder: setting && { state, fault: fault?.code ?? null },
  };
};

async function queueOf({ transfers }: Services): Promise<unknown> {
  const { rows, total } = await transfers.list('failed', { offset: 0, count: MAX_FAILED });
  return {
    totals: await transfers.totals(),
    failed: total,
    newest: rows.map(({ id, state, packageId }) => ({ id, packageId, state })),
  };
}

async function logOf({ options: { log } }: Services): Promise<string> {
  const parts = await Promise.all(
    [`${log.file}.1`, log.file].map((file) => readFile(file, 'utf8').catch(() => '')),
  );
  return parts
    .join('')
    .slice(-LOG_CHARACTERS)
    .replace(/^[^\n]*\n/u, '');
}

/** One part; what can't be told says why, and the others are there. */
async function part(title: string, work: () => unknown): Promise<string> {
  const said = await Promise.resolve()
    .then(work)
    .catch((thrown: unknown) => `This can’t be told: ${messageOf(thrown)}`);
  return `## ${title}\n\n${typeof said === 'string' ? said : JSON.stringify(said, null, 2)}\n`;
}

/**
 * What helps to find a fault of this desk, as text to be attached to a ticket: versions, settings,
 * states, a test of the connection and the last lines of the log. Without passwords, keys, tokens,
 * what people have written, and who they are. Nothing is sent.
 */
export async function supportReport(services: Services): Promise<{ name: string; text: string }> {
  const { options, settings, connection, recoveries, policy, current, ledger, disk } = services;
  const at = new Date(systemClock.nowMs()).toISOString();
  const parts = [
    `# Multimedia Desk: report for support\n\n${at}\n\nNothing secret should be in it. Read it before you send it.\n`,
    await part('Program', () => ({
      version: options.version,
      shell: options.shell.kind,
      system: `${process.platform} ${process.arch}, ${os.release()}`,
      versions: {
        node: process.versions.node,
        electron: process.versions['electron'] ?? null,
        sqlite: process.versions['sqlite'] ?? null,
      },
      memory: process.memoryUsage(),
      upSeconds: Math.round(process.uptime()),
      processors: os.cpus().length,
    })),
    await part('Settings', () => settingsOf(services)),
    await part('Policy', () => policy.view),
    await part('Account', () => {
      const account = current()?.account.view;
      return { status: account?.status ?? 'no service', keychain: account?.keychain ?? null };
    }),
    await part('Connection', () => connection.view),
    await part('Test of the connection', async () => reportOf(await testWay(services), [], 'en')),
    await part('Sources', () => sourcesOf(services)),
    await part('Automation', () => automationOf(services)),
    await part('Downloads', () => queueOf(services)),
    await part('Disk', async () => ({
      home: await disk(options.home),
      downloads: await disk(settings.view.destination),
    })),
    await part('Ledger', () => ledger.journal.state()),
    await part('Damage that was found', () => recoveries.view.items),
    await part('Log', () => logOf(services)),
  ];
  return {
    name: `multimedia-desk-report-${at.slice(0, 16).replaceAll(/[:T]/gu, '-')}.txt`,
    text: withoutPeople(parts.join('\n')),
  };
}
