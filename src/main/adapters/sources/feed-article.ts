import { escaped, type Feed, type FeedItem } from '../../formats/feed.ts';
import { cleanArticleHtml, isRtl, type ArticlePicture } from '../../formats/article-html.ts';
import {
  articleSummary,
  type ArticleChange,
  type ArticleDetail,
} from '../../../shared/model/article.ts';
import { publicAddress, stableAddress, withAddresses, withoutSecrets } from './addresses.ts';
import {
  clean,
  cleanLine,
  datesOf,
  digestOf,
  iso,
  kindOf,
  languageOf,
  pageOf,
  plainText,
  shortened,
} from './asset-parts.ts';

/** A film with this much text beside it is an article too, in UTF-16 units. */
export const ARTICLE_LENGTH = 400;
/** Less than this is a beginning, whatever it calls itself, unless `isWholeText` knows better. */
const WHOLE_LENGTH = 600;
export const MAX_HEADLINE = 300;
export const MAX_SUMMARY = 600;
/** Topics of an article, and characters of one. */
const MAX_TOPICS = 50;
export const MAX_TOPIC = 120;

/** The id of a picture: the same address is the same picture, also when it is signed anew. */
export const mediaIdIn =
  (source: string) =>
  (url: string): string =>
    // With parameters that nobody knows: another one may be another picture.
    `${source}/${digestOf(stableAddress(url, true), 24)}`;

/** Ends of texts of which the rest is elsewhere. */
const CUT = /(?:…|\.\.\.|\[(?:…|\.\.\.|&hellip;)\]|read more|continue reading|lire la suite)\s*$/iu;

/** A picture as an article has it; what a feed says of a size is a hint. */
const mediumOf = (
  { mediaId, url, width, height, alt, caption, credit }: ArticlePicture,
  role: ArticleDetail['media'][number]['role'],
): ArticleDetail['media'][number] => ({
  mediaId,
  role,
  mediaType: 'image/*',
  bytes: null,
  sha256: null,
  width,
  height,
  alt: clean(alt),
  caption: clean(caption),
  credit: clean(credit),
  placeholder: `media:${mediaId}`,
  url,
});

/** The pictures of an article, in their order. */
export const mediaOf = (
  pictures: readonly ArticlePicture[],
  leadMediaId: string | null,
): ArticleDetail['media'] =>
  pictures.map((picture) => mediumOf(picture, picture.mediaId === leadMediaId ? 'lead' : 'inline'));

/** Filters media so that each is there once, where it stands first. */
export const isFirst = (
  { mediaId }: { mediaId: string },
  at: number,
  all: readonly { mediaId: string }[],
): boolean => all.findIndex((one) => one.mediaId === mediaId) === at;

/** Topics as a publisher has them, each once. */
export const topicsOf = (said: readonly string[]): string[] =>
  [...new Set(said.map(cleanLine))]
    .filter((topic) => topic !== '')
    .slice(0, MAX_TOPICS)
    .map((topic) => shortened(topic, MAX_TOPIC));

export const wordsIn = (text: string): number => text.split(/\s+/u).filter(Boolean).length;

/** Text of HTML, in which only the addresses change. */
const publicText = (text: string): string =>
  withAddresses(text, (address) => escaped(withoutSecrets(address.replaceAll('&amp;', '&'))));

/**
 * Clean HTML with its addresses as they may be stored, in links and in what is read; a link of which
 * nothing may be is none.
 */
export const withPublicAddresses = (html: string): string =>
  html.replace(/(<[^>]*>)|([^<]+)/gu, (_, tag: string | undefined, text: string | undefined) =>
    tag === undefined
      ? publicText(text ?? '')
      : tag.replace(/ href="(https?:[^"]*)"/iu, (__, written: string) => {
          const address = publicAddress(written.replaceAll('&amp;', '&'));
          return address === null ? '' : ` href="${escaped(address)}"`;
        }),
  );

/** The largest picture beside the text, where the text has none. */
function leadOf(item: FeedItem, mediaIdOf: (url: string) => string): ArticlePicture | null {
  const [largest] = [
    ...item.pictures.map((picture) => ({ ...picture, caption: '', credit: '' })),
    ...item.media.filter((media) => kindOf(media) === 'image'),
  ].toSorted((a, b) => (b.width ?? 0) - (a.width ?? 0));
  return largest
    ? {
        mediaId: mediaIdOf(largest.url),
        url: largest.url,
        width: largest.width,
        height: largest.height,
        alt: '',
        caption: shortened(plainText(largest.caption), MAX_SUMMARY),
        credit: plainText(largest.credit),
      }
    : null;
}

