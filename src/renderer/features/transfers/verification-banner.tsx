import { RefreshCw, ScanSearch, Square, X } from 'lucide-react';
import { formatBytes, formatPart } from '../../i18n/format.ts';
import { useVerification, useApp, useLanguage, useTexts } from '../../state/context.tsx';
import type { VerificationView } from '../../state/views.ts';
import { recordText } from '../../../shared/model/integrity.ts';
import { errorText } from '../../state/errors.ts';
import { Button, IconButton } from '../../ui/controls/button.tsx';
import { InlineAlert } from '../../ui/display/inline-alert.tsx';
import { ProgressBar } from '../../ui/display/progress.tsx';
import { useActions } from '../../state/transfer-actions.ts';
import css from './transfers.module.css';

/** Above the list: the progress of a verification, then its findings and how to repair them. */
export function VerificationBanner() {
  const check = useVerification();
  if (!check || check.packagesTotal === 0) return null;
  if (check.isRunning) return <Running check={check} />;
  return <Found check={check} />;
}

function Running({ check }: { check: VerificationView }) {
  const actions = useActions();
  const { transfers } = useTexts();
  const language = useLanguage();
  const whole = check.totalBytes === 0 ? null : check.totalBytes;
  const figures =
    whole === null
      ? formatBytes(check.doneBytes, language)
      : formatPart(check.doneBytes, whole, language, transfers.ofBytes);
  return (
    <InlineAlert
      action={
        <Button icon={Square} size={28} onPress={actions.stopVerify}>
          {transfers.stopVerification}
        </Button>
      }
      icon={ScanSearch}
      shape="banner"
      title={transfers.verifyingPackages(
        Math.min(check.packagesDone + 1, check.packagesTotal),
        check.packagesTotal,
      )}
    >
      <span>{[check.current, figures].filter(Boolean).join(', ')}</span>
      <ProgressBar
        className={css.verificationBar}
        label={transfers.verify}
        tone="verifying"
        value={whole === null ? null : check.doneBytes / whole}
      />
    </InlineAlert>
  );
}

function Found({ check }: { check: VerificationView }) {
  const app = useApp();
  const actions = useActions();
  const { transfers } = useTexts();
  const language = useLanguage();
  const close = (
    <IconButton
      icon={X}
      label={transfers.closeVerification}
      size={28}
      onPress={actions.dismissVerification}
    />
  );
  const wasStopped = check.packagesDone < check.packagesTotal;
  if (check.faulty === 0) {
    const words = wasStopped
      ? transfers.verificationStopped(check.packagesDone, check.packagesTotal)
      : check.recorded === 0
        ? transfers.verificationPassed(check.packagesDone)
        : transfers.recordsPassed(check.packagesDone, check.recorded);
    return (
      <InlineAlert
        action={close}
        shape="banner"
        title={words}
        tone={wasStopped ? 'info' : 'success'}
      >
        {check.lastRecord && check.recorded === 1 && recordText(check.lastRecord, language)}
      </InlineAlert>
    );
  }
  const ids = check.faults.flatMap(({ id }) => id ?? []);
  return (
    <InlineAlert
      action={
        <>
          {ids.length > 0 && (
            <Button filled icon={RefreshCw} size={28} onPress={() => actions.repair(ids)}>
              {transfers.repair}
            </Button>
          )}
          {close}
        </>
      }
      shape="banner"
      title={transfers.verificationFailed(check.faulty, check.packagesDone)}
      tone="danger"
    >
      <ul className={css.faults}>
        {check.faults.map((fault) => (
          <li key={fault.folder}>
            <b>{fault.title}</b>{' '}
            {fault.error?.found
              ? transfers.otherPackage(fault.error.found.packageId, fault.error.found.rev)
              : fault.error
                ? errorText(app, fault.error)
                : faultLabel(fault, transfers)}
          </li>
        ))}
      </ul>
    </InlineAlert>
  );
}

const SHOWN = 3;

/** The first damaged files with their pieces, counted from 1 for display. */
function faultLabel(
  { files, badFiles }: VerificationView['faults'][number],
  { fileMissing, fileDamaged, filePieces, andMore }: ReturnType<typeof useTexts>['transfers'],
): string {
  const words = files.slice(0, SHOWN).map(({ path, missing, badPieces }) => {
    if (missing) return fileMissing(path);
    return badPieces.length === 0
      ? fileDamaged(path)
      : filePieces(
          path,
          badPieces
            .slice(0, SHOWN)
            .map((piece) => piece + 1)
            .join(', '),
          badPieces.length,
        );
  });
  return [...words, badFiles > SHOWN && andMore(badFiles - SHOWN)].filter(Boolean).join('. ');
}
