import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { cx } from '../styles/cx.ts';
import css from './row-list.module.css';

/** Rows that Page Up and Page Down go. */
const PAGE = 10;
const WIDTHS = ['(max-width: 1000px)', '(min-width: 1600px)'];
const isNarrow = (): boolean => innerWidth <= 1000;

/** Of the row that has the focus, or would get it. */
export type CurrentRow<Row> = {
  row: Row | undefined;
  index: number;
  /** Moves the focus to another row, also to one that isn't there yet. */
  walk: (index: number) => void;
};
/** What a row needs of the list: it has one button with `data-index` and `tabIndex` from these. */
export type RowPlace = { index: number; isCurrent: boolean; onFocus: (index: number) => void };

type RowListProps<Row> = {
  label: string;
  total: number;
  /** By index; sparse. */
  rows: ReadonlyMap<number, Row>;
  keyOf: (row: Row) => string | number;
  /** Height of a row in this window, px. */
  estimate: () => number;
  overscan?: number;
  /** In narrow windows a row's height depends on its text. */
  isMeasuredNarrow?: boolean;
  onVisible: (first: number, last: number) => void;
  /** Keys of a row's button that the list has no use for. */
  onRowKey?: (event: KeyboardEvent, current: CurrentRow<Row>) => void;
  skeleton: ReactNode;
  children: (row: Row, place: RowPlace) => ReactNode;
};

/** A virtualised list: only what is visible is there. Arrows move the focus from row to row. */
export function RowList<Row>({
  label,
  total,
  rows,
  keyOf,
  estimate,
  overscan = 6,
  isMeasuredNarrow = false,
  onVisible,
  onRowKey,
  skeleton,
  children,
}: RowListProps<Row>) {
  const scrollRef = useRef<HTMLDivElement>(null);
  const [current, setCurrent] = useState(0);
  const wantsFocus = useRef(false);
  // oxlint-disable-next-line react/incompatible-library -- without the React compiler nothing memoises what the virtualizer returns
  const virtualizer = useVirtualizer({
    count: total,
    getScrollElement: () => scrollRef.current,
    estimateSize: estimate,
    overscan,
  });
  useMeasuredAnew(virtualizer);
  const lines = virtualizer.getVirtualItems();
  const focused = Math.min(current, Math.max(0, total - 1));
  useEffect(() => {
    const [first, last] = [lines[0], lines.at(-1)];
    if (first && last) onVisible(first.index, last.index);
  });
  useEffect(() => {
    if (!wantsFocus.current) return;
    const button = scrollRef.current?.querySelector<HTMLElement>(`button[data-index="${focused}"]`);
    if (!button) return;
    wantsFocus.current = false;
    button.focus({ preventScroll: true });
  });
  const walk = (index: number): void => {
    wantsFocus.current = true;
    const next = Math.max(0, Math.min(total - 1, index));
    setCurrent(next);
    virtualizer.scrollToIndex(next);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const isRow =
      event.target instanceof HTMLElement && event.target.dataset['index'] !== undefined;
    if (!isRow) return;
    const to = {
      ArrowUp: focused - 1,
      ArrowDown: focused + 1,
      Home: 0,
      End: total - 1,
      PageUp: focused - PAGE,
      PageDown: focused + PAGE,
    }[event.key];
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey)
      return onRowKey?.(event, { row: rows.get(focused), index: focused, walk });
    event.preventDefault();
    walk(to);
  };
  return (
    <div className={css.rows} ref={scrollRef}>
      <ol
        aria-label={label}
        className={css.canvas}
        style={{ blockSize: virtualizer.getTotalSize() }}
        onKeyDown={onKeyDown}
      >
        {lines.map(({ index, start }) => {
          const row = rows.get(index);
          return (
            <li
              aria-posinset={index + 1}
              aria-setsize={total}
              className={css.line}
              data-index={index}
              key={row === undefined ? `line-${index}` : keyOf(row)}
              ref={isMeasuredNarrow && isNarrow() ? virtualizer.measureElement : null}
              style={{ transform: `translateY(${start}px)` }}
            >
              {row === undefined
                ? skeleton
                : children(row, { index, isCurrent: index === focused, onFocus: setCurrent })}
            </li>
          );
        })}
      </ol>
    </div>
  );
}

/** Heights of one width of the window don't apply in another. */
function useMeasuredAnew({ measure }: { measure: () => void }): void {
  useEffect(() => {
    const widths = WIDTHS.map((width) => matchMedia(width));
    for (const width of widths) width.addEventListener('change', measure);
    return () => {
      for (const width of widths) width.removeEventListener('change', measure);
    };
  }, [measure]);
}

/** For the columns' names above a list; the columns themselves are the page's. */
export const columnsClass = (own: string | undefined): string => cx(css.columns, own);

/** For a row; its columns and height are the page's. */
export const rowClass = (own: string | undefined, isOpen = false): string =>
  cx(css.row, own, isOpen && css.isOpen);
