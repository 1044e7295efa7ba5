import type { AssetDetail } from '../../catalogue/asset.ts';
import type { Network } from '../../adapters/http/network.ts';
import type { CatalogueStore, HeldAsset } from '../../catalogue/ports.ts';
import type { RightsViewer } from '../../catalogue/rights.ts';
import type { AcceptedTerms } from '../../adapters/sources/package-texts.ts';
import { createPackages, type PackageOptions } from '../../adapters/sources/packages.ts';
import type { PublisherFacts, PublisherSource } from '../../adapters/sources/publisher.ts';
import type { SourceInput, SourceKind, SourceProbe } from '../../../shared/contract/sources.ts';
import { AppError } from '../../../shared/errors.ts';
import type { SourceId } from '../../../shared/model/source.ts';
import { isLoopbackHost } from '../../../shared/model/url.ts';
import type { Clock } from '../../../shared/clock.ts';
import type { OpenSource, ReadSource, SourceOpener } from '../sources.ts';

/** What the sources of all kinds are opened with. */
export type KindOptions = {
  version: string;
  network: Network;
  /** An administrator decides here which sources may be used. */
  isManaged: boolean;
  clock: Clock;
  /** Of texts that this program writes itself. */
  language(): 'en' | 'fr';
  /** Pause between two checks that the user wishes, ms. */
  pauseMs(): number;
  /** Null if nothing is kept, and nothing is going to be downloaded. */
  library: Pick<CatalogueStore, 'detail' | 'rights' | 'mark' | 'held'> | null;
  /** Whose rights count, now. */
  viewer(): RightsViewer;
  /** Assets of which there are downloads. */
  downloaded(): ReadonlySet<string>;
  /** @throws `terms-not-accepted` */
  acceptedOf(id: SourceId): AcceptedTerms | null;
};

/** How sources of one kind are read, opened and looked at: see `SourceOpener`. */
export type OpenedKind<K extends SourceKind> = {
  read(input: Extract<SourceInput, { kind: K }>, secret: string | null): ReadSource;
  open(...given: Parameters<SourceOpener['open']>): OpenSource;
  probe(source: ReadSource, signal: AbortSignal): Promise<Omit<SourceProbe, 'isAdded'>>;
  close(): void;
};

/**
 * Address of a publisher's interface without a slash at its end.
 *
 * @param name of the environment variable that names another one, such as a double in tests. It
 *   doesn't count under a policy, which allows a publisher and not what anybody calls so.
 * @throws `https-required` for plain http to another computer
 */
export function interfaceAt(
  { isManaged }: Pick<KindOptions, 'isManaged'>,
  name: string,
  usual: string,
): string {
  const given = (isManaged ? undefined : process.env[name]) ?? usual;
  const url = URL.parse(given);
  if (!url || (url.protocol !== 'https:' && !isLoopbackHost(url.hostname)))
    throw new AppError('https-required', `${name} must be an address that starts with https://`);
  return url.href.replace(/\/$/u, '');
}

/** What the library has of a source; nothing where nothing is kept. */
export const heldBy =
  ({ library }: KindOptions, id: SourceId) =>
  async (): Promise<HeldAsset[]> =>
    (await library?.held(id)) ?? [];

/** Opens a source whose packages are made here. */
export function openPublisher(
  options: KindOptions,
  source: PublisherSource,
  {
    mayLeadTo,
    media,
    ...more
  }: Pick<PackageOptions, 'mayLeadTo'> & Pick<OpenSource, 'media' | 'watch' | 'locate'>,
): OpenSource {
  const { id, owns, capabilities, sync, detail, files } = source;
  const { library, viewer, acceptedOf } = options;
  return {
    id,
    owns,
    capabilities,
    sync,
    detail,
    packages:
      library &&
      createPackages({
        source: id,
        files,
        asksFirst: true,
        mayLeadTo,
        library,
        viewer,
        accepted: () => acceptedOf(id),
      }),
    media,
    articles: null,
    get facts() {
      return source.facts;
    },
    get pauseMs() {
      return pauseOf(options, source, source.facts);
    },
    ...more,
  };
}

/** At least so long as the user wishes, as the source allows, and as it asks for by now, ms. */
export const pauseOf = (
  { pauseMs }: KindOptions,
  { capabilities }: Pick<OpenSource, 'capabilities'>,
  facts: Pick<PublisherFacts, 'restMs'> | null,
): number => Math.max(pauseMs(), capabilities.minPollSeconds * 1000, facts?.restMs ?? 0);

export const SHOWN_ITEMS = 10;
/** What is offered, of its newest assets. */
export function offerOf(
  assets: readonly AssetDetail[],
): Pick<SourceProbe, 'changedAt' | 'items' | 'news' | 'integrity' | 'rights'> {
  const files = assets.filter(({ integrity }) => integrity !== 'none');
  const dates = assets.filter(({ isDateStated }) => isDateStated);
  return {
    news: [],
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
