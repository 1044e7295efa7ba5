import type { Command } from 'commander';
import { searchLink } from '../../shared/model/app-link.ts';
import { searchesDocument } from '../../shared/model/saved-search.ts';
import { AppError } from '../../shared/errors.ts';
import type { Services } from '../app/services.ts';
import { readSearches } from '../settings/read-searches.ts';
import { onApplication, type CommandContext } from './context.ts';

type Search = Services['settings']['view']['savedSearches'][number];

/**
 * A saved search by its name or ID.
 * @throws `not-found`, and `usage` where several are called that
 */
export function searchOf({ settings }: Pick<Services, 'settings'>, named: string): Search {
  const found = settings.view.savedSearches.filter(
    ({ id, name }) => id === named || name === named,
  );
  const [search] = found;
  if (!search)
    throw new AppError('not-found', `No saved search ${named}. See them with: desk saved list`);
  if (found.length > 1)
    throw new AppError(
      'usage',
      `Several saved searches are called that. Use an ID: ${found.map(({ id }) => id).join(', ')}`,
    );
  return search;
}

const searchesText = (count: number): string =>
  count === 1 ? '1 saved search' : `${count} saved searches`;

/** `desk saved`: saved searches, also as a file for other desks. */
export function addSavedCommands(program: Command, context: CommandContext): void {
  const saved = program
    .command('saved')
    .description('saved searches, here and as a file for other desks');
  const alone = { needsService: false };

  saved
    .command('list')
    .description('list the saved searches with what they find')
    .action(
      onApplication(
        context,
        async ({ services: { settings, library } }, { output }) => {
          const { savedSearches } = settings.view;
          for (const search of savedSearches) {
            const { id, name, text, sort, seenAt } = search;
            const { total, fresh } = library.isEmpty
              ? { total: 0, fresh: 0 }
              : await library.catalogue.counts(text, seenAt);
            output.line(
              { type: 'item', id, name, text, sort, total, fresh, link: searchLink(search) },
              `${id}  ${name}  ${text}  (${total} found, ${fresh} new)`,
            );
          }
          return output.done({ count: savedSearches.length }, searchesText(savedSearches.length));
        },
        // What they find is in the catalogue of the service in use, too.
        { needsService: false, connect: true },
      ),
    );
  saved
    .command('export')
    .description('write these, or all, to a file that other desks import')
    .argument('[search...]', 'names or IDs')
    .requiredOption('--to <file>', 'a .json file')
    .action(
      onApplication<{ to: string }>(
        context,
        async ({ services }, { args, options, output }) => {
          const chosen =
            args.length === 0
              ? services.settings.view.savedSearches
              : args.map((named) => searchOf(services, named));
          const target = await output.terminal.documents.write(
            options.to,
            searchesDocument(chosen),
          );
          return output.done(
            { path: target, count: chosen.length },
            `Exported ${searchesText(chosen.length)} to ${target}`,
          );
        },
        alone,
      ),
    );
  saved
    .command('import')
    .description('save the searches of such a file that aren’t saved yet')
    .argument('<file>')
    .action(
      onApplication(
        context,
        async ({ services: { settings, connection } }, { args, output }) => {
          const searches = readSearches(await output.terminal.documents.read(args[0] ?? ''));
          const result = settings.importSearches(searches, connection.serviceNow());
          return output.done(
            result,
            `${searchesText(result.added)} imported${result.known > 0 ? `, ${result.known} ${result.known === 1 ? 'was' : 'were'} saved already` : ''}`,
          );
        },
        alone,
      ),
    );
}
