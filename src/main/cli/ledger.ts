import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { type Command, Option } from 'commander';
import { LEDGER_KINDS, type LedgerKind } from '../../shared/model/ledger-kinds.ts';
import { AppError } from '../../shared/errors.ts';
import { createLedgerHeadFile } from '../adapters/fs/ledger-file.ts';
import { createLedgerVault } from '../adapters/ledger-vault.ts';
import { ledgerName } from '../app/ledger.ts';
import { faultText, type Journal } from '../ledger/journal.ts';
import {
  type ChainFault,
  checkChain,
  decodeLine,
  type Head,
  type LedgerEntry,
  readHead,
} from '../ledger/ledger.ts';
import { onApplication, parseLimit, parseMoment, type CommandContext } from './context.ts';
import type { Output } from './output.ts';

type ListOptions = {
  search?: string;
  kind?: LedgerKind[];
  person?: string;
  since?: string;
  until?: string;
  limit?: string;
};

const PAGE = 500;

const valueText = ({ setting, value }: LedgerEntry['what']): string =>
  value ?? (setting === 'territory' ? 'as in your account' : 'none');

/** One line for people: number, time, what, who; the title comes last. */
function lineOf(number: number, entry: LedgerEntry | null, isSound: boolean): string {
  const mark = isSound ? '' : '  NOT AS WRITTEN';
  if (!entry) return `${number}  can’t be read`;
  const { atMs, kind, who, subject, what } = entry;
  const facts = [
    what.format,
    what.setting === undefined ? undefined : `${what.setting}: ${valueText(what)}`,
    what.folder,
    what.system === undefined ? undefined : `by the system ${what.system}`,
  ].filter((fact) => fact !== undefined);
  return [
    String(number),
    new Date(atMs).toISOString(),
    `${kind}${mark}`,
    [who.account ?? who.user, who.desk].join(', '),
    ...facts,
    ...(subject ? [`${subject.packageId ?? subject.source ?? ''}  ${subject.title}`] : []),
  ].join('  ');
}

async function list(journal: Journal, options: ListOptions, output: Output): Promise<number> {
  const limit = parseLimit(options.limit);
  const query = {
    search: options.search ?? '',
    kinds: options.kind ?? [],
    person: options.person ?? null,
    fromMs: parseMoment(options.since, '--since'),
    toMs: parseMoment(options.until, '--until'),
  };
  let count = 0;
  for (let total = 1; count < Math.min(total, limit);) {
    const page = await journal.list(query, {
      offset: count,
      count: Math.min(PAGE, limit - count),
    });
    ({ total } = page);
    if (page.items.length === 0) break;
    count += page.items.length;
    for (const { number, entry, hash, previous, isSound } of page.items)
      output.line(
        { type: 'item', ...entry, number, hash, previous, isSound },
        lineOf(number, entry, isSound),
      );
    await output.terminal.flushed();
  }
  return output.done({ count });
}

const checked = (
  output: Output,
  fault: ChainFault | null,
  { entries, file }: { entries: number; file: string | null },
): number =>
  fault === null
    ? output.done(
        { entries, broken: null },
        `Unbroken: ${entries === 1 ? '1 entry' : `${entries} entries`}`,
      )
    : output.failedWith(
        {
          code: 'ledger-broken',
          message: `${file ?? 'The ledger'}: ${faultText(fault)}`,
          retryable: false,
        },
        { entries, broken: fault },
      );

const NEW_LINE = 0x0a;

/** Checks an exported ledger against its last line. */
async function checkFile(file: string, output: Output): Promise<number> {
  const lines = new Lines();
  try {
    await lines.read(file);
  } catch (thrown) {
    throw new AppError('not-found', `${file} can’t be read`, { cause: thrown });
  }
  const { fault, entries } = lines.endOfExport();
  return checked(output, fault, { entries, file });
}

/**
 * Checks the ledger of a home whose app may be running, changing nothing.
 *
 * @returns null for a home without one
 * @throws what the file system throws
 */
