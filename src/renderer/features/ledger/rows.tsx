import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { formatNumber } from '../../i18n/format.ts';
import { useLanguage, useTexts } from '../../state/context.tsx';
import type { LedgerRowView } from '../../state/views.ts';
import { Icon } from '../../ui/display/icon.tsx';
import { cx } from '../../ui/styles/cx.ts';
import { clockText, dayText, detailOf, lookOf, whoOf } from './entry-labels.ts';
import css from './ledger.module.css';

type RowsProps = {
  total: number;
  rows: ReadonlyMap<number, LedgerRowView>;
  /** Number of the entry whose details are shown. */
  openNumber: number | null;
  onVisible: (first: number, last: number) => void;
  onOpen: (number: number) => void;
};

/** Row height, higher in narrow windows where a row has two lines and more. */
const estimate = (): number => (innerWidth <= 1000 ? 64 : 42);

/** The entries as a virtualised list: arrows move the focus, Enter opens. */
export function Rows({ total, rows, openNumber, onVisible, onOpen }: RowsProps) {
  const { ledger } = useTexts();
  const scrollRef = useRef<HTMLDivElement>(null);
  const [current, setCurrent] = useState(0);
  const wantsFocus = useRef(false);
  // oxlint-disable-next-line react/incompatible-library -- without the React compiler nothing memoises what the virtualizer returns
  const virtualizer = useVirtualizer({
    count: total,
    getScrollElement: () => scrollRef.current,
    estimateSize: estimate,
    overscan: 6,
  });
  const { measure } = virtualizer;
  useEffect(() => {
    const narrow = matchMedia('(max-width: 1000px)');
    narrow.addEventListener('change', measure);
    return () => narrow.removeEventListener('change', measure);
  }, [measure]);
  const lines = virtualizer.getVirtualItems();
  const focused = Math.min(current, Math.max(0, total - 1));
  const [first, last] = [lines[0]?.index, lines.at(-1)?.index];
  useEffect(() => {
    if (first !== undefined && last !== undefined) onVisible(first, last);
  }, [first, last, onVisible]);
  useEffect(() => {
    if (!wantsFocus.current) return;
    const row = scrollRef.current?.querySelector<HTMLElement>(`button[data-index="${focused}"]`);
    if (!row) return;
    wantsFocus.current = false;
    row.focus({ preventScroll: true });
  });
  const walk = (index: number): void => {
    wantsFocus.current = true;
    const next = Math.max(0, Math.min(total - 1, index));
    setCurrent(next);
    virtualizer.scrollToIndex(next);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = {
      ArrowUp: focused - 1,
      ArrowDown: focused + 1,
      Home: 0,
      End: total - 1,
      PageUp: focused - 10,
      PageDown: focused + 10,
    }[event.key];
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    walk(to);
  };
  return (
    <div className={css.rows} ref={scrollRef}>
      <ol
        aria-label={ledger.list}
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
              key={row?.number ?? `line-${index}`}
              style={{ transform: `translateY(${start}px)` }}
            >
              {row ? (
                <Row
                  index={index}
                  isFocused={index === focused}
                  isOpen={row.number === openNumber}
                  row={row}
                  onFocus={setCurrent}
                  onOpen={onOpen}
                />
              ) : (
                <div aria-hidden className={css.row} />
              )}
            </li>
          );
        })}
      </ol>
    </div>
  );
}

function Row({
  row,
  index,
  isOpen,
  isFocused,
  onFocus,
  onOpen,
}: {
  row: LedgerRowView;
  index: number;
  isOpen: boolean;
  isFocused: boolean;
  onFocus: (index: number) => void;
  onOpen: (number: number) => void;
}) {
  const texts = useTexts();
  const language = useLanguage();
  const { number, entry, isSound } = row;
  const { icon, tone, label } = lookOf(row, texts);
  const detail = entry ? detailOf(entry, texts, language) : '';
  return (
    <button
      aria-current={isOpen ? 'true' : undefined}
      className={cx(css.row, isOpen && css.isOpen)}
      data-index={index}
      data-number={number}
      tabIndex={isFocused ? 0 : -1}
      type="button"
      onClick={() => onOpen(number)}
      onFocus={() => onFocus(index)}
    >
      <span className={css.number}>{formatNumber(number, language)}</span>
      <span className={css.time}>
        {entry && (
          <>
            <span>{clockText(entry.atMs)}</span>
            <span>{dayText(entry.atMs, language)}</span>
          </>
        )}
      </span>
      <span className={css.what}>
        <Icon className={tone ? undefined : css.faint} of={icon} size={14} tone={tone} />
        <span>{label}</span>
      </span>
      <span className={css.package}>
        {entry?.subject && <b>{entry.subject.title}</b>}
        <span className={cx(!isSound && css.unsound)}>
          {isSound ? detail : texts.ledger.notAsWritten}
        </span>
      </span>
      <span className={css.who}>{entry && whoOf(entry, texts)}</span>
    </button>
  );
}
