import * as z from 'zod';
import type { SourceFollow } from '../../../shared/contract/sources.ts';
import { AppError } from '../../../shared/errors.ts';
import { withoutSecrets } from './addresses.ts';
import type { ApiAnswer, ApiClient } from './api-client.ts';
import { shortened } from './asset-parts.ts';
import { FOOTAGE, readItem, type DvidsItem } from './dvids-map.ts';

/** What of DVIDS somebody wants: all of a unit, or all with a keyword. */
export type DvidsFollow = SourceFollow & { by: 'unit' | 'keyword' };

export type DvidsSearch = {
  follow: DvidsFollow;
  types?: readonly string[];
  sort: 'publishdate' | 'timestamp';
  /** Published from then on, and until then, ms since 1970; null for no limit. */
  from?: number | null;
  to?: number | null;
  /** From 1. */
  page: number;
};
/** A page of a search, of which DVIDS gives no more than `MAX_RESULTS` results. */
export type DvidsPage = {
  total: number;
  /** Number of its results, also of those that can’t be read. */
  size: number;
  items: DvidsItem[];
};
export type DvidsUnit = { id: string; name: string; abbreviation: string; branch: string };

/** Its API by what this program asks. Throws `AppError` only, with the words of the server. */
export type DvidsClient = {
  /**
   * @throws `key-refused`, `origin-refused` if the key belongs to another site, `feed-invalid` for a
   * request or an answer that isn’t understood, and what `ApiClient.get` throws
   */
  search(search: DvidsSearch, signal: AbortSignal): Promise<DvidsPage>;
  /**
   * What it states of an asset. It says so if one is not published any more, or not there; no other
   * refusal says anything of the asset.
   * @throws as `search`
   */
  asset(
    id: string,
    signal: AbortSignal,
  ): Promise<{ kind: 'found'; json: unknown } | { kind: 'unpublished' | 'missing'; words: string }>;
  /** Units by a part of their names, at most 50. @throws as `search` */
  units(text: string, signal: AbortSignal): Promise<DvidsUnit[]>;
  /** An address as DVIDS gave it, with the key that it has to have, if it had one. */
  withKey(address: string): Promise<string>;
};

export const PAGE_RESULTS = 50;
/** A search ends there, whatever it found: what says so many may have found more. */
export const MAX_RESULTS = 1000;
/** A long query was answered with 403 for no stated reason. */
const MAX_VALUE = 200;
const MAX_WORDS = 300;
const KEY = 'api_key';

const count = z.union([z.number(), z.string().regex(/^\d+$/u).transform(Number)]);
const searchAnswer = z.object({
  page_info: z.object({ total_results: count }),
  results: z.array(z.unknown()),
});
const text = z.union([z.string(), z.number().transform(String)]);
const unit = z.object({
  id: text,
  unit_name: z.string(),
  unit_abbrev: text.nullish(),
  branch: text.nullish(),
});
const assetAnswer = z.object({ results: z.record(z.string(), z.unknown()) });

/** Texts in the errors of an answer: a list of them, or lists by the names of parameters. */
function textsIn(errors: unknown, depth = 0): string[] {
  if (typeof errors === 'string') return [errors];
  if (depth > 4 || typeof errors !== 'object' || errors === null) return [];
  return Object.values(errors).flatMap((inner) => textsIn(inner, depth + 1));
}

/** What the server said, without the key that it may have repeated. */
const saidOf = (errors: unknown, secret: string): string =>
  shortened(
    withoutSecrets(
      textsIn(errors)
        .join(' ')
        .replaceAll(secret, '…')
        .replaceAll(encodeURIComponent(secret), '…')
        // Of megabytes of words nothing more is shown.
        .slice(0, 10 * MAX_WORDS)
        .replaceAll(/\s+/gu, ' '),
    ),
    MAX_WORDS,
  );

/** To the second, which is what it is asked in. */
const second = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/u, 'Z');
const nextSecond = (ms: number): string => second(Math.ceil(ms / 1000) * 1000);

