import type * as z from 'zod';
import type { articleQuery } from '../contract/articles.ts';

/** Finds all articles; a query is what differs from it. Apart from the schema, which the page must not load. */
export const ALL_ARTICLES: z.infer<typeof articleQuery> = {
  text: '',
  section: null,
  topic: null,
  source: null,
  tag: null,
  language: null,
  ownLanguage: null,
  from: null,
  below: null,
  unreadOnly: false,
  starredOnly: false,
};
