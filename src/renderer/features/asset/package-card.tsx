import { useReportError } from '../../state/errors.ts';
import { useActions, useStateAction } from '../../state/transfer-actions.ts';
import { fractionOf, useStateView } from '../../state/transfer-labels.ts';
import { useState, useMemo } from 'react';
import {
  useApp,
  useAccount,
  useConnection,
  useVerification,
  useLanguage,
  useNow,
  useSources,
  useTexts,
} from '../../state/context.tsx';
import {
  Ban,
  CalendarClock,
  CircleAlert,
  CircleCheck,
  CirclePause,
  Download,
  ExternalLink,
  FileCheck,
  FolderOpen,
  HardDriveDownload,
  History,
  Hourglass,
  RefreshCw,
  ScrollText,
  ShieldCheck,
} from 'lucide-react';
import { useStore } from 'zustand';
import { recordText } from '../../../shared/model/integrity.ts';
import {
  embargoOf,
  forbiddenBy,
  idsToAcknowledge,
  isEmbargoAcknowledgement,
  isUnavailable,
  unavailableBecause,
} from '../../../shared/api/rights.ts';
import { isForeignId } from '../../../shared/model/source.ts';
import { openExternal } from '../../state/open-external.ts';
import { formatBytes, formatMoment, formatPercent, shortPath } from '../../i18n/format.ts';
import type { TransferRow, AssetView } from '../../state/views.ts';
import { useChosenPackage } from './chosen-package.tsx';
import { downloadAsset } from '../../state/enqueue.ts';
import { barredText } from '../../state/asset-labels.ts';
import { usePlan, useRead } from '../../state/queries.ts';
import { Button } from '../../ui/controls/button.tsx';
import { RadioCards } from '../../ui/controls/choice.tsx';
import { Icon } from '../../ui/display/icon.tsx';
import { InlineAlert } from '../../ui/display/inline-alert.tsx';
import { ProgressBar } from '../../ui/display/progress.tsx';
import { cx } from '../../ui/styles/cx.ts';
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
  const packages = asset.packageContents;
  const { chosen, byHouse, choose } = useChosenPackage(asset);
  const { asset: words } = texts;
  if (!chosen) return <NoPackage asset={asset} />;
  const note = (offer: Package): string => {
    const format = formatLabel(asset, offer);
    const facts = [
      // Where the name says it already, it isn't said twice.
      format !== null && !offer.label.endsWith(format) && format,
      offer === byHouse.chosen && byHouse.rule !== null && words.houseFormat,
    ].filter(Boolean);
    return facts.join('. ') || words.purposes[offer.purpose];
  };
  return (
    <div data-docked="narrow" className={css.package}>
      <h2>{words.package}</h2>
      <RadioCards
        cards={packages.map((offer) => ({
          value: offer.packageId,
          name: offer.label,
          end: offer.bytes === null ? '' : formatBytes(offer.bytes, language),
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
  const state = unavailableBecause(asset.verdict);
  const isLink = state === null && asset.integrity === 'none';
  const [title, text] = {
    withdrawn: [words.withdrawn, words.withdrawnText],
    'on-hold': [words.onHold, words.onHoldText],
    expired: [words.expired, words.expiredText],
    none: [words.noPackage, ''],
    link: [words.linkOnly, words.linkOnlyText],
  }[isLink ? 'link' : (state ?? 'none')] as [string, string];
  return (
    <div className={css.package}>
      <h2>{words.package}</h2>
      <InlineAlert
        icon={
          isLink
            ? ExternalLink
            : state === 'on-hold'
              ? CirclePause
              : state === 'expired'
                ? Hourglass
                : Ban
        }
        title={title}
        tone={isLink ? 'info' : state === 'withdrawn' || state === 'expired' ? 'danger' : 'warning'}
      >
        {asset.statusNote !== null && <span className={css.reason}>{asset.statusNote}</span>}
        {text}
      </InlineAlert>
      {isLink && asset.sourceUrl !== null && <AtSource url={asset.sourceUrl} />}
      {transfer?.state.phase === 'done' && <Copy transfer={transfer} />}
    </div>
  );
}

function AtSource({ url }: { url: string }) {
  const app = useApp();
  const { asset: words } = useTexts();
  return (
    <Button wide icon={ExternalLink} size={40} onPress={() => void openExternal(app, url)}>
      {words.openAtSource}
    </Button>
  );
}

/** A copy that must not be used: where it is, and its evidence report. */
function Copy({ transfer }: { transfer: TransferRow }) {
  const { asset: words, badges, transfers } = useTexts();
  const { reveal, report } = useActions();
  const { rights } = transfer;
  return (
    <div data-docked="narrow" className={css.download}>
      {rights && isUnavailable(rights.state) && (
        <span className={cx(css.downloadState, css.doNotUse)}>
          <Icon of={Ban} tone="danger" />
          {transfers.rights[rights.state]}
        </span>
      )}
      <span className={css.downloadState}>
        <Icon of={HardDriveDownload} />
        {rights ? badges.here : words.downloaded}
      </span>
      <Button wide icon={FolderOpen} size={32} onPress={() => reveal(transfer)}>
        {words.openFolder}
      </Button>
      <Button wide icon={FileCheck} size={32} tone="quiet" onPress={() => report(transfer)}>
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

function ReplaceForm({ asset, offer }: { asset: AssetView; offer: Package }) {
  const app = useApp();
  const texts = useTexts();
  const { asset: words, catalogue, sources } = texts;
  const language = useLanguage();
  const now = useNow(10_000);
  const assetIds = useMemo(() => new Set([asset.id]), [asset.id]);
  const plan = usePlan(assetIds, offer.purpose, 0);
  const isForeign = isForeignId(asset.id);
  const signedOut = useAccount()?.status === 'signed-out' && !isForeign;
  const isOffline = useConnection()?.state === 'offline' && !isForeign;
  const { busy } = useStore(app.downloads);
  const embargoUntil = embargoOf(asset.verdict);
  const forbids = forbiddenBy(asset.verdict);
  const isInFolder = useSources().find(({ id }) => id === asset.source)?.kind === 'folder';
  const awaitsTerms = plan?.items[0]?.blocked === 'terms';
  const start = (): void =>
    awaitsTerms
      ? app.sourceDialogs.setState({ open: { name: 'terms', id: asset.source } })
      : void downloadAsset(app, asset.id, offer.packageId);
  const eta = plan?.etaSeconds ?? null;
  const short =
    plan?.freeBytes === null || plan?.freeBytes === undefined || offer.bytes === null
      ? 0
      : offer.bytes - plan.freeBytes;
  const shots = restrictedShots(asset);
  const terms = idsToAcknowledge(asset.verdict).every(isEmbargoAcknowledgement)
    ? null
    : shots.length > 0 && wholeRestrictions(asset).length === 0
      ? words.confirmShotFirst(shotNumbers(shots), shots.length === 1)
      : words.confirmFirst;
  const asksBoth = embargoUntil !== null && terms === words.confirmFirst;
  const sentences = [
    plan &&
      (eta === null || offer.bytes === null
        ? words.savesTo(shortPath(plan.destination))
        : words.savesToIn(
            shortPath(plan.destination),
            catalogue.about(Math.round((eta * offer.bytes) / Math.max(1, plan.totalBytes) / 60)),
          )),
    short > 0 && words.needsSpace(formatBytes(short, language)),
    embargoUntil !== null && (asksBoth ? words.confirmBoth : words.confirmEmbargo),
    awaitsTerms && words.sourceTermsFirst,
    !asksBoth && terms,
    signedOut && words.accountFirst,
    isOffline && words.startsOnline,
  ].filter(Boolean);
  return (
    <div className={css.download}>
      {isInFolder && <InFolder asset={asset} />}
      <Button
        wide
        icon={awaitsTerms ? ScrollText : embargoUntil === null ? Download : CalendarClock}
        isDisabled={forbids !== null}
        isPending={busy}
        size={isInFolder ? 32 : 40}
        tone={isInFolder ? 'quiet' : 'main'}
        onPress={start}
      >
        {awaitsTerms
          ? sources.acceptTerms
          : (isInFolder ? words.copyPackage : words.download)(
              offer.fileCount,
              offer.bytes === null ? null : formatBytes(offer.bytes, language),
            )}
      </Button>
      <p>
        {forbids === null
          ? sentences.join(' ')
          : forbids.kind === 'embargo' && embargoUntil !== null
            ? `${words.embargoed(formatMoment(embargoUntil, now, language))} ${words.embargoedText}`
            : `${barredText(forbids, texts, language)} ${words.barredText}`}
      </p>
    </div>
  );
}

/** A film in a folder of this computer is used where it is. */
function InFolder({ asset }: { asset: AssetView }) {
  const app = useApp();
  const { asset: words, transfers } = useTexts();
  const reportError = useReportError();
  const show = async (): Promise<void> => {
    const { folder } = await app.client.call('catalogue.reveal', { id: asset.id });
    if (app.info.shell === 'station') app.toasts.getState().show(transfers.inFolder(folder));
  };
  return (
    <>
      <Button
        wide
        icon={FolderOpen}
        size={40}
        tone="main"
        onPress={() => void show().catch(reportError)}
      >
        {words.showInFolder}
      </Button>
      <p>{words.usedInPlace}</p>
    </>
  );
}

function InProgress({ transfer }: { transfer: TransferRow }) {
  const app = useApp();
  const { asset: words } = useTexts();
  const language = useLanguage();
  const view = useStateView(transfer);
  const actionOf = useStateAction(useActions());
  const done = fractionOf(transfer) ?? 0;
  const isRunning = transfer.state.phase === 'running';
  const text = isRunning ? words.percentDownloaded(formatPercent(done, language)) : view.words;
  // These two open the page of the footage, which is this one.
  const isHere = view.action === 'open-package' || view.action === 'get-new';
  // While it arrives there is nothing to do but to look.
  const action =
    isRunning || isHere || view.action === null ? null : actionOf(view.action, transfer);
  return (
    <div className={css.download}>
      <ProgressBar label={text} tone={view.bar} value={done} />
      <p>{text}</p>
      {action && (
        <Button wide icon={action.icon} size={40} onPress={action.run}>
          {action.label}
        </Button>
      )}
      {!action && view.note !== null && <p>{view.note}</p>}
      <Button
        wide
        size={action ? 32 : 40}
        tone={action ? 'quiet' : 'plain'}
        onPress={() => app.route.getState().go({ name: 'transfers', id: transfer.id })}
      >
        {words.showDownload}
      </Button>
    </div>
  );
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
  const language = useLanguage();
  const check = useVerification();
  const [asked, setAsked] = useState(false);
  const { reveal, report, repair } = useActions();
  const reportError = useReportError();
  const verify = async (): Promise<void> => {
    await app.client.call('transfers.verify', { ids: [transfer.id] });
    setAsked(true);
  };
  const isChecking = check?.isRunning === true;
  const fault = check?.faults.find(({ id }) => id === transfer.id);
  const state = isChecking
    ? words.verifying
    : fault
      ? words.damaged(fault.badFiles)
      : asked
        ? transfer.recorded
          ? words.asRecorded
          : words.verified
        : transfer.recorded
          ? words.downloadedPlain
          : words.downloaded;
  return (
    <div className={css.download}>
      <Button
        wide
        icon={FolderOpen}
        size={isOlder ? 32 : 40}
        tone={isOlder || fault ? 'plain' : 'main'}
        onPress={() => reveal(transfer)}
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
          onPress={() => void verify().catch(reportError)}
        >
          {words.verify}
        </Button>
      </div>
      {transfer.recorded && <p className={css.record}>{recordText(transfer.recorded, language)}</p>}
      {isChecking && (
        <ProgressBar
          label={words.verifying}
          tone="verifying"
          value={check.totalBytes === 0 ? null : check.doneBytes / check.totalBytes}
        />
      )}
      <Button
        wide
        icon={RefreshCw}
        size={32}
        tone={fault ? 'main' : 'plain'}
        onPress={() => repair([transfer.id])}
      >
        {words.repair}
      </Button>
      <Button wide icon={FileCheck} size={28} tone="quiet" onPress={() => report(transfer)}>
        {words.report}
      </Button>
    </div>
  );
}
