import path from 'node:path';
import { type Command, Option } from 'commander';
import { AppError } from '../../shared/errors.ts';
import type { ExportedFile, ExportFormat, ExportStep } from '../articles/export/export.ts';
import { savePage } from '../app/save-page.ts';
import type { Services } from '../app/services.ts';
import type { Documents } from './documents.ts';
import type { Output } from './output.ts';
import type { Terminal } from './terminal.ts';
import { ALL_ARTICLES } from '../../shared/model/article-query.ts';
import { SAVED_PAGES } from '../../shared/model/source.ts';
import { momentText } from '../catalogue/rights.ts';
import { MAX_TAG_LENGTH, MAX_TAGS } from '../../shared/model/article-limits.ts';
import { requireUnderstood } from '../app/query-faults.ts';
import { ARTICLE_QUERY_HELP } from './query-help.ts';
import { bytesText } from '../../shared/model/figures.ts';
import { onApplication, type CommandContext } from './context.ts';
import { addFeedCommands, refreshFeeds } from './feed.ts';

const PAGE = 500;

/** What is kept is read without a source too. */
const STORED = { needsService: false, connect: true };

const ONLY_BEGINNING = 'This is the beginning. The source has the rest at its address.';
const isSaid = (text: string): boolean => text !== '';

/** What people call a source. */
const sourceText = (services: Services, id: string): string =>
  id === SAVED_PAGES
    ? 'Saved page'
    : (services.sourcesView().items.find((one) => one.id === id)?.name ?? id);

type Marks = {
  read?: boolean;
  unread?: boolean;
  star?: boolean;
  unstar?: boolean;
  tags?: string;
};
/** @throws `usage` */
function marksOf({ read, unread, star, unstar, tags }: Marks) {
  if ((read && unread) || (star && unstar))
    throw new AppError('usage', 'Choose one of --read and --unread, and of --star and --unstar');
  const named = tags
    ?.split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
  if ((named?.length ?? 0) > MAX_TAGS || named?.some((tag) => tag.length > MAX_TAG_LENGTH))
    throw new AppError(
      'usage',
      `Use ${MAX_TAGS} tags at most, each of ${MAX_TAG_LENGTH} letters at most`,
    );
  const marks = {
    ...(read || unread ? { read: read === true } : {}),
    ...(star || unstar ? { starred: star === true } : {}),
    ...(named === undefined ? {} : { tags: named }),
  };
  if (Object.keys(marks).length === 0)
    throw new AppError(
      'usage',
      'Say how to mark them: --read, --unread, --star, --unstar or --tags',
    );
  return marks;
}

const articlesText = (count: number): string => (count === 1 ? '1 article' : `${count} articles`);

const FORMATS: Record<string, ExportFormat> = {
  md: 'markdown',
  html: 'html',
  epub: 'epub',
  pdf: 'pdf',
};
type ExportOptions = {
  section?: string;
  query?: string;
  all?: boolean;
  format: string;
  to: string;
  language: 'en' | 'fr';
  overwrite?: boolean;
};

/**
 * Ids of the articles that are named, newest first for a section, a query and for all.
 * @throws `usage` unless there is exactly one way of naming them, and for a query that isn't
 *   understood, `not-found` for no such section
 */
