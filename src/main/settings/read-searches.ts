import * as z from 'zod';
import { MAX_SAVED_SEARCHES, savedSearch } from '../../shared/contract/catalogue.ts';
import { AppError } from '../../shared/errors.ts';
import { SEARCHES_FORMAT, type SharedSearch } from '../../shared/model/saved-search.ts';

const document = z.object({
  format: z.literal(SEARCHES_FORMAT),
  version: z.literal(1),
  // Members that later versions may add are passed by.
  searches: z
    .array(z.object(savedSearch.pick({ name: true, text: true, sort: true }).shape))
    // More than a desk can have, no desk has written.
    .max(MAX_SAVED_SEARCHES),
});

/**
 * The searches of a document of `searchesDocument`, in its order.
 * @throws `usage` for anything else
 */
export function readSearches(text: string): SharedSearch[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new AppError('usage', 'These aren’t saved searches: the file isn’t JSON');
  }
  const parsed = document.safeParse(json);
  if (parsed.success) return parsed.data.searches;
  const [issue] = parsed.error.issues;
  throw new AppError(
    'usage',
    `These aren’t saved searches of this app: ${issue?.path.join('.') || 'the file'}: ${issue?.message ?? ''}`,
  );
}
