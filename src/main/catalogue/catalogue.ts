import type * as z from 'zod';
import type { assetDetail } from '../../shared/contract/catalogue.ts';
import { AppError } from '../../shared/errors.ts';
import {
  evaluateRights,
  forUse,
  isUnavailable,
  rightsBadges,
  RIGHTS_BADGES,
  unavailableBecause,
} from '../../shared/api/rights.ts';
import { filterTerm } from '../../shared/api/query/edit.ts';
import { withSourceIds } from '../../shared/api/query/edit.ts';
import { parseQuery, type Clause } from '../../shared/api/query/parse.ts';
import { foldText } from '../../shared/api/text.ts';
import { factsOf, questionOf, type RightsViewer } from './rights.ts';
import type { SourceId } from '../../shared/model/source.ts';
import { isTextFile, packageFiles } from './package-files.ts';
import { packagesWithFacts, type AssetDetail } from './asset.ts';
import type {
  AssetRights,
  AssetRow,
  CatalogueQuery,
  CatalogueSource,
  CatalogueStore,
  FacetCounts,
  ListRange,
  ReadQuery,
  RenditionValues,
} from './ports.ts';

export type AssetView = z.infer<typeof assetDetail>;
type Options = {
  /** The source that has an id; null if it isn't open. */
  sourceFor(id: string): CatalogueSource | null;
  store: CatalogueStore;
  /** Whose rights are shown, now. */
  viewer(): RightsViewer;
  /** Ids of assets with a complete package on this machine. */
  localAssets(): ReadonlySet<string>;
  /** What people call the sources. */
  sourceNames(): readonly { id: SourceId; name: string }[];
  /** Language of the interface, sent to the service as `Accept-Language`. */
  language(): string;
  articlesAbout(assetId: string): Promise<{ id: string; headline: string }[]>;
};

/**
 * The catalogue of all sources: local search, and asset details from their source or from the local
 * copy. Throws `AppError` only.
 */
export class Catalogue {
  readonly #store: CatalogueStore;
  readonly #options: Options;

  constructor(options: Options) {
    this.#store = options.store;
    this.#options = options;
  }

  async search(
    query: CatalogueQuery,
    range: ListRange,
  ): Promise<{ total: number; items: AssetRow[] }> {
    const { total, items } = await this.#store.search(
      this.#read(query),
      range,
      this.#options.viewer(),
    );
    return { total, items: this.#markLocal(items) };
  }

  renditionValues(): Promise<RenditionValues> {
    return this.#store.renditionValues();
  }

