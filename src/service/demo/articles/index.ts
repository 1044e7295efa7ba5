import type { ArticleSource } from '../source.ts';

/** Newest first. */
export const ARTICLE_SOURCES: readonly ArticleSource[] = [];
