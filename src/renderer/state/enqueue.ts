import { AppError, ERROR_CODES, type ErrorCode, type WireError } from '../../shared/errors.ts';
import { isEmbargoAcknowledgement } from '../../shared/model/rights.ts';
import { texts } from '../i18n/index.ts';
import type { AppContext } from './app.ts';
import type {
  Acknowledgement,
  Package,
  PendingDownload,
  PlannedItem,
  Restriction,
  ToConfirm,
} from './enqueue-dialogs.ts';

/** Terms shown in full; the rest is counted and can be read on the asset's page. */
const SHOWN_TERMS = 12;

const words = (desk: AppContext) => texts[desk.settings.getState().value?.language ?? 'en'];

/** @param error anything thrown, or an error that came as data */
export function errorText(desk: AppContext, error: unknown): string {
  return words(desk).errors[errorCode(error)];
}

export const errorCode = (error: unknown): ErrorCode =>
  error instanceof AppError || isWireError(error) ? error.code : 'bug';

const isWireError = (error: unknown): error is WireError =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  ERROR_CODES.some((code) => code === error.code);

/**
 * What can be queued of a plan. What must not be used, is closed to this account or is already here
 * stays out.
 */
export const queueable = (items: readonly PlannedItem[]): PlannedItem[] =>
  items.filter((item) => item.blocked === null && !item.alreadyHere);

/**
 * The one way into the queue: without an account it keeps what was wanted and leads to the
 * account's screens, with restrictions it asks for their confirmation first (the app shows
 * `confirmation`), then it queues. Never rejects: what went wrong is shown.
 * @returns true when the packages are in the queue.
 */
export async function download(
  desk: AppContext,
  packages: Package[],
  restricted: readonly ToConfirm[],
): Promise<boolean> {
  if (packages.length === 0) return false;
  if (desk.account.getState().value?.status !== 'signed-in') {
    await keepPending(desk, { packages, acknowledge: [] });
    desk.route.getState().go({ name: 'account', screen: 'landing' });
    return false;
  }
  const withTerms = restricted.filter((item) => item.restrictionIds.length > 0);
  if (withTerms.length === 0) return enqueue(desk, packages, []);
  const asked = withTerms.slice(0, SHOWN_TERMS);
  const terms = await readTerms(desk, asked);
  desk.downloads.setState({
    confirmation: {
      packages,
      acknowledge: [...new Set(withTerms.flatMap((item) => item.restrictionIds))],
      asked,
      terms,
      more: Math.max(0, withTerms.length - SHOWN_TERMS),
    },
  });
  return false;
}

/** Reads again the terms that could not be read. */
export async function readTermsAgain(desk: AppContext): Promise<void> {
  const { confirmation } = desk.downloads.getState();
  if (!confirmation) return;
  desk.downloads.setState({ busy: true });
  const terms = await readTerms(desk, confirmation.asked);
  desk.downloads.setState(({ confirmation: now }) => ({
    busy: false,
    ...(now === confirmation && { confirmation: { ...confirmation, terms } }),
  }));
}

export const isUnread = ({ terms }: Acknowledgement): boolean =>
  terms.some(({ restrictions }) => restrictions === null);

async function readTerms(desk: AppContext, items: readonly ToConfirm[]): Promise<Restriction[]> {
  return Promise.all(
    items.map(async ({ assetId, title, restrictionIds, embargoUntil }) => {
      const asset = await desk.client.call('catalogue.asset', { id: assetId }).catch(() => null);
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

/** The user has read the terms and agrees. */
export async function confirmTerms(desk: AppContext): Promise<boolean> {
  const { confirmation } = desk.downloads.getState();
  if (!confirmation || isUnread(confirmation)) return false;
  const queued = await enqueue(desk, confirmation.packages, confirmation.acknowledge);
  if (queued) desk.downloads.setState({ confirmation: null });
  return queued;
}

async function enqueue(
  desk: AppContext,
  packages: Package[],
  acknowledge: string[],
): Promise<boolean> {
  const { downloads } = words(desk);
  const toasts = desk.toasts.getState();
  desk.downloads.setState({ busy: true });
  try {
    await desk.client.call('transfers.enqueue', { packages, acknowledge });
    // It waits in the queue until they are accepted.
    if (desk.account.getState().value?.termsDue)
      desk.downloads.setState({ openDialog: 'new-terms' });
    toasts.show(downloads.queued(packages.length), {
      label: downloads.show,
      run: () => desk.route.getState().go({ name: 'downloads', id: null }),
    });
    return true;
  } catch (error) {
    toasts.show(errorText(desk, error));
    return false;
  } finally {
    desk.downloads.setState({ busy: false });
  }
}

/**
 * Does what was wanted before the account was there, as soon as there is one; also after a restart
 * in between.
 */
export function resumePendingDownload(desk: AppContext): () => void {
  let isTaking = false;
  const check = (): void => {
    if (
      isTaking ||
      !desk.settings.getState().value?.pendingDownload ||
      desk.account.getState().value?.status !== 'signed-in'
    )
      return;
    isTaking = true;
    void takePending(desk).then((isSettled) => {
      isTaking = !isSettled;
    });
  };
  check();
  const stops = [desk.account.subscribe(check), desk.settings.subscribe(check)];
  return () => stops.forEach((stop) => stop());
}

async function keepPending(desk: AppContext, pendingDownload: PendingDownload): Promise<void> {
  try {
    desk.settings.apply(await desk.client.call('settings.set', { pendingDownload }));
  } catch (error) {
    desk.toasts.getState().show(errorText(desk, error));
  }
}

/**
 * @returns whether it is settled: queued, or shown to the user. What could not even be planned is
 * kept for the next start.
 */
async function takePending(desk: AppContext): Promise<boolean> {
  let taken: PendingDownload | null = null;
  try {
    // Another page of the station may have been faster.
    ({ taken } = await desk.client.call('settings.take-pending-download'));
    if (taken) await resume(desk, taken);
    return true;
  } catch (error) {
    desk.toasts.getState().show(errorText(desk, error));
    if (taken) await keepPending(desk, taken);
    return false;
  }
}

/**
 * Queues a package of an asset, in the house format unless one is named, with all that goes before.
 * Where that cannot be, its page says why.
 */
export async function downloadAsset(
  desk: AppContext,
  assetId: string,
  chosenId: string | null = null,
): Promise<void> {
  try {
    const purpose = desk.settings.getState().value?.housePurpose ?? 'broadcast';
    const { items } = await desk.client.call('transfers.plan', { assetIds: [assetId], purpose });
    const open =
      chosenId === null ? queueable(items) : items.filter(({ blocked }) => blocked === null);
    if (open.length === 0) desk.route.getState().go({ name: 'asset', id: assetId });
    else
      await download(
        desk,
        open.map(({ packageId }) => ({ assetId, packageId: chosenId ?? packageId })),
        open,
      );
  } catch (error) {
    desk.toasts.getState().show(errorText(desk, error));
  }
}

async function resume(desk: AppContext, { packages }: PendingDownload): Promise<void> {
  const purpose = desk.settings.getState().value?.housePurpose ?? 'broadcast';
  const plan = await desk.client.call('transfers.plan', {
    assetIds: [...new Set(packages.map((item) => item.assetId))],
    purpose,
  });
  const open = new Map(
    plan.items.filter((item) => item.blocked === null).map((item) => [item.assetId, item]),
  );
  await download(
    desk,
    packages.filter((item) => open.has(item.assetId)),
    [...open.values()],
  );
}
