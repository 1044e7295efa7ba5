import { commonLengths } from './common-lengths.ts';

/** An entry of two versions of a list; null where one doesn't have it. */
export type Changed<T> = { before: T | null; after: T | null };

/** Pairs of texts that are compared; longer lists are compared as a whole. */
const MAX_PAIRS = 4_000_000;

/** Those of one gap between what is alike: in pairs, in order. */
const paired = <T>(gone: readonly T[], come: readonly T[]): Changed<T>[] =>
  Array.from({ length: Math.max(gone.length, come.length) }, (_, at) => ({
    before: gone[at] ?? null,
    after: come[at] ?? null,
  }));

/**
 * Two lists side by side, in their order, by the text of each entry: what is alike, and what came in
 * the place of what.
 */
export function listPairs<T>(
  before: readonly T[],
  after: readonly T[],
  textOf: (one: T) => string,
): Changed<T>[] {
  const [a, b] = [before.map((one) => textOf(one)), after.map((one) => textOf(one))];
  if (a.length * b.length > MAX_PAIRS) return paired(before, after);
  const lengths = commonLengths(a, b);
  const width = b.length + 1;
  const pairs: Changed<T>[] = [];
  let [gone, come]: [T[], T[]] = [[], []];
  const close = (): void => {
    pairs.push(...paired(gone, come));
    [gone, come] = [[], []];
  };
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    const [was, is] = [before[i], after[j]];
    if (was !== undefined && is !== undefined && a[i] === b[j]) {
      close();
      pairs.push({ before: was, after: is });
      i += 1;
      j += 1;
    } else if (
      was !== undefined &&
      (is === undefined || (lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0))
    ) {
      gone.push(was);
      i += 1;
    } else if (is !== undefined) {
      come.push(is);
      j += 1;
    }
  }
  close();
  return pairs;
}

export const paragraphs = (text: string): string[] =>
  text
    .split(/\n+/u)
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** The paragraphs of two versions of a text side by side, also those that are alike. */
export const paragraphPairs = (before: string, after: string): Changed<string>[] =>
  listPairs(paragraphs(before), paragraphs(after), (text) => text);
