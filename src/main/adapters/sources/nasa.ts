import * as z from 'zod';
import type { AssetChange, AssetDetail } from '../../catalogue/asset.ts';
import type { Capabilities, HeldAsset, SyncStep } from '../../catalogue/ports.ts';
import { AppError, stopReason } from '../../../shared/errors.ts';
import type { SourceId } from '../../../shared/model/source.ts';
import { digestOf } from './asset-parts.ts';
import type { NasaClient } from './nasa-client.ts';
import {
  createNasaLibrary,
  MOST_PROBED,
  MOST_SYNCED,
  type NasaAsked,
  type NasaFollow,
} from './nasa-list.ts';
import {
  hasFiles,
  nasaAddress,
  nasaAssetId,
  nasaFiles,
  nasaIdOf,
  readManifest,
  saysTheSame,
  type NasaItem,
} from './nasa-map.ts';
import { nasaTerms } from './nasa-terms.ts';
import { readMark, type PublisherFacts, type PublisherSource } from './publisher.ts';

const CAPABILITIES: Capabilities = {
  accounts: 'none',
  integrity: 'recorded',
  sizes: 'none',
  changes: 'list',
  withdrawals: 'checked',
  restrictions: 'none',
  isLocalised: false,
  minPollSeconds: 3600,
};

export const NASA_API = 'https://images-api.nasa.gov';

/** Short, as it stands on each picture; the Image and Video Library is the only one there is. */
const NAME = 'NASA';
const DAY_MS = 24 * 3_600_000;
/** Within so many days each asset that is here is looked at once. */
const ROUND_DAYS = 7;
/** Assets that are stored at once: each takes two or three requests, and the first are waited for. */
const STEP = 10;
/** Changes that take no request. */
const LONG_STEP = 500;
/** Assets that are no longer listed and asked for at once whether they are withdrawn. */
const MAX_CLOSE = 100;
/** Failures of single assets in a row, after which it is the library that fails. */
const MAX_FAILURES = 3;
/** Of this many assets a fifth that aren't understood are another format. */
const MIN_JUDGED = 5;
const MAX_MISFITS = 0.2;
const SHOWN = 10;

/** What is remembered from one sync to the next, beside what the library holds. */
const markSchema = z.object({
  /** The last day, counted from 1970, of which all that was due was looked at. */
  day: z.int(),
  /** How far the looks of one day have come. */
  looked: z.object({ day: z.int(), upTo: z.string() }).nullable(),
  /** When NASA first didn't know an asset any more, ms since 1970. By the digits of its id. */
  gone: z.record(z.string(), z.number()),
  /** Of lists of files, by the same. */
  etags: z.record(z.string(), z.string()),
});
type Mark = z.infer<typeof markSchema>;

const dayOf = (ms: number): number => Math.floor(ms / DAY_MS);
/** The part of an asset's id that is its own. */
const keyOf = (id: string): string => id.slice(id.lastIndexOf('/') + 1);

/** True if the day on which an asset is looked at is among so many up to today. */
function isTurn(key: string, today: number, days: number): boolean {
  const turn = Number.parseInt(key.slice(0, 8), 16) % ROUND_DAYS;
  return (today - turn) % ROUND_DAYS < days;
}

/** A single answer that doesn't come, or comes by half, says nothing of the next. */
const isPassing = (thrown: unknown): boolean =>
  thrown instanceof AppError &&
  ['origin-error', 'timeout', 'short-body', 'stalled', 'feed-invalid'].includes(thrown.code) &&
  thrown.detail.retryAfterMs === undefined;

type Options = {
  /** Address of the API, without a slash at its end. */
  api: string;
  follows: readonly NasaFollow[];
  client: Pick<NasaClient, 'get'>;
  nowMs(): number;
  /** Of the texts that are this program's. */
  language(): 'en' | 'fr';
};
type Held = {
  /** What the library has of this source. */
  held(): Promise<readonly HeldAsset[]>;
  detail(assetId: string): Promise<AssetDetail | null>;
  /** Assets with a complete package on this computer, which are looked at daily. */
  downloaded(): ReadonlySet<string>;
};

const factsIn = (language: 'en' | 'fr'): PublisherFacts => ({
  name: NAME,
  terms: nasaTerms(language),
  movedTo: null,
  restMs: DAY_MS,
});

/**
 * NASA's library as a source: of it what is followed. NASA tells of no change, so its lists are
 * compared with what is here.
 */
