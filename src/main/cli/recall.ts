import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { AppError } from '../../shared/errors.ts';
import { isRecalled } from '../../shared/api/rights.ts';
import { isToAcknowledge, type Recall } from '../../shared/model/recall.ts';
import type { Services } from '../app/services.ts';
import { clearFromDisk } from '../app/clear-away.ts';
import type { Clearable, TransfersApi } from '../transfers/api.ts';
import { bytesText } from '../../shared/model/figures.ts';
import { momentText } from '../catalogue/rights.ts';
import { onApplication, type CommandContext } from './context.ts';
import type { Output } from './output.ts';

const PAGE = 500;

async function allRecalls(transfers: Pick<TransfersApi, 'recalls'>): Promise<Recall[]> {
  const recalls: Recall[] = [];
  for (let total = 1; recalls.length < total;) {
    const page = await transfers.recalls({ offset: recalls.length, count: PAGE });
    recalls.push(...page.items);
    total = page.items.length === 0 ? 0 : page.total;
  }
  return recalls;
}

export const RECALL_TEXTS: Record<Recall['kind'], (rev: Recall['rev']) => string> = {
  withdrawn: () => 'withdrawn: do not use, delete copies',
  'on-hold': () => 'on hold: do not use until it’s released',
  corrected: ({ to }) =>
    to === null ? 'corrected: newer version available' : `corrected: version ${to} available`,
  lifted: () => 'released',
  expired: () => 'expired: no new use',
};

type Place = Recall['places'][number];

/** Keys of the places that were cleared from disk, by the ledger. */
async function clearedPlaces({ ledger }: Pick<Services, 'ledger'>): Promise<ReadonlySet<string>> {
  const query = { search: '', kinds: ['cleared-from-disk' as const], person: null };
  const keys = new Set<string>();
  for (let [offset, total] = [0, 1]; offset < total; offset += PAGE) {
    const page = await ledger.journal.list(
      { ...query, fromMs: null, toMs: null },
      { offset, count: PAGE },
    );
    ({ total } = page);
    for (const { entry } of page.items)
      keys.add(placeKey(entry?.what.transferId ?? '', entry?.what.folder ?? ''));
  }
  return keys;
}
const placeKey = (transferId: string, folder: string): string => `${transferId}\n${folder}`;

/** Whether nothing of it is there: what was cleared may have been put back. */
const isAbsent = ({ folder, files }: Place): boolean =>
  (files.length === 0 ? ['manifest.json'] : files).every(
    (name) => !existsSync(path.join(folder, name)),
  );

function placeText({ folder, kind, files, notice, error }: Place, isCleared: boolean): string {
  const where = kind === 'copy' && files.length > 0 ? `${files.join(', ')} in ${folder}` : folder;
  const what = kind === 'copy' ? 'a copy' : 'the package';
  if (isCleared) return `  ${what}, cleared from disk: ${where}`;
  if (error) return `  ${what}, not marked: ${error.message}`;
  return `  ${what}${notice === 'written' ? ', marked' : ''}: ${where}`;
}

async function list(
  { transfers, ledger, rights }: Pick<Services, 'transfers' | 'ledger' | 'rights'>,
  out: Output,
): Promise<number> {
  await rights.judge();
  const recalls = await allRecalls(transfers);
  const cleared = recalls.length === 0 ? new Set<string>() : await clearedPlaces({ ledger });
  for (const recall of recalls) {
    const { id, transferId, kind, rev, atMs, words, title, acknowledged } = recall;
    const places = recall.places.map((place) => ({
      ...place,
      isCleared: cleared.has(placeKey(transferId, place.folder)) && isAbsent(place),
    }));
    const state = acknowledged
      ? `, acknowledged ${momentText(acknowledged.atMs)} by ${acknowledged.who}`
      : isToAcknowledge(recall)
        ? ', to acknowledge'
        : '';
    // The title and the words come last: hostile ones must not imitate the columns before them.
    out.line({ type: 'recall', ...recall, places }, [
      `${id}  ${momentText(atMs)}  ${RECALL_TEXTS[kind](rev)}${state}  ${title}`,
      ...(words === null ? [] : [`  “${words}”`]),
      ...places.map((place) => placeText(place, place.isCleared)),
    ]);
  }
  return out.done({
    count: recalls.length,
    toAcknowledge: recalls.filter((one) => isToAcknowledge(one)).length,
  });
}

async function acknowledge(
  { transfers, recalls }: Pick<Services, 'transfers' | 'recalls'>,
  out: Output,
  named: readonly string[],
  isAll: boolean,
): Promise<number> {
  if (isAll === named.length > 0)
    throw new AppError('usage', 'Name the recalls to acknowledge, or use --all');
  const known = await allRecalls(transfers);
  const unknown = named.find((id) => !known.some((recall) => recall.id === id));
  if (unknown !== undefined)
    throw new AppError('not-found', `No recall ${unknown}. See them with: desk recall list`);
  const ids = known
    .filter((one) => isToAcknowledge(one) && (isAll || named.includes(one.id)))
    .map(({ id }) => id);
  if (ids.length > 0) await recalls.acknowledge(ids);
  return out.done(
    { count: ids.length, ids },
    `${ids.length === 1 ? '1 recall' : `${ids.length} recalls`} acknowledged. Nothing was deleted.`,
  );
}

