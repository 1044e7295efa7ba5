import type { Command } from 'commander';
import type {
  SourceInput,
  SourceKind,
  SourceProbe,
  SourceView,
} from '../../shared/contract/sources.ts';
import { UNSTATED_PROFILE } from '../../shared/api/rights.ts';
import { AppError } from '../../shared/errors.ts';
import { formatDuration } from '../../shared/model/figures.ts';
import { isForeignSource } from '../../shared/model/source.ts';
import { systemClock } from '../../shared/clock.ts';
import { momentText } from '../catalogue/rights.ts';
import type { Services } from '../app/services.ts';
import { lookAt } from '../app/source-look.ts';
import type { SourceOpener } from '../app/sources.ts';
import {
  networkFor,
  policyOfComputer,
  onApplication,
  withoutOpening,
  type CommandContext,
  type Common,
} from './context.ts';
import type { Output } from './output.ts';
import type { Terminal } from './terminal.ts';

const FORMATS: Record<NonNullable<SourceProbe['format']>, string> = {
  rss: 'RSS',
  atom: 'Atom',
  rdf: 'RSS 1.0',
  json: 'JSON Feed',
};

type Item = SourceProbe['items'][number];
function lineOf({ publishedAt, durationMs, files, hasCaptions, headline }: Item): string {
  const facts = [
    publishedAt === null ? 'no date' : new Date(publishedAt).toISOString().slice(0, 10),
    durationMs === null ? null : formatDuration(durationMs / 1000),
    files.length === 0 ? 'no file' : files.join(', '),
    hasCaptions ? 'captions' : null,
  ].filter((fact) => fact !== null);
  // The headline comes last: a hostile one must not imitate the columns before it.
  return `${facts.join('  ')}  ${headline}`;
}

/** What the source promises, in the words of the interface. */
const INTEGRITY_TEXTS: Record<SourceProbe['integrity'], string> = {
  signed: 'Signed file lists',
  published: 'Checksums by the publisher: they show damage, not origin',
  recorded: 'No checksums: recorded by this computer at the first download',
  none: 'No files: the footage can only be watched at the source',
};
const RIGHTS_TEXTS: Record<SourceProbe['rights'], string> = {
  stated: 'Restrictions stated for each package',
  general: 'General terms only: check with the publisher',
  unknown: 'No restrictions stated: check with the publisher',
};
/** Of a folder: each film has what the texts beside it say. */
const FOLDER_RIGHTS = 'Restrictions only where a text beside the file states them';

function printProbe(output: Output, probe: SourceProbe): number {
  const { items, kind, format, name, address, count, articles, integrity, rights, terms, isAdded } =
    probe;
  for (const item of items) output.line({ type: 'item', ...item }, lineOf(item));
  return output.done(
    { kind, format, name, address, count, articles, integrity, rights, terms, isAdded },
    [
      `${format === null ? '' : `${FORMATS[format]}, `}“${name}”: ${count} with video or sound, ${articles} without`,
      ...(count === 0
        ? []
        : [INTEGRITY_TEXTS[integrity], kind === 'folder' ? FOLDER_RIGHTS : RIGHTS_TEXTS[rights]]),
      ...(terms === null
        ? kind === 'folder'
          ? []
          : ['No terms of use stated']
        : [`Terms of use (version ${terms.version}): ${terms.text}`]),
      ...(isAdded ? ['You’ve already added this source'] : []),
    ],
  );
}

const KINDS: Record<SourceView['kind'], string> = {
  service: 'service',
  demo: 'demo',
  feed: 'feed',
  dvids: 'DVIDS',
  nasa: 'NASA',
  folder: 'folder',
};

/** A fault, and from when on the program asks again by itself; null if it doesn't. */
const faultText = (message: string, nextAt: number | null, next = 'Next try'): string =>
  nextAt === null
    ? message
    : `${message.replace(/\.$/u, '')}. ${next} from ${momentText(nextAt)} on`;

/**
 * @param name of the source, where there may be several
 * @param next what happens at that time
 */
