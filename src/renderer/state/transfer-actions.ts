import {
  Check,
  Film,
  FolderOpen,
  FolderOutput,
  History,
  ListX,
  LogIn,
  Pause,
  Play,
  RefreshCw,
  ScrollText,
  ShieldCheck,
  Unplug,
  Zap,
} from 'lucide-react';
import { useMemo } from 'react';
import type { Language } from '../i18n/format.ts';
import type { Texts } from '../i18n/index.ts';
import { useApp, useLanguage, useTexts } from './context.tsx';
import type { AppContext } from './app.ts';
import { chooseFolder, downloadAsset } from './enqueue.ts';
import { useReportError } from './errors.ts';
import { revealFolder } from './reveal.ts';
import type { TransferRow } from './views.ts';
import { saveDocument } from './document-files.ts';
import type { LucideIcon } from '../ui/display/icon.tsx';
import type { StateAction } from './transfer-labels.ts';

export type Action = { label: string; icon: LucideIcon; filled?: boolean; run: () => void };
type Row = Pick<TransferRow, 'id' | 'assetId' | 'packageId' | 'title'>;

/**
 * Actions on the queue. Failures are shown; results arrive with the queue's pushes. Stable until
 * the language changes.
 */
export function useActions() {
  const app = useApp();
  const { transfers, recalls } = useTexts();
  const language = useLanguage();
  const reportError = useReportError();
  return useMemo(
    () => actionsOf(app, { transfers, recalls }, language, reportError),
    [app, transfers, recalls, language, reportError],
  );
}

function actionsOf(
  app: AppContext,
  { transfers, recalls }: Pick<Texts, 'transfers' | 'recalls'>,
  language: Language,
  reportError: (error: unknown) => void,
) {
  const { client } = app;
  const toasts = app.toasts.getState();
  const go = app.route.getState().go;
  const openAsset = ({ assetId }: Row): void => {
    if (assetId !== null) go({ name: 'asset', id: assetId });
  };
  const saveReport = async ({ id }: Pick<Row, 'id'>): Promise<void> => {
    const { name, text } = await client.call('transfers.evidence', {
      id,
      format: 'html',
      language,
    });
    saveDocument(name, text);
    toasts.show(transfers.reportSaved);
  };
  const changeFolder = async ({ id }: Row): Promise<void> => {
    const destination = await chooseFolder(app, app.settings.getState().value?.destination ?? '');
    if (destination === null) return;
    await client.call('transfers.set-destination', { id, destination });
    toasts.show(transfers.folderChanged(destination));
  };
  const acknowledge = async (row: Row): Promise<void> => {
    if (row.assetId !== null && row.packageId !== null)
      await downloadAsset(app, row.assetId, row.packageId);
  };
  /** It is recorded, so nothing undoes it. */
  const acknowledgeRecalls = async (ids: readonly string[], words: string): Promise<void> => {
    await app.recalls.call('recalls.acknowledge', { ids: [...ids] });
    toasts.show(words);
  };
  return {
    /** Resolves to false after a failure, which is shown. */
    acknowledgeRecalls: (ids: readonly string[]): Promise<boolean> =>
      acknowledgeRecalls(ids, recalls.acknowledged(ids.length)).then(
        () => true,
        (error: unknown) => {
          reportError(error);
          return false;
        },
      ),
    markReviewed: (ids: readonly string[]) =>
      acknowledgeRecalls(ids, recalls.reviewed).catch(reportError),
    pause: (row: Row) => void client.call('transfers.pause', { ids: [row.id] }).catch(reportError),
    resume: (row: Row) =>
      void client.call('transfers.resume', { ids: [row.id] }).catch(reportError),
    retry: (row: Row) => void client.call('transfers.retry', { ids: [row.id] }).catch(reportError),
    urgent: (row: Row, urgent: boolean) =>
      void client
        .call('transfers.set-options', { id: row.id, urgent })
        .then(() => app.transferList.getState().refresh(), reportError),
    cancel: (row: Row) =>
      void client.call('transfers.cancel', { ids: [row.id] }).then(
        () =>
          toasts.show(transfers.cancelledToast(row.title), {
            label: transfers.resume,
            run: () => void client.call('transfers.retry', { ids: [row.id] }).catch(reportError),
          }),
        reportError,
      ),
    clear: (ids: string[]) =>
      void (
        ids.length > 0 &&
        client.call('transfers.clear', { ids }).then(
          () =>
            toasts.show(transfers.clearedToast(ids.length), {
              label: transfers.undo,
              run: () => void client.call('transfers.restore', { ids }).catch(reportError),
            }),
          reportError,
        )
      ),
    move: (id: string, before: string | null) =>
      void client
        .call('transfers.move', { id, before })
        .then(() => app.transferList.getState().refresh(), reportError),
    pauseAll: (paused: boolean) =>
      void client.call('transfers.pause-all', { paused }).catch(reportError),
    reveal: (row: Row) => void revealFolder(app, row).catch(reportError),
    acknowledge: (row: Row) => void acknowledge(row).catch(reportError),
    changeFolder: (row: Row) => void changeFolder(row).catch(reportError),
    signIn: () => go({ name: 'account', screen: 'sign-in' }),
    chooseService: () => go({ name: 'settings', section: 'network' }),
    verify: (ids: string[] | null) =>
      void client.call('transfers.verify', { ids }).catch(reportError),
    stopVerify: () => void client.call('transfers.verify-stop').catch(reportError),
    dismissVerification: () =>
      void client.call('transfers.verification-dismiss').catch(reportError),
    repair: (ids: string[]) => void client.call('transfers.repair', { ids }).catch(reportError),
    report: (row: Pick<Row, 'id'>) => void saveReport(row).catch(reportError),
    openAsset,
  };
}