/** Lists what would be deleted; deletes it with `isSure`. */
async function clear(
  {
    transfers,
    ledger,
    clearings,
    rights,
  }: Pick<Services, 'transfers' | 'ledger' | 'clearings' | 'rights'>,
  out: Output,
  named: readonly string[],
  isSure: boolean,
): Promise<number> {
  await rights.judge();
  const known = await allRecalls(transfers);
  const unknown = named.find((id) => !known.some((recall) => recall.id === id));
  if (unknown !== undefined)
    throw new AppError('not-found', `No recall ${unknown}. See them with: desk recall list`);
  const wanted = new Set(
    known.filter(({ id }) => named.includes(id)).map(({ transferId }) => transferId),
  );
  const { items, away } = await transfers.clearable();
  const places = items.filter(({ id }) => wanted.has(id));
  if (away > 0)
    out.warn(
      `desk: ${away === 1 ? '1 folder' : `${away} folders`} can’t be reached now and ${away === 1 ? 'is' : 'are'} left out`,
    );
  if (!isSure) {
    for (const place of places) out.line({ type: 'clearable', ...place }, [clearableText(place)]);
    return out.done(
      { count: places.length, isDeleted: false },
      places.length === 0
        ? 'None of these has to be cleared from disk.'
        : 'Nothing was deleted. To delete these files, add --yes',
    );
  }
  const { items: cleared, failed } = await clearFromDisk({ transfers, ledger, clearings }, places);
  for (const { folder, files, bytes, left, id, kind } of cleared)
    out.line({ type: 'cleared', id, kind, folder, files, bytes, left }, [
      `deleted ${filesText(files)}, ${bytesText(bytes)}${left === 0 ? '' : `, ${filesText(left)} changed since, kept`}  ${folder}`,
    ]);
  for (const { id, folder, error } of failed)
    out.line({ type: 'failed', id, folder, error }, [`not deleted: ${error.message}  ${folder}`]);
  const [first] = failed;
  if (first) throw new AppError(first.error.code, first.error.message);
  return out.done({ count: cleared.length, isDeleted: true });
}

const filesText = (n: number): string => (n === 1 ? '1 file' : `${n} files`);
const CLEAR_REASONS: Record<Clearable['reason'], string> = {
  withdrawn: 'withdrawn',
  expired: 'expired',
  barred: 'not cleared for you',
};
/** The title and the folder come last: hostile ones must not imitate the columns before them. */
const clearableText = ({ kind, reason, files, bytes, title, folder }: Clearable): string =>
  `${kind}, ${CLEAR_REASONS[reason]}: ${filesText(files)}, ${bytesText(bytes)}  ${title}  ${folder}`;

/** One line on stderr while recalls wait to be acknowledged. */
export async function warnOfRecalls(
  { transfers }: Pick<Services, 'transfers'>,
  out: Output,
): Promise<void> {
  const { recalls, corrections } = await transfers.recallsView();
  if (recalls + corrections === 0) return;
  const parts = [
    ...(recalls === 0
      ? []
      : [recalls === 1 ? '1 package was recalled' : `${recalls} packages were recalled`]),
    ...(corrections === 0 ? [] : [`${corrections} corrected`]),
  ];
  out.warn(`desk: ${parts.join(', ')}. See them with: desk recall list`);
}

export function addRecallCommands(program: Command, context: CommandContext): void {
  const recall = program
    .command('recall')
    .description(
      'what publishers have withdrawn, put on hold or corrected after you downloaded it',
    );
  const alone = { needsService: false };
  recall
    .command('list')
    .description('list recalls and corrections, the newest first, and where the files are')
    .action(onApplication(context, ({ services }, { output }) => list(services, output), alone));
  recall
    .command('acknowledge')
    .description('record that you have read these, or all; deletes nothing')
    .argument('[id...]', 'recall ID, as desk recall list shows it')
    .option('--all', 'all that wait to be acknowledged')
    .action(
      onApplication<{ all?: boolean }>(
        context,
        ({ services }, { args, options, output }) =>
          acknowledge(services, output, args, options.all === true),
        alone,
      ),
    );
  recall
    .command('clear')
    .description(
      'list which of these are on disk and must no longer be used (with --yes, delete them)',
    )
    .argument('<id...>', 'recall ID, as desk recall list shows it')
    .option('--yes', 'delete the files; this can’t be undone')
    .action(
      onApplication<{ yes?: boolean }>(
        context,
        ({ services }, { args, options, output }) =>
          clear(services, output, args, options.yes === true),
        alone,
      ),
    );
}

/** For `desk verify`: what to know before the files are used. */
export const recalledText = (state: string | null): string =>
  isRecalled(state) ? RECALL_TEXTS[state]({ from: null, to: null }) : 'recalled: do not use';
