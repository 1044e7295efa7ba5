import { createPublisherMedia } from '../../adapters/sources/media-client.ts';
import { ofPublisher } from '../../adapters/sources/packages.ts';
import { createNasaClient } from '../../adapters/sources/nasa-client.ts';
import type { NasaFollow } from '../../adapters/sources/nasa-list.ts';
import { createNasaSource, NASA_API, probeNasa } from '../../adapters/sources/nasa.ts';
import { sourceIdOf } from '../../adapters/sources/publisher.ts';
import type { SourceFollow } from '../../../shared/contract/sources.ts';
import {
  heldBy,
  interfaceAt,
  offerOf,
  openPublisher,
  type KindOptions,
  type OpenedKind,
} from './kind.ts';

const followed = (follows: readonly SourceFollow[]): NasaFollow[] =>
  follows.flatMap(({ by, value }) =>
    by === 'collection' || by === 'search' ? [{ by, value }] : [],
  );

/** The NASA Image and Video Library. */
export function openNasa(options: KindOptions): OpenedKind<'nasa'> {
  const { version, network, clock, language, library, downloaded } = options;
  const client = createNasaClient(version, { network, clock });
  const media = createPublisherMedia(version, { network });
  const { nowMs } = clock;
  return {
    read({ follows }) {
      const address = interfaceAt(options, 'MULTIMEDIA_DESK_NASA', NASA_API);
      return {
        id: sourceIdOf('nasa', address),
        kind: 'nasa',
        address,
        secret: null,
        keyEnding: null,
        follows,
      };
    },
    open: ({ id, address, follows }) =>
      openPublisher(
        options,
        createNasaSource(id, {
          api: address,
          follows: followed(follows),
          client,
          nowMs,
          language,
          held: heldBy(options, id),
          detail: async (assetId) => library?.detail(assetId) ?? null,
          downloaded,
        }),
        { mayLeadTo: ofPublisher(async () => address), media: media.of(address) },
      ),
    async probe({ id, address, follows }, signal) {
      const found = await probeNasa(id, {
        api: address,
        follows: followed(follows),
        client,
        nowMs,
        language,
        signal,
      });
      return {
        kind: 'nasa',
        format: null,
        name: found.name,
        address,
        isKeyed: false,
        count: found.count,
        articles: 0,
        ...offerOf(found.assets),
        isResumable: null,
        terms: found.terms,
      };
    },
    close() {
      client.close();
      media.close();
    },
  };
}
