import type { AssetDetail } from '../../catalogue/asset.ts';
import type { CatalogueStore } from '../../catalogue/ports.ts';
import type { AcceptedTerms } from '../../adapters/sources/rights-sheet.ts';
import type { PublisherFacts } from '../../adapters/sources/publisher.ts';
import type { SourceInput, SourceKind, SourceProbe } from '../../../shared/contract/sources.ts';
import type { SourceId } from '../../../shared/model/source.ts';
import type { Clock } from '../../../shared/clock.ts';
import type { OpenSource, ReadSource, Secret, SourceOpener } from '../sources.ts';

/** What the sources of all kinds are opened with. */
export type KindOptions = {
  version: string;
  clock: Clock;
  /** Of texts that this program writes itself. */
  language(): 'en' | 'fr';
  /** Pause between two checks that the user wishes, ms. */
  pauseMs(): number;
  /** Null if nothing is kept, and nothing is going to be downloaded. */
  library: Pick<CatalogueStore, 'detail' | 'rights' | 'mark' | 'held'> | null;
  /** Assets of which there are downloads. */
  downloaded(): ReadonlySet<string>;
  /** @throws `terms-not-accepted` */
  acceptedOf(id: SourceId): AcceptedTerms | null;
};

/** How sources of one kind are read, opened and looked at: see `SourceOpener`. */
export type OpenedKind<K extends SourceKind> = {
  read(input: Extract<SourceInput, { kind: K }>, secret: string | null): ReadSource;
  open(added: Parameters<SourceOpener['open']>[0], secret: Secret): OpenSource;
  probe(source: ReadSource, signal: AbortSignal): Promise<Omit<SourceProbe, 'isAdded'>>;
  close(): void;
};

/** At least so long as the user wishes, as the source allows, and as it asks for by now, ms. */
export const pauseOf = (
  { pauseMs }: KindOptions,
  { capabilities }: Pick<OpenSource, 'capabilities'>,
  facts: Pick<PublisherFacts, 'restMs'> | null,
): number => Math.max(pauseMs(), capabilities.minPollSeconds * 1000, facts?.restMs ?? 0);

const SHOWN_ITEMS = 10;
/** What is offered, of its newest assets. */
export function offerOf(
  assets: readonly AssetDetail[],
): Pick<SourceProbe, 'changedAt' | 'items' | 'integrity' | 'rights'> {
  const files = assets.filter(({ integrity }) => integrity !== 'none');
  const dates = assets.filter(({ isDateStated }) => isDateStated);
  return {
    changedAt: dates.reduce<number | null>(
      (newest, { updatedAt }) => Math.max(newest ?? 0, Date.parse(updatedAt)),
      null,
    ),
    items: assets.slice(0, SHOWN_ITEMS).map((asset) => ({
      id: asset.id,
      headline: asset.headline,
      publishedAt: asset.isDateStated ? Date.parse(asset.publishedAt) : null,
      location: asset.location ?? '',
      durationMs: asset.durationMs,
      files: asset.renditions.map(({ name }) => name),
      hasCaptions: asset.hasCaptions,
    })),
    integrity:
      files.length === 0
        ? 'none'
        : files.some(({ integrity }) => integrity === 'published')
          ? 'published'
          : 'recorded',
    rights: assets.some(({ rights }) => rights === 'stated')
      ? 'stated'
      : assets.some(({ rights }) => rights === 'general')
        ? 'general'
        : 'unknown',
  };
}