async function idsFor(
  services: Services,
  named: readonly string[],
  { section, query, all = false }: ExportOptions,
): Promise<string[]> {
  const ways = [named.length > 0, section !== undefined, query !== undefined, all];
  if (ways.filter(Boolean).length !== 1)
    throw new AppError(
      'usage',
      'Name articles by their IDs, or use one of --section, --query and --all',
    );
  if (named.length > 0) return [...new Set(named)];
  if (query !== undefined) {
    requireUnderstood(query, services.connection.serviceNow(), 'articles');
    const found = await services.articles.ids({ ...ALL_ARTICLES, text: query });
    if (found.length === 0) throw new AppError('not-found', `No article is found by ${query}`);
    return found;
  }
  const { sections } = await services.articles.list(ALL_ARTICLES, { offset: 0, count: 1 });
  const wanted = section?.toLowerCase();
  const found = sections.find(({ name }) => name.toLowerCase() === wanted)?.name ?? null;
  if (section !== undefined && found === null)
    throw new AppError(
      'not-found',
      `No section ${section}. There are: ${sections.map(({ name }) => name).join(', ') || 'none. Run: desk articles sync'}`,
    );
  const ids = await services.articles.ids({ ...ALL_ARTICLES, section: found });
  if (ids.length === 0)
    throw new AppError(
      'not-found',
      'There are no articles yet. Run: desk articles sync, or for feeds: desk articles feed refresh',
    );
  return ids;
}

/** Where documents go: one file of this name, or a folder. */
type Place = { file: string } | { folder: string };

/** @throws `usage` for one file of several documents, `exists` for one that is there */
async function placeFor(
  { to, format, overwrite = false }: ExportOptions,
  count: number,
  terminal: Terminal,
): Promise<Place> {
  const there = await terminal.documents.look(to);
  const isFile = there?.isFolder !== true && path.extname(to).toLowerCase() === `.${format}`;
  if (!isFile) {
    if (there && !there.isFolder)
      throw new AppError(
        'usage',
        `${terminal.resolve(to)} is a file. Use a name that ends in .${format}, or a folder.`,
      );
    return { folder: to };
  }
  if (count > 1 && format !== 'epub')
    throw new AppError(
      'usage',
      `Several articles make several .${format} files. Name a folder with --to`,
    );
  if (!overwrite) await terminal.documents.requireFree(to);
  return { file: to };
}

/** Writes one document with the pictures beside it. @returns the path of the document */
async function writeFiles(
  place: Place,
  [document, ...pictures]: [ExportedFile, ...ExportedFile[]],
  documents: Documents,
): Promise<string> {
  if ('file' in place) return documents.write(place.file, document.bytes);
  const target = await documents.writeNew(place.folder, document.path, document.bytes);
  for (const { path: name, bytes } of pictures) {
    const folder = path.join(place.folder, path.dirname(name));
    // It is called by its content: one that is there is this one.
    const known = await documents.look(path.join(folder, path.basename(name)));
    if (known?.bytes !== bytes.byteLength)
      await documents.writeNew(folder, path.basename(name), bytes);
  }
  return target;
}

type Totals = { count: number; files: number; missingPictures: number; leftOut: number };

/** One step of an export: writes what is done, says what is left out. */
async function take(
  step: ExportStep,
  totals: Totals,
  { place, isNamed, output }: { place: Place; isNamed: boolean; output: Output },
): Promise<void> {
  if (step.kind === 'left-out') {
    const { id, error } = step.leftOut;
    // What was asked for by name and can't be had is a failure, before anything is written.
    if (isNamed) throw new AppError(error.code, `${id}: ${error.message}`, { cause: error });
    totals.leftOut += 1;
    output.line({ type: 'left-out', id, code: error.code, message: error.message });
    output.note(`Left out: ${id}: ${error.message}`);
  } else if (step.kind === 'document') {
    const { ids, files, missing } = step;
    const target = await writeFiles(place, files, output.terminal.documents);
    totals.count += ids.length;
    totals.files += 1;
    totals.missingPictures += missing;
    output.line({ type: 'item', path: target, ids, missingPictures: missing }, target);
  }
}

const missingText = (count: number): string =>
  `${count === 1 ? '1 picture is' : `${count} pictures are`} not on this computer and couldn’t be downloaded. Captions and descriptions are there.`;

