import type { ArticleDetail } from '../../shared/api/articles.ts';
import type { AssetDetail } from '../../shared/api/catalogue.ts';
import type { Ninjs } from '../../shared/api/ninjs.ts';
import {
  htmlWords,
  NINJS_STANDARD,
  ninjsOfAsset,
  plainWords,
  present,
  urnOf,
} from '../../shared/api/sidecars/ninjs.ts';

/**
 * An asset with what anybody may fetch of it; what requires an account is in the packages.
 *
 * @param absolute resolves a path of the service to a public address
 */
export function publicNinjs(asset: AssetDetail, absolute: (url: string) => string): Ninjs {
  return ninjsOfAsset(asset, [
    ...asset.thumbnails.map(({ url, width, height }) => ({
      name: `thumbnail-${width}`,
      href: absolute(url),
      contentType: 'image/jpeg',
      width,
      height,
    })),
    ...(asset.preview
      ? [
          {
            name: 'preview',
            href: absolute(asset.preview.url),
            contentType: asset.preview.mediaType,
            sizeInBytes: asset.preview.bytes,
            duration: asset.durationMs / 1000,
          },
        ]
      : []),
  ]);
}

export function ninjsOfArticle(article: ArticleDetail, absolute: (url: string) => string): Ninjs {
  return {
    uri: urnOf(article.id),
    standard: NINJS_STANDARD,
    type: 'text',
    version: String(article.rev),
    firstCreated: article.publishedAt,
    versionCreated: article.updatedAt,
    pubStatus: article.pubStatus,
    language: article.language,
    ...present({
      embargoedUntil: article.embargoUntil,
      expires: article.offlineUntil,
      edNote: article.correctionNote,
      by: article.byline.length > 0 ? article.byline.join(', ') : null,
    }),
    copyrightNotice: article.copyrightNotice,
    usageTerms: article.usageTerms,
    headlines: [
      plainWords('main', article.headline),
      ...(article.alternativeHeadline === null
        ? []
        : [plainWords('alternative', article.alternativeHeadline)]),
    ],
    descriptions: [plainWords('summary', article.summary)],
    bodies: article.bodyHtml === '' ? [] : [htmlWords('main', article.bodyHtml, article.wordCount)],
    located: article.dateline,
    infoSources: [],
    people: [],
    places: article.countries.map((name) => ({ name })),
    subjects: article.topics.map((topic) => ({ uri: urnOf('topic', topic), name: topic })),
    renditions: article.media.map(({ mediaId, url, mediaType, width, height, bytes }) => ({
      name: mediaId,
      href: absolute(url),
      contentType: mediaType,
      width,
      height,
      sizeInBytes: bytes,
    })),
    associations: article.relatedAssetIds.map((id) => ({
      name: 'related',
      uri: urnOf(id),
      type: 'video',
    })),
    altIds: [],
  };
}
