/** Half-open range of byte offsets. */
export type Range = [from: number, to: number];

/** Adds a range. Lists of ranges are sorted, disjoint and not adjacent, here and everywhere. */
export function withRange(ranges: readonly Range[], [from, to]: Range): Range[] {
  if (from >= to) return [...ranges];
  const before = ranges.filter((r) => r[1] < from);
  const after = ranges.filter((r) => r[0] > to);
  const touched = ranges.slice(before.length, ranges.length - after.length);
  return [
    ...before,
    [Math.min(from, touched[0]?.[0] ?? from), Math.max(to, touched.at(-1)?.[1] ?? to)],
    ...after,
  ];
}

export function withoutRange(ranges: readonly Range[], [from, to]: Range): Range[] {
  if (from >= to) return [...ranges];
  return ranges.flatMap((r): Range[] => {
    if (r[1] <= from || r[0] >= to) return [r];
    const left: Range[] = r[0] < from ? [[r[0], from]] : [];
    const right: Range[] = r[1] > to ? [[to, r[1]]] : [];
    return [...left, ...right];
  });
}

/** Gaps of `ranges` in [0, total). */
export function missingRanges(ranges: readonly Range[], total: number): Range[] {
  return ranges.reduce<Range[]>(
    (missing, range) => withoutRange(missing, range),
    total > 0 ? [[0, total]] : [],
  );
}

export const bytesIn = (ranges: readonly Range[]): number =>
  ranges.reduce((sum, [from, to]) => sum + to - from, 0);

export const covers = (ranges: readonly Range[], [from, to]: Range): boolean =>
  from >= to || ranges.some((r) => r[0] <= from && r[1] >= to);
