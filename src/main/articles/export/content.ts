import type { Element, ElementContent } from 'hast';
import { ordinalDay } from '../../../shared/model/figures.ts';
import { externalAddress, isLoopbackHost } from '../../../shared/model/url.ts';
import {
  bodyTree,
  type BodyTree,
  element,
  picturesIn,
  text,
  withPictures,
} from '../../formats/body-tree.ts';
import type { ArticleDetail } from '../../../shared/model/article.ts';
import { pictureType } from '../../formats/picture-type.ts';
import { exportWords, type ExportLanguage } from './texts.ts';

/** An article as it leaves the program. */
export type ExportedArticle = {
  article: ArticleDetail;
  sourceName: string;
  /** When the copy is made, ms since 1970. */
  storedAtMs: number;
  /** By `mediaId`; a picture that isn't here leaves its caption and description. */
  pictures: ReadonlyMap<string, { bytes: Uint8Array; mediaType: string }>;
};
type ArticleMedia = ArticleDetail['media'][number];

/** Media types of pictures with the extension of their files. */
export const PICTURE_EXTENSIONS = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/avif': 'avif',
} as const;
export type PictureType = keyof typeof PICTURE_EXTENSIONS;
const isPictureType = (type: string | null): type is PictureType =>
  type !== null && Object.hasOwn(PICTURE_EXTENSIONS, type);
export type ShownPicture = { bytes: Uint8Array; mediaType: PictureType };

