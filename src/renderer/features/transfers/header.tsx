import {
  Ellipsis,
  FileInput,
  FileOutput,
  History,
  ListX,
  Pause,
  Play,
  RefreshCw,
  ScanSearch,
  Trash2,
} from 'lucide-react';
import { formatBytes, formatRate, formatWhen } from '../../i18n/format.ts';
import {
  useConnection,
  useApp,
  useLanguage,
  useNow,
  useTexts,
  useTransfers,
} from '../../state/context.tsx';
import { pickFile } from '../../state/document-files.ts';
import { addFile, exportQueue } from '../../state/import-export.ts';
import { useReportError } from '../../state/errors.ts';
import type { TransferTab } from '../../../shared/model/transfer-tabs.ts';
import { Button, IconButton } from '../../ui/controls/button.tsx';
import { Menu } from '../../ui/controls/select.tsx';
import type { Actions } from '../../state/transfer-actions.ts';
import css from './transfers.module.css';

const SPARK = { width: 240, height: 40 };

/** Throughput of the last five minutes, scaled to its peak. */
function Spark({ values, label }: { values: readonly number[]; label: string }) {
  const peak = Math.max(...values, 1);
  const points = values
    .map(
      (value, index) =>
        `${((index / Math.max(1, values.length - 1)) * SPARK.width).toFixed(1)},${(39 - (value / peak) * 34).toFixed(1)}`,
    )
    .join(' ');
  return (
    <svg
      aria-label={label}
      className={css.spark}
      preserveAspectRatio="none"
      role="img"
      viewBox={`0 0 ${SPARK.width} ${SPARK.height}`}
    >
      <line className={css.sparkBase} x1="0" x2={SPARK.width} y1="39.5" y2="39.5" />
      <polygon className={css.sparkArea} points={`0,39 ${points} ${SPARK.width},39`} />
      <polyline className={css.sparkLine} points={points} />
    </svg>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <dl className={css.fact}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </dl>
  );
}

export function Header({ actions }: { actions: Actions }) {
  const { transfers } = useTexts();
  const language = useLanguage();
  const now = useNow(10_000);
  const totals = useTransfers((state) => state.totals);
  const offline = useConnection()?.state === 'offline';
  const isBusy = totals !== null && totals.counts.active + totals.counts.waiting > 0;
  const speed =
    totals &&
    (offline
      ? transfers.offline
      : totals.paused || (totals.limit.isPaused && totals.counts.active === 0)
        ? transfers.paused
        : formatRate(totals.bytesPerSecond, language));
  return (
    <header className={css.header}>
      <h1>{transfers.title}</h1>
      {isBusy && (
        <div className={css.facts}>
          {totals.throughput.some((value) => value > 0) && (
            <figure className={css.sparkbox}>
              <Spark
                label={transfers.speedOver(formatRate(totals.bytesPerSecond, language))}
                values={totals.throughput}
              />
              <figcaption>
                <span>{transfers.ago}</span>
                <span>{transfers.now}</span>
              </figcaption>
            </figure>
          )}
          <Fact name={transfers.speed} value={speed ?? ''} />
          <Fact
            name={transfers.remainingTitle}
            value={formatBytes(totals.remainingBytes, language)}
          />
          {totals.etaSeconds !== null && totals.bytesPerSecond > 0 && (
            <Fact
              name={transfers.finishes}
              value={transfers.about(formatWhen(now + totals.etaSeconds * 1000, now, language))}
            />
          )}
        </div>
      )}
      {isBusy &&
        (totals.paused ? (
          <Button filled icon={Play} onPress={() => actions.pauseAll(false)}>
            {transfers.resumeAll}
          </Button>
        ) : (
          <Button filled icon={Pause} onPress={() => actions.pauseAll(true)}>
            {transfers.pauseAll}
          </Button>
        ))}
    </header>
  );
}

/** Maximum number of rows in one call. */
const AT_ONCE = 500;

export function MoreMenu({ actions, onClearDisk }: { actions: Actions; onClearDisk: () => void }) {
  const app = useApp();
  const { transfers, recalls } = useTexts();
  const counts = useTransfers((state) => state.totals?.counts);
  const idsOf = async (tab: TransferTab): Promise<string[]> => {
    const ids: string[] = [];
    for (let total = 1; ids.length < total;) {
      const page = await app.client.call('transfers.list', {
        tab,
        range: { offset: ids.length, count: AT_ONCE },
      });
      if (page.rows.length === 0) break;
      ids.push(...page.rows.map((row) => row.id));
      ({ total } = page);
    }
    return ids;
  };
  const isEmpty = !counts?.all;
  const reportError = useReportError();
  const clear = (tab: TransferTab): void => void idsOf(tab).then(actions.clear, reportError);
  const retry = (): void =>
    void idsOf('failed')
      .then((ids) => (ids.length > 0 ? app.client.call('transfers.retry', { ids }) : undefined))
      .catch(reportError);
  return (
    <Menu
      label={transfers.more}
      entries={[
        {
          id: 'history',
          label: transfers.history,
          icon: History,
          onAction: () => app.route.getState().go({ name: 'history', side: 'packages' }),
        },
        {
          id: 'retry',
          label: transfers.retryFailed,
          icon: RefreshCw,
          disabled: !counts?.failed,
          onAction: retry,
        },
        {
          id: 'verify',
          label: transfers.verifyAll,
          icon: ScanSearch,
          disabled: !counts?.done,
          onAction: () => actions.verify(null),
        },
        {
          id: 'done',
          label: transfers.clearDone,
          icon: ListX,
          disabled: !counts?.done,
          onAction: () => clear('done'),
        },
        {
          id: 'failed',
          label: transfers.clearFailed,
          icon: ListX,
          disabled: !counts?.failed,
          onAction: () => clear('failed'),
        },
        {
          id: 'clear-disk',
          label: recalls.clear,
          icon: Trash2,
          danger: true,
          disabled: !counts?.recalled,
          onAction: onClearDisk,
        },
        {
          id: 'import',
          label: transfers.importFile,
          icon: FileInput,
          onAction: () =>
            pickFile('.meta4,.metalink,.json,.txt', (file) => void addFile(app, file)),
        },
        {
          id: 'export',
          label: transfers.exportQueue,
          icon: FileOutput,
          disabled: isEmpty,
          onAction: () => void exportQueue(app, 'queue'),
        },
        {
          id: 'metalink',
          label: transfers.exportMetalink,
          icon: FileOutput,
          disabled: isEmpty,
          onAction: () => void exportQueue(app, 'metalink'),
        },
        {
          id: 'aria2',
          label: transfers.exportAria2,
          icon: FileOutput,
          disabled: isEmpty,
          onAction: () => void exportQueue(app, 'aria2'),
        },
      ]}
    >
      <IconButton icon={Ellipsis} label={transfers.more} size={28} />
    </Menu>
  );
}
