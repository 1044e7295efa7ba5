/*
 * Links of the program's own scheme, handed from one desk to another: in a message they open the
 * program, pasted into the search field they do the same there. They show something and change
 * nothing.
 */

import type { SharedSearch } from './saved-search.ts';
import { SORTS } from './sorts.ts';

export type AppLink =
  | ({ kind: 'search' } & SharedSearch)
  | { kind: 'asset' | 'article'; id: string };

/** What the system hands to the program; RFC 3986 §3.1, without its colon. */
export const LINK_SCHEME = 'multimedia-desk';
export const MAX_LINK_CHARACTERS = 8000;
const MAX_TEXT = 1000;
const MAX_NAME = 200;
/** As the commands take them. */
const MAX_ID = 128;

export const searchLink = ({ name, text, sort }: SharedSearch): string =>
  `${LINK_SCHEME}:search?name=${encodeURIComponent(name.toWellFormed())}&q=${encodeURIComponent(text.toWellFormed())}&sort=${sort}`;

export const pageLink = (kind: 'asset' | 'article', id: string): string =>
  `${LINK_SCHEME}://${kind}/${encodeURIComponent(id.toWellFormed())}`;

/** Programs write `//` behind the scheme, and a slash behind a host, as they like. */
const LINK = new RegExp(`^${LINK_SCHEME}:(?://)?(?<kind>search|asset|article)(?<rest>.*)$`, 'iu');

/** Null for anything else than such a link. */
export function readAppLink(link: string): AppLink | null {
  if (link.length > MAX_LINK_CHARACTERS) return null;
  const { kind = '', rest = '' } = LINK.exec(link.trim())?.groups ?? {};
  const named = kind.toLowerCase();
  if (named === 'search') return readSearch(rest);
  if (named !== 'asset' && named !== 'article') return null;
  const id = /^\/(?<id>[^/?#]+)\/?$/u.exec(rest)?.groups?.['id'];
  const read = id === undefined ? null : decoded(id);
  // Dots alone would lead to another address of the service.
  return read === null || read.length > MAX_ID || /^\.+$/u.test(read)
    ? null
    : { kind: named, id: read };
}

function readSearch(rest: string): AppLink | null {
  const pairs = /^\/?\?(?<pairs>.*)$/u.exec(rest)?.groups?.['pairs'];
  if (pairs === undefined) return null;
  const given = new Map(
    pairs
      .split('&')
      .map((pair) => [
        pair.slice(0, pair.indexOf('=')),
        decoded(pair.slice(pair.indexOf('=') + 1)),
      ]),
  );
  const text = given.get('q')?.slice(0, MAX_TEXT);
  if (text == null) return null;
  const sort = SORTS.find((one) => one === given.get('sort')) ?? 'newest';
  const name = given.get('name')?.trim().slice(0, MAX_NAME) || text;
  return { kind: 'search', name, text, sort };
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