/** Day before month and 24 hours in both. */
const LOCALES: Record<ExportLanguage, string> = { en: 'en-GB', fr: 'fr-FR' };
const DATE = { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' } as const;

const dated = (ms: number, language: ExportLanguage, parts: Intl.DateTimeFormatOptions): string =>
  ordinalDay(new Intl.DateTimeFormat(LOCALES[language], parts).format(ms), language);
/** 24 November 2026, in UTC. */
export const dayText = (ms: number, language: ExportLanguage): string => dated(ms, language, DATE);
/** 24 November 2026, 09:10 UTC. */
export const momentText = (ms: number, language: ExportLanguage): string =>
  `${dayText(ms, language)}, ${dated(ms, language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: 'UTC' })} UTC`;

/** True for what a reader may show, whatever its sender says that it is. */
export const isPicture = (bytes: Uint8Array): boolean => isPictureType(pictureType(bytes));

/** A picture that any reader may show, by its own bytes; null for one that isn't here or is none. */
export function pictureOf(
  { pictures }: Pick<ExportedArticle, 'pictures'>,
  mediaId: string,
): ShownPicture | null {
  const bytes = pictures.get(mediaId)?.bytes;
  const mediaType = bytes ? pictureType(bytes) : null;
  return bytes && isPictureType(mediaType) ? { bytes, mediaType } : null;
}

function figure({ mediaId, alt, caption, credit, width, height }: ArticleMedia): Element {
  const size = { ...(width && { width }), ...(height && { height }) };
  const words: ElementContent[] = [
    ...(caption === '' ? [] : [text(caption)]),
    ...(caption === '' || credit === '' ? [] : [text(' ')]),
    ...(credit === '' ? [] : [element('cite', {}, [text(credit)])]),
  ];
  return element('figure', {}, [
    element('img', { src: `media:${mediaId}`, alt, ...size }, []),
    ...(words.length === 0 ? [] : [element('figcaption', {}, words)]),
  ]);
}

/**
 * The text with all pictures: the lead above it and those that it doesn't show below, and for a
 * picture of the text without a description the one that the article gives with it.
 */
export function contentOf({ article }: Pick<ExportedArticle, 'article'>): BodyTree {
  const { leadMediaId, media } = article;
  const byId = new Map(media.map((one) => [one.mediaId, one]));
  const body = withPictures(bodyTree(article.bodyHtml), (mediaId, image) => {
    const known = byId.get(mediaId);
    const alt = image.properties['alt'] || known?.alt || '';
    return { ...image, properties: { ...image.properties, alt } };
  });
  const inText = new Set(picturesIn(body));
  const beside = media.filter(({ mediaId }) => !inText.has(mediaId));
  const isLead = ({ mediaId }: ArticleMedia): boolean => mediaId === leadMediaId;
  return [
    ...beside.filter(isLead).map(figure),
    ...body,
    ...beside.filter((one) => !isLead(one)).map(figure),
  ];
}

/** Ids of all pictures that an export would show, each once; none that isn't of this article. */
export function wantedPictures(article: ArticleDetail): string[] {
  const own = new Set(article.media.map(({ mediaId }) => mediaId));
  return [...new Set(picturesIn(contentOf({ article })))].filter((mediaId) => own.has(mediaId));
}

/** What has to be known before the text is used. */
export function notesOf(
  { article, storedAtMs }: Pick<ExportedArticle, 'article' | 'storedAtMs'>,
  language: ExportLanguage,
): string[] {
  const words = exportWords[language];
  const { embargoUntil, correctionNote, corrected, isWhole, textFrom } = article;
  const liftsAtMs = embargoUntil === null ? 0 : Date.parse(embargoUntil);
  return [
    ...(liftsAtMs > storedAtMs ? [words.embargo(momentText(liftsAtMs, language))] : []),
    ...(correctionNote ? [words.correction(correctionNote)] : corrected ? [words.corrected] : []),
    ...(isWhole ? [] : [words.partial]),
    ...(textFrom === 'page' ? [words.fromPage] : []),
  ];
}

/** `isTheirs`: in the language of the article. */
type Fact = { label: string; value: string; href?: string; isTheirs?: boolean };

/** Where the text is from and what holds for it. Labels with their values, none of them empty. */
export function factsOf(
  { article, sourceName, storedAtMs }: ExportedArticle,
  language: ExportLanguage,
): Fact[] {
  const words = exportWords[language];
  const { publishedAt, updatedAt, isDateStated, canonicalUrl, offlineUntil } = article;
  const when = (time: string): string => momentText(Date.parse(time), language);
  const href = externalAddress(canonicalUrl)?.href;
  const facts: Fact[] = [
    { label: isDateStated ? words.published : words.firstSeen, value: when(publishedAt) },
    { label: words.updated, value: updatedAt === publishedAt ? '' : when(updatedAt) },
    { label: words.source, value: sourceName },
    { label: words.credit, value: article.copyrightNotice, isTheirs: true },
    { label: words.terms, value: article.usageTerms, isTheirs: true },
    { label: words.address, value: addressOf(article), ...(href && { href }) },
    { label: words.keepUntil, value: offlineUntil === null ? '' : when(offlineUntil) },
    { label: words.stored, value: momentText(storedAtMs, language) },
  ];
  return facts.filter(({ value }) => value !== '');
}

/**
 * The address of the article's page: one that may be opened, or by http, which is only read. Empty
 * for one of this computer, or with a password.
 */
export function addressOf({ canonicalUrl }: Pick<ArticleDetail, 'canonicalUrl'>): string {
  const external = externalAddress(canonicalUrl);
  if (external) return external.href;
  const url = URL.parse(canonicalUrl);
  const isPlain = url?.protocol === 'http:' && url.username === '' && url.password === '';
  return isPlain && !isLoopbackHost(url.hostname) ? url.href : '';
}

const wordsOf = (text: string): string => text.replaceAll(/[\s\u2026]+/gu, ' ').trim();

/** What stands under the headline; empty where the text begins with it, as it does in many feeds. */
export function standfirstOf({ summary, bodyText }: ArticleDetail): string {
  return wordsOf(bodyText).startsWith(wordsOf(summary)) ? '' : summary;
}

/** Line under the headline: place and names. */
export const bylineOf = ({ byline }: Pick<ArticleDetail, 'byline'>): string => byline.join(', ');
