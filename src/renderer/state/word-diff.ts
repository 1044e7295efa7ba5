import { commonLengths } from '../../shared/model/common-lengths.ts';

/** Part of a text: as it was, taken away, or new. */
export type DiffPart = { text: string; isChanged: boolean };
type Marked = { before: DiffPart[]; after: DiffPart[] };
/** A change of one text; null where there was none, or is none. */
type Diff = { [K in keyof Marked]: Marked[K] | null };

/** Pairs of words that are compared; longer texts are marked as a whole. */
const MAX_PAIRS = 1_000_000;
/** Characters of what is alike that are left on each side of a change. */
const CONTEXT = 60;

/** A text that is new, or gone, as a whole. */
const whole = (text: string): DiffPart[] => [{ text, isChanged: true }];

const wordsOf = (text: string, language: string): string[] =>
  Array.from(
    new Intl.Segmenter(language, { granularity: 'word' }).segment(text),
    ({ segment }) => segment,
  );

/** Adds a word to the part before it if both are alike in being changed. */
function add(parts: DiffPart[], text: string, isChanged: boolean): void {
  const last = parts.at(-1);
  if (last?.isChanged === isChanged) last.text += text;
  else parts.push({ text, isChanged });
}

/** A space between two changed words is changed with them, so that a phrase is one mark. */
const withoutGaps = (parts: readonly DiffPart[]): DiffPart[] => {
  const joined: DiffPart[] = [];
  for (const [at, { text, isChanged }] of parts.entries()) {
    const isGap =
      !isChanged &&
      text.trim() === '' &&
      parts[at - 1]?.isChanged === true &&
      parts[at + 1]?.isChanged === true;
    add(joined, text, isChanged || isGap);
  }
  return joined;
};

/** Spaces at the edges of a mark belong to what is around it. */
function withoutEdges(parts: readonly DiffPart[]): DiffPart[] {
  const trimmed: DiffPart[] = [];
  for (const { text, isChanged } of parts) {
    const word = text.trim();
    if (!isChanged || word === '') {
      add(trimmed, text, isChanged);
      continue;
    }
    const start = text.indexOf(word);
    if (start > 0) add(trimmed, text.slice(0, start), false);
    add(trimmed, word, true);
    const end = text.slice(start + word.length);
    if (end !== '') add(trimmed, end, false);
  }
  return trimmed;
}

/** Words that differ between two versions of a text; all other characters stay as they were. */
export function wordDiff(before: string, after: string, language: string): Marked {
  const [a, b] = [wordsOf(before, language), wordsOf(after, language)];
  if (a.length * b.length > MAX_PAIRS) return { before: whole(before), after: whole(after) };
  const lengths = commonLengths(a, b);
  const width = b.length + 1;
  const marked: Marked = { before: [], after: [] };
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    const [was, is] = [a[i], b[j]];
    if (was !== undefined && was === is) {
      add(marked.before, was, false);
      add(marked.after, was, false);
      i += 1;
      j += 1;
    } else if (
      was !== undefined &&
      (is === undefined || (lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0))
    ) {
      add(marked.before, was, true);
      i += 1;
    } else if (is !== undefined) {
      add(marked.after, is, true);
      j += 1;
    }
  }
  return {
    before: withoutEdges(withoutGaps(marked.before)),
    after: withoutEdges(withoutGaps(marked.after)),
  };
}

/** The first or last words of a text, up to a length. */
function cut(text: string, from: 'start' | 'end'): string {
  if (text.length <= CONTEXT) return text;
  return from === 'start'
    ? `${text.slice(0, CONTEXT).replace(/\s+\S*$/u, '')} …`
    : `… ${text.slice(-CONTEXT).replace(/^\S*\s+/u, '')}`;
}

/** Leaves out what is far from every change, so that a long paragraph shows its changes. */
export const aroundChanges = (parts: readonly DiffPart[]): DiffPart[] =>
  parts.map(({ text, isChanged }, at) => {
    if (isChanged || parts.length === 1) return { text, isChanged };
    if (at === 0) return { text: cut(text, 'end'), isChanged };
    if (at === parts.length - 1) return { text: cut(text, 'start'), isChanged };
    if (text.length <= 2 * CONTEXT) return { text, isChanged };
    return {
      text: `${cut(text, 'start')} ${cut(text, 'end').slice(2)}`,
      isChanged,
    };
  });

/** What changed in a text, with the words around it; one that is new or gone is marked as a whole. */
export function changeOf(before: string | null, after: string | null, language: string): Diff {
  const marked: Diff =
    before !== null && after !== null
      ? wordDiff(before, after, language)
      : {
          before: before === null ? null : whole(before),
          after: after === null ? null : whole(after),
        };
  return {
    before: marked.before && aroundChanges(marked.before),
    after: marked.after && aroundChanges(marked.after),
  };
}
