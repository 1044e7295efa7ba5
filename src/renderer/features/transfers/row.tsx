import { AlarmClock, Zap } from 'lucide-react';
import { memo, type DragEvent, type MouseEvent } from 'react';
import { isRecalled, isUnavailable } from '../../../shared/api/rights.ts';
import { formatBytes, formatPart, formatRate, formatMoment } from '../../i18n/format.ts';
import { useLanguage, useMedia, useNow, useTexts } from '../../state/context.tsx';
import type { TransferRow } from '../../state/views.ts';
import { RowButton } from '../../ui/controls/button.tsx';
import { cx } from '../../ui/styles/cx.ts';
import { Icon } from '../../ui/display/icon.tsx';
import { ProgressBar, Skeleton } from '../../ui/display/progress.tsx';
import { rowClass, type RowPlace } from '../../ui/layout/row-list.tsx';
import { Thumbnail } from '../../ui/display/thumbnail.tsx';
import {
  fractionOf,
  percentOf,
  type StateAction,
  useDamage,
  useStateView,
} from '../../state/transfer-labels.ts';
import type { Action } from '../../state/transfer-actions.ts';
import css from './transfers.module.css';

/** 62%, or 9 of 17 files while they are verified, or Ready, or that it must not be used. */
export function useFigures(row: TransferRow): { done: string; bytes: string } {
  const { transfers, badges, recalls } = useTexts();
  const language = useLanguage();
  const { phase } = row.state;
  const isDamaged = useDamage(row.id) !== null;
  const whole = row.totalBytes === null ? '' : formatBytes(row.totalBytes, language);
  if (phase === 'done')
    return {
      done: row.recall
        ? row.recall.kind === 'corrected' && row.recall.rev.from !== null
          ? recalls.version(row.recall.rev.from)
          : recalls.onDisk
        : row.rights && isUnavailable(row.rights.state)
          ? badges[row.rights.state]
          : isDamaged
            ? transfers.damagedShort
            : transfers.readyShort,
      bytes: whole,
    };
  if (phase === 'publishing')
    return { done: transfers.ofFiles(row.filesDone, row.filesTotal), bytes: whole };
  if (row.totalBytes === null)
    return {
      done: '',
      bytes: row.receivedBytes === 0 ? '' : formatBytes(row.receivedBytes, language),
    };
  return {
    done: percentOf(row, language),
    bytes:
      row.receivedBytes === 0
        ? whole
        : formatPart(row.receivedBytes, row.totalBytes, language, transfers.ofBytes),
  };
}

const DRAGGED = 'application/x-desk-transfer';

/** Callbacks of a row; the same object for all rows and for the lifetime of the list. */
export type RowEvents = {
  open(row: TransferRow): void;
  dropped(dragged: string, on: TransferRow): void;
  menu(row: TransferRow, beside: Element): void;
  actionFor(action: StateAction, row: TransferRow): Action;
};
type RowProps = RowPlace & { row: TransferRow; isOpen: boolean; events: RowEvents };

/** Memoised, so that scrolling and the progress of other rows don't render it. */
export const Row = memo(function Row({ row, index, isOpen, isCurrent, onFocus, events }: RowProps) {
  const { transfers } = useTexts();
  const language = useLanguage();
  const media = useMedia();
  const nowMs = useNow(30_000);
  const view = useStateView(row);
  const figures = useFigures(row);
  const action = view.action && events.actionFor(view.action, row);
  const isQuiet =
    view.action === 'pause' ||
    view.action === 'resume' ||
    view.action === 'reveal' ||
    view.action === 'clear';
  const drag = {
    onDragOver: (event: DragEvent) => {
      if (event.dataTransfer.types.includes(DRAGGED)) event.preventDefault();
    },
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      events.dropped(event.dataTransfer.getData(DRAGGED), row);
    },
  };
  const start = (event: DragEvent<HTMLElement>): void => {
    event.dataTransfer.setData(DRAGGED, row.id);
    event.dataTransfer.effectAllowed = 'move';
    if (event.currentTarget.parentElement)
      event.dataTransfer.setDragImage(event.currentTarget.parentElement, 16, 24);
  };
  const onContextMenu = (event: MouseEvent<HTMLElement>): void => {
    event.preventDefault();
    events.menu(row, event.currentTarget.querySelector(`.${css.more}`) ?? event.currentTarget);
  };
  return (
    <div
      className={rowClass(cx(css.row, isOpen && css.isOpen), isOpen)}
      data-row={row.id}
      {...drag}
      onContextMenu={onContextMenu}
    >
      <span aria-hidden draggable className={css.grip} onDragStart={start} />
      <Thumbnail
        className={css.picture}
        grey={isRecalled(row.recall?.kind)}
        src={row.assetId === null ? null : media('thumb', row.assetId)}
      />
      <div className={css.name}>
        <button
          aria-expanded={isOpen}
          className={css.open}
          data-index={index}
          tabIndex={isCurrent ? 0 : -1}
          type="button"
          onClick={() => events.open(row)}
          onFocus={() => onFocus(index)}
        >
          {row.title}
        </button>
        <span className={cx(css.state, view.tone && css[view.tone])}>
          <Icon of={view.icon} size={14} />
          <span>{view.words}</span>
          {row.urgent && row.state.phase !== 'done' && (
            <span className={css.urgent}>
              <Icon of={Zap} size={12} />
              {transfers.isUrgent}
            </span>
          )}
          {row.deadline && !row.deadline.late && (
            <span className={css.due}>
              <Icon of={AlarmClock} size={12} />
              {transfers.dueBy(formatMoment(row.deadline.atMs, nowMs, language))}
            </span>
          )}
        </span>
      </div>
      <div className={css.bar}>
        <span>
          <b>{figures.done}</b>
          {figures.bytes}
        </span>
        <ProgressBar
          label={transfers.progressOf(row.title)}
          tone={view.bar}
          value={fractionOf(row)}
        />
      </div>
      <span className={cx(css.numeric, css.main)}>
        {row.bytesPerSecond > 0 && formatRate(row.bytesPerSecond, language)}
      </span>
      <span className={css.numeric}>{view.time}</span>
      <div className={css.rowActions}>
        {action && (
          <RowButton
            className={isQuiet ? css.quiet : undefined}
            filled={action.filled}
            icon={action.icon}
            label={transfers.withTitle(action.label, row.title)}
            tone={isQuiet ? 'quiet' : 'plain'}
            onPress={action.run}
          >
            {action.label}
          </RowButton>
        )}
        {!action && view.note !== null && <span className={css.note}>{view.note}</span>}
      </div>
      <button
        aria-haspopup="menu"
        aria-label={transfers.menuOf(row.title)}
        className={css.more}
        tabIndex={-1}
        type="button"
        onClick={(event) => events.menu(row, event.currentTarget)}
      />
    </div>
  );
});

export function RowSkeleton() {
  return (
    <div aria-hidden className={rowClass(css.row)}>
      <span />
      <Skeleton className={css.picture} />
      <div className={css.name}>
        <Skeleton height="12px" width="60%" />
        <Skeleton height="10px" width="40%" />
      </div>
      <div className={css.bar}>
        <Skeleton height="4px" width="100%" />
      </div>
    </div>
  );
}
