import { useAsset } from '../../state/queries.ts';
import { formatBytes, formatDuration, formatRate } from '../../i18n/format.ts';
import {
  useLanguage,
  useMedia,
  useSettings,
  useTexts,
  useTransferList,
} from '../../state/context.tsx';
import type { PendingDownload } from '../../state/enqueue-dialogs.ts';
import { ProgressBar } from '../../ui/display/progress.tsx';
import { Thumbnail } from '../../ui/display/thumbnail.tsx';
import css from './account.module.css';

/** The download that the account is needed for, so that it is not lost on the way. */
export function PendingDownloadCard({ text }: { text: string }) {
  const { account } = useTexts();
  const language = useLanguage();
  const media = useMedia();
  const pending = useSettings()?.pendingDownload ?? null;
  const [first, ...more] = pending?.packages ?? [];
  const asset = useAsset(first?.assetId ?? null);
  if (!asset || !first) return null;
  const wanted = asset.packages.find((item) => item.packageId === first.packageId);
  return (
    <div className={css.pendingDownload}>
      <Thumbnail src={media('thumb', asset.id)} />
      <b>{asset.headline}</b>
      <span>
        {[
          [
            wanted?.label,
            wanted && wanted.bytes !== null && formatBytes(wanted.bytes, language),
            more.length > 0 && account.morePackages(more.length),
          ]
            .filter(Boolean)
            .join(', '),
          text,
        ]
          .filter(Boolean)
          .join('. ')}
      </span>
    </div>
  );
}

/** The download that the account was needed for, now in progress. */
export function ResumedDownload({ pending }: { pending: PendingDownload | null }) {
  const { account } = useTexts();
  const language = useLanguage();
  const media = useMedia();
  const rows = useTransferList((state) => state.rows);
  const [first] = pending?.packages ?? [];
  const row = first && Array.from(rows.values()).find((item) => item.packageId === first.packageId);
  if (!first || !row) return null;
  const left = row.etaSeconds === null ? null : formatDuration(row.etaSeconds);
  return (
    <section className={css.resumedDownload}>
      <div className={css.pendingDownload}>
        <Thumbnail src={media('thumb', first.assetId)} />
        <b>{row.title}</b>
        <span>
          {[
            account.inQueue,
            row.bytesPerSecond > 0 && formatRate(row.bytesPerSecond, language),
            left,
          ]
            .filter(Boolean)
            .join(', ')}
        </span>
      </div>
      <ProgressBar
        label={row.title}
        value={row.totalBytes === null ? null : row.receivedBytes / row.totalBytes}
      />
    </section>
  );
}
