import * as z from 'zod';
import { MAX_SAVED_SEARCHES, savedSearch } from '../../shared/contract/catalogue.ts';
import { AppError } from '../../shared/errors.ts';
import { SORTS } from '../../shared/model/sorts.ts';
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

const EXPORT = 'Export some with: desk saved export --to FILE';
const HINTS: Record<string, string> = {
  name: 'needs a name of 200 characters at most',
  text: 'needs a text, the query',
  sort: `needs one of these as sort: ${SORTS.join(', ')}`,
};

/**
 * The searches of a document of `searchesDocument`, in its order.
 * @throws `usage` for anything else
 */
export function readSearches(text: string): SharedSearch[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new AppError('usage', `This file isn’t JSON. ${EXPORT}`);
  }
  const parsed = document.safeParse(json);
  if (parsed.success) return parsed.data.searches;
  const [issue] = parsed.error.issues;
  const [area, index, member] = issue?.path ?? [];
  if (area === 'searches' && issue?.code === 'too_big' && index === undefined)
    throw new AppError('usage', `This file has more than ${MAX_SAVED_SEARCHES} saved searches`);
  throw new AppError(
    'usage',
    area === 'searches' && typeof index === 'number'
      ? `Saved search ${index + 1}: ${HINTS[String(member)] ?? 'needs name, text and sort'}`
      : `This file has no saved searches of this version. ${EXPORT}`,
  );
}
