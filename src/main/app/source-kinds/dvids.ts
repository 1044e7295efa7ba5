import { createApiClient } from '../../adapters/sources/api-client.ts';
import {
  createDvidsSource,
  DVIDS_API,
  DVIDS_INTERVAL_MS,
  probeDvids,
  searchUnits,
} from '../../adapters/sources/dvids.ts';
import type { DvidsFollow } from '../../adapters/sources/dvids-client.ts';
import { createPublisherMedia } from '../../adapters/sources/media-client.ts';
import { ofPublisher } from '../../adapters/sources/packages.ts';
import { sourceIdOf } from '../../adapters/sources/publisher.ts';
import type { SourceFollow } from '../../../shared/contract/sources.ts';
import { AppError } from '../../../shared/errors.ts';
import type { ReadSource, SourceOpener } from '../sources.ts';
import {
  heldBy,
  interfaceAt,
  offerOf,
  openPublisher,
  type KindOptions,
  type OpenedKind,
} from './kind.ts';

/** Of machines without a keychain. */
const KEY_VARIABLE = 'MULTIMEDIA_DESK_DVIDS_KEY';
/** An empty one is as none. */
const variableKey = (): string | null => process.env[KEY_VARIABLE]?.trim() || null;
/** So that it is known again, and nobody can use it. */
const SHOWN_OF_KEY = 4;

const followed = (follows: readonly SourceFollow[]): DvidsFollow[] =>
  follows.flatMap(({ by, value }) => (by === 'unit' || by === 'keyword' ? [{ by, value }] : []));

/** Of a source that isn't added yet. */
const ownKey =
  ({ secret }: ReadSource) =>
  async (): Promise<string> =>
    secret ?? '';

/** DVIDS, by the user's own key. One client, which asks at its pace, serves all that is asked. */
export function openDvids(
  options: KindOptions,
): OpenedKind<'dvids'> & Pick<SourceOpener, 'findUnits'> {
  const { version, network, clock, language, downloaded } = options;
  const client = createApiClient(version, { network, clock, intervalMs: DVIDS_INTERVAL_MS });
  const media = createPublisherMedia(version, { network });
  const accessOf = (api: string, key: () => Promise<string>) => ({
    api,
    key,
    origin: null,
    client,
  });
  return {
    read({ key, follows }, secret) {
      const given = key ?? variableKey() ?? secret;
      if (given === null) throw new AppError('key-refused', 'Enter your key first');
      // Of a short one most would be shown, and it would be taken out of ordinary words.
      if (!/^[\w-]{8,}$/u.test(given)) throw new AppError('usage', 'This isn’t a key');
      const address = interfaceAt(options, 'MULTIMEDIA_DESK_DVIDS', DVIDS_API);
      return {
        id: sourceIdOf('dvids', address),
        kind: 'dvids',
        address,
        secret: given,
        keyEnding: given.slice(-SHOWN_OF_KEY),
        follows,
      };
    },
    open: ({ id, address, follows }, secret) =>
      openPublisher(
        options,
        createDvidsSource(id, {
          ...accessOf(address, async () => variableKey() ?? (await secret()) ?? ''),
          follows: followed(follows),
          nowMs: clock.nowMs,
          language,
          held: heldBy(options, id),
          downloaded,
        }),
        { mayLeadTo: ofPublisher(async () => address), media: media.of(address) },
      ),
    async probe(source, signal) {
      const { id, address, follows } = source;
      const found = await probeDvids(id, {
        ...accessOf(address, ownKey(source)),
        follows: followed(follows),
        nowMs: clock.nowMs,
        language,
        signal,
      });
      return {
        kind: 'dvids',
        format: null,
        name: found.name,
        address,
        isKeyed: true,
        count: found.count,
        articles: found.articles,
        ...offerOf(found.assets),
        isResumable: null,
        terms: found.terms,
      };
    },
    findUnits: async (source, text, signal) =>
      (await searchUnits(text, accessOf(source.address, ownKey(source)), signal)).map(
        ({ name, abbreviation }) => ({ name, place: abbreviation }),
      ),
    close() {
      client.close();
      media.close();
    },
  };
}
