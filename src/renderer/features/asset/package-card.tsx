import { useState, useMemo } from 'react';
import {
  useApp,
  useAccount,
  useCheck,
  useLanguage,
  useNow,
  useSettings,
  useTexts,
} from '../../state/context.tsx';
import type { TransferRow } from '../../state/lists.ts';
import {
  Ban,
  CalendarClock,
  CircleAlert,
  CircleCheck,
  CirclePause,
  Download,
  FileCheck,
  FolderOpen,
  HardDriveDownload,
  History,
  Hourglass,
  RefreshCw,
  ShieldCheck,
} from 'lucide-react';
import { useStore } from 'zustand';
import { isUnavailable } from '../../../shared/model/rights.ts';
import { formatBytes, formatPercent } from '../../i18n/format.ts';
import { formatMoment } from '../../state/asset-labels.ts';
import type { AssetView } from '../../state/views.ts';
import { downloadAsset, errorText } from '../../state/enqueue.ts';
import { saveDocument } from '../../state/import-export.ts';
import { usePlan, useRead } from '../../state/queries.ts';
import { Button } from '../../ui/button.tsx';
import { RadioCards } from '../../ui/choice.tsx';
import { Icon } from '../../ui/icon.tsx';
import { InlineAlert } from '../../ui/inline-alert.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import {
  contentsLabel,
  formatLabel,
  restrictedShots,
  shotNumbers,
  wholeRestrictions,
} from './copy.ts';
import css from './asset.module.css';

/**
 * The newest transfer of the package, or of any of the asset's packages if null, even if it was
 * removed from the list; null if there is none.
 */
const useTransfer = (assetId: string, packageId: string | null): TransferRow | null =>
  useRead('transfers.find', { assetId, packageId }).data ?? null;

type Package = AssetView['packageContents'][number];

/** Choice of rendition, its contents, and one button that names its action. */
export function PackageCard({ asset }: { asset: AssetView }) {
  const texts = useTexts();
  const language = useLanguage();
  const house = useSettings()?.housePurpose ?? 'broadcast';
  const [chosenId, choose] = useState<string | null>(null);
  const packages = asset.packageContents;
  const preferred = packages.find((offer) => offer.purpose === house) ?? packages[0];
  const chosen = packages.find((offer) => offer.packageId === chosenId) ?? preferred;
  const { asset: words } = texts;
  if (!chosen) return <NoPackage asset={asset} />;
  const note = (offer: Package): string => {
    const format = formatLabel(asset, offer) ?? words.purposes[offer.purpose];
    return offer === preferred && offer.purpose === house
      ? `${format}. ${words.houseFormat}`
      : format;
  };
  return (
    <div className={css.package}>
      <h2>{words.package}</h2>
      <RadioCards
        cards={packages.map((offer) => ({
          value: offer.packageId,
          name: offer.label,
          end: formatBytes(offer.bytes, language),
          note: note(offer),
        }))}
        label={words.package}
        value={chosen.packageId}
        onChange={choose}
      />
      <p className={css.contents}>
        <b>{words.files(chosen.fileCount)}</b> {contentsLabel(asset, chosen, texts)}
      </p>
      <DownloadForm asset={asset} offer={chosen} />
    </div>
  );
}

/**
 * Shown instead of the packages when the asset is withdrawn, on hold, expired or empty: why, what
 * that means for use, and which copies are on this computer.
 */
function NoPackage({ asset }: { asset: AssetView }) {
  const { asset: words } = useTexts();
  const transfer = useTransfer(asset.id, null);
  const state = asset.badges.find(isUnavailable) ?? null;
  const [title, text] = {
    withdrawn: [words.withdrawn, words.withdrawnText],
    'on-hold': [words.withheld, words.withheldText],
    expired: [words.expired, words.expiredText],
    none: [words.noPackage, ''],
  }[state ?? 'none'] as [string, string];
  return (
    <div className={css.package}>
      <h2>{words.package}</h2>
      <InlineAlert
        icon={state === 'on-hold' ? CirclePause : state === 'expired' ? Hourglass : Ban}
        title={title}
        tone={state === 'withdrawn' || state === 'expired' ? 'danger' : 'warning'}
      >
        {asset.statusNote !== null && <span className={css.reason}>{asset.statusNote}</span>}
        {text}
      </InlineAlert>
      {transfer?.state.phase === 'done' && <Copy transfer={transfer} />}
    </div>
  );
}