async function runExport(
  services: Services,
  { args, options, output }: { args: string[]; options: ExportOptions; output: Output },
): Promise<number> {
  const [{ exportArticles }, { exportDeps }] = await Promise.all([
    import('../articles/export/export.ts'),
    import('../app/article-exports.ts'),
  ]);
  const ids = await idsFor(services, args, options);
  const place = await placeFor(options, ids.length, output.terminal);
  const stop = new AbortController();
  output.terminal.onInterrupt(() => stop.abort(new AppError('cancelled', 'Interrupted')));
  const order = {
    ids,
    format: FORMATS[options.format] ?? 'markdown',
    language: options.language,
    withFolder: 'folder' in place,
  };
  const deps = exportDeps(services, options.language);
  const totals: Totals = { count: 0, files: 0, missingPictures: 0, leftOut: 0 };
  const isNamed = args.length > 0;
  for await (const step of exportArticles(deps, order, stop.signal))
    await take(step, totals, { place, isNamed, output });
  const target = output.terminal.resolve('file' in place ? place.file : place.folder);
  const { count, missingPictures, leftOut } = totals;
  if (count > 0)
    await services.ledger.note({
      kind: 'exported',
      what: { format: `article-${order.format}`, name: target, count },
    });
  if (missingPictures > 0) output.note(missingText(missingPictures));
  return output.done(
    { path: target, ...totals },
    `Exported ${articlesText(count)} to ${target}${leftOut > 0 ? `, ${leftOut} left out` : ''}`,
  );
}

