import type { Command } from 'commander';
import { ALL_ARTICLES } from '../../shared/model/article-query.ts';
import { bytesText } from '../../shared/model/figures.ts';
import { onApplication, type CommandContext } from './context.ts';
import { addFeedCommands } from './feed.ts';

const PAGE = 500;

/** What is kept is read without a source too. */
const STORED = { needsService: false, connect: true };

export function addArticleCommands(program: Command, context: CommandContext): void {
  const articles = program
    .command('articles')
    .description('news articles, saved for offline reading');
  addFeedCommands(articles, context);
  articles
    .command('sync')
    .description('update the articles, with their pictures')
    .action(
      onApplication(context, async ({ services }, { output }) => {
        await services.articles.sync(services.session().articles);
        const { articles: count, storedBytes } = await services.library.counts();
        return output.done(
          { count, storedBytes },
          `${count === 1 ? '1 article' : `${count} articles`}, ${bytesText(storedBytes)} saved`,
        );
      }),
    );
  articles
    .command('list')
    .description('list the articles on this computer, newest first')
    .action(
      onApplication(
        context,
        async ({ services }, { output }) => {
          let total = 1;
          for (let offset = 0; offset < total; offset += PAGE) {
            const page = await services.articles.list(ALL_ARTICLES, { offset, count: PAGE });
            total = page.total;
            for (const row of page.items)
              output.line(
                { type: 'item', ...row },
                `${row.id}  [${row.language}]${row.stored ? '' : '  (not available offline)'}  ${row.section}: ${row.headline}`,
              );
          }
          return output.done({ count: total }, total === 1 ? '1 article' : `${total} articles`);
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
          output.line({ type: 'item', ...article }, [
            article.headline,
            article.byline.join(', '),
            '',
            ...textOf(article.bodyHtml).split('\n'),
            '',
            article.copyrightNotice,
          ]);
          return output.done({ count: 1 });
        },
        STORED,
      ),
    );
}

/** Plain text of the service's restricted HTML subset, one paragraph per line. */
function textOf(html: string): string {
  return html
    .replaceAll(/<\/(?:p|h2|h3|h4|li|blockquote|figcaption|tr)>/g, '\n')
    .replaceAll(/<[^>]+>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', '’')
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&amp;', '&')
    .replaceAll(/\n{2,}/g, '\n\n')
    .trim();
}
