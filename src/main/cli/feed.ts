import type { Command } from 'commander';
import { AppError } from '../../shared/errors.ts';
import type { SourceView } from '../../shared/contract/sources.ts';
import type { Services } from '../app/services.ts';
import { onApplication, type CommandContext } from './context.ts';
import type { Output } from './output.ts';
import { sourceFault, sourceNamed, stateText } from './source.ts';

/** Feeds need no service, and are open while one of these commands runs. */
const LOCAL = { needsService: false, connect: true };

/** Feeds that are fetched at once: each may have ten megabytes. */
const AT_ONCE = 4;

const feedsText = (count: number): string => (count === 1 ? '1 feed' : `${count} feeds`);

/** @throws `not-found`, and `usage` for a source that is no feed */
function feedNamed(services: Services, wanted: string): SourceView {
  const found = sourceNamed(services, wanted, 'desk articles feed list');
  if (found.kind !== 'feed')
    throw new AppError('usage', `${found.name} isn’t a feed. See: desk articles feed list`);
  return found;
}

/** Prints feeds, with how many of their articles are here. @returns the sum of these */
async function print(
  services: Services,
  feeds: readonly SourceView[],
  out: Output,
): Promise<number> {
  const { sources } = await services.articles.overview();
  let sum = 0;
  for (const feed of feeds) {
    const { total = 0, unread = 0 } = sources.find(({ id }) => id === feed.id) ?? {};
    sum += total;
    const { id, name, address, fullText, syncedAt, nextAt, fault } = feed;
    out.line(
      { type: 'feed', id, name, address, fullText, syncedAt, nextAt, fault, total, unread },
      [
        `${id}  ${name}  ${address}`,
        `  ${total === 1 ? '1 article' : `${total} articles`}, ${unread} unread${fullText ? ', text from the pages' : ''}, ${stateText(feed)}`,
      ],
    );
  }
  return sum;
}

/** Those that are checked without being named. */
const checkedFeeds = (services: Services): SourceView[] =>
  services.sourcesView().items.filter(({ kind, isPaused }) => kind === 'feed' && !isPaused);

/** @throws the fault of the first of these that couldn’t be read, with when it is read again */
function requireRead(services: Services, ids: readonly string[]): void {
  const faulty = services
    .sourcesView()
    .items.find(({ id, fault }) => ids.includes(id) && fault !== null);
  if (!faulty?.fault) return;
  const { name, fault, nextAt } = faulty;
  throw sourceFault(fault, nextAt, { name });
}

/** Reads all that aren’t paused. @throws as `requireRead`, once all were asked */
export async function refreshFeeds(services: Services, out: Output): Promise<void> {
  const ids = checkedFeeds(services).map(({ id }) => id);
  if (ids.length > 0) await refresh(services, ids, out);
  requireRead(services, ids);
}

/** Reads these now, with what is to be here of their articles. */
async function refresh(services: Services, ids: readonly string[], out: Output): Promise<void> {
  const waiting = [...ids];
  // One is read while another is stored.
  const checkNext = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift())
      await services.sources.check(id);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, checkNext));
  await services.articles.keep().catch((thrown: unknown) => {
    // What can't be stored now is tried again with the next check; the lists are there.
    if (!(thrown instanceof AppError)) throw thrown;
    out.note(`Not all is stored for reading offline: ${thrown.message}`);
  });
}

