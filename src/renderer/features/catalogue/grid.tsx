import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import {
  memo,
  useCallback,
  useEffect,
  useMemo,
  useLayoutEffect,
  useRef,
  useState,
  type CSSProperties,
  type RefObject,
} from 'react';
import { wordsOf } from '../../state/filters.ts';
import { useStore } from 'zustand';
import { unavailableBecause } from '../../../shared/api/rights.ts';
import { useCriteria, useApp, useTexts } from '../../state/context.tsx';
import type { AssetRow } from '../../state/views.ts';
import { cx } from '../../ui/styles/cx.ts';
import { Skeleton } from '../../ui/display/progress.tsx';
import { Card, CardSkeleton, TableCells } from './card.tsx';
import { useGridKeys, type GridKeys } from './use-grid-keys.ts';
import css from './catalogue.module.css';

const TABLE_LINE = 40;
const CARD_TEXT = 75;
const WIDE_WINDOW = 1600;

type Layout = { columns: number; width: number; estimate: number; gap: number };

/** Number of columns for the available width: 4 at 1280, 5 at 1920, 2 in a narrow window. */
function useLayout(ref: RefObject<HTMLElement | null>, isTable: boolean): Layout {
  const [room, setRoom] = useState(948);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return undefined;
    const measure = (): void => setRoom(element.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  if (isTable) return { columns: 1, width: room, estimate: TABLE_LINE, gap: 0 };
  const columns = Math.max(2, Math.round(room / 265));
  const between = innerWidth >= WIDE_WINDOW ? 16 : 12;
  const width = (room - (columns - 1) * between) / columns;
  return { columns, width, estimate: ((width - 12) * 9) / 16 + CARD_TEXT, gap: between + 4 };
}

/** Results as a virtualised grid of cards or a table, for a hundred thousand packages and more. */
export const ResultsGrid = memo(function ResultsGrid({
  view,
  scrollRef,
}: {
  view: 'grid' | 'table';
  scrollRef: RefObject<HTMLDivElement | null>;
}) {
  const app = useApp();
  const { catalogue } = useTexts();
  const total = useStore(app.results, (state) => state.total);
  // Rows that arrive may leave gaps on screen: check again.
  useStore(app.results, (state) => state.rows);
  const isTable = view === 'table';
  const gridRef = useRef<HTMLDivElement>(null);
  const layout = useLayout(gridRef, isTable);
  const { columns } = layout;
  const [opened] = useState(() => app.criteria.getState().openedIndex);
  const [active, setActive] = useState(opened ?? 0);
  const wantsFocus = useRef(opened !== null);
  const activeLine = Math.floor(Math.min(active, Math.max(0, total - 1)) / columns);
  // oxlint-disable-next-line react/incompatible-library -- without the React compiler nothing memoises what the virtualizer returns
  const virtualizer = useVirtualizer({
    count: Math.ceil(total / columns),
    getScrollElement: () => scrollRef.current,
    estimateSize: () => layout.estimate,
    gap: layout.gap,
    overscan: 3,
    initialOffset: () => app.criteria.getState().scrollTop,
    scrollMargin: 4,
    rangeExtractor: useCallback(
      (range: Parameters<typeof defaultRangeExtractor>[0]) =>
        [...new Set([activeLine, ...defaultRangeExtractor(range)])].toSorted((a, b) => a - b),
      [activeLine],
    ),
  });
  const lines = virtualizer.getVirtualItems();
  useEffect(() => virtualizer.measure(), [virtualizer, layout.estimate, layout.gap]);
  useEffect(() => {
    const onScreen = lines.filter((line) => line.index !== activeLine);
    const first = onScreen[0] ?? lines[0];
    const last = onScreen.at(-1) ?? lines.at(-1);
    if (first && last)
      app.results.getState().setVisibleRange(first.index * columns, (last.index + 1) * columns - 1);
  });
  useEffect(() => {
    if (!wantsFocus.current) return;
    const cell = gridRef.current?.querySelector<HTMLElement>(`[data-index="${active}"]`);
    if (!cell) return;
    wantsFocus.current = false;
    app.criteria.setState({ openedIndex: null });
    cell.focus({ preventScroll: true });
  });
  const move = (index: number): void => {
    wantsFocus.current = true;
    setActive(index);
    virtualizer.scrollToIndex(Math.floor(index / columns));
  };
  const keys = useGridKeys({
    columns,
    linesOnScreen: Math.max(
      1,
      Math.floor((scrollRef.current?.clientHeight ?? 600) / (layout.estimate + layout.gap)),
    ),
    active,
    move,
  });
  const choosing = useCriteria((state) => state.selected.size > 0);

  return (
    <div
      aria-colcount={columns}
      aria-label={catalogue.results}
      aria-multiselectable
      aria-rowcount={Math.ceil(total / columns)}
      className={cx(isTable ? css.tableCanvas : css.canvas, choosing && css.choosing)}
      ref={gridRef}
      role="grid"
      style={{ blockSize: virtualizer.getTotalSize() }}
      onKeyDown={keys.onKeyDown}
    >
      {lines.map((line) => {
        const style: CSSProperties = {
          transform: `translateY(${line.start - 4}px)`,
          ...(!isTable && { gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }),
        };
        const first = line.index * columns;
        const indexes = Array.from(
          { length: Math.min(columns, total - first) },
          (_, column) => first + column,
        );
        if (isTable)
          return (
            <Cell
              active={active}
              index={first}
              key={line.key}
              keys={keys}
              style={style}
              width={layout.width}
              isTable
            />
          );
        return (
          <div
            aria-rowindex={line.index + 1}
            className={css.line}
            data-line={line.index}
            key={line.key}
            role="row"
            style={style}
          >
            {indexes.map((index) => (
              <Cell
                active={active}
                index={index}
                isTable={false}
                key={index}
                keys={keys}
                width={layout.width}
              />
            ))}
          </div>
        );
      })}
    </div>
  );
});

type CellProps = {
  index: number;
  active: number;
  keys: GridKeys;
  width: number;
  isTable: boolean;
  style?: CSSProperties;
};

function Cell({ index, active, keys, width, isTable, style }: CellProps) {
  const app = useApp();
  const { catalogue } = useTexts();
  const text = useStore(app.results, (state) => state.shownQuery?.text ?? '');
  const query = useMemo(() => wordsOf(text), [text]);
  const asset: AssetRow | undefined = useStore(app.results, (state) => state.rows.get(index));
  const isSelected = useCriteria((state) => asset !== undefined && state.selected.has(asset.id));
  if (!asset)
    return isTable ? (
      <div className={css.row} role="row" style={style}>
        <div className={css.rowCells} role="gridcell">
          <Skeleton height="16px" />
          <Skeleton height="32px" />
          <Skeleton height="14px" />
        </div>
      </div>
    ) : (
      <CardSkeleton />
    );
  const cell = (
    <>
      {/* The box is for the mouse; the keyboard chooses with Space on the cell, which carries the selection for screen readers. */}
      <span
        aria-hidden
        className={css.check}
        title={catalogue.select(asset.headline)}
        onClick={(event) => {
          event.stopPropagation();
          keys.onCellClick(event, index, true);
        }}
      />
      {isTable ? (
        <TableCells asset={asset} query={query} width={width} />
      ) : (
        <Card asset={asset} query={query} width={width} />
      )}
    </>
  );
  const common = {
    'data-index': index,
    tabIndex: index === active ? 0 : -1,
    'aria-selected': isSelected,
    style,
    className: cx(
      isTable ? css.row : css.card,
      isSelected && css.selected,
      unavailableBecause(asset.verdict) !== null && css.withdrawn,
    ),
    onClick: (event: React.MouseEvent) => keys.onCellClick(event, index, false),
  };
  // ARIA rows contain cells; the whole line is one cell, because it opens and is selected as one.
  if (isTable)
    return (
      <div {...common} aria-rowindex={index + 1} role="row">
        <div className={css.rowCells} role="gridcell">
          {cell}
        </div>
      </div>
    );
  return (
    <div {...common} role="gridcell">
      {cell}
    </div>
  );
}
