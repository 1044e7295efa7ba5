import type { ArticleDetail } from '../../shared/api/articles.ts';
import type { AssetDetail } from '../../shared/api/catalogue.ts';
import type { Ninjs } from '../../shared/api/ninjs.ts';

const SCHEMA = 'http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json';
const STANDARD: Ninjs['standard'] = { name: 'ninjs', version: '3.1', schema: SCHEMA };
const TYPES = { video: 'video', audio: 'audio', image: 'picture' } as const;

const uriOf = (...ids: string[]): string =>
  `urn:multimedia:${ids.map(encodeURIComponent).join(':')}`;
/** URI of a concept: below the scheme if that is an address, otherwise a URN of this service. */
const conceptOf = (scheme: string, code: string): string =>
  /^https?:/.test(scheme) ? `${scheme}${encodeURIComponent(code)}` : uriOf(scheme, code);
const plain = (role: string, value: string) => ({ role, contentType: 'text/plain', value });
const html = (role: string, value: string, wordCount: number) => ({
  role,
  contentType: 'text/html',
  value,
  wordCount,
});
const present = <T extends object>(members: {
  [K in keyof T]: T[K] | null | undefined;
}): Partial<T> =>
  Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== null && value !== undefined),
  ) as Partial<T>;

type Placed = NonNullable<AssetDetail['place']>;
const placeOf = ({ name, lat, lon }: Placed): Ninjs['places'][number] =>
  // GeoJSON positions start with the longitude (RFC 7946 §3.1.1).
  lat === null || lon === null
    ? { name }
    : { name, geoJSON: { type: 'Point', coordinates: [lon, lat] } };

const restrictionNote = ({ restrictions, statusNote }: AssetDetail): string =>
  [...(statusNote === null ? [] : [statusNote]), ...restrictions.map(({ note }) => note)].join(
    '\n',
  );

/** @param absolute resolves a path of the service to a public address */
export function ninjsOfAsset(asset: AssetDetail, absolute: (url: string) => string): Ninjs {
  const note = restrictionNote(asset);
  const seconds = asset.durationMs / 1000;
  return {
    uri: uriOf(asset.id),
    standard: STANDARD,
    type: TYPES[asset.type],
    version: String(asset.rev),
    firstCreated: asset.publishedAt,
    versionCreated: asset.updatedAt,
    pubStatus: asset.pubStatus,
    ...present({
      embargoedUntil: asset.embargoUntil,
      expires: asset.expiresAt,
      language: asset.script?.language,
      edNote: note === '' ? null : note,
    }),
    copyrightNotice: asset.copyrightNotice,
    usageTerms: asset.usageTerms,
    headlines: [plain('main', asset.headline)],
    descriptions: [plain('summary', asset.descriptionText)],
    bodies: asset.script ? [html('script', asset.script.html, asset.script.wordCount)] : [],
    slugline: asset.slug,
    located: asset.dateline,
    infoSources: [{ name: asset.source }],
    people: asset.people.map((name) => ({ name })),
    places: asset.place ? [placeOf(asset.place)] : [],
    subjects: asset.subjects.map(({ scheme, code, name }) => ({
      uri: conceptOf(scheme, code),
      name,
    })),
    renditions: [
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
              duration: seconds,
            },
          ]
        : []),
    ],
    associations: asset.relatedArticleIds.map((id) => ({
      name: 'related',
      uri: uriOf(id),
      type: 'text',
    })),
    altIds: asset.packages.map(({ id }) => ({ role: 'package', value: id })),
  };
}

export function ninjsOfArticle(article: ArticleDetail, absolute: (url: string) => string): Ninjs {
  return {
    uri: uriOf(article.id),
    standard: STANDARD,
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
      plain('main', article.headline),
      ...(article.alternativeHeadline === null
        ? []
        : [plain('alternative', article.alternativeHeadline)]),
    ],
    descriptions: [plain('summary', article.summary)],
    bodies: article.bodyHtml === '' ? [] : [html('main', article.bodyHtml, article.wordCount)],
    located: article.dateline,
    infoSources: [],
    people: [],
    places: article.countries.map((name) => ({ name })),
    subjects: article.topics.map((topic) => ({ uri: uriOf('topic', topic), name: topic })),
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
      uri: uriOf(id),
      type: 'video',
    })),
    altIds: [],
  };
}