export async function checkHomeLedger(
  home: string,
): Promise<{ fault: ChainFault | null; entries: number } | null> {
  const file = path.join(home, 'ledger.jsonl');
  // Read before the file, which then is ahead of them and never behind.
  const { head } = await createLedgerHeadFile(home).read();
  if (head === null && !existsSync(file)) return null;
  const { head: kept } = await createLedgerVault(home).read();
  const lines = new Lines();
  if (existsSync(file)) await lines.read(file);
  return lines.endOfOwn([head, kept].filter((one) => one !== null));
}

/** Lines of a ledger as they come. */
class Lines {
  readonly #lines: (string | null)[] = [];
  #rest: Buffer = Buffer.alloc(0);

  /** @throws what the file system throws */
  async read(file: string): Promise<void> {
    const opened = await open(file);
    try {
      for await (const chunk of opened.createReadStream() as AsyncIterable<Buffer>)
        this.#take(chunk);
    } finally {
      await opened.close();
    }
  }

  #take(read: Buffer): void {
    const chunk = Buffer.concat([this.#rest, read]);
    let from = 0;
    for (let to = chunk.indexOf(NEW_LINE); to !== -1; to = chunk.indexOf(NEW_LINE, from)) {
      this.#lines.push(decodeLine(chunk.subarray(from, to)));
      from = to + 1;
    }
    this.#rest = chunk.subarray(from);
  }

  /** What follows the last line end may be an entry that is being written. */
  endOfOwn(heads: readonly Head[]): { fault: ChainFault | null; entries: number } {
    return checkChain(this.#lines, heads);
  }

  /** The last line is the head. */
  endOfExport(): { fault: ChainFault | null; entries: number } {
    if (this.#rest.byteLength > 0) this.#lines.push(decodeLine(this.#rest));
    const head: Head | null = readHead(this.#lines.at(-1) ?? '');
    return checkChain(head ? this.#lines.slice(0, -1) : this.#lines, head ? [head] : []);
  }
}

/** `desk ledger`: what was confirmed, handed out, shown and exported, by whom and when. */
export function addLedgerCommands(program: Command, context: CommandContext): void {
  const ledger = program
    .command('ledger')
    .description('what was confirmed, handed out, shown and exported, by whom and when');
  const alone = { needsService: false };

  ledger
    .command('list')
    .description('list entries, newest first')
    .option('--search <words>', 'only those with these words in package, person or texts shown')
    .addOption(new Option('--kind <kinds...>', 'only these kinds').choices(LEDGER_KINDS))
    .option('--person <name>', 'only those of this account, user or desk')
    .option('--since <date>', 'from this day or moment on, in UTC')
    .option('--until <date>', 'before this day or moment, in UTC')
    .option('--limit <n>', 'at most this many')
    .action(
      onApplication<ListOptions>(
        context,
        ({ services }, { options, output }) => list(services.ledger.journal, options, output),
        alone,
      ),
    );

  ledger
    .command('export')
    .description('write all entries to a file that desk ledger check can check')
    .option(
      '--to <file>',
      'file to write (overwrites an existing file; default: ledger-DATE.jsonl)',
    )
    .action(
      onApplication<{ to?: string }>(
        context,
        async ({ services: { ledger: own, connection } }, { options, output }) => {
          // What is exported broken says so in its last line, and it is told now.
          const { broken } = await own.journal.check();
          const target = await output.terminal.documents.write(
            options.to ?? ledgerName(connection.serviceNow()),
            await own.journal.exportText(Infinity),
          );
          const { entries } = own.journal.view;
          return output.done(
            { path: target, entries, broken },
            `Exported ${entries === 1 ? '1 entry' : `${entries} entries`} to ${target}`,
          );
        },
        alone,
      ),
    );

  const check = ledger
    .command('check')
    .description('check that no entry was changed, removed or cut off (exit code 5 if one was)')
    .argument('[file]', 'an exported ledger (default: the ledger of this home)');
  const checkOwn = onApplication(
    context,
    async ({ services }, { output }) => {
      const { broken, entries } = await services.ledger.journal.check();
      return checked(output, broken, { entries, file: null });
    },
    { ...alone, checksLedger: true },
  );
  check.action(async (file: string | undefined, ...rest: unknown[]) => {
    if (file === undefined) return checkOwn(file, ...rest);
    const output = context.output(check);
    try {
      context.exit(await checkFile(output.terminal.resolve(file), output));
    } catch (thrown) {
      context.exit(output.failed(thrown));
    }
  });
}
