import { foldText } from '../../../shared/api/text.ts';
import type { HistoryQuery, HistoryRow } from '../api.ts';
import type { StoredHistory } from '../ports.ts';
import { datesOf, wordsIn } from './search-text.ts';

export type Place = HistoryRow['place'];

/** When it was complete; an earlier version may not have recorded that. */
export const completeAt = ({
  finishedAtMs,
  addedAtMs,
}: Pick<StoredHistory, 'addedAtMs' | 'finishedAtMs'>): number => finishedAtMs ?? addedAtMs;

const textOf = (row: StoredHistory): string =>
  foldText(
    [
      row.title,
      row.label,
      row.id,
      row.assetId,
      row.packageId,
      row.service,
      row.folder,
      row.movedFrom,
      datesOf(completeAt(row)),
    ].join('\n'),
  );

/** A package version in a folder, wherever it was found since. */
const placeKey = ({ packageId, rev, folder, movedFrom }: StoredHistory): string =>
  `${packageId}\n${rev}\n${movedFrom ?? folder}`;

/** Of each package version in a folder one row: the last that is here, else the last. */
function withoutRepeated(rows: Iterable<StoredHistory>): StoredHistory[] {
  const kept = new Map<string, StoredHistory>();
  for (const row of rows) {
    const key = placeKey(row);
    const other = kept.get(key);
    const isBetter =
      other === undefined ||
      (row.isHere === other.isHere ? row.addedAtMs >= other.addedAtMs : row.isHere);
    if (isBetter) kept.set(key, row);
  }
  return [...kept.values()];
}

/** The rows of the history in order, and what is searched in each: made once, when it is needed. */
export class HistoryList {
  readonly #rows: ReadonlyMap<string, StoredHistory>;
  #ordered: readonly StoredHistory[] | null = null;
  /** Built when first searched: with 100,000 rows that is most of the work. */
  readonly #texts = new WeakMap<StoredHistory, string>();

  /** @param rows by id; `changed` is called for whatever is set in it */
  constructor(rows: ReadonlyMap<string, StoredHistory>) {
    this.#rows = rows;
  }

  changed(): void {
    this.#ordered = null;
  }

  /** Newest first, of each package version in a folder one. */
  get rows(): readonly StoredHistory[] {
    this.#ordered ??= withoutRepeated(this.#rows.values()).toSorted(
      (a, b) => completeAt(b) - completeAt(a) || b.addedAtMs - a.addedAtMs,
    );
    return this.#ordered;
  }

  /**
   * Newest first.
   * @param isMarked its publisher has taken it back or corrected it, or it may not be used any more
   */
  find(
    { search, fromMs, toMs, show }: HistoryQuery,
    isMarked: (id: string) => boolean,
  ): readonly StoredHistory[] {
    const words = wordsIn(search);
    if (words.length === 0 && fromMs === null && toMs === null && show === 'all') return this.rows;
    return this.rows.filter((row) => {
      const atMs = completeAt(row);
      const isShown =
        show === 'all' || (show === 'marked' ? isMarked(row.id) : row.isHere === (show === 'here'));
      return (
        isShown &&
        (fromMs === null || atMs >= fromMs) &&
        (toMs === null || atMs < toMs) &&
        words.every((word) => this.#textOf(row).includes(word))
      );
    });
  }

  #textOf(row: StoredHistory): string {
    const known = this.#texts.get(row);
    if (known !== undefined) return known;
    const text = textOf(row);
    this.#texts.set(row, text);
    return text;
  }
}