export function sourceFault(
  { code, message, retryable = false, retryAfterMs }: NonNullable<SourceView['fault']>,
  nextAt: number | null,
  { name = '', next = 'Next try' } = {},
): AppError {
  const text = faultText(message, nextAt, next);
  return new AppError(code, name === '' ? text : `${name}: ${text}`, {
    retryable,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

export function stateText({
  id,
  isPaused,
  fault,
  nextAt,
  syncedAt,
  terms,
  acceptedAt,
}: SourceView): string {
  const state = isPaused
    ? 'paused'
    : fault
      ? `fault since ${momentText(fault.since)}: ${faultText(fault.message, nextAt)}`
      : syncedAt === null
        ? isForeignSource(id)
          ? 'not checked yet'
          : // When an earlier run did isn't kept.
            'not checked in this run (update it with: desk catalogue sync)'
        : `up to date, checked ${momentText(syncedAt)}`;
  return terms !== null && acceptedAt === null ? `${state}, terms of use to accept` : state;
}

const NOT_ADDED = 'This is your service. Change it with --service or in Settings.';

/** @throws `not-found` for neither an id, a name nor an address of a source */
export function sourceNamed(
  { sourcesView }: Services,
  wanted: string,
  list = 'desk source list',
): SourceView {
  const { items } = sourcesView();
  const found =
    items.find(({ id, address }) => id === wanted || address === wanted) ??
    items.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  if (!found) throw new AppError('not-found', `No source is called ${wanted}. See: ${list}`);
  if (!isForeignSource(found.id)) throw new AppError('usage', NOT_ADDED);
  return found;
}

const printSource = (output: Output, source: SourceView): void =>
  output.line({ type: 'source', ...source }, [
    `${source.id}  ${KINDS[source.kind]}  ${source.name}  ${source.address}`,
    ...(source.follows.length === 0
      ? []
      : [`  ${source.follows.map(({ by, value }) => `${by} “${value}”`).join(', ')}`]),
    `  ${source.assets === 1 ? '1 asset' : `${source.assets} assets`}, ${stateText(source)}`,
  ]);

const LOCAL = { needsService: false, connect: true };

type InputOptions = {
  unit?: string[];
  keyword?: string[];
  search?: string[];
  collection?: string[];
  keyStdin?: boolean;
};
const TARGET = 'dvids, nasa, a folder, or the address of a feed (- reads it from standard input)';
const withInputOptions = (command: Command): Command =>
  command
    .option('--unit <names...>', 'dvids: units to follow, such as Natochannel')
    .option('--keyword <words...>', 'dvids: keywords to follow')
    .option('--search <words...>', 'nasa: searches to follow')
    .option('--collection <names...>', 'nasa: collections to follow')
    .option('--key-stdin', 'dvids: read your key (free at api.dvidshub.net) from standard input');

/**
 * A source as a command describes it.
 *
 * @param kind of the source that is changed; null for a new one
 */
async function inputOf(
  target: string,
  options: InputOptions,
  { terminal, kind = null }: { terminal: Terminal; kind?: SourceKind | null },
): Promise<SourceInput> {
  const follows = (['unit', 'keyword', 'search', 'collection'] as const).flatMap((by) =>
    (options[by] ?? []).map((value) => ({ by, value })),
  );
  const wanted = kind ?? target.toLowerCase();
  if (wanted === 'dvids' || wanted === 'nasa') {
    if (follows.length === 0)
      throw new AppError(
        'usage',
        wanted === 'dvids'
          ? 'Name what you follow, with --unit or --keyword'
          : 'Name what you follow, with --search or --collection',
      );
    if (wanted === 'nasa') return { kind: 'nasa', follows };
    const [key = null] = options.keyStdin ? await terminal.readLines(['DVIDS key']) : [];
    return { kind: 'dvids', key, follows };
  }
  if (follows.length > 0)
    throw new AppError(
      'usage',
      '--unit, --keyword, --search and --collection are only for dvids and nasa',
    );
  if (kind === 'folder' || (kind === null && isPath(target)))
    return { kind: 'folder', path: terminal.resolve(target) };
  // A secret address in the arguments could be read by other users of this computer.
  const [address = target] = target === '-' ? await terminal.readLines(['Address']) : [];
  return { kind: 'feed', address };
}
/** Anything else is an address, also without its scheme. */
const isPath = (target: string): boolean =>
  /^(?:\.{0,2}[\\/]|\.{1,2}$|~|[a-z]:[\\/])/iu.test(target);

/** Opens what publishers offer without a home: nothing is kept. */
async function withOpener(
  context: CommandContext,
  common: Common,
  work: (opener: SourceOpener) => Promise<number>,
): Promise<number> {
  // Loaded here, so that other commands start without it.
  const { createSourceOpener } = await import('../app/source-opener.ts');
  const opener = createSourceOpener({
    version: context.version,
    network: networkFor(context, common).network,
    isManaged: policyOfComputer().view.isThere,
    clock: systemClock,
    language: () => 'en',
    pauseMs: () => 0,
    library: null,
    viewer: () => ({
      nowMs: systemClock.nowMs(),
      sourceTimes: {},
      profile: UNSTATED_PROFILE,
      earlySource: null,
    }),
    downloaded: () => new Set(),
    acceptedOf: () => null,
  });
  try {
    return await work(opener);
  } finally {
    opener.close();
  }
}

const EXAMPLES = `
Examples:
  desk source test nasa --search moon
  desk source add nasa --search moon --accept-terms VERSION
  desk source add dvids --unit Natochannel --key-stdin --accept-terms VERSION <key.txt
  desk source add https://example.org/video/feed.xml
  desk source add /media/deliveries`;

/** `desk source`: where footage comes from besides the service. */
export function addSourceCommands(program: Command, context: CommandContext): void {
  const source = program
    .command('source')
    .description('where footage comes from: your service, public archives, feeds and folders')
    .addHelpText('after', EXAMPLES);
  /** An action that needs no home. */
  const look = (
    work: (opener: SourceOpener, command: Command, output: Output) => Promise<number>,
  ) =>
    withoutOpening(context, (command, output) =>
      withOpener(context, context.common(command), (opener) => work(opener, command, output)),
    );
  withInputOptions(
    source
      .command('test')
      .description('show what a source offers, without adding it')
      .argument('<source>', TARGET),
  ).action(
    look(async (opener, command, output) => {
      const [target = ''] = command.args;
      const read = opener.read(await inputOf(target, command.opts(), output), null);
      const { found } = await lookAt(opener, read, AbortSignal.timeout(60_000));
      return printProbe(output, { ...found, isAdded: false });
    }),
  );
  source
    .command('units')
    .description('find units of DVIDS by name')
    .argument('<text>', 'part of a name')
    .requiredOption('--key-stdin', 'read your key from standard input')
    .action(
      look(async (opener, command, output) => {
        const [text = ''] = command.args;
        const [key = ''] = await output.terminal.readLines(['DVIDS key']);
        const read = opener.read({ kind: 'dvids', key, follows: [] }, null);
        const units = await opener.findUnits(read, text, AbortSignal.timeout(60_000));
        for (const unit of units)
          output.line(
            { type: 'unit', ...unit },
            [unit.name, unit.place].filter(Boolean).join('  '),
          );
        return output.done({ count: units.length });
      }),
    );
  withInputOptions(
    source
      .command('add')
      .description('add a source to the catalogue')
      .argument('<source>', TARGET)
      .option('--name <name>', 'name in the catalogue (by default its own)')
      .option(
        '--accept-terms <version>',
        'accept this version of its terms of use; desk source test shows it',
      ),
  ).action(
    onApplication<InputOptions & { name?: string; acceptTerms?: string }>(
      context,
      async ({ services }, { args: [target = ''], options, output }) => {
        const { sources } = services;
        const input = await inputOf(target, options, output);
        const id = await sources.add(input, options.acceptTerms ?? null);
        if (options.name !== undefined) sources.rename(id, options.name);
        await sources.check(id);
        const added = sourceNamed(services, id);
        printSource(output, added);
        return output.done({ id, count: added.assets });
      },
      LOCAL,
    ),
  );
  withInputOptions(
    source
      .command('change')
      .description('change the address, the folder, the key or what is followed')
      .argument('<source>', 'ID, name or address')
      .argument('[to]', 'new address or folder')
      .option('--accept-terms <version>', 'accept this version of its terms of use'),
  ).action(
    onApplication<InputOptions & { acceptTerms?: string }>(
      context,
      async ({ services }, { args: [wanted = '', to], options, output }) => {
        const { id, kind, follows, terms, acceptedAt } = sourceNamed(services, wanted);
        if (kind === 'service' || kind === 'demo') throw new AppError('usage', NOT_ADDED);
        const isArchive = kind === 'dvids' || kind === 'nasa';
        if (!isArchive && to === undefined)
          throw new AppError('usage', 'Name the new address or folder');
        const kept = Object.fromEntries(
          Object.entries(Object.groupBy(follows, ({ by }) => by)).map(([by, all]) => [
            by,
            all.map(({ value }) => value),
          ]),
        );
        const isSelected = [options.unit, options.keyword, options.search, options.collection].some(
          Boolean,
        );
        const given: InputOptions = isSelected || !isArchive ? options : { ...kept, ...options };
        const accepted = options.acceptTerms ?? (acceptedAt === null ? null : terms?.version);
        await services.sources.change(
          id,
          await inputOf(to ?? '', given, { terminal: output.terminal, kind }),
          accepted ?? null,
        );
        await services.sources.check(id);
        const changed = sourceNamed(services, id);
        printSource(output, changed);
        return output.done({ id, count: changed.assets });
      },
      LOCAL,
    ),
  );
  source
    .command('list')
    .description('list sources and how their last checks went')
    .action(
      onApplication(
        context,
        async ({ services }, { output }) => {
          // Nothing has been synced in this run, so nothing was counted either.
          await services.librarySync.refresh(false);
          const { items } = services.sourcesView();
          for (const item of items) printSource(output, item);
          return output.done(
            { count: items.length },
            items.length === 1 ? '1 source' : `${items.length} sources`,
          );
        },
        LOCAL,
      ),
    );
  const onSource = (
    name: string,
    description: string,
    work: (services: Services, source: SourceView) => Promise<string>,
  ): void => {
    source
      .command(name)
      .description(description)
      .argument('<source>', 'ID, name or address')
      .action(
        onApplication(
          context,
          async ({ services }, { args: [wanted = ''], output }) => {
            const found = sourceNamed(services, wanted);
            const text = await work(services, found);
            return output.done({ id: found.id }, text);
          },
          LOCAL,
        ),
      );
  };
  onSource('pause', 'stop the regular checks of a source', async ({ sources }, { id, name }) => {
    await sources.setPaused(id, true);
    return `${name} is paused`;
  });
  onSource('resume', 'resume the regular checks of a source', async ({ sources }, { id, name }) => {
    await sources.setPaused(id, false);
    return `${name} is no longer paused`;
  });
  onSource('check', 'update the catalogue from one source', async (services, { id, name }) => {
    await services.sources.check(id);
    const { fault, nextAt, assets } = sourceNamed(services, id);
    if (fault) throw sourceFault(fault, nextAt);
    return `${name}: ${assets === 1 ? '1 asset' : `${assets} assets`}`;
  });
  onSource(
    'accept-terms',
    'accept a source’s current terms of use',
    async ({ sources }, { id, name, terms }) => {
      if (terms === null) return `${name} states no terms of use`;
      sources.acceptTerms(id, terms.version);
      return `Accepted: ${terms.text}`;
    },
  );
  onSource(
    'remove',
    'remove a source from the catalogue (downloads stay)',
    async ({ sources }, { id, name }) => {
      await sources.remove(id);
      return `${name} removed. What you’ve downloaded stays.`;
    },
  );
}