export function createNasaSource(
  id: SourceId,
  { api, follows, client, nowMs, language, held, detail, downloaded }: Options & Held,
): PublisherSource {
  const library = createNasaLibrary({ source: id, api, client, nowMs, language });
  let hasRead = false;

  /** New, listed again, or described in other words than before. */
  async function isDue(item: NasaItem, known: HeldAsset | undefined): Promise<boolean> {
    if (!known || known.isUnlisted || known.isWithdrawn) return true;
    const stored = await detail(known.id);
    return stored !== null && !saysTheSame(item, stored);
  }

  async function* sync(given: string | null, signal: AbortSignal): AsyncIterable<SyncStep> {
    if (signal.aborted) throw stopReason(signal);
    const today = dayOf(nowMs());
    const mark = readMark(markSchema, given) ?? { day: today, looked: null, gone: {}, etags: {} };
    // Of a clock that was ahead.
    mark.day = Math.min(mark.day, today);
    const step = (changes: AssetChange[]): SyncStep => ({
      changes,
      mark: JSON.stringify(mark),
      list: null,
    });
    const known = new Map((await held()).map((one) => [one.id, one]));
    const listed = new Map<string, NasaItem>();
    const asked = new Set<string>();
    let [failures, judged, misfits] = [0, 0, 0];

    /** What is to be stored of an answer. @throws `feed-invalid` if too many can't be understood */
    function changesOf(assetId: string, answer: NasaAsked): AssetChange[] {
      const key = keyOf(assetId);
      judged++;
      if (answer === 'misfit') misfits++;
      if (judged >= MIN_JUDGED && misfits > judged * MAX_MISFITS)
        throw new AppError(
          'feed-invalid',
          `NASA’s format has changed: ${misfits} of ${judged} assets can’t be read`,
        );
      if (answer === 'misfit' || answer === 'refused') return [];
      if (answer !== 'gone') {
        delete mark.gone[key];
        return [answer];
      }
      if (!known.has(assetId)) return [];
      const since = (mark.gone[key] ??= nowMs());
      // Once may be a slip of the library's.
      if (nowMs() - since < DAY_MS) return [];
      delete mark.gone[key];
      delete mark.etags[key];
      return [{ op: 'withdraw', id: assetId, stamp: digestOf('withdrawn', 32) }];
    }
    /** One that fails is asked for again with the next sync. */
    async function unlessFailing<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
      try {
        const result = await work();
        failures = 0;
        return result;
      } catch (thrown) {
        if (!isPassing(thrown) || ++failures >= MAX_FAILURES) throw thrown;
        return otherwise;
      }
    }

    let hasAll = follows.length > 0;
    let missing: AppError | null = null;
    for (const follow of follows) {
      let items: NasaItem[] = [];
      try {
        const list = await library.list(follow, MOST_SYNCED, signal);
        ({ items } = list);
        // An empty list is a fault of the library's more often than the truth.
        hasAll &&= list.isWhole && items.length > 0;
        hasRead = true;
      } catch (thrown) {
        if (!(thrown instanceof AppError) || thrown.code !== 'not-found') throw thrown;
        // Other lists are there all the same, and a day later is soon enough for this one.
        missing ??= new AppError('not-found', `${follow.value}: ${thrown.message}`, {
          retryAfterMs: DAY_MS,
        });
        hasAll = false;
      }
      const due: [string, NasaItem][] = [];
      for (const item of items) {
        if (signal.aborted) throw stopReason(signal);
        const assetId = nasaAssetId(id, item.id);
        if (listed.has(assetId)) continue;
        listed.set(assetId, item);
        if (await isDue(item, known.get(assetId))) due.push([assetId, item]);
      }
      for (let at = 0; at < due.length; at += STEP) {
        const changes: AssetChange[] = [];
        for (const [assetId, item] of due.slice(at, at + STEP)) {
          const answer = await unlessFailing(() => library.ask(item, signal), 'refused');
          changes.push(...changesOf(assetId, answer));
          asked.add(assetId);
        }
        yield step(changes);
      }
    }

    const here = [...known.values()].filter(({ isWithdrawn }) => !isWithdrawn);
    const lookAt = async (assetId: string): Promise<AssetChange[]> => {
      asked.add(assetId);
      const item = listed.get(assetId) ?? null;
      const answer = await unlessFailing(() => look(assetId, item, mark, signal), 'refused');
      if (answer !== 'alive') return changesOf(assetId, answer);
      delete mark.gone[keyOf(assetId)];
      return [];
    };

    const lost = hasAll ? here.filter((one) => !one.isUnlisted && !listed.has(one.id)) : [];
    // Of many it is what is followed that has changed.
    const isClose = lost.length <= MAX_CLOSE;
    const atOnce = isClose ? STEP : LONG_STEP;
    for (let at = 0; at < lost.length; at += atOnce) {
      const changes: AssetChange[] = [];
      for (const { id: assetId } of lost.slice(at, at + atOnce)) {
        changes.push({ op: 'unlist', id: assetId });
        if (isClose) changes.push(...(await lookAt(assetId)));
      }
      yield step(changes);
    }

    const days = Math.min(today - mark.day, ROUND_DAYS);
    const daily = days > 0 ? downloaded() : new Set<string>();
    const looks = here
      .map((one) => one.id)
      .filter((assetId) => {
        const key = keyOf(assetId);
        const goneSince = mark.gone[key];
        if (asked.has(assetId)) return false;
        if (mark.looked?.day === today && key <= mark.looked.upTo) return false;
        if (goneSince !== undefined) return nowMs() - goneSince >= DAY_MS;
        return daily.has(assetId) || isTurn(key, today, days);
      })
      .toSorted();
    for (let at = 0; at < looks.length; at += STEP) {
      const some = looks.slice(at, at + STEP);
      const changes: AssetChange[] = [];
      for (const assetId of some) changes.push(...(await lookAt(assetId)));
      mark.looked = { day: today, upTo: keyOf(some.at(-1) ?? '') };
      yield step(changes);
    }

    mark.day = today;
    mark.looked = null;
    const isHere = new Set([...known.keys(), ...listed.keys()].map(keyOf));
    mark.gone = only(mark.gone, isHere);
    mark.etags = only(mark.etags, isHere);
    yield step([]);
    if (missing !== null) throw missing;
  }

  /**
   * Whether an asset that is here is still there as it was: by its list of files if it is listed,
   * else by asking for it.
   */
  async function look(
    assetId: string,
    item: NasaItem | null,
    { etags }: Mark,
    signal: AbortSignal,
  ): Promise<NasaAsked | 'alive'> {
    const key = keyOf(assetId);
    const stored = await detail(assetId);
    const url = item?.collection ? nasaAddress(item.collection, item.id, api) : null;
    if (item !== null && url !== null) {
      const answer = await client.get(url, signal, etags[key]);
      if (answer.kind === 'unchanged') return 'alive';
      const hrefs = answer.kind === 'json' ? readManifest(answer.value) : null;
      if (answer.kind === 'json' && hrefs !== null && stored !== null) {
        const isSame = hasFiles(stored, item, hrefs, api);
        // Of a list that isn't stored yet the tag would hide the change.
        if (isSame && answer.etag !== null) etags[key] = answer.etag;
        else delete etags[key];
        return isSame ? 'alive' : library.ask(item, signal);
      }
    }
    const nasaId = item?.id ?? (stored && nasaIdOf(stored));
    // It is known by its digest alone, and comes back when it is listed.
    if (nasaId === null) return 'refused';
    const hrefs = await library.manifest(nasaId, signal);
    return typeof hrefs === 'string' ? hrefs : 'alive';
  }

  return {
    id,
    owns: (assetId) => assetId.startsWith(`${id}/`),
    capabilities: CAPABILITIES,
    sync,
    detail: async () => null,
    async files(assetId) {
      const stored = await detail(assetId);
      const nasaId = stored && nasaIdOf(stored);
      if (nasaId === null) return null;
      const hrefs = await library.manifest(nasaId, new AbortController().signal);
      if (hrefs === 'gone') return null;
      if (hrefs === 'refused')
        throw new AppError('origin-refused', 'NASA’s library doesn’t give the list of its files');
      if (hrefs === 'misfit')
        throw new AppError('feed-invalid', 'NASA’s library answers in another format');
      return nasaFiles(hrefs, nasaId, api);
    },
    get facts() {
      return hasRead ? factsIn(language()) : null;
    },
  };
}