export function addArticleCommands(program: Command, context: CommandContext): void {
  const articles = program
    .command('articles')
    .description('news articles, saved for offline reading');
  addFeedCommands(articles, context);
  articles
    .command('sync')
    .description('update the articles of your service and of all feeds, with their pictures')
    .action(
      onApplication(
        context,
        async ({ services }, { output }) => {
          const service = services.current();
          // What runs for long syncs both at once.
          if (service && output.terminal.host !== null) await services.librarySync.sync();
          else if (service) await services.articles.sync(service.articles);
          await refreshFeeds(services, output);
          const { articles: count, storedBytes } = await services.library.counts();
          return output.done(
            { count, storedBytes },
            `${articlesText(count)}, ${bytesText(storedBytes)} saved`,
          );
        },
        { needsService: false, needsSource: true },
      ),
    );
  articles
    .command('list')
    .description('list the articles on this computer, newest first, or those that a query finds')
    .argument('[query...]')
    .addHelpText('after', ARTICLE_QUERY_HELP)
    .action(
      onApplication(
        context,
        async ({ services }, { args, output }) => {
          const text = args.join(' ');
          requireUnderstood(text, services.connection.serviceNow(), 'articles');
          let total = 1;
          for (let offset = 0; offset < total; offset += PAGE) {
            const page = await services.articles.list(
              { ...ALL_ARTICLES, text },
              { offset, count: PAGE },
            );
            total = page.total;
            for (const row of page.items)
              output.line({ type: 'item', ...row }, [
                `${row.id}  ${momentText(row.publishedAt)}  [${row.language}]${row.read ? '' : '  unread'}${row.starred ? '  starred' : ''}${row.corrected ? '  corrected' : row.isChanged ? '  changed' : ''}${row.stored ? '' : '  (not available offline)'}${row.tags.map((tag) => `  #${tag}`).join('')}`,
                `  ${[sourceText(services, row.source), row.section].filter(isSaid).join(', ')}: ${row.headline}`,
                ...(row.excerpt === null ? [] : [`  ${row.excerpt}`]),
              ]);
            await output.terminal.flushed();
          }
          return output.done({ count: total }, articlesText(total));
        },
        STORED,
      ),
    );
  articles
    .command('mark')
    .description('mark articles as read, starred, or with tags')
    .argument('<id...>')
    .option('--read', 'as read')
    .option('--unread', 'as unread')
    .option('--star', 'with a star, which keeps them here')
    .option('--unstar', 'without a star')
    .option(
      '--tags <list>',
      'replace their tags with these, separated by commas (an empty text for none)',
    )
    .action(
      onApplication<Marks>(
        context,
        async ({ services }, { args, options, output }) => {
          const marks = marksOf(options);
          for (const id of args)
            if (!(await services.articles.isHere(id)))
              throw new AppError('not-found', `No article has the ID ${id}`);
          await services.articles.mark(args, marks);
          return output.done(
            { count: args.length, ...marks },
            `${articlesText(args.length)} marked`,
          );
        },
        STORED,
      ),
    );
  articles
    .command('show')
    .description('show one article')
    .argument('<id>')
    .action(
      onApplication(
        context,
        async ({ services }, { args, output }) => {
          const article = await services.articles.get(args[0] ?? '');
          const { bodyText } = await services.articles.detail(article.id);
          const { headline, byline, publishedAt, canonicalUrl, copyrightNotice, usageTerms } =
            article;
          const facts = [
            byline.join(', '),
            `${sourceText(services, article.source)}, ${momentText(publishedAt)}`,
            canonicalUrl,
          ];
          const terms = [copyrightNotice, usageTerms, article.isWhole ? '' : ONLY_BEGINNING];
          output.line({ type: 'item', ...article }, [
            headline,
            ...facts.filter(isSaid),
            '',
            ...[article.summary].filter((text) => isSaid(text) && !bodyText.startsWith(text)),
            ...bodyText.split('\n'),
            '',
            ...terms.filter(isSaid),
          ]);
          return output.done({ count: 1 });
        },
        STORED,
      ),
    );
  articles
    .command('save')
    .description('save a web page as an article, with its pictures, until you remove it')
    .argument('<address>', 'of the page (- reads it from standard input)')
    .action(
      onApplication(
        context,
        async ({ services }, { args: [given = ''], output }) => {
          // A secret address in the arguments could be read by other users of this computer.
          const [address = given] =
            given === '-' ? await output.terminal.readLines(['Address']) : [];
          const { id } = await savePage(services, address);
          const { headline, bytes, pictures } = await services.articles.get(id);
          return output.done({ id, headline, bytes, pictures }, `${headline}: saved as ${id}`);
        },
        STORED,
      ),
    );
  articles
    .command('full-text')
    .description('get the full text of one article from its page, and keep it offline')
    .argument('<id>')
    .action(
      onApplication(
        context,
        async ({ services }, { args: [id = ''], output }) => {
          await services.articles.takePage(id);
          const { headline, isWhole } = await services.articles.detail(id);
          return output.done(
            { id, isWhole },
            isWhole ? `${headline}: saved` : `${headline}: saved, but the page has only a part`,
          );
        },
        STORED,
      ),
    );
  articles
    .command('export')
    .description(
      'save articles as files, one each, or as one book (exit code 8 if one may not be copied)',
    )
    .argument('[id...]', 'IDs of articles')
    .option('--section <name>', 'all of this section')
    .option('--query <text>', 'all that a query finds, as with: desk articles list')
    .option('--all', 'all on this computer')
    .addOption(
      new Option(
        '--format <format>',
        'md (Markdown), html (a page with its pictures), epub (a book) or pdf',
      )
        .choices(Object.keys(FORMATS))
        .makeOptionMandatory(),
    )
    .option('-o, --to <path>', 'file, or folder (created if missing)', '.')
    .addOption(
      new Option('--language <language>', 'language of labels and dates')
        .choices(['en', 'fr'])
        .default('en'),
    )
    .option('--overwrite', 'replace the file that --to names')
    .addHelpText(
      'after',
      `
In a folder nothing is replaced: a second file of a name gets a number. Markdown has its pictures
beside it in a folder, and captions alone if --to names one file. A PDF is made by Chromium, Chrome or
Edge, which must be installed; MULTIMEDIA_DESK_BROWSER names another.`,
    )
    .action(
      onApplication<ExportOptions>(
        context,
        ({ services }, call) => runExport(services, call),
        STORED,
      ),
    );
}
