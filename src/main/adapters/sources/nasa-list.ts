import * as z from 'zod';
import type { AssetChange } from '../../catalogue/asset.ts';
import type { SourceId } from '../../../shared/model/source.ts';
import { AppError } from '../../../shared/errors.ts';
import type { NasaAnswer, NasaClient } from './nasa-client.ts';
import { filesOf, isPlayable, mapNasa, nasaAddress, readItem, readManifest } from './nasa-map.ts';
import type { NasaItem } from './nasa-map.ts';

/** A collection, by its internal name, or words to search for. */
export type NasaFollow = { by: 'collection' | 'search'; value: string };

/** How much of a list is read: so many of the newest items, of so many pages. */
type Most = { items: number; pages: number };
export type NasaList = {
  /** Film and sound, newest first. */
  items: NasaItem[];
  /** Number of items with film or sound: more than these where there are more. */
  count: number;
  /** It has no others. */
  isWhole: boolean;
};
/** An asset as it is now; `gone` if NASA knows it no more, `refused` if it isn't told. */
export type NasaAsked = AssetChange | 'gone' | 'refused' | 'misfit';

type Options = {
  source: SourceId;
  /** Address of the API, without a slash at its end. */
  api: string;
  client: Pick<NasaClient, 'get'>;
  nowMs(): number;
  language(): 'en' | 'fr';
};
/** The questions that the library answers, and what they have in common. */
export type NasaLibrary = ReturnType<typeof createNasaLibrary>;

const MEDIA_TYPES = ['video', 'audio'] as const;
const PAGE_SIZE = 100;
/** The library gives no more of any list than 10,000 items. */
const MAX_PAGES = 100;
/** Nothing in it is older. */
const FIRST_YEAR = 1900;
/** More items than this part that can't be understood, and the list has another shape. */
const MAX_MISFITS = 0.2;

const page = z.object({
  collection: z.object({
    items: z.array(z.unknown()),
    metadata: z.object({ total_hits: z.int().nonnegative() }).nullable().catch(null),
    links: z.array(z.unknown()).catch([]),
  }),
});
const nextLink = z.object({ rel: z.literal('next'), href: z.string() });
const located = z.object({ location: z.string() });

/** What has been read of a list, by the ids of its items. */
type Reading = {
  items: Map<string, NasaItem>;
  misfits: number;
  total: number | null;
  isWhole: boolean;
};

type Refused = Extract<NasaAnswer, { kind: 'refused' }>;
/** It said so itself: a gateway's 404 says nothing of the asset. */
const isGone = ({ status, reason }: Refused): boolean =>
  (status === 404 || status === 410) && reason !== null;

const isNothingThere = ({ reason }: Refused): boolean => /no assets found/iu.test(reason ?? '');

/** What a question as a whole was refused with. */
function refusal(refused: Refused): AppError {
  const { status, reason } = refused;
  const said = reason === null ? `status ${status}` : `status ${status}: ${reason}`;
  if (isNothingThere(refused) || isGone(refused))
    return new AppError('not-found', `NASA’s library has nothing there (${said})`);
  if (status === 403)
    return new AppError('origin-refused', `NASA’s library refuses access (${said})`);
  if (status === 400)
    return new AppError('feed-invalid', `NASA’s library no longer understands (${said})`);
  // Not the API itself has answered.
  return new AppError('origin-error', `NASA’s library can’t be found (${said})`, {
    retryable: true,
  });
}

const never = (): boolean => false;

const newestFirst = (items: Iterable<NasaItem>): NasaItem[] =>
  [...items].toSorted((a, b) => (b.createdMs ?? 0) - (a.createdMs ?? 0));

/**
 * Reads lists, and asks for single assets. Lists come in no order and can only be narrowed by the
 * year of creation, so a long search is read year by year, the newest first.
 */
