import { formatNumber } from '../../i18n/format.ts';
import { useLanguage, useTexts } from '../../state/context.tsx';
import type { LedgerRowView } from '../../state/views.ts';
import { Icon } from '../../ui/display/icon.tsx';
import { RowList, rowClass, type RowPlace } from '../../ui/layout/row-list.tsx';
import { cx } from '../../ui/styles/cx.ts';
import { clockText, dayText, detailOf, lookOf, whoOf } from './ledger-labels.ts';
import css from './history.module.css';

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

/** The entries: Enter opens one. */
export function Rows({ total, rows, openNumber, onVisible, onOpen }: RowsProps) {
  const { ledger } = useTexts();
  return (
    <RowList
      estimate={estimate}
      keyOf={({ number }) => number}
      label={ledger.list}
      rows={rows}
      skeleton={<div aria-hidden className={rowClass(css.row)} />}
      total={total}
      onVisible={onVisible}
    >
      {(row, place) => (
        <Row isOpen={row.number === openNumber} row={row} onOpen={onOpen} {...place} />
      )}
    </RowList>
  );
}

function Row({
  row,
  index,
  isOpen,
  isCurrent,
  onFocus,
  onOpen,
}: RowPlace & {
  row: LedgerRowView;
  isOpen: boolean;
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
      className={rowClass(css.row, isOpen)}
      data-index={index}
      data-number={number}
      tabIndex={isCurrent ? 0 : -1}
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
