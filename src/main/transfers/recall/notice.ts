import { isUnavailable, type Unavailable } from '../../../shared/api/rights.ts';
import type { Recall } from '../../../shared/model/recall.ts';
import type { StoredTransfer } from '../ports.ts';

/** What a notice depends on; the same facts give the same bytes. */
export type NoticeFacts = Pick<Recall, 'kind' | 'title' | 'packageId' | 'rev' | 'atMs' | 'words'>;

/** Longest text of a publisher in a notice; the rest is in the app. */
const MAX_WORDS = 2000;
const NBSP = '\u00a0';

const momentText = (ms: number, locale: 'en-GB' | 'fr-FR'): string =>
  `${new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(ms)} UTC`;

/** One line without control characters, so that no text of a publisher imitates another line. */
function oneLine(text: string): string {
  const plain = text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replaceAll(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '')
    .trim();
  return plain.length > MAX_WORDS ? `${plain.slice(0, MAX_WORDS)}…` : plain;
}

const isKnown = (rev: number | null): rev is number => rev !== null;

function english({ kind, title, packageId, rev, atMs, words }: NoticeFacts): string[] {
  const from = isKnown(rev.from) ? `, version ${rev.from}` : '';
  const said = words === null ? null : `“${oneLine(words)}”`;
  const about = `Package: ${oneLine(title)} (${oneLine(packageId)}${from})`;
  const since = `Known since: ${momentText(atMs, 'en-GB')}`;
  if (kind === 'corrected')
    return [
      isKnown(rev.to)
        ? `CORRECTED: version ${rev.to} of this package is available.`
        : 'CORRECTED: a newer version of this package is available.',
      '',
      about,
      since,
      `Editor’s note: ${said ?? 'none was given.'}`,
      'What to do: See what has changed in Multimedia Desk, and download the new version there.',
      'Nothing was changed or deleted here. These files are still the earlier version.',
    ];
  if (kind === 'on-hold')
    return [
      'ON HOLD: do not use this footage until it’s released.',
      '',
      about,
      since,
      `The publisher’s reason: ${said ?? 'none was given.'}`,
      'What to do: Wait until it’s released. This file goes away then. Acknowledge it in Multimedia Desk.',
      'Nothing was deleted. The marker .done, if there was one, is called .recalled until then.',
    ];
  return [
    'WITHDRAWN: do not use this footage.',
    '',
    about,
    since,
    `The publisher’s reason: ${said ?? 'none was given.'}`,
    'What to do: Take it out of everything that uses it, and delete copies. Acknowledge it in Multimedia Desk.',
    'Nothing was deleted. The marker .done, if there was one, is now called .recalled.',
  ];
}

function french({ kind, title, packageId, rev, atMs, words }: NoticeFacts): string[] {
  const from = isKnown(rev.from) ? `, version${NBSP}${rev.from}` : '';
  const said = words === null ? null : `«${NBSP}${oneLine(words)}${NBSP}»`;
  const about = `Sujet${NBSP}: ${oneLine(title)} (${oneLine(packageId)}${from})`;
  const since = `Connu depuis${NBSP}: ${momentText(atMs, 'fr-FR')}`;
  const reason = `Motif de l’éditeur${NBSP}: ${said ?? 'non précisé.'}`;
  if (kind === 'corrected')
    return [
      isKnown(rev.to)
        ? `CORRIGÉ${NBSP}: la version${NBSP}${rev.to} de ce sujet est disponible.`
        : `CORRIGÉ${NBSP}: une version plus récente de ce sujet est disponible.`,
      '',
      about,
      since,
      `Note de la rédaction${NBSP}: ${said ?? 'aucune.'}`,
      `À faire${NBSP}: voyez dans Multimedia Desk ce qui a changé et téléchargez-y la nouvelle version.`,
      'Rien n’a été modifié ni supprimé ici. Ces fichiers restent ceux de la version précédente.',
    ];
  if (kind === 'on-hold')
    return [
      `SUSPENDU${NBSP}: n’utilisez pas ces images tant que la suspension n’est pas levée.`,
      '',
      about,
      since,
      reason,
      `À faire${NBSP}: attendez que la suspension soit levée. Ce fichier disparaîtra alors. Confirmez la lecture dans Multimedia Desk.`,
      'Rien n’a été supprimé. Le marqueur .done éventuel s’appelle .recalled jusque-là.',
    ];
  return [
    `RETIRÉ${NBSP}: n’utilisez plus ces images.`,
    '',
    about,
    since,
    reason,
    `À faire${NBSP}: retirez-les de tout ce qui les utilise et supprimez les copies. Confirmez la lecture dans Multimedia Desk.`,
    'Rien n’a été supprimé. Le marqueur .done éventuel s’appelle désormais .recalled.',
  ];
}

/** Lines of a notice by language. */
export const noticeLines = { en: english, fr: french };

/** English, then French. UTF-8 with its mark and CRLF, so that every editor of Windows reads it. */
export const noticeText = (facts: NoticeFacts): string =>
  `\ufeff${[...english(facts), '', '----', '', ...french(facts), ''].join('\r\n')}`;

const MAX_ABOUT = 100;
/** An id as part of a file name: it is its publisher's, who may have written anything. */
const inName = (id: string): string => id.replaceAll(/[^\w.-]+/gu, '_').slice(0, MAX_ABOUT);

/**
 * Names for a notice, the first that is free is taken. In a folder that holds other things too it
 * names what it is about.
 * @param about id of the package; null in its own folder
 */
export function noticeNames(kind: Recall['kind'], about: string | null): string[] {
  const word = kind === 'corrected' ? 'CORRECTED' : 'RECALLED';
  const stem = about === null ? word : `${word} ${inName(about)}`;
  return [`${stem}.txt`, `${stem} 2.txt`, `${stem} 3.txt`];
}

const STOPPED: Record<Unavailable, string> = {
  withdrawn: 'Withdrawn by the publisher',
  'on-hold': 'Put on hold by the publisher',
  expired: 'Expired',
};

/** Why a download was stopped, for its row and the command line; null where rights alone can tell. */
export function stoppedText({
  state,
  since,
  atMs = since,
}: NonNullable<StoredTransfer['rights']>): {
  code: Unavailable;
  message: string;
} | null {
  if (!isUnavailable(state)) return null;
  return { code: state, message: `${STOPPED[state]}, known since ${momentText(atMs, 'en-GB')}` };
}