export function createNasaLibrary({ source, api, client, nowMs, language }: Options) {
  const address = (path: string, parameters: Record<string, string>): string =>
    // A plus sign means a blank to some servers, and itself to others.
    `${api}/${path}?${new URLSearchParams(parameters).toString().replaceAll('+', '%20')}`;

  /**
   * Reads pages as long as there is a next one. The `next` links of full pages are missing at times,
   * and their parameters aren't encoded, so that the number of the page is all they are used for.
   *
   * @param isTooLong by the number of items that the first page states; nothing more is read then
   */
  async function read(
    urlOf: (page: number) => string,
    { items: mostItems, pages }: Most,
    isTooLong: (total: number) => boolean,
    signal: AbortSignal,
  ): Promise<Reading> {
    const items = new Map<string, NasaItem>();
    let [misfits, total, number] = [0, null as number | null, 1];
    for (let n = 1; ; n++) {
      const answer = await client.get(urlOf(number), signal);
      if (answer.kind === 'refused') {
        const isEnd = n > 1 && isNothingThere(answer);
        if (isEnd) total ??= items.size + misfits;
        if (isEnd || /maximum number/iu.test(answer.reason ?? '')) break;
        throw refusal(answer);
      }
      const shown = page.safeParse(answer.kind === 'json' ? answer.value : null).data;
      if (!shown) throw new AppError('feed-invalid', 'NASA’s library answers in another format');
      const { items: found, metadata, links } = shown.collection;
      const before = items.size + misfits;
      for (const one of found) {
        const item = readItem(one);
        if (item) items.set(item.id, item);
        else misfits++;
      }
      if (misfits > (items.size + misfits) * MAX_MISFITS)
        throw new AppError(
          'feed-invalid',
          `NASA’s format has changed: ${misfits} of ${items.size + misfits} items can’t be read`,
        );
      total = metadata?.total_hits ?? total;
      const next = links.flatMap((link) => nextLink.safeParse(link).data ?? [])[0];
      const hasMore =
        next !== undefined ||
        found.length >= PAGE_SIZE ||
        (total !== null && items.size + misfits < total);
      // Without a number, the end of the pages is all that there is to go by.
      if (!hasMore || found.length === 0) total ??= items.size + misfits;
      const hasNew = items.size + misfits > before;
      if (!hasMore || !hasNew) break;
      if (items.size >= mostItems || n >= pages || (n === 1 && total !== null && isTooLong(total)))
        break;
      number = Math.max(number + 1, Number(/[?&]page=(\d{1,6})/u.exec(next?.href ?? '')?.[1] ?? 0));
    }
    // What can't be read is missing too.
    const isWhole = total !== null && items.size >= total;
    return { items, misfits, total, isWhole };
  }

  async function collection(name: string, most: Most, signal: AbortSignal): Promise<NasaList> {
    const urlOf = (n: number) => address(`album/${encodeURIComponent(name)}`, { page: String(n) });
    // It has pictures too, and can't be narrowed.
    const whole = { items: Infinity, pages: most.pages };
    const { items, isWhole } = await read(urlOf, whole, never, signal);
    const playable = newestFirst(items.values()).filter(isPlayable);
    const newest = playable.slice(0, most.items);
    return {
      items: newest,
      count: playable.length,
      isWhole: isWhole && newest.length === playable.length,
    };
  }

  async function search(
    words: string,
    mediaType: (typeof MEDIA_TYPES)[number],
    most: Most,
    signal: AbortSignal,
  ): Promise<NasaList> {
    const urlOf = (years: Record<string, string>) => (n: number) =>
      address('search', {
        q: words,
        media_type: mediaType,
        ...years,
        page_size: String(PAGE_SIZE),
        page: String(n),
      });
    const isTooLong = (total: number): boolean => total > most.items;
    const first = await read(urlOf({}), most, isTooLong, signal);
    const total = first.total ?? first.items.size;
    if (!isTooLong(total))
      return { items: newestFirst(first.items.values()), count: total, isWhole: first.isWhole };
    const items = new Map<string, NasaItem>();
    const thisYear = new Date(nowMs()).getUTCFullYear();
    let covered = 0;
    for (let year = thisYear; year >= FIRST_YEAR; year--) {
      if (items.size >= most.items || covered >= total) break;
      // What is dated ahead by a slip is of this year.
      const years: Record<string, string> =
        year === thisYear
          ? { year_start: `${year}` }
          : { year_start: `${year}`, year_end: `${year}` };
      const rest = { items: most.items - items.size, pages: most.pages };
      const found = await read(urlOf(years), rest, never, signal);
      for (const [id, item] of found.items) items.set(id, item);
      covered += found.total ?? found.items.size;
    }
    const newest = newestFirst(items.values()).slice(0, most.items);
    return { items: newest, count: total, isWhole: false };
  }

  /** @throws `not-found` for a collection that isn't there, and what `NasaClient.get` throws */
  async function list(follow: NasaFollow, most: Most, signal: AbortSignal): Promise<NasaList> {
    if (follow.by === 'collection') return collection(follow.value, most, signal);
    const found: NasaList[] = [];
    for (const mediaType of MEDIA_TYPES)
      found.push(await search(follow.value, mediaType, most, signal));
    return {
      items: newestFirst(found.flatMap(({ items }) => items)),
      count: found.reduce((sum, { count }) => sum + count, 0),
      isWhole: found.every(({ isWhole }) => isWhole),
    };
  }

  /** Addresses of an asset's files as they are sent. @throws as `NasaClient.get` */
  async function manifest(
    nasaId: string,
    signal: AbortSignal,
  ): Promise<readonly string[] | 'gone' | 'refused' | 'misfit'> {
    const answer = await client.get(`${api}/asset/${encodeURIComponent(nasaId)}`, signal);
    if (answer.kind === 'refused') return isGone(answer) ? 'gone' : 'refused';
    return (answer.kind === 'json' && readManifest(answer.value)) || 'misfit';
  }

  /** Where the metadata of an asset are, if its list of files doesn't say. */
  async function metadataAddress(nasaId: string, signal: AbortSignal): Promise<string | null> {
    const answer = await client.get(`${api}/metadata/${encodeURIComponent(nasaId)}`, signal);
    const read = located.safeParse(answer.kind === 'json' ? answer.value : null).data;
    return read ? nasaAddress(read.location, nasaId, api) : null;
  }

  /** What ExifTool has read of the original; null where it isn't to be had, which hides nothing else. */
  async function metadata(
    { id }: NasaItem,
    hrefs: readonly string[],
    signal: AbortSignal,
  ): Promise<unknown> {
    try {
      const url = filesOf(hrefs, id, api).metadata ?? (await metadataAddress(id, signal));
      const answer = url === null ? null : await client.get(url, signal);
      return answer?.kind === 'json' ? answer.value : null;
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.code === 'feed-invalid') return null;
      throw thrown;
    }
  }

  /** All that NASA says of an item. @throws as `NasaClient.get` */
  async function ask(item: NasaItem, signal: AbortSignal): Promise<NasaAsked> {
    const hrefs = await manifest(item.id, signal);
    if (typeof hrefs === 'string') return hrefs;
    const read = await metadata(item, hrefs, signal);
    const context = { source, api, nowMs: nowMs(), language: language() };
    return mapNasa(item, hrefs, read, context) ?? 'misfit';
  }

  return { list, manifest, ask };
}

/** Of each collection, and of each search and media type. */
export const MOST_SYNCED: Most = { items: 2000, pages: MAX_PAGES + 1 };
export const MOST_PROBED: Most = { items: PAGE_SIZE, pages: 20 };
