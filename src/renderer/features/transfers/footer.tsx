import { useDisk } from '../../state/queries.ts';
import { Clock, Gauge, TriangleAlert } from 'lucide-react';
import { formatBytes, formatPercent, formatRate, formatMoment } from '../../i18n/format.ts';
import { useLanguage, useNow, useSettings, useTexts, useTransfers } from '../../state/context.tsx';
import { cx } from '../../ui/styles/cx.ts';
import { Icon } from '../../ui/display/icon.tsx';
import { ProgressBar } from '../../ui/display/progress.tsx';
import css from './transfers.module.css';

/** The current bandwidth limit and until when it applies; nothing if none is set. */
function ActiveLimit() {
  const { transfers } = useTexts();
  const language = useLanguage();
  const now = useNow(60_000);
  const isSet = useSettings()?.schedule != null;
  const limit = useTransfers((state) => state.totals?.limit);
  if (!limit || (!isSet && limit.bytesPerSecond === null)) return null;
  const what = limit.isPaused
    ? transfers.pausedBySchedule
    : limit.bytesPerSecond === null
      ? transfers.unlimited
      : transfers.limitedTo(formatRate(limit.bytesPerSecond, language));
  return (
    <span className={css.activeLimit}>
      <Icon of={limit.isPaused ? Clock : Gauge} size={14} />
      {limit.untilMs === null
        ? what
        : transfers.until(what, formatMoment(limit.untilMs, now, language))}
    </span>
  );
}

export function Footer() {
  const { transfers } = useTexts();
  const language = useLanguage();
  const folder = useSettings()?.destination;
  const totals = useTransfers((state) => state.totals);
  const disk = useDisk(folder);
  const used = disk ? 1 - disk.freeBytes / Math.max(1, disk.totalBytes) : 0;
  const isShort =
    disk === null || (disk !== undefined && disk.freeBytes < (totals?.remainingBytes ?? 0));
  return (
    <footer data-docked="line" className={css.footer}>
      <span>
        {[
          transfers.packages(totals?.counts.all ?? 0),
          totals &&
            totals.remainingBytes > 0 &&
            transfers.remaining(formatBytes(totals.remainingBytes, language)),
        ]
          .filter(Boolean)
          .join(', ')}
      </span>
      <ActiveLimit />
      {disk !== undefined && (
        <span className={cx(css.disk, isShort && css.warning)}>
          {isShort && <Icon of={TriangleAlert} size={14} />}
          <span className={css.folder} title={folder}>
            {folder}
          </span>
          {disk === null ? (
            <span>{transfers.diskGone}</span>
          ) : (
            <>
              <ProgressBar
                className={css.diskBar}
                label={transfers.withTitle(
                  folder ?? '',
                  transfers.full(formatPercent(used, language)),
                )}
                tone={isShort ? 'failed' : 'waiting'}
                value={used}
              />
              <span>{transfers.free(formatBytes(disk.freeBytes, language))}</span>
            </>
          )}
        </span>
      )}
    </footer>
  );
}
