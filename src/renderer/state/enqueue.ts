import { isEmbargoAcknowledgement } from '../../shared/api/rights.ts';
import { isForeignId } from '../../shared/model/source.ts';
import { texts } from '../i18n/index.ts';
import type { AppContext } from './app.ts';
import { reportError } from './errors.ts';
import type {
  Acknowledgement,
  Package,
  PendingDownload,
  PlannedItem,
  RestrictedAsset,
  RestrictedItem,
} from './enqueue-dialogs.ts';

/**
 * Number of items whose restrictions are shown in full; the rest is counted and shown on the
 * assets' pages.
 */
const MAX_SHOWN = 12;

const words = (app: AppContext) => texts[app.settings.getState().value?.language ?? 'en'];

/** The items of a plan that can be queued: usable, open to this account and not downloaded yet. */
export const queueable = (items: readonly PlannedItem[]): PlannedItem[] =>
  items.filter((item) => item.blocked === null && !item.alreadyHere);

/**
 * Queues packages. Without the account that they need it saves the request and opens the account screens; with
 * restrictions it first asks for acknowledgement (`app.downloads`). Never rejects: failures are
 * shown.
 * @returns true if the packages were queued
 */
export async function download(
  app: AppContext,
  packages: Package[],
  restricted: readonly RestrictedItem[],
): Promise<boolean> {
  if (packages.length === 0) return false;
  // Only the service has accounts.
  const needsAccount = packages.some(({ packageId }) => !isForeignId(packageId));
  if (needsAccount && app.account.getState().value?.status !== 'signed-in') {
    await keepPending(app, { packages, acknowledge: [] });
    app.route.getState().go({ name: 'account', screen: 'landing' });
    return false;
  }
  const toAcknowledge = restricted.filter((item) => item.restrictionIds.length > 0);
  if (toAcknowledge.length === 0) return enqueue(app, packages, []);
  const items = toAcknowledge.slice(0, MAX_SHOWN);
  const shown = await readRestrictions(app, items);
  app.downloads.setState({
    acknowledgement: {
      packages,
      acknowledge: [...new Set(toAcknowledge.flatMap((item) => item.restrictionIds))],
      items,
      restricted: shown,
      more: Math.max(0, toAcknowledge.length - MAX_SHOWN),
    },
  });
  return false;
}

/** Retries the restrictions that could not be read. */
export async function reloadRestrictions(app: AppContext): Promise<void> {
  const { acknowledgement } = app.downloads.getState();
  if (!acknowledgement) return;
  app.downloads.setState({ busy: true });
  const restricted = await readRestrictions(app, acknowledgement.items);
  app.downloads.setState(({ acknowledgement: now }) => ({
    busy: false,
    ...(now === acknowledgement && { acknowledgement: { ...acknowledgement, restricted } }),
  }));
}

export const isUnread = ({ restricted }: Acknowledgement): boolean =>
  restricted.some(({ restrictions }) => restrictions === null);

async function readRestrictions(
  app: AppContext,
  items: readonly RestrictedItem[],
): Promise<RestrictedAsset[]> {
  return Promise.all(
    items.map(async ({ assetId, title, restrictionIds, embargoUntil }) => {
      const asset = await app.client.call('catalogue.asset', { id: assetId }).catch(() => null);
      const restrictions =
        asset?.restrictions.filter((restriction) => restrictionIds.includes(restriction.id)) ?? [];
      const isWhole = restrictionIds.every(
        (id) =>
          isEmbargoAcknowledgement(id) || restrictions.some((restriction) => restriction.id === id),
      );
      return { assetId, title, restrictions: isWhole ? restrictions : null, embargoUntil };
    }),
  );
}

/** The user acknowledges the restrictions that are shown. */
export async function acknowledge(app: AppContext): Promise<boolean> {
  const { acknowledgement } = app.downloads.getState();
  if (!acknowledgement || isUnread(acknowledgement)) return false;
  const queued = await enqueue(app, acknowledgement.packages, acknowledgement.acknowledge);
  if (queued) app.downloads.setState({ acknowledgement: null });
  return queued;
}

async function enqueue(
  app: AppContext,
  packages: Package[],
  acknowledge: string[],
): Promise<boolean> {
  const { downloads } = words(app);
  const toasts = app.toasts.getState();
  app.downloads.setState({ busy: true });
  try {
    await app.client.call('transfers.enqueue', { packages, acknowledge });
    // The transfer waits in the queue until the terms are accepted.
    if (
      packages.some(({ packageId }) => !isForeignId(packageId)) &&
      app.account.getState().value?.termsDue
    )
      app.downloads.setState({ openDialog: 'new-terms' });
    toasts.show(downloads.queued(packages.length), {
      label: downloads.show,
      run: () => app.route.getState().go({ name: 'transfers', id: null }),
    });
    return true;
  } catch (error) {
    reportError(app, error);
    return false;
  } finally {
    app.downloads.setState({ busy: false });
  }
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
): Promise<void> {
  try {
    const purpose = app.settings.getState().value?.housePurpose ?? 'broadcast';
    const { items } = await app.client.call('transfers.plan', { assetIds: [assetId], purpose });
    const open =
      chosenId === null ? queueable(items) : items.filter(({ blocked }) => blocked === null);
    if (open.length === 0) app.route.getState().go({ name: 'asset', id: assetId });
    else
      await download(
        app,
        open.map(({ packageId }) => ({ assetId, packageId: chosenId ?? packageId })),
        open,
      );
  } catch (error) {
    reportError(app, error);
  }
}

async function resume(app: AppContext, { packages }: PendingDownload): Promise<void> {
  const purpose = app.settings.getState().value?.housePurpose ?? 'broadcast';
  const plan = await app.client.call('transfers.plan', {
    assetIds: [...new Set(packages.map((item) => item.assetId))],
    purpose,
  });
  const open = new Map(
    plan.items.filter((item) => item.blocked === null).map((item) => [item.assetId, item]),
  );
  await download(
    app,
    packages.filter((item) => open.has(item.assetId)),
    [...open.values()],
  );
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