export type Actions = ReturnType<typeof useActions>;

/** The button for a row's state. Stable until the language changes. */
export function useStateAction(
  actions: Actions,
): (action: StateAction, row: TransferRow) => Action {
  const app = useApp();
  const { transfers, recalls } = useTexts();
  return useMemo(() => {
    const all: Record<StateAction, (row: TransferRow) => Action> = {
      pause: (row) => ({
        label: transfers.pause,
        icon: Pause,
        filled: true,
        run: () => actions.pause(row),
      }),
      resume: (row) => ({
        label: transfers.resume,
        icon: Play,
        filled: true,
        run: () => actions.resume(row),
      }),
      urgent: (row) => ({
        label: transfers.makeUrgent,
        icon: Zap,
        run: () => actions.urgent(row, true),
      }),
      retry: (row) => ({ label: transfers.retry, icon: RefreshCw, run: () => actions.retry(row) }),
      'try-now': (row) => ({
        label: transfers.retryNow,
        icon: RefreshCw,
        run: () => actions.resume(row),
      }),
      reveal: (row) => ({
        label: transfers.openFolder,
        icon: FolderOpen,
        run: () => actions.reveal(row),
      }),
      'make-space': (row) => ({
        label: transfers.openFolder,
        icon: FolderOpen,
        run: () => actions.reveal(row),
      }),
      'change-folder': (row) => ({
        label: transfers.changeFolder,
        icon: FolderOutput,
        run: () => actions.changeFolder(row),
      }),
      'sign-in': () => ({ label: transfers.signIn, icon: LogIn, run: actions.signIn }),
      'read-terms': () => ({
        label: transfers.readTerms,
        icon: ScrollText,
        run: () => app.downloads.setState({ openDialog: 'new-terms' }),
      }),
      'get-new': (row) => ({
        label: transfers.getNew,
        icon: RefreshCw,
        run: () => actions.openAsset(row),
      }),
      'choose-service': () => ({
        label: transfers.chooseService,
        icon: Unplug,
        run: actions.chooseService,
      }),
      'open-package': (row) => ({
        label: transfers.openPackage,
        icon: Film,
        run: () => actions.openAsset(row),
      }),
      acknowledge: (row) => ({
        label: transfers.viewRestrictions,
        icon: ShieldCheck,
        run: () => actions.acknowledge(row),
      }),
      'acknowledge-recall': ({ recall }) => ({
        label: recalls.acknowledge,
        icon: Check,
        run: () => void (recall && actions.acknowledgeRecalls([recall.id])),
      }),
      review: (row) => ({
        label: recalls.review,
        icon: History,
        run: () => app.route.getState().go({ name: 'transfers', id: row.id }),
      }),
      'start-now': (row) => ({
        label: transfers.startNow,
        icon: Play,
        filled: true,
        run: () => actions.urgent(row, true),
      }),
      'resume-all': () => ({
        label: transfers.resumeAll,
        icon: Play,
        filled: true,
        run: () => actions.pauseAll(false),
      }),
      repair: (row) => ({
        label: transfers.repair,
        icon: RefreshCw,
        filled: true,
        run: () => actions.repair([row.id]),
      }),
      clear: (row) => ({
        label: transfers.remove,
        icon: ListX,
        run: () => actions.clear([row.id]),
      }),
    };
    return (action, row) => all[action](row);
  }, [actions, app, transfers, recalls]);
}