/** A copy that must not be used: where it is, and its evidence report. */
function Copy({ transfer }: { transfer: TransferRow }) {
  const { asset: words, badges } = useTexts();
  const { open, report } = useLocalFiles(transfer);
  return (
    <div className={css.download}>
      <span className={css.downloadState}>
        <Icon of={HardDriveDownload} />
        {transfer.rights ? badges.here : words.isHere}
      </span>
      <Button wide icon={FolderOpen} size={32} onPress={open}>
        {words.openFolder}
      </Button>
      <Button wide icon={FileCheck} size={32} tone="quiet" onPress={report}>
        {words.report}
      </Button>
    </div>
  );
}

function DownloadForm({ asset, offer }: { asset: AssetView; offer: Package }) {
  const { asset: words } = useTexts();
  const transfer = useTransfer(asset.id, offer.packageId);
  if (transfer?.state.phase === 'done') {
    const changedAt = Math.max(...asset.history.map((version) => version.at));
    if ((transfer.finishedAt ?? 0) >= changedAt) return <OnDisk transfer={transfer} />;
    return (
      <>
        <InlineAlert icon={History} title={words.newVersion(asset.rev)} />
        <ReplaceForm asset={asset} offer={offer} />
        <OnDisk isOlder transfer={transfer} />
      </>
    );
  }
  if (transfer) return <InProgress transfer={transfer} />;
  return <ReplaceForm asset={asset} offer={offer} />;
}

/** The end of a long path. */
const shortPath = (path: string): string =>
  path.length <= 24 ? path : `…${/[\\/][^\\/]+$/.exec(path)?.[0] ?? path}`;

function ReplaceForm({ asset, offer }: { asset: AssetView; offer: Package }) {
  const app = useApp();
  const { asset: words, catalogue } = useTexts();
  const language = useLanguage();
  const now = useNow(10_000);
  const assetIds = useMemo(() => new Set([asset.id]), [asset.id]);
  const plan = usePlan(assetIds, offer.purpose, 0);
  const signedOut = useAccount()?.status === 'signed-out';
  const { busy } = useStore(app.downloads);
  const embargoUntil =
    asset.embargoUntil !== null && asset.embargoUntil > now ? asset.embargoUntil : null;
  const isClosed =
    embargoUntil !== null && (plan === null || plan.items[0]?.blocked === 'embargoed');
  const start = (): void => void downloadAsset(app, asset.id, offer.packageId);
  const eta = plan?.etaSeconds ?? null;
  const short =
    plan?.freeBytes === null || plan?.freeBytes === undefined ? 0 : offer.bytes - plan.freeBytes;
  const shots = restrictedShots(asset);
  const terms =
    asset.restrictions.length === 0
      ? null
      : shots.length > 0 && wholeRestrictions(asset).length === 0
        ? words.confirmShotFirst(shotNumbers(shots), shots.length === 1)
        : words.confirmFirst;
  const sentences = [
    plan &&
      (eta === null
        ? words.goesTo(shortPath(plan.destination))
        : words.goesToIn(
            shortPath(plan.destination),
            catalogue.about(Math.round((eta * offer.bytes) / Math.max(1, plan.totalBytes) / 60)),
          )),
    short > 0 && words.short(formatBytes(short, language)),
    embargoUntil !== null && words.confirmEmbargo,
    terms,
    signedOut && words.accountFirst,
  ].filter(Boolean);
  return (
    <div className={css.download}>
      <Button
        wide
        icon={embargoUntil === null ? Download : CalendarClock}
        isDisabled={isClosed}
        isPending={busy}
        size={40}
        tone="main"
        onPress={start}
      >
        {words.download(offer.fileCount, formatBytes(offer.bytes, language))}
      </Button>
      <p>
        {isClosed && embargoUntil !== null
          ? `${words.embargoed(formatMoment(embargoUntil, now, language))} ${words.embargoedText}`
          : sentences.join(' ')}
      </p>
    </div>
  );
}

