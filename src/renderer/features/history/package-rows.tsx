import { CircleCheck, FolderOpen, FolderSearch, FolderX, Trash2, Unplug } from 'lucide-react';
import { memo, type KeyboardEvent } from 'react';
import { isRecalled } from '../../../shared/api/rights.ts';
import { formatBytes, formatDate, formatTime } from '../../i18n/format.ts';
import { useApp, useLanguage, useMedia, useTexts } from '../../state/context.tsx';
import { useActions, type Actions } from '../../state/transfer-actions.ts';
import { useStateView } from '../../state/transfer-labels.ts';
import type { HistoryRowView } from '../../state/views.ts';
import { RowButton } from '../../ui/controls/button.tsx';
import { Icon, type LucideIcon, type Tone } from '../../ui/display/icon.tsx';
import { Skeleton } from '../../ui/display/progress.tsx';
import { Thumbnail } from '../../ui/display/thumbnail.tsx';
import { columnsClass, RowList, rowClass, type RowPlace } from '../../ui/layout/row-list.tsx';
import { cx } from '../../ui/styles/cx.ts';
import css from './packages.module.css';

const PLACES: Record<HistoryRowView['place'], [LucideIcon, Tone?]> = {
  here: [CircleCheck, 'success'],
  moved: [FolderSearch, 'info'],
  away: [Unplug, 'warning'],
  gone: [FolderX],
  cleared: [Trash2],
};
const isThere = ({ place }: Pick<HistoryRowView, 'place'>): boolean =>
  place !== 'gone' && place !== 'cleared';

/** Row height; in narrow windows it depends on the text and is measured. */
const estimate = (): number => (innerWidth <= 1000 ? 84 : 52);

export function PackageColumns() {
  const { columns } = useTexts().history;
  return (
    <div aria-hidden className={columnsClass(css.columns)}>
      <span />
      <span>{columns.package}</span>
      <span>{columns.place}</span>
      <span>{columns.size}</span>
      <span>{columns.complete}</span>
      <span />
    </div>
  );
}

/** The packages: Enter opens a package's page, O its folder. */
export function PackageRows({
  total,
  rows,
  onVisible,
}: {
  total: number;
  rows: ReadonlyMap<number, HistoryRowView>;
  onVisible: (first: number, last: number) => void;
}) {
  const { history } = useTexts();
  const actions = useActions();
  const onRowKey = (event: KeyboardEvent, { row }: { row: HistoryRowView | undefined }): void => {
    if (event.key.toLowerCase() !== 'o' || event.altKey || event.ctrlKey || event.metaKey) return;
    if (!row || !isThere(row)) return;
    event.preventDefault();
    actions.reveal(row);
  };
  return (
    <RowList
      isMeasuredNarrow
      estimate={estimate}
      keyOf={({ id }) => id}
      label={history.list}
      rows={rows}
      skeleton={<RowSkeleton />}
      total={total}
      onRowKey={onRowKey}
      onVisible={onVisible}
    >
      {(row, place) => <Row actions={actions} row={row} {...place} />}
    </RowList>
  );
}

type RowProps = RowPlace & { row: HistoryRowView; actions: Actions };

const Row = memo(function Row({ row, index, isCurrent, onFocus, actions }: RowProps) {
  const app = useApp();
  const { history, transfers } = useTexts();
  const language = useLanguage();
  const media = useMedia();
  const { title, assetId, label, rev, place, folder, movedFrom, totalBytes, finishedAt } = row;
  const [icon, tone] = PLACES[place];
  const facts = [assetId, rev !== null && history.version(rev), label].filter(Boolean).join(', ');
  const where = movedFrom === null ? folder : history.movedFrom(folder, movedFrom);
  return (
    <div className={rowClass(css.row)} data-package={row.id}>
      <Thumbnail
        className={css.picture}
        grey={isRecalled(row.recall?.kind)}
        src={media('thumb', assetId)}
      />
      <div className={css.name}>
        <button
          aria-keyshortcuts={isThere(row) ? 'O' : undefined}
          className={css.open}
          data-index={index}
          tabIndex={isCurrent ? 0 : -1}
          type="button"
          onClick={() => app.route.getState().go({ name: 'asset', id: assetId })}
          onFocus={() => onFocus(index)}
        >
          {title}
        </button>
        <span className={css.facts}>
          <Mark row={row} />
          <span title={facts}>{facts}</span>
        </span>
      </div>
      <div className={css.place} title={where}>
        <span className={cx(!isThere(row) && css.gone)}>
          <Icon of={icon} size={14} tone={tone} />
          {history.places[place]}
        </span>
        <Folder path={folder} />
      </div>
      <span className={css.size}>
        {totalBytes === null ? '' : formatBytes(totalBytes, language)}
      </span>
      <time className={css.complete} dateTime={new Date(finishedAt).toISOString()}>
        <span>{formatDate(finishedAt, language)}</span>
        <span>{formatTime(finishedAt, language)}</span>
      </time>
      <div className={css.actions}>
        {isThere(row) && (
          <RowButton
            icon={FolderOpen}
            label={transfers.withTitle(transfers.openFolder, title)}
            tone="quiet"
            onPress={() => actions.reveal(row)}
          >
            {transfers.openFolder}
          </RowButton>
        )}
      </div>
    </div>
  );
});

/** Its last name stays when the path is cut: it tells one package from another. */
function Folder({ path }: { path: string }) {
  const at = Math.max(0, path.search(/[\\/][^\\/]*$/u));
  return (
    <span className={css.folder} dir="ltr">
      <span>{path.slice(0, at)}</span>
      <span>{path.slice(at)}</span>
    </span>
  );
}

/** What its publisher did since, or what its rights say; nothing if it may be used as it is. */
function Mark({ row }: { row: HistoryRowView }) {
  const { icon, tone, words } = useStateView(row);
  if (!row.recall && !row.rights && row.heldUntil === null) return null;
  return (
    <span className={cx(css.mark, tone && css[tone])}>
      <Icon of={icon} size={14} />
      {words}
    </span>
  );
}

const RowSkeleton = () => (
  <div aria-hidden className={rowClass(css.row)}>
    <Skeleton className={css.picture} />
    <div className={css.name}>
      <Skeleton height="12px" width="50%" />
      <Skeleton height="10px" width="35%" />
    </div>
  </div>
);
