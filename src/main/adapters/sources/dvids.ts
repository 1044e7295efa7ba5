import type { AssetDetail } from '../../catalogue/asset.ts';
import type { Capabilities, HeldAsset } from '../../catalogue/ports.ts';
import { AppError } from '../../../shared/errors.ts';
import type { SourceId } from '../../../shared/model/source.ts';
import type { ApiClient } from './api-client.ts';
import type { PublishedFile } from './asset-parts.ts';
import { createDvidsClient, type DvidsFollow, type DvidsUnit } from './dvids-client.ts';
import { dvidsIdOf, mapAsset, type DvidsItem } from './dvids-map.ts';
import { syncDvids } from './dvids-sync.ts';
import { dvidsTerms } from './dvids-terms.ts';
import type { PublisherFacts, PublisherSource } from './publisher.ts';

export const DVIDS_API = 'https://api.dvidshub.net';
/** It publishes no limit: this is what this program keeps to, of all that it asks. */
export const DVIDS_INTERVAL_MS = 1000;

const CAPABILITIES: Capabilities = {
  accounts: 'key',
  integrity: 'recorded',
  sizes: 'hint',
  changes: 'list',
  withdrawals: 'checked',
  restrictions: 'none',
  isLocalised: false,
  minPollSeconds: 900,
};
/** One a second: whoever adds the source waits for them. */
const PROBED = 5;
/** With more, articles aren’t counted: a look takes a second for each request. */
const MAX_COUNTED = 20;

type Access = {
  /** Address of the API. */
  api: string;
  /** The user’s own key; asked for with each request, as it may be in a keychain that is locked. */
  key(): Promise<string>;
  /** The site that the key was registered for; null if it isn’t bound to one. */
  origin: string | null;
  /** Paced; one for all that is asked of DVIDS. */
  client: ApiClient;
};
export type DvidsOptions = Access & {
  follows: readonly DvidsFollow[];
  nowMs(): number;
  /** Of the terms. */
  language(): 'en' | 'fr';
  held(): Promise<readonly HeldAsset[]>;
  /** Ids of assets that were downloaded: they are asked for again every seven days. */
  downloaded(): ReadonlySet<string>;
};

const clientOf = ({ api, key, origin, client }: Access) =>
  createDvidsClient(client, { base: api, key, origin });

/**
 * What DVIDS, the imagery service of the United States’ forces, publishes of some units or with some
 * keywords, NATO’s among them. It states no restrictions, signs nothing and announces nothing.
 */
export function createDvidsSource(id: SourceId, options: DvidsOptions): PublisherSource {
  const { follows, nowMs, language, held, downloaded } = options;
  const client = clientOf(options);
  let isRead = false;

  async function files(assetId: string): Promise<readonly PublishedFile[] | null> {
    const dvidsId = dvidsIdOf(id, assetId);
    if (dvidsId === null) return null;
    // Each request has a limit of its own, and the turns before it end.
    const answer = await client.asset(dvidsId, new AbortController().signal);
    if (answer.kind !== 'found') {
      if (answer.kind === 'missing') return null;
      throw new AppError('withdrawn', `DVIDS has taken this back: ${answer.words}`, {
        retryable: false,
      });
    }
    const mapped = mapAsset(answer.json, {
      source: id,
      id: dvidsId,
      nowMs: nowMs(),
      language: language(),
    });
    if (!mapped)
      throw new AppError('feed-invalid', 'DVIDS answers in a form that this version doesn’t know');
    return Promise.all(
      mapped.files.map(async (file) => ({ ...file, url: await client.withKey(file.url) })),
    );
  }

  return {
    id,
    owns: (assetId) => assetId.startsWith(`${id}/`),
    capabilities: CAPABILITIES,
    sync: (mark, signal, isThorough = false) =>
      syncDvids(
        mark,
        {
          source: id,
          client,
          follows,
          held,
          downloaded,
          nowMs,
          language,
          onRead: () => (isRead = true),
          isThorough,
        },
        signal,
      ),
    detail: async () => null,
    // Nothing is kept between two downloads: each asks anew.
    files,
    get facts(): PublisherFacts | null {
      if (!isRead) return null;
      return { name: 'DVIDS', terms: dvidsTerms(language()), movedTo: null, restMs: null };
    },
  };
}

export type DvidsProbe = {
  name: string;
  /** Films and sound, of each follow at most 1000: what two of them share counts twice. */
  count: number;
  /** Articles, counted as above. */
  articles: number;
  /** The same by follow: one without any is perhaps spelt in another way. */
  found: { follow: DvidsFollow; count: number; articles: number }[];
  /** The newest five. */
  assets: AssetDetail[];
  terms: ReturnType<typeof dvidsTerms>;
};

/**
 * Looks at what would be followed, without keeping anything of it. The first request says whether
 * the key is accepted; those for the five newest take a second each.
 *
 * @throws what `DvidsClient` throws
 */
export async function probeDvids(
  source: SourceId,
  {
    follows,
    nowMs,
    language,
    signal,
    ...access
  }: Access & Pick<DvidsOptions, 'follows' | 'nowMs' | 'language'> & { signal: AbortSignal },
): Promise<DvidsProbe> {
  const client = clientOf(access);
  const items = new Map<string, DvidsItem>();
  const found: DvidsProbe['found'] = [];
  for (const follow of follows) {
    const search = { follow, sort: 'publishdate', page: 1 } as const;
    const footage = await client.search(search, signal);
    const news =
      follows.length > MAX_COUNTED
        ? null
        : await client.search({ ...search, types: ['news'] }, signal);
    found.push({ follow, count: footage.total, articles: news?.total ?? 0 });
    for (const item of footage.items) items.set(item.id, item);
  }
  const newest = [...items.values()]
    .toSorted((a, b) => b.publishedMs - a.publishedMs)
    .slice(0, PROBED);
  const assets: AssetDetail[] = [];
  for (const { id } of newest) {
    const answer = await client.asset(id, signal);
    const context = { source, id, nowMs: nowMs(), language: language() };
    const mapped = answer.kind === 'found' ? mapAsset(answer.json, context) : null;
    if (mapped?.change.detail) assets.push(mapped.change.detail);
  }
  const sum = (part: 'count' | 'articles') => found.reduce((all, one) => all + one[part], 0);
  return {
    name: 'DVIDS',
    count: sum('count'),
    articles: sum('articles'),
    found,
    assets,
    terms: dvidsTerms(language()),
  };
}

/** Units whose names have this text, so that one can be chosen. @throws what `DvidsClient` throws */
export const searchUnits = (
  text: string,
  access: Access,
  signal: AbortSignal,
): Promise<DvidsUnit[]> => clientOf(access).units(text, signal);