/** `desk articles feed`: feeds whose articles are read. */
export function addFeedCommands(articles: Command, context: CommandContext): void {
  const feed = articles
    .command('feed')
    .description('RSS, Atom and JSON feeds whose articles you read, also as an OPML list');
  feed
    .command('add')
    .description('add a feed, if it can be read')
    .argument(
      '<address>',
      'of the feed, or of a page that has one (- reads it from standard input)',
    )
    .option('--name <name>', 'name in the list (by default its own)')
    .option('--full-text', 'get full texts from the articles’ pages')
    .action(
      onApplication<{ name?: string; fullText?: boolean }>(
        context,
        async ({ services }, { args: [given = ''], options, output }) => {
          // A secret address in the arguments could be read by other users of this computer.
          const [address = given] =
            given === '-' ? await output.terminal.readLines(['Address']) : [];
          const { sources } = services;
          const feedAddress = await sources.feedAddress(address);
          const {
            refused: [refused],
            ids: [id],
          } = await sources.addFeeds([{ name: options.name ?? '', address: feedAddress }], {
            isTyped: true,
          });
          if (refused) throw new AppError(refused.code, refused.message);
          if (id === undefined) throw new AppError('usage', 'You’ve already added this feed');
          if (options.fullText) await sources.setFullText(id, true);
          await refresh(services, [id], output);
          const added = feedNamed(services, id);
          const { fault, syncedAt, nextAt } = added;
          // As in the window: what can't be read isn't added, so that another address can be tried.
          if (fault && syncedAt === null) {
            await sources.remove(id);
            const { retryAfterMs } = fault;
            throw sourceFault(fault, retryAfterMs === undefined ? null : nextAt, {
              next: 'Try again',
            });
          }
          const articlesHere = await print(services, [added], output);
          if (fault) throw sourceFault(fault, nextAt);
          const isEmpty = articlesHere === 0 && added.assets === 0;
          return output.done(
            { id, isEmpty },
            `${added.name} added${isEmpty ? '. It has nothing yet.' : ''}`,
          );
        },
        LOCAL,
      ),
    );
  feed
    .command('list')
    .description('list the feeds and how their last checks went')
    .action(
      onApplication(
        context,
        async ({ services }, { output }) => {
          const feeds = services.sourcesView().items.filter(({ kind }) => kind === 'feed');
          await print(services, feeds, output);
          return output.done({ count: feeds.length }, feedsText(feeds.length));
        },
        LOCAL,
      ),
    );
  feed
    .command('remove')
    .description('remove a feed (what you’ve starred, tagged or saved stays)')
    .argument('<feed>', 'ID, name or address')
    .action(
      onApplication(
        context,
        async ({ services }, { args: [wanted = ''], output }) => {
          const { id, name } = feedNamed(services, wanted);
          await services.sources.remove(id);
          return output.done({ id }, `${name} removed`);
        },
        LOCAL,
      ),
    );
  feed
    .command('refresh')
    .description('check one feed, or all of them, now')
    .argument('[feed]', 'ID, name or address')
    .action(
      onApplication(
        context,
        async ({ services }, { args: [wanted], output }) => {
          const wantedFeeds =
            wanted === undefined ? checkedFeeds(services) : [feedNamed(services, wanted)];
          const ids = wantedFeeds.map(({ id }) => id);
          await refresh(services, ids, output);
          const feeds = services.sourcesView().items.filter(({ id }) => ids.includes(id));
          await print(services, feeds, output);
          requireRead(services, ids);
          return output.done({ count: feeds.length }, `${feedsText(feeds.length)} checked`);
        },
        LOCAL,
      ),
    );
  feed
    .command('full-text')
    .description('get full texts from a feed’s pages, or stop doing so')
    .argument('<feed>', 'ID, name or address')
    .argument('<on|off>')
    .action(
      onApplication(
        context,
        async ({ services }, { args: [wanted = '', state], output }) => {
          if (state !== 'on' && state !== 'off') throw new AppError('usage', 'Use on or off');
          const { id, name } = feedNamed(services, wanted);
          await services.sources.setFullText(id, state === 'on');
          return output.done(
            { id, fullText: state === 'on' },
            state === 'on'
              ? `Texts of ${name} come from its pages from the next check on`
              : `Texts of ${name} come from the feed`,
          );
        },
        LOCAL,
      ),
    );
  feed
    .command('import')
    .description('add the feeds of an OPML list')
    .argument('<file>', 'OPML, as other readers export it')
    .action(
      onApplication(
        context,
        async ({ services }, { args: [file = ''], output }) => {
          const { readOpml } = await import('../formats/opml.ts');
          const listed = readOpml(await output.terminal.documents.read(file));
          const { ids, known, refused } = await services.sources.addFeeds(listed, {
            isTyped: false,
          });
          for (const { name, code, message } of refused)
            output.line({ type: 'refused', name, code, message }, `${name}: ${message}`);
          return output.done(
            { added: ids.length, known, refused: refused.length },
            `${feedsText(ids.length)} added, ${known} already there, ${refused.length} refused. Check them with: desk articles feed refresh`,
          );
        },
        LOCAL,
      ),
    );
  feed
    .command('export')
    .description('write the feeds to an OPML list')
    .requiredOption('--to <file>', 'an .opml file')
    .option('--overwrite', 'replace the file that --to names')
    .action(
      onApplication<{ to: string; overwrite?: boolean }>(
        context,
        async ({ services }, { options, output }) => {
          if (!options.overwrite) await output.terminal.documents.requireFree(options.to);
          const { writeOpml } = await import('../formats/opml.ts');
          const { feeds, leftOut } = services.sources.listedFeeds();
          const target = await output.terminal.documents.write(
            options.to,
            writeOpml(feeds, 'Multimedia Desk'),
          );
          return output.done(
            { path: target, count: feeds.length, leftOut },
            `Exported ${feedsText(feeds.length)} to ${target}${leftOut === 0 ? '' : `. Left out, because their address contains a password or key: ${feedsText(leftOut)}`}`,
          );
        },
        LOCAL,
      ),
    );
}