  async facets(query: CatalogueQuery): Promise<FacetCounts> {
    const { source = [], ...others } = await this.#store.facets(this.#read(query));
    const names = new Map(this.#options.sourceNames().map(({ id, name }) => [id, name]));
    return {
      source: source.map((one) => ({ ...one, label: names.get(one.value) ?? one.label })),
      ...others,
    };
  }

  ids(query: CatalogueQuery): Promise<string[]> {
    return this.#store.ids(this.#read(query));
  }

  /** The newest hits of a query with their revisions. */
  revisions(text: string): Promise<{ id: string; rev: number }[]> {
    return this.#store.revisions(this.#read({ text, sort: 'newest' }));
  }

  /** @param seenAt ms since 1970; null counts everything as fresh */
  async counts(text: string, seenAt: number | null): Promise<{ total: number; fresh: number }> {
    const query = this.#read({ text, sort: 'newest' });
    const total = await this.#store.count(query, null);
    return { total, fresh: seenAt === null ? total : await this.#store.count(query, seenAt) };
  }

  /** @param spans ms since 1970, without their ends */
  publishedCounts(
    text: string,
    spans: readonly { from: number; below: number }[],
  ): Promise<number[]> {
    const { clauses, sort } = this.#read({ text, sort: 'newest' });
    // Counted without the dates of the query, so that the effect of choosing others is seen.
    const undated = clauses.filter((clause) => {
      const criterion = filterTerm(clause)?.criterion;
      return criterion?.kind !== 'range' || criterion.field !== 'date';
    });
    return Promise.all(
      spans.map(({ from, below }) => {
        const dated: Clause = [
          {
            start: 0,
            end: 0,
            isExcluded: false,
            criterion: { kind: 'range', field: 'date', from, below },
          },
        ];
        return this.#store.count({ sort, clauses: [...undated, dated] }, null);
      }),
    );
  }

  /** A query with the mistyped words put right that finds something; null if none does. */
  async didYouMean(text: string): Promise<string | null> {
    const { clauses } = parseQuery(text, this.#options.viewer().nowMs);
    const terms = clauses
      .flat()
      .flatMap((term) =>
        term.criterion.kind === 'text'
          ? term.criterion.anyOf.flatMap((words) => words.text.match(/[\p{L}\p{N}\p{M}]+/gu) ?? [])
          : [],
      );
    const similar = await this.#store.similarWords([...new Set(terms.map(foldText))]);
    const meant = text.replaceAll(/[\p{L}\p{N}\p{M}]+/gu, (word) =>
      Object.hasOwn(similar, foldText(word)) ? (similar[foldText(word)] ?? word) : word,
    );
    if (meant === text) return null;
    const found = await this.#store.count(this.#read({ text: meant, sort: 'newest' }), null);
    return found > 0 ? meant : null;
  }

  async rows(ids: string[]): Promise<AssetRow[]> {
    return this.#markLocal(await this.#store.rows(ids, this.#options.viewer()));
  }

  /**
   * The id of what somebody names by its id or its slug; an id that isn't in the catalogue is
   * returned as it is.
   *
   * @throws `usage` for a slug that several assets have
   */
  async idNamed(name: string): Promise<string> {
    const [known] = await this.#store.rows([name], this.#options.viewer());
    if (known) return name;
    const [id = name, ...others] = await this.#store.idsOfSlug(name);
    if (others.length > 0)
      throw new AppError(
        'usage',
        `Several assets are called ${name}. Use an ID: ${[id, ...others].join(', ')}`,
      );
    return id;
  }

  rights(ids: string[]): Promise<AssetRights[]> {
    return this.#store.rights(ids, this.#options.viewer());
  }

  /**
   * The rights to one asset. For an asset not synced yet the service is asked.
   *
   * @throws what `detail` throws
   */
  async rightsTo(id: string, source: SourceId): Promise<Pick<AssetRights, 'slug' | 'verdict'>> {
    const [known] = await this.rights([id]);
    if (known) return known;
    const detail = await this.detail(id);
    const question = questionOf(this.#options.viewer(), source);
    return { slug: detail.slug, verdict: evaluateRights(factsOf(detail), question) };
  }

  /** @throws `not-found`; `offline` or `service-unreachable` if there is no local copy either */
  async asset(id: string): Promise<AssetView> {
    const [row] = await this.rows([id]);
    if (!row) throw new AppError('not-found', 'No such asset in the catalogue');
    return this.#view(row, await this.detail(id));
  }

  /** Fetches the detail and stores it; falls back to the stored copy if the source fails. */
  async detail(id: string): Promise<AssetDetail> {
    try {
      const source = this.#options.sourceFor(id);
      if (!source) throw new AppError('offline', 'The source of this asset isn’t open');
      const detail = await source.detail(id);
      if (!detail) throw new AppError('offline', 'The list has all that there is about this asset');
      if (detail.id !== id)
        throw new AppError(
          'service-error',
          `The source answered with ${detail.id} instead of ${id}`,
        );
      await this.#store.saveDetail(detail);
      return detail;
    } catch (thrown) {
      const stored =
        thrown instanceof AppError && thrown.code !== 'not-found'
          ? await this.#store.detail(id)
          : null;
      if (!stored) throw thrown;
      return stored;
    }
  }

  /**
   * Fetches what has changed at a source. Can be stopped and repeated at any point: each step is
   * applied together with the mark that covers it.
   *
   * @param onChanged called after each step that has changed assets
   */
  async sync(
    source: CatalogueSource,
    signal: AbortSignal,
    {
      isThorough = false,
      onChanged = () => undefined,
    }: { isThorough?: boolean; onChanged?: () => void } = {},
  ): Promise<void> {
    const { id, capabilities } = source;
    const language = this.#options.language();
    if (capabilities.isLocalised && (await this.#store.language(id)) !== language)
      await this.#store.restart(id, language);
    for await (const step of source.sync(await this.#store.mark(id), signal, isThorough)) {
      await this.#store.apply(id, step, this.#options.viewer().nowMs);
      if (step.changes.length > 0 || step.articles !== undefined) onChanged();
    }
  }

  #read({ text, sort }: CatalogueQuery): ReadQuery {
    const { clauses } = parseQuery(text, this.#options.viewer().nowMs);
    return { sort, clauses: withSourceIds(clauses, this.#options.sourceNames()) };
  }

  #markLocal(rows: AssetRow[]): AssetRow[] {
    const local = this.#options.localAssets();
    return rows.map((row) =>
      local.has(row.id) ? { ...row, badges: withLocalBadge(row.badges) } : row,
    );
  }

  async #view(row: AssetRow, detail: AssetDetail): Promise<AssetView> {
    // The detail may be newer than the last synced row.
    const verdict =
      detail.rev > row.rev
        ? evaluateRights(factsOf(detail), questionOf(this.#options.viewer(), row.source))
        : row.verdict;
    const badges =
      verdict === row.verdict
        ? row.badges
        : [
            ...rightsBadges(verdict),
            ...row.badges.filter((badge) => !RIGHTS_BADGES.some((one) => one === badge)),
          ];
    return {
      ...row,
      ...(verdict === row.verdict ? {} : { restrictions: detail.restrictions, ...timesOf(detail) }),
      verdict,
      badges,
      descriptionText: detail.descriptionText,
      dateline: detail.dateline,
      credits: detail.credits,
      madeBy: detail.source,
      usageTerms: detail.usageTerms,
      copyrightNotice: detail.copyrightNotice,
      pubStatus: detail.pubStatus,
      statusNote: detail.statusNote,
      scriptHtml: detail.script?.html ?? '',
      scriptText: detail.script?.text ?? '',
      shotlist: detail.shotlist,
      soundbites: detail.soundbites,
      captions: detail.captions,
      renditions: detail.renditions,
      sourceUrl: detail.sourceUrl,
      identifiers: detail.subjects.flatMap(({ scheme, code }) =>
        Object.hasOwn(IDENTIFIERS, scheme)
          ? { name: IDENTIFIERS[scheme] ?? scheme, value: code }
          : [],
      ),
      packageContents:
        unavailableBecause(verdict) !== null
          ? []
          : packagesWithFacts(detail).map((one) => contentsOf(detail, one)),
      history: detail.history.map(({ rev, at, note }) => ({ rev, at: Date.parse(at), note })),
      relatedAssets: await this.rows(detail.relatedAssetIds),
      relatedArticles: await this.#options.articlesAbout(row.id),
      hasPreview:
        detail.preview !== null &&
        forUse(verdict, { use: 'play', profile: this.#options.viewer().profile }).decision !==
          'forbid',
      timecodeStart: detail.timecodeStart ?? '00:00:00:00',
      frameRate: detail.frameRate ?? '25/1',
    };
  }
}

/** A package with its files; those that are written here are counted with the others. */
function contentsOf(
  detail: AssetDetail,
  one: ReturnType<typeof packagesWithFacts>[number],
): AssetView['packageContents'][number] {
  const { id: packageId, ...contents } = one;
  const components = packageFiles(detail, one).map((file) => ({
    ...file,
    isText: isTextFile(file),
  }));
  return { packageId, ...contents, fileCount: components.length, components };
}

const timesOf = (detail: AssetDetail): Pick<AssetRow, 'embargoUntil' | 'expiresAt'> => {
  const { embargoUntil, expiresAt } = factsOf(detail);
  return { embargoUntil, expiresAt };
};

/** Schemes of subjects that name one asset: what they are called. */
const IDENTIFIERS: Record<string, string> = { virin: 'VIRIN', 'NASA ID': 'NASA ID' };

/** Cards show two badges, so `here` comes right after an `unavailable` badge. */
function withLocalBadge(badges: AssetRow['badges']): AssetRow['badges'] {
  const at = badges.some(isUnavailable) ? 1 : badges.length;
  return badges.toSpliced(at, 0, 'here');
}
