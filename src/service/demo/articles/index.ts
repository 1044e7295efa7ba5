import type { ArticleSource } from '../source.ts';
import { COASTS } from './coasts.ts';
import { HERITAGE_ARTICLES } from './heritage.ts';
import { RIVERS } from './rivers.ts';
import { WEATHER } from './weather.ts';

/** Newest first. */
export const ARTICLE_SOURCES: readonly ArticleSource[] = [
  ...RIVERS,
  ...COASTS,
  ...WEATHER,
  ...HERITAGE_ARTICLES,
].toSorted((a, b) => b.publishedMin - a.publishedMin);
