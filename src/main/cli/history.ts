import { Option, type Command } from 'commander';
import type { Services } from '../app/services.ts';
import { bytesText } from '../../shared/model/figures.ts';
import type { HistoryQuery, HistoryRow } from '../transfers/api.ts';
import { onApplication, parseLimit, parseMoment, type CommandContext } from './context.ts';
import type { Output } from './output.ts';
import { RIGHTS_TEXTS } from './queue.ts';
import { RECALL_TEXTS } from './recall.ts';

type ListOptions = {
  search?: string;
  show?: HistoryQuery['show'];
  since?: string;
  until?: string;
  limit?: string;
  look?: boolean;
};

const PAGE = 500;
const PLACES: Record<HistoryRow['place'], string> = {
  here: 'on disk',
  moved: 'moved',
  away: 'disk can’t be reached',
  gone: 'no longer there',
  cleared: 'cleared from disk',
};

/** What its publisher did since, or its rights say; null if it may be used as it is. */
function markText({ recall, rights }: HistoryRow): string | null {
  if (recall) return RECALL_TEXTS[recall.kind](recall.rev);
  return rights ? RIGHTS_TEXTS[rights.state] : null;
}

/** The title and the folder come last: hostile ones must not imitate the columns before them. */
function linesOf(row: HistoryRow): string[] {
  const { finishedAt, packageId, rev, place, totalBytes, title, label, folder, movedFrom } = row;
  const facts = [
    new Date(finishedAt).toISOString(),
    rev === null ? packageId : `${packageId} version ${rev}`,
    totalBytes === null ? null : bytesText(totalBytes),
    PLACES[place],
    markText(row),
    title,
    label,
  ];
  return [
    facts.filter((fact) => fact !== null).join('  '),
    `  ${folder}`,
    ...(movedFrom === null ? [] : [`  moved from ${movedFrom}`]),
  ];
}

/** Looks where all files are, and waits for the end. */
async function look(transfers: Services['transfers']): Promise<void> {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const unsubscribe = transfers.onHistory(({ isLooking }) => !isLooking && resolve());
  try {
    await transfers.checkHere(true);
    if ((await transfers.historyView()).isLooking) await ended;
  } finally {
    unsubscribe();
  }
}

async function list(
  { transfers, rights }: Pick<Services, 'transfers' | 'rights'>,
  options: ListOptions,
  output: Output,
): Promise<number> {
  const limit = parseLimit(options.limit);
  const query: HistoryQuery = {
    search: options.search ?? '',
    fromMs: parseMoment(options.since, '--since'),
    toMs: parseMoment(options.until, '--until'),
    show: options.show ?? 'all',
  };
  await rights.judge();
  if (options.look === true) await look(transfers);
  let count = 0;
  for (let total = 1; count < Math.min(total, limit);) {
    const page = await transfers.history(query, {
      offset: count,
      count: Math.min(PAGE, limit - count),
    });
    ({ total } = page);
    if (page.items.length === 0) break;
    count += page.items.length;
    for (const row of page.items) output.line({ type: 'item', ...row }, linesOf(row));
    await output.terminal.flushed();
  }
  return output.done({ count });
}

/** `desk history`: the packages that were ever complete here, on the list or removed from it. */
export function addHistoryCommands(program: Command, context: CommandContext): void {
  program
    .command('history')
    .description('packages that were ever complete here, also those removed from the list')
    .command('list')
    .description('list packages and where their files were when last looked at, newest first')
    .option(
      '--search <words>',
      'only those with these words in title, IDs, rendition, folder, source or date',
    )
    .addOption(
      new Option(
        '--show <which>',
        'only those on disk (here), no longer there (gone), or recalled, corrected, expired or not cleared (marked)',
      ).choices(['all', 'here', 'gone', 'marked'] satisfies HistoryQuery['show'][]),
    )
    .option('--since <date>', 'complete on this day or later, or since this moment, in UTC')
    .option('--until <date>', 'complete before this day or moment, in UTC')
    .option('--limit <n>', 'at most this many')
    .option('--look', 'first look where all files are now')
    .action(
      onApplication<ListOptions>(
        context,
        ({ services }, { options, output }) => list(services, options, output),
        { needsService: false },
      ),
    );
}