export function createDvidsClient(
  api: ApiClient,
  {
    base,
    key,
    origin,
  }: {
    /** Address of the API. */
    base: string;
    /** Asked for with each request: it may be in a keychain that is locked. */
    key(): Promise<string>;
    /** The site that the key was given for, if it is bound to one (RFC 6454). */
    origin: string | null;
  },
): DvidsClient {
  async function ask(
    path: string,
    parameters: readonly (readonly [string, string])[],
    signal: AbortSignal,
  ): Promise<ApiAnswer & { words: string | null }> {
    const secret = (await key()).trim();
    if (secret === '') throw new AppError('key-refused', 'DVIDS requires an API key. Enter yours.');
    const url = new URL(`${base.replace(/\/+$/u, '')}${path}`);
    for (const [name, value] of parameters) url.searchParams.append(name, value);
    // Last, and only here: no other address has it.
    url.searchParams.append(KEY, secret);
    const answer = await api.get(url.href, signal, {
      headers: origin === null ? {} : { origin },
      hidden: secret,
    });
    const errors: unknown = Object(answer.json).errors;
    const isFailure = answer.status !== 200 || (errors !== undefined && errors !== null);
    return { ...answer, words: isFailure ? saidOf(errors, secret) : null };
  }

  async function read<S extends z.ZodType>(
    schema: S,
    path: string,
    parameters: readonly (readonly [string, string])[],
    signal: AbortSignal,
  ): Promise<z.infer<S>> {
    const { status, json, words } = await ask(path, parameters, signal);
    if (words !== null) throw failure(status, words);
    return fitting(schema, json);
  }

  return {
    async search({ follow, types = FOOTAGE, sort, from = null, to = null, page }, signal) {
      const { page_info: info, results } = await read(
        searchAnswer,
        '/search',
        [
          [
            follow.by === 'unit' ? 'unit_name' : 'keywords[]',
            follow.value.trim().slice(0, MAX_VALUE),
          ],
          ...types.map((type) => ['type[]', type] as const),
          ['sort', sort],
          ['sortdir', 'desc'],
          ['max_results', String(PAGE_RESULTS)],
          ['page', String(page)],
          ...(from === null ? [] : [['from_publishdate', second(from)] as const]),
          ...(to === null ? [] : [['to_publishdate', nextSecond(to)] as const]),
        ],
        signal,
      );
      return {
        total: info.total_results,
        size: results.length,
        items: results.flatMap((one) => readItem(one) ?? []),
      };
    },
    async asset(id, signal) {
      const { status, json, words } = await ask(
        '/asset',
        [
          ['id', id],
          ['thumb_width', '720'],
        ],
        signal,
      );
      if (words === null) return { kind: 'found', json: fitting(assetAnswer, json).results };
      if (!isAbout(id, words))
        throw new AppError('feed-invalid', `DVIDS answers about another asset: ${words}`);
      if (status === 403 && /\bwas found, but is not published\b/iu.test(words))
        return { kind: 'unpublished', words };
      // Of the asset, and neither of the key nor of the interface.
      if (
        status === 400 &&
        /\bassets?\b.*\bwas not found\b/iu.test(words) &&
        !ABOUT_KEY.test(words)
      )
        return { kind: 'missing', words };
      throw failure(status, words);
    },
    async units(name, signal) {
      const { results } = await read(
        z.object({ results: z.array(z.unknown()) }),
        '/unit/search',
        [
          ['unit_name', name.trim().slice(0, MAX_VALUE)],
          ['max_results', String(PAGE_RESULTS)],
        ],
        signal,
      );
      return results.flatMap((one) => {
        const { data } = unit.safeParse(one);
        return data
          ? {
              id: data.id,
              name: data.unit_name,
              abbreviation: data.unit_abbrev ?? '',
              branch: data.branch ?? '',
            }
          : [];
      });
    },
    async withKey(address) {
      const url = new URL(address);
      if (url.searchParams.has(KEY)) url.searchParams.set(KEY, (await key()).trim());
      return url.href;
    },
  };
}

const ABOUT_KEY = /\b(?:api[_ -]?key|key|unauthori[sz]ed|origin|account)\b/iu;
/** False for words that name other assets. */
const isAbout = (id: string, words: string): boolean =>
  [...words.matchAll(/\b[a-z]+:\d+\b/giu)].every(([named]) => named.toLowerCase() === id);
const ABOUT_ORIGIN = /\b(?:origin|refer+er|domain)\b/iu;

/** What an answer with errors says. Some of a refused key come with the status 200. */
function failure(status: number, words: string): AppError {
  const said = words === '' ? `status ${status}` : words;
  if (status === 401 || status === 403 || ABOUT_KEY.test(words))
    return ABOUT_ORIGIN.test(words)
      ? new AppError('origin-refused', `DVIDS refuses the key from here: ${said}`)
      : new AppError('key-refused', `DVIDS refuses the key: ${said}`);
  if (status === 200 || status === 400)
    return new AppError('feed-invalid', `DVIDS doesn’t understand the request: ${said}`);
  return new AppError('origin-error', `DVIDS answers: ${said}`);
}

function fitting<S extends z.ZodType>(schema: S, json: unknown): z.infer<S> {
  const { success, data } = schema.safeParse(json);
  if (!success)
    throw new AppError('feed-invalid', 'DVIDS answers in a form that this version doesn’t know');
  return data;
}