/**
 * False for what is only a beginning, as far as its feed shows: many put a teaser where the text
 * belongs. A short text is whole if it says more than its own summary, or is a note without a
 * headline, which has no other place for its text (RSS 2.0, elements of item).
 */
function isWholeText({ title, contentHtml }: FeedItem, text: string, summary: string): boolean {
  if (CUT.test(text)) return false;
  if (title.trim() === '') return true;
  const saysMore = summary !== '' && text.length >= 2 * summary.length;
  return contentHtml !== '' && (text.length >= WHOLE_LENGTH || saysMore);
}

/**
 * An item of a feed as an article. Pure; its addresses are as the feed has them, and may hold secrets.
 *
 * @param hasFilm it is an asset too, under the same id
 * @param nowMs for items without a date
 */
export function articleOfItem(
  item: FeedItem,
  id: string,
  { feed, source, nowMs, hasFilm }: { feed: Feed; source: string; nowMs: number; hasFilm: boolean },
): ArticleDetail {
  const language = languageOf(item.language ?? feed.language) ?? 'und';
  const mediaIdOf = mediaIdIn(source);
  const html = item.contentHtml === '' ? item.summaryHtml : item.contentHtml;
  const body = cleanArticleHtml(html, item.link ?? feed.link, mediaIdOf, language);
  const said = clean(plainText(item.summaryHtml));
  // What only begins the text would be read twice.
  const isRepeated =
    item.contentHtml === '' || body.bodyText.startsWith(said.replace(CUT, '').trim().slice(0, 80));
  const summary = isRepeated ? '' : shortened(said, MAX_SUMMARY);
  const lead = body.pictures[0] ?? leadOf(item, mediaIdOf);
  const pictures = lead && body.pictures.length === 0 ? [lead] : body.pictures;
  const title = cleanLine(plainText(item.title));
  const headline = title === '' ? shortened(body.bodyText.split('\n')[0] ?? '', 120) || id : title;
  const { publishedAt, updatedAt, isDateStated } = datesOf(item.publishedAt, item.updatedAt, nowMs);
  const topics = topicsOf([...item.categories, ...item.keywords]);
  const licence = item.licence && [item.licence.name, item.licence.url].filter(Boolean).join(', ');
  return {
    id,
    rev: 1,
    headline: shortened(headline, MAX_HEADLINE),
    summary,
    dateline: '',
    language,
    dir: isRtl(`${headline} ${body.bodyText}`) ? 'rtl' : 'ltr',
    section: topics[0] ?? '',
    topics,
    countries: [],
    publishedAt,
    updatedAt,
    embargoUntil: null,
    pubStatus: 'usable',
    wordCount: wordsIn(body.bodyText),
    thumbnail: null,
    leadMediaId: lead?.mediaId ?? null,
    corrected: false,
    offlineAllowed: true,
    offlineUntil: item.validUntil === null ? null : iso(item.validUntil),
    isDateStated,
    isWhole: !body.isCut && isWholeText(item, body.bodyText, said),
    alternativeHeadline: null,
    byline: item.credits.map(cleanLine).filter((name) => name !== ''),
    correctionNote: null,
    bodyHtml: withPublicAddresses(body.bodyHtml),
    bodyText: withoutSecrets(body.bodyText),
    copyrightNotice: clean(item.copyright ?? feed.copyright ?? ''),
    usageTerms: clean(licence ?? ''),
    canonicalUrl: pageOf([item.link]) ?? '',
    relatedAssetIds: hasFilm ? [id] : [],
    translations: [],
    textFrom: 'source',
    media: mediaOf(pictures, lead?.mediaId ?? null),
  };
}

/** What says of an article whether it has changed: not how its pictures are signed, nor when it was read. */
export function changeOfArticle(detail: ArticleDetail): ArticleChange {
  const { publishedAt, updatedAt, isDateStated, media, ...content } = detail;
  const stamp = digestOf(
    JSON.stringify({
      ...content,
      ...(isDateStated ? { publishedAt, updatedAt } : {}),
      media: media.map((medium) => ({ ...medium, url: '' })),
    }),
    32,
  );
  return { op: 'upsert', id: detail.id, stamp, article: articleSummary.parse(detail), detail };
}
