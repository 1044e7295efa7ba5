import type * as z from 'zod';
import { idsToAcknowledge } from '../../shared/api/rights.ts';
import { isToAcknowledge, type Recall } from '../../shared/model/recall.ts';
import type * as api from '../../shared/desk-api/schemas.ts';
import { confirmableTexts } from '../app/enqueue.ts';
import type { AssetView } from '../catalogue/catalogue.ts';
import type { AssetRow } from '../catalogue/ports.ts';
import type { ArticleView } from '../articles/articles.ts';
import type { ArticleRow } from '../articles/ports.ts';
import type { TransferDetail, TransferRow } from '../transfers/api.ts';

/** RFC 3339, as all times of the API. */
export const timeOf = (ms: number): string => new Date(ms).toISOString();
export const maybeTime = (ms: number | null): string | null => (ms === null ? null : timeOf(ms));

type Asset = z.input<typeof api.asset>;

const rightsOf = ({ verdict }: Pick<AssetRow, 'verdict'>): Asset['rights'] => ({
  decision: verdict.decision,
  reasons: verdict.reasons.map(({ effect, kind, restrictionId, untilMs, shots }) => ({
    effect,
    kind,
    restrictionId,
    until: maybeTime(untilMs),
    shots: [...shots],
  })),
  confirm: verdict.decision === 'forbid' ? [] : idsToAcknowledge(verdict),
});

export const assetOf = (row: AssetRow): Asset => ({
  id: row.id,
  slug: row.slug,
  headline: row.headline,
  summary: row.description,
  source: row.source,
  rev: row.rev,
  publishedAt: timeOf(row.publishedAt),
  updatedAt: timeOf(row.updatedAt),
  durationMs: row.durationMs,
  location: row.location,
  countries: row.countries,
  languages: row.languages,
  topics: row.topics,
  formats: row.formats,
  embargoUntil: maybeTime(row.embargoUntil),
  expiresAt: maybeTime(row.expiresAt),
  isDownloaded: row.badges.includes('here'),
  rights: rightsOf(row),
  packages: row.packages.map(({ packageId, label, purpose, bytes }) => ({
    id: packageId,
    label,
    purpose,
    bytes,
  })),
});

/** @param isHere whether a package is complete here */
export const assetDetailOf = (
  asset: AssetView,
  isHere: (packageId: string) => boolean,
): z.input<typeof api.assetDetail> => ({
  ...assetOf(asset),
  description: asset.descriptionText,
  credits: asset.credits,
  usageTerms: asset.usageTerms,
  copyrightNotice: asset.copyrightNotice,
  statusNote: asset.statusNote,
  restrictions: asset.restrictions,
  confirm: confirmableTexts(asset),
  shotlist: asset.shotlist.map(({ n, in: from, out, text, restrictionIds }) => ({
    n,
    in: from,
    out,
    text,
    restrictionIds,
  })),
  packages: asset.packageContents.map(({ packageId, rev, label, purpose, bytes, components }) => ({
    id: packageId,
    rev,
    label,
    purpose,
    bytes,
    isDownloaded: isHere(packageId),
    files: components.map(({ path, role, mediaType, language, bytes: size }) => ({
      path,
      role,
      mediaType,
      language,
      bytes: size,
    })),
  })),
});

type Download = z.input<typeof api.download>;

export const downloadOf = (row: TransferRow): Download => {
  const { state, deadline } = row;
  return {
    id: row.id,
    assetId: row.assetId,
    packageId: row.packageId,
    title: row.title,
    label: row.label,
    state: state.phase,
    waitsFor: state.phase === 'waiting' ? state.reason : null,
    error:
      state.phase === 'failed'
        ? {
            code: state.code,
            message: state.message,
            restrictionIds: state.restrictionIds ?? [],
          }
        : null,
    receivedBytes: row.receivedBytes,
    totalBytes: row.totalBytes,
    bytesPerSecond: row.bytesPerSecond,
    etaSeconds: row.etaSeconds,
    filesDone: row.filesDone,
    filesTotal: row.filesTotal,
    urgent: row.urgent,
    limitBytesPerSecond: row.limitBytesPerSecond,
    deadline: maybeTime(deadline?.atMs ?? null),
    expectedAt: maybeTime(deadline?.expectedAtMs ?? null),
    isLate: deadline?.late ?? false,
    rights: row.rights?.state ?? null,
    heldUntil: maybeTime(row.heldUntil),
    recall: row.recall?.kind ?? null,
    addedAt: timeOf(row.addedAt),
    finishedAt: maybeTime(row.finishedAt),
  };
};

/**
 * Before its files are known a package has no folder of its own: that of the order would be taken
 * for it.
 *
 * @param mayShowFolder false while what is in it must not be used
 */
export const downloadDetailOf = (
  detail: TransferDetail,
  mayShowFolder: boolean,
): z.input<typeof api.downloadDetail> => ({
  ...downloadOf(detail),
  folder:
    !mayShowFolder || (detail.packageId !== null && detail.files.length === 0)
      ? null
      : detail.folder,
  files: detail.files.map(({ path, bytes, receivedBytes, state, sha256, verified }) => ({
    path,
    bytes,
    receivedBytes,
    state,
    sha256,
    isVerified: verified,
  })),
});

export const recallOf = (recall: Recall): z.input<typeof api.recall> => ({
  id: recall.id,
  downloadId: recall.transferId,
  assetId: recall.assetId,
  packageId: recall.packageId,
  title: recall.title,
  kind: recall.kind,
  at: timeOf(recall.atMs),
  words: recall.words,
  rev: recall.rev,
  places: recall.places.map(({ folder, kind, files }) => ({ folder, kind, files })),
  isToAcknowledge: isToAcknowledge(recall),
  acknowledged: recall.acknowledged && {
    at: timeOf(recall.acknowledged.atMs),
    who: recall.acknowledged.who,
  },
});

export const articleOf = (
  row: Pick<
    ArticleRow,
    | 'id'
    | 'rev'
    | 'source'
    | 'headline'
    | 'summary'
    | 'section'
    | 'topics'
    | 'dateline'
    | 'language'
    | 'publishedAt'
    | 'updatedAt'
    | 'corrected'
    | 'withdrawn'
    | 'isWhole'
  >,
): z.input<typeof api.article> => ({
  id: row.id,
  rev: row.rev,
  source: row.source,
  headline: row.headline,
  summary: row.summary,
  section: row.section,
  topics: row.topics,
  dateline: row.dateline,
  language: row.language,
  publishedAt: timeOf(row.publishedAt),
  updatedAt: timeOf(row.updatedAt),
  isCorrected: row.corrected,
  isWithdrawn: row.withdrawn,
  isWhole: row.isWhole,
});

export const articleDetailOf = (
  article: ArticleView,
  bodyText: string,
): z.input<typeof api.articleDetail> => ({
  ...articleOf(article),
  byline: article.byline,
  correctionNote: article.correctionNote,
  bodyHtml: article.bodyHtml,
  bodyText,
  copyrightNotice: article.copyrightNotice,
  usageTerms: article.usageTerms,
  canonicalUrl: article.canonicalUrl,
  assets: article.relatedAssets.map(({ id, headline }) => ({ id, headline })),
});
