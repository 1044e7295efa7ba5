/** `"…"` or `W/"…"`; an opaque tag may contain commas (RFC 9110 §8.8.3). */
const ENTITY_TAG = /(W\/)?("[^"]*")/g;

/**
 * Whether the header is `*` or lists `etag`. If-Match uses strong comparison, in which a weak tag
 * matches nothing; If-None-Match uses weak comparison (RFC 9110 §8.8.3.2).
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
/** IMF-fixdate and the two obsolete forms that a recipient must accept (RFC 9110 §5.6.7). */
const HTTP_DATE = new RegExp(
  `^(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \\d{2} ${MONTH} \\d{4} ${TIME} GMT|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \\d{2}-${MONTH}-\\d{2} ${TIME} GMT|((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ${MONTH} [ \\d]\\d ${TIME} \\d{4}))$`,
);

/** Milliseconds since 1970; null for text that is not an HTTP-date, whose condition is ignored. */
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
/** Several tags for the codings of one document; no date where it is unknown. */
export type Validators = { etags: readonly string[]; lastModified?: string };

/**
 * Evaluates the preconditions of a GET or HEAD in the order of RFC 9110 §13.2.2. A range is
 * evaluated afterwards.
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
