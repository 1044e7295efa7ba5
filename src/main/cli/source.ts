import type { Command } from 'commander';
import type { SourceProbe, SourceView } from '../../shared/contract/sources.ts';
import { AppError } from '../../shared/errors.ts';
import { formatDuration } from '../../shared/model/figures.ts';
import { isForeignSource } from '../../shared/model/source.ts';
import { systemClock } from '../../shared/clock.ts';
import { momentText } from '../catalogue/rights.ts';
import type { Services } from '../app/services.ts';
import type { SourceOpener } from '../app/sources.ts';
import { onApplication, type CommandContext } from './context.ts';
import type { Output } from './output.ts';

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

function printProbe(output: Output, probe: SourceProbe): number {
  const { items, format, name, address, count, articles, integrity, rights, terms, isAdded } =
    probe;
  for (const item of items) output.line({ type: 'item', ...item }, lineOf(item));
  return output.done(
    { format, name, address, count, articles, integrity, rights, terms, isAdded },
    [
      `${format === null ? '' : `${FORMATS[format]}, `}“${name}”: ${count} with video or sound, ${articles} without`,
      ...(count === 0 ? [] : [INTEGRITY_TEXTS[integrity], RIGHTS_TEXTS[rights]]),
      ...(terms === null
        ? ['No terms of use stated']
        : [`Terms of use (version ${terms.version}): ${terms.text}`]),
      ...(isAdded ? ['You’ve already added this source'] : []),
    ],
  );
}

function stateText({ isPaused, fault, syncedAt, terms, acceptedAt }: SourceView): string {
  const state = isPaused
    ? 'paused'
    : fault
      ? `fault since ${momentText(fault.since)}: ${fault.message}`
      : syncedAt === null
        ? 'not checked yet'
        : `up to date, checked ${momentText(syncedAt)}`;
  return terms !== null && acceptedAt === null ? `${state}, terms of use to accept` : state;
}

/** @throws `not-found` for neither an id, a name nor an address of a source */
function sourceNamed({ sourcesView }: Services, wanted: string): SourceView {
  const { items } = sourcesView();
  const found =
    items.find(({ id, address }) => id === wanted || address === wanted) ??
    items.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  if (!found)
    throw new AppError('not-found', `No source is called ${wanted}. See: desk source list`);
  if (!isForeignSource(found.id))
    throw new AppError('usage', 'This is your service. Change it with --service or in Settings.');
  return found;
}

const printSource = (output: Output, source: SourceView): void =>
  output.line({ type: 'source', ...source }, [
    `${source.id}  ${source.name}  ${source.address}`,
    `  ${source.assets === 1 ? '1 asset' : `${source.assets} assets`}, ${stateText(source)}`,
  ]);

const LOCAL = { needsService: false, connect: true };

/** `desk source`: where footage comes from besides the service. */
export function addSourceCommands(program: Command, context: CommandContext): void {
  const source = program
    .command('source')
    .description('where footage comes from: your service and public feeds');
  source
    .command('test')
    .description('show what a feed offers, without adding it')
    .argument('<address>', 'address of a Media RSS, podcast, RSS, Atom or JSON feed')
    .action(async (typed: string, _options: unknown, command: Command) => {
      const output = context.output(command);
      let opener: SourceOpener | null = null;
      try {
        // Without a home: nothing is kept. Loaded here, so that other commands start without it.
        const { createSourceOpener } = await import('../app/source-opener.ts');
        opener = createSourceOpener({
          version: context.version,
          clock: systemClock,
          language: () => 'en',
          pauseMs: () => 0,
          library: null,
          downloaded: () => new Set(),
          acceptedOf: () => null,
        });
        const read = opener.read({ kind: 'feed', address: typed }, null);
        const found = await opener.probe(read, AbortSignal.timeout(60_000));
        context.exit(printProbe(output, { ...found, isAdded: false }));
      } catch (thrown) {
        context.exit(output.failed(thrown));
      } finally {
        opener?.close();
      }
    });
  source
    .command('add')
    .description('add a feed to the catalogue')
    .argument('<address>', 'address of a Media RSS, podcast, RSS, Atom or JSON feed')
    .option('--name <name>', 'name in the catalogue (by default the feed’s own)')
    .option(
      '--accept-terms <version>',
      'accept this version of its terms of use; desk source test shows it',
    )
    .action(
      onApplication(
        context,
        async ({ services }, { args: [address = ''], options, output }) => {
          const { sources } = services;
          const input = { kind: 'feed' as const, address };
          const id = await sources.add(input, options['acceptTerms'] ?? null);
          if (options['name'] !== undefined) sources.rename(id, options['name']);
          await sources.check(id);
          const added = sourceNamed(services, id);
          printSource(output, added);
          return output.done({ id, count: added.assets });
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
    const { fault, assets } = sourceNamed(services, id);
    if (fault) throw new AppError(fault.code, fault.message);
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
