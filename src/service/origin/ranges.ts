/** Both ends inclusive, as in the header. */
export type ByteRange = { first: number; last: number };
/** `all`: no Range, or one to be ignored (RFC 9110 §14.2). */
export type WantedRanges =
  | { kind: 'all' }
  | { kind: 'unsatisfiable' }
  | { kind: 'some'; ranges: ByteRange[] };

/**
 * More or overlapping ranges are rather an attack than a player: the whole file is sent (RFC 9110
 * §14.2).
 */
const MAX_RANGES = 8;

function rangeOf(spec: string, size: number): ByteRange | 'invalid' | 'unsatisfiable' {
  const [, from = '', to = ''] = /^(\d*)-(\d*)$/.exec(spec.trim()) ?? [];
  if (from === '' && to === '') return 'invalid';
  if (from === '')
    return to !== '0' && !/^0+$/.test(to) && size > 0
      ? { first: Math.max(0, size - Number(to)), last: size - 1 }
      : 'unsatisfiable';
  if (to !== '' && Number(to) < Number(from)) return 'invalid';
  return Number(from) < size
    ? { first: Number(from), last: to === '' ? size - 1 : Math.min(Number(to), size - 1) }
    : 'unsatisfiable';
}

export function wantedRanges(header: string | undefined, size: number): WantedRanges {
  const list = /^bytes=(.+)$/i.exec(header?.trim() ?? '')?.[1];
  if (list === undefined) return { kind: 'all' };
  const found = list.split(',').map((spec) => rangeOf(spec, size));
  if (found.includes('invalid') || found.length > MAX_RANGES) return { kind: 'all' };
  const ranges = found.filter((range) => typeof range === 'object');
  if (ranges.length === 0) return { kind: 'unsatisfiable' };
  const inOrder = ranges.toSorted((a, b) => a.first - b.first);
  const isOverlapping = inOrder.some(
    (range, index) => range.first <= (inOrder[index - 1]?.last ?? -1),
  );
  return isOverlapping ? { kind: 'all' } : { kind: 'some', ranges };
}

/** Whether If-Range is absent, the same strong tag, or exactly the date (RFC 9110 §13.1.5). */
export function ifRangeHolds(
  header: string | undefined,
  etag: string,
  lastModified: string,
): boolean {
  if (header === undefined) return true;
  const validator = header.trim();
  return validator.startsWith('"')
    ? validator === etag && !etag.startsWith('W/')
    : validator === lastModified;
}
