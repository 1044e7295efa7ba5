import type { Services } from './services.ts';

/**
 * Stores the page at an address that somebody typed as an article, with its pictures, for good. A
 * page that is there already gets what it says now.
 *
 * @throws `usage` for what is no address, and what the page answers: see `SavedPages.read`
 */
export async function savePage(
  { articles, sources, librarySync }: Pick<Services, 'articles' | 'sources' | 'librarySync'>,
  address: string,
): Promise<{ id: string }> {
  const page = await sources.readPage(address);
  await articles.keepPage(page);
  await librarySync.refresh(false);
  return { id: page.id };
}