const only = <T>(all: Record<string, T>, keys: ReadonlySet<string>): Record<string, T> =>
  Object.fromEntries(Object.entries(all).filter(([key]) => keys.has(key)));

export type NasaProbe = PublisherFacts & {
  source: SourceId;
  /** Items with film or sound, of all that is followed. */
  count: number;
  /** The newest ten, newest first. */
  assets: AssetDetail[];
};

/**
 * Looks at what would be followed, without keeping anything of it.
 *
 * @throws `not-found` for a collection that isn't there, and what `NasaClient.get` throws
 */
export async function probeNasa(
  source: SourceId,
  { follows, signal, ...options }: Options & { signal: AbortSignal },
): Promise<NasaProbe> {
  const library = createNasaLibrary({ source, ...options });
  const newest = new Map<string, NasaItem>();
  let count = 0;
  for (const follow of follows) {
    const list = await library.list(follow, MOST_PROBED, signal);
    count += list.count;
    for (const item of list.items.slice(0, SHOWN)) newest.set(item.id, item);
  }
  const assets: AssetDetail[] = [];
  const items = [...newest.values()].toSorted((a, b) => (b.createdMs ?? 0) - (a.createdMs ?? 0));
  for (const item of items.slice(0, SHOWN)) {
    const answer = await library.ask(item, signal).catch((thrown: unknown) => {
      if (isPassing(thrown)) return 'refused';
      throw thrown;
    });
    if (typeof answer !== 'string' && answer.op === 'upsert' && answer.detail)
      assets.push(answer.detail);
  }
  return { ...factsIn(options.language()), source, count, assets };
}
