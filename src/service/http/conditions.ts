/** `"…"` or `W/"…"`; an opaque tag may hold commas (RFC 9110 8.8.3). */
const ENTITY_TAG = /(W\/)?("[^"]*")/g;

/**
 * Whether `*` or one of the listed tags is `etag`: for If-Match by strong comparison, where a weak
 * tag equals nothing, for If-None-Match by weak comparison (RFC 9110 8.8.3.2).
 */
export function etagListed(header: string, etag: string, comparison: 'strong' | 'weak'): boolean {
  if (header.trim() === '*') return true;
  const [, weak, opaque] = etag.matchAll(ENTITY_TAG).next().value ?? [];
  if (comparison === 'strong' && weak !== undefined) return false;
  return [...header.matchAll(ENTITY_TAG)].some(
    ([, isWeak, tag]) => tag === opaque && (comparison === 'weak' || isWeak === undefined),
  );
}

const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const TIME = '\\d{2}:\\d{2}:\\d{2}';
/** IMF-fixdate and the two obsolete forms that must still be read (RFC 9110 5.6.7). */
const HTTP_DATE = new RegExp(
  `^(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \\d{2} ${MONTH} \\d{4} ${TIME} GMT|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \\d{2}-${MONTH}-\\d{2} ${TIME} GMT|((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ${MONTH} [ \\d]\\d ${TIME} \\d{4}))$`,
);

/** Milliseconds, or null for what is no HTTP-date: such a condition is ignored. */
function parseHttpDate(text: string | undefined): number | null {
  const found = HTTP_DATE.exec(text?.trim() ?? '');
  if (found === null) return null;
  const at = Date.parse(found[1] === undefined ? found[0] : `${found[1]} GMT`);
  return Number.isNaN(at) ? null : at;
}

type Conditions = {
  header(
    name: 'if-match' | 'if-none-match' | 'if-modified-since' | 'if-unmodified-since',
  ): string | undefined;
};
/** Several tags for one document in several codings; no date where none is known. */
export type Validators = { etags: readonly string[]; lastModified?: string };

/**
 * What the conditions of a GET or HEAD ask for, in the order of RFC 9110 13.2.2; a range is looked
 * at after them.
 */
export function evaluateConditions(
  { header }: Conditions,
  { etags, lastModified }: Validators,
): 'proceed' | 'not-modified' | 'failed' {
  const changedAt = parseHttpDate(lastModified);
  const isListed = (tags: string, comparison: 'strong' | 'weak') =>
    etags.some((etag) => etagListed(tags, etag, comparison));
  const ifMatch = header('if-match');
  const unmodifiedSince = parseHttpDate(header('if-unmodified-since'));
  if (ifMatch !== undefined) {
    if (!isListed(ifMatch, 'strong')) return 'failed';
  } else if (unmodifiedSince !== null && changedAt !== null && changedAt > unmodifiedSince)
    return 'failed';
  const ifNoneMatch = header('if-none-match');
  if (ifNoneMatch !== undefined) return isListed(ifNoneMatch, 'weak') ? 'not-modified' : 'proceed';
  const modifiedSince = parseHttpDate(header('if-modified-since'));
  return modifiedSince !== null && changedAt !== null && changedAt <= modifiedSince
    ? 'not-modified'
    : 'proceed';
}
