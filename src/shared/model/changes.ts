import { AppError } from '../errors.ts';

/** A million entries in pages a fifth full, or in smaller ones. */
const MAX_PAGES = 10_000;

/**
 * Follows one run through a service's pages of changes, which may never end.
 *
 * @param since cursor that the run starts from
 * @returns a check for each page: throws `service-error` where the service announces more but
 * repeats a cursor, or after too many pages
 */
export function boundedRun(
  since: string | null,
  maxPages = MAX_PAGES,
): (page: { cursor: string; hasMore: boolean }) => void {
  const seen = new Set([since]);
  let pages = 0;
  return ({ cursor, hasMore }) => {
    pages += 1;
    if (!hasMore) return;
    if (seen.has(cursor))
      throw new AppError('service-error', 'The service announces more changes but repeats a page');
    if (pages >= maxPages)
      throw new AppError('service-error', `The service’s changes don’t end after ${pages} pages`);
    seen.add(cursor);
  };
}
