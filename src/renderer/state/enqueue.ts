import type { Sent } from '../../shared/contract/define.ts';
import type { AppContract } from '../../shared/contract/index.ts';
import { isForeignId } from '../../shared/model/source.ts';
import { texts } from '../i18n/index.ts';
import type { AppContext } from './app.ts';
import { reportError } from './errors.ts';
import type { Package, PendingDownload, PlannedItem, Target, Wanted } from './enqueue-dialogs.ts';

const words = (app: AppContext) => texts[app.settings.getState().value?.language ?? 'en'];

/** The items of a plan that can be queued: usable, open to this account and not downloaded yet. */
export const queueable = (items: readonly PlannedItem[]): PlannedItem[] =>
  items.filter((item) => item.blocked === null && !item.alreadyHere);

/** The packages of what is wanted and can be queued. Who names a package wants it once more. */
function packagesOf(wanted: readonly Wanted[], items: readonly PlannedItem[]): Package[] {
  const planned = new Map(items.map((item) => [item.assetId, item]));
  return wanted.flatMap(({ assetId, packageId }) => {
    const item = planned.get(assetId);
    if (!item || item.blocked !== null || (packageId === null && item.alreadyHere)) return [];
    return [{ assetId, packageId: packageId ?? item.packageId }];
  });
}

/**
 * Queues what is wanted, as far as it can be. Without the account that it needs it saves the request
 * and opens the account screens; of several, or where something has to be confirmed, the plan dialog
 * asks first. Never rejects: failures are shown.
 *
 * @param items the plan for it
 * @returns true if it was queued, also by the dialog
 */
export async function download(
  app: AppContext,
  wanted: readonly Wanted[],
  items: readonly PlannedItem[],
  target: Target = {},
): Promise<boolean> {
  const packages = packagesOf(wanted, items);
  if (packages.length === 0) return false;
  // Only the service has accounts.
  const needsAccount = packages.some(({ packageId }) => !isForeignId(packageId));
  if (needsAccount && app.account.getState().value?.status !== 'signed-in') {
    await keepPending(app, { packages, acknowledge: [] });
    app.route.getState().go({ name: 'account', screen: 'landing' });
    return false;
  }
  if (wanted.length > 1 || items.some(({ restrictionIds }) => restrictionIds.length > 0))
    return new Promise((resolve) => {
      app.downloads.getState().planRequest?.onEnd(false);
      app.downloads.setState({ planRequest: { wanted, target, onEnd: resolve } });
    });
  try {
    const { destination } = target;
    await enqueue(app, {
      packages,
      acknowledge: [],
      ...(destination !== undefined && { destination }),
    });
    return true;
  } catch (error) {
    reportError(app, error);
    return false;
  }
}

/** Closes the plan dialog. */
export function endPlan(app: AppContext, isQueued: boolean): void {
  const { planRequest } = app.downloads.getState();
  app.downloads.setState({ planRequest: null });
  planRequest?.onEnd(isQueued);
}

/** Queues packages and says so. Rejects with what main refuses; nothing is queued then. */
export async function enqueue(
  app: AppContext,
  request: Sent<AppContract, 'transfers.enqueue'>,
): Promise<void> {
  const { downloads } = words(app);
  const { packages } = request;
  app.downloads.setState({ busy: true });
  try {
    await app.client.call('transfers.enqueue', request);
  } finally {
    app.downloads.setState({ busy: false });
  }
  // The transfer waits in the queue until the terms are accepted.
  if (
    packages.some(({ packageId }) => !isForeignId(packageId)) &&
    app.account.getState().value?.termsDue
  )
    app.downloads.setState({ openDialog: 'new-terms' });
  app.toasts.getState().show(downloads.queued(packages.length), {
    label: downloads.show,
    run: () => app.route.getState().go({ name: 'transfers', id: null }),
  });
}

/**
 * Queues the pending download as soon as there is an account, also after a restart.
 * @returns a function that stops waiting
 */
export function resumePendingDownload(app: AppContext): () => void {
  let isTaking = false;
  const check = (): void => {
    if (
      isTaking ||
      !app.settings.getState().value?.pendingDownload ||
      app.account.getState().value?.status !== 'signed-in'
    )
      return;
    isTaking = true;
    void takePending(app).then((isSettled) => {
      isTaking = !isSettled;
    });
  };
  check();
  const stops = [app.account.subscribe(check), app.settings.subscribe(check)];
  return () => stops.forEach((stop) => stop());
}

async function keepPending(app: AppContext, pendingDownload: PendingDownload): Promise<void> {
  try {
    await app.settings.call('settings.set', { pendingDownload });
  } catch (error) {
    reportError(app, error);
  }
}

/**
 * @returns true if it was queued or shown to the user; false if it could not be planned, it is kept
 * for the next start then
 */
async function takePending(app: AppContext): Promise<boolean> {
  let taken: PendingDownload | null = null;
  try {
    // Another page of the station may have taken it.
    ({ taken } = await app.client.call('settings.take-pending-download'));
    if (taken) await resume(app, taken);
    return true;
  } catch (error) {
    reportError(app, error);
    if (taken) await keepPending(app, taken);
    return false;
  }
}

/**
 * Queues a package of an asset, by default in the house format, with planning and acknowledgement.
 * If that is not possible, the asset's page says why.
 */
export async function downloadAsset(
  app: AppContext,
  assetId: string,
  chosenId: string | null = null,
  target: Target = {},
): Promise<void> {
  try {
    const { items } = await app.client.call('transfers.plan', { assetIds: [assetId], ...target });
    const wanted = [{ assetId, packageId: chosenId }];
    if (packagesOf(wanted, items).length === 0)
      app.route.getState().go({ name: 'asset', id: assetId });
    else await download(app, wanted, items, target);
  } catch (error) {
    reportError(app, error);
  }
}

async function resume(app: AppContext, { packages }: PendingDownload): Promise<void> {
  const { items } = await app.client.call('transfers.plan', {
    assetIds: [...new Set(packages.map((item) => item.assetId))],
  });
  // It is taken once it is shown, however long somebody reads.
  void download(app, packages, items);
}

/**
 * Asks for a folder: with the system's dialog, or on the station, whose folders are those of
 * another computer, for its path. Null if none was chosen.
 */
export async function chooseFolder(
  { client, info, downloads }: AppContext,
  current: string,
): Promise<string | null> {
  if (info.shell !== 'station') return client.call('app.choose-folder', { current });
  return new Promise((resolve) => downloads.setState({ folderRequest: { current, resolve } }));
}
