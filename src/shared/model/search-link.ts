/*
 * A saved search as a link that is handed from one desk to another: pasted into the search field it
 * opens there.
 */

import { SORTS, type Sort } from './sorts.ts';

export type SharedSearch = { name: string; text: string; sort: Sort };

const SCHEME = 'multimedia-desk:search?';

export const searchLink = ({ name, text, sort }: SharedSearch): string =>
  `${SCHEME}name=${encodeURIComponent(name)}&q=${encodeURIComponent(text)}&sort=${sort}`;

/** Null for anything else than such a link. */
export function readSearchLink(link: string): SharedSearch | null {
  const trimmed = link.trim();
  if (!trimmed.startsWith(SCHEME)) return null;
  const given = new Map(
    trimmed
      .slice(SCHEME.length)
      .split('&')
      .map((pair) => [
        pair.slice(0, pair.indexOf('=')),
        decoded(pair.slice(pair.indexOf('=') + 1)),
      ]),
  );
  const text = given.get('q')?.slice(0, 1000);
  if (text == null) return null;
  const sort = SORTS.find((one) => one === given.get('sort')) ?? 'newest';
  return { name: given.get('name')?.trim().slice(0, 200) || text, text, sort };
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
