/** Orders of a list of assets: each column of the table in both directions, and how well they match. */
export const SORTS = [
  'newest',
  'oldest',
  'relevance',
  'longest',
  'shortest',
  'title-az',
  'title-za',
  'place-az',
  'place-za',
  'languages-az',
  'languages-za',
  'format-best',
  'format-least',
  'largest',
  'smallest',
] as const;
export type Sort = (typeof SORTS)[number];
