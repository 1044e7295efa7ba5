import { identityOf } from '../api/query/edit.ts';
import { parseQuery } from '../api/query/parse.ts';
import type { Sort } from './sorts.ts';

/** A search as it is handed from one desk to another. */
export type SharedSearch = { name: string; text: string; sort: Sort };

type Search = Pick<SharedSearch, 'text' | 'sort'>;
/** Equal for searches with the same results, however they are written. */
export const identityOfSearch = ({ text, sort }: Search): string =>
  JSON.stringify([identityOf(parseQuery(text, 0), text), sort]);

/** Whether two searches find the same. */
export const isSameSearch = (a: Search, b: Search): boolean =>
  identityOfSearch(a) === identityOfSearch(b);

/** What the document says it is. */
export const SEARCHES_FORMAT = 'multimedia-desk-searches';
export const MAX_SEARCHES_CHARACTERS = 1024 * 1024;

/** Saved searches as a document for other desks: JSON, in their order. */
export const searchesDocument = (searches: readonly SharedSearch[]): string =>
  `${JSON.stringify(
    {
      format: SEARCHES_FORMAT,
      version: 1,
      searches: searches.map(({ name, text, sort }) => ({ name, text, sort })),
    },
    null,
    2,
  )}\n`;

/** Whether a text is such a document, of whatever version. */
export function isSearchesDocument(text: string): boolean {
  if (text.length > MAX_SEARCHES_CHARACTERS) return false;
  try {
    return Reflect.get(Object(JSON.parse(text)), 'format') === SEARCHES_FORMAT;
  } catch {
    return false;
  }
}
