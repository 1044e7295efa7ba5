import { foldText } from '../../../shared/api/text.ts';

/**
 * The text of an element as it is searched: folded, breaks and blanks as one blank, blocks apart by a
 * line feed. Soft hyphens are not part of it, nor what the interface says (`.own`).
 */
export type TextMap = {
  folded: string;
  /** The range of the characters from `start` up to `end` of `folded`. */
  rangeOf(start: number, end: number): Range;
};

const BLOCK =
  /^(?:ARTICLE|ASIDE|BLOCKQUOTE|CAPTION|DD|DIV|DL|DT|FIGCAPTION|FIGURE|FOOTER|H[1-6]|HR|LI|OL|P|PRE|TABLE|TBODY|TD|TFOOT|TH|THEAD|TR|UL)$/u;

/** Signs that are written in several ways and searched in one. */
const ALIKE: Record<string, string> = {
  '\u2018': "'",
  '\u2019': "'",
  '\u02bc': "'",
  '\u201c': '"',
  '\u201d': '"',
  '\u2010': '-',
  '\u2011': '-',
  '\u2012': '-',
  '\u2013': '-',
  '\u03c2': '\u03c3',
};

/** One character folded for itself, so that its place is kept: none, one or several characters. */
function foldCharacter(character: string): string {
  if (character === '\u00ad') return '';
  if (/\s/u.test(character)) return ' ';
  return Array.from(foldText(character), (folded) => ALIKE[folded] ?? folded).join('');
}

/** A text that is looked for, folded as the text is in which it is. */
export const foldQuery = (text: string): string =>
  Array.from(text.trim(), foldCharacter).join('').replaceAll(/ +/gu, ' ');

export function mapText(root: Element): TextMap {
  let folded = '';
  // By the index of a character of `folded`: its node, where it begins in it and where it ends.
  const nodes: Text[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  const texts: Text[] = [];
  const put = (characters: string, node: Text, start: number, end: number): void => {
    folded += characters;
    for (let unit = 0; unit < characters.length; unit++) {
      nodes.push(node);
      starts.push(start);
      ends.push(end);
    }
  };
  let owed = '';
  const take = (node: Text): void => {
    let offset = 0;
    for (const character of node.data) {
      const end = offset + character.length;
      const own = foldCharacter(character);
      if (own === ' ') owed ||= ' ';
      else if (own !== '') {
        const last = folded.at(-1);
        // Where it is doesn't matter: no hit begins or ends with it.
        if (owed !== '' && last !== undefined && last !== '\n') put(owed, node, offset, offset);
        owed = '';
        put(own, node, offset, end);
      } else if (character !== '\u00ad' && ends.length > 0 && nodes.at(-1) === node)
        // An accent of its own belongs to the letter before it.
        ends[ends.length - 1] = end;
      offset = end;
    }
    texts.push(node);
  };
  const walk = (element: Element): void => {
    const isBlock = BLOCK.test(element.tagName);
    if (isBlock) owed = '\n';
    for (const child of element.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) take(child as Text);
      else if (child.nodeType === Node.ELEMENT_NODE) {
        const inner = child as Element;
        if (inner.tagName === 'BR') owed ||= ' ';
        else if (!inner.classList.contains('own')) walk(inner);
        else if (BLOCK.test(inner.tagName)) owed = '\n';
      }
    }
    if (isBlock) owed = '\n';
  };
  walk(root);
  return {
    folded,
    rangeOf(start, end) {
      const range = root.ownerDocument.createRange();
      const [first, last] = [nodes[start], nodes[end - 1]];
      if (first && last) {
        range.setStart(first, starts[start] ?? 0);
        range.setEnd(last, ends[end - 1] ?? 0);
      }
      return range;
    },
  };
}

/** Hits beyond this are not shown: a single letter of a long text has thousands. */
const MOST_HITS = 2000;

/** Where a text occurs, without overlaps. */
export function hitsOf({ folded, rangeOf }: TextMap, query: string): Range[] {
  const wanted = foldQuery(query);
  const hits: Range[] = [];
  if (wanted === '') return hits;
  for (
    let at = folded.indexOf(wanted);
    at !== -1 && hits.length < MOST_HITS;
    at = folded.indexOf(wanted, at + wanted.length)
  )
    hits.push(rangeOf(at, at + wanted.length));
  return hits;
}

/** Where any word of a search occurs. */
export const wordHits = (map: TextMap, search: string): Range[] =>
  foldText(search)
    // Fields of the query say where to search, and what is excluded isn't there.
    .replaceAll(/(?:^|\s)(?:-\S+|[\p{L}-]+:\S*)/gu, ' ')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 1)
    .flatMap((word) => hitsOf(map, word));

type Mark = 'searched' | 'found' | 'current';
/** Which mark lies over which, where several meet. */
const PRIORITY: Record<Mark, number> = { searched: 0, found: 1, current: 2 };

/** Marks ranges of a document without changing it (CSS Custom Highlight API). */
export function mark(document: Document, name: Mark, ranges: readonly Range[]): void {
  const view = document.defaultView;
  // jsdom has none.
  if (!view || !('Highlight' in view)) return;
  if (ranges.length === 0) return void view.CSS.highlights.delete(name);
  const highlight = new view.Highlight(...ranges);
  highlight.priority = PRIORITY[name];
  view.CSS.highlights.set(name, highlight);
}
