import type { ArticleDetail } from '../../src/shared/model/article.ts';
import { articleDetail as detailOf } from './articles.ts';
import type { ExportedArticle } from '../../src/main/articles/export/content.ts';

type ArticleMedia = ArticleDetail['media'][number];

/** Noon of the day on which the copies are made. */
export const STORED_AT_MS = Date.parse('2026-11-27T12:00:00Z');

export const articleMedia = (more: Partial<ArticleMedia> = {}): ArticleMedia => ({
  mediaId: 'med_1',
  role: 'inline',
  mediaType: 'image/png',
  bytes: null,
  sha256: null,
  width: 1,
  height: 1,
  alt: 'A gauge on a quay',
  caption: 'The gauge at low tide.',
  credit: 'Photo: Harbour Notes',
  placeholder: 'media:med_1',
  url: 'https://harbour.example/1.png',
  ...more,
});

export const articleDetail = (more: Partial<ArticleDetail> = {}): ArticleDetail =>
  detailOf('art_1', {
    headline: 'The tide gauge has a new zero',
    summary: 'A gauge is set again.',
    dateline: 'MARREN BAY',
    section: 'World',
    topics: ['Coasts'],
    countries: ['NO'],
    publishedAt: '2026-11-24T09:10:00Z',
    updatedAt: '2026-11-24T09:10:00Z',
    wordCount: 3,
    byline: ['Mei Tanaro', 'Ilja Brandt'],
    bodyHtml: '<p>One dark hour.</p>',
    bodyText: 'One dark hour.',
    copyrightNotice: '© Harbour Notes',
    usageTerms: 'Free for editorial use, with credit.',
    canonicalUrl: 'https://harbour.example/tide?id=1&lang=en',
    ...more,
  });

export const exportedArticle = (
  article: Partial<ArticleDetail> = {},
  pictures: ExportedArticle['pictures'] = new Map(),
): ExportedArticle => ({
  article: articleDetail(article),
  sourceName: 'Harbour Notes',
  storedAtMs: STORED_AT_MS,
  pictures,
});

const base64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));
/** One pixel in each format that articles have. */
export const PIXELS = {
  'image/png': base64(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
  ),
  'image/gif': base64('R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw=='),
  'image/webp': base64('UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA'),
  'image/avif': base64(
    'AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUIAAADybWV0YQAAAAAAAAAoaGRscgAAAAAAAAAAcGljdAAAAAAAAAAAAAAAAGxpYmF2aWYAAAAADnBpdG0AAAAAAAEAAAAeaWxvYwAAAABEAAABAAEAAAABAAABGgAAAB0AAAAoaWluZgAAAAAAAQAAABppbmZlAgAAAAABAABhdjAxQ29sb3IAAAAAamlwcnAAAABLaXBjbwAAABRpc3BlAAAAAAAAAAIAAAACAAAAEHBpeGkAAAAAAwgICAAAAAxhdjFDgQ0MAAAAABNjb2xybmNseAACAAIAAYAAAAAXaXBtYQAAAAAAAAABAAEEAQKDBAAAACVtZGF0EgAKCBgANogQEAwgMg8f8D///8WfhwB8+ErK42A=',
  ),
} as const;
