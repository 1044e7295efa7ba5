import { Option, type Command } from 'commander';
import { systemClock } from '../../shared/clock.ts';
import { SORTS, type Sort } from '../../shared/model/sorts.ts';
import { requireUnderstood } from '../app/query-faults.ts';
import { QUERY_HELP } from './query-help.ts';
import { isForeignSource } from '../../shared/model/source.ts';
import { isUnavailable } from '../../shared/api/rights.ts';
import type { AssetView } from '../catalogue/catalogue.ts';
import type { AssetRow, CatalogueQuery } from '../catalogue/ports.ts';
import { momentText, unavailableText } from '../catalogue/rights.ts';
import type { Services } from '../app/services.ts';
import { onApplication, type CommandContext } from './context.ts';
import type { Output } from './output.ts';
import { bytesText } from '../../shared/model/figures.ts';
import { rightsLines } from './rights-text.ts';
import { namedAs } from '../app/resolve-target.ts';

/** @throws `usage` for a query of which something isn't understood */
function queryOf(text: string, sort: Sort): CatalogueQuery {
  requireUnderstood(text, systemClock.nowMs());
  return { text, sort };
}

/** A badge as text; an embargo includes its end. */
const badgeText = (
  badge: AssetRow['badges'][number],
  { embargoUntil }: Pick<AssetRow, 'embargoUntil'>,
): string =>
  badge === 'embargoed'
    ? `under embargo${embargoUntil === null ? '' : ` until ${momentText(embargoUntil)}`}`
    : badge === 'here'
      ? 'downloaded'
      : badge.replace('-', ' ');

/**
 * Fetches what is new of all sources. One that fails never holds up another, and is warned of.
 * @throws what made the sync of the service fail
 */
export async function syncCatalogue(services: Services, output: Output): Promise<void> {
  const { sources, sourcesView } = services;
  const service = services.current()?.assets;
  const others = sources.check(null);
  // What runs for long does it itself, and tells its pages.
  if (service && output.terminal.host !== null) await services.librarySync.sync();
  else if (service) await services.library.catalogue.sync(service, new AbortController().signal);
  await others;
  for (const { id, name, fault } of sourcesView().items)
    if (isForeignSource(id) && fault) output.warn(`desk: ${name}: ${fault.message}`);
  await services.rights.check();
}

type Offer = AssetView['packageContents'][number];

/** A file with what it is; a size that isn't known until it is fetched or written says so. */
function fileLine({ path, fileId, role, language, bytes, isMade }: Offer['components'][number]) {
  const size =
    bytes === null ? (isMade ? 'written with the package' : 'size unknown') : bytesText(bytes);
  return `  ${path ?? fileId}  ${[role, language, size].filter((fact) => fact !== null).join(', ')}`;
}

const packageLines = ({ packageId, label, bytes, fileCount, components }: Offer): string[] => [
  `package ${packageId}: ${label}, ${fileCount === 1 ? '1 file' : `${fileCount} files`}${bytes === null ? '' : `, ${bytesText(bytes)}`}`,
  ...components.map(fileLine),
];

const PAGE = 500;
const CATALOGUE = { needsService: false, needsSource: true };

export function addCatalogueCommands(program: Command, context: CommandContext): void {
  const catalogue = program.command('catalogue').description('the catalogue on this computer');
  catalogue
    .command('sync')
    .description('update the catalogue')
    .action(
      onApplication(
        context,
        async ({ services }, { output }) => {
          await syncCatalogue(services, output);
          const { total } = await services.library.catalogue.search(
            { text: '', sort: 'newest' },
            { offset: 0, count: 1 },
          );
          return output.done({ count: total }, total === 1 ? '1 asset' : `${total} assets`);
        },
        CATALOGUE,
      ),
    );
  catalogue
    .command('search')
    .description('search the catalogue on this computer')
    .argument('[query...]', 'words, “phrases”, -not, OR and fields such as country:NL duration:<60')
    .addOption(
      new Option('--sort <order>', 'order of the results').choices(SORTS).default('newest'),
    )
    .addHelpText('after', QUERY_HELP)
    .action(
      onApplication(
        context,
        async ({ services }, { args, options, output }) => {
          const { sort } = options as unknown as { sort: Sort };
          const query = queryOf(args.join(' '), sort);
          let total = 1;
          for (let offset = 0; offset < total; offset += PAGE) {
            const page = await services.library.catalogue.search(query, { offset, count: PAGE });
            total = page.total;
            for (const row of page.items)
              output.line(
                { type: 'item', ...row },
                [
                  row.id,
                  ...(row.badges.length > 0
                    ? [`[${row.badges.map((badge) => badgeText(badge, row)).join(', ')}]`]
                    : []),
                  row.slug,
                  row.headline,
                ].join('  '),
              );
            await output.terminal.flushed();
          }
          return output.done({ count: total }, `${total} found`);
        },
        CATALOGUE,
      ),
    );
  catalogue
    .command('show')
    .description('show one asset in full')
    .argument('<asset>', 'its ID or slug')
    .action(
      onApplication(
        context,
        async ({ services }, { args: [name = ''], output }) => {
          const { catalogue: local } = services.library;
          const asset = await namedAs(name, async () => local.asset(await local.idNamed(name)));
          output.line({ type: 'item', ...asset }, [
            asset.headline,
            `${asset.slug}  ${asset.dateline}`,
            ...asset.badges.flatMap((badge) =>
              isUnavailable(badge)
                ? [unavailableText(asset.slug, badge, asset.statusNote)]
                : badge === 'embargoed'
                  ? [badgeText(badge, asset)]
                  : [],
            ),
            ...asset.descriptionText.split('\n'),
            ...rightsLines(asset, services.viewer().profile),
            ...asset.packageContents.flatMap(packageLines),
          ]);
          return output.done({ count: 1 });
        },
        CATALOGUE,
      ),
    );
}