function InProgress({ transfer }: { transfer: TransferRow }) {
  const app = useApp();
  const { asset: words } = useTexts();
  const language = useLanguage();
  const { phase } = transfer.state;
  const done =
    transfer.totalBytes === null || transfer.totalBytes === 0
      ? 0
      : transfer.receivedBytes / transfer.totalBytes;
  const isChecking = phase === 'verifying' || phase === 'publishing';
  const text =
    phase === 'failed'
      ? words.isFailed
      : phase === 'paused'
        ? words.isPaused
        : isChecking
          ? words.checking
          : phase === 'running'
            ? words.arriving(formatPercent(done, language))
            : words.inQueue;
  return (
    <div className={css.download}>
      <ProgressBar
        label={text}
        tone={
          phase === 'failed'
            ? 'failed'
            : isChecking
              ? 'verifying'
              : phase === 'running'
                ? 'running'
                : 'waiting'
        }
        value={done}
      />
      <p>{text}</p>
      <Button
        wide
        size={40}
        onPress={() => app.route.getState().go({ name: 'transfers', id: transfer.id })}
      >
        {words.showDownload}
      </Button>
    </div>
  );
}

/** Actions that are available whether or not the package may still be used. */
function useLocalFiles({ id }: TransferRow) {
  const app = useApp();
  const { asset: words, transfers } = useTexts();
  const language = useLanguage();
  const say = (text: string): void => app.toasts.getState().show(text);
  const tell = (error: unknown): void => say(errorText(app, error));
  const open = async (): Promise<void> => {
    const { folder } = await app.client.call('transfers.reveal', { id });
    if (app.info.shell === 'station') say(words.inFolder(folder));
  };
  const report = async (): Promise<void> => {
    const { name, text } = await app.client.call('transfers.evidence', {
      id,
      format: 'html',
      language,
    });
    saveDocument(name, text);
    say(transfers.reportSaved);
  };
  return { open: () => void open().catch(tell), report: () => void report().catch(tell), tell };
}

/** Actions on a downloaded package: open, verify, repair, download again, evidence report. */
function OnDisk({
  transfer,
  isOlder = false,
}: {
  transfer: TransferRow;
  /** A newer version exists; downloading it comes first. */ isOlder?: boolean;
}) {
  const app = useApp();
  const { asset: words } = useTexts();
  const check = useCheck();
  const [asked, setAsked] = useState(false);
  const { open, report, tell } = useLocalFiles(transfer);
  const verify = async (): Promise<void> => {
    await app.client.call('transfers.verify', { ids: [transfer.id] });
    setAsked(true);
  };
  const repair = (): void =>
    void app.client.call('transfers.repair', { ids: [transfer.id] }).catch(tell);
  const isChecking = check?.isRunning === true;
  const fault = check?.faults.find(({ id }) => id === transfer.id);
  const state = isChecking
    ? words.verifying
    : fault
      ? words.damaged(fault.badFiles)
      : asked
        ? words.stillRight
        : words.isHere;
  return (
    <div className={css.download}>
      <Button
        wide
        icon={FolderOpen}
        size={isOlder ? 32 : 40}
        tone={isOlder || fault ? 'plain' : 'main'}
        onPress={open}
      >
        {words.openFolder}
      </Button>
      <div className={css.downloadRow}>
        <span className={css.downloadState} role="status">
          <Icon of={fault ? CircleAlert : CircleCheck} tone={fault ? 'danger' : 'success'} />
          {state}
        </span>
        <Button
          icon={ShieldCheck}
          isPending={isChecking}
          size={28}
          onPress={() => void verify().catch(tell)}
        >
          {words.verify}
        </Button>
      </div>
      {isChecking && (
        <ProgressBar
          label={words.verifying}
          tone="verifying"
          value={check.totalBytes === 0 ? null : check.doneBytes / check.totalBytes}
        />
      )}
      <Button wide icon={RefreshCw} size={32} tone={fault ? 'main' : 'plain'} onPress={repair}>
        {words.fetchAgain}
      </Button>
      <Button wide icon={FileCheck} size={28} tone="quiet" onPress={report}>
        {words.report}
      </Button>
    </div>
  );
}
